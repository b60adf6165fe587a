# cython: language_level=3
"""Mutable arrays and cells: the containers that programs may change."""

cimport cython

from cpython.object cimport PyObject

from sema.errors import EvalError
from sema.stdlib.registry cimport declare
from sema.stdlib.sequences cimport count_argument, int_argument, type_error
from sema.vm.values import make_vector
from sema.vm.values cimport new_vector, to_object, to_word, type_of, vector_items, vector_ready
from sema.vm.word cimport ABSENT, Word, incref, int_word, is_int, is_ref, word_int, word_ptr


@cython.trashcan(True)
cdef class MutableArray:
    """A sequence that can grow, and whose elements can be replaced."""

    cdef list items

    __sema_type__ = "mutable-array"
    __sema_mutable__ = True
    __sema_state__ = True
    __hash__ = None

    def __cinit__(self):
        self.items = []

    def __len__(self):
        return len(self.items)

    def __sema_parts__(self):
        return None, self.items

    def __sema_snapshot__(self):
        return make_vector(self.items)

    def __sema_write__(self):
        return f"<mutable-array {len(self.items)}>"

    def __reduce__(self):
        return MutableArray, (), self.items

    def __setstate__(self, items):
        self.items = list(items)


@cython.trashcan(True)
cdef class MutableCell:
    """One value that can be replaced."""

    cdef object content

    __sema_type__ = "mutable-cell"
    __sema_mutable__ = True
    __sema_state__ = True
    __hash__ = None

    def __sema_parts__(self):
        return None, (self.content,)

    def __sema_write__(self):
        return "<mutable-cell>"


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
    raise EvalError(f"{name}: index {i} out of bounds (length {len(array.items)})")


cdef Word new_array(Word* args, Py_ssize_t n) except ABSENT:
    cdef MutableArray made = MutableArray.__new__(MutableArray)
    cdef Py_ssize_t size = count_argument(args[0], "mutable-array/new") if n else 0
    if n == 2:
        made.items = [to_object(args[1])] * size
    return to_word(made)


cdef Word push(Word* args, Py_ssize_t n) except ABSENT:
    array_argument(args[0]).items.append(to_object(args[1]))
    incref(args[0])
    return args[0]


cdef Word get_element(Word* args, Py_ssize_t n) except ABSENT:
    cdef MutableArray array = array_argument(args[0])
    cdef Py_ssize_t i = index_argument(args[1], "mutable-array/get")
    if i < len(array.items):
        return to_word(array.items[i])
    if n == 2:
        out_of_bounds("mutable-array/get", i, array)
    incref(args[2])
    return args[2]


cdef Word set_element(Word* args, Py_ssize_t n) except ABSENT:
    cdef MutableArray array = array_argument(args[0])
    cdef Py_ssize_t i = index_argument(args[1], "mutable-array/set!")
    if i >= len(array.items):
        out_of_bounds("mutable-array/set!", i, array)
    array.items[i] = to_object(args[2])
    incref(args[0])
    return args[0]


cdef Word array_length(Word* args, Py_ssize_t n) except ABSENT:
    return int_word(len(array_argument(args[0]).items))


cdef Word array_to_vector(Word* args, Py_ssize_t n) except ABSENT:
    cdef MutableArray array = array_argument(args[0])
    cdef Word made = new_vector(len(array.items))
    cdef Py_ssize_t i
    for i in range(len(array.items)):
        vector_items(made)[i] = to_word(array.items[i])
    vector_ready(made)
    return made


declare(new_array, "mutable-array/new", "[n:count] [fill]",
        "A mutable array: empty, or so many times a value; a count alone is only a hint.",
        "(mutable-array/->vector (mutable-array/new 2 :a)) => [:a :a]")
declare(push, "mutable-array/push!", "array:mutable-array x",
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

cdef Word new_cell(Word* args, Py_ssize_t n) except ABSENT:
    cdef MutableCell made = MutableCell.__new__(MutableCell)
    made.content = to_object(args[0])
    return to_word(made)


cdef Word get_content(Word* args, Py_ssize_t n) except ABSENT:
    return to_word(cell_argument(args[0]).content)


cdef Word set_content(Word* args, Py_ssize_t n) except ABSENT:
    cell_argument(args[0]).content = to_object(args[1])
    incref(args[0])
    return args[0]


declare(new_cell, "mutable-cell/new", "x", "A mutable cell.",
        "(mutable-cell/get (mutable-cell/new 1)) => 1")
declare(get_content, "mutable-cell/get", "cell:mutable-cell", "The content of a mutable cell.",
        "(mutable-cell/get (mutable-cell/new :a)) => :a")
declare(set_content, "mutable-cell/set!", "cell:mutable-cell x",
        "Replaces the content of a mutable cell; returns the cell.",
        "(mutable-cell/get (mutable-cell/set! (mutable-cell/new 1) 2)) => 2")
