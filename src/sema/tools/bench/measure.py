"""Interleaved rounds: every subject is measured in turn, so that all see the same machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median

import sema
from sema.tools.bench.subjects import BenchmarkError, Runner, Subject
from sema.tools.bench.suite import Benchmark, Suite

LEAST_WARM_UP, MOST_WARM_UP = 4, 20
"""In rounds: what compiles a program while it runs gets so long to reach its speed."""
STEADY = 1.1
"""Three rounds in turn whose times differ by no more than this factor have reached it."""


@dataclass(slots=True)
class Outcome:
    """What one benchmark gave: nanoseconds of each round, by subject; for a call, or for a run of
    the program if that is what ``calls`` is one of."""

    benchmark: Benchmark
    calls: int
    result: str
    rounds: dict[str, list[float]] = field(default_factory=dict)

    def ns(self, subject: str) -> float | None:
        """The median of a subject, None if it did not take part."""
        samples = self.rounds.get(subject)
        return median(samples) if samples else None

    def ratio(self, subject: str, baseline: str) -> float | None:
        """How a subject's median compares with the baseline's."""
        own, other = self.ns(subject), self.ns(baseline)
        return own / other if own is not None and other else None


def calls_of(benchmark: Benchmark) -> int:
    """How many calls the program says that one repetition makes."""
    interpreter = sema.Interpreter()
    interpreter["width"] = benchmark.width
    interpreter.load_file(str(benchmark.source))
    return int(interpreter["calls"])


def measure(
    suite: Suite,
    benchmark: Benchmark,
    subjects: Sequence[Subject],
    rounds: int,
    seconds: float,
    advance: Callable[[], None],
) -> Outcome:
    """Run ``rounds`` rounds of about ``seconds`` each; ``advance`` is called after each sample.

    Raises :class:`BenchmarkError` if a program fails, or the subjects do not agree on the result.
    """
    outcome = Outcome(benchmark, calls_of(benchmark) if suite.per_call else 1, "")
    with ExitStack() as running:
        runners: dict[str, Runner] = {}
        repetitions: dict[str, int] = {}
        for subject in subjects:
            if subject.has(benchmark):
                run = running.enter_context(subject.start(benchmark))
                if subject.is_compiling:
                    warm_up(run, seconds)
                repetitions[subject.name] = _calibrate(run, seconds)
                runners[subject.name] = run
        for _ in range(rounds):
            for name, run in runners.items():
                elapsed, result = run(repetitions[name])
                if result != (outcome.result or result):
                    text = f"{benchmark.name}: {name} gives {result}, not {outcome.result}"
                    raise BenchmarkError(text)
                outcome.result = result
                ns = elapsed * 1e9 / (repetitions[name] * outcome.calls)
                outcome.rounds.setdefault(name, []).append(ns)
                advance()
    return outcome


def warm_up(run: Runner, seconds: float) -> None:
    """Repeat until the speed is steady."""
    times: list[float] = []
    spent = 0.0
    while spent < MOST_WARM_UP * seconds:
        n = _calibrate(run, seconds)
        elapsed, _ = run(n)
        spent += elapsed
        times = [*times[-2:], elapsed / n]
        if spent >= LEAST_WARM_UP * seconds and max(times) <= STEADY * min(times):
            return


def _calibrate(run: Runner, seconds: float) -> int:
    """How many repetitions take about ``seconds``."""
    n = 1
    while (elapsed := run(n)[0]) < seconds / 8:
        n *= 2 if elapsed > seconds / 100 else 10
    return max(1, round(n * seconds / elapsed))
