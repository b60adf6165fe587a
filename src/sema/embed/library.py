"""The library as programs see it: builtins, the prelude's functions, and macros.

Functions of the prelude are Sema code. Each is compiled when its name is first mentioned, in an
environment of its own, so that a program that redefines ``reverse`` does not change ``map``.
"""

from __future__ import annotations

import os

import sema.stdlib
from sema.embed.environment import Globals
from sema.expander.prelude import BUILTIN_MACROS
from sema.reader import SpanTable, read_all
from sema.stdlib import registry
from sema.vm.code import LIBRARY_FILE
from sema.vm.limits import Unlimited
from sema.vm.values import Builtin, Pair

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from sema.compiler import CodeUnit
    from sema.embed.namespace import Context, Namespace


class Library:
    """The values of the library's names, for one interpreter.

    ``context`` is what the builtins that belong to the interpreter are bound to, ``own`` some more
    of them; ``namespace_of`` gives the namespace of the library's environment.
    """

    def __init__(
        self,
        context: Context,
        own: dict[str, Any],
        namespace_of: Callable[[Globals], Namespace],
    ) -> None:
        self.context = context
        self._own = own
        self._namespace_of = namespace_of
        self.globals = Globals(self)

    def find(self, name: str) -> Any:
        """The value of a name of the library, or None if there is no such name."""
        cell = self.globals.cell(name)
        return cell.get() if cell.bound else None

    def first_value(self, name: str) -> Any:
        """See :meth:`find`; called once for each name."""
        sandbox = self.context.sandbox
        if sandbox is None:
            return self._original(name)
        with Unlimited():
            declared = registry.declaration(name)
            value = self._original(name)
        return value if declared is None else sandbox.guarded(value, declared)

    def _original(self, name: str) -> Any:
        value = self._own.get(name)
        if value is None:
            value = self._registered(name)
        if value is None:
            value = BUILTIN_MACROS.get(name)
        return self._from_prelude(name) if value is None else value

    place = LIBRARY_FILE

    def definitions(self) -> dict[str, Any]:
        """No program defines anything here."""
        return {}

    def removed(self) -> Iterator[str]:
        """No program takes anything away."""
        return iter(())

    def _registered(self, name: str) -> Any:
        """The value of a builtin, bound to the interpreter if it depends on that."""
        value = registry.find(name)
        if type(value) is not Builtin or not (value.owned or value.waits or value.blocking):
            return value
        declared = registry.declaration(name)
        if declared is not None and declared.name != name:
            return self.find(declared.name)
        from sema.tasks.waiting import bound

        return bound(value, self.context)

    def _from_prelude(self, name: str) -> Any:
        declared = registry.declaration(name)
        if declared is not None and declared.name != name:
            return self.find(declared.name)
        if declared is None and not name.startswith("__vm-"):
            return None
        namespace = self._namespace_of(self.globals)
        key = (name, self.context.machine.call_stats)
        unit = _compiled.get(key)
        if unit is None:
            definitions, spans = prelude()
            form = definitions.get(name)
            if form is None:
                return None
            unit = _compiled[key] = namespace.compile([form], spans, LIBRARY_FILE)
        namespace.run(unit)
        return self.globals.cell(name).get()


# The prelude's code, by name and whether it has counters: the same for all interpreters.
_compiled: dict[tuple[str, bool], CodeUnit] = {}
_prelude: tuple[dict[str, Pair], SpanTable] | None = None


def prelude() -> tuple[dict[str, Pair], SpanTable]:
    """The prelude's definitions by name, and their places; read at the first use."""
    global _prelude
    if _prelude is None:
        _prelude = _read_prelude()
    return _prelude


def _read_prelude() -> tuple[dict[str, Pair], SpanTable]:
    with open(os.path.join(sema.stdlib.__path__[0], "prelude.sema"), encoding="utf-8") as file:
        text = file.read()
    forms, spans = read_all(text, LIBRARY_FILE)
    definitions = {}
    for form in forms:
        assert isinstance(form, Pair)
        target = form[1]
        definitions[(target[0] if isinstance(target, Pair) else target).name] = form
    return definitions, spans
