"""Promises of results; see ``promise.pyx``."""


cpdef enum State:
    PENDING
    RESOLVED
    REJECTED
    CANCELLED


cdef class Waiter:
    cdef int notify(self, AsyncPromise promise) except -1


cdef class AsyncPromise:
    cdef readonly State state
    # The result, or the error.
    cdef readonly object value
    cdef list waiters
    # The task whose result it is, or None.
    cdef readonly object task
    # What one does who waits for it, such as `channel/recv`.
    cdef readonly str operation
    # What to do if the one who waits gives up; None for promises that programs see.
    cdef object abandoned

    cpdef bint settle(self, State state, value) except -1
    cpdef outcome(self)
    cdef int add(self, Waiter waiter) except -1
    cdef int leave(self, Waiter waiter) except -1
