# cython: language_level=3
"""The keys of maps: which are allowed, and their order made fast.

A *brief key* is a number that stands for a key in nearly all comparisons: of two keys the one with
the smaller number comes first, and only if the numbers are equal must the keys be looked at. The
first five bits are the rank of the key's kind, the others what most decides within it: an integer's
or a double's value, the first letters of a text, the first element of a list or vector.
"""

from cpython.object cimport PyObject
from libc.stdint cimport int64_t, uint64_t

from sema.vm.equality cimport (
    FLOAT_RANK, INT_RANK, KEYWORD_RANK, LIST_RANK, STRING_RANK, SYMBOL_RANK, VECTOR_RANK,
    hash_key, order_words, rank,
)
from sema.vm.values cimport (
    Keyword, Pair, Symbol, Vector, name_of, pair_head, type_of, vector_items, vector_size,
)
from sema.vm.word cimport (
    EMPTY, Word, both_ints, double_word, int_min, is_double, is_int, is_ref, word_double, word_int,
    word_ptr,
)

cdef extern from "Python.h":
    int compare_texts "PyUnicode_Compare"(PyObject*, PyObject*) noexcept
    int PyUnicode_KIND(PyObject*) noexcept
    const void* PyUnicode_DATA(PyObject*) noexcept
    Py_ssize_t PyUnicode_GET_LENGTH(PyObject*) noexcept
    unsigned int PyUnicode_READ(int kind, const void* data, Py_ssize_t i) noexcept

cdef extern from *:
    """
    /* The first letters of an ASCII text as a number, the first one highest. */
    static inline uint64_t sema_first_letters(PyObject* text) {
        const unsigned char* letters = PyUnicode_1BYTE_DATA(text);
        Py_ssize_t n = PyUnicode_GET_LENGTH(text);
        uint64_t word = 0;
        uint32_t low, high;
        if (n >= 8) {
            memcpy(&word, letters, 8);
        } else if (n >= 4) {
            memcpy(&low, letters, 4);
            memcpy(&high, letters + n - 4, 4);
            word = low | (uint64_t)high << 8 * (n - 4);
        } else if (n > 0) {
            word = letters[0] | letters[n / 2] << 8 * (n / 2) | letters[n - 1] << 8 * (n - 1);
        }
        return __builtin_bswap64(word);
    }
    #if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    #define SEMA_IS_ASCII(text) PyUnicode_IS_COMPACT_ASCII(text)
    #else
    #define SEMA_IS_ASCII(text) 0
    #endif
    """
    uint64_t first_letters "sema_first_letters"(PyObject*) noexcept
    bint is_ascii "SEMA_IS_ASCII"(PyObject*) noexcept


cdef int check_key(Word key) except -1:
    """Raise SemaTypeError if a key, or anything in it, is mutable."""
    cdef PyObject* kind
    if is_ref(key):
        kind = type_of(key)
        if (kind != <PyObject*>Keyword and kind != <PyObject*>str and kind != <PyObject*>Symbol
                and kind != <PyObject*>int):
            hash_key(key)
    return 0


cdef int compare_keys(Word x, Word y) except -2:
    """-1, 0 or 1: the order of two keys, quickly for the usual ones."""
    cdef PyObject* kind
    if x == y:
        return 0
    if both_ints(x, y):
        return -1 if word_int(x) < word_int(y) else 1
    if is_ref(x) and is_ref(y):
        kind = type_of(x)
        if kind == type_of(y):
            if kind == <PyObject*>str:
                return compare_texts(word_ptr(x), word_ptr(y))
            if kind == <PyObject*>Keyword or kind == <PyObject*>Symbol:
                return compare_texts(name_of(x), name_of(y))
    return order_words(x, y)


cdef uint64_t brief_key(Word key) except? 0:
    """The number that stands for a key."""
    cdef PyObject* kind
    cdef uint64_t detail = 0
    if is_int(key):
        return brief(INT_RANK, brief_int(1, word_int(key)))
    if is_double(key):
        return brief(FLOAT_RANK, brief_double(word_double(key)))
    if is_ref(key):
        kind = type_of(key)
        if kind == <PyObject*>str:
            return brief(STRING_RANK, brief_text(word_ptr(key)))
        if kind == <PyObject*>Keyword:
            return brief(KEYWORD_RANK, brief_text(name_of(key)))
        if kind == <PyObject*>Symbol:
            return brief(SYMBOL_RANK, brief_text(name_of(key)))
        if kind == <PyObject*>Vector:
            if vector_size(key):
                detail = nested(vector_items(key)[0])
            return brief(VECTOR_RANK, detail)
        if kind == <PyObject*>Pair:
            return brief(LIST_RANK, nested(pair_head(key)))
        if kind == <PyObject*>int:
            return brief(INT_RANK, brief_int(2 if <object>word_ptr(key) > 0 else 0, 0))
        return brief(rank(key), 0)
    # Characters and booleans are in order as words.
    return brief(rank(key), 0 if key == EMPTY else key & 0x1FFFFF)


cdef inline uint64_t brief(uint64_t kind, uint64_t detail) noexcept:
    return kind << DETAIL | detail


cdef inline uint64_t brief_int(uint64_t group, int64_t value) noexcept:
    """Of an integer that fits in a word (group 1), or of one below (0) or above (2) all those."""
    return (group << 48 | <uint64_t>(value - int_min)) << (DETAIL - 50)


cdef inline uint64_t brief_double(double value) noexcept:
    """The bits of a double, made to ascend with it; there is one zero."""
    cdef uint64_t bits = double_word(value + 0.0)
    cdef uint64_t sign = <uint64_t>1 << 63
    return (~bits if bits & sign else bits | sign) >> (64 - DETAIL)


cdef uint64_t brief_text(PyObject* text) noexcept:
    """The first bytes of a text in UTF-8, which is in order of code points, and their number."""
    cdef Py_ssize_t length = PyUnicode_GET_LENGTH(text)
    if is_ascii(text):
        return brief_letters(first_letters(text) >> (64 - 8 * LETTERS), min(length, LETTERS))
    cdef int kind = PyUnicode_KIND(text)
    cdef const void* data = PyUnicode_DATA(text)
    cdef Py_ssize_t i = 0
    cdef int left = LETTERS
    cdef int following
    cdef uint64_t bytes = 0
    cdef unsigned int c
    while left and i < length:
        c = PyUnicode_READ(kind, data, i)
        i += 1
        following = 0 if c < 0x80 else 1 if c < 0x800 else 2 if c < 0x10000 else 3
        bytes = bytes << 8 | (c if not following else FIRST_BYTE[following] | c >> 6 * following)
        left -= 1
        while following and left:
            following -= 1
            bytes = bytes << 8 | 0x80 | (c >> 6 * following & 0x3F)
            left -= 1
    return brief_letters(bytes << 8 * left, LETTERS - left)


cdef inline uint64_t brief_letters(uint64_t letters, uint64_t n) noexcept:
    return letters << (DETAIL - 8 * LETTERS) | n


cdef uint64_t nested(Word first) except? 0:
    """What the first element of a list or vector says; not more than its kind if it is one too."""
    cdef PyObject* kind
    if is_ref(first):
        kind = type_of(first)
        if kind == <PyObject*>Pair or kind == <PyObject*>Vector:
            return brief(rank(first), 0) >> (64 - DETAIL)
    return brief_key(first) >> (64 - DETAIL)


cdef unsigned int[4] FIRST_BYTE
FIRST_BYTE[:] = [0, 0xC0, 0xE0, 0xF0]
