"""Files: whole ones, their lines, their names."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from glob import glob
from itertools import takewhile
from secrets import token_hex

from sema.errors import EvalError
from sema.reader.printer import display
from sema.stdlib.outside import io_errors, keyword_map, readable
from sema.stdlib.registry import builtin
from sema.stdlib.strings import lines as lines_of
from sema.stdlib.text import list_of_lines
from sema.vm.values import make_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, AnyStr

    from sema.embed.namespace import Context
    from sema.stdlib.kinds import ListOrVector, Path
    from sema.vm.maps import Map

LONGEST_LINE = 256 * 1024
_CHUNK = 64 * 1024

# --- Whole files ----------------------------------------------------------------------------------


def _contents(name: str, path: str) -> bytes:
    with io_errors(name, path), open(path, "rb") as file:
        return file.read()


def _text(name: str, path: str) -> str:
    data = _contents(name, path)
    with io_errors(name, path):
        return data.decode()


def replace_contents(path: str, data: bytes) -> None:
    """Write a whole file: whoever reads it sees the old contents or the new ones.

    Raises OSError, ValueError.
    """
    target = os.path.realpath(path)
    if os.path.exists(target) and not os.path.isfile(target):
        return _overwrite(target, data)
    beside = os.path.join(os.path.dirname(target), f".sema-{token_hex(8)}")
    try:
        try:
            file = open(beside, "xb")  # noqa: SIM115  # closed before it is renamed
        except PermissionError:
            # A directory that takes no new files may have one that can be written.
            return _overwrite(target, data)
        with file:
            file.write(data)
        if os.path.exists(target):
            shutil.copymode(target, beside)
        os.replace(beside, target)
    except BaseException:
        # An interrupt may come at any time, before the file is there or when it has its name.
        with suppress(FileNotFoundError):
            os.unlink(beside)
        raise


def _overwrite(path: str, data: bytes) -> None:
    with open(path, "wb") as file:
        file.write(data)


@builtin(
    "file/read",
    doc="The text of a file, which must be UTF-8.",
    example='(file/read "notes.txt")',
    capability="fs-read",
    blocking=True,
)
def read(path: Path) -> str:
    return _text("file/read", path)


@builtin(
    "file/read-lines",
    doc="The list of the lines of a file, without their ends.",
    example='(file/read-lines "notes.txt")',
    capability="fs-read",
    blocking=True,
)
def read_lines(path: Path) -> Any:
    return lines_of(_text("file/read-lines", path))


@builtin(
    "file/read-bytes",
    doc="The contents of a file as a bytevector.",
    example='(file/read-bytes "picture.png")',
    capability="fs-read",
    tier="T2",
    blocking=True,
)
def read_bytes(path: Path) -> bytes:
    return _contents("file/read-bytes", path)


@builtin(
    "load",
    doc="As a value: the list of the data in a file. A call `(load path)` runs the file.",
    example='(apply load \'("data.sema"))',
    capability="fs-read",
    blocking=True,
)
def load(path: Path) -> Any:
    from sema.reader import read_many

    return make_list(read_many(_text("load", path)))


@builtin(
    "file/write",
    doc="Makes a text the contents of a file: all of it, or nothing if writing fails.",
    example='(file/write "notes.txt" "text")',
    capability="fs-write",
    blocking=True,
)
def write(path: Path, text: str) -> None:
    with io_errors("file/write", path):
        replace_contents(path, text.encode())


@builtin(
    "file/write-lines",
    doc="Makes the elements of a list or vector the lines of a file.",
    example='(file/write-lines "notes.txt" \'("one" "two"))',
    capability="fs-write",
    blocking=True,
)
def write_lines(path: Path, lines: ListOrVector) -> None:
    with io_errors("file/write-lines", path):
        replace_contents(path, "\n".join(map(display, lines)).encode())


@builtin(
    "file/write-bytes",
    doc="Makes a bytevector the contents of a file.",
    example='(file/write-bytes "data.bin" #u8(1 2))',
    capability="fs-write",
    tier="T2",
    blocking=True,
)
def write_bytes(path: Path, data: bytes) -> None:
    with io_errors("file/write-bytes", path):
        replace_contents(path, data)


@builtin(
    "file/append",
    doc="Adds a text at the end of a file, which is made if there is none.",
    example='(file/append "log.txt" "line\\n")',
    capability="fs-write",
    blocking=True,
)
def append(path: Path, text: str) -> None:
    with io_errors("file/append", path), open(path, "ab") as file:
        file.write(text.encode())


# --- Lines, one after the other -------------------------------------------------------------------


def _lines_in(block: AnyStr, line_feed: AnyStr, carriage_return: AnyStr) -> list[AnyStr]:
    """The lines of a block; what follows the last line feed is one only if there is anything."""
    lines = block.split(line_feed)
    last = lines.pop()
    if carriage_return in block:
        lines = [line.removesuffix(carriage_return) for line in lines]
    if last:
        lines.append(last)
    return lines


class LineSource:
    """The lines of a file, read some at a time for the functions of the prelude."""

    __slots__ = ("_as_text", "_file", "_name", "_path", "_rest")
    __sema_type__ = "line-source"

    def __init__(self, name: str, path: str, as_text: bool) -> None:
        self._name = name
        self._path = path
        self._as_text = as_text
        self._rest = b""
        with io_errors(name, path):
            self._file = open(path, "rb")  # noqa: SIM115  # the prelude closes it

    def next_lines(self) -> Any:
        """The list of the next lines, empty at the end. Raises EvalError if one is too long."""
        pieces, size = [self._rest], len(self._rest)
        data = b""
        while size <= LONGEST_LINE + 1 and b"\n" not in data:
            with io_errors(self._name, self._path):
                data = self._file.read(_CHUNK)
            if not data:
                break
            pieces.append(data)
            size += len(data)
        block = b"".join(pieces)
        end = block.rfind(b"\n") + 1 if data else len(block)
        self._rest = block[end:]
        if len(block) > LONGEST_LINE and any(
            len(line.removesuffix(b"\r")) > LONGEST_LINE for line in block.split(b"\n")
        ):
            where = f"{self._name} {self._path}"
            raise EvalError(f"{where}: a line is longer than {LONGEST_LINE} bytes")
        if not self._as_text:
            return make_list(_lines_in(block[:end], b"\n", b"\r"))
        with io_errors(self._name, self._path):
            try:
                text = block[:end].decode()
            except UnicodeDecodeError:  # says where in its line the first bad byte is
                text = "\n".join([line.decode() for line in block[:end].split(b"\n")])
        return make_list(_lines_in(text, "\n", "\r")) if "\r" in text else list_of_lines(text)

    def close(self) -> None:
        self._file.close()


@builtin(
    "__vm-open-lines",
    doc="The source of a file's lines, as text or as bytes, for the named function.",
    example='(__vm-open-lines "file/fold-lines" "notes.txt" #t)',
    capability="fs-read",
    tier="T2",
    blocking=True,
    owned=True,
)
def open_lines(context: Context, name: str, path: str, as_text: bool) -> LineSource:
    if context.sandbox is not None:
        path = context.sandbox.checked_path(name, path)
    return LineSource(name, path, as_text)


@builtin(
    "__vm-next-lines",
    doc="The list of the next lines from a source, empty at its end.",
    example="(__vm-next-lines source)",
    tier="T2",
    blocking=True,
)
def next_lines(source: LineSource) -> Any:
    return source.next_lines()


@builtin(
    "__vm-close-lines",
    doc="Closes a source of lines.",
    example="(__vm-close-lines source)",
    tier="T2",
)
def close_lines(source: LineSource) -> None:
    source.close()


# --- What there is --------------------------------------------------------------------------------


@builtin(
    "file/exists?",
    doc="Whether there is a file or directory of that path.",
    example='(file/exists? "no such file") => #f',
    capability="fs-read",
)
def exists(path: Path) -> bool:
    return os.path.exists(path)


@builtin(
    "file/is-file?",
    doc="Whether a path is that of a file.",
    example='(file/is-file? "/") => #f',
    capability="fs-read",
)
def is_file(path: Path) -> bool:
    return os.path.isfile(path)


@builtin(
    "file/is-directory?",
    doc="Whether a path is that of a directory.",
    example='(file/is-directory? "/") => #t',
    capability="fs-read",
)
def is_directory(path: Path) -> bool:
    return os.path.isdir(path)


@builtin(
    "file/is-symlink?",
    doc="Whether a path is that of a symbolic link.",
    example='(file/is-symlink? "/") => #f',
    capability="fs-read",
)
def is_link(path: Path) -> bool:
    return os.path.islink(path)


@builtin(
    "file/info",
    doc="A map of a file's :size in bytes, :modified in milliseconds since 1970, :is-dir and "
    ":is-file.",
    example='(:is-dir (file/info "/")) => #t',
    capability="fs-read",
    tier="T2",
)
def info(path: Path) -> Map:
    with io_errors("file/info", path):
        status = os.stat(path)
    return keyword_map(
        {
            "size": status.st_size,
            "is-dir": os.path.isdir(path),
            "is-file": os.path.isfile(path),
            "modified": status.st_mtime_ns // 1_000_000,
        }
    )


@builtin(
    "file/list",
    doc="The names of what is in a directory, in the system's order.",
    example='(list? (file/list ".")) => #t',
    capability="fs-read",
    tier="T2",
    blocking=True,
)
def list_directory(path: Path) -> Any:
    with io_errors("file/list", path):
        return make_list(map(readable, os.listdir(path)))


@builtin(
    "file/glob",
    doc="The sorted paths that match a pattern with `*`, `?`, `[…]` and `**` for any depth.",
    example='(file/glob "no such directory/*") => ()',
    capability="fs-read",
    tier="T2",
    blocking=True,
    owned=True,
)
def glob_files(context: Context, pattern: str) -> Any:
    _check_pattern(pattern)
    sandbox = context.sandbox
    if sandbox is not None:
        sandbox.checked_path("file/glob", _fixed_part(pattern))
    with io_errors("file/glob", pattern):
        found = glob(pattern, recursive=True, include_hidden=True)
    if sandbox is not None:
        found = [path for path in found if sandbox.allows(path)]
    return make_list(sorted({readable(path) for path in found}))


def _fixed_part(pattern: str) -> str:
    """The directories in front of the first wildcard."""
    parts = pattern.split("/")
    fixed = takewhile(lambda part: not any(char in part for char in "*?["), parts)
    return "/".join(fixed) or pattern[: pattern.startswith("/")]


def _check_pattern(pattern: str) -> None:
    for part in pattern.split("/"):
        if "**" in part and part != "**":
            raise EvalError(f"file/glob: bad pattern {pattern}: `**` must be a whole component")
    opening = pattern.find("[")
    while opening >= 0:
        # The first character stands for itself, even a bracket.
        first = opening + (2 if pattern.startswith("[!", opening) else 1)
        closing = pattern.find("]", first + 1)
        if closing < 0:
            raise EvalError(f"file/glob: bad pattern {pattern}: `[` without `]`")
        opening = pattern.find("[", closing)


# --- Changes --------------------------------------------------------------------------------------


@builtin(
    "file/delete",
    doc="Removes a file.",
    example='(file/delete "notes.txt")',
    capability="fs-write",
    blocking=True,
)
def delete(path: Path) -> None:
    with io_errors("file/delete", path):
        os.remove(path)


@builtin(
    "file/rename",
    doc="Gives a file or directory another path; a file of that path is replaced.",
    example='(file/rename "old.txt" "new.txt")',
    capability="fs-write",
    tier="T2",
    blocking=True,
)
def rename(from_: Path, to: Path) -> None:
    with io_errors("file/rename", f"{from_} -> {to}"):
        os.replace(from_, to)


@builtin(
    "file/copy",
    doc="Copies a file; one that is there already is replaced.",
    example='(file/copy "notes.txt" "copy.txt")',
    capability="fs-read fs-write",
    tier="T2",
    blocking=True,
)
def copy(from_: Path, to: Path) -> None:
    with io_errors("file/copy", f"{from_} -> {to}"):
        shutil.copyfile(from_, to)
        shutil.copymode(from_, to)


@builtin(
    "file/mkdir",
    doc="Makes a directory, and those above it that are missing.",
    example='(file/mkdir "a/b")',
    capability="fs-write",
    tier="T2",
    blocking=True,
)
def make_directory(path: Path) -> None:
    with io_errors("file/mkdir", path):
        os.makedirs(path, exist_ok=True)
