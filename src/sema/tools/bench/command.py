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
from sema.tools.bench.subjects import JIT, PEERS, SemaSubject, Subject, has_jit, present_peers
from sema.tools.bench.suite import BENCHMARKS, Benchmark
from sema.tools.bench.text import print_changes, print_results
from sema.tools.cli import OK
from sema.tools.options import CALL_CACHES, UsageError

ROUNDS, QUICK_ROUNDS = 7, 3
SECONDS, QUICK_SECONDS = 0.3, 0.05
"""How long a round of one subject takes."""
NONE = "none"


def configure(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments; what runs the command."""
    parser.add_argument("programs", nargs="*", metavar="NAME", help="benchmarks (default: all)")
    parser.add_argument("--list", action="store_true", help="show what there is, measure nothing")
    parser.add_argument(
        "--strategies", metavar="A,B", help=f"of {', '.join(_strategies())} (default: all)"
    )
    peers = ", ".join(peer.name for peer in PEERS)
    parser.add_argument("--peers", metavar="A,B", help=f"of {peers}; or none (default: all there)")
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
    if arguments.list:
        for benchmark in BENCHMARKS:
            print(f"{benchmark.name:<15} {benchmark.text}")
        return OK
    document = run(
        _chosen_benchmarks(arguments.programs),
        _chosen("--strategies", arguments.strategies, _strategies()),
        _chosen("--peers", arguments.peers, [peer.name for peer in PEERS]),
        _rounds(arguments),
        QUICK_SECONDS if arguments.quick else SECONDS,
    )
    print_results(document, sys.stdout)
    if arguments.json:
        text = json.dumps(document, indent=1, ensure_ascii=False)
        arguments.json.write_text(f"{text}\n", encoding="utf-8")
    if arguments.html:
        from sema.tools.bench.page import page

        arguments.html.write_text(page(document), encoding="utf-8")
    return OK


def run(
    benchmarks: Sequence[Benchmark],
    strategies: Sequence[str],
    peers: Sequence[str],
    rounds: int,
    seconds: float,
) -> dict[str, Any]:
    """Measure, and give the document of the results."""
    others, versions = present_peers(peers)
    subjects: list[Subject] = [*map(SemaSubject, strategies), *others]
    with progress(len(benchmarks) * rounds * len(subjects)) as advance:
        outcomes = [measure(b, subjects, rounds, seconds, advance) for b in benchmarks]
    return document_of(outcomes, {"Sema": __version__, **versions}, rounds)


def _strategies() -> list[str]:
    return [*CALL_CACHES, JIT] if has_jit() else list(CALL_CACHES)


def _rounds(arguments: argparse.Namespace) -> int:
    if arguments.rounds is None:
        return QUICK_ROUNDS if arguments.quick else ROUNDS
    if arguments.rounds < 1:
        raise UsageError("sema bench: argument --rounds: must be positive")
    return int(arguments.rounds)


def _chosen_benchmarks(names: Sequence[str]) -> list[Benchmark]:
    known = {benchmark.name: benchmark for benchmark in BENCHMARKS}
    for name in names:
        if name not in known:
            raise UsageError(f"sema bench: unknown benchmark '{name}' (see: sema bench --list)")
    return [known[name] for name in names or known]


def _chosen(option: str, text: str | None, known: Sequence[str]) -> list[str]:
    """The names in an option's value, in our order."""
    if text is None:
        return list(known)
    names = [name.strip() for name in text.split(",")]
    if option == "--peers" and names == [NONE]:
        return []
    for name in names:
        if name not in known:
            raise UsageError(f"sema bench: argument {option}: no '{name}' in {', '.join(known)}")
    return [name for name in known if name in names]


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
