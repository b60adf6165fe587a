# cython: language_level=3
"""Builtins on mutable arrays and cells."""

from cpython.object cimport PyObject

from sema.errors import EvalError
from sema.stdlib.registry cimport declare
from sema.stdlib.sequences cimport count_argument, int_argument, need_room, type_error
from sema.vm.mutables cimport MutableArray, MutableCell, new_array, new_cell, push
from sema.vm.values cimport new_vector, type_of, vector_items, vector_ready
from sema.vm.word cimport (
    ABSENT, Word, decref, incref, int_word, is_int, is_ref, ptr_word, word_int, word_ptr,
)


cdef MutableArray array_argument(Word w):
    if not is_ref(w) or type_of(w) != <PyObject*>MutableArray:
        type_error("mutable-array", w)
    return <MutableArray>word_ptr(w)


cdef MutableCell cell_argument(Word w):
    if not is_ref(w) or type_of(w) != <PyObject*>MutableCell:
        type_error("mutable-cell", w)
    return <MutableCell>word_ptr(w)


cdef inline Py_ssize_t index_argument(Word w, str name) except -1:
    """An index, which may be too large."""
    if is_int(w) and word_int(w) >= 0:
        return word_int(w)
    int_argument(w)
    return count_argument(w, name)


cdef int out_of_bounds(str name, Py_ssize_t i, MutableArray array) except -1:
    raise EvalError(f"{name}: index {i} out of bounds (length {array.size})")


cdef inline Word returned(object value) noexcept:
    cdef Word word = ptr_word(<PyObject*>value)
    incref(word)
    return word


cdef Word make_array(Word* args, Py_ssize_t n) except ABSENT:
    cdef MutableArray made
    cdef Py_ssize_t size = count_argument(args[0], "mutable-array/new") if n else 0
    if n < 2:
        return returned(new_array(0))
    need_room(size)
    made = new_array(size)
    for _ in range(size):
        push(made, args[1])
    return returned(made)


cdef Word push_element(Word* args, Py_ssize_t n) except ABSENT:
    push(array_argument(args[0]), args[1])
    incref(args[0])
    return args[0]


cdef Word get_element(Word* args, Py_ssize_t n) except ABSENT:
    cdef MutableArray array = array_argument(args[0])
    cdef Py_ssize_t i = index_argument(args[1], "mutable-array/get")
    cdef Word found
    if i < array.size:
        found = array.items[i]
    elif n == 2:
        out_of_bounds("mutable-array/get", i, array)
    else:
        found = args[2]
    incref(found)
    return found


cdef Word set_element(Word* args, Py_ssize_t n) except ABSENT:
    cdef MutableArray array = array_argument(args[0])
    cdef Py_ssize_t i = index_argument(args[1], "mutable-array/set!")
    cdef Word old
    if i >= array.size:
        out_of_bounds("mutable-array/set!", i, array)
    old = array.items[i]
    incref(args[2])
    array.items[i] = args[2]
    decref(old)
    incref(args[0])
    return args[0]


cdef Word array_length(Word* args, Py_ssize_t n) except ABSENT:
    return int_word(array_argument(args[0]).size)


cdef Word array_to_vector(Word* args, Py_ssize_t n) except ABSENT:
    cdef MutableArray array = array_argument(args[0])
    cdef Word made = new_vector(array.size)
    cdef Py_ssize_t i
    for i in range(array.size):
        incref(array.items[i])
        vector_items(made)[i] = array.items[i]
    vector_ready(made)
    return made


declare(make_array, "mutable-array/new", "[n:count] [fill]",
        "A mutable array: empty, or so many times a value; a count alone is only a hint.",
        "(mutable-array/->vector (mutable-array/new 2 :a)) => [:a :a]")
declare(push_element, "mutable-array/push!", "array:mutable-array x",
        "Appends a value to a mutable array; returns the array.",
        "(length (mutable-array/push! (mutable-array/new) 1)) => 1")
declare(get_element, "mutable-array/get", "array:mutable-array i:int [default]",
        "The element of a mutable array at an index; behind its end the default, if there is one.",
        "(mutable-array/get (mutable-array/new 1 :a) 5 :none) => :none")
declare(set_element, "mutable-array/set!", "array:mutable-array i:int x",
        "Replaces an element of a mutable array; returns the array.",
        "(mutable-array/get (mutable-array/set! (mutable-array/new 1 0) 0 7) 0) => 7")
declare(array_length, "mutable-array/length", "array:mutable-array",
        "The number of elements of a mutable array.",
        "(mutable-array/length (mutable-array/new 3 0)) => 3")
declare(array_to_vector, "mutable-array/->vector", "array:mutable-array",
        "The vector of the present elements of a mutable array.",
        "(mutable-array/->vector (mutable-array/new)) => []")


# --- Cells --------------------------------------------------------------------------------------

cdef Word make_cell(Word* args, Py_ssize_t n) except ABSENT:
    return returned(new_cell(args[0]))


cdef Word get_content(Word* args, Py_ssize_t n) except ABSENT:
    cdef Word content = cell_argument(args[0]).content
    incref(content)
    return content


cdef Word set_content(Word* args, Py_ssize_t n) except ABSENT:
    cdef MutableCell cell = cell_argument(args[0])
    cdef Word old = cell.content
    incref(args[1])
    cell.content = args[1]
    decref(old)
    incref(args[0])
    return args[0]


declare(make_cell, "mutable-cell/new", "x", "A mutable cell.",
        "(mutable-cell/get (mutable-cell/new 1)) => 1")
declare(get_content, "mutable-cell/get", "cell:mutable-cell", "The content of a mutable cell.",
        "(mutable-cell/get (mutable-cell/new :a)) => :a")
declare(set_content, "mutable-cell/set!", "cell:mutable-cell x",
        "Replaces the content of a mutable cell; returns the cell.",
        "(mutable-cell/get (mutable-cell/set! (mutable-cell/new 1) 2)) => 2")
