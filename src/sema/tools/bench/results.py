"""The results of a run: a document that is kept as JSON, and what changed from one to another."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import geometric_mean, median
from typing import Any

from sema.tools.bench.measure import Outcome
from sema.tools.bench.noise import Interval, median_interval, ratio_interval
from sema.tools.bench.suite import Suite

LEAST_CHANGE = 0.03
"""What is smaller is not worth a word: another run of the same code may differ as much."""


class ResultsError(Exception):
    """A file that does not hold results."""


def document_of(
    suite: Suite, outcomes: Sequence[Outcome], versions: Mapping[str, str], rounds: int
) -> dict[str, Any]:
    """Everything that was measured, with where and when, as plain data.

    Ratios are to the suite's baseline, or to the first subject if that did not take part.
    """
    taking_part = list(dict.fromkeys(name for outcome in outcomes for name in outcome.rounds))
    baseline = suite.baseline if suite.baseline in taking_part else taking_part[0]
    benchmarks = [_as_data(outcome, baseline) for outcome in outcomes]
    return {
        "suite": suite.name,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"processor": _processor(), "system": platform.platform(terse=True)},
        "versions": dict(versions),
        "rounds": rounds,
        "baseline": baseline,
        "benchmarks": benchmarks,
        "geometric_means": {name: _mean_ratio(benchmarks, name) for name in taking_part},
    }


def _mean_ratio(benchmarks: Sequence[Mapping[str, Any]], name: str) -> float | None:
    found = [b["subjects"][name]["ratio"] for b in benchmarks if name in b["subjects"]]
    ratios = [ratio for ratio in found if ratio is not None]
    return geometric_mean(ratios) if ratios else None


def _as_data(outcome: Outcome, baseline: str) -> dict[str, Any]:
    return {
        "name": outcome.benchmark.name,
        "what": outcome.benchmark.text,
        "calls": outcome.calls,
        "result": outcome.result,
        "subjects": {
            name: {
                "ns": outcome.ns(name),
                "interval": median_interval(samples),
                "ratio": outcome.ratio(name, baseline),
                "rounds": [round(ns, 3) for ns in samples],
            }
            for name, samples in outcome.rounds.items()
        },
    }


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            models = [line.partition(":")[2] for line in file if line.startswith("model name")]
    except OSError:
        models = []
    return models[0].strip() if models else platform.processor() or platform.machine()


def subjects_of(document: Mapping[str, Any]) -> list[str]:
    """Who took part, in order."""
    return list(dict.fromkeys(name for b in document["benchmarks"] for name in b["subjects"]))


def read(path: Path) -> dict[str, Any]:
    """The document in a file. Raises ResultsError if there is none, OSError if it is missing."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        samples(document)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ResultsError(f"{path}: no results of sema bench") from None
    return dict(document)


def samples(document: Mapping[str, Any]) -> dict[tuple[str, str], list[float]]:
    """The samples of each benchmark and subject, in nanoseconds."""
    return {
        (benchmark["name"], name): [float(ns) for ns in subject["rounds"]]
        for benchmark in document["benchmarks"]
        for name, subject in benchmark["subjects"].items()
        if subject["rounds"]
    }


@dataclass(slots=True)
class Change:
    """How a subject's time changed on one benchmark, by a factor that lies in ``interval``."""

    benchmark: str
    subject: str
    before: float
    after: float
    interval: Interval

    @property
    def ratio(self) -> float:
        """The new time in proportion to the old."""
        return self.after / self.before

    @property
    def is_certain(self) -> bool:
        """Whether it is beyond noise."""
        low, high = self.interval
        return (low > 1 or high < 1) and abs(self.ratio - 1) >= LEAST_CHANGE


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """The changes of all that both documents have, the largest first."""
    old, new = samples(before), samples(after)
    changes = [
        Change(*key, median(old[key]), median(new[key]), ratio_interval(old[key], new[key]))
        for key in new
        if key in old
    ]
    return sorted(changes, key=lambda change: -abs(change.ratio - 1))
