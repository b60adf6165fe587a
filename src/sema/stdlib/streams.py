"""Byte streams: files, memory and the standard streams, read and written in one way."""

from __future__ import annotations

import sys
from contextlib import suppress
from io import SEEK_END, BytesIO

from sema.errors import EvalError
from sema.stdlib.console import STANDARD_INPUT, without_line_end
from sema.stdlib.outside import eval_errors
from sema.stdlib.registry import builtin, declare_constant
from sema.vm.limits import count_output_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sema.stdlib.kinds import Count, Path

MAX_BYTES = 256 * 1024 * 1024
"""How much is read at most at once, unless a program says otherwise."""

_CHUNK = 1024 * 1024

# --- What streams stand on ------------------------------------------------------------------------


class _ByteBuffer(BytesIO):
    """Memory that is written at its end and read from a place of its own."""

    def write(self, data: Any) -> int:
        place = self.tell()
        self.seek(0, SEEK_END)
        n = super().write(data)
        self.seek(place)
        return n


class _ConsoleOutput:
    """Python's standard output or error, whichever it is at the moment.

    What is written stays in order with what is printed.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def write(self, data: bytes) -> int:
        text_file = getattr(sys, self._name)
        if text_file is None:
            return len(data)
        count_output_bytes(len(data))
        buffer = getattr(text_file, "buffer", None)
        if buffer is None:
            text_file.write(data.decode(errors="replace"))
            return len(data)
        text_file.flush()
        buffer.write(data)
        if text_file.isatty():
            buffer.flush()
        return len(data)

    def flush(self) -> None:
        text_file = getattr(sys, self._name)
        if text_file is not None:
            text_file.flush()


class Stream:
    """A stream: what stands below it, its type, what it can do.

    A file is closed when its stream is dropped.
    """

    __slots__ = ("_is_standard", "file", "is_closed", "readable", "type", "writable")
    __sema_type__ = "stream"

    def __init__(
        self, type_: str, file: Any, *, readable: bool = False, writable: bool = False
    ) -> None:
        self.type = type_
        self.file = file
        self.readable = readable
        self.writable = writable
        self.is_closed = False
        self._is_standard = type_.startswith("std")

    def __sema_write__(self) -> str:
        return f"<stream:{self.type}>"

    def checked(self, name: str) -> Any:
        """The file below. Raises EvalError if the stream is closed."""
        if self.is_closed:
            raise EvalError(f"{name}: stream is closed")
        return self.file

    def source(self, name: str) -> Any:
        """The file to read from. Raises EvalError if the stream is closed or write-only."""
        if not self.readable and not self.is_closed:
            raise EvalError(f"{name}: stream is write-only")
        return self.checked(name)

    def target(self, name: str) -> Any:
        """The file to write to. Raises EvalError if the stream is closed or read-only."""
        if not self.writable and not self.is_closed:
            raise EvalError(f"{name}: stream is read-only")
        return self.checked(name)

    def close(self) -> None:
        """Close; the standard streams are the process's and stay open. Raises OSError."""
        if self._is_standard:
            if self.writable:
                self.file.flush()
        elif not self.is_closed:
            self.is_closed = True
            self.file.close()

    def __del__(self) -> None:
        if not self._is_standard:
            with suppress(OSError, ValueError):
                self.close()


declare_constant(
    "*stdin*",
    Stream("stdin", STANDARD_INPUT, readable=True),
    "The stream of standard input.",
    '(stream/type *stdin*) => "stdin"',
    tier="T2",
    capability="stdin",
)
declare_constant(
    "*stdout*",
    Stream("stdout", _ConsoleOutput("stdout"), writable=True),
    "The stream of standard output.",
    '(stream/type *stdout*) => "stdout"',
    tier="T2",
)
declare_constant(
    "*stderr*",
    Stream("stderr", _ConsoleOutput("stderr"), writable=True),
    "The stream of standard error.",
    '(stream/type *stderr*) => "stderr"',
    tier="T2",
)

# --- Opening --------------------------------------------------------------------------------------


@builtin(
    "stream/open-input",
    doc="A stream that reads a file.",
    example='(stream/open-input "data.bin")',
    capability="fs-read",
    tier="T2",
    blocking=True,
)
def open_input(path: Path) -> Stream:
    with eval_errors("stream/open-input", path):
        return Stream("file-input", open(path, "rb"), readable=True)


