"""The sub-commands of ``sema``; their arguments are read with argparse, loaded only for them."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, NoReturn

from sema import __version__
from sema.errors import SemaError
from sema.tools.cli import COMMANDS, FAILED, OK, exit_status
from sema.tools.options import ALLOWED_PATHS_HELP, SANDBOX_HELP, Options, UsageError
from sema.tools.session import Session, reading_problem


class _Parser(argparse.ArgumentParser):
    """Usage errors in one line, by the way that all of them go."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{self.prog}: {message}")


def run(command: str, words: list[str]) -> int:
    """Run a sub-command and return the exit status."""
    parser = _Parser(prog=f"sema {command}", description=COMMANDS[command])
    execute = _BUILDERS[command](parser)
    parser.add_argument("--debug", action="store_true", help=argparse.SUPPRESS)
    try:
        own, its = _split(words) if command == "profile" else (words, [])
        arguments = parser.parse_args(own, argparse.Namespace(program_arguments=its))
        return execute(arguments)
    except SystemExit as request:
        return exit_status(request)


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    """Our own words, and those after ``--``, which are a program's."""
    end = words.index("--") if "--" in words else len(words)
    return words[:end], words[end + 1 :]


Execute = Callable[[argparse.Namespace], int]


def _session(words: list[str]) -> Session:
    return Session.from_options(Options(), ["sema", *words])


def _repl(parser: argparse.ArgumentParser) -> Execute:
    parser.add_argument("-q", "--quiet", action="store_true", help="no banner")

    def execute(arguments: argparse.Namespace) -> int:
        from sema.tools.repl import run_repl

        return run_repl(_session(["repl"]), quiet=arguments.quiet)

    return execute


def _eval(parser: argparse.ArgumentParser) -> Execute:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--expr", metavar="EXPR", help="the text to evaluate")
    what.add_argument("--stdin", action="store_true", help="evaluate standard input")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--path", metavar="FILE", help="the file that positions name")
    parser.add_argument(
        "--timeout", type=int, default=5000, metavar="MS", help="time limit (5000; 0: none)"
    )
    parser.add_argument("--sandbox", metavar="MODE", help=SANDBOX_HELP)
    parser.add_argument("--allowed-paths", metavar="DIRS", help=ALLOWED_PATHS_HELP)
    parser.add_argument("--no-llm", action="store_true", help="accepted, without effect")

    def execute(arguments: argparse.Namespace) -> int:
        if arguments.timeout < 0:
            raise UsageError("sema eval: argument --timeout: must not be negative")
        text = sys.stdin.read() if arguments.stdin else arguments.expr
        options = Options()
        options.sandbox = arguments.sandbox
        options.allowed_paths = arguments.allowed_paths
        options.timeout = arguments.timeout / 1000 or None
        session = Session.from_options(options, ["sema", "eval"])
        show = _eval_as_json if arguments.json else _eval_as_text
        return show(session, text, arguments.path)

    return execute


def _eval_as_text(session: Session, text: str, path: str | None) -> int:
    from sema.reader import pretty

    done, value = session.evaluate(text, path)
    if value is not None:
        print(pretty(value, width=120))
    return OK if done else FAILED


def _eval_as_json(session: Session, text: str, path: str | None) -> int:
    import json

    from sema.reader import pretty

    out, err = StringIO(), StringIO()
    value: Any = None
    failure: dict[str, Any] | None = None
    start = time.perf_counter()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            value = session.interpreter.eval(text, path)
        except SemaError as error:
            failure = {"message": str(error)}
            if error.hint:
                failure["hint"] = error.hint
            if error.span:
                failure |= {"line": error.span.line, "col": error.span.column}
    answer = {
        "ok": failure is None,
        "value": None if value is None else pretty(value, width=120),
        "stdout": out.getvalue(),
        "stderr": err.getvalue(),
        "error": failure,
        "elapsedMs": round((time.perf_counter() - start) * 1000),
    }
    print(json.dumps(answer, ensure_ascii=False))
    return OK


def _ast(parser: argparse.ArgumentParser) -> Execute:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("-e", "--eval", dest="expr", metavar="EXPR", help="the text to read")
    what.add_argument("file", nargs="?", metavar="FILE", help="source code")
    parser.add_argument("--json", action="store_true", help="print JSON")

    def execute(arguments: argparse.Namespace) -> int:
        file, text = arguments.file, arguments.expr
        if file is not None:
            problem = reading_problem(file)
            if problem:
                print(f"error: {problem}", file=sys.stderr)
                return FAILED
            text = Path(file).read_text(encoding="utf-8")
        from sema.reader import read_all
        from sema.tools.syntax_tree import tree_lines, tree_nodes

        done, read = _session(["ast"]).guarded(lambda: read_all(text, file), text)
        if not done:
            return FAILED
        forms, _ = read
        if not arguments.json:
            for line in tree_lines(forms):
                print(line)
            return OK
        import json

        try:
            print(json.dumps(tree_nodes(forms), ensure_ascii=False, indent=2))
        except RecursionError:
            print("error: nested too deeply for JSON", file=sys.stderr)
            return FAILED
        return OK

    return execute


