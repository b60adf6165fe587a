"""``python -m benchmarks``: measure everything, print the tables, write ``benchmarks/results/``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from benchmarks import library_speed
from benchmarks.library_rows import ROWS
from benchmarks.processes import reader_speed, start_up, whole_processes
from sema.tools.bench.command import QUICK_ROUNDS, QUICK_SECONDS, ROUNDS, SECONDS, progress, run
from sema.tools.bench.suite import SUITES
from sema.tools.bench.text import print_results
from sema.tools.tables import print_table

RESULTS = Path(__file__).parent / "results"


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short rounds, rough numbers")
    quick = parser.parse_args().quick
    rounds, seconds = (QUICK_ROUNDS, QUICK_SECONDS) if quick else (ROUNDS, SECONDS)
    results: dict[str, Any] = {}
    for suite in SUITES:
        results[suite.name] = run(suite, rounds, seconds)
        print_results(results[suite.name], sys.stdout)
    results["processes"] = _measure_processes(quick)
    results["library"] = _measure_library(1 if quick else library_speed.ROUNDS)
    directory = RESULTS / "quick" if quick else RESULTS
    directory.mkdir(parents=True, exist_ok=True)
    for name, document in results.items():
        text = json.dumps(document, indent=1, ensure_ascii=False)
        (directory / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")
    print(f"\nwritten: {', '.join(results)} in {directory.relative_to(RESULTS.parent.parent)}")
    return 0


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


def _measure_library(rounds: int) -> dict[str, Any]:
    """The library beside other languages: measured, printed and returned for the results."""
    with progress(len(ROWS) * rounds) as advance:
        times = library_speed.measure(ROWS, rounds, advance)
    library_speed.print_times(times)
    return {"ms": times}


if __name__ == "__main__":
    sys.exit(main())
