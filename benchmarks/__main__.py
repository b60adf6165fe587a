"""``python -m benchmarks``: measure, print the tables, write ``benchmarks/results/``."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from benchmarks.measure import Outcome, measure
from benchmarks.processes import reader_speed, start_up, whole_processes
from benchmarks.subjects import SemaSubject, Subject, present_peers
from benchmarks.suite import BENCHMARKS, HERE, LATEST, RESULTS
from sema import __version__
from sema.tools.options import CALL_CACHES
from sema.tools.tables import print_table


def main() -> int:
    """The command."""
    arguments = _parse()
    strategies = [name for name in CALL_CACHES if name in arguments.strategies.split(",")]
    chosen = [b for b in BENCHMARKS if not arguments.only or arguments.only in b.name]
    if not chosen or not strategies:
        print("nothing to measure: see --help", file=sys.stderr)
        return 2
    peers, versions = present_peers()
    versions = {"Sema": __version__, **versions}
    subjects: list[Subject] = [*map(SemaSubject, strategies), *peers]
    rounds = arguments.rounds or (3 if arguments.quick else 7)
    seconds = 0.05 if arguments.quick else 0.3
    print(" · ".join(f"{name}: {version}" for name, version in versions.items()))
    with _progress(len(chosen) * rounds * len(subjects)) as advance:
        outcomes = [measure(b, subjects, rounds, seconds, advance) for b in chosen]
    names = [subject.name for subject in subjects]
    _print_outcomes(outcomes, names)
    document: dict[str, Any] = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"processor": _processor(), "system": platform.platform(terse=True)},
        "versions": versions,
        "rounds": rounds,
        "benchmarks": [_as_json(outcome) for outcome in outcomes],
    }
    if not arguments.only:
        document |= _measure_processes(arguments.quick)
        file = RESULTS / "quick.json" if arguments.quick else LATEST
        RESULTS.mkdir(exist_ok=True)
        file.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
        print(f"\nwritten: {file.relative_to(HERE.parent)}")
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", metavar="NAME", help="only benchmarks with NAME in their name")
    parser.add_argument("--rounds", type=int, metavar="N", help="rounds (default 7, quick 3)")
    parser.add_argument("--quick", action="store_true", help="short rounds, rough numbers")
    parser.add_argument(
        "--strategies", default=",".join(CALL_CACHES), metavar="A,B", help="default: all four"
    )
    return parser.parse_args()


def _print_outcomes(outcomes: Sequence[Outcome], names: Sequence[str]) -> None:
    rows = []
    for outcome in outcomes:
        cells = [_cell(outcome, name) for name in names]
        rows.append((outcome.benchmark.name, f"{outcome.calls:,}", *cells))
    print("\nns per call, the median round (ratio to none):\n")
    print_table(("benchmark", "calls", *names), rows, sys.stdout)


def _cell(outcome: Outcome, name: str) -> str:
    ns = outcome.ns(name)
    if ns is None:
        return ""
    ratio = outcome.ratio(name)
    return f"{ns:.2f}" if ratio is None else f"{ns:.2f} ({ratio:.2f})"


def _as_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "name": outcome.benchmark.name,
        "what": outcome.benchmark.text,
        "calls": outcome.calls,
        "result": outcome.result,
        "subjects": {
            name: {
                "ns": outcome.ns(name),
                "ratio": outcome.ratio(name),
                "rounds": [round(ns, 3) for ns in samples],
            }
            for name, samples in outcome.rounds.items()
        },
    }


def _measure_processes(quick: bool) -> dict[str, Any]:
    """Start-up, reader and whole processes: measured, printed and returned for the results."""
    startup = start_up(5 if quick else 21)
    reader = reader_speed()
    print("\nstart-up, ms:", ", ".join(f"{name}: {ms:.1f}" for name, ms in startup.items()))
    print(f"reader: {reader:.1f} MB/s")
    whole = {} if quick else whole_processes()
    if whole:
        print("\nwhole processes, 500 times (tak 18 12 6), by hyperfine:\n")
        print_table(
            ("process", "ms"), [(name, f"{ms:.0f}") for name, ms in whole.items()], sys.stdout
        )
    return {"start_up_ms": startup, "reader_mb_s": reader, "whole_process_ms": whole}


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            models = [line.partition(":")[2] for line in file if line.startswith("model name")]
    except OSError:
        models = []
    return models[0].strip() if models else platform.processor() or platform.machine()


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
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


if __name__ == "__main__":
    sys.exit(main())
