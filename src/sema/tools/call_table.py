"""The call-site statistics of ``--call-stats`` as a table."""

from __future__ import annotations

from sema.tools.tables import print_table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

    from sema.embed.call_report import CallReport

HEADINGS = ("site", "kind", "calls", "hits", "misses", "state", "callees")
CALLEES_SHOWN = 4


def site_rows(report: CallReport) -> list[tuple[str, ...]]:
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
    print_table(HEADINGS, site_rows(report), stream)
    if report.vm_hit_rate is not None:
        print(f"vm entry: {report.vm_hit_rate:.1%} hits, thrash {report.vm_thrash}", file=stream)


def _names(callees: list[str]) -> str:
    more = len(callees) - CALLEES_SHOWN
    shown = ", ".join(callees[:CALLEES_SHOWN])
    return f"{shown}, {more} more" if more > 0 else shown
