"""What the families share on words: reading arguments, walking sequences, collecting results."""

from libc.stdint cimport int64_t

from sema.vm.values cimport is_list, pair_head, pair_tail, vector_items, vector_size, list_length
from sema.vm.word cimport ABSENT, Word, is_int, word_int


cdef struct Cursor:
    # Where in a list or vector we are, and how many elements are left.
    Word rest
    Word* items
    Py_ssize_t left


cdef class Words:
    """Owned words in a growing array."""
    cdef Word* items
    cdef Py_ssize_t size
    cdef Py_ssize_t capacity

    cdef int add(self, Word w) except -1
    cdef int add_borrowed(self, Word w) except -1
    cdef int add_object(self, object value) except -1
    cdef int add_all(self, object sequence) except -1
    cdef Word take_list(self) except ABSENT
    cdef Word take_vector(self) except ABSENT


cdef int need_room(int64_t n) except -1
cdef int need_bytes(int64_t n) except -1
cdef object sequence(Word seq, str name)
cdef bint is_sequence(Word w) noexcept
cdef Cursor cursor_on(Word seq) noexcept
cdef Cursor cursor(object seq) noexcept

cdef inline Word next_item(Cursor* at) noexcept:
    """The next element, borrowed; there must be one left."""
    cdef Word item
    at.left -= 1
    if at.items != NULL:
        item = at.items[0]
        at.items += 1
    else:
        item = pair_head(at.rest)
        at.rest = pair_tail(at.rest)
    return item

cdef Word in_front(Word seq, Word rest) except ABSENT
cdef Word tail_of(Word rest, Py_ssize_t n) noexcept

cdef int64_t int_argument(Word w) except? -1
cdef Py_ssize_t count_argument(Word w, str name) except -1
cdef str string_argument(Word w)
cdef int type_error(str expected, Word got) except -1
