"""The study's text and plots, from what was measured. No number is typed by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

from sema.tools.bench.results import subjects_of
from sema.tools.charts import Bar, bar_chart

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGE = DOCS / "study.md"
DIRECTORY = DOCS / "study"
DATA = DIRECTORY / "results.json"
TEMPLATE = Path(__file__).parent / "template.md"
PLOTTED = ("tak", "fresh closures")
POLYMORPHIC = ("closure", "2 callees", "4 callees", "8 callees", "64 callees")
SMALL_PENALTY = 1.05
"""What the original design would have called a small miss penalty, as a ratio to no cache."""
EXPECTED_GAIN = (0.10, 0.20)

Results = Mapping[str, Any]


def render(results: Results) -> str:
    """The study in Markdown."""
    times = results["times"]
    versions = ", ".join(f"{name} {version}" for name, version in times["versions"].items())
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        abstract=_abstract(results),
        times=_times_table(results),
        sites=_sites_table(results),
        counts=_counts_table(results),
        counter=results["counter"] or "nothing",
        claims=_claims(results),
        machine_code=_machine_code(results),
        setting=f"{times['machine']['processor']}, {times['machine']['system']}, {versions}, "
        f"{times['date'][:10]}, {times['rounds']} interleaved rounds",
    )


def plots(results: Results) -> dict[str, str]:
    """The pictures by file name."""
    pictures = {}
    for benchmark in results["times"]["benchmarks"]:
        if benchmark["name"] in PLOTTED:
            bars = [
                Bar(name, subject["ns"], tuple(subject["interval"]))
                for name, subject in benchmark["subjects"].items()
            ]
            pictures[f"{benchmark['name'].replace(' ', '-')}.svg"] = bar_chart(bars, "ns") + "\n"
    pictures["polymorphism.svg"] = bar_chart(_polymorphism(results), "× none") + "\n"
    return pictures


def _polymorphism(results: Results) -> list[Bar]:
    return [
        Bar(f"{name}, {cache}", _ratio(results, name, cache))
        for name in POLYMORPHIC
        for cache in ("vm", "site", "patched")
    ]


def _subject(results: Results, benchmark: str, subject: str) -> Mapping[str, Any]:
    found = next(b for b in results["times"]["benchmarks"] if b["name"] == benchmark)
    return dict(found["subjects"][subject])


def _ratio(results: Results, benchmark: str, subject: str) -> float:
    return float(_subject(results, benchmark, subject)["ratio"])


def _table(headings: list[str], rows: list[list[str]]) -> str:
    lines = [f"| {' | '.join(headings)} |", f"| --- |{' ---: |' * (len(headings) - 1)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def _times_table(results: Results) -> str:
    names = subjects_of(results["times"])
    rows = []
    for benchmark in results["times"]["benchmarks"]:
        cells = []
        for name in names:
            subject = benchmark["subjects"][name]
            low, high = subject["interval"]
            cells.append(f"{subject['ns']:.1f} ± {(high - low) / 2:.1f} ({subject['ratio']:.2f})")
        rows.append([benchmark["what"], *cells])
    return _table(["ns per call", *names], rows)


def _sites_table(results: Results) -> str:
    rows = []
    for name, strategies in results["sites"].items():
        cells = []
        for facts in strategies.values():
            rate = facts["hits"] / facts["calls"] if facts["calls"] else 0.0
            thrash = "" if facts["thrash"] is None else f", {facts['thrash']:,}"
            cells.append(f"{rate:.1%}{thrash}")
        rows.append([name, *cells])
    names = list(next(iter(results["sites"].values())))
    return _table(["hit rate, entries thrown out", *names], rows)


def _counts_table(results: Results) -> str:
    if not results["counts"]:
        return "No counter was available where this was measured."
    rows = []
    for name, strategies in results["counts"].items():
        for event in next(iter(strategies.values())):
            rows.append([f"{name}: {event}", *(f"{c[event]:.1f}" for c in strategies.values())])
    return _table(["per call", *next(iter(results["counts"].values()))], rows)


def _abstract(results: Results) -> str:
    gain = 1 - _ratio(results, "tak", "patched")
    penalty = _ratio(results, "8 callees", "patched") - 1
    return (
        f"On tak the patched cache takes {gain:.0%} off the time of a machine without caches; on a "
        f"site with more callees than it remembers it costs {penalty:+.1%}."
    )


def _claims(results: Results) -> str:
    gain = 1 - _ratio(results, "tak", "patched")
    least, most = EXPECTED_GAIN
    if least <= gain <= most:
        verdict = "confirmed"
    else:
        verdict = f"refuted: it is {'more' if gain > most else 'less'}"
    rows = [[f"{least:.0%} to {most:.0%} less time on tak", f"{gain:.0%} less", verdict]]
    vm, site = (_ratio(results, "2 callees", cache) for cache in ("vm", "site"))
    thrash = results["sites"]["2 callees"]["vm"]["thrash"]
    rows.append(
        [
            "callees in turn make the single entry thrash",
            f"{thrash:,} entries thrown out a repetition; {vm - 1:+.0%} with `vm`, "
            f"{site - 1:+.0%} with `site`",
            "confirmed" if vm > 1 else "refuted: it still pays",
        ]
    )
    for cache in ("vm", "site", "patched"):
        penalty = _ratio(results, "8 callees", cache)
        is_small = penalty <= SMALL_PENALTY
        verdict = "confirmed" if is_small else "refuted"
        rows.append([f"the penalty of misses is small: `{cache}`", f"{penalty - 1:+.1%}", verdict])
    return _table(["claim", "measured", "verdict"], rows)


def _machine_code(results: Results) -> str:
    if "jit" not in subjects_of(results["times"]):
        return "Machine code could not be made where this was measured."
    rows = []
    for name, facts in results["machine_code"].items():
        faster = _ratio(results, name, "patched") / _ratio(results, name, "jit")
        rows.append(
            [
                name,
                f"{faster:.1f}",
                f"{facts['compiled']}, {1000 * facts['seconds']:.0f} ms",
                f"{facts['bytes']:,}",
                str(facts["versions"]),
                _numbered(facts["guards"]),
                _numbered(facts["exits"]),
                ", ".join(facts["learnt"]).replace("<", "&lt;") or "–",
            ]
        )
    headings = [
        "program", "× patched", "compilations", "bytes", "versions", "guards", "exits", "learnt",
    ]  # fmt: skip
    return _table(headings, rows)


def _numbered(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{cause} {n}" for cause, n in counts.items()) or "–"
