"""What is kept of machine code from one run of a program to the next.

It lies beside the compiled code of the program's file, in ``__semacache__``: machine code by what
it was made from, and for each program a note of what was hot. A file that is damaged, or made by
something else, is as good as none; a directory that cannot be written is no error.
"""

from __future__ import annotations

import marshal
import os
from contextlib import suppress

from sema.embed.cache import DIGEST, SUFFIX, compiler_state, digest, profile_of, replace_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sema.vm.code import Code

    Known = tuple[list[int], dict[Any, str]]

_MAGIC = b"\0SEM"
MOST_BYTES = 16 << 20
"""What all of it in one directory may take."""

MOST_FUNCTIONS = 1000
"""Of how many functions of a program something is kept."""


class Store:
    """The machine code in one directory."""

    def __init__(self, directory: str) -> None:
        self._directory = directory

    def read(self, name: str, key: bytes) -> bytes | None:
        """What is kept under the name, if it was made from what the key stands for."""
        path = self._path(name)
        try:
            with open(path, "rb") as file:
                data = file.read()
        except (OSError, ValueError):
            return None
        start = len(_MAGIC) + 2 * DIGEST
        content = data[start:]
        if data[:start] != _MAGIC + key + digest(content):
            return None
        with suppress(OSError):
            os.utime(path)
        return content

    def write(self, name: str, key: bytes, content: bytes) -> None:
        """Keep something, if the directory can be written, and make room for it."""
        try:
            replace_file(self._path(name), _MAGIC + key + digest(content) + content)
            self._make_room()
        except (OSError, ValueError):
            return

    def _path(self, name: str) -> str:
        return os.path.join(self._directory, name + SUFFIX)

    def _make_room(self) -> None:
        """Remove what was not used for the longest time, when all of it is too much."""
        with os.scandir(self._directory) as entries:
            files = [(e.stat(), e.path) for e in entries if e.name.endswith(SUFFIX)]
        size = sum(stat.st_size for stat, _ in files)
        if size <= MOST_BYTES:
            return
        for stat, path in sorted(files, key=lambda file: file[0].st_mtime_ns):
            os.unlink(path)
            size -= stat.st_size
            if size <= MOST_BYTES * 3 // 4:
                return


class Profile:
    """What is known of a program's functions from its earlier runs: where they were hot, and what
    the exits of their machine code taught. It is only a hint."""

    def __init__(self, file: str) -> None:
        directory, name = os.path.split(profile_of(file))
        self.store = Store(directory)
        self._name = name.removesuffix(SUFFIX)
        self._key = digest(compiler_state(), file.encode(errors="surrogateescape"))
        self._known: dict[bytes, Known] = {}
        content = self.store.read(self._name, self._key)
        if content is not None:
            self._known = marshal.loads(content)

    def known(self, code: Code) -> Known | None:
        """The places where a function was hot (the offset of a LOOP, or -1 for its beginning) and
        what was learnt; None if that is nothing."""
        return self._known.get(_identity(code))

    def note(self, code: Code, place: int | None) -> None:
        """Take note of what is known of a function, and that it was hot at a place."""
        identity = _identity(code)
        places, _ = self._known.get(identity, ([], {}))
        if place is not None and place not in places:
            places.append(place)
        learnt = {
            what: kind for what, kind in (code.feedback or {}).items()
            if isinstance(what, tuple) and isinstance(kind, str)
        }  # fmt: skip
        self._known.pop(identity, None)
        self._known[identity] = places, learnt
        if len(self._known) > MOST_FUNCTIONS:
            del self._known[next(iter(self._known))]

    def content(self) -> bytes:
        """All of it, to be written."""
        return marshal.dumps(self._known)

    def write(self, content: bytes) -> None:
        """Keep it for the next run."""
        self.store.write(self._name, self._key, content)


def _identity(code: Code) -> bytes:
    unit = code.unit
    names = repr((unit.name, unit.globals)).encode()
    return digest(names, bytes(memoryview(unit.words).cast("B")))
