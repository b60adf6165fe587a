"""A session of the command line: one interpreter, whose results and errors are shown to people."""

from __future__ import annotations

import sys

from sema import Interpreter, Sandbox
from sema.errors import Interrupted, SemaError, reason_of
from sema.tools.options import BadSandbox

TYPE_CHECKING = False  # as typing's, whose import takes long
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sema.tools.options import Options


class Session:
    """Runs units of text and files. Each ``run_*`` and ``show*`` returns whether all went well."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter = interpreter
        self.last_error: SemaError | None = None

    @classmethod
    def from_options(cls, options: Options, argv: list[str]) -> Session:
        """A session as the command line wants it; ``argv`` is what ``(sys/args)`` returns.

        Raises BadSandbox for a sandbox that there cannot be.
        """
        interpreter = Interpreter(
            call_cache=options.call_cache,
            jit=options.jit,
            call_stats=options.call_stats,
            sandbox=_sandbox(options),
        )
        interpreter.argv = argv
        return cls(interpreter)

    def evaluate(self, text: str, file: str | None = None) -> tuple[bool, Any]:
        """The value of a unit of text; a failure is reported and gives ``(False, None)``."""
        return self.guarded(lambda: self.interpreter.eval(text, file), text, file)

    def show_pretty(self, text: str) -> bool:
        """Run ``text`` and print its value, unless it is nil, on lines of at most 80 columns."""
        from sema.reader import pretty

        done, value = self.evaluate(text)
        if value is not None:
            print(pretty(value))
        return done

    def show(self, text: str) -> bool:
        """Run ``text`` and print its value on one line."""
        done, shown = self.guarded(lambda: self.interpreter.eval_to_string(text), text)
        if done:
            print(shown)
        return done

    def run_file(self, path: str) -> bool:
        """Run a file of source or compiled code."""
        problem = reading_problem(path)
        if problem:
            print(f"error: {problem}", file=sys.stderr)
            return False
        return self.guarded(lambda: self.interpreter.load_file(path))[0]

    def run_stdin(self, _name: str = "-") -> bool:
        """Run the whole of standard input as one unit."""
        try:
            text = sys.stdin.read()
        except UnicodeDecodeError as error:
            print(f"error: cannot read standard input: {reason_of(error)}", file=sys.stderr)
            return False
        return self.evaluate(text)[0]

    def guarded(
        self, action: Callable[[], Any], source: str | None = None, file: str | None = None
    ) -> tuple[bool, Any]:
        """The result of ``action``; a Sema error is reported with excerpts from ``source``, which
        positions in ``file``, or without a file, refer to."""
        try:
            return True, action()
        except SemaError as error:
            if isinstance(error.__cause__, BrokenPipeError):
                raise error.__cause__ from None
            self.last_error = error
            self._report(error, source, file)
        except Interrupted as interruption:
            stopped = SemaError("interrupted")
            stopped.prefix = ""
            stopped.trace = interruption.trace
            self._report(stopped, source, file)
            raise
        return False, None

    def _report(self, error: SemaError, source: str | None, file: str | None) -> None:
        from sema.tools.report import render, wants_colour

        sys.stdout.flush()
        shown = render(error, source, file, colour=wants_colour(sys.stderr))
        print(shown, file=sys.stderr)


def _sandbox(options: Options) -> Sandbox | None:
    if options.sandbox is None and options.allowed_paths is None and options.timeout is None:
        return None
    paths = None if options.allowed_paths is None else options.allowed_paths.split(",")
    try:
        return Sandbox.from_mode(options.sandbox or "none", paths, options.timeout)
    except ValueError as error:
        raise BadSandbox(str(error)) from error


def reading_problem(path: str) -> str | None:
    """Why ``path`` cannot be run as a program, or None if nothing stands against it."""
    try:
        with open(path, "rb") as file:
            data = file.read()
        if not data.startswith(b"\0"):
            data.decode()
    except FileNotFoundError:
        return f"file not found: '{path}' (not a file or command)"
    except (OSError, ValueError) as error:
        return f"cannot read '{path}': {reason_of(error)}"
    return None
