# cython: language_level=3
"""What the families share on words: reading arguments, walking sequences, collecting results.

Arguments are borrowed and results owned, as everywhere in builtins written in C.
"""

from cpython.mem cimport PyMem_Free, PyMem_RawFree, PyMem_RawMalloc, PyMem_Realloc
from libc.stdint cimport INT64_MAX, int64_t

from sema.errors import EvalError, SemaTypeError
from sema.vm.limits cimport are_limited, spend
from sema.vm.types cimport word_type_name
from sema.vm.values cimport (
    PairCell, cons, copied, is_list, is_string, is_vector, list_from, list_length, new_vector,
    pair_tail, to_object, to_word, vector_items, vector_ready, vector_size,
)
from sema.vm.word cimport (
    ABSENT, EMPTY, Word, decref, incref, is_int, is_ref, word_int, word_ptr,
)


cdef class Words:
    """Owned words in a growing array."""

    def __dealloc__(self):
        cdef Py_ssize_t i
        for i in range(self.size):
            decref(self.items[i])
        PyMem_Free(self.items)

    cdef int add(self, Word w) except -1:
        """Take a word over."""
        cdef Py_ssize_t capacity
        cdef Word* larger
        if self.size == self.capacity:
            capacity = 2 * self.capacity + 8
            larger = <Word*>PyMem_Realloc(self.items, capacity * sizeof(Word))
            if larger == NULL:
                decref(w)
                raise MemoryError()
            self.items = larger
            self.capacity = capacity
        self.items[self.size] = w
        self.size += 1
        return 0

    cdef int add_borrowed(self, Word w) except -1:
        incref(w)
        return self.add(w)

    cdef int add_object(self, object value) except -1:
        return self.add(to_word(value))

    cdef int add_all(self, object sequence) except -1:
        """The elements of a list or vector."""
        cdef Cursor at = cursor(sequence)
        while at.left:
            self.add_borrowed(next_item(&at))
        return 0

    cdef Word take_list(self) except ABSENT:
        """The words as a list; they are gone from here."""
        cdef Py_ssize_t size = self.size
        self.size = 0
        return list_from(self.items, size, EMPTY)

    cdef Word take_vector(self) except ABSENT:
        """The words as a vector; they are gone from here."""
        cdef Word made = new_vector(self.size)
        cdef Py_ssize_t i
        for i in range(self.size):
            vector_items(made)[i] = self.items[i]
        self.size = 0
        vector_ready(made)
        return made


cdef int need_room(int64_t n) except -1:
    """Raise MemoryError if there can be no room for a list of so many elements."""
    cdef int64_t cell_size = sizeof(PairCell) + 2 * sizeof(void*)  # with the collector's links
    spend(n)
    return need_bytes(n * cell_size if n < INT64_MAX // cell_size else INT64_MAX)


cdef int need_bytes(int64_t n) except -1:
    """Raise MemoryError if there can be no room for so many bytes.

    Asking the system first is quick; running out of memory half-way is slow and hard on others.
    """
    cdef void* probe
    if n > 50_000_000 or (n > 10_000 and are_limited()):
        probe = PyMem_RawMalloc(n) if n < INT64_MAX else NULL
        if probe == NULL:
            raise MemoryError()
        PyMem_RawFree(probe)
    return 0


# --- Sequences --------------------------------------------------------------------------------

cdef bint is_sequence(Word w) noexcept:
    """Whether a word is a list or a vector."""
    return is_list(w) or is_vector(w)


cdef object sequence(Word seq, str name):
    """The list or vector that `name` was given; a mutable array's present elements as a vector."""
    if is_sequence(seq):
        return to_object(seq)
    if is_ref(seq):
        snapshot = getattr(<object>word_ptr(seq), "__sema_snapshot__", None)
        if snapshot is not None:
            return snapshot()
    raise SemaTypeError("list, vector, or mutable-array", f"{word_type_name(seq)} in {name}")


cdef Cursor cursor_on(Word seq) noexcept:
    """The beginning of a list or vector, which must live as long as the cursor."""
    if is_vector(seq):
        return Cursor(EMPTY, vector_items(seq), vector_size(seq))
    return Cursor(seq, NULL, list_length(seq))


cdef Cursor cursor(object seq) noexcept:
    """The beginning of what `sequence` returned."""
    cdef Word w = to_word(seq)
    decref(w)
    return cursor_on(w)


cdef Word tail_of(Word rest, Py_ssize_t n) noexcept:
    """A list without its first `n` elements, of which there are enough; borrowed."""
    while n > 0:
        rest = pair_tail(rest)
        n -= 1
    return rest


cdef Word in_front(Word seq, Word rest) except ABSENT:
    """The elements of a list or vector, borrowed, in front of a list, taken over."""
    cdef Py_ssize_t i
    if is_list(seq):
        return copied(seq, rest)
    for i in range(vector_size(seq) - 1, -1, -1):
        incref(vector_items(seq)[i])
        rest = cons(vector_items(seq)[i], rest)
    return rest


# --- Arguments --------------------------------------------------------------------------------

cdef int type_error(str expected, Word got) except -1:
    raise SemaTypeError(expected, word_type_name(got))


cdef int64_t int_argument(Word w) except? -1:
    """A machine-size integer argument."""
    if is_int(w):
        return word_int(w)
    value = to_object(w)
    if type(value) is int and -(1 << 63) <= value < 1 << 63:
        return value
    type_error("int", w)


cdef Py_ssize_t count_argument(Word w, str name) except -1:
    """A count or position that must not be negative."""
    cdef int64_t n = int_argument(w)
    if n < 0:
        raise EvalError(f"{name}: expected a non-negative integer, got {n}")
    return n


cdef str string_argument(Word w):
    if not is_string(w):
        type_error("string", w)
    return <str>word_ptr(w)
