"""Lines of a log, on standard error."""

from __future__ import annotations

import sys

from sema.reader.printer import display, write
from sema.stdlib.registry import builtin
from sema.vm.limits import count_output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sema.embed.namespace import Context as Interpreter


def put(interpreter: Interpreter, level: str, *parts: Any) -> None:
    """Write one line: the level, what is to be said, and the context if there is one."""
    from sema.stdlib.context import all_values  # not while this family is being loaded

    words = [f"[{level}]", *map(display, parts)]
    context = all_values(interpreter)
    if context:
        words.append(write(context))
    if sys.stderr is not None:
        line = " ".join(words) + "\n"
        count_output(line)
        sys.stderr.write(line)


@builtin(
    "log/debug",
    doc="Writes a line of the level DEBUG to standard error.",
    example='(log/debug "n is" 1) => nil',
    tier="T2",
    owned=True,
)
def debug(interpreter: Interpreter, x: Any, *xs: Any) -> None:
    put(interpreter, "DEBUG", x, *xs)


@builtin(
    "log/info",
    doc="Writes a line of the level INFO to standard error.",
    example='(log/info "n is" 1) => nil',
    tier="T2",
    owned=True,
)
def info(interpreter: Interpreter, x: Any, *xs: Any) -> None:
    put(interpreter, "INFO", x, *xs)


@builtin(
    "log/warn",
    doc="Writes a line of the level WARN to standard error.",
    example='(log/warn "n is" 1) => nil',
    tier="T2",
    owned=True,
)
def warn(interpreter: Interpreter, x: Any, *xs: Any) -> None:
    put(interpreter, "WARN", x, *xs)


@builtin(
    "log/error",
    doc="Writes a line of the level ERROR to standard error.",
    example='(log/error "n is" 1) => nil',
    tier="T2",
    owned=True,
)
def error(interpreter: Interpreter, x: Any, *xs: Any) -> None:
    put(interpreter, "ERROR", x, *xs)
