"""The world outside: calls that wait for it, each in a thread of its own, and what they bring."""

from __future__ import annotations

import threading
from collections import deque
from queue import Empty, SimpleQueue

from sema.tasks.cancellation import Operation
from sema.tasks.promise import AsyncPromise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

MOST_THREADS = 64
"""Calls beyond so many wait until another one ends."""


class World:
    """The calls that are under way.

    ``listener`` is called, in the thread of a call, when that has ended.
    """

    def __init__(self, listener: Callable[[], object] | None) -> None:
        self.listener = listener
        self._n_running = 0
        self._waiting: deque[Operation] = deque()
        self._ended: SimpleQueue[Operation] = SimpleQueue()

    @property
    def is_busy(self) -> bool:
        """Whether any call is under way."""
        return self._n_running > 0

    def call(
        self, function: Callable[..., Any], arguments: Sequence[Any], name: str
    ) -> AsyncPromise:
        """The promise of what the function returns or raises."""
        operation = Operation(function, arguments)
        operation.promise = AsyncPromise(None, name, operation.cancel)
        self._waiting.append(operation)
        self._start()
        return operation.promise

    def deliver(self) -> bool:
        """Settle the promises of the calls that have ended. False if there are none."""
        return self._n_running > 0 and self.wait(0)

    def wait(self, seconds: float | None) -> bool:
        """Do so as soon as a call ends; False if none does in so many seconds. None is for ever."""
        block = seconds is None or seconds > 0
        n_before = self._n_running
        try:
            while True:
                operation = self._ended.get(block, seconds)
                block = False
                self._n_running -= 1
                operation.settle()
        except Empty:
            return self._n_running < n_before
        finally:
            self._start()

    def _start(self) -> None:
        while self._waiting and self._n_running < MOST_THREADS:
            operation = self._waiting.popleft()
            self._n_running += 1
            # Nobody waits for these threads when the process ends.
            threading.Thread(target=self._run, args=(operation,), daemon=True).start()

    def _run(self, operation: Operation) -> None:
        operation.run()
        self._ended.put(operation)
        if self.listener is not None:
            self.listener()
