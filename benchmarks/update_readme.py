"""``python -m benchmarks.update_readme``: put the latest results into the README's table."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.__main__ import LATEST
from sema.tools.bench.results import subjects_of

README = Path(__file__).parent.parent / "README.md"
BEGIN, END = "<!-- benchmarks: begin -->", "<!-- benchmarks: end -->"


def main() -> int:
    """The command."""
    if not LATEST.exists():
        print("no results yet: run make bench", file=sys.stderr)
        return 1
    text = README.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        print(f"{README.name} lacks the lines {BEGIN} and {END}", file=sys.stderr)
        return 1
    table = render(json.loads(LATEST.read_text(encoding="utf-8")))
    README.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")
    return 0


def render(document: dict[str, Any]) -> str:
    """The results as a Markdown table with what is needed to read it."""
    names = subjects_of(document)
    lines = [
        f"| ns per call | {' | '.join(names)} |",
        f"| --- |{' ---: |' * len(names)}",
    ]
    for benchmark in document["benchmarks"]:
        cells = [_cell(benchmark["subjects"].get(name)) for name in names]
        lines.append(f"| {benchmark['what']} | {' | '.join(cells)} |")
    versions = ", ".join(f"{name}: {version}" for name, version in document["versions"].items())
    machine, day = document["machine"]["processor"], document["date"][:10]
    startup = ", ".join(f"`{name}` {ms:.0f} ms" for name, ms in document["start_up_ms"].items())
    lines += [
        "",
        f"Medians of {document['rounds']} interleaved rounds in one run of `make bench`, in "
        f"brackets the ratio to `none`; {machine}, {day}.",
        f"{versions}. Start-up: {startup}.",
    ]
    return "\n".join(lines)


def _cell(subject: dict[str, Any] | None) -> str:
    if subject is None:
        return ""
    ratio = f" ({subject['ratio']:.2f})" if subject["ratio"] is not None else ""
    return f"{subject['ns']:.1f}{ratio}"


if __name__ == "__main__":
    sys.exit(main())
