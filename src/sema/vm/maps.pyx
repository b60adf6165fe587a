# cython: language_level=3
"""The two map types, ``map`` and ``hashmap``: a persistent tree (``tree.pyx``) and its size.

For programs a map never changes. A function that holds the only reference may change it all the
same, since nobody can see that: ``writable`` decides. What follows from a change to a map that
somebody else holds shares nearly all of its nodes.

A hashmap may go in any order. It goes in that of its keys, too, in which it must be printed.
"""

cimport cython

from _collections_abc import Mapping

from cpython.object cimport PyObject, PyTypeObject
from cpython.ref cimport Py_INCREF, Py_XDECREF

from sema.vm.equality cimport hash_word
from sema.vm.keys cimport check_key
from sema.vm.tree cimport (
    TreeCursor, find, first_entry, leaf_with, next_entry, remove, slot_of,
)
from sema.vm.values cimport (
    gc_free, gc_is_tracked, gc_new, gc_untrack, leave_free, may_be_in_cycle, must_wait,
    new_vector, refcount, take_part, to_object, to_word, type_of, vector_items, vector_ready,
    visit_words, visitor,
)
from sema.vm.word cimport (
    ABSENT, NIL, Word, decref, incref, is_ref, ptr_word, rc_dec, word_ptr,
)


cdef class AnyMap:
    """What the two map types have in common; a read-only mapping for Python.

    ``origin`` is the exception that a map describes, if it was made for a ``catch``.
    """

    def __init__(self):
        raise TypeError("use from_pairs(pairs)")

    @classmethod
    def from_pairs(cls, pairs):
        """The map of an iterable of keys and values; of equal keys the last one's value wins."""
        cdef AnyMap made = new_map(<PyObject*>cls)
        for key, value in pairs:
            put_object(made, key, value)
        return made

    @property
    def origin(self):
        return None if self.described == NULL else <object>self.described

    @origin.setter
    def origin(self, value):
        cdef PyObject* old = self.described
        self.described = NULL
        if value is not None:
            Py_INCREF(value)
            self.described = <PyObject*>value
            track(self)
        Py_XDECREF(old)

    def get(self, key, default=None):
        """The value of a key, or the default."""
        cdef Word found = get_object(self, key)
        return default if found == ABSENT else to_object(found)

    def keys(self):
        """The keys as a list, in key order."""
        return [key for key, _ in entries(self)]

    def values(self):
        """The values as a list, in the order of the keys."""
        return [value for _, value in entries(self)]

    def items(self):
        """Pairs of keys and values as a list, in the order of the keys."""
        return list(entries(self))

    def assoc(self, key, value):
        """A map with one more entry."""
        cdef AnyMap made = copy(self)
        put_object(made, key, value)
        return made

    def dissoc(self, key):
        """A map without a key."""
        cdef AnyMap made = copy(self)
        cdef Word word = to_word(key)
        try:
            map_drop(made, word)
        finally:
            decref(word)
        return made

    def merge(self, AnyMap other not None):
        """A map with the entries of both; the other's win."""
        cdef AnyMap made = copy(self)
        put_all(made, other)
        return made

    def __len__(self):
        return self.count

    def __iter__(self):
        return (key for key, _ in entries(self))

    def __contains__(self, key):
        return get_object(self, key) != ABSENT

    def __getitem__(self, key):
        cdef Word found = get_object(self, key)
        if found == ABSENT:
            raise KeyError(key)
        return to_object(found)

    def __eq__(self, other):
        if not isinstance(other, AnyMap):
            if not isinstance(other, Mapping):
                return NotImplemented
            return len(other) == len(self) and all(
                key in self and self[key] == value for key, value in other.items())
        from sema.vm.equality import equal
        return equal(self, other)

    def __hash__(self):
        return hash_word(ptr_word(<PyObject*>self))

    def __repr__(self):
        from sema.reader.printer import write
        return write(self)

    def __reduce__(self):
        return type(self).from_pairs, (self.items(),)


@cython.final
cdef class Map(AnyMap):
    """``{…}``: a map that goes in key order."""

    __sema_type__ = "map"


@cython.final
cdef class HashMap(AnyMap):
    """A map that goes in no order that a program may rely on."""

    __sema_type__ = "hashmap"


Mapping.register(AnyMap)


def entries(AnyMap m):
    """Pairs of keys and values, in the order of the keys."""
    cdef TreeCursor cursor = first_entry(m.tree)
    cdef Word key, value
    while next_entry(&cursor, &key, &value):
        yield to_object(key), to_object(value)


cdef Word get_object(AnyMap m, object key) except? 0:
    """The value of a Python object, borrowed, or ABSENT."""
    cdef Word word = to_word(key)
    try:
        return find(m.tree, word)
    finally:
        decref(word)


cdef int put_object(AnyMap m, object key, object value) except -1:
    cdef Word key_word = to_word(key)
    cdef Word value_word = to_word(value)
    try:
        return map_put(m, key_word, value_word)
    finally:
        decref(key_word)
        decref(value_word)


# --- Maps as objects --------------------------------------------------------------------------

