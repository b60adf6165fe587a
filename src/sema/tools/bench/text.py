"""Results on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from sema.tools.bench.results import Change
from sema.tools.bench.table import caption_of, noise_of, suite_of, table_of, versions_of
from sema.tools.tables import print_table


def print_results(document: Mapping[str, Any], stream: TextIO) -> None:
    """Print the table of a run, and what is needed to read it."""
    print(f"\n{suite_of(document).text}: {caption_of(document)}\n", file=stream)
    print_table(*table_of(document), stream)
    print(f"\nmedians of {document['rounds']} rounds; {noise_of(document)}", file=stream)
    print(versions_of(document), file=stream)


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
