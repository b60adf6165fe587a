"""Calls that wait for the world outside, and how they are called off."""

from __future__ import annotations

import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from sema.tasks.promise import AsyncPromise

_running = threading.local()


class Operation:
    """One call of a function in a thread of its own."""

    promise: AsyncPromise

    def __init__(self, function: Callable[..., Any], arguments: Sequence[Any]) -> None:
        self._function = function
        self._arguments = arguments
        self._value: Any = None
        self._error: BaseException | None = None
        self._lock = threading.Lock()
        self._cancelled = False
        self._callbacks: list[Callable[[], object]] = []

    def run(self) -> None:
        """Call the function, unless the call was cancelled before."""
        if self._cancelled:
            return
        _running.operation = self
        try:
            self._value = self._function(*self._arguments)
        except BaseException as error:
            self._error = error

    def settle(self) -> None:
        """Settle the promise with what the function returned or raised."""
        if self._error is not None:
            self.promise.reject(self._error)
        else:
            self.promise.resolve(self._value)

    def cancel(self) -> None:
        """Nobody waits for the result any more."""
        with self._lock:
            self._cancelled = True
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()

    def on_cancel(self, callback: Callable[[], object]) -> None:
        """Call the callback when the call is cancelled, or now if it was."""
        with self._lock:
            if not self._cancelled:
                self._callbacks.append(callback)
                return
        callback()


def on_cancel(callback: Callable[[], object]) -> None:
    """Have the callback called, in another thread, if the running call is cancelled.

    For functions that wait for something that can be closed or killed. Does nothing where the
    program itself waits and nobody could cancel it.
    """
    operation: Operation | None = getattr(_running, "operation", None)
    if operation is not None:
        operation.on_cancel(callback)