@builtin(
    "stream/open-output",
    doc="A stream that writes a file, whose old contents are dropped.",
    example='(stream/open-output "data.bin")',
    capability="fs-write",
    tier="T2",
    blocking=True,
)
def open_output(path: Path) -> Stream:
    with eval_errors("stream/open-output", path):
        return Stream("file-output", open(path, "wb"), writable=True)


@builtin(
    "stream/from-string",
    doc="A stream that reads a text's bytes in UTF-8.",
    example='(stream/read-line (stream/from-string "one\\ntwo")) => "one"',
    tier="T2",
)
def from_string(text: str) -> Stream:
    with eval_errors("stream/from-string"):
        return Stream("string", BytesIO(text.encode()), readable=True)


@builtin(
    "stream/from-bytes",
    doc="A byte buffer that holds a bytevector.",
    example="(stream/read-byte (stream/from-bytes #u8(7 8))) => 7",
    tier="T2",
)
def from_bytes(data: bytes) -> Stream:
    return Stream("byte-buffer", _ByteBuffer(data), readable=True, writable=True)


@builtin(
    "stream/byte-buffer",
    doc="A byte buffer: what is written to it can be read from it.",
    example="(stream/byte-buffer) => <stream:byte-buffer>",
    tier="T2",
)
def byte_buffer() -> Stream:
    return Stream("byte-buffer", _ByteBuffer(), readable=True, writable=True)


# --- Reading --------------------------------------------------------------------------------------


def _read(file: Any, n: int) -> bytes:
    """At most ``n`` bytes, however large that is."""
    if n <= _CHUNK or file is STANDARD_INPUT:
        data: bytes = file.read(n)
        return data
    pieces = []
    while n and (piece := file.read(min(n, _CHUNK))):
        pieces.append(piece)
        n -= len(piece)
    return b"".join(pieces)


def _read_rest(name: str, stream: Stream, most: int) -> bytes:
    file = stream.source(name)
    with eval_errors(name):
        pieces = []
        left = most + 1
        while left and (piece := file.read(min(left, _CHUNK))):
            pieces.append(piece)
            left -= len(piece)
    if not left:
        raise EvalError(f"{name}: more than {most} bytes")
    return b"".join(pieces)


@builtin(
    "stream/read",
    doc="At most so many bytes as a bytevector, which is empty at the end.",
    example='(stream/read (stream/from-string "abc") 2) => #u8(97 98)',
    tier="T2",
    blocking=True,
)
def read(stream: Stream, n: Count) -> bytes:
    file = stream.source("stream/read")
    with eval_errors("stream/read"):
        return _read(file, n)


@builtin(
    "stream/read-byte",
    doc="The next byte, nil at the end.",
    example='(stream/read-byte (stream/from-string "a")) => 97',
    tier="T2",
    blocking=True,
)
def read_byte(stream: Stream) -> int | None:
    file = stream.source("stream/read-byte")
    with eval_errors("stream/read-byte"):
        data = file.read(1)
    return data[0] if data else None


@builtin(
    "stream/read-line",
    doc="The next line without its end, nil at the end.",
    example='(stream/read-line (stream/from-string "one\\ntwo")) => "one"',
    tier="T2",
    blocking=True,
)
def read_line(stream: Stream) -> str | None:
    file = stream.source("stream/read-line")
    with eval_errors("stream/read-line"):
        line: bytes = file.readline()
        return without_line_end(line).decode() if line else None


@builtin(
    "stream/read-all",
    doc="All the bytes that are left; an error if there are more than a limit.",
    example='(stream/read-all (stream/from-string "ab")) => #u8(97 98)',
    tier="T2",
    blocking=True,
)
def read_all(stream: Stream, most: Count = MAX_BYTES) -> bytes:
    return _read_rest("stream/read-all", stream, most)


@builtin(
    "stream/available?",
    doc="Whether bytes in memory can be read at once.",
    example='(stream/available? (stream/from-string "a")) => #t',
    tier="T2",
)
def is_available(stream: Stream) -> bool:
    file = stream.checked("stream/available?")
    return isinstance(file, BytesIO) and file.tell() < file.getbuffer().nbytes


