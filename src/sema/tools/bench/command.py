"""The command ``sema bench``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sema import __version__
from sema.tools.bench.measure import measure
from sema.tools.bench.results import ResultsError, compare, document_of, read
from sema.tools.bench.subjects import (
    PEERS,
    BenchmarkError,
    SemaSubject,
    Subject,
    present_peers,
    strategies,
)
from sema.tools.bench.suite import PROGRAMS, SUITES, Benchmark, Suite
from sema.tools.bench.text import print_changes, print_results
from sema.tools.cli import FAILED, OK
from sema.tools.options import UsageError

ROUNDS, QUICK_ROUNDS = 5, 3
SECONDS, QUICK_SECONDS = 0.25, 0.05
"""How long a round of one subject takes."""
NONE = "none"


def configure(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments; what runs the command."""
    suites, peers = (", ".join(one.name for one in many) for many in (SUITES, PEERS))
    parser.add_argument("programs", nargs="*", metavar="NAME", help="benchmarks (default: all)")
    parser.add_argument("--suite", metavar="NAME", default=PROGRAMS.name, help=f"of {suites}")
    parser.add_argument("--list", action="store_true", help="show what there is, measure nothing")
    parser.add_argument(
        "--strategies", metavar="A,B", help=f"of {', '.join(strategies())} (default: the suite's)"
    )
    parser.add_argument(
        "--peers", metavar="A,B", help=f"of {peers}; or none (default: the suite's)"
    )
    parser.add_argument("--rounds", type=int, metavar="N", help=f"rounds (default {ROUNDS})")
    parser.add_argument("--quick", action="store_true", help="short rounds, rough numbers")
    parser.add_argument("--json", metavar="OUT", type=Path, help="write the results")
    parser.add_argument("--html", metavar="OUT", type=Path, help="write a page of the results")
    parser.add_argument(
        "--diff", nargs=2, metavar=("A", "B"), type=Path, help="what changed between two results"
    )
    return _execute


def _execute(arguments: argparse.Namespace) -> int:
    if arguments.diff:
        try:
            before, after = map(read, arguments.diff)
        except ResultsError as error:
            raise UsageError(f"sema bench: {error}") from None
        print_changes(compare(before, after), sys.stdout)
        return OK
    suite = _chosen_suite(arguments.suite)
    if arguments.list:
        for benchmark in suite.benchmarks:
            print(f"{benchmark.name:<15}  {benchmark.text}")
        return OK
    rounds = _rounds(arguments)
    try:
        document = run(
            suite._replace(
                benchmarks=_chosen_benchmarks(suite, arguments.programs),
                strategies=_chosen(
                    "--strategies", arguments.strategies, strategies(), suite.strategies
                ),
                peers=_chosen(
                    "--peers", arguments.peers, [peer.name for peer in PEERS], suite.peers
                ),
            ),
            rounds,
            QUICK_SECONDS if arguments.quick else SECONDS,
        )
    except BenchmarkError as error:
        print(f"error: sema bench: {error}", file=sys.stderr)
        return FAILED
    print_results(document, sys.stdout)
    if arguments.json:
        text = json.dumps(document, indent=1, ensure_ascii=False)
        arguments.json.write_text(f"{text}\n", encoding="utf-8")
    if arguments.html:
        from sema.tools.bench.page import page

        arguments.html.write_text(page(document), encoding="utf-8")
    return OK


def run(suite: Suite, rounds: int, seconds: float) -> dict[str, Any]:
    """Measure a suite, and give the document of the results; says which peers are left out.

    Raises :class:`BenchmarkError` if a program fails or gives another result than the others.
    """
    present, absent = present_peers(suite.peers)
    for peer in absent:
        print(f"{peer.name} is left out: {peer.command[0]} is not installed", file=sys.stderr)
    own = [SemaSubject(name) for name in suite.strategies if name in strategies()]
    subjects: list[Subject] = [*own, *present]
    versions = {"Sema": __version__} | {peer.name: peer.version() for peer in present}
    samples = rounds * sum(s.has(b) for b in suite.benchmarks for s in subjects)
    with progress(samples) as advance:
        outcomes = [
            measure(suite, benchmark, subjects, rounds, seconds, advance)
            for benchmark in suite.benchmarks
        ]
    return document_of(suite, outcomes, versions, rounds)


def _rounds(arguments: argparse.Namespace) -> int:
    if arguments.rounds is None:
        return QUICK_ROUNDS if arguments.quick else ROUNDS
    if arguments.rounds < 1:
        raise UsageError("sema bench: argument --rounds: must be positive")
    return int(arguments.rounds)


def _chosen_suite(name: str) -> Suite:
    for suite in SUITES:
        if suite.name == name:
            return suite
    known = ", ".join(suite.name for suite in SUITES)
    raise UsageError(f"sema bench: argument --suite: no '{name}' in {known}")


def _chosen_benchmarks(suite: Suite, names: Sequence[str]) -> tuple[Benchmark, ...]:
    known = {benchmark.name: benchmark for benchmark in suite.benchmarks}
    for name in names:
        if name not in known:
            see = f"see: sema bench --suite {suite.name} --list"
            raise UsageError(f"sema bench: unknown benchmark '{name}' ({see})")
    return tuple(known[name] for name in names or known)


def _chosen(
    option: str, text: str | None, known: Sequence[str], default: tuple[str, ...]
) -> tuple[str, ...]:
    """The names in an option's value, in our order."""
    if text is None:
        return default
    names = [name.strip() for name in text.split(",")]
    if option == "--peers" and names == [NONE]:
        return ()
    for name in names:
        if name not in known:
            raise UsageError(f"sema bench: argument {option}: no '{name}' in {', '.join(known)}")
    return tuple(name for name in known if name in names)


@contextmanager
def progress(total: int) -> Iterator[Callable[[], None]]:
    """A progress bar on a terminal, if rich is there; yields the function that moves it on."""
    try:
        from rich.console import Console
        from rich.progress import Progress
    except ImportError:
        yield lambda: None
        return
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("measuring", total=total)
        yield lambda: bar.advance(task)
