"""Lines of a log, on standard error."""

from __future__ import annotations

import sys

from sema.reader.printer import display, write
from sema.stdlib.registry import builtin, find

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def put(level: str, *parts: Any) -> None:
    """Write one line: the level, what is to be said, and the context if there is one."""
    context = find("context/all")
    entries = context() if context is not None else ()
    words = [f"[{level}]", *map(display, parts), *([write(entries)] if entries else [])]
    if sys.stderr is not None:
        sys.stderr.write(" ".join(words) + "\n")


@builtin(
    "log/debug",
    doc="Writes a line of the level DEBUG to standard error.",
    example='(log/debug "n is" 1) => nil',
    tier="T2",
)
def debug(x: Any, *xs: Any) -> None:
    put("DEBUG", x, *xs)


@builtin(
    "log/info",
    doc="Writes a line of the level INFO to standard error.",
    example='(log/info "n is" 1) => nil',
    tier="T2",
)
def info(x: Any, *xs: Any) -> None:
    put("INFO", x, *xs)


@builtin(
    "log/warn",
    doc="Writes a line of the level WARN to standard error.",
    example='(log/warn "n is" 1) => nil',
    tier="T2",
)
def warn(x: Any, *xs: Any) -> None:
    put("WARN", x, *xs)


@builtin(
    "log/error",
    doc="Writes a line of the level ERROR to standard error.",
    example='(log/error "n is" 1) => nil',
    tier="T2",
)
def error(x: Any, *xs: Any) -> None:
    put("ERROR", x, *xs)
