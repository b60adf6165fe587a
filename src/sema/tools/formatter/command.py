"""The command ``sema fmt``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from difflib import unified_diff
from io import StringIO

from sema.errors import SemaError, reason_of
from sema.stdlib.files import replace_contents
from sema.tools.cli import FAILED, OK
from sema.tools.formatter import WIDTH, format_source
from sema.tools.options import UsageError
from sema.tools.progress import slow_progress
from sema.tools.report import render, wants_colour

STDIN = "-"


def configure(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments; what runs the command."""
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="*",
        default=["."],
        help="a file; a directory, for all .sema files in it (default: this one); or -, to format "
        "standard input to standard output",
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; list what is not formatted, status 1"
    )
    parser.add_argument("--diff", action="store_true", help="write nothing; show what would change")
    parser.add_argument(
        "--width", type=int, default=WIDTH, metavar="N", help=f"columns of a line ({WIDTH})"
    )
    return _execute


def _execute(arguments: argparse.Namespace) -> int:
    if arguments.width < 1:
        raise UsageError("sema fmt: argument --width: must be positive")
    job = _Job(arguments)
    for path in slow_progress(list(_files(arguments.paths)), "formatting"):
        job.format(path)
    failed = job.n_failed or (arguments.check and job.n_changed)
    return FAILED if failed else OK


def _files(paths: list[str]) -> Iterator[str]:
    for path in paths:
        if path == STDIN or not os.path.isdir(path):
            yield path
            continue
        for directory, directories, names in os.walk(path):
            directories[:] = sorted(name for name in directories if not name.startswith("."))
            for name in sorted(names):
                if name.endswith(".sema"):
                    yield os.path.normpath(os.path.join(directory, name))


class _Job:
    """What to do with each file, and how it went."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.width: int = arguments.width
        self.check: bool = arguments.check
        self.diff: bool = arguments.diff
        self.n_changed = 0
        self.n_failed = 0

    def format(self, path: str) -> None:
        """Format one file; what stands against it is reported."""
        name = "<stdin>" if path == STDIN else path
        text = None
        try:
            text = _read(path)
            formatted = format_source(text, self.width, name)
            self.n_changed += formatted != text
            self.deliver(path, name, text, formatted)
        except SemaError as error:
            self.n_failed += 1
            print(render(error, text, name, colour=wants_colour(sys.stderr)), file=sys.stderr)
        except (OSError, ValueError) as error:
            if isinstance(error, BrokenPipeError):
                raise
            self.n_failed += 1
            verb = "read" if text is None else "write"
            print(f"error: cannot {verb} '{name}': {reason_of(error)}", file=sys.stderr)

    def deliver(self, path: str, name: str, text: str, formatted: str) -> None:
        """Write or show the result."""
        if self.diff:
            sys.stdout.write(_difference(name, text, formatted))
        elif self.check:
            if formatted != text:
                print(name)
        elif path == STDIN:
            sys.stdout.flush()
            sys.stdout.buffer.write(formatted.encode())
        elif formatted != text:
            replace_contents(path, formatted.encode())
            print(name)


def _read(path: str) -> str:
    if path == STDIN:
        return sys.stdin.buffer.read().decode()
    with open(path, "rb") as file:
        return file.read().decode()


def _difference(name: str, text: str, formatted: str) -> str:
    before, after = (list(StringIO(each, newline="\n")) for each in (text, formatted))
    lines = unified_diff(before, after, name, f"{name} (formatted)")
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )
