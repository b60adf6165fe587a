"""Files of programs: their contents, or the error that tells why there are none."""

from __future__ import annotations

from sema.errors import SemaIOError, reason_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike


def read_bytes(path: str | PathLike[str], who: str = "") -> bytes:
    """The contents of a file. Raises SemaIOError, whose message names ``who`` and the path."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except (OSError, ValueError) as error:
        raise SemaIOError(f"{who}{path}: {reason_of(error)}") from error


def decode(data: bytes, path: str | PathLike[str], who: str = "") -> str:
    """The text in the contents of the file at ``path``. Raises SemaIOError unless it is UTF-8."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise SemaIOError(f"{who}{path}: {reason_of(error)}") from error


def is_compiled(data: bytes) -> bool:
    """Whether these are the contents of a compiled file: no text begins so."""
    return data.startswith(b"\0")
