"""Maps as the builtins and the machine use them; see ``maps.pyx``."""

from cpython.object cimport PyObject

from sema.vm.values cimport type_of
from sema.vm.word cimport Word, is_ref


cdef class AnyMap:
    cdef dict entries
    cdef list order
    cdef public object origin

    cdef AnyMap copy(self)
    cdef int put(self, Word key, Word value) except -1
    cdef int drop(self, Word key) except -1
    cdef list sorted_entries(self)

cdef class Map(AnyMap):
    pass

cdef class HashMap(AnyMap):
    pass


cdef inline bint is_map(Word w) noexcept:
    """Whether a word is a map of either type."""
    return is_ref(w) and (type_of(w) == <PyObject*>Map or type_of(w) == <PyObject*>HashMap)


cdef object key_object(Word key)
cdef object object_key(object key)
cdef Word map_get(Word m, Word key) except? 0
cdef AnyMap writable(Word m)
