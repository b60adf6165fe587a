"""``make run``: one program, four call-site caches, side by side, and what each call site did."""

from __future__ import annotations

import sys
import time
from statistics import median

import sema
from sema.tools.call_table import HEADINGS, site_rows
from sema.tools.options import CALL_CACHES
from sema.tools.tables import print_table

PROGRAM = """\
(define (tak x y z)
  (if (< y x)
      (tak (tak (- x 1) y z)
           (tak (- y 1) z x)
           (tak (- z 1) x y))
      z))
"""
CALLS = 63_609
ROUNDS = 7
CALLS_A_ROUND = 100


def main() -> None:
    """Measure, then print both tables."""
    print(PROGRAM)
    print(f"(tak 18 12 6) makes {CALLS:,} calls; the median of {ROUNDS} interleaved rounds:\n")
    times = _measure()
    baseline = times["none"]
    print_table(
        ("call cache", "ns per call", "ratio to none"),
        [(name, f"{ns:.2f}", f"{ns / baseline:.2f}") for name, ns in times.items()],
        sys.stdout,
    )
    print("\nWhat each call site did in one run with counters:\n")
    rows = [
        (name, *(cells[i] for i in _SHOWN)) for name in CALL_CACHES for cells in _site_rows(name)
    ]
    print_table(("call cache", *(HEADINGS[i] for i in _SHOWN)), rows, sys.stdout)


_SHOWN = [HEADINGS.index(name) for name in ("site", "kind", "calls", "hits", "misses", "state")]


def _measure() -> dict[str, float]:
    """Nanoseconds a call of each strategy, measured in turns so that all see the same machine."""
    functions = {}
    for name in CALL_CACHES:
        interpreter = sema.Interpreter(call_cache=name)
        interpreter.eval(PROGRAM)
        interpreter.eval(
            "(define (repeat n) (do ((i 0 (+ i 1))) ((= i n) (tak 18 12 6)) (tak 18 12 6)))"
        )
        functions[name] = interpreter["repeat"]
    samples: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(ROUNDS):
        for name, repeat in functions.items():
            start = time.process_time_ns()
            repeat(CALLS_A_ROUND - 1)
            samples[name].append((time.process_time_ns() - start) / (CALLS * CALLS_A_ROUND))
    return {name: median(values) for name, values in samples.items()}


def _site_rows(call_cache: str) -> list[tuple[str, ...]]:
    interpreter = sema.Interpreter(call_cache=call_cache, call_stats=True)
    interpreter.eval(PROGRAM, "tak.sema")
    interpreter.eval("(tak 18 12 6)", "call.sema")
    return site_rows(interpreter.call_report())


if __name__ == "__main__":
    main()
