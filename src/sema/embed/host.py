"""What the machine asks of its interpreter: errors as values, and foreign errors as Sema's."""

from __future__ import annotations

from sema.errors import (
    EvalError,
    SemaError,
    SemaIOError,
    UnboundError,
    reason_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sema.jit import Jit
    from sema.vm.code import Code
    from sema.vm.machine import Machine


class NoJit:
    """Where LLVM is not installed everything is interpreted."""

    interrupted = False

    def __init__(self, machine: Machine) -> None:
        machine.hot_after = 0
        machine.eager = False

    def hot(self, code: Code, offset: int) -> None:
        """Do nothing."""

    first_call = hot

    def stats(self) -> dict[str, Any]:
        """Nothing is compiled."""
        from sema.jit.statistics import Statistics

        return Statistics().to_data()


class Host:
    """The language's side of errors; and who compiles to machine code.

    With ``jit_background`` that is done while programs go on.
    """

    def __init__(self, jit_background: bool) -> None:
        self._jit_background = jit_background
        # The file of the program that is run, if it may leave something for its next run.
        self.program: str | None = None

    def new_jit(self, machine: Machine) -> Jit | NoJit:
        """What compiles hot functions of the machine."""
        try:
            from sema.jit import Jit
        except ImportError:
            return NoJit(machine)
        return Jit(machine, self._jit_background, self.program)

    def wrapped(self, error: BaseException) -> BaseException:
        """A Sema error for an exception of Python; what is no error of a program stays."""
        if type(error) is UnboundError:
            from sema.stdlib.unavailable import explained

            return explained(error)
        if isinstance(error, (SemaError, BrokenPipeError)) or not isinstance(error, Exception):
            return error
        if isinstance(error, OSError):
            return _io_error(error)
        if isinstance(error, RecursionError):
            message = "stack overflow: too many calls between Sema and Python"
        elif isinstance(error, MemoryError):
            message = "out of memory"
        else:
            message = f"{type(error).__name__}: {error}"
        wrapper = EvalError(message)
        wrapper.__cause__ = error
        return wrapper


def _io_error(error: OSError) -> SemaIOError:
    path = f"{error.filename}: " if error.filename is not None else ""
    wrapper = SemaIOError(path + reason_of(error))
    wrapper.__cause__ = error
    return wrapper
