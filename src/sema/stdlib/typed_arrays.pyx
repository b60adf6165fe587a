# cython: language_level=3
"""Typed arrays: packed floats and packed integers. Each operation is declared for both kinds."""

from cpython.object cimport PyObject
from libc.math cimport NAN, ceil
from libc.stdint cimport int64_t

from sema.errors import EvalError
from sema.stdlib.registry cimport declare
from sema.stdlib.sequences cimport Cursor, cursor_on, int_argument, next_item, type_error
from sema.vm.arrays cimport F64Array, I64Array, TypedArray, new_array
from sema.vm.limits cimport spend
from sema.vm.values cimport Builtin, CEntry, is_list, to_word, type_of
from sema.vm.word cimport (
    ABSENT, Word, add_overflows, double_word, int_word, is_ref, word_ptr,
)

cdef extern from "Python.h":
    Py_ssize_t refcount "Py_REFCNT"(PyObject*) noexcept

cdef enum:
    ELEMENTS_PER_UNIT = 16

cdef int64_t LARGEST = 1 << 32


# --- Arguments ------------------------------------------------------------------------------------

cdef inline str name_of(Word* args):
    """The name of the builtin that has these arguments."""
    return (<Builtin>word_ptr(args[-2])).name


cdef inline object kind_of(Word* args):
    """The kind of array that the builtin is about."""
    return F64Array if name_of(args)[0] == u"f" else I64Array


cdef TypedArray array_argument(Word w, object kind):
    if not is_ref(w) or type_of(w) != <PyObject*>kind:
        type_error(kind.__sema_type__, w)
    return <TypedArray>word_ptr(w)


cdef Py_ssize_t index_argument(Word w, TypedArray array, Word* args) except -1:
    cdef int64_t i = int_argument(w)
    if not 0 <= i < array.size:
        raise EvalError(f"{name_of(args)}: index {i} out of bounds (len {array.size})")
    return i


