"""The family of Sema errors, as Python sees them.

Every error has a ``message`` (what ``catch`` binds as ``:message``), a ``kind`` (its ``:type``),
and, where known, a ``span``, a ``hint``, a ``note`` and a ``trace``. ``str(error)`` is the display
text: the class prefix and the message, as the language reference's runtime chapter lists them.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


_set = object.__setattr__


class _Record:
    """Base of immutable records, compared by their fields, which ``__match_args__`` names."""

    __match_args__: tuple[str, ...] = ()
    __slots__ = ()

    def _values(self) -> tuple[Any, ...]:
        return tuple([getattr(self, name) for name in self.__match_args__])

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a {type(self).__name__} cannot be changed")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a {type(self).__name__} cannot be changed")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        fields = [f"{name}={getattr(self, name)!r}" for name in self.__match_args__]
        return f"{type(self).__name__}({', '.join(fields)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._values()


class Span(_Record):
    """A stretch of source text; lines and columns count from 1, columns in code points."""

    __match_args__ = ("line", "column", "end_line", "end_column", "file")
    __slots__ = __match_args__

    line: int
    column: int
    end_line: int
    end_column: int
    file: str | None

    def __init__(
        self, line: int, column: int, end_line: int, end_column: int, file: str | None = None
    ) -> None:
        _set(self, "line", line)
        _set(self, "column", column)
        _set(self, "end_line", end_line)
        _set(self, "end_column", end_column)
        _set(self, "file", file)

    def __str__(self) -> str:
        return f"{self.file or '<input>'}:{self.line}:{self.column}"


class TraceFrame(_Record):
    """One line of a Sema stack trace; ``repeats`` counts the equal frames folded into it.

    ``shown`` keeps the map that programs see of it, once there is one.
    """

    __match_args__ = ("name", "span", "repeats")
    __slots__ = (*__match_args__, "shown")

    name: str
    span: Span | None
    repeats: int
    shown: Any

    def __init__(self, name: str, span: Span | None = None, repeats: int = 1) -> None:
        _set(self, "name", name)
        _set(self, "span", span)
        _set(self, "repeats", repeats)
        _set(self, "shown", None)


class SemaError(Exception):
    """Base of everything that a Sema program, or its text, can do wrong."""

    kind = "eval"
    prefix = "Eval error: "
    span: Span | None = None
    hint: str | None = None
    note: str | None = None

    def __init__(
        self,
        message: str,
        *,
        span: Span | None = None,
        hint: str | None = None,
        note: str | None = None,
        **details: Any,
    ) -> None:
        Exception.__init__(self, message)
        self.message = message
        self.trace: list[TraceFrame] = []
        self.details = details
        # Programs throw many: what nobody gave is not kept.
        if span is not None:
            self.span = span
        if hint is not None:
            self.hint = hint
        if note is not None:
            self.note = note

    def __str__(self) -> str:
        return f"{self.prefix}{self.message}"

    def __reduce__(self) -> tuple[Any, ...]:
        return _remade, (type(self), self.args), self.__dict__


def _remade(kind: type[SemaError], args: tuple[Any, ...]) -> SemaError:
    """An error read from a pickle, whose state follows."""
    return kind.__new__(kind, *args)


class ReadError(SemaError):
    """Text that is not Sema: unbalanced brackets, malformed literals."""

    kind = "reader"

    def __init__(self, message: str, *, span: Span, hint: str | None = None) -> None:
        super().__init__(message, span=span, hint=hint)
        self.bare_message = message
        self.where = f"{span.line}:{span.column}"
        self.message = f"{message} at {self.where}"

    def __str__(self) -> str:
        return f"Reader error at {self.where}: {self.bare_message}"


class EvalError(SemaError):
    """Anything that goes wrong while a program runs and has no class of its own."""


class CompileError(SemaError):
    """A form whose shape is wrong, found before the program runs."""


class SemaTypeError(SemaError):
    """An argument of the wrong type. ``expected`` and ``got`` are type names as texts."""

    kind = "type-error"
    prefix = "Type error: "

    def __init__(
        self, expected: str, got: str, *, shown: str = "", hint: str | None = None
    ) -> None:
        message = f"expected {expected}, got {got}"
        if shown:
            message += f" ({shown})"
        super().__init__(message, hint=hint, expected=expected, got=got)


class ArityError(SemaError):
    """A call with the wrong number of arguments. ``expected`` is ``2``, ``1+`` or ``1-3``."""

    kind = "arity"
    prefix = "Arity error: "

    def __init__(self, name: str, expected: str, got: int, *, span: Span | None = None) -> None:
        super().__init__(f"{name} expects {expected} args, got {got}", span=span)


class UnboundError(SemaError):
    """A variable that nothing defines."""

    kind = "unbound"
    prefix = ""

    def __init__(self, name: str, *, hint: str | None = None) -> None:
        super().__init__(f"Unbound variable: {name}", hint=hint, name=name)


class SemaIOError(SemaError):
    """A file or another resource outside the program that cannot be used."""

    kind = "io"
    prefix = "IO error: "


def reason_of(error: Exception) -> str:
    """Why something outside could not be used, in the words of the operating system."""
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8 text (byte {error.start})"
    return (getattr(error, "strerror", None) or str(error)).lower()


class UserError(SemaError):
    """A value thrown by the program: ``value`` is the Python view of it."""

    kind = "user"
    prefix = "User exception: "

    def __init__(self, message: str, value: Any) -> None:
        super().__init__(message, value=value)
        self.value = value


class Rethrown(SemaError):
    """A condition map thrown again: the very same condition, reported by its message alone."""

    prefix = ""

    def __init__(self, message: str, condition: Any) -> None:
        super().__init__(message)
        self.condition = condition


class SandboxError(SemaError):
    """Base of what a sandbox stops a program with."""


class SemaPermissionError(SandboxError):
    """A capability or path that the sandbox does not grant; the program can catch it."""

    kind = "permission-denied"
    prefix = "Permission denied: "


class LimitExceeded(SandboxError):
    """A limit of the sandbox was reached: ``used`` of ``limit``. The program cannot catch it."""

    uncatchable = True
    text = "limit exceeded: {used} of {limit}"

    def __init__(self, used: float, limit: float) -> None:
        super().__init__(self.text.format(used=used, limit=limit))
        self.used = used
        self.limit = limit

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.used, self.limit)


class FuelExhausted(LimitExceeded):
    """More work than the sandbox grants, in units: calls, backward jumps, work in builtins."""

    text = "step limit exceeded: {limit:,} units of fuel"


class TimeoutExceeded(LimitExceeded):
    """More time than the sandbox grants, in seconds."""

    text = "evaluation exceeded time budget"


class MemoryExceeded(LimitExceeded):
    """More memory than the sandbox grants, in bytes."""

    text = "memory limit exceeded: {used:,} of {limit:,} bytes"


class DepthExceeded(LimitExceeded):
    """More frames than the sandbox grants."""

    text = "stack overflow: maximum call depth exceeded"


class OutputExceeded(LimitExceeded):
    """More output than the sandbox grants, in bytes."""

    text = "output limit exceeded: {used:,} of {limit:,} bytes"


class CancelledError(SemaError):
    """A task that was cancelled, where it stood; or the awaiting of one.

    The detail ``reason`` is a keyword.
    """

    kind = "cancelled"
    prefix = ""


class TimeoutExpired(SemaError):
    """An operation that did not end within so many milliseconds."""

    kind = "timeout"
    prefix = ""

    def __init__(self, operation: str, milliseconds: float) -> None:
        super().__init__(
            f"{operation}: operation timed out after {milliseconds} ms",
            operation=operation,
            duration_ms=milliseconds,
        )


class StuckError(EvalError):
    """All tasks wait for each other. The program cannot catch it: none of it can go on."""

    uncatchable = True


class Interrupted(KeyboardInterrupt):
    """Ctrl-C reached the machine; a ``KeyboardInterrupt`` that carries the Sema trace."""

    def __init__(self, trace: list[TraceFrame]) -> None:
        super().__init__("interrupted")
        self.trace = trace
