"""The call-site statistics of ``--call-stats`` as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from sema.embed.interpreter import CallReport

HEADINGS = ("site", "kind", "calls", "hits", "misses", "state", "callees")
CALLEES_SHOWN = 4


def rows(report: CallReport) -> list[tuple[str, ...]]:
    """One row a site that was called, the busiest first, in the order of ``HEADINGS``."""
    return [
        (
            f"{site.file or '<input>'}:{site.line}:{site.column}",
            site.kind,
            f"{site.calls:,}",
            f"{site.hits:,}",
            f"{site.misses:,}",
            " → ".join(site.changes) or site.state,
            _names(site.callees),
        )
        for site in sorted(report.sites, key=lambda site: -site.calls)
        if site.calls
    ]


def print_report(report: CallReport, stream: TextIO) -> None:
    """Print the table and, for the strategy ``vm``, what its one entry did."""
    print_table(HEADINGS, rows(report), stream)
    if report.vm_hit_rate is not None:
        thrash = f"{report.vm_thrash:,}" if report.vm_thrash is not None else "no"
        print(f"vm entry: {report.vm_hit_rate:.1%} hits, {thrash} replacements", file=stream)


def print_table(
    headings: tuple[str, ...], cells: list[tuple[str, ...]], stream: TextIO, gap: str = "  "
) -> None:
    """Print columns as wide as their widest cell; columns of numbers are right-aligned."""
    columns = list(zip(headings, *cells, strict=True))
    widths = [max(map(len, column)) for column in columns]
    numeric = [bool(cells) and all(map(_is_numeric, column[1:])) for column in columns]
    for row in (headings, tuple("-" * width for width in widths), *cells):
        padded = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        ]
        print(gap.join(padded).rstrip(), file=stream)


def _is_numeric(cell: str) -> bool:
    return not cell or cell[0].isdigit()


def _names(callees: list[str]) -> str:
    more = len(callees) - CALLEES_SHOWN
    shown = ", ".join(callees[:CALLEES_SHOWN])
    return f"{shown}, {more} more" if more > 0 else shown
