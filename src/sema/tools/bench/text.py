"""Results as tables on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from sema.tools.bench.results import Change, subjects_of
from sema.tools.tables import print_table


def print_results(document: Mapping[str, Any], stream: TextIO) -> None:
    """Print one row a benchmark, one column a subject."""
    names = subjects_of(document)
    rows = [
        (b["name"], f"{b['calls']:,}", *(_cell(b["subjects"].get(name)) for name in names))
        for b in document["benchmarks"]
    ]
    print("\nns per call, the median round ± half its interval (ratio to none)\n", file=stream)
    print_table(("benchmark", "calls", *names), rows, stream)


def _cell(subject: Mapping[str, Any] | None) -> str:
    if subject is None:
        return ""
    low, high = subject["interval"]
    cell = f"{subject['ns']:.2f} ± {(high - low) / 2:.2f}"
    return cell if subject["ratio"] is None else f"{cell} ({subject['ratio']:.2f})"


def print_changes(changes: Sequence[Change], stream: TextIO) -> None:
    """Print what changed beyond noise, and how much did not."""
    certain = [change for change in changes if change.is_certain]
    rows = [
        (
            change.benchmark,
            change.subject,
            f"{change.before:.2f}",
            f"{change.after:.2f}",
            f"{change.ratio - 1:+.1%}",
            "{:+.1%} to {:+.1%}".format(*(end - 1 for end in change.interval)),
            "faster" if change.ratio < 1 else "slower",
        )
        for change in certain
    ]
    if rows:
        headings = ("benchmark", "subject", "ns before", "ns after", "change", "interval", "")
        print_table(headings, rows, stream)
    rest = len(changes) - len(certain)
    print(f"{rest} of {len(changes)} did not change beyond noise", file=stream)
