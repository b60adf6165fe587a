"""The keys of maps: which are allowed, and their order made fast; see ``keys.pyx``."""

from cpython.object cimport PyObject
from libc.stdint cimport uint64_t

from sema.vm.values cimport Keyword, Symbol, type_of
from sema.vm.word cimport Word, is_double, is_ref


cdef inline bint told_by_word(Word key) noexcept:
    """Whether only a key of the very same bits can be equal."""
    if not is_ref(key):
        return not is_double(key)
    return type_of(key) == <PyObject*>Keyword or type_of(key) == <PyObject*>Symbol


cdef int check_key(Word key) except -1
cdef uint64_t brief_key(Word key) except? 0
cdef int compare_keys(Word x, Word y) except -2
