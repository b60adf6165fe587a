"""What the matcher shows to the builtins; see ``matcher.pyx``."""

cimport cython

from libc.stdint cimport uint64_t

from sema.reader.chars cimport CodePoint

cdef enum:
    # For so many of each a search has room of its own.
    FEW_MARKS = 32
    FEW_CHOICES = 32
    FEW_SLOTS = 16

cdef struct Instruction:
    int operation
    int x
    int y
    int mark  # its number among those to which several ways lead, or -1

# Where to go on if all else fails; or what a slot was before (`pc` is ~slot).
cdef struct Choice:
    int pc
    Py_ssize_t at

cdef struct Bits:
    uint64_t low
    uint64_t high

# The instructions that are reached, in order of preference, and each one's places of the groups.
cdef struct Threads:
    int* order
    int* where
    int size
    Py_ssize_t* slots


@cython.final
cdef class Matcher:
    cdef Instruction* code
    cdef int size
    cdef int n_marks
    cdef public int most_marks
    cdef int n_slots
    cdef list tests  # of each set: what is beyond ASCII
    cdef list remembered  # of each set: characters beyond ASCII, and whether they are in it
    cdef Bits* bits
    cdef Bits first  # the ASCII characters with which a match can begin
    cdef bint can_skip
    cdef bint is_anchored

    cdef int number_marks(self) except -1
    cdef bint starts_at_text(self) noexcept
    cdef bint find_first(self) except -1
    cdef bint has(self, int charset, CodePoint c) except -1
    cdef bint has_beyond(self, int charset, CodePoint c) except -1
    cdef Search search_in(self, str text, int n_slots)
    cdef Search first_match(self, str text)


@cython.final
cdef class Search:
    cdef Matcher matcher
    cdef str text
    cdef int kind
    cdef const void* data
    cdef Py_ssize_t length
    cdef int n_slots
    cdef Py_ssize_t* found  # the places of the match
    cdef Py_ssize_t next_start  # for `step`
    cdef Py_ssize_t last_end
    cdef Py_ssize_t at

    # One way after the other: the marks of `room` places from `base` on.
    cdef uint64_t* marks
    cdef Py_ssize_t base
    cdef Py_ssize_t room
    cdef Py_ssize_t reached
    cdef Choice* choices
    cdef int n_choices

    # All ways at once.
    cdef Threads current
    cdef Threads following
    cdef int* numbers  # the memory of the threads' numbers and of `waiting`
    cdef int* waiting  # instructions to go on with, or ~slot of a slot to be restored
    cdef Py_ssize_t* places_memory
    cdef Py_ssize_t* old  # the values of the slots to be restored
    cdef Py_ssize_t* slots  # of the thread that is being followed

    cdef uint64_t[FEW_MARKS] few_marks
    cdef Choice[FEW_CHOICES] few_choices
    cdef Py_ssize_t[FEW_SLOTS] few_slots

    cdef bint step(self) except -1
    cdef bint run(self, Py_ssize_t start) except -1
    cdef int begin(self, Matcher matcher, str text, int n_slots) except -1
    cdef tuple places(self)
    cdef CodePoint read(self, Py_ssize_t at) noexcept
    cdef int prepare_marks(self) except -1
    cdef void forget(self, Py_ssize_t base) noexcept
    cdef bint mark(self, int number, Py_ssize_t place) noexcept
    cdef int matches_at(self, Py_ssize_t at) except -1
    cdef int make_room(self) except -1
    cdef int prepare_threads(self) except -1
    cdef bint run_abreast(self, Py_ssize_t at) except -1
    cdef Py_ssize_t next_candidate(self, Py_ssize_t at) noexcept
    cdef int follow(self, Threads* threads, int pc) except -1
    cdef bint holds(self, int place) except -1
