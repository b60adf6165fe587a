"""Results as a table of text, the same for a terminal, a page and Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median
from typing import Any

from sema.tools.bench.results import subjects_of
from sema.tools.bench.suite import SUITES, Suite

Results = Mapping[str, Any]
Table = tuple[list[str], list[list[str]]]


def suite_of(document: Results) -> Suite:
    """The suite that was measured."""
    return next(suite for suite in SUITES if suite.name == document["suite"])


def table_of(document: Results) -> Table:
    """Headings and rows: one row a benchmark, one column a subject; the geometric means last."""
    suite = suite_of(document)
    return _ratios(document, suite) if suite.ratios_only else _times(document, suite)


def caption_of(document: Results) -> str:
    """What the table shows."""
    suite, baseline = suite_of(document), document["baseline"]
    if suite.ratios_only:
        return f"time as a share of {baseline}'s, which is in {suite.unit}"
    return f"{suite.unit} per call, in brackets the ratio to {baseline}"


def noise_of(document: Results) -> str:
    """How certain the numbers are."""
    widths = [
        (subject["interval"][1] - subject["interval"][0]) / 2 / subject["ns"]
        for benchmark in document["benchmarks"]
        for subject in benchmark["subjects"].values()
    ]
    return f"the typical 95 % interval is ± {median(widths):.1%}"


def versions_of(document: Results) -> str:
    """Who took part, with their versions."""
    return ", ".join(f"{name} {version}" for name, version in document["versions"].items())


def _ratios(document: Results, suite: Suite) -> Table:
    baseline, means = document["baseline"], document["geometric_means"]
    names = [name for name in subjects_of(document) if name != baseline]
    rows = []
    for benchmark in document["benchmarks"]:
        subjects = benchmark["subjects"]
        base = subjects.get(baseline)
        cells = [_ratio(subjects[name]["ratio"]) if name in subjects else "" for name in names]
        rows.append([benchmark["name"], _time(base["ns"], suite) if base else "", *cells])
    rows.append(["geometric mean", "", *(_ratio(means[name]) for name in names)])
    return ["program", f"{baseline}, {suite.unit}", *names], rows


def _times(document: Results, suite: Suite) -> Table:
    names, means = subjects_of(document), document["geometric_means"]
    rows = []
    for benchmark in document["benchmarks"]:
        cells = []
        for name in names:
            subject = benchmark["subjects"].get(name)
            ratio = _ratio(subject["ratio"]) if subject else ""
            time = _time(subject["ns"], suite) if subject else ""
            cells.append(f"{time} ({ratio})" if ratio else time)
        rows.append([benchmark["name"], *cells])
    rows.append(["geometric mean", *(_ratio(means[name]) for name in names)])
    return ["calls", *names], rows


def _time(ns: float, suite: Suite) -> str:
    return _number(ns / suite.scale)


def _ratio(ratio: float | None) -> str:
    return "" if ratio is None else _number(ratio)


def _number(value: float) -> str:
    return f"{value:.{1 if value >= 10 else 2 if value >= 0.1 else 3}f}"
