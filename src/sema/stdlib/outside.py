"""What builtins that deal with the world outside have in common."""

from __future__ import annotations

from sema.errors import EvalError, SemaError, SemaIOError, reason_of
from sema.tasks.cancellation import on_cancel
from sema.vm.maps import Map
from sema.vm.values import intern_keyword

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class io_errors:
    """A block in which failures outside become SemaIOError: ``NAME PATH: reason``."""

    __slots__ = ("_subject",)

    raised: type[SemaError] = SemaIOError

    def __init__(self, name: str, path: str = "") -> None:
        self._subject = f"{name} {path}" if path else name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        if isinstance(error, (OSError, ValueError)):
            raise self.raised(f"{self._subject}: {reason_of(error)}") from error


class eval_errors(io_errors):
    """A block in which failures outside become EvalError."""

    __slots__ = ()

    raised = EvalError


class given_up:
    """A block in which a blocking builtin waits; ``stop()`` makes it wait no longer.

    It is called when the wait is given up: because of an interrupt, or, in another thread,
    because the task whose call this is was cancelled.
    """

    __slots__ = ("_stop",)

    def __init__(self, stop: Callable[[], None]) -> None:
        self._stop = stop

    def __enter__(self) -> None:
        on_cancel(self._stop)

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        if error is not None:
            self._stop()


def option(options: Any, name: str, kind: type, default: Any = None) -> Any:
    """The value of an option; the default if it is missing or not of the exact type."""
    if type(options) is not Map:
        return default
    value = options.get(intern_keyword(name))
    return value if type(value) is kind else default


def keyword_map(entries: dict[str, Any]) -> Map:
    """The map of keywords with these names."""
    return Map.from_pairs((intern_keyword(name), value) for name, value in entries.items())


def readable(text: str) -> str:
    """A name from the operating system as text: bytes that are no UTF-8 become U+FFFD."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
