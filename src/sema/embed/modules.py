"""Modules: files that a program loads and imports.

A loaded file runs in the namespace that loads it, every time. An imported file runs once for each
interpreter, in a fresh namespace; what it exports is copied. Both run form by form, so that each
form sees the functions and macros that the forms before it have defined. Paths are relative to
the file in which they are written; code that is in no file takes the file being run.
"""

from __future__ import annotations

import os

from sema.embed.files import read_bytes
from sema.embed.namespace import Namespace
from sema.embed.packages import find_package
from sema.errors import EvalError, SemaTypeError
from sema.vm.types import type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from sema.embed.namespace import Context


class _Running:
    """A file in the course of being run in a namespace.

    ``written`` is its path as the program says it, ``exports`` what its ``module`` form lists.
    """

    __slots__ = ("canonical", "exports", "file", "namespace", "written")

    def __init__(self, file: str, namespace: Namespace, written: str = "") -> None:
        self.file = file
        self.written = written
        self.canonical = os.path.realpath(file)
        self.namespace = namespace
        self.exports: list[str] | None = None


class Modules:
    """The modules of one interpreter, and the files that are being run, the innermost last."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._exports: dict[str, dict[str, Any]] = {}
        self._running: list[_Running] = []

    def load(self, namespace: Namespace, path: object, origin: str | None) -> Any:
        """Run a file in the namespace and return its last form's value.

        ``origin`` is the file in which the path is written. Raises SemaIOError for a file that
        cannot be read, EvalError if it is being run already, and whatever the file raises.
        """
        path = _text(path)
        return self._run(_Running(self._beside(path, origin), namespace, path), "load")

    def import_into(
        self, namespace: Namespace, spec: object, names: Sequence[str], origin: str | None
    ) -> None:
        """Copy what a module exports, or only the names given, into the namespace.

        Raises as :meth:`load` does, and EvalError for names that the module does not export.
        """
        spec = _text(spec)
        file = find_package(spec) or self._beside(spec, origin)
        exports = self._exports.get(os.path.realpath(file))
        if exports is None:
            exports = self._evaluate(file, spec)
        for name in names:
            if name not in exports:
                raise EvalError(f"import: module does not export '{name}'")
        for name in names or exports:
            namespace.globals.cell(name).set(exports[name])

    def export(self, namespace: Namespace, names: list[str]) -> None:
        """Take note of what the file being run in the namespace exports."""
        if self._running and self._running[-1].namespace is namespace:
            self._running[-1].exports = names

    def run_main(self, file: str, namespace: Namespace) -> Any:
        """Run a main program, as one unit, in the namespace."""
        data = read_bytes(file)
        self._running.append(_Running(file, namespace))
        try:
            return namespace.run_file(data, file)
        finally:
            self._running.pop()

    def _beside(self, path: str, origin: str | None) -> str:
        """The path as seen from the file in which it is written."""
        if origin is None and self._running:
            origin = self._running[-1].file
        return os.path.join(os.path.dirname(origin or ""), path.removeprefix("./"))

    def _evaluate(self, file: str, spec: str) -> dict[str, Any]:
        """Run the file of a module and return what it exports."""
        running = _Running(file, Namespace(self._context), spec)
        self._run(running, "import")
        defined = running.namespace.definitions()
        names = defined if running.exports is None else running.exports
        exports = {name: defined[name] for name in names if name in defined}
        self._exports[running.canonical] = exports
        return exports

    def _run(self, running: _Running, form: str) -> Any:
        self._check_cycle(running, form)
        shown = "" if running.written == running.file else f"{running.written}: "
        who = f"{form} {shown}"
        data = read_bytes(running.file, who)
        self._running.append(running)
        try:
            return running.namespace.run_file_by_forms(data, running.file, who)
        finally:
            self._running.pop()

    def _check_cycle(self, running: _Running, form: str) -> None:
        files = [other.canonical for other in self._running]
        if running.canonical in files:
            chain = [*self._running[files.index(running.canonical) :], running]
            shown = " -> ".join(link.file for link in chain)
            raise EvalError(f"cyclic {form} detected: {shown}")


def _text(path: object) -> str:
    if type(path) is not str:
        raise SemaTypeError("string", type_name(path))
    return path
