"""Namespaces: a global environment each, with all that is expanded, compiled and run in it."""

from __future__ import annotations

from sema.collector import collector_paused
from sema.compiler import compile_unit
from sema.embed.environment import Globals
from sema.embed.files import decode, is_compiled
from sema.errors import CompileError, SemaError
from sema.expander import (
    batch_length,
    expand_alone,
    expand_unit,
    macroexpand_once,
    separate_forms,
)
from sema.expander.macros import Macro
from sema.expander.prelude import BUILTIN_MACROS
from sema.reader import SpanTable, read_all
from sema.stdlib import registry
from sema.vm.values import Builtin, intern_symbol, make_list

WHOLE, FORMS = "unit", "forms"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any, TypeVar

    from sema.compiler import CodeUnit
    from sema.embed.cache import CachedCode
    from sema.embed.interpreter import Interpreter
    from sema.embed.library import Library
    from sema.embed.modules import Modules, Steps
    from sema.embed.sandbox import Sandbox
    from sema.errors import Span
    from sema.expander.core import Lambda, Node
    from sema.tasks.scheduler import Scheduler
    from sema.vm.code import Code
    from sema.vm.machine import Machine
    from sema.vm.values import Closure, Symbol

    Kept = TypeVar("Kept")


class Context:
    """What the namespaces of one interpreter share.

    ``cache`` says whether compiled code is cached; ``codes`` is the code of every unit that ran,
    if the machine keeps statistics; ``sandbox`` what its programs may do, None for everything.
    """

    __slots__ = (
        "_kept",
        "cache",
        "codes",
        "interpreter",
        "library",
        "machine",
        "modules",
        "sandbox",
    )

    @property
    def scheduler(self) -> Scheduler:
        """The tasks, which exist once a program asks for them."""
        if self.machine.scheduler is None:
            from sema.tasks.scheduler import Scheduler

            self.machine.scheduler = Scheduler(self.machine)
        return self.machine.scheduler

    def __init__(self, machine: Machine, cache: bool, sandbox: Sandbox | None) -> None:
        self.machine = machine
        self.sandbox = sandbox
        self.cache = cache
        self.codes: list[Code] = []
        self._kept: dict[type, Any] = {}
        self.interpreter: Interpreter
        self.library: Library
        self.modules: Modules

    def close(self) -> None:
        """Give up all tasks, modules and what programs have opened."""
        self.machine.scheduler = None
        self.modules.clear()
        self._kept.clear()
        self.codes.clear()

    def kept(self, kind: type[Kept]) -> Kept:
        """The one object of a class that the interpreter has: what its programs have opened."""
        found = self._kept.get(kind)
        if found is None:
            found = self._kept[kind] = kind()
        return found


