"""Places of forms; see ``spans.pyx``."""

from cpython.object cimport PyObject
from libc.stdint cimport uint32_t

from sema.vm.word cimport Word


# A form that was read, and its extent in the text.
cdef struct Item:
    Word value
    uint32_t start
    uint32_t end


cdef struct Extent:
    uint32_t start
    uint32_t end


# Where a compound form is, and which stretch of the children's extents is its own.
cdef struct Record:
    Extent extent
    uint32_t first_child
    uint32_t n_children


cdef class SpanTable:
    cdef readonly str text
    cdef readonly object file
    cdef list forms  # the form of each record, kept alive so that its address stays its own
    cdef Record* records
    cdef Py_ssize_t capacity
    cdef Extent* children
    cdef Py_ssize_t n_children
    cdef Py_ssize_t children_capacity
    cdef uint32_t* slots  # open-addressing hash table: address → record number + 1
    cdef Py_ssize_t n_slots
    cdef Py_ssize_t n_indexed
    cdef list line_starts
    cdef dict given
    cdef list given_forms

    cdef int record(
        self, object form, uint32_t start, uint32_t end, const Item* items, Py_ssize_t n
    ) except -1
    cdef Record* find(self, PyObject* form) except? NULL
    cdef int index(self) except -1
    cdef object span_of(self, Extent extent)