def _compile(parser: argparse.ArgumentParser) -> Execute:
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("-o", "--output", metavar="OUT", help="default: FILE with .semac")
    parser.add_argument("--check", action="store_true", help="check a compiled FILE, write nothing")

    def execute(arguments: argparse.Namespace) -> int:
        problem = reading_problem(arguments.file)
        if problem:
            print(f"error: {problem}", file=sys.stderr)
            return FAILED
        session = _session(["compile"])
        if arguments.check:
            return _check_compiled(session, Path(arguments.file))
        output = Path(arguments.output or Path(arguments.file).with_suffix(".semac"))
        done, data = session.guarded(lambda: session.interpreter.compile_file(arguments.file))
        if not done:
            return FAILED
        try:
            output.write_bytes(data)
        except OSError as error:
            print(f"error: cannot write '{output}': {error.strerror}", file=sys.stderr)
            return FAILED
        print(f"{output}: {len(data):,} bytes")
        return OK

    return execute


def _check_compiled(session: Session, path: Path) -> int:
    data = path.read_bytes()
    done, facts = session.guarded(lambda: session.interpreter.check_compiled(data))
    if done:
        made_by = f"format v{facts['format']}, sema {__version__}"
        print(f"✓ {path}: valid ({made_by}, {facts['functions']} functions, {len(data)} bytes)")
    return OK if done else FAILED


def _disasm(parser: argparse.ArgumentParser) -> Execute:
    parser.add_argument(
        "file",
        metavar="FILE",
        help="source or compiled code; with --jit, FILE:FUNCTION shows a function of it",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--after-run", action="store_true", help="run it first; show what became of call sites"
    )
    how.add_argument(
        "--jit", action="store_true", help="run it first; show what became machine code"
    )

    def execute(arguments: argparse.Namespace) -> int:
        if arguments.json and arguments.after_run:
            raise UsageError("sema disasm: argument --json: not allowed with argument --after-run")
        function = None
        if arguments.jit and not Path(arguments.file).exists() and ":" in arguments.file:
            arguments.file, function = arguments.file.rsplit(":", 1)
        problem = reading_problem(arguments.file)
        if problem:
            print(f"error: {problem}", file=sys.stderr)
            return FAILED
        if arguments.jit:
            from sema.tools.machine_code import show

            return show(_session(["disasm"]), arguments.file, function, arguments.json)
        data = Path(arguments.file).read_bytes()
        text = data if data.startswith(b"\0") else data.decode()
        session = _session(["disasm", arguments.file])
        interpreter = session.interpreter

        def listing() -> str:
            if arguments.json:
                import json

                facts = interpreter.disassemble_to_data(text, arguments.file)
                return json.dumps(facts, ensure_ascii=False, indent=2)
            return interpreter.disassemble(text, arguments.file, after_run=arguments.after_run)

        done, shown = session.guarded(listing)
        if done:
            print(shown)
        return OK if done else FAILED

    return execute


def _doc(parser: argparse.ArgumentParser) -> Execute:
    parser.add_argument("name", metavar="NAME")

    def execute(arguments: argparse.Namespace) -> int:
        from sema.tools.documentation import describe, missing

        text = describe(arguments.name)
        if text is None:
            print(f"error: {missing(arguments.name)}", file=sys.stderr)
            return FAILED
        print(text)
        return OK

    return execute


def _fmt(parser: argparse.ArgumentParser) -> Execute:
    from sema.tools.formatter.command import configure

    return configure(parser)


def _completions(parser: argparse.ArgumentParser) -> Execute:
    from sema.tools.completions import SHELLS

    parser.add_argument("shell", choices=sorted(SHELLS))

    def execute(arguments: argparse.Namespace) -> int:
        print(SHELLS[arguments.shell]())
        return OK

    return execute


def _bench(parser: argparse.ArgumentParser) -> Execute:
    from sema.tools.bench.command import configure

    return configure(parser)


def _profile(parser: argparse.ArgumentParser) -> Execute:
    from sema.tools.profiler.command import configure

    return configure(parser)


_BUILDERS: dict[str, Callable[[argparse.ArgumentParser], Execute]] = {
    "repl": _repl,
    "eval": _eval,
    "ast": _ast,
    "compile": _compile,
    "disasm": _disasm,
    "fmt": _fmt,
    "doc": _doc,
    "completions": _completions,
    "bench": _bench,
    "profile": _profile,
}
