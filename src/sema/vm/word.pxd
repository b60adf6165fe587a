"""What NaN boxing is, in one place.

A value is one 64-bit ``Word``. Every IEEE double is its own word; the negative quiet NaNs, of
which the hardware makes only one, are free for everything else:

    0xFFFA  singletons: nil, #f, #t, the empty list, and ABSENT, which no program ever sees
    0xFFFB  characters (the code point)
    0xFFFC  no value: the key of an empty cache entry, NO_KEY (0 would be that of 0.0)
    0xFFFE  references to Python objects, reference-counted
    0xFFFF  integers of 48 bits

Integers have the tag of ones so that two words are both integers if their conjunction is one.
Shifting an integer word left by 16 gives the integer times 65536 in a machine word, so that the
overflow flag of the machine is the overflow of 48 bits.

A reference without its tag is a denormal double: the machine uses that for pointers it borrows.
"""

from cpython.object cimport PyObject
from libc.stdint cimport int64_t, uint64_t

ctypedef uint64_t Word

cdef extern from "Python.h":
    void rc_inc "Py_INCREF"(PyObject*) noexcept nogil
    void rc_dec "Py_DECREF"(PyObject*) noexcept

cdef extern from *:
    """
    #define SEMA_TAG_SHIFT 48
    #define SEMA_PAYLOAD 0x0000FFFFFFFFFFFFULL
    #define SEMA_FIRST_TAG 0xFFFA000000000000ULL
    #define SEMA_INT_TAG 0xFFFF000000000000ULL
    #define SEMA_REF_TAG 0xFFFE000000000000ULL
    #define SEMA_CHAR_TAG 0xFFFB000000000000ULL
    #define SEMA_NIL 0xFFFA000000000000ULL
    #define SEMA_FALSE 0xFFFA000000000001ULL
    #define SEMA_TRUE 0xFFFA000000000002ULL
    #define SEMA_EMPTY 0xFFFA000000000003ULL
    #define SEMA_ABSENT 0xFFFA0000000000FFULL
    #define SEMA_NO_KEY 0xFFFC000000000000ULL
    #define SEMA_INT_MAX 0x7FFFFFFFFFFFLL
    #define SEMA_INT_MIN (-SEMA_INT_MAX - 1)
    #define SEMA_LIKELY(x) __builtin_expect(!!(x), 1)
    #define SEMA_UNLIKELY(x) __builtin_expect(!!(x), 0)
    static inline uint64_t sema_from_double(double d) {
        uint64_t w; memcpy(&w, &d, 8); return w;
    }
    static inline double sema_to_double(uint64_t w) {
        double d; memcpy(&d, &w, 8); return d;
    }
    """
    const Word PAYLOAD "SEMA_PAYLOAD"
    const Word FIRST_TAG "SEMA_FIRST_TAG"
    const Word INT_TAG "SEMA_INT_TAG"
    const Word REF_TAG "SEMA_REF_TAG"
    const Word CHAR_TAG "SEMA_CHAR_TAG"
    const Word NIL "SEMA_NIL"
    const Word FALSE "SEMA_FALSE"
    const Word TRUE "SEMA_TRUE"
    const Word EMPTY "SEMA_EMPTY"
    const Word ABSENT "SEMA_ABSENT"
    const Word NO_KEY "SEMA_NO_KEY"
    const int64_t int_min "SEMA_INT_MIN"
    const int64_t int_max "SEMA_INT_MAX"
    bint likely "SEMA_LIKELY"(bint) noexcept nogil
    bint unlikely "SEMA_UNLIKELY"(bint) noexcept nogil
    Word double_word "sema_from_double"(double) noexcept nogil
    double word_double "sema_to_double"(Word) noexcept nogil
    bint add_overflows "__builtin_add_overflow"(int64_t, int64_t, int64_t*) noexcept nogil
    bint sub_overflows "__builtin_sub_overflow"(int64_t, int64_t, int64_t*) noexcept nogil
    bint mul_overflows "__builtin_mul_overflow"(int64_t, int64_t, int64_t*) noexcept nogil

cdef inline bint is_ref(Word w) noexcept nogil:
    return (w >> 48) == 0xFFFE

cdef inline bint is_int(Word w) noexcept nogil:
    return w >= INT_TAG

cdef inline bint is_double(Word w) noexcept nogil:
    return w < FIRST_TAG

cdef inline bint is_char(Word w) noexcept nogil:
    return (w >> 48) == 0xFFFB

cdef inline bint both_ints(Word x, Word y) noexcept nogil:
    return ((x & y) >> 48) == 0xFFFF

cdef inline bint is_false(Word w) noexcept nogil:
    """Only nil and #f are false; they differ in the lowest bit."""
    return (w | 1) == FALSE

cdef inline Word bool_word(bint b) noexcept nogil:
    return TRUE if b else FALSE

cdef inline int64_t word_int(Word w) noexcept nogil:
    return (<int64_t>(w << 16)) >> 16

cdef inline Word int_word(int64_t i) noexcept nogil:
    """The word of an integer known to fit in 48 bits."""
    return INT_TAG | (<Word>i & PAYLOAD)

cdef inline bint fits_word(int64_t i) noexcept nogil:
    return int_min <= i and i <= int_max

cdef inline PyObject* word_ptr(Word w) noexcept nogil:
    return <PyObject*>(w & PAYLOAD)

cdef inline Word ptr_word(PyObject* p) noexcept nogil:
    """The word of a reference; whoever holds the word owns one count."""
    return REF_TAG | <Word>p

cdef inline void incref(Word w) noexcept:
    if is_ref(w):
        rc_inc(<PyObject*>(w & PAYLOAD))

cdef inline void decref(Word w) noexcept:
    if is_ref(w):
        rc_dec(<PyObject*>(w & PAYLOAD))
