# cython: language_level=3
"""Mutable arrays and cells: words that programs may replace."""

from cpython.mem cimport PyMem_Free, PyMem_Realloc
from cpython.object cimport PyObject, PyTypeObject

from sema.vm.values cimport (
    BoxCell, gc_free, gc_new, gc_track, gc_untrack, leave_free, must_wait, take_part, to_object,
    to_word, visit_words, visitor,
)
from sema.vm.values import make_vector
from sema.vm.word cimport NIL, Word, decref, incref, rc_dec


cdef class MutableArray:
    """A sequence that can grow, and whose elements can be replaced."""

    __sema_type__ = "mutable-array"
    __sema_mutable__ = True
    __sema_state__ = True
    __hash__ = None

    def __init__(self):
        raise TypeError("use array_of(items)")

    def __len__(self):
        return self.size

    def __sema_parts__(self):
        return None, elements(self)

    def __sema_snapshot__(self):
        return make_vector(elements(self))

    def __sema_write__(self):
        return f"<mutable-array {self.size}>"

    def __reduce__(self):
        # The elements come later: the array may be one of them.
        return array_of, ((),), elements(self)

    def __setstate__(self, items):
        cdef Word word
        for item in items:
            word = to_word(item)
            try:
                push(self, word)
            finally:
                decref(word)


cdef list elements(MutableArray array):
    return [to_object(array.items[i]) for i in range(array.size)]


def array_of(items):
    """The mutable array of the objects of a Python iterable."""
    cdef MutableArray made = new_array(0)
    made.__setstate__(items)
    return made


cdef MutableArray new_array(Py_ssize_t capacity):
    """An empty array with room for so many words."""
    cdef PyObject* made = gc_new(<PyTypeObject*><PyObject*>MutableArray)
    cdef ArrayCell* cell = <ArrayCell*>made
    cell.size = 0
    cell.capacity = 0
    cell.items = NULL
    gc_track(made)
    result = <MutableArray>made
    rc_dec(made)
    if capacity:
        grow(result, capacity)
    return result


cdef int push(MutableArray array, Word value) except -1:
    """Append a word, borrowed."""
    if array.size == array.capacity:
        grow(array, 8 if array.size < 4 else 2 * array.size)
    incref(value)
    array.items[array.size] = value
    array.size += 1
    return 0


cdef int grow(MutableArray array, Py_ssize_t capacity) except -1:
    cdef Word* items = <Word*>PyMem_Realloc(array.items, capacity * sizeof(Word))
    if items == NULL:
        raise MemoryError
    array.items = items
    array.capacity = capacity
    return 0


cdef class MutableCell:
    """One value that can be replaced."""

    __sema_type__ = "mutable-cell"
    __sema_mutable__ = True
    __sema_state__ = True
    __hash__ = None

    def __init__(self):
        raise TypeError("use cell_of(value)")

    def __sema_parts__(self):
        return None, (to_object(self.content),)

    def __sema_write__(self):
        return "<mutable-cell>"

    def __reduce__(self):
        # The content comes later: the cell may be in it.
        return cell_of, (None,), (to_object(self.content),)

    def __setstate__(self, content):
        cdef Word old = self.content
        self.content = to_word(content[0])
        decref(old)


def cell_of(value):
    """The mutable cell with a Python object in it."""
    cdef MutableCell made = new_cell(NIL)
    made.content = to_word(value)
    return made


cdef MutableCell new_cell(Word content):
    """A cell with a word, borrowed."""
    cdef PyObject* made = gc_new(<PyTypeObject*><PyObject*>MutableCell)
    incref(content)
    (<BoxCell*>made).value = content
    gc_track(made)
    result = <MutableCell>made
    rc_dec(made)
    return result


# --- As objects ---------------------------------------------------------------------

cdef void array_dealloc(PyObject* self) noexcept:
    gc_untrack(self)
    if must_wait(self):
        return
    array_clear(self)
    gc_free(self)
    leave_free()


cdef int array_traverse(PyObject* self, visitor visit, void* arg) noexcept:
    cdef ArrayCell* cell = <ArrayCell*>self
    return visit_words(cell.items, cell.size, visit, arg)


cdef int array_clear(PyObject* self) noexcept:
    cdef ArrayCell* cell = <ArrayCell*>self
    cdef Word* items = cell.items
    cdef Py_ssize_t size = cell.size
    cdef Py_ssize_t i
    # What is freed here may look at the array.
    cell.items = NULL
    cell.size = 0
    cell.capacity = 0
    for i in range(size):
        decref(items[i])
    PyMem_Free(items)
    return 0


cdef void cell_dealloc(PyObject* self) noexcept:
    gc_untrack(self)
    if must_wait(self):
        return
    cell_clear(self)
    gc_free(self)
    leave_free()


cdef int cell_traverse(PyObject* self, visitor visit, void* arg) noexcept:
    return visit_words(&(<BoxCell*>self).value, 1, visit, arg)


cdef int cell_clear(PyObject* self) noexcept:
    cdef Word old = (<BoxCell*>self).value
    (<BoxCell*>self).value = NIL
    decref(old)
    return 0


take_part(<PyObject*>MutableCell, False, cell_dealloc, cell_traverse, cell_clear)
take_part(<PyObject*>MutableArray, False, array_dealloc, array_traverse, array_clear)