class Namespace:
    """The user's globals of an interpreter, those of a module, or those of the prelude.

    It is the expander's environment. ``globals`` are its variables, at first the library's; the
    hidden primitives that depend on where they are called belong to it.
    """

    def __init__(self, context: Context, globals_: Globals | None = None) -> None:
        self.context = context
        # The file of the module whose namespace it is.
        self.place = ""
        # Whether the code compiled last calls a redefined operator.
        self._met_redefined = False
        self._primitives = self._own_primitives()
        self.globals = Globals(self) if globals_ is None else globals_

    def first_value(self, name: str) -> Any:
        """The value that a name has before a program defines it, or None."""
        primitive = self._primitives.get(name)
        return self.context.library.find(name) if primitive is None else primitive

    def _own_primitives(self) -> dict[str, Builtin]:
        modules = self.context.modules

        def load(path: object, file: str | None) -> Steps:
            return modules.load(self, path, file)

        def import_(path: object, names: Sequence[Symbol], file: str | None) -> Any:
            return modules.import_into(self, path, [name.name for name in names], file)

        def export(names: Sequence[Symbol]) -> None:
            modules.export(self, [name.name for name in names])

        return {
            name: Builtin(name, function, n_args, n_args)
            for name, n_args, function in (
                ("__vm-compile", 1, self.function_of),
                ("__vm-macroexpand", 1, lambda form: macroexpand_once(form, self)),
                ("__vm-define-macro", 2, self._define_macro_of),
                ("__vm-load", 2, load),
                ("__vm-import", 3, import_),
                ("__vm-export", 1, export),
                ("env/names", 0, self._defined_names),
            )
        }

    def _defined_names(self) -> Any:
        """The names of all definitions, as a list of symbols in order."""
        return make_list(map(intern_symbol, sorted(self.definitions())))

    # --- Running -----------------------------------------------------------------------------

    def run_forms(self, forms: list[Any], spans: SpanTable, file: str | None) -> Any:
        """Run forms as one unit and return the last one's value."""
        return self.run(self.compile(forms, spans, file))

    def run_file(self, data: bytes, file: str) -> Any:
        """Run the contents of a file, source or compiled, as one unit."""
        if is_compiled(data):
            return self.run_compiled(data, file)
        cached = self._cached(data, file, WHOLE)
        units = cached.read() if cached is not None else None
        if units is None:
            forms, spans = read_all(decode(data, file), file)
            units = [self.compile(forms, spans, file)]
            if cached is not None and self._is_cacheable():
                cached.write(units)
        return self.run(units[0])

    def steps_of_file(self, data: bytes, file: str, who: str = "") -> Iterator[Closure]:
        """The functions that run the contents of a file, source or compiled, form by form.

        Each is to be called, and its value is the form's, before the next is asked for. ``who``
        begins the message of the error if the file is no text.
        """
        if is_compiled(data):
            yield self.link(self._read_compiled(data, file))
            return
        cached = self._cached(data, file, FORMS)
        units = cached.read() if cached is not None else None
        done = 0
        for unit in units or ():
            if done and not self.has_library_macros():
                break
            yield self.link(unit)
            done += 1
        if units is None or done < len(units):
            forms, spans = read_all(decode(data, file, who), file)
            yield from self._separate_steps(separate_forms(forms, spans), spans, file, cached, done)

    def _separate_steps(
        self,
        separated: list[tuple[Any, Span | None]],
        spans: SpanTable,
        file: str,
        cached: CachedCode | None,
        done: int,
    ) -> Iterator[Closure]:
        """The steps of separated forms, of which so many batches have been run from the cache
        already."""
        position = 0
        for _ in range(done):
            position += batch_length(separated, position)
        if done:
            cached = None
        units: list[CodeUnit] = []
        alone = position
        while position < len(separated):
            is_plain = self.has_library_macros()
            n = batch_length(separated, position) if is_plain and position >= alone else 1
            try:
                unit = self._compile_separated(separated[position : position + n], spans, file)
            except SemaError:
                if n == 1:
                    raise
                # Those in front of the malformed one shall be defined.
                alone = position + n
                continue
            if not (is_plain and self._is_cacheable()):
                cached = None
            units.append(unit)
            yield self.link(unit)
            position += n
        if cached is not None and units:
            cached.write(units)

    def _compile_separated(
        self, batch: list[tuple[Any, Span | None]], spans: SpanTable, file: str
    ) -> CodeUnit:
        with collector_paused:
            nodes = [expand_alone(form, span, spans, self) for form, span in batch]
            return self._compile_nodes(nodes, file, self.context.machine.call_stats)

    def _is_cacheable(self) -> bool:
        """Whether the code compiled last is what any fresh namespace would have got."""
        return not self._met_redefined and self.has_library_macros()

    def _cached(self, data: bytes, file: str, mode: str) -> CachedCode | None:
        """The cached code of a source file, or None if there can be none."""
        context = self.context
        if not context.cache or context.machine.call_stats or not self.has_library_macros():
            return None
        from sema.embed.cache import CachedCode, is_enabled

        return CachedCode(data, file, mode) if is_enabled() else None

    def remember_program(self, file: str) -> None:
        """Machine code of the interpreter's first main program is kept for its next run."""
        context = self.context
        machine = context.machine
        if not context.cache or machine.hot_after <= 0 or machine.host.program is not None:
            return
        from sema.embed.cache import is_enabled, leaves_machine_code

        if is_enabled():
            machine.host.program = file
            machine.recalls = leaves_machine_code(file)

    def function_of(self, form: Any) -> Closure:
        """The function without arguments that runs a form that is no part of a text."""
        with collector_paused:
            nodes = expand_unit([form], SpanTable(), self)
            unit = self._compile_nodes(nodes, None, self.context.machine.call_stats, False)
        return self.link(unit)

    def compile(
        self, forms: list[Any], spans: SpanTable, file: str | None, count_calls: bool | None = None
    ) -> CodeUnit:
        """Compile forms as one unit, with counters if the machine keeps statistics."""
        if count_calls is None:
            count_calls = self.context.machine.call_stats
        with collector_paused:
            return self._compile_nodes(expand_unit(forms, spans, self), file, count_calls)

    def _compile_nodes(
        self, nodes: list[Node], file: str | None, count_calls: bool, keeps_frame: bool = True
    ) -> CodeUnit:
        self._met_redefined = False
        return compile_unit(
            nodes,
            file=file,
            is_original=self._is_original,
            count_calls=count_calls,
            keeps_frame=keeps_frame,
        )

    def _is_original(self, name: str) -> bool:
        """Whether a builtin's name means the builtin."""
        cell = self.globals.cell(name)
        is_original = cell.bound and cell.get() is registry.find(name)
        self._met_redefined = self._met_redefined or not is_original
        return is_original

    def link(self, unit: CodeUnit) -> Closure:
        """The function without arguments that runs compiled code."""
        with collector_paused:
            closure = self.context.machine.link(unit, self.globals.cell)
        if self.context.machine.call_stats:
            self.context.codes.append(closure.code_object)
        return closure

    def run(self, unit: CodeUnit) -> Any:
        """Run compiled code and return its value."""
        return self.link(unit)()

    def run_compiled(self, data: bytes, path: str | None) -> Any:
        """Run the contents of a compiled file; ``path`` is named if they cannot be run.

        Raises CompileError unless this version of Sema has written them.
        """
        return self.run(self._read_compiled(data, path))

    def _read_compiled(self, data: bytes, path: str | None) -> CodeUnit:
        from sema.compiler.files import deserialise

        unit = deserialise(data, path)
        if self.context.machine.call_stats:
            raise CompileError(
                "compiled files have no counters: run the source for call statistics"
            )
        return unit

    # --- Macros: what the expander needs -----------------------------------------------------

    def lookup_macro(self, name: str) -> Macro | None:
        """The macro that is the value of a global, or None."""
        cell = self.globals.cell(name)
        value = cell.get() if cell.bound else None
        return value if isinstance(value, Macro) else None

    def has_library_macros(self) -> bool:
        """Whether exactly the library's macros are in force."""
        for name, value in self.globals.defined():
            known = BUILTIN_MACROS.get(name)
            if value is not known if known is not None else isinstance(value, Macro):
                return False
        return True

    def define_macro(self, name: str, macro: Macro) -> None:
        """Make a macro the value of a global."""
        self.globals.cell(name).set(macro)

    def make_transformer(self, node: Lambda) -> Callable[..., Any]:
        """The function that a macro definition's lambda is."""
        unit = compile_unit([node], name=node.name or "<macro>")
        transformer: Callable[..., Any] = self.context.machine.link(unit, self.globals.cell)()
        return transformer

    def _define_macro_of(self, name: Symbol, function: Closure | Macro) -> None:
        if isinstance(function, Macro):
            self.define_macro(name.name, function)
            return
        code = function.code_object
        most = None if code.has_rest else code.n_params
        self.define_macro(name.name, Macro(name.name, function, code.n_params, most))

    # --- Definitions -------------------------------------------------------------------------

    def removed(self) -> Iterator[str]:
        """The names of the library whose values a program has taken away."""
        return (name for name in self.globals.unbound() if self.first_value(name) is not None)

    def definitions(self) -> dict[str, Any]:
        """The globals that a program has defined or redefined, with their values."""
        found = {}
        for name, value in self.globals.defined():
            original = self.first_value(name)
            if original is None or value is not original:
                found[name] = value
        return found