# --- Writing --------------------------------------------------------------------------------------


def _write(name: str, stream: Stream, data: bytes) -> int:
    file = stream.target(name)
    with eval_errors(name):
        file.write(data)
    return len(data)


@builtin(
    "stream/write",
    doc="Writes a bytevector; how many bytes these are.",
    example="(stream/write (stream/byte-buffer) #u8(1 2)) => 2",
    tier="T2",
    blocking=True,
)
def write(stream: Stream, data: bytes) -> int:
    return _write("stream/write", stream, data)


@builtin(
    "stream/write-string",
    doc="Writes a text in UTF-8; how many bytes these are.",
    example='(stream/write-string (stream/byte-buffer) "é") => 2',
    tier="T2",
    blocking=True,
)
def write_string(stream: Stream, text: str) -> int:
    with eval_errors("stream/write-string"):
        data = text.encode()
    return _write("stream/write-string", stream, data)


@builtin(
    "stream/write-byte",
    doc="Writes one byte.",
    example="(stream/write-byte (stream/byte-buffer) 255) => nil",
    tier="T2",
    blocking=True,
)
def write_byte(stream: Stream, byte: int) -> None:
    if not 0 <= byte <= 255:
        raise EvalError(f"stream/write-byte: {byte} is out of range 0-255")
    _write("stream/write-byte", stream, bytes((byte,)))


@builtin(
    "stream/copy",
    doc="Writes to a stream what is left in another; how many bytes these are.",
    example='(stream/copy (stream/from-string "abc") (stream/byte-buffer)) => 3',
    tier="T2",
    blocking=True,
)
def copy(from_: Stream, to: Stream, most: Count = MAX_BYTES) -> int:
    to.target("stream/copy")
    return _write("stream/copy", to, _read_rest("stream/copy", from_, most))


@builtin(
    "stream/flush",
    doc="Makes sure that all that was written is out.",
    example="(stream/flush (stream/byte-buffer)) => nil",
    tier="T2",
    blocking=True,
)
def flush(stream: Stream) -> None:
    file = stream.checked("stream/flush")
    with eval_errors("stream/flush"):
        file.flush()


@builtin(
    "stream/close",
    doc="Closes a stream, if it is open.",
    example="(stream/close (stream/byte-buffer)) => nil",
    tier="T2",
    blocking=True,
)
def close(stream: Stream) -> None:
    with eval_errors("stream/close"):
        stream.close()


# --- Looking at streams ---------------------------------------------------------------------------


def _memory(name: str, stream: Stream) -> bytes:
    file = stream.checked(name)
    if not isinstance(file, _ByteBuffer):
        raise EvalError(f"{name}: expected byte-buffer stream, got {stream.type}")
    return file.getvalue()


@builtin(
    "stream/to-bytes",
    doc="All that a byte buffer holds, read or not.",
    example="(stream/to-bytes (stream/from-bytes #u8(1 2))) => #u8(1 2)",
    tier="T2",
)
def to_bytes(stream: Stream) -> bytes:
    return _memory("stream/to-bytes", stream)


@builtin(
    "stream/to-string",
    doc="All that a byte buffer holds, read or not, as a text.",
    example='(stream/to-string (stream/from-bytes #u8(97 98))) => "ab"',
    tier="T2",
)
def to_string(stream: Stream) -> str:
    with eval_errors("stream/to-string"):
        return _memory("stream/to-string", stream).decode()


@builtin(
    "stream/readable?",
    doc="Whether a stream can be read.",
    example="(stream/readable? *stdout*) => #f",
    tier="T2",
)
def is_readable(stream: Stream) -> bool:
    return stream.readable and not stream.is_closed


@builtin(
    "stream/writable?",
    doc="Whether a stream can be written.",
    example="(stream/writable? *stdout*) => #t",
    tier="T2",
)
def is_writable(stream: Stream) -> bool:
    return stream.writable and not stream.is_closed


@builtin(
    "stream/type",
    doc='What a stream stands on: "file-input", "file-output", "byte-buffer", "string", '
    '"stdin", "stdout" or "stderr".',
    example='(stream/type (stream/from-string "")) => "string"',
    tier="T2",
)
def type_of(stream: Stream) -> str:
    return stream.type
