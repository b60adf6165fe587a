"""Maps as the builtins and the machine use them; see ``maps.pyx``."""

cimport cython

from cpython.object cimport PyObject

from sema.vm.tree cimport TreeCursor, find, first_entry
from sema.vm.values cimport gc_is_tracked, gc_track, type_of
from sema.vm.word cimport ABSENT, Word, is_ref, ptr_word, rc_inc, word_ptr


cdef class AnyMap:
    cdef Word tree
    cdef Py_ssize_t count
    cdef PyObject* described


@cython.final
cdef class Map(AnyMap):
    pass


@cython.final
cdef class HashMap(AnyMap):
    pass


# The same layout as plain C, for code that must not count references.
cdef struct MapCell:
    Py_ssize_t refcount
    void* ob_type
    Word tree
    Py_ssize_t count
    PyObject* described


cdef inline bint is_map(Word w) noexcept:
    """Whether a word is a map of either type."""
    return is_ref(w) and (type_of(w) == <PyObject*>Map or type_of(w) == <PyObject*>HashMap)

cdef inline bint is_hashmap(Word w) noexcept:
    return is_ref(w) and type_of(w) == <PyObject*>HashMap

cdef inline Py_ssize_t map_size(Word m) noexcept:
    """How many entries a word known to be a map has."""
    return (<MapCell*>word_ptr(m)).count

cdef inline Word map_get(Word m, Word key) except? 0:
    """The value of a key, borrowed from the map, or ABSENT. `m` must be a map."""
    return find((<MapCell*>word_ptr(m)).tree, key)

cdef inline TreeCursor map_entries(Word m) noexcept:
    """A cursor, for `next_entry`, before the first entry of a map that must stay as it is."""
    return first_entry((<MapCell*>word_ptr(m)).tree)


cdef inline Word map_word(AnyMap m) noexcept:
    """The word of a map, owned by the caller."""
    rc_inc(<PyObject*>m)
    return ptr_word(<PyObject*>m)


cdef inline void track(AnyMap m) noexcept:
    """Let the collector see a map."""
    if not gc_is_tracked(<PyObject*>m):
        gc_track(<PyObject*>m)


cdef AnyMap new_map(PyObject* kind)
cdef Map map_of(list entries)
cdef AnyMap like(PyObject* kind, AnyMap m)
cdef AnyMap writable(Word m)
cdef Word flattened(AnyMap m) except ABSENT
cdef Word with_values(AnyMap shape, Word* values) except ABSENT

cdef Word* map_slot(AnyMap m, Word key, bint tracked) except NULL
cdef int map_put(AnyMap m, Word key, Word value) except -1
cdef int map_drop(AnyMap m, Word key) except -1
cdef int put_all(AnyMap m, AnyMap other) except -1
