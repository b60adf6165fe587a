"""Coroutines; see ``coroutine.pyx``."""

from libc.stdint cimport int64_t, uint32_t

from sema.vm.machine cimport ENTRY_WORDS, Machine
from sema.vm.word cimport Word


cdef class Coroutine:
    cdef Machine machine
    cdef Word[ENTRY_WORDS] entry
    # While it stands still: its frames, the innermost one's registers among them, where it stands
    # and how many frames there are. `frames` is NULL while it runs and once it has ended.
    cdef Word* frames
    cdef Py_ssize_t n_words
    cdef Word* registers
    cdef Word* at
    cdef int64_t depth
    # The places of the words in `frames` that are owned references.
    cdef uint32_t* owned
    cdef Py_ssize_t n_owned
    cdef bint at_call
    cdef readonly bint started
    # What the function returned, once it has.
    cdef readonly object result

    cdef bint resume(self, Word value, object error) except -1
    cpdef close(self)


cdef bint may_park(Machine vm, Word* args, Py_ssize_t n) noexcept
cdef void park(Machine vm) noexcept
