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
from sema.reader import read_all, write
from sema.vm.types import type_name
from sema.vm.values import intern_keyword

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any, TypeAlias

    from sema.embed.namespace import Context
    from sema.tasks.promise import AsyncPromise
    from sema.vm.values import Closure

    Steps: TypeAlias = Iterator[Closure | AsyncPromise]
    """Functions without arguments, each to be called before the next is asked for, and promises,
    each to be waited for."""


DONE = intern_keyword("done")


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
    """The modules of one interpreter, and the files that are being run.

    To run a file is to call one function after the other, which :class:`Steps` give, so that each
    of them may wait like any code of the program.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        # What the modules export, and their namespaces, by their canonical paths.
        self.exports: dict[str, dict[str, Any]] = {}
        self.namespaces: dict[str, Namespace] = {}
        # What tasks wait for that import a module which another task is evaluating.
        self._evaluating: dict[str, AsyncPromise] = {}
        self._files_of_root: list[_Running] = []

    def clear(self) -> None:
        """Forget all modules."""
        self.exports.clear()
        self.namespaces.clear()

    def copy_from(self, other: Modules, copy: Callable[[Any], Any]) -> None:
        """Take over the modules of another interpreter: ``copy`` makes values this one's."""
        self.exports = {
            file: {name: copy(value) for name, value in exports.items()}
            for file, exports in other.exports.items()
        }

    def add_namespace(self, file: str) -> Namespace:
        """A new namespace, that of the module in a file."""
        made = self.namespaces[file] = Namespace(self._context)
        made.place = file
        return made

    def import_anew(self, file: str) -> dict[str, Any]:
        """Evaluate the module in a file, also if it has been, and return what it exports."""
        canonical = os.path.realpath(file)
        self.exports.pop(canonical, None)
        self.import_alone(canonical)
        return self.exports[canonical]

    def import_alone(self, file: str) -> None:
        """Evaluate the module in a file, if it has not been."""
        forms, spans = read_all(f"(import {write(file)})", None)
        Namespace(self._context).run_forms(forms, spans, None)

    def load(self, namespace: Namespace, path: object, origin: str | None) -> Steps:
        """The steps that run a file in the namespace.

        ``origin`` is the file in which the path is written. Raises SemaIOError for a file that
        cannot be read, EvalError if it is being run already.
        """
        path = _text(path)
        file = self._permitted("load", self._beside(path, origin))
        running = _Running(file, namespace, path)
        self._check_cycle(running, "load")
        yield from self._run(running, "load")

    def import_into(
        self, namespace: Namespace, spec: object, names: Sequence[str], origin: str | None
    ) -> Steps:
        """The steps that copy what a module exports, or only the names given, into the namespace.

        Raises as :meth:`load` does, and EvalError for names that the module does not export.
        """
        spec = _text(spec)
        self._permitted("import", "")
        file = self._permitted("import", find_package(spec) or self._beside(spec, origin))
        canonical = os.path.realpath(file)
        files = [running.canonical for running in self._files()]
        while canonical in self._evaluating and canonical not in files:
            yield self._evaluating[canonical]
        if canonical not in self.exports:
            yield from self._evaluate(file, spec)
        exports = self.exports[canonical]
        for name in names:
            if name not in exports:
                raise EvalError(f"import: module does not export '{name}'")
        for name in names or exports:
            namespace.globals.cell(name).set(exports[name])

    def export(self, namespace: Namespace, names: list[str]) -> None:
        """Take note of what the file being run in the namespace exports."""
        files = self._files()
        if files and files[-1].namespace is namespace:
            files[-1].exports = names

    def run_main(self, file: str, namespace: Namespace) -> Any:
        """Run a main program, as one unit, in the namespace."""
        data = read_bytes(file)
        namespace.remember_program(file)
        files = self._files()
        running = _Running(file, namespace)
        files.append(running)
        try:
            return namespace.run_file(data, file)
        finally:
            files.remove(running)

    def _files(self) -> list[_Running]:
        """The files that the running task is running, the innermost last."""
        scheduler = self._context.machine.scheduler
        if scheduler is None or scheduler.current is None:
            return self._files_of_root
        files: list[_Running] = scheduler.task_locals().setdefault("files", [])
        return files

    def _beside(self, path: str, origin: str | None) -> str:
        """The path as seen from the file in which it is written."""
        files = self._files()
        if origin is None and files:
            origin = files[-1].file
        return os.path.join(os.path.dirname(origin or ""), path.removeprefix("./"))

    def _permitted(self, form: str, file: str) -> str:
        """The file, if the sandbox lets the program read it. Raises SemaPermissionError."""
        sandbox = self._context.sandbox
        if sandbox is None:
            return file
        sandbox.check(form, "fs-read")
        return sandbox.checked_path(form, file) if file else file

    def _evaluate(self, file: str, spec: str) -> Steps:
        """The steps that run the file of a module; then it is known what it exports."""
        from sema.tasks.promise import AsyncPromise

        running = _Running(file, Namespace(self._context), spec)
        self._check_cycle(running, "import")
        evaluated = self._evaluating[running.canonical] = AsyncPromise(None, "import")
        try:
            yield from self._run(running, "import")
        finally:
            del self._evaluating[running.canonical]
            evaluated.resolve(DONE)
        defined = running.namespace.definitions()
        names = defined if running.exports is None else running.exports
        exports = {name: defined[name] for name in names if name in defined}
        self.exports[running.canonical] = exports
        self.namespaces[running.canonical] = running.namespace
        running.namespace.place = running.canonical

    def _run(self, running: _Running, form: str) -> Steps:
        shown = "" if running.written == running.file else f"{running.written}: "
        who = f"{form} {shown}"
        data = read_bytes(running.file, who)
        files = self._files()
        files.append(running)
        try:
            yield from running.namespace.steps_of_file(data, running.file, who)
        finally:
            files.remove(running)

    def _check_cycle(self, running: _Running, form: str) -> None:
        running_files = self._files()
        files = [other.canonical for other in running_files]
        if running.canonical in files:
            chain = [*running_files[files.index(running.canonical) :], running]
            shown = " -> ".join(link.file for link in chain)
            raise EvalError(f"cyclic {form} detected: {shown}")


def _text(path: object) -> str:
    if type(path) is not str:
        raise SemaTypeError("string", type_name(path))
    return path
