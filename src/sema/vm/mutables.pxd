"""Mutable arrays and cells; see ``mutables.pyx``."""

from cpython.object cimport PyObject

from sema.vm.word cimport Word


cdef class MutableArray:
    cdef Py_ssize_t size
    cdef Py_ssize_t capacity
    cdef Word* items


cdef class MutableCell:
    cdef Word content


# The array's layout as plain C, for machine code. A cell's is that of a box.
cdef struct ArrayCell:
    Py_ssize_t refcount
    void* ob_type
    Py_ssize_t size
    Py_ssize_t capacity
    Word* items


cdef MutableArray new_array(Py_ssize_t capacity)
cdef int push(MutableArray array, Word value) except -1
cdef MutableCell new_cell(Word content)
