# cython: language_level=3
"""Equality and questions about the type of a value."""

from cpython.object cimport PyObject

from sema.stdlib.registry cimport declare
from sema.stdlib.sequences cimport type_error
from sema.vm.equality cimport equal_words
from sema.vm.maps cimport Map
from sema.vm.numbers cimport (
    BIG, COMPLEX, FLOAT, NOT_A_NUMBER, RATIONAL, SMALL, Complex, NumberKind, number_kind,
)
from sema.vm.types cimport type_keyword
from sema.vm.values cimport (
    Builtin, Closure, Keyword, Symbol, intern_keyword, is_list, is_pair, is_string, is_vector,
    to_object, to_word, type_of,
)
from sema.vm.word cimport (
    ABSENT, EMPTY, FALSE, NIL, TRUE, Word, bool_word, is_char, is_double, is_false, is_ref,
    word_double, word_ptr,
)


cdef Word are_equal(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(equal_words(args[0], args[1]))


cdef Word negation(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(is_false(args[0]))


cdef inline bint has_type(Word w, object kind) noexcept:
    return is_ref(w) and type_of(w) == <PyObject*>kind


cdef inline bint is_named(Word w, str name) except -1:
    """Whether a value is of a type defined elsewhere that calls itself so."""
    return is_ref(w) and getattr(<object>type_of(w), "__sema_type__", None) == name


cdef Word is_null(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(args[0] == NIL or args[0] == EMPTY)


cdef Word is_nil(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(args[0] == NIL)


cdef Word is_a_list(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(is_list(args[0]))


cdef Word is_a_pair(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(is_pair(args[0]))


cdef Word is_a_vector(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(is_vector(args[0]))


cdef Word is_a_string(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(is_string(args[0]))


cdef Word is_a_symbol(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(has_type(args[0], Symbol))


cdef Word is_a_keyword(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(has_type(args[0], Keyword))


cdef Word is_a_char(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(is_char(args[0]))


cdef Word is_a_bytevector(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(has_type(args[0], bytes))


cdef Word is_an_f64_array(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(is_named(args[0], "f64-array"))


cdef Word is_an_i64_array(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(is_named(args[0], "i64-array"))


cdef Word is_a_record(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(is_named(args[0], "record"))


cdef Word is_a_map(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(has_type(args[0], Map))


cdef Word is_a_bool(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(args[0] == TRUE or args[0] == FALSE)


cdef Word is_a_function(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(has_type(args[0], Closure) or has_type(args[0], Builtin)
                     or is_named(args[0], "native-fn"))


declare(are_equal, "equal?", "a b",
        "Whether two values are of one type and the same in structure.",
        "(equal? '(1 2) '(1 2)) => #t")
declare(are_equal, "eq?", "a b", "The same as `equal?`.", "(eq? 1 1.0) => #f")
declare(negation, "not", "x", "#t for #f and nil, else #f.", "(not 0) => #f")
declare(is_null, "null?", "x", "Whether a value is nil or the empty list.", "(null? '()) => #t")
declare(is_nil, "nil?", "x", "Whether a value is nil.", "(nil? '()) => #f")
declare(is_a_list, "list?", "x", "Whether a value is a list.", "(list? '()) => #t")
declare(is_a_pair, "pair?", "x", "Whether a value is a list that is not empty.",
        "(pair? '(1)) => #t")
declare(is_a_vector, "vector?", "x", "Whether a value is a vector.", "(vector? [1]) => #t")
declare(is_a_string, "string?", "x", "Whether a value is a string.", '(string? "a") => #t')
declare(is_a_symbol, "symbol?", "x", "Whether a value is a symbol.", "(symbol? 'a) => #t")
declare(is_a_keyword, "keyword?", "x", "Whether a value is a keyword.", "(keyword? :a) => #t")
declare(is_a_char, "char?", "x", "Whether a value is a character.", r"(char? #\a) => #t")
declare(is_a_bytevector, "bytevector?", "x", "Whether a value is a bytevector.",
        "(bytevector? #u8(1)) => #t")
declare(is_an_f64_array, "f64-array?", "x", "Whether a value is a packed array of floats.",
        "(f64-array? (f64-array 1)) => #t", (), False, None, "T3")
declare(is_an_i64_array, "i64-array?", "x", "Whether a value is a packed array of integers.",
        "(i64-array? [1]) => #f", (), False, None, "T3")
declare(is_a_record, "record?", "x", "Whether a value is a record.", "(record? 1) => #f")
declare(is_a_map, "map?", "x", "Whether a value is a sorted map.", "(map? {:a 1}) => #t",
        ("hash-map?",))
declare(is_a_bool, "bool?", "x", "Whether a value is #t or #f.", "(bool? nil) => #f",
        ("boolean?",))
declare(is_a_function, "fn?", "x", "Whether a value is a function.", "(fn? car) => #t",
        ("procedure?",))


# --- Kinds of numbers -------------------------------------------------------------------------

cdef Word is_number(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(number_kind(args[0]) != NOT_A_NUMBER)


cdef Word is_real(Word* args, Py_ssize_t n) except ABSENT:
    cdef NumberKind kind = number_kind(args[0])
    return bool_word(kind != NOT_A_NUMBER and kind != COMPLEX)


cdef Word is_rational(Word* args, Py_ssize_t n) except ABSENT:
    cdef NumberKind kind = number_kind(args[0])
    return bool_word(kind == SMALL or kind == BIG or kind == RATIONAL)


cdef Word is_exact_integer(Word* args, Py_ssize_t n) except ABSENT:
    cdef NumberKind kind = number_kind(args[0])
    return bool_word(kind == SMALL or kind == BIG)


cdef Word is_integer(Word* args, Py_ssize_t n) except ABSENT:
    if is_double(args[0]):
        return bool_word(word_double(args[0]).is_integer())
    return is_exact_integer(args, n)


cdef Word is_float(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(is_double(args[0]))


cdef bint inexact(Word w) except -1:
    cdef NumberKind kind = number_kind(w)
    if kind != COMPLEX:
        return kind == FLOAT
    z = <Complex>to_object(w)
    return type(z.re) is float or type(z.im) is float


cdef Word is_inexact(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(inexact(args[0]))


cdef Word is_exact(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(number_kind(args[0]) != NOT_A_NUMBER and not inexact(args[0]))


declare(is_number, "number?", "x", "Whether a value is a number.", "(number? 1/2) => #t")
declare(is_number, "complex?", "x", "Whether a value is a number: all of them are complex.",
        "(complex? 1) => #t")
declare(is_real, "real?", "x", "Whether a value is a number other than a complex one.",
        "(real? 1+2i) => #f")
declare(is_rational, "rational?", "x", "Whether a value is an integer or a fraction.",
        "(rational? 1/2) => #t")
declare(is_integer, "integer?", "x", "Whether a value is a whole number, exact or not.",
        "(integer? 2.0) => #t")
declare(is_exact_integer, "exact-integer?", "x", "Whether a value is an integer.",
        "(exact-integer? 2.0) => #f")
declare(is_float, "float?", "x", "Whether a value is a float.", "(float? 2.0) => #t")
declare(is_exact, "exact?", "x", "Whether a value is an exact number.", "(exact? 1/2) => #t")
declare(is_inexact, "inexact?", "x", "Whether a value is an inexact number.",
        "(inexact? 0.5) => #t")


# --- Types ------------------------------------------------------------------------------------

cdef Word type_of_value(Word* args, Py_ssize_t n) except ABSENT:
    return to_word(intern_keyword(type_keyword(to_object(args[0]))))


cdef Word is_promise(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(is_named(args[0], "promise"))


cdef Word is_stream(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(is_named(args[0], "stream"))


cdef Word is_channel(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(is_named(args[0], "channel"))


cdef Word is_async_promise(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(is_named(args[0], "async-promise"))


cdef Word is_promise_forced(Word* args, Py_ssize_t n) except ABSENT:
    if not is_named(args[0], "promise"):
        type_error("promise", args[0])
    return bool_word((<object>word_ptr(args[0])).forced)


declare(type_of_value, "type", "x", "The type of a value as a keyword.", "(type 1.5) => :float",
        ("type-of",))
declare(is_promise, "promise?", "x", "Whether a value is a promise made by `delay`.",
        "(promise? 1) => #f")
declare(is_promise_forced, "promise-forced?", "p:promise",
        "Whether a promise has its value already.",
        "(promise-forced? (delay 1))", ("async/forced?",))
declare(is_stream, "stream?", "x", "Whether a value is a stream.", "(stream? 1) => #f",
        (), False, None, "T2")
declare(is_channel, "channel?", "x", "Whether a value is a channel.", "(channel? 1) => #f",
        (), False, None, "T2")
declare(is_async_promise, "async/promise?", "x", "Whether a value is a promise of a task.",
        "(async/promise? (delay 1)) => #f", (), False, None, "T2")
