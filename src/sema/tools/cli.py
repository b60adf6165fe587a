"""The command ``sema``: what a command line asks for, in order, and the exit status."""

from __future__ import annotations

import os
import sys

from sema import __version__
from sema.tools.options import BadSandbox, Options, UsageError, describe, parse

TYPE_CHECKING = False  # as typing's, whose import takes long
if TYPE_CHECKING:
    from sema.tools.session import Session

OK, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130

COMMANDS = {
    "repl": "read, evaluate and print in a loop",
    "eval": "evaluate one expression, for other programs (--json)",
    "ast": "show what the reader makes of a text",
    "compile": "write a compiled file, or check one",
    "disasm": "show the instructions of a program",
    "fmt": "format programs",
    "doc": "show what a builtin does",
    "bench": "measure programs beside other languages",
    "profile": "run a program; show what its call sites do and where its time goes",
    "completions": "print the completions for bash, zsh or fish",
}

_HELP = """\
Sema {version}: a fast, safe, friendly Lisp

usage: sema [OPTIONS] [FILE] [-- ARGS...]
       sema COMMAND ...

FILE is source or compiled code, '-' is standard input. Without FILE, -e and -p the REPL starts.

options:
{options}

commands (each with its own --help):
{commands}"""


def main(argv: list[str] | None = None) -> int:
    """Run the command line ``argv`` (default: the process's) and return the exit status."""
    words = sys.argv[1:] if argv is None else argv
    _provide_streams()
    debug = "--debug" in words
    try:
        status = _dispatch(words)
        sys.stdout.flush()
    except UsageError as error:
        _complain(f"{error} (see: sema --help)")
        status = USAGE
    except BadSandbox as error:
        _complain(str(error))
        status = FAILED
    except KeyboardInterrupt:
        status = INTERRUPTED
    except BrokenPipeError:
        _silence(sys.stdout)
        status = FAILED
    except OSError as error:
        if debug:
            raise
        _complain(error.strerror or str(error))
        _silence(sys.stdout)
        status = FAILED
    except MemoryError:
        _complain("out of memory")
        status = FAILED
    except Exception as error:
        if debug:
            raise
        _complain(f"internal error: {type(error).__name__}: {error} (--debug shows where)")
        status = FAILED
    return status


def _dispatch(words: list[str]) -> int:
    if words and words[0] in COMMANDS:
        from sema.tools import commands

        return commands.run(words[0], words[1:])
    options = parse(words)
    if options.help:
        print(help_text())
        return OK
    if options.version:
        print(f"Sema {__version__}")
        return OK
    from sema.tools.session import Session

    session = Session.from_options(options, ["sema", *words])
    try:
        return _run(session, options)
    except SystemExit as request:
        return exit_status(request)
    finally:
        if options.call_stats:
            from sema.tools.call_table import print_report

            sys.stdout.flush()
            print_report(session.interpreter.call_report(), sys.stderr)
        if options.jit_stats:
            from sema.tools.jit_table import print_stats

            sys.stdout.flush()
            print_stats(session.interpreter.jit_stats(), sys.stderr)


def _run(session: Session, options: Options) -> int:
    """Everything that ``options`` asks for, until something fails."""
    steps = {"eval": session.show_pretty, "print": session.show, "load": session.run_file}
    for kind, argument in options.actions:
        if not steps[kind](argument):
            return FAILED
    if options.file is not None:
        run = session.run_stdin if options.file == "-" else session.run_file
        if not run(options.file):
            return FAILED
    only_loads = all(kind == "load" for kind, _ in options.actions)
    if options.interactive or (options.file is None and only_loads):
        from sema.tools.repl import run_repl

        return run_repl(session, quiet=options.quiet)
    return OK


def help_text() -> str:
    """The text of ``sema --help``."""
    commands = "\n".join(f"  {name:<26} {text}" for name, text in COMMANDS.items())
    return _HELP.format(version=__version__, options=describe(), commands=commands)


def exit_status(request: SystemExit) -> int:
    """The status that ``(exit n)`` asked for."""
    return request.code if isinstance(request.code, int) else OK


def _complain(message: str) -> None:
    print(f"error: {message}", file=sys.stderr)


def _provide_streams() -> None:
    """Let a program run whose standard output or error was closed by its parent."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def _silence(stream: object) -> None:
    """Make sure that what is left in the buffer is not written (and reported) at exit."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())  # type: ignore[attr-defined]
    os.close(null)
