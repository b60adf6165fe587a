"""Input from the console."""

from __future__ import annotations

import sys
from errno import EINTR
from select import select
from threading import Event, Lock

from sema.stdlib.outside import given_up, io_errors
from sema.stdlib.registry import builtin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_CHUNK = 64 * 1024
_PATIENCE = 0.1  # seconds between two looks at whether a wait was given up


class StandardInput:
    """The bytes of Python's standard input, whichever it is at the moment.

    They are buffered here, because Python's own buffer is locked by a thread that waits for
    input, and a process cannot end while it is.
    """

    def __init__(self) -> None:
        self._source: Any = None
        self._ahead = bytearray()
        self._lock = Lock()
        self.at_end = False

    def _fill(self) -> bool:
        """Take some more bytes as soon as there are some; False at the end. Raises OSError."""
        source = sys.stdin
        if source is not self._source:
            self._source, self._ahead = source, bytearray()
        if source is None:
            data = b""
        elif (buffer := getattr(source, "buffer", None)) is None:
            data = source.readline().encode()
        elif (raw := getattr(buffer, "raw", None)) is None:
            data = buffer.read(_CHUNK)
        else:
            _wait_for(raw.fileno())
            data = raw.read(_CHUNK) or b""
        self._ahead += data
        self.at_end = not data
        return not self.at_end

    def _taken(self, n: int) -> bytes:
        taken = bytes(self._ahead[:n])
        del self._ahead[:n]
        return taken

    def read(self, n: int) -> bytes:
        """At most ``n`` bytes, none at the end: those that are there, waiting if there are none."""
        with self._lock:
            if n and not self._ahead:
                self._fill()
            return self._taken(n)

    def read_all(self) -> bytes:
        """All the bytes that are left."""
        with self._lock:
            while self._fill():
                pass
            return self._taken(len(self._ahead))

    def readline(self) -> bytes:
        """The bytes up to the next line end, or to the end."""
        with self._lock:
            searched = 0
            while (end := self._ahead.find(b"\n", searched)) < 0:
                searched = len(self._ahead)
                if not self._fill():
                    return self._taken(searched)
            return self._taken(end + 1)

    def flush(self) -> None:
        """Nothing, as for all streams that are only read."""


def _wait_for(descriptor: int) -> None:
    """Wait until there is something to read.

    Who gives up waiting leaves it to the next one: raises InterruptedError.
    """
    is_given_up = Event()
    with given_up(is_given_up.set):
        while not select([descriptor], [], [], _PATIENCE)[0]:
            if is_given_up.is_set():
                raise InterruptedError(EINTR, "given up")


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
    capability="stdin",
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
    capability="stdin",
)
def read_stdin() -> str:
    with io_errors("read-stdin"):
        return STANDARD_INPUT.read_all().decode()


@builtin(
    "io/eof?",
    doc="Whether reading has come to the end of standard input.",
    example="(io/eof?)",
    capability="stdin",
)
def is_at_end() -> bool:
    return STANDARD_INPUT.at_end
