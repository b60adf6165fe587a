"""What a few noisy samples say for certain: confidence intervals by the bootstrap.

The random numbers are always the same, so that the same samples give the same interval.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from statistics import median

RESAMPLES = 1000
CONFIDENCE = 0.95
SEED = 20

Interval = tuple[float, float]


def median_interval(samples: Sequence[float]) -> Interval:
    """The interval that holds the median, with 95 % confidence."""
    return _interval(lambda random: median(random.choices(samples, k=len(samples))))


def ratio_interval(before: Sequence[float], after: Sequence[float]) -> Interval:
    """The interval that holds the ratio of the second median to the first."""

    def resample(random: Random) -> float:
        one = median(random.choices(before, k=len(before)))
        return median(random.choices(after, k=len(after))) / one

    return _interval(resample)


def _interval(resample: Callable[[Random], float]) -> Interval:
    random = Random(SEED)
    values = sorted(resample(random) for _ in range(RESAMPLES))
    outside = int(RESAMPLES * (1 - CONFIDENCE) / 2)
    return values[outside], values[-1 - outside]
