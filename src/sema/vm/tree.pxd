"""Persistent sorted trees of words; see ``tree.pyx``.

A tree is a word: the reference to its root, or NIL if it has no entries.
"""

from cpython.object cimport PyObject

from sema.vm.values cimport Keyword, Symbol, type_of
from sema.vm.word cimport Word, is_double, is_ref

cdef enum:
    # More than any tree can have that fits in memory.
    MOST_LEVELS = 24


cdef class Node:
    # Variable-size: the keys follow, then the slots; `size` is the object's ob_size.
    cdef Py_ssize_t size
    cdef int height
    cdef int used


# The same layout as plain C, for code that must not count references.
cdef struct NodeCell:
    Py_ssize_t refcount
    void* ob_type
    Py_ssize_t size
    int height
    int used


cdef struct TreeCursor:
    NodeCell* nodes[MOST_LEVELS]
    int at[MOST_LEVELS]
    int height


cdef inline bint told_by_word(Word key) noexcept:
    """Whether only a key of the very same bits can be equal."""
    if not is_ref(key):
        return not is_double(key)
    return type_of(key) == <PyObject*>Keyword or type_of(key) == <PyObject*>Symbol


cdef Word find(Word tree, Word key) except? 0
cdef Word* slot_of(Word* tree, Word key, bint tracked, bint* added) except NULL
cdef int remove(Word* tree, Word key) except -1
cdef TreeCursor first_entry(Word tree) noexcept
cdef bint next_entry(TreeCursor* cursor, Word* key, Word* value) noexcept
