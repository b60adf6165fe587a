# cython: language_level=3
"""Channels: bounded queues between tasks. Who waits is served in the order of coming."""

cimport cython

from collections import deque

from sema.tasks.promise cimport PENDING, AsyncPromise

from sema.errors import EvalError
from sema.reader.printer import write
from sema.tasks.scheduler import do_nothing


@cython.auto_pickle(False)
cdef class Channel:
    """A queue of at most ``capacity`` values.

    Sending and receiving give a promise where they have to wait, which the sender or receiver then
    waits for.
    """

    cdef readonly Py_ssize_t capacity
    cdef readonly bint is_closed
    cdef object values
    # Pairs of a promise and the value to be sent; promises of a value.
    cdef object senders
    cdef object receivers

    __sema_type__ = "channel"

    def __init__(self, Py_ssize_t capacity):
        self.capacity = capacity
        self.values = deque()
        self.senders = deque()
        self.receivers = deque()

    def __sema_write__(self):
        return "<channel>"

    def __len__(self):
        return len(self.values)

    cpdef send(self, value):
        """The promise of nil when the value is in the queue, or None if it is. Raises EvalError if
        the channel is closed."""
        if self.is_closed:
            raise dropped(value)
        receiver = next_waiting(self.receivers)
        if receiver is not None:
            (<AsyncPromise>receiver).resolve(value)
            return None
        if len(self.values) < self.capacity:
            self.values.append(value)
            return None
        promise = AsyncPromise(None, "channel/send", do_nothing)
        self.senders.append((promise, value))
        return promise

    cpdef receive(self):
        """The promise of the next value, settled if it is there; nil when there will be none."""
        promise = AsyncPromise(None, "channel/recv", do_nothing)
        if self.values:
            promise.resolve(self.take())
        elif self.is_closed:
            promise.resolve(None)
        else:
            self.receivers.append(promise)
        return promise

    cpdef take(self):
        """The next value, or None if the queue is empty."""
        if not self.values:
            return None
        value = self.values.popleft()
        while self.senders:
            promise, waiting = self.senders.popleft()
            if (<AsyncPromise>promise).state == PENDING:
                self.values.append(waiting)
                promise.resolve(None)
                break
        return value

    cpdef close(self):
        """End it: receivers get what is in the queue, then nil; senders fail."""
        self.is_closed = True
        while self.receivers:
            self.receivers.popleft().resolve(None)
        while self.senders:
            promise, value = self.senders.popleft()
            promise.reject(dropped(value))


cdef object next_waiting(promises):
    """The first of the promises that somebody still waits for, taken off; or None."""
    while promises:
        promise = promises.popleft()
        if (<AsyncPromise>promise).state == PENDING:
            return promise
    return None


cdef object dropped(value):
    return EvalError(f"channel/send: channel is closed; value {write(value)} was dropped")
