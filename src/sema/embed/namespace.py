"""Namespaces: a global environment each, with all that is expanded, compiled and run in it."""

from __future__ import annotations

from sema.compiler import compile_unit
from sema.embed.environment import Globals
from sema.errors import CompileError
from sema.expander import expand_each, expand_unit, macroexpand_once
from sema.expander.macros import Macro
from sema.reader import SpanTable
from sema.stdlib import registry
from sema.vm.values import Builtin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from sema.compiler import CodeUnit
    from sema.embed.library import Library
    from sema.embed.modules import Modules
    from sema.expander.core import Lambda, Node
    from sema.vm.code import Code
    from sema.vm.machine import Machine
    from sema.vm.values import Closure, Symbol


class Context:
    """What the namespaces of one interpreter share.

    ``codes`` is the code of every unit that ran, if the machine keeps statistics.
    """

    __slots__ = ("codes", "library", "machine", "modules")

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.codes: list[Code] = []
        self.library: Library
        self.modules: Modules


class Namespace:
    """The user's globals of an interpreter, those of a module, or those of the prelude.

    It is the expander's environment. ``globals`` are its variables, at first the library's; the
    hidden primitives that depend on where they are called belong to it.
    """

    def __init__(self, context: Context, globals_: Globals | None = None) -> None:
        self.context = context
        self._primitives = self._own_primitives()
        self.globals = Globals(self._first_value) if globals_ is None else globals_

    def _first_value(self, name: str) -> Any:
        primitive = self._primitives.get(name)
        return self.context.library.find(name) if primitive is None else primitive

    def _own_primitives(self) -> dict[str, Builtin]:
        def load(path: object, file: str | None) -> Any:
            return self.context.modules.load(self, path, file)

        def import_(path: object, names: Sequence[Symbol], file: str | None) -> None:
            wanted = [name.name for name in names]
            self.context.modules.import_into(self, path, wanted, file)

        def export(names: Sequence[Symbol]) -> None:
            self.context.modules.export(self, [name.name for name in names])

        return {
            name: Builtin(name, function, n_args, n_args)
            for name, n_args, function in (
                ("__vm-eval", 1, self.eval_form),
                ("__vm-macroexpand", 1, lambda form: macroexpand_once(form, self)),
                ("__vm-define-macro", 2, self._define_macro_of),
                ("__vm-load", 2, load),
                ("__vm-import", 3, import_),
                ("__vm-export", 1, export),
            )
        }

    # --- Running -----------------------------------------------------------------------------

    def run_forms(self, forms: list[Any], spans: SpanTable, file: str | None) -> Any:
        """Run forms as one unit and return the last one's value."""
        return self.run(self.compile(forms, spans, file))

    def run_each(self, forms: list[Any], spans: SpanTable, file: str | None) -> Any:
        """Run forms one by one, each expanded when those before it have run."""
        value = None
        for node in expand_each(forms, spans, self):
            value = self.run(self._compile_nodes([node], file, self.context.machine.call_stats))
        return value

    def eval_form(self, form: Any) -> Any:
        """Run a form that is no part of a text."""
        return self.run_forms([form], SpanTable(), None)

    def compile(
        self, forms: list[Any], spans: SpanTable, file: str | None, count_calls: bool | None = None
    ) -> CodeUnit:
        """Compile forms as one unit, with counters if the machine keeps statistics."""
        if count_calls is None:
            count_calls = self.context.machine.call_stats
        return self._compile_nodes(expand_unit(forms, spans, self), file, count_calls)

    def _compile_nodes(self, nodes: list[Node], file: str | None, count_calls: bool) -> CodeUnit:
        return compile_unit(
            nodes, file=file, is_original=self._is_original, count_calls=count_calls
        )

    def _is_original(self, name: str) -> bool:
        """Whether a builtin's name means the builtin."""
        cell = self.globals.cell(name)
        return cell.bound and cell.get() is registry.find(name)

    def run(self, unit: CodeUnit) -> Any:
        """Run compiled code and return its value."""
        closure = self.context.machine.link(unit, self.globals.cell)
        if self.context.machine.call_stats:
            self.context.codes.append(closure.code_object)
        return closure()

    def run_compiled(self, data: bytes, path: str | None) -> Any:
        """Run the contents of a compiled file; ``path`` is named if they cannot be run.

        Raises CompileError unless this version of Sema has written them.
        """
        from sema.compiler.files import deserialise

        unit = deserialise(data, path)
        if self.context.machine.call_stats:
            raise CompileError(
                "compiled files have no counters: run the source for call statistics"
            )
        return self.run(unit)

    # --- Macros: what the expander needs -----------------------------------------------------

    def lookup_macro(self, name: str) -> Macro | None:
        """The macro that is the value of a global, or None."""
        cell = self.globals.cell(name)
        value = cell.get() if cell.bound else None
        return value if isinstance(value, Macro) else None

    def define_macro(self, name: str, macro: Macro) -> None:
        """Make a macro the value of a global."""
        self.globals.cell(name).set(macro)

    def make_transformer(self, node: Lambda) -> Callable[..., Any]:
        """The function that a macro definition's lambda is."""
        unit = compile_unit([node], name=node.name or "<macro>")
        transformer: Callable[..., Any] = self.context.machine.link(unit, self.globals.cell)()
        return transformer

    def _define_macro_of(self, name: Symbol, function: Closure) -> None:
        code = function.code_object
        most = None if code.has_rest else code.n_params
        self.define_macro(name.name, Macro(name.name, function, code.n_params, most))

    # --- Definitions -------------------------------------------------------------------------

    def definitions(self) -> dict[str, Any]:
        """The globals that a program has defined or redefined, with their values."""
        found = {}
        for name, value in self.globals.defined():
            original = self._first_value(name)
            if original is None or value is not original:
                found[name] = value
        return found
