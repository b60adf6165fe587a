"""Interleaved rounds: every subject is measured in turn, so that all see the same machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

import sema
from sema.tools.bench.subjects import Runner, SemaSubject, Subject
from sema.tools.bench.suite import Benchmark


@dataclass(slots=True)
class Outcome:
    """What one benchmark gave: nanoseconds a call of each round, by subject."""

    benchmark: Benchmark
    calls: int
    result: str
    rounds: dict[str, list[float]] = field(default_factory=dict)

    def ns(self, subject: str) -> float | None:
        """The median of a subject, None if it did not take part."""
        samples = self.rounds.get(subject)
        return median(samples) if samples else None

    def ratio(self, subject: str, baseline: str = "none") -> float | None:
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
    benchmark: Benchmark,
    subjects: Sequence[Subject],
    rounds: int,
    seconds: float,
    advance: Callable[[], None],
) -> Outcome:
    """Run ``rounds`` rounds of about ``seconds`` each; ``advance`` is called after each sample.

    Raises :class:`ValueError` if the subjects do not agree on the result.
    """
    runners = {s.name: run for s in subjects if (run := s.prepare(benchmark)) is not None}
    outcome = Outcome(benchmark, calls_of(benchmark), "")
    repetitions: dict[str, int] = {}
    own_repetitions = 0
    for subject in subjects:
        if subject.name not in runners:
            continue
        if isinstance(subject, SemaSubject) and not subject.jit and own_repetitions:
            repetitions[subject.name] = own_repetitions
            continue
        repetitions[subject.name] = _calibrate(runners[subject.name], seconds)
        if isinstance(subject, SemaSubject) and not subject.jit:
            own_repetitions = repetitions[subject.name]
        if isinstance(subject, SemaSubject) and subject.jit:
            # What is hot becomes machine code before it is measured.
            runners[subject.name](repetitions[subject.name])
            repetitions[subject.name] = _calibrate(runners[subject.name], seconds)
    for _ in range(rounds):
        for name, run in runners.items():
            elapsed, result = run(repetitions[name])
            if result != (outcome.result or result):
                raise ValueError(f"{benchmark.name}: {name} gives {result}, not {outcome.result}")
            outcome.result = result
            per_call = elapsed * 1e9 / (repetitions[name] * outcome.calls)
            outcome.rounds.setdefault(name, []).append(per_call)
            advance()
    return outcome


def _calibrate(run: Runner, seconds: float) -> int:
    """How many repetitions take about ``seconds``."""
    n = 1
    while (elapsed := run(n)[0]) < seconds / 8:
        n *= 2 if elapsed > seconds / 100 else 10
    return max(1, round(n * seconds / elapsed))
