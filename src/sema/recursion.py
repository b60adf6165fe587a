"""Deep recursion in Python code, as deep as programs nest their forms.

Calls from Python to Python do not use the C stack, so that the expander and the compiler may
simply recurse; only Python's own limit on the number of frames stands in the way.
"""

from __future__ import annotations

import sys
from _thread import allocate_lock

MAX_FRAMES = 400_000
"""The Python frames that one unit may take: about 100,000 levels of nested forms."""


class _DeepRecursion:
    """Raises Python's recursion limit as long as any thread is inside."""

    def __init__(self) -> None:
        self._lock = allocate_lock()
        self._users = 0
        self._ordinary_limit = 0

    def __enter__(self) -> None:
        with self._lock:
            if self._users == 0:
                self._ordinary_limit = sys.getrecursionlimit()
                sys.setrecursionlimit(max(self._ordinary_limit, MAX_FRAMES))
            self._users += 1

    def __exit__(self, *exception: object) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0:
                sys.setrecursionlimit(self._ordinary_limit)


deep_recursion = _DeepRecursion()
