"""``python -m benchmarks.update_readme``: put the latest results into the README's tables."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.__main__ import RESULTS
from sema.tools.bench.suite import SUITES
from sema.tools.bench.table import caption_of, table_of, versions_of

README = Path(__file__).parent.parent / "README.md"


def main() -> int:
    """The command."""
    files = {name: RESULTS / f"{name}.json" for name in (*(s.name for s in SUITES), "processes")}
    if not all(file.exists() for file in files.values()):
        print("no results yet: run make bench", file=sys.stderr)
        return 1
    results = {name: json.loads(file.read_text("utf-8")) for name, file in files.items()}
    times = results["processes"]["start_up_ms"].items()
    notes = {"programs": f"Start-up: {', '.join(f'`{name}` {ms:.0f} ms' for name, ms in times)}."}
    text = README.read_text(encoding="utf-8")
    for suite in SUITES:
        table = render(results[suite.name], notes.get(suite.name, ""))
        begin, end = (f"<!-- {suite.name}: {edge} -->" for edge in ("begin", "end"))
        before, found, rest = text.partition(begin)
        _, found_end, after = rest.partition(end)
        if not found or not found_end:
            print(f"{README.name} lacks the lines {begin} and {end}", file=sys.stderr)
            return 1
        text = f"{before}{begin}\n{table}\n{end}{after}"
    README.write_text(text, encoding="utf-8")
    return 0


def render(document: dict[str, Any], note: str = "") -> str:
    """The results as a Markdown table with what is needed to read it, and a note."""
    headings, rows = table_of(document)
    lines = [_line(headings), f"| --- |{' ---: |' * (len(headings) - 1)}", *map(_line, rows)]
    caption, versions = caption_of(document), versions_of(document)
    machine, day = document["machine"]["processor"], document["date"][:10]
    return "\n".join(
        [
            *lines,
            "",
            f"{caption[0].upper()}{caption[1:]}: medians of {document['rounds']} interleaved "
            f"rounds; {machine}, {day}. {versions}. {note}".strip(),
        ]
    )


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main())
