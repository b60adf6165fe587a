"""The interpreter: what a Python program embeds."""

from __future__ import annotations

from sema.compiler import compile_unit
from sema.embed.environment import Globals
from sema.embed.host import Host
from sema.embed.library import Library
from sema.errors import CompileError, SemaIOError, UnboundError
from sema.expander import expand_unit, macroexpand_once
from sema.expander.core import Lambda
from sema.expander.macros import Macro
from sema.reader import SpanTable, read_all, write
from sema.stdlib import registry
from sema.vm.crossing import from_python
from sema.vm.machine import Machine
from sema.vm.values import Builtin, Closure, Symbol, make_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from os import PathLike
    from typing import Any

    from sema.compiler import CodeUnit
    from sema.embed.call_report import CallReport

MAX_DEPTH = 10_000_000


class Interpreter:
    """One world of Sema: its global variables, its machine, its call-site caches.

    ``call_cache`` is ``none``, ``vm``, ``site`` or ``patched``; ``call_stats`` makes
    :meth:`call_report` possible, at a cost; ``max_depth`` limits the number of frames.
    An interpreter is used by one thread at a time.
    """

    def __init__(
        self,
        call_cache: str = "patched",
        jit: bool = True,
        call_stats: bool = False,
        sandbox: None = None,
        max_depth: int | None = None,
    ) -> None:
        if sandbox is not None:
            raise ValueError("sandboxes are not available yet")
        self.jit = jit
        self.argv: list[str] = []
        self._machine = Machine(
            call_cache, call_stats, MAX_DEPTH if max_depth is None else max_depth, Host()
        )
        own = {
            name: Builtin(name, function, 1, 1)
            for name, function in (
                ("__vm-eval", self._eval_form),
                ("__vm-macroexpand", lambda form: macroexpand_once(form, self)),
            )
        }
        own["sys/args"] = Builtin("sys/args", lambda: make_list(self.argv), 0, 0)
        own["__vm-define-macro"] = Builtin("__vm-define-macro", self._define_macro, 2, 2)
        self._library = Library(own, self._run_forms)
        self._globals = Globals(self._library.find)
        # With statistics, the code of every unit that ran.
        self._codes: list[Any] = []

    # --- Running -----------------------------------------------------------------------------

    def eval(self, text: str, file: str | None = None) -> Any:
        """Run a unit of text and return its last form's value as a Python object.

        ``file`` names the text in positions. Raises :class:`sema.SemaError`.
        """
        forms, spans = read_all(text, file)
        return self._run_forms(forms, spans, file, self._globals)

    def eval_to_string(self, text: str) -> str:
        """Run a unit of text and return its value in readable printed form."""
        return write(self.eval(text))

    def load_file(self, path: str | PathLike[str]) -> Any:
        """Run a file, source or compiled, as one unit and return its last form's value."""
        data = _read(path)
        if data.startswith(b"\0"):
            return self.run_compiled(data, str(path))
        return self.eval(_decode(data, path), str(path))

    def compile_file(self, path: str | PathLike[str]) -> bytes:
        """The contents of a compiled file of the source file at ``path``."""
        from sema.compiler.files import serialise

        text = _decode(_read(path), path)
        forms, spans = read_all(text, str(path))
        unit = self._compile(forms, spans, str(path), self._globals, count_calls=False)
        return serialise(unit, text)

    def run_compiled(self, data: bytes, path: str | None = None) -> Any:
        """Run the contents of a compiled file; ``path`` is named if they cannot be run.

        Raises :class:`sema.CompileError` unless this version of Sema has written them.
        """
        from sema.compiler.files import deserialise

        unit = deserialise(data, path)
        if self._machine.call_stats:
            raise CompileError(
                "compiled files have no counters: run the source for call statistics"
            )
        return self._explained(lambda: self._run(unit, self._globals))

    def check_compiled(self, data: bytes) -> dict[str, Any]:
        """What the contents of a compiled file say of themselves, once they are verified.

        Raises :class:`sema.CompileError` if they cannot be run.
        """
        from sema.compiler.files import describe

        return describe(data)

    def disassemble(
        self,
        text: str | bytes,
        file: str | None = None,
        *,
        title: str | None = None,
        after_run: bool = False,
    ) -> str:
        """The instructions of a unit of text, or of the contents of a compiled file.

        ``title`` names the top level. With ``after_run`` the unit runs first, and its call sites
        are shown as they are then.
        """
        from sema.compiler.disassembler import disassemble, disassemble_code

        unit = self._unit(text, file)
        if not after_run:
            return disassemble(unit, title)
        closure = self._machine.link(unit, self._globals.cell)
        closure()
        return disassemble_code(closure.code_object, title)

    def disassemble_to_data(self, text: str | bytes, file: str | None = None) -> dict[str, Any]:
        """The same as plain data, for other programs."""
        from sema.compiler.disassembler import disassembled_data
        from sema.compiler.files import FORMAT

        return {"format_version": FORMAT, "functions": disassembled_data(self._unit(text, file))}

    def _unit(self, text: str | bytes, file: str | None) -> CodeUnit:
        if isinstance(text, bytes):
            from sema.compiler.files import deserialise

            return deserialise(text, file)
        forms, spans = read_all(text, file)
        return self._compile(forms, spans, file, self._globals)

    def _run_forms(
        self, forms: list[Any], spans: SpanTable, file: str | None, environment: Globals
    ) -> Any:
        return self._explained(
            lambda: self._run(self._compile(forms, spans, file, environment), environment)
        )

    def _explained(self, action: Callable[[], Any]) -> Any:
        """The action's result; an unbound variable's error that leaves us gets its hint.

        Errors that the program may still catch need none and cost nothing.
        """
        try:
            return action()
        except UnboundError as error:
            from sema.embed.suggestions import hint_for

            if error.hint is None and not self._machine.running:
                error.hint = hint_for(error.details["name"], self.names())
            raise

    def _compile(
        self,
        forms: list[Any],
        spans: SpanTable,
        file: str | None,
        environment: Globals,
        *,
        count_calls: bool | None = None,
    ) -> CodeUnit:
        nodes = expand_unit(forms, spans, self)

        def is_original(name: str) -> bool:
            cell = environment.cell(name)
            return cell.bound and cell.get() is registry.find(name)

        if count_calls is None:
            count_calls = self._machine.call_stats
        return compile_unit(nodes, file=file, is_original=is_original, count_calls=count_calls)

    def _run(self, unit: CodeUnit, environment: Globals) -> Any:
        closure = self._machine.link(unit, environment.cell)
        if self._machine.call_stats:
            self._codes.append(closure.code_object)
        return closure()

    def _eval_form(self, form: Any) -> Any:
        return self._run_forms([form], SpanTable(), None, self._globals)

    # --- Macros: what the expander needs -----------------------------------------------------

    def lookup_macro(self, name: str) -> Macro | None:
        """The macro that is the value of a global, or None."""
        cell = self._globals.cell(name)
        value = cell.get() if cell.bound else None
        return value if isinstance(value, Macro) else None

    def define_macro(self, name: str, macro: Macro) -> None:
        """Make a macro the value of a global."""
        self._globals.cell(name).set(macro)

    def make_transformer(self, node: Lambda) -> Callable[..., Any]:
        """The function that a macro definition's lambda is."""
        unit = compile_unit([node], name=node.name or "<macro>")
        transformer: Callable[..., Any] = self._machine.link(unit, self._globals.cell)()
        return transformer

    def _define_macro(self, name: Symbol, function: Closure | Macro) -> None:
        if isinstance(function, Macro):
            self.define_macro(name.name, function)
            return
        code = function.code_object
        most = None if code.has_rest else code.n_params
        self.define_macro(name.name, Macro(name.name, function, code.n_params, most))

    # --- Globals -----------------------------------------------------------------------------

    def __getitem__(self, name: str) -> Any:
        """The value of a global; raises KeyError if it has none."""
        cell = self._globals.cell(name)
        if not cell.bound:
            raise KeyError(name)
        return cell.get()

    def __setitem__(self, name: str, value: Any) -> None:
        """Define a global. Lists, tuples and dicts become Sema lists and maps."""
        self._globals.cell(name).set(from_python(value))

    def __delitem__(self, name: str) -> None:
        """Remove a global; raises KeyError if it has no value."""
        cell = self._globals.cell(name)
        if not cell.bound:
            raise KeyError(name)
        cell.clear()

    def __contains__(self, name: str) -> bool:
        return name in self._globals

    def names(self) -> Iterator[str]:
        """All names that have a value: the library's and the program's."""
        known = {name for name in registry.names() if not name.startswith("__vm-")}
        known.update(name for name, _ in self._globals.defined() if not name.startswith("__vm-"))
        return iter(sorted(known))

    def user_definitions(self) -> dict[str, Any]:
        """The globals that the program has defined or redefined."""
        return {
            name: value
            for name, value in self._globals.defined()
            if self._library.find(name) is not value
        }

    # --- Statistics --------------------------------------------------------------------------

    @property
    def call_cache(self) -> str:
        """The strategy of the call sites."""
        return self._machine.call_cache

    def call_report(self) -> CallReport:
        """What the call sites did. Raises ValueError without ``call_stats=True``."""
        from sema.embed.call_report import CallReport, report_sites

        if not self._machine.call_stats:
            raise ValueError("this interpreter keeps no statistics: use call_stats=True")
        sites = report_sites(self._codes)
        if self.call_cache != "vm":
            return CallReport(sites)
        calls = sum(site.calls for site in sites)
        hits = sum(site.hits for site in sites)
        return CallReport(sites, hits / calls if calls else 0.0, self._machine.vm_thrash)

    def reset_stats(self) -> None:
        """Let all counters start anew."""
        pending = list(self._codes)
        while pending:
            code = pending.pop()
            code.reset_counters()
            pending.extend(code.functions)
        self._machine.reset_thrash()


def _read(path: str | PathLike[str]) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise SemaIOError(f"{path}: {(error.strerror or str(error)).lower()}") from error


def _decode(data: bytes, path: str | PathLike[str]) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise SemaIOError(f"{path}: not UTF-8 text (byte {error.start})") from error