cdef TypedArray sized(Word* args, int64_t size):
    """A new array of the builtin's kind. Raises EvalError for more elements than any may have."""
    if not 0 <= size <= LARGEST:
        raise EvalError(f"{name_of(args)}: length {size} out of range 0..{LARGEST}")
    spend(size // ELEMENTS_PER_UNIT)
    return new_array(kind_of(args), size)


# --- Making ---------------------------------------------------------------------------------------

cdef Word from_arguments(Word* args, Py_ssize_t n) except ABSENT:
    cdef TypedArray made = sized(args, n)
    cdef Py_ssize_t i
    for i in range(n):
        made.put(i, args[i])
    return to_word(made)


cdef Word repeated(Word* args, Py_ssize_t n) except ABSENT:
    cdef TypedArray made = sized(args, int_argument(args[0]))
    cdef TypedArray one = new_array(type(made), 1)
    cdef Py_ssize_t i
    one.put(0, args[1] if n == 2 else int_word(0))
    for i in range(made.size):
        made.items[i] = one.items[0]
    return to_word(made)


cdef Word from_list(Word* args, Py_ssize_t n) except ABSENT:
    if not is_list(args[0]):
        type_error("list", args[0])
    cdef Cursor at = cursor_on(args[0])
    cdef TypedArray made = sized(args, at.left)
    cdef Py_ssize_t i
    for i in range(made.size):
        made.put(i, next_item(&at))
    return to_word(made)


cdef Word counted(Word* args, Py_ssize_t n) except ABSENT:
    """``start end [step=1]``: as many as there are before the end."""
    cdef TypedArray bounds = new_array(kind_of(args), 3)
    cdef Py_ssize_t i
    for i in range(3):
        bounds.put(i, args[i] if i < n else int_word(1))
    return floats_up(args, bounds) if type(bounds) is F64Array else integers_up(args, bounds)


cdef Word integers_up(Word* args, TypedArray bounds) except ABSENT:
    cdef int64_t start = bounds.items[0], step = bounds.items[2]
    cdef Py_ssize_t i
    if step == 0:
        raise EvalError(f"{name_of(args)}: step cannot be 0")
    count = (bounds.items[1] - <object>start + step - (1 if step > 0 else -1)) // step
    cdef TypedArray made = sized(args, min(max(count, 0), LARGEST + 1))
    for i in range(made.size):
        made.items[i] = start + i * step
    return to_word(made)


cdef Word floats_up(Word* args, TypedArray bounds) except ABSENT:
    cdef double* limits = <double*>bounds.items
    cdef double start = limits[0], end = limits[1], step = limits[2]
    cdef Py_ssize_t i
    if step == 0:
        raise EvalError(f"{name_of(args)}: step cannot be 0")
    cdef double count = ceil((end - start) / step)
    cdef TypedArray made = sized(args, <int64_t>min(count, LARGEST + 1.0) if count > 0 else 0)
    for i in range(made.size):
        (<double*>made.items)[i] = start + i * step
    return to_word(made)


# --- Elements -------------------------------------------------------------------------------------

cdef Word element(Word* args, Py_ssize_t n) except ABSENT:
    cdef TypedArray array = array_argument(args[0], kind_of(args))
    return array.word_at(index_argument(args[1], array, args))


cdef Word with_element(Word* args, Py_ssize_t n) except ABSENT:
    cdef TypedArray array = array_argument(args[0], kind_of(args))
    cdef Py_ssize_t i = index_argument(args[1], array, args)
    cdef TypedArray made
    # The caller's register and `array` itself hold what nobody else does.
    if refcount(<PyObject*>array) == 2 and array.is_ours():
        made = array
    else:
        made = copy_of(array)
    made.put(i, args[2])
    return to_word(made)


cdef TypedArray copy_of(TypedArray array):
    cdef TypedArray made = new_array(type(array), array.size)
    cdef Py_ssize_t i
    for i in range(array.size):
        made.items[i] = array.items[i]
    return made


cdef Word size_of(Word* args, Py_ssize_t n) except ABSENT:
    return int_word(array_argument(args[0], kind_of(args)).size)


# --- Sums -----------------------------------------------------------------------------------------

cdef Word total(Word* args, Py_ssize_t n) except ABSENT:
    cdef TypedArray array = array_argument(args[0], kind_of(args))
    return float_sum(array) if type(array) is F64Array else integer_sum(array)


cdef Word float_word(double value) noexcept:
    return double_word(value if value == value else NAN)


cdef Word float_sum(TypedArray array) except ABSENT:
    cdef double* items = <double*>array.items
    cdef double sum = 0
    cdef Py_ssize_t i
    for i in range(array.size):
        sum += items[i]
    return float_word(sum)


cdef Word integer_sum(TypedArray array) except ABSENT:
    """What does not fit any more goes on as an integer of Python's."""
    cdef int64_t sum = 0, more
    cdef Py_ssize_t i
    large = 0
    for i in range(array.size):
        if add_overflows(sum, array.items[i], &more):
            large += sum
            more = array.items[i]
        sum = more
    return to_word(large + sum)


cdef Word dot_product(Word* args, Py_ssize_t n) except ABSENT:
    cdef TypedArray a = array_argument(args[0], F64Array)
    cdef TypedArray b = array_argument(args[1], F64Array)
    cdef double* x = <double*>a.items
    cdef double* y = <double*>b.items
    cdef double sum = 0
    cdef Py_ssize_t i
    if a.size != b.size:
        raise EvalError(f"f64-array/dot: arrays have different lengths ({a.size} and {b.size})")
    for i in range(a.size):
        sum += x[i] * y[i]
    return float_word(sum)


# --- Declarations ---------------------------------------------------------------------------------

cdef int enter(CEntry entry, str operation, str signature, str doc, str example) except -1:
    """Declare an operation for both kinds; `@` stands for the kind's name, `#` for its elements."""
    for kind, elements in (("f64", "floats"), ("i64", "integers")):
        declare(
            entry,
            f"{kind}-array{operation}",
            signature.replace("@", kind),
            doc.replace("#", elements),
            example.replace("@", kind),
            (),
            False,
            None,
            "T3",
        )
    return 0


enter(from_arguments, "", "xs...", "A packed array of # with the given elements.",
      "(@-array 1 2) => #@(1 2)")
enter(repeated, "/make", "n:int [fill]", "A packed array of # with so many equal elements, 0 by "
      "default.", "(@-array/make 2 7) => #@(7 7)")
enter(from_list, "/from-list", "numbers:list", "The packed array of # with the elements of a list.",
      "(@-array/from-list '(1 2)) => #@(1 2)")
enter(counted, "/range", "start end [step]",
      "A packed array of # from a start up to but excluding an end, by a step (1).",
      "(@-array/range 0 3) => #@(0 1 2)")
enter(element, "/ref", "a:@-array i:int", "The element at a position, counted from 0.",
      "(= (@-array/ref (@-array 5 6) 1) 6) => #t")
enter(with_element, "/set!", "a:@-array i:int x", "A packed array with one element changed. The "
      "array itself is unchanged, unless nobody else has it: use the result.",
      "(@-array/set! (@-array 1 2) 0 9) => #@(9 2)")
enter(size_of, "/length", "a:@-array", "How many elements a packed array of # has.",
      "(@-array/length (@-array 1 2)) => 2")
enter(total, "/sum", "a:@-array", "The sum of a packed array of #.",
      "(= (@-array/sum (@-array 1 2)) 3) => #t")
declare(dot_product, "f64-array/dot", "a:f64-array b:f64-array",
        "The dot product of two packed arrays of one length.",
        "(f64-array/dot (f64-array 1 2) (f64-array 3 4)) => 11.0", (), False, None, "T3")
