"""Packed arrays of numbers; see ``arrays.pyx``."""

from cpython.buffer cimport Py_buffer
from libc.stdint cimport int64_t

from sema.vm.word cimport ABSENT, Word


cdef class TypedArray:
    # The bits of the numbers: doubles, or integers.
    cdef int64_t* items
    cdef readonly Py_ssize_t size
    cdef Py_ssize_t exports
    cdef bint is_foreign
    cdef Py_buffer foreign

    cdef int allocate(self, Py_ssize_t size) except -1
    cdef int wrap(self, object source) except -1
    cdef Word word_at(self, Py_ssize_t i) except ABSENT
    cdef int put(self, Py_ssize_t i, Word w) except -1
    cdef int put_object(self, Py_ssize_t i, object number) except -1
    cdef str text_at(self, Py_ssize_t i)
    cdef bint is_ours(self)
    cdef int compare(self, TypedArray other) noexcept


cdef class F64Array(TypedArray):
    pass


cdef class I64Array(TypedArray):
    pass


cdef TypedArray new_array(object kind, Py_ssize_t size)