cdef AnyMap new_map(PyObject* kind):
    """An empty map of a type."""
    cdef PyObject* made = gc_new(<PyTypeObject*>kind)
    (<MapCell*>made).tree = NIL
    (<MapCell*>made).count = 0
    (<MapCell*>made).described = NULL
    result = <AnyMap>made
    rc_dec(made)
    return result


cdef Map map_of(list entries):
    """The map of alternating keys and values."""
    cdef AnyMap made = new_map(<PyObject*>Map)
    cdef Py_ssize_t i
    for i in range(0, len(entries), 2):
        put_object(made, entries[i], entries[i + 1])
    return <Map>made


cdef void map_dealloc(PyObject* self) noexcept:
    cdef MapCell* m = <MapCell*>self
    if gc_is_tracked(self):
        gc_untrack(self)
    if must_wait(self):
        return
    decref(m.tree)
    Py_XDECREF(m.described)
    gc_free(self)
    leave_free()


cdef int map_traverse(PyObject* self, visitor visit, void* arg) noexcept:
    cdef MapCell* m = <MapCell*>self
    cdef int stop = visit_words(&m.tree, 1, visit, arg)
    if stop or m.described == NULL:
        return stop
    return visit(m.described, arg)


for map_type in (AnyMap, Map, HashMap):
    take_part(<PyObject*>map_type, False, map_dealloc, map_traverse, NULL)


# --- For builtins and the machine -----------------------------------------------------------------

cdef AnyMap like(PyObject* kind, AnyMap m):
    """A new map of a type with the entries of another."""
    cdef AnyMap made = new_map(kind)
    adopt(made, m)
    return made


cdef AnyMap copy(AnyMap m):
    return like(type_of(ptr_word(<PyObject*>m)), m)


cdef int adopt(AnyMap m, AnyMap other) except -1:
    """Let a map without entries share the tree of another one."""
    m.tree = other.tree
    m.count = other.count
    incref(m.tree)
    if is_ref(m.tree) and gc_is_tracked(word_ptr(m.tree)):
        track(m)
    return 0


cdef AnyMap writable(Word m):
    """The map itself if the caller's is the only reference, else a copy; to be changed at will."""
    cdef PyObject* p = word_ptr(m)
    if refcount(p) == 1 and (<MapCell*>p).described == NULL:
        return <AnyMap>p
    return copy(<AnyMap>p)


cdef Word flattened(AnyMap m) except ABSENT:
    """A vector of alternating keys and values, in key order."""
    cdef Word made = new_vector(2 * m.count)
    cdef Word* items = vector_items(made)
    cdef TreeCursor cursor = first_entry(m.tree)
    while next_entry(&cursor, items, items + 1):
        incref(items[0])
        incref(items[1])
        items += 2
    vector_ready(made)
    return made


cdef Word with_values(AnyMap shape, Word* values) except ABSENT:
    """A sorted map with the keys of another one of few entries, and these values, borrowed."""
    cdef AnyMap made = new_map(<PyObject*>Map)
    made.tree = leaf_with(shape.tree, values)
    made.count = shape.count
    if gc_is_tracked(word_ptr(made.tree)):
        track(made)
    return map_word(made)


# What may only be done to a map that is new or `writable`:

cdef Word* map_slot(AnyMap m, Word key, bint tracked) except NULL:
    """Where the value of a key is that `check_key` knows; NIL if the key is new. The caller
    changes it at once. `tracked` says whether the collector must see the key or the value."""
    cdef bint added
    cdef Word* slot = slot_of(&m.tree, key, tracked, &added)
    m.count += added
    if tracked:
        track(m)
    return slot


cdef int put_known(AnyMap m, Word key, Word value) except -1:
    """Give a key that `check_key` knows a value, both borrowed."""
    cdef Word* slot = map_slot(m, key, may_be_in_cycle(key) or may_be_in_cycle(value))
    cdef Word old = slot[0]
    incref(value)
    slot[0] = value
    decref(old)
    return 0


cdef int map_put(AnyMap m, Word key, Word value) except -1:
    """Give a key a value, both borrowed. Raises SemaTypeError if the key is mutable."""
    check_key(key)
    return put_known(m, key, value)


cdef int map_drop(AnyMap m, Word key) except -1:
    """Take a key away, if it is there."""
    if find(m.tree, key) != ABSENT:
        remove(&m.tree, key)
        m.count -= 1
    return 0


cdef int put_all(AnyMap m, AnyMap other) except -1:
    """Give a map the entries of another one."""
    cdef TreeCursor cursor
    cdef Word key, value
    cdef AnyMap few
    if m.count >= other.count // 8:
        cursor = first_entry(other.tree)
        while next_entry(&cursor, &key, &value):
            put_known(m, key, value)
        return 0
    # It is less work to put our few entries into the other's tree.
    few = like(<PyObject*>Map, m)
    decref(m.tree)
    adopt(m, other)
    cursor = first_entry(few.tree)
    while next_entry(&cursor, &key, &value):
        if find(m.tree, key) == ABSENT:
            put_known(m, key, value)
    return 0
