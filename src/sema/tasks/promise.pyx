# cython: language_level=3
"""Promises of results that are there later. Whatever a task waits for, it waits for a promise."""

cimport cython

from sema.errors import CancelledError
from sema.vm.values import intern_keyword

EXPLICIT = intern_keyword("explicit")


cdef class Waiter:
    """Whom a promise tells that it is settled."""

    cdef int notify(self, AsyncPromise promise) except -1:
        raise NotImplementedError


cdef class Callback(Waiter):
    """A function to be called with the promise."""

    cdef object function

    def __init__(self, function):
        self.function = function

    cdef int notify(self, AsyncPromise promise) except -1:
        self.function(promise)
        return 0


@cython.auto_pickle(False)
cdef class AsyncPromise:
    """A result that is there later: a value, an error, or the news that it was cancelled.

    Without a ``task`` it is settled by others: a timer, a channel, another promise.
    """

    __sema_type__ = "async-promise"

    def __init__(self, task=None, str operation="async/await", abandoned=None):
        self.state = PENDING
        self.task = task
        self.operation = operation
        self.abandoned = abandoned
        self.waiters = []

    def __sema_write__(self):
        return "<async-promise>"

    cpdef bint settle(self, State state, value) except -1:
        """Settle it, unless it is settled, and tell whoever waits. Gives whether it was pending."""
        cdef list waiters = self.waiters
        cdef Waiter waiter
        if self.state != PENDING:
            return False
        self.state = state
        self.value = value
        self.waiters = []
        self.task = None
        self.abandoned = None
        for waiter in waiters:
            waiter.notify(self)
        return True

    def resolve(self, value):
        """Settle it with a result."""
        return self.settle(RESOLVED, value)

    def reject(self, error):
        """Settle it with an error."""
        return self.settle(REJECTED, error)

    cpdef outcome(self):
        """The result of a promise that is settled; raises its error."""
        if self.state == RESOLVED:
            return self.value
        raise self.error()

    def error(self):
        """The error of a promise that has failed or was cancelled, ready to be raised."""
        if self.state == CANCELLED:
            return CancelledError("async/await: awaited task was cancelled", reason=EXPLICIT)
        return self.value.with_traceback(None)

    def when_settled(self, function):
        """Call the function with this promise, now or once it is settled."""
        if self.state != PENDING:
            function(self)
        else:
            self.add(Callback(function))

    cdef int add(self, Waiter waiter) except -1:
        self.waiters.append(waiter)
        return 0

    cdef int leave(self, Waiter waiter) except -1:
        """The waiter gives up."""
        self.waiters.remove(waiter)
        if self.abandoned is not None:
            abandoned = self.abandoned
            self.settle(CANCELLED, None)
            abandoned()
        return 0
