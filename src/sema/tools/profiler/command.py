"""The command ``sema profile``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from contextlib import nullcontext, redirect_stdout
from pathlib import Path

from sema.tools.cli import FAILED
from sema.tools.options import CALL_CACHES
from sema.tools.profiler.profile import Profile
from sema.tools.profiler.run import Program, compare_strategies, profile_program
from sema.tools.session import reading_problem


def configure(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments; what runs the command."""
    parser.add_argument("file", metavar="FILE", help="a program; its arguments follow after --")
    parser.add_argument("--json", action="store_true", help="print everything as one JSON object")
    parser.add_argument(
        "--flamegraph",
        metavar="OUT",
        type=Path,
        help="write a flame graph: OUT.svg as a picture, OUT.json for speedscope",
    )
    parser.add_argument("--html", metavar="OUT", type=Path, help="write a page of the source")
    parser.add_argument(
        "--compare", action="store_true", help="run it under each call cache as well, unseen"
    )
    parser.add_argument("--call-cache", metavar="KIND", choices=CALL_CACHES, default="patched")
    parser.add_argument(
        "--jit",
        metavar="SWITCH",
        choices=("on", "off"),
        default="on",
        help="machine code for hot code, with the patched cache: on (default), off",
    )
    parser.add_argument("--top", metavar="N", type=int, default=10, help="rows of the tables (10)")
    return _execute


def _execute(arguments: argparse.Namespace) -> int:
    problem = reading_problem(arguments.file)
    if problem:
        print(f"error: {problem}", file=sys.stderr)
        return FAILED
    program = Program(arguments.file, arguments.program_arguments)
    # The only text on standard output is to be the JSON.
    with redirect_stdout(sys.stderr) if arguments.json else nullcontext():
        jit = arguments.jit == "on"
        profile, status = profile_program(program, arguments.call_cache, jit)
    sys.stdout.flush()
    if arguments.compare:
        profile.strategies = compare_strategies(program)
    _show(profile, arguments)
    return status


def _show(profile: Profile, arguments: argparse.Namespace) -> None:
    if arguments.flamegraph:
        from sema.tools.profiler.flamegraph import flame_svg, speedscope

        is_json = arguments.flamegraph.suffix == ".json"
        text = json.dumps(speedscope(profile)) if is_json else flame_svg(profile)
        arguments.flamegraph.write_text(text, encoding="utf-8")
    if arguments.html:
        from sema.tools.profiler.page import page

        arguments.html.write_text(page(profile), encoding="utf-8")
    if arguments.json:
        print(json.dumps(profile.to_data(), ensure_ascii=False, indent=1))
    else:
        from sema.tools.profiler.text import print_profile

        print_profile(profile, sys.stdout, arguments.top)
