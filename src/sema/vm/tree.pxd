"""Persistent sorted trees of words; see ``tree.pyx``.

A tree is a word: the reference to its root, or NIL if it has no entries.
"""

from sema.vm.word cimport ABSENT, Word

cdef enum:
    # More than any tree can have that fits in memory.
    MOST_LEVELS = 24


cdef class Node:
    # Variable-size: the brief keys follow, then the keys and the slots; `size` is the object's
    # ob_size.
    cdef Py_ssize_t size
    cdef short height
    cdef short used
    cdef short capacity


# The same layout as plain C, for code that must not count references.
cdef struct NodeCell:
    Py_ssize_t refcount
    void* ob_type
    Py_ssize_t size
    short height
    short used
    short capacity


cdef struct TreeCursor:
    NodeCell* nodes[MOST_LEVELS]
    int at[MOST_LEVELS]
    int height


cdef Word find(Word tree, Word key) except? 0
cdef Word* slot_of(Word* tree, Word key, bint tracked, bint* added) except NULL
cdef Word leaf_with(Word leaf, Word* values) except ABSENT
cdef int remove(Word* tree, Word key) except -1
cdef TreeCursor first_entry(Word tree) noexcept
cdef bint next_entry(TreeCursor* cursor, Word* key, Word* value) noexcept
