"""Tasks inside asyncio: their turns are callbacks of its loop, which never waits for them."""

from __future__ import annotations

import asyncio
from time import monotonic

from sema.errors import SemaError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sema.tasks.promise import AsyncPromise
    from sema.tasks.scheduler import Scheduler

TURN_SECONDS = 0.005
"""How long tasks run before the loop's other callbacks get a turn."""


class AsyncioDriver:
    """Gives the tasks of a scheduler their turns while promises are awaited in an asyncio loop."""

    def __init__(self, scheduler: Scheduler, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._scheduler = scheduler
        self._awaited: set[AsyncPromise] = set()
        self._is_due = False
        self._timer: asyncio.TimerHandle | None = None

    async def result(self, promise: AsyncPromise) -> Any:
        """The outcome of a task's promise; the task is cancelled with whoever awaits this."""
        settled = asyncio.Event()
        promise.when_settled(lambda _: settled.set())
        self._awaited.add(promise)
        self._scheduler.listen(lambda: self.loop.call_soon_threadsafe(self._wake))
        self._wake()
        try:
            await settled.wait()
        except asyncio.CancelledError:
            self._scheduler.cancel(promise)
            self._wake()
            raise
        finally:
            self._awaited.discard(promise)
            if not self._awaited:
                self._scheduler.listen(None)
        return promise.outcome()

    def _wake(self) -> None:
        if not self._is_due:
            self._is_due = True
            self.loop.call_soon(self._take_turns)

    def _take_turns(self) -> None:
        self._is_due = False
        if self._timer is not None:
            self._timer.cancel()
        try:
            is_ready = self._scheduler.run_for(TURN_SECONDS)
        except SemaError:
            # Whoever awaits the task that failed gets the error.
            is_ready = True
        if is_ready:
            self._wake()
            return
        deadline = self._scheduler.next_deadline()
        if deadline is not None:
            self._timer = self.loop.call_later(max(0.0, deadline - monotonic()), self._fire)
        elif not self._scheduler.is_busy():
            if not self._scheduler.rouse_idle():
                for promise in self._awaited:
                    self._scheduler.give_up(promise)
            if self._scheduler.has_ready():
                self._wake()

    def _fire(self) -> None:
        self._scheduler.fire()
        self._wake()
