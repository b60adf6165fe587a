"""The REPL: a line loop with a prompt on a terminal, without one where input is piped."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sema import __version__
from sema.errors import ReadError
from sema.home import home

if TYPE_CHECKING:
    from sema.tools.session import Session

PROMPT, CONTINUATION = "sema> ", "  ... "
QUIT = frozenset({",quit", ",q", ",exit", "quit", "exit", ":q"})
DEFINERS = frozenset({"define", "def", "defun", "defn", "defmacro"})
RESULTS = frozenset({"*1", "*2", "*3", "*e"})
CLOSERS = frozenset(')]}"')

HELP = """\
,help                 this list
,quit                 leave; end of input (Ctrl-D) does the same
,env                  what this session has defined
,builtins             the names that come with Sema
,apropos TEXT         names that contain TEXT
,doc NAME             what a builtin does
,type EXPR            the type of a value
,time EXPR            a value and how long it took
,inspect EXPR         what is known about a value
,disasm EXPR          the instructions of an expression
,gc                   collect garbage cycles
*1 *2 *3              the last three values;  *e  the last error's text"""


def run_repl(session: Session, *, quiet: bool = False) -> int:
    """Read, evaluate and print until the input ends; returns the exit status."""
    interactive = sys.stdin.isatty()
    if interactive and not quiet:
        print(f"Sema v{__version__} — ,help lists the commands, ,quit leaves")
    ask = _terminal_reader(session) if interactive else _pipe_reader()
    status = Repl(session, ask, interactive).run()
    if interactive and not quiet:
        print("Goodbye!")
    return status


class Repl:
    """One run of the loop. ``ask(prompt)`` gives the next line and raises EOFError at the end.

    ``warns`` says whether redefining a builtin is worth a warning.
    """

    def __init__(self, session: Session, ask: Callable[[str], str], warns: bool = False) -> None:
        self.session = session
        self.interpreter = session.interpreter
        self.ask = ask
        self.warns = warns
        self.unfinished = False
        for name in RESULTS:
            self.interpreter[name] = None
        self.commands: dict[str, Callable[[str], None]] = {
            ",help": lambda _: print(HELP),
            ",h": lambda _: print(HELP),
            ",env": lambda _: self._print_environment(),
            ",builtins": lambda _: self._print_builtins(),
            ",gc": lambda _: self._collect(),
        }
        self.commands_on_text: dict[str, Callable[[str], None]] = {
            ",apropos": self._apropos,
            ",doc": self._document,
            ",type": self._print_type,
            ",time": self._time,
            ",inspect": self._inspect,
            ",disasm": self._disassemble,
        }

    def run(self) -> int:
        """The loop itself."""
        for entry in self._entries():
            word, _, rest = entry.partition(" ")
            if word in QUIT and not rest:
                return 0
            if word in self.commands:
                self.commands[word](rest)
            elif word in self.commands_on_text:
                if rest.strip():
                    self.commands_on_text[word](rest.strip())
                else:
                    print(f"Usage: {word} <expr>")
            else:
                self._evaluate(entry)
        return 1 if self.unfinished else 0

    def _entries(self) -> Iterator[str]:
        """Whole entries, each of one line or of as many as it takes until brackets balance."""
        lines: list[str] = []
        while True:
            try:
                line = self.ask(CONTINUATION if lines else PROMPT)
            except EOFError:
                break
            except KeyboardInterrupt:
                lines = []
                print()
                continue
            lines.append(line)
            entry = "\n".join(lines).strip()
            may_be_whole = len(lines) == 1 or not CLOSERS.isdisjoint(line)
            if may_be_whole and not _is_incomplete(entry):
                lines = []
                if entry:
                    yield entry
        if lines:
            self.unfinished = True
            problem = _problem("\n".join(lines))
            print(f"unterminated input at EOF: {problem}", file=sys.stderr)

    def _evaluate(self, entry: str) -> None:
        from sema.reader import pretty

        name = _defined_name(entry)
        if self.warns and name is not None and self._is_builtin(name):
            print(f"warning: this redefines the builtin '{name}'", file=sys.stderr)
        done, value = self._guarded(lambda: self.interpreter.eval(entry), entry)
        if not done:
            return
        self._remember(value)
        if value is not None:
            print(pretty(value))
        elif name:
            print(f"; defined {name}")

    def _guarded(self, action: Callable[[], Any], source: str) -> tuple[bool, Any]:
        """As the session's, but an interruption ends only the entry."""
        try:
            done, value = self.session.guarded(action, source)
        except KeyboardInterrupt:
            return False, None
        if not done:
            self.interpreter["*e"] = str(self.session.last_error)
        return done, value

    def _remember(self, value: Any) -> None:
        self.interpreter["*3"] = self.interpreter["*2"]
        self.interpreter["*2"] = self.interpreter["*1"]
        self.interpreter["*1"] = value

    def _print_environment(self) -> None:
        from sema.reader import write

        for name, value in sorted(self.interpreter.user_definitions().items()):
            if name not in RESULTS:
                print(f"{name} = {write(value)}")

    def _print_builtins(self) -> None:
        own = self.interpreter.user_definitions()
        print("\n".join(name for name in self.interpreter.names() if name not in own))

    def _apropos(self, pattern: str) -> None:
        print("\n".join(sorted(name for name in self.interpreter.names() if pattern in name)))

    def _document(self, name: str) -> None:
        from sema.tools.documentation import describe, missing

        print(describe(name) or missing(name))

    def _print_type(self, text: str) -> None:
        done, shown = self._guarded(
            lambda: self.interpreter.eval_to_string(f"(type {text}\n)"), text
        )
        if done:
            print(shown)

    def _is_builtin(self, name: str) -> bool:
        interpreter = self.interpreter
        return name in interpreter and name not in interpreter.user_definitions()

    def _inspect(self, text: str) -> None:
        from sema.reader import pretty

        done, value = self._guarded(lambda: self.interpreter.eval(text), text)
        if done:
            print(pretty(value))
            for name, fact in facts_about(value):
                print(f"  {name}: {fact}")

    def _time(self, text: str) -> None:
        start = time.perf_counter()
        self._evaluate(text)
        elapsed = time.perf_counter() - start
        print(f"elapsed: {elapsed * 1000:.3f} ms", file=sys.stderr)

    def _disassemble(self, text: str) -> None:
        done, listing = self._guarded(
            lambda: self.interpreter.disassemble(text, title="<expr>"), text
        )
        if done:
            print(listing)

    def _collect(self) -> None:
        import gc

        print(f"{gc.collect()} objects collected")


