"""How an error looks on a terminal: message, excerpt of the source with a caret, trace, hint."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

    from sema.errors import SemaError, Span, TraceFrame

TRACE_LINES = 40
_BOLD_RED, _BLUE, _CYAN, _RESET = "\x1b[1;31m", "\x1b[34m", "\x1b[36m", "\x1b[0m"


def wants_colour(stream: TextIO) -> bool:
    """Whether texts for ``stream`` may carry colours: a terminal, and no ``NO_COLOR`` set."""
    return not os.environ.get("NO_COLOR") and stream.isatty()


def render(
    error: SemaError, source: str | None = None, file: str | None = None, *, colour: bool = False
) -> str:
    """The whole report of an error, without a final newline.

    ``source`` is the text that positions in ``file``, or without a file, refer to; other files
    are read again.
    """

    def painted(text: str, code: str) -> str:
        return f"{code}{text}{_RESET}" if colour else text

    lines = [f"{painted('Error:', _BOLD_RED)} {error}"]
    span = error.span or next((frame.span for frame in error.trace if frame.span), None)
    if span is not None:
        lines.append(f"  {painted('-->', _BLUE)} {span}")
        lines += [painted(line, _BLUE) for line in _excerpt(span, source, file)]
    lines += _trace_lines(error.trace)
    if error.hint:
        lines.append(f"  {painted('hint:', _CYAN)} {error.hint}")
    if error.note:
        lines.append(f"  {painted('note:', _CYAN)} {error.note}")
    return "\n".join(lines)


def _excerpt(span: Span, source: str | None, file: str | None) -> list[str]:
    """The line of the source where ``span`` starts and a caret under its first column."""
    text = source if span.file in (None, file) else _read_source(str(span.file))
    lines = text.split("\n") if text is not None else []
    if not 1 <= span.line <= len(lines):
        return []
    line = lines[span.line - 1].rstrip("\r")
    number = str(span.line).rjust(2)
    margin = " " * len(number)
    before = "".join("\t" if char == "\t" else " " for char in line[: span.column - 1])
    return [f"  {margin} |", f"  {number} | {line}", f"  {margin} | {before}^"]


def _read_source(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()
    except (OSError, ValueError):
        return None


def _trace_lines(trace: list[TraceFrame]) -> list[str]:
    lines = []
    for frame in _ends(trace):
        if frame is None:
            lines.append(f"  ... ({len(trace) - TRACE_LINES} more)")
            continue
        where = f" ({frame.span})" if frame.span else ""
        lines.append(f"  at {frame.name}{where}")
        if frame.repeats > 1:
            lines.append(f"  ... (repeated {frame.repeats} times)")
    return lines


def _ends(trace: list[TraceFrame]) -> list[TraceFrame | None]:
    """The trace, a very long one with None in the place of its middle."""
    if len(trace) <= TRACE_LINES:
        return list(trace)
    half = TRACE_LINES // 2
    return [*trace[:half], None, *trace[-half:]]
