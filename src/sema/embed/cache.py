"""The cache of compiled code: ``__semacache__/NAME.MODE.TAG.semac`` next to a source file.

A file is run as one unit (mode ``unit``) or form by form (mode ``forms``); then its units are what
was compiled together. A cached file counts only for the very text, path, version of Sema and
state of its compiler that made it: their digest stands in front. A file that is damaged, or made
from something else, is as good as none and is written anew; a directory that cannot be written is
no error.

What code means also depends on the macros in force while it was compiled, and these exist only at
run time. So only code that was compiled while exactly the macros of the library were in force is
kept, and it is used only as long as this is so again: see ``Namespace.has_library_macros``. Text
that defines macros is therefore compiled every time. Operators are no matter: linking looks
whether they are redefined. But code that was compiled while they were is not kept, because it
calls them the slow way.
"""

from __future__ import annotations

import os
import sys

from sema.collector import collector_paused
from sema.vm import opcodes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sema.compiler import CodeUnit

DIRECTORY = "__semacache__"
SUFFIX = ".semam"
_TAG = sys.implementation.cache_tag
_MAGIC = b"\0SEC"
DIGEST = 16
_COMPILING_ROOMS = ("reader", "expander", "compiler", "vm")


def is_enabled() -> bool:
    """Whether the environment allows the cache."""
    return os.environ.get("SEMA_NO_CACHE", "") in ("", "0")


class CachedCode:
    """The cached code of one source file, which need not exist."""

    __slots__ = ("_key", "_path")

    def __init__(self, source: bytes, file: str, mode: str) -> None:
        directory, name = os.path.split(file)
        self._path = os.path.join(directory, DIRECTORY, f"{name}.{mode}.{_TAG}.semac")
        self._key = digest(compiler_state(), f"{mode}\0{file}\0".encode(), source)

    def read(self) -> list[CodeUnit] | None:
        """The units, or None if there are none for this source."""
        try:
            with open(self._path, "rb") as stored:
                data = stored.read()
        except (OSError, ValueError):
            return None
        start = len(_MAGIC) + 2 * DIGEST
        header, image = data[:start], data[start:]
        if header != _MAGIC + self._key + digest(image):
            return None
        from sema.compiler.image import read_image

        with collector_paused:
            return read_image(image)

    def write(self, units: list[CodeUnit]) -> None:
        """Keep the units, if they can be kept."""
        from sema.compiler.image import NoImage, write_image

        try:
            image = write_image(units)
            replace_file(self._path, _MAGIC + self._key + digest(image) + image)
        except (NoImage, OSError, ValueError):
            return


def profile_of(file: str) -> str:
    """Where it is kept what was hot in a program; its machine code lies beside it."""
    directory, name = os.path.split(file)
    return os.path.join(directory, DIRECTORY, f"{name}.{_TAG}{SUFFIX}")


def leaves_machine_code(file: str) -> bool:
    """Whether something was hot when the program ran before."""
    return os.path.exists(profile_of(file))


def replace_file(path: str, data: bytes) -> None:
    """Write a file under another name first, so that nobody ever sees half of it. Raises OSError
    where that cannot be done."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    draft = f"{path}.{os.getpid()}"
    try:
        with open(draft, "xb") as file:
            file.write(data)
        os.replace(draft, path)
    finally:
        if os.path.exists(draft):
            os.unlink(draft)


def digest(*parts: bytes) -> bytes:
    """What stands for some bytes."""
    from hashlib import blake2b

    digest = blake2b(digest_size=DIGEST)
    for part in parts:
        digest.update(part)
    return digest.digest()


_state: bytes | None = None


def compiler_state() -> bytes:
    """What changes whenever the same text may give other code: the version, and the newest file
    of the rooms that have a part in it."""
    global _state
    if _state is None:
        from sema import __version__

        root = os.path.dirname(os.path.dirname(opcodes.__file__))
        newest = 0
        for room in _COMPILING_ROOMS:
            with os.scandir(os.path.join(root, room)) as entries:
                times = (entry.stat().st_mtime_ns for entry in entries if entry.is_file())
                newest = max(newest, *times)
        table = [(op.name, op.operands, op.words, op.operator) for op in opcodes.OPCODES]
        _state = repr((__version__, sys.byteorder, newest, table)).encode()
    return _state
