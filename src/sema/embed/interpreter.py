"""The interpreter: what a Python program embeds."""

from __future__ import annotations

from _thread import get_ident

from sema.embed.files import decode, read_bytes
from sema.embed.host import Host
from sema.embed.library import Library
from sema.embed.modules import Modules
from sema.embed.namespace import Context, Namespace
from sema.errors import UnboundError
from sema.reader import read_all, write
from sema.stdlib import registry
from sema.vm.crossing import from_python
from sema.vm.machine import Machine
from sema.vm.values import Builtin, make_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from os import PathLike
    from types import ModuleType, TracebackType
    from typing import Any, TypeVar

    from sema.compiler import CodeUnit
    from sema.embed.call_report import CallReport
    from sema.embed.program import Program
    from sema.embed.sandbox import Sandbox
    from sema.tasks.asyncio_driver import AsyncioDriver
    from sema.tasks.promise import AsyncPromise
    from sema.vm.limits import Limits

    Result = TypeVar("Result")

MAX_DEPTH = 10_000_000
HOT_AFTER = 1000
"""Ticks of the machine (each is some 20,000 calls and turns of loops) after which functions that
are often at work are compiled to machine code."""


class Interpreter:
    """One world of Sema: its global variables, its machine, its call-site caches.

    ``call_cache`` is ``none``, ``vm``, ``site`` or ``patched``; ``call_stats`` makes
    :meth:`call_report` possible, at a cost; ``max_depth`` limits the number of frames;
    ``jit`` compiles what is hot to machine code, where llvmlite is installed: after
    ``jit_threshold`` ticks (of some 20,000 calls or turns of loops), or everything at its first
    call with 0; with ``jit_background`` (the default) programs go on meanwhile;
    ``cache`` keeps compiled code next to the files that are run; ``sandbox`` is what programs may
    do and use, see :class:`sema.Sandbox`.

    An interpreter is used by one thread at a time; a second one gets a RuntimeError. Used as a
    context manager it is closed at the end.
    """

    def __init__(
        self,
        call_cache: str = "patched",
        jit: bool = True,
        jit_threshold: int | None = None,
        jit_background: bool = True,
        call_stats: bool = False,
        sandbox: Sandbox | None = None,
        max_depth: int | None = None,
        cache: bool = True,
    ) -> None:
        self._options = {
            "call_cache": call_cache,
            "jit": jit,
            "jit_threshold": jit_threshold,
            "jit_background": jit_background,
            "call_stats": call_stats,
            "sandbox": sandbox,
            "max_depth": max_depth,
            "cache": cache,
        }
        self._thread = 0
        self._is_closed = False
        self.jit = jit
        self.argv: list[str] = []
        limits = None if sandbox is None else sandbox.limits()
        if limits is not None and limits.max_depth is not None:
            max_depth = limits.max_depth
        hot_after = HOT_AFTER if jit_threshold is None else jit_threshold
        machine = Machine(
            call_cache,
            call_stats,
            MAX_DEPTH if max_depth is None else max_depth,
            Host(jit_background),
            # Statistics are of what the interpreter does, and so are the limits of a sandbox.
            hot_after if jit and not call_stats and sandbox is None else -1,
            limits,
        )
        # What is cached beside the sources is run unverified: nobody in a sandbox may have made it.
        context = Context(machine, cache and sandbox is None, sandbox)
        own = {"sys/args": Builtin("sys/args", lambda: make_list(self.argv), 0, 0)}
        context.modules = Modules(context)
        context.library = Library(
            context,
            own,
            lambda globals_: Namespace(context, globals_),
        )
        context.interpreter = self
        self._context = context
        self._machine = machine
        self._user = Namespace(context)
        self._driver: AsyncioDriver | None = None

    # --- The interpreter as a whole ----------------------------------------------------------

    def copy(self) -> Interpreter:
        """Another interpreter with the same definitions, from then on independent of this one.

        What never changes is shared, so that it takes well under a millisecond. Python objects
        other than containers that became Sema's stay one; tasks, and what programs have opened,
        are not copied.
        """
        from sema.embed.copying import copy_programs

        made = type(self)(**self._options)  # type: ignore[arg-type]
        made.argv = list(self.argv)
        self._guarded(
            lambda: copy_programs(
                self._context, made._context, self._user.globals, made._user.globals
            )
        )
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        from sema.embed.pickling import reduced_interpreter

        return reduced_interpreter(self, self._options)

    def dumps(self, value: Any) -> bytes:
        """The pickle of a value or function; see :meth:`loads`.

        Raises pickle.PicklingError for what only exists in this process.
        """
        from sema.embed.pickling import dumps

        return self._guarded(lambda: dumps(value))

    def loads(self, data: bytes) -> Any:
        """The value of a pickle. Its functions become this interpreter's: the globals that they
        mention mean what they mean here. Never load pickles of strangers."""
        from sema.embed.pickling import loads

        return self._guarded(lambda: loads(data, self))

    def close(self) -> None:
        """Give up all that the programs have defined and opened. Closing twice is no error.

        Raises RuntimeError while a program runs.
        """
        if self._machine.running:
            raise RuntimeError("an interpreter cannot be closed while it runs")
        self._is_closed = True
        self._driver = None
        self._user.globals.clear()
        self._context.close()

    def __enter__(self) -> Interpreter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _guarded(self, action: Callable[[], Result]) -> Result:
        """The action's result. Raises RuntimeError if the interpreter is closed, or in use by
        another thread."""
        thread, outer = get_ident(), self._thread
        if outer != thread:
            if self._is_closed:
                raise RuntimeError("this interpreter is closed")
            if outer:
                raise RuntimeError("this interpreter is in use by another thread")
            self._thread = thread
        try:
            return action()
        finally:
            self._thread = outer

    # --- Running -----------------------------------------------------------------------------

    def eval(self, text: str, file: str | None = None) -> Any:
        """Run a unit of text and return its last form's value as a Python object.

        ``file`` names the text in positions. Raises :class:`sema.SemaError`.
        """

        def run() -> Any:
            forms, spans = read_all(text, file)
            return self._user.run_forms(forms, spans, file)

        return self._explained(run)

    def compile(self, text: str, file: str | None = None) -> Program:
        """A unit of text, compiled once to be run often; see :meth:`eval`."""
        from sema.embed.program import Program

        unit = self._compiled(text, file)
        run = self._user.link(unit)
        return Program(unit, lambda: self._explained(run), file)

    def call(self, function: str | Callable[..., Any], *args: Any) -> Any:
        """Call a function, or the global one of that name. Raises KeyError if there is none,
        :class:`sema.SemaError`."""
        called: Callable[..., Any] = self[function] if isinstance(function, str) else function
        return self._explained(lambda: called(*args))

    async def eval_async(self, text: str, file: str | None = None) -> Any:
        """Run a unit of text as a task inside the running asyncio loop; see :meth:`eval`.

        Many evaluations can be under way at once: where one waits, the others, and everything else
        in the loop, go on. Cancelling this cancels the task.
        """
        import asyncio

        from sema.tasks.asyncio_driver import AsyncioDriver

        def spawn() -> AsyncPromise:
            forms, spans = read_all(text, file)
            unit = self._user.compile(forms, spans, file)
            return scheduler.spawn(self._user.link(unit))

        scheduler = self._context.scheduler
        loop = asyncio.get_running_loop()
        if self._driver is None or self._driver.loop is not loop:
            self._driver = AsyncioDriver(scheduler, loop)
        return await self._driver.result(self._explained(spawn))

    def jit_stats(self) -> dict[str, Any]:
        """What became of hot code, as plain data that JSON can hold; see ``docs/machine-code.md``.

        ``compiled`` counts compilations, which took ``seconds`` (divided into ``steps``) and made
        ``bytes`` of machine code; ``recalled`` of them found theirs kept from an earlier run.
        ``functions`` says in how many versions each function is machine
        code now. ``exits`` counts by cause how often machine code was left, ``guards`` by cause and
        place, with what was learnt there. ``given_up`` lists what stays interpreted, and why.
        """
        jit = self._machine.jit
        if jit is None:
            from sema.jit.statistics import Statistics

            return Statistics().to_data()
        return jit.stats()

    def eval_to_string(self, text: str) -> str:
        """Run a unit of text and return its value in readable printed form."""
        return write(self.eval(text))

    def load_file(self, path: str | PathLike[str]) -> Any:
        """Run a file, source or compiled, as one unit and return its last form's value."""
        modules = self._context.modules
        return self._explained(lambda: modules.run_main(str(path), self._user))

    def import_file(self, path: str | PathLike[str]) -> dict[str, Any]:
        """Run a file as a module, anew if it was imported before, and return what it exports."""
        modules = self._context.modules
        return self._explained(lambda: modules.import_anew(str(path)))

    def compile_file(self, path: str | PathLike[str]) -> bytes:
        """The contents of a compiled file of the source file at ``path``."""
        from sema.compiler.files import serialise

        text = decode(read_bytes(path), path)
        return serialise(self._compiled(text, str(path), count_calls=False), text)

    def run_compiled(self, data: bytes, path: str | None = None) -> Any:
        """Run the contents of a compiled file; ``path`` is named if they cannot be run.

        Raises :class:`sema.CompileError` unless this version of Sema has written them.
        """
        return self._explained(lambda: self._user.run_compiled(data, path))

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
        closure = self._machine.link(unit, self._user.globals.cell)
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
        return self._compiled(text, file)

    def _compiled(self, text: str, file: str | None, count_calls: bool | None = None) -> CodeUnit:
        def build() -> CodeUnit:
            forms, spans = read_all(text, file)
            return self._user.compile(forms, spans, file, count_calls)

        return self._explained(build)

    def _explained(self, action: Callable[[], Result]) -> Result:
        """The action's result; an unbound variable's error that leaves us gets its hint.

        Errors that the program may still catch need none and cost nothing.
        """
        limits = self._machine.limits
        try:
            return self._guarded(action if limits is None else lambda: _limited(limits, action))
        except UnboundError as error:
            from sema.embed.suggestions import hint_for

            if error.hint is None and not self._machine.running:
                error.hint = hint_for(error.details["name"], self.names())
            raise

    # --- Globals -----------------------------------------------------------------------------

    def __getitem__(self, name: str) -> Any:
        """The value of a global; raises KeyError if it has none."""
        cell = self._user.globals.cell(name)
        if not cell.bound:
            raise KeyError(name)
        return cell.get()

    def __setitem__(self, name: str, value: Any) -> None:
        """Define a global. Lists, tuples and dicts become Sema lists and maps."""
        self._user.globals.cell(name).set(from_python(value))

    def __delitem__(self, name: str) -> None:
        """Remove a global; raises KeyError if it has no value."""
        cell = self._user.globals.cell(name)
        if not cell.bound:
            raise KeyError(name)
        cell.clear()

    def __contains__(self, name: str) -> bool:
        return name in self._user.globals

    def __iter__(self) -> Iterator[str]:
        return self.names()

    def __len__(self) -> int:
        return sum(1 for _ in self.names())

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a global, or the default if it has none."""
        try:
            return self[name]
        except KeyError:
            return default

    def update(self, values: Mapping[str, Any]) -> None:
        """Define several globals; see :meth:`__setitem__`."""
        for name, value in values.items():
            self[name] = value

    def function(
        self,
        function: Callable[..., Any] | str | None = None,
        *,
        name: str | None = None,
        doc: str | None = None,
        capability: str | None = None,
    ) -> Any:
        """Define a Python function as a global, with its arity and doc string; a decorator.

        ``@interp.function`` takes the function's name, ``is_valid`` becoming ``is-valid``;
        ``@interp.function("name", ...)`` gives it another. ``capability`` is what a sandbox must
        grant for it. The function itself is returned.

        Raises ValueError if it cannot be called with positional arguments alone.
        """
        if callable(function):
            self._register(function, name, doc, capability)
            return function

        def register(decorated: Callable[..., Any]) -> Callable[..., Any]:
            self._register(decorated, function or name, doc, capability)
            return decorated

        return register

    def module(
        self, module: ModuleType, prefix: str | None = None, *, capability: str | None = None
    ) -> None:
        """Define what a Python module offers as globals ``PREFIX/NAME``: functions and values.

        ``prefix`` is by default the last part of the module's name; see :meth:`function`.
        """
        from sema.embed.functions import functions_of, spelling

        if prefix is None:
            prefix = spelling(module.__name__.rpartition(".")[2])
        for spelled, value in functions_of(module):
            name = f"{prefix}/{spelled}"
            if callable(value):
                self._register(value, name, None, capability)
            else:
                self[name] = value

    def _register(
        self,
        function: Callable[..., Any],
        name: str | None,
        doc: str | None,
        capability: str | None,
    ) -> None:
        from sema.embed.functions import function_of

        made = function_of(function, name, doc)
        sandbox = self._context.sandbox
        if sandbox is not None and sandbox.denied(capability) is not None:
            spelled = made.name
            needed = capability or ""
            made = Builtin(spelled, lambda *_: sandbox.check(spelled, needed), doc=made.doc)
        self._user.globals.cell(made.name).set(made)

    def names(self) -> Iterator[str]:
        """All names that have a value: the library's and the program's."""
        known = {name for name in registry.names() if not name.startswith("__vm-")}
        known.update(
            name for name, _ in self._user.globals.defined() if not name.startswith("__vm-")
        )
        return iter(sorted(known))

    def user_definitions(self) -> dict[str, Any]:
        """The globals that the program has defined or redefined."""
        return self._user.definitions()

    @property
    def namespace(self) -> Namespace:
        """The user's globals, where everything runs that is in no module."""
        return self._user

    # --- Statistics --------------------------------------------------------------------------

    @property
    def machine(self) -> Machine:
        """The machine that runs the code."""
        return self._machine

    @property
    def call_cache(self) -> str:
        """The strategy of the call sites."""
        return self._machine.call_cache

    def call_report(self) -> CallReport:
        """What the call sites did. Raises ValueError without ``call_stats=True``."""
        from sema.embed.call_report import CallReport, all_functions, report_sites

        if not self._machine.call_stats:
            raise ValueError("this interpreter keeps no statistics: use call_stats=True")
        functions = all_functions(self._context.codes)
        report = CallReport(report_sites(functions), functions)
        if self.call_cache in ("vm", "site"):
            report.thrash = self._machine.thrash
        if self.call_cache == "vm":
            calls = sum(site.calls for site in report.sites)
            hits = sum(site.hits for site in report.sites)
            report.vm_hit_rate = hits / calls if calls else 0.0
            report.vm_thrash = report.thrash
        return report

    def reset_stats(self) -> None:
        """Let all counters start anew."""
        pending = list(self._context.codes)
        while pending:
            code = pending.pop()
            code.reset_counters()
            pending.extend(code.functions)
        self._machine.reset_thrash()


def _limited(limits: Limits, action: Callable[[], Result]) -> Result:
    with limits:
        return action()
