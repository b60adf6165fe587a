"""Paths as text. Only those that say so look at what is really there."""

from __future__ import annotations

import os

from sema.errors import EvalError
from sema.stdlib.outside import io_errors
from sema.stdlib.registry import builtin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sema.stdlib.kinds import Path


def _name(path: str) -> str:
    name = os.path.basename(path.rstrip("/"))
    return "" if name in (".", "..") else name


def _stem_and_extension(path: str) -> tuple[str, str]:
    """The parts of the last component; what follows a dot at its beginning is no extension."""
    name = _name(path)
    stem, _, extension = name.rpartition(".")
    return (stem, extension) if stem else (name, "")


@builtin(
    "path/join",
    doc="The path of the parts; an absolute part begins it anew.",
    example='(path/join "a" "b" "c.txt") => "a/b/c.txt"',
    tier="T2",
)
def join(part: str, *parts: str) -> str:
    return os.path.join(part, *parts)


@builtin(
    "path/dir",
    aliases=("path/dirname",),
    doc="The path without its last component, an empty text if there is no more.",
    example='(path/dir "a/b/c.txt") => "a/b"',
    tier="T2",
)
def directory(path: str) -> str:
    return os.path.dirname(path.rstrip("/"))


@builtin(
    "path/filename",
    aliases=("path/basename",),
    doc="The last component of a path.",
    example='(path/filename "a/b/c.txt") => "c.txt"',
    tier="T2",
)
def filename(path: str) -> str:
    return _name(path)


@builtin(
    "path/extension",
    aliases=("path/ext",),
    doc="What follows the last dot of a path's last component, an empty text if nothing does.",
    example='(path/extension "a/archive.tar.gz") => "gz"',
    tier="T2",
)
def extension(path: str) -> str:
    return _stem_and_extension(path)[1]


@builtin(
    "path/stem",
    doc="The last component of a path without its extension.",
    example='(path/stem "a/archive.tar.gz") => "archive.tar"',
    tier="T2",
)
def stem(path: str) -> str:
    return _stem_and_extension(path)[0]


@builtin(
    "path/absolute?",
    doc="Whether a path is absolute.",
    example='(path/absolute? "a/b") => #f',
    tier="T2",
)
def is_absolute(path: str) -> bool:
    return os.path.isabs(path)


@builtin(
    "path/relative-to",
    doc="The path that leads from a base to a target.",
    example='(path/relative-to "a/b" "a/c/d") => "../c/d"',
    tier="T2",
)
def relative_to(base: str, target: str) -> str:
    # Where relative paths begin does not matter, and shall not be told.
    start, end = os.path.normpath(base), os.path.normpath(target)
    if os.path.isabs(end) and not os.path.isabs(start):
        return end
    above, below = _components(start), _components(end)
    while above and below and above[0] == below[0]:
        del above[0], below[0]
    if os.path.isabs(start) != os.path.isabs(end) or ".." in above:
        raise EvalError(f"path/relative-to: cannot tell the way from {base} to {target}")
    return "/".join([".."] * len(above) + below) or "."


def _components(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in ("", ".")]


def _real_path(name: str, path: str) -> str:
    with io_errors(name, path):
        return os.path.realpath(path, strict=True)


@builtin(
    "path/absolute",
    doc="The absolute path of what is there, without links.",
    example='(path/absolute "/") => "/"',
    capability="fs-read",
    tier="T2",
)
def absolute(path: Path) -> str:
    return _real_path("path/absolute", path)


@builtin(
    "path/canonicalize",
    doc="The absolute path of what is there, without links.",
    example='(path/canonicalize "/") => "/"',
    capability="fs-read",
    tier="T2",
)
def canonicalize(path: Path) -> str:
    return _real_path("path/canonicalize", path)


@builtin(
    "path/within?",
    doc="Whether a path stays below a base once `..` and links are resolved.",
    example='(path/within? "/a" "/a/b/../../c") => #f',
    capability="fs-read",
    tier="T2",
)
def is_within(base: Path, child: Path) -> bool:
    with io_errors("path/within?", child):
        top = os.path.realpath(base)
        return os.path.commonpath([top, os.path.realpath(child)]) == top
