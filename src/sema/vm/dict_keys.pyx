# cython: language_level=3
"""Keys of Python dicts that are told apart as Sema tells them apart, for tables that only the
library sees.

They are the Sema values themselves where Python compares them as Sema does (text, names,
integers), and a :class:`Key` around all others: Python takes ``1``, ``1.0`` and ``True`` for the
same key.
"""

from cpython.object cimport PyObject

from sema.vm.equality cimport hash_key, order_words
from sema.vm.values cimport Keyword, Symbol, to_object, to_word, type_of
from sema.vm.word cimport Word, decref, is_int, is_ref, word_ptr


cdef class Key:
    """A dict key that Python compares in Sema's order of map keys."""

    cdef object value
    cdef Py_hash_t hash

    def __hash__(self):
        return self.hash

    def __eq__(self, other):
        return type(other) is Key and same(self.value, (<Key>other).value)


cdef bint same(object x, object y) except -1:
    cdef Word a = to_word(x)
    cdef Word b = to_word(y)
    try:
        return order_words(a, b) == 0
    finally:
        decref(a)
        decref(b)


cdef inline bint is_plain(Word key) noexcept:
    """Whether Python compares a reference as Sema does."""
    cdef PyObject* kind = type_of(key)
    return (kind == <PyObject*>Keyword or kind == <PyObject*>str or kind == <PyObject*>Symbol
            or kind == <PyObject*>int)


cdef object key_object(Word key):
    """The dict key of a Sema key. Raises SemaTypeError if it is mutable."""
    if is_int(key):
        return to_object(key)
    if is_ref(key) and is_plain(key):
        return <object>word_ptr(key)
    cdef Key wrapped = Key.__new__(Key)
    wrapped.hash = hash_key(key)
    wrapped.value = to_object(key)
    return wrapped


cdef object object_key(object key):
    """The Sema key, as a Python object, of a dict key."""
    return (<Key>key).value if type(key) is Key else key
