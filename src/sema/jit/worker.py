"""The thread that makes machine code while programs go on: one for all interpreters."""

from __future__ import annotations

import atexit
import os
import threading
from queue import SimpleQueue

from sema.collector import collector_paused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class Job:
    """Something to be done in the background, and what came of it."""

    def __init__(self, action: Callable[[], Any]) -> None:
        self._action: Callable[[], Any] | None = action
        self._result: Any = None
        self._error: Exception | None = None
        self.done = False

    def run(self) -> None:
        """Do it."""
        assert self._action is not None
        try:
            self._result = self._action()
        except Exception as error:
            self._error = error
        self._action = None
        self.done = True

    def result(self) -> Any:
        """What came of it, once it is done. Raises what it raised."""
        if self._error is not None:
            raise self._error
        return self._result


class Worker:
    """The thread, which begins when there is something to do.

    It ends with the process, between two steps of LLVM and not within one. Forking waits for that,
    too: in the child there is no thread, but another one does what was left to do.
    """

    def __init__(self) -> None:
        self.closing = False
        self._hooked = False
        self._unfinished: list[Job] = []
        self._begin_anew()

    def _begin_anew(self) -> None:
        self.busy = threading.Lock()
        self._queue: SimpleQueue[Job] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def submit(self, action: Callable[[], Any]) -> Job:
        """Do something in the background; or here and now if there can be no thread."""
        job = Job(action)
        self._unfinished.append(job)
        self._queue.put(job)
        try:
            self._start()
        except RuntimeError:
            self._finish(self._queue.get())
        return job

    def _start(self) -> None:
        if not self._hooked:
            self._hooked = True
            atexit.register(self._close)
            os.register_at_fork(
                before=self._before_fork,
                after_in_parent=self._after_fork,
                after_in_child=self._in_child,
            )
        if self._thread is None:
            thread = threading.Thread(target=self._work, name="sema-machine-code", daemon=True)
            thread.start()
            self._thread = thread

    def _work(self) -> None:
        while True:
            self._finish(self._queue.get())

    def _finish(self, job: Job) -> None:
        with self.busy:
            if self.closing:
                return
            # Other people's garbage is not to be collected in this thread.
            with collector_paused:
                job.run()
            self._unfinished.remove(job)

    def _close(self) -> None:
        self.closing = True
        with self.busy:
            pass

    def _before_fork(self) -> None:
        self.busy.acquire()

    def _after_fork(self) -> None:
        self.busy.release()

    def _in_child(self) -> None:
        self._begin_anew()
        for job in self._unfinished:
            self._queue.put(job)
        if self._unfinished:
            self._start()


worker = Worker()