def facts_about(value: Any) -> Iterator[tuple[str, str]]:
    """What is known about a value besides its text: properties and their texts."""
    from sema.expander.macros import arity_text
    from sema.vm.maps import Map
    from sema.vm.types import type_keyword
    from sema.vm.values import EMPTY_LIST, Builtin, Closure, Pair, Vector

    yield "type", f":{type_keyword(value)}"
    if isinstance(value, (str, bytes, Pair, Vector, Map)) or value is EMPTY_LIST:
        yield "length", str(len(value))
    elif isinstance(value, Builtin):
        most = None if value.max_args < 0 else value.max_args
        yield "arguments", arity_text(value.min_args, most)
    elif isinstance(value, Closure):
        code = value.code_object
        yield "arguments", arity_text(code.n_params, None if code.has_rest else code.n_params)
        span = code.span_at(0)
        if span is not None:
            yield "code", str(span)


def _is_incomplete(entry: str) -> bool:
    from sema.reader import is_incomplete

    return not entry.startswith(",") and is_incomplete(entry)


def _problem(text: str) -> str:
    """What the reader says of a text that ends too early."""
    from sema.reader import read_all

    try:
        read_all(text, None)
    except ReadError as error:
        return error.message
    return "a form is not finished"


def _defined_name(entry: str) -> str | None:
    """The name that an entry consisting of one definition defines."""
    from sema.reader import read_many
    from sema.vm.values import Pair, Symbol

    try:
        forms = read_many(entry)
    except ReadError:
        return None
    if len(forms) != 1 or type(forms[0]) is not Pair or len(forms[0]) < 2:
        return None
    head, target, *_ = forms[0]
    if type(head) is not Symbol or head.name not in DEFINERS:
        return None
    name = target.first if type(target) is Pair else target
    return name.name if type(name) is Symbol else None


def _pipe_reader() -> Callable[[str], str]:
    """The lines of standard input, in turn with those that the program itself reads."""
    from sema.stdlib.console import read_text_line

    def ask(_prompt: str) -> str:
        line = read_text_line()
        if line is None:
            raise EOFError
        return line

    return ask


def _terminal_reader(session: Session) -> Callable[[str], str]:
    """A prompt with history and completion if prompt_toolkit is there, else a plain one."""
    try:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.history import FileHistory

        from sema.tools.completer import NameCompleter
    except ImportError:
        _enable_line_editing()
        return input
    completer = NameCompleter(session.interpreter.names)
    prompt: PromptSession[str] = PromptSession(
        history=FileHistory(_history_file()), completer=completer, complete_while_typing=False
    )
    ask: Callable[[str], str] = prompt.prompt
    return ask


def _enable_line_editing() -> None:
    with suppress(ImportError):
        import readline  # noqa: F401  # input() uses it once it is imported


def _history_file() -> str:
    os.makedirs(home(), exist_ok=True)
    return os.path.join(home(), "history")
