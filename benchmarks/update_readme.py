"""``python -m benchmarks.update_readme``: put the latest results into the README's tables, and
those of the library into ``docs/library-speed.md``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks import library_speed
from benchmarks.__main__ import RESULTS
from sema.tools.bench.suite import SUITES
from sema.tools.bench.table import caption_of, table_of, versions_of

ROOT = Path(__file__).parent.parent


def main() -> int:
    """The command."""
    names = (*(suite.name for suite in SUITES), "processes", "library")
    files = {name: RESULTS / f"{name}.json" for name in names}
    if not all(file.exists() for file in files.values()):
        print("no results yet: run make bench", file=sys.stderr)
        return 1
    results = {name: json.loads(file.read_text("utf-8")) for name, file in files.items()}
    times = results["processes"]["start_up_ms"].items()
    notes = {"programs": f"Start-up: {', '.join(f'`{name}` {ms:.0f} ms' for name, ms in times)}."}
    try:
        for suite in SUITES:
            table = render(results[suite.name], notes.get(suite.name, ""))
            put(ROOT / "README.md", suite.name, table)
        library = _markdown(*library_speed.table_of(results["library"]["ms"]))
        put(ROOT / "docs" / "library-speed.md", "library", library)
    except LookupError as error:
        print(error.args[0], file=sys.stderr)
        return 1
    return 0


def put(file: Path, name: str, table: str) -> None:
    """Replace what stands between two marks in a file. Raises LookupError if they are missing."""
    text = file.read_text(encoding="utf-8")
    begin, end = (f"<!-- {name}: {edge} -->" for edge in ("begin", "end"))
    before, found, rest = text.partition(begin)
    _, found_end, after = rest.partition(end)
    if not found or not found_end:
        raise LookupError(f"{file.name} lacks the lines {begin} and {end}")
    file.write_text(f"{before}{begin}\n{table}\n{end}{after}", encoding="utf-8")


def render(document: dict[str, Any], note: str = "") -> str:
    """The results as a Markdown table with what is needed to read it, and a note."""
    caption, versions = caption_of(document), versions_of(document)
    machine, day = document["machine"]["processor"], document["date"][:10]
    return "\n".join(
        [
            _markdown(*table_of(document)),
            "",
            f"{caption[0].upper()}{caption[1:]}: medians of {document['rounds']} interleaved "
            f"rounds; {machine}, {day}. {versions}. {note}".strip(),
        ]
    )


def _markdown(headings: list[str], rows: list[list[str]]) -> str:
    lines = [_line(headings), f"| --- |{' ---: |' * (len(headings) - 1)}", *map(_line, rows)]
    return "\n".join(lines)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main())
