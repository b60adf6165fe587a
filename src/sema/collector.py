"""Python's cycle collector, kept away from work that only builds.

Reading, expanding and compiling make many objects that all stay alive for a while. The collector
would look through them again and again, which takes half of the time of a big program.
"""

from __future__ import annotations

import gc
from _thread import allocate_lock


class _CollectorPaused:
    """Stops the collector as long as any thread is inside."""

    def __init__(self) -> None:
        self._lock = allocate_lock()
        self._users = 0
        self._was_enabled = False

    def __enter__(self) -> None:
        with self._lock:
            if self._users == 0:
                self._was_enabled = gc.isenabled()
                gc.disable()
            self._users += 1

    def __exit__(self, *exception: object) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0 and self._was_enabled:
                gc.enable()


collector_paused = _CollectorPaused()
