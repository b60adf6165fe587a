"""What a program may do and use: the capabilities, paths and limits of a sandbox."""

from __future__ import annotations

import os
from itertools import zip_longest

from sema.errors import SemaPermissionError
from sema.vm.limits import Limits
from sema.vm.values import Builtin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from os import PathLike
    from typing import Any, NoReturn

    from sema.stdlib.registry import Declaration

LANGUAGE_CAPABILITIES = (
    "fs-read",
    "fs-write",
    "shell",
    "network",
    "env-read",
    "env-write",
    "process",
    "serial",
    "llm",
)
"""Those of the language itself, which the modes of the command line are about."""

CAPABILITIES = frozenset((*LANGUAGE_CAPABILITIES, "python", "clock", "stdin", "host"))
"""All capabilities. The language does not restrict what the last four are about: Python's modules
and objects, the time, standard input, facts about the machine and its terminal."""

_TELLS_WHERE = frozenset(("path/absolute", "path/canonicalize"))
"""What these make of a relative path tells the working directory."""

_ON_LINKS = frozenset(("file/delete", "file/rename", "file/is-symlink?"))


class Sandbox:
    """What an interpreter lets its programs do, for ``Interpreter(sandbox=...)``.

    ``capabilities`` are the powers that they have, from :data:`CAPABILITIES`: none, unless they are
    given. ``paths`` are the directories, or files, in which they may use files; None is all.

    The rest are limits; None is no limit. Each entry from Python has its own ``fuel`` (units of
    about 5 ns: calls, backward jumps, work in builtins), its own ``timeout`` (seconds) and its own
    ``max_output`` (bytes written to the standard streams); ``memory`` (bytes) is what the programs
    of the interpreter hold together; ``max_depth`` is the number of nested calls. A limit that is
    reached raises a subclass of :class:`sema.LimitExceeded`, which programs cannot catch; then the
    interpreter can be used again. Raises ValueError for what makes no sense.
    """

    __slots__ = ("capabilities", "fuel", "max_depth", "max_output", "memory", "paths", "timeout")

    def __init__(
        self,
        fuel: int | None = None,
        timeout: float | None = None,
        memory: int | None = None,
        max_depth: int | None = None,
        max_output: int | None = None,
        capabilities: Collection[str] = (),
        paths: Iterable[str | PathLike[str]] | None = None,
    ) -> None:
        limits = {"fuel": fuel, "timeout": timeout, "memory": memory, "max_depth": max_depth}
        for name, limit in limits.items():
            if limit is not None and not limit > 0:
                raise ValueError(f"{name} must be positive, not {limit!r}")
        if max_output is not None and max_output < 0:
            raise ValueError(f"max_output must not be negative: {max_output!r}")
        if isinstance(capabilities, str):
            raise ValueError("capabilities is a collection of names, not one text")
        for capability in capabilities:
            if capability not in CAPABILITIES:
                raise ValueError(f"unknown capability: {capability}")
        self.fuel = fuel
        self.timeout = timeout
        self.memory = memory
        self.max_depth = max_depth
        self.max_output = max_output
        self.capabilities = frozenset(capabilities)
        self.paths = None if paths is None else tuple(os.path.realpath(path) for path in paths)

    @classmethod
    def from_mode(
        cls, mode: str, paths: Iterable[str] | None = None, timeout: float | None = None
    ) -> Sandbox:
        """The sandbox of a mode of the command line: ``strict``, ``all``, ``none``, or a list of
        the capabilities to deny, with commas between. Raises ValueError for an unknown one."""
        denied = _denied_by(mode)
        granted = CAPABILITIES - denied
        if denied:
            granted -= {"python"}
        return cls(timeout=timeout, capabilities=granted, paths=paths)

    def limits(self) -> Limits:
        """The limits, for one machine."""
        return Limits(self.fuel, self.timeout, self.memory, self.max_depth, self.max_output)

    def inner(self, limits: Limits) -> Sandbox:
        """The sandbox of an interpreter that works for a program in this one: it has no powers,
        and of the limits what is left of them. Memory is the program's anyway."""
        run = limits.run
        left = limits.seconds_left
        return Sandbox(
            None if self.fuel is None else max(1, self.fuel - run.fuel_used),
            None if left is None else max(left, 1e-6),
            None,
            self.max_depth,
            None if self.max_output is None else max(0, self.max_output - run.output),
        )

    def denied(self, capability: str | None) -> str | None:
        """The first of the capabilities, one word or several, that is not granted, or None."""
        for name in (capability or "").split():
            if name not in self.capabilities:
                return name
        return None

    def guarded(self, value: Any, declared: Declaration) -> Any:
        """What programs get for a value of the library: one that looks whether it may be called,
        and with which paths. A variable that is denied is nil."""
        denied = self.denied(declared.capability)
        if denied is not None:
            if declared.parameters is None:
                return None
            deny = _denial(declared.name, denied)
            return Builtin(declared.name, deny, 0, -1, declared.doc)
        if type(value) is not Builtin or value.checks is None:
            return value
        if self.paths is None and declared.name not in _TELLS_WHERE:
            return value
        parameters = declared.parameters or ()
        has_path = [parameter.kind == "path" for parameter in parameters]
        if not any(has_path):
            return value
        checks = [
            (str, lambda path: self.checked_path(declared.name, path), "string")
            if is_path
            else before
            for before, is_path in zip_longest(value.checks, has_path)
        ]
        return Builtin(
            value.name,
            value.function,
            value.min_args,
            value.max_args,
            value.doc,
            checks=tuple(checks),
            blocking=value.blocking,
            waits=value.waits,
            owned=value.owned,
        )

    def check(self, function: str, capability: str) -> None:
        """Raises SemaPermissionError unless the capability is granted."""
        denied = self.denied(capability)
        if denied is not None:
            _denial(function, denied)()

    def allows(self, path: str) -> bool:
        """Whether a path lies, links resolved, in a directory that is allowed."""
        return self.paths is None or self._holds(os.path.realpath(path))

    def _holds(self, real: str) -> bool:
        for allowed in self.paths or ():
            if real == allowed or real.startswith(os.path.join(allowed, "")):
                return True
        return False

    def checked_path(self, function: str, path: str) -> str:
        """The path, free of symbolic links and ``..`` if paths are limited.

        Raises SemaPermissionError if it leads out of the directories that are allowed, or tells
        what may not be read.
        """
        if function in _TELLS_WHERE and not os.path.isabs(path):
            self.check(function, "env-read")
        if self.paths is None or "\0" in path:
            return path
        real = _real_link(path) if function in _ON_LINKS else os.path.realpath(path)
        if self._holds(real):
            return real
        raise SemaPermissionError(
            f"{function} — path '{path}' is outside allowed directories",
            function=function,
            path=path,
        )


def _denial(function: str, capability: str) -> Callable[..., NoReturn]:
    """What a function is that lacks a capability: it looks at nothing, not even its arguments."""

    def deny(*_args: object) -> NoReturn:
        raise SemaPermissionError(
            f"{function} requires '{capability}' capability",
            function=function,
            capability=capability,
        )

    return deny


def _real_link(path: str) -> str:
    """The real path of a link itself, for functions that do not follow it."""
    directory, name = os.path.split(path.rstrip("/"))
    if name in ("", ".", ".."):
        return os.path.realpath(path)
    return os.path.join(os.path.realpath(directory), name)


def _denied_by(mode: str) -> frozenset[str]:
    if mode == "none":
        return frozenset()
    if mode == "all":
        return frozenset(LANGUAGE_CAPABILITIES)
    if mode == "strict":
        return frozenset(LANGUAGE_CAPABILITIES) - {"fs-read", "env-read"}
    denied = set()
    for word in mode.split(","):
        name = word.strip().removeprefix("no-")
        if name not in LANGUAGE_CAPABILITIES:
            raise ValueError(f"unknown capability: {word.strip()}")
        denied.add(name)
    return frozenset(denied)
