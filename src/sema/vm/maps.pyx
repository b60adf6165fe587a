# cython: language_level=3
"""The two map types: ``map``, which goes in key order, and ``hashmap``.

Inside is a Python dict, whose keys are the Sema keys where Python compares them as Sema does
(text, names, integers), and a :class:`Key` around all others: Python takes ``1``, ``1.0`` and
``True`` for the same key. The sorted order is worked out when somebody asks for it, and kept.

For programs a map never changes. A function that holds the only reference may change it all the
same, since nobody can see that: ``writable`` decides.
"""

cimport cython

from _collections_abc import Mapping

from cpython.dict cimport PyDict_GetItemWithError
from cpython.object cimport PyObject

from sema.vm.equality cimport hash_key, hash_word, order_words
from sema.vm.values cimport Keyword, Symbol, to_object, to_word, type_of
from sema.vm.word cimport ABSENT, Word, decref, is_int, is_ref, ptr_word, word_ptr

cdef extern from "Python.h":
    Py_ssize_t refcount "Py_REFCNT"(PyObject*) noexcept


cdef class Key:
    """A dict key that Python compares in Sema's order of map keys."""

    cdef object value
    cdef Py_hash_t hash

    def __hash__(self):
        return self.hash

    def __eq__(self, other):
        return type(other) is Key and order_objects(self.value, (<Key>other).value) == 0


cdef class SortKey:
    """What Python's sort compares in place of a key."""

    cdef object value

    def __cinit__(self, value):
        self.value = value

    def __lt__(self, other):
        return order_objects(self.value, (<SortKey>other).value) < 0


cdef int order_objects(object x, object y) except -2:
    cdef Word a = to_word(x)
    cdef Word b = to_word(y)
    try:
        return order_words(a, b)
    finally:
        decref(a)
        decref(b)


cdef object key_object(Word key):
    """The dict key of a Sema key. Raises SemaTypeError if it is mutable."""
    cdef PyObject* kind
    if is_int(key):
        return to_object(key)
    if is_ref(key):
        kind = type_of(key)
        if (kind == <PyObject*>Keyword or kind == <PyObject*>str or kind == <PyObject*>Symbol
                or kind == <PyObject*>int):
            return <object>word_ptr(key)
    cdef Key wrapped = Key.__new__(Key)
    wrapped.hash = hash_key(key)
    wrapped.value = to_object(key)
    return wrapped


cdef object object_key(object key):
    """The Sema key, as a Python object, of a dict key."""
    return (<Key>key).value if type(key) is Key else key


cdef object key_of_object(object value):
    cdef Word key = to_word(value)
    try:
        return key_object(key)
    finally:
        decref(key)


cdef list in_order(list keys):
    """The dict keys in the order of map keys."""
    cdef set kinds = {type(key) for key in keys}
    if len(kinds) == 1:
        kind = kinds.pop()
        if kind is int or kind is str:
            return sorted(keys)
        if kind is Keyword or kind is Symbol:
            return sorted(keys, key=name_of)
    return sorted(keys, key=sort_key)


def name_of(key):
    return (<Keyword>key).name if type(key) is Keyword else (<Symbol>key).name


def sort_key(key):
    return SortKey(object_key(key))


@cython.trashcan(True)
cdef class AnyMap:
    """What the two map types have in common; a read-only mapping for Python.

    ``origin`` is the exception that a map describes, if it was made for a ``catch``.
    """

    def __cinit__(self):
        self.entries = {}

    def __init__(self):
        raise TypeError("use from_pairs(pairs)")

    @classmethod
    def from_pairs(cls, pairs):
        """The map of an iterable of keys and values; of equal keys the last one's value wins."""
        cdef AnyMap made = cls.__new__(cls)
        for key, value in pairs:
            made.entries[key_of_object(key)] = value
        return made

    # What may only be done to a map that nobody else has seen, see `writable`:

    cdef int put(self, Word key, Word value) except -1:
        """Give a key a value in this very map."""
        cdef object name = key_object(key)
        cdef Py_ssize_t size = len(self.entries)
        self.entries[name] = to_object(value)
        if len(self.entries) != size:
            self.order = None
        return 0

    cdef int drop(self, Word key) except -1:
        """Take a key away from this very map."""
        if self.entries.pop(key_object(key), self) is not self:
            self.order = None
        return 0

    cdef AnyMap copy(self):
        cdef AnyMap made = type(self).__new__(type(self))
        made.entries = self.entries.copy()
        made.order = self.order
        return made

    cdef list sorted_entries(self):
        """The dict keys in order."""
        if self.order is None:
            self.order = in_order(list(self.entries))
        return self.order

    def get(self, key, default=None):
        """The value of a key, or the default."""
        return self.entries.get(key_of_object(key), default)

    def keys(self):
        """The keys as a list; in key order for a sorted map."""
        return [object_key(key) for key in self._listed()]

    def values(self):
        """The values, in the order of the keys."""
        return [self.entries[key] for key in self._listed()]

    def items(self):
        """Pairs of keys and values, in the order of the keys."""
        return [(object_key(key), self.entries[key]) for key in self._listed()]

    def sorted_items(self):
        """Pairs of keys and values in key order."""
        return [(object_key(key), self.entries[key]) for key in self.sorted_entries()]

    def _listed(self):
        return self.sorted_entries()

    def assoc(self, key, value):
        """A map with one more entry."""
        cdef AnyMap made = self.copy()
        made.entries[key_of_object(key)] = value
        made.order = None
        return made

    def dissoc(self, key):
        """A map without a key."""
        cdef AnyMap made = self.copy()
        made.entries.pop(key_of_object(key), None)
        made.order = None
        return made

    def merge(self, AnyMap other not None):
        """A map with the entries of both; the other's win."""
        cdef AnyMap made = self.copy()
        made.entries.update(other.entries)
        made.order = None
        return made

    def __len__(self):
        return len(self.entries)

    def __iter__(self):
        return iter(self.keys())

    def __contains__(self, key):
        return key_of_object(key) in self.entries

    def __getitem__(self, key):
        cdef PyObject* found = PyDict_GetItemWithError(self.entries, key_of_object(key))
        if found == NULL:
            raise KeyError(key)
        return <object>found

    def __eq__(self, other):
        if isinstance(other, dict):
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

    def __sema_parts__(self):
        cdef list parts = []
        for key in self.sorted_entries():
            parts.append(object_key(key))
            parts.append(self.entries[key])
        return None, parts


cdef class Map(AnyMap):
    """``{…}``: a map that goes in key order."""

    __sema_type__ = "map"


cdef class HashMap(AnyMap):
    """A map that goes in no order that a program may rely on: here, that of insertion."""

    __sema_type__ = "hashmap"

    def _listed(self):
        return list(self.entries)


Mapping.register(AnyMap)


# --- For builtins and the machine -----------------------------------------------------------------

cdef Word map_get(Word m, Word key) except? 0:
    """The value of a key, borrowed from the map, or ABSENT. `m` must be a map."""
    cdef PyObject* found = PyDict_GetItemWithError(
        (<AnyMap>word_ptr(m)).entries, key_object(key))
    if found == NULL:
        return ABSENT
    cdef Word value = to_word(<object>found)
    decref(value)
    return value


cdef AnyMap writable(Word m):
    """The map itself if the caller's is the only reference, else a copy; to be changed at will."""
    if refcount(word_ptr(m)) == 1:
        return <AnyMap>word_ptr(m)
    return (<AnyMap>word_ptr(m)).copy()
