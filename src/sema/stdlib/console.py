"""Input from the console."""

from __future__ import annotations

import sys

from sema.stdlib.outside import io_errors
from sema.stdlib.registry import builtin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_CHUNK = 64 * 1024


class StandardInput:
    """The bytes of Python's standard input, whichever it is at the moment.

    They are buffered here, because Python's own buffer is locked by a thread that waits for
    input, and a process cannot end while it is.
    """

    def __init__(self) -> None:
        self._source: Any = None
        self._ahead = b""
        self.at_end = False

    def _more(self) -> bytes:
        """Bytes as soon as there are some, none at the end of the input. Raises OSError."""
        source = sys.stdin
        if source is not self._source:
            self._source, self._ahead, self.at_end = source, b"", False
        if source is None:
            data = b""
        elif (buffer := getattr(source, "buffer", None)) is None:
            data = source.readline().encode()
        else:
            raw = getattr(buffer, "raw", None)
            data = buffer.read(_CHUNK) if raw is None else raw.read(_CHUNK) or b""
        self.at_end = not data
        return data

    def _taken(self, n: int) -> bytes:
        taken, self._ahead = self._ahead[:n], self._ahead[n:]
        return taken

    def read(self, n: int) -> bytes:
        """At most ``n`` bytes, none at the end: those that are there, waiting if there are none."""
        if n and not self._ahead:
            self._ahead = self._more()
        return self._taken(n)

    def read_all(self) -> bytes:
        """All the bytes that are left."""
        pieces = [self._taken(len(self._ahead))]
        while piece := self._more():
            pieces.append(piece)
        return b"".join(pieces)

    def readline(self) -> bytes:
        """The bytes up to the next line end, or to the end."""
        pieces = []
        while (end := self._ahead.find(b"\n")) < 0:
            pieces.append(self._taken(len(self._ahead)))
            self._ahead = self._more()
            if not self._ahead:
                break
        pieces.append(self._taken(end + 1))
        return b"".join(pieces)

    def flush(self) -> None:
        pass


STANDARD_INPUT = StandardInput()


def without_line_end(line: bytes) -> bytes:
    """A line without the line feed, or carriage return and line feed, at its end."""
    return line[:-1].removesuffix(b"\r") if line.endswith(b"\n") else line


def read_text_line() -> str | None:
    """The next line of the console's input without its end, None at the end of the input.

    Raises OSError, UnicodeDecodeError.
    """
    line = STANDARD_INPUT.readline()
    return without_line_end(line).decode() if line else None


@builtin(
    "read-line",
    aliases=("io/read-line",),
    doc="The next line of standard input without its end, nil at the end of the input.",
    example="(read-line)",
    blocking=True,
)
def read_line() -> str | None:
    with io_errors("read-line"):
        return read_text_line()


@builtin(
    "read-stdin",
    aliases=("io/read-stdin",),
    doc="The rest of standard input.",
    example="(read-stdin)",
    blocking=True,
)
def read_stdin() -> str:
    with io_errors("read-stdin"):
        return STANDARD_INPUT.read_all().decode()


@builtin(
    "io/eof?",
    doc="Whether reading has come to the end of standard input.",
    example="(io/eof?)",
)
def is_at_end() -> bool:
    return STANDARD_INPUT.at_end
