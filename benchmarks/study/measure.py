"""What the study is made of: times, what the sites did, and what the processor does for a call."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import sema
from sema.tools.bench.command import ROUNDS, run
from sema.tools.bench.subjects import HARNESS
from sema.tools.bench.suite import CALLS, JIT, Benchmark
from sema.tools.options import CALL_CACHES

SECONDS = 0.15
TIMED = (
    "tak", "fib", "mutual", "closure", "fresh closures", "2 callees", "4 callees", "8 callees",
    "64 callees", "builtin",
)  # fmt: skip
COUNTED = ("tak", "2 callees", "8 callees")
COMPILED = ("tak", "closure", "fresh closures", "2 callees", "8 callees")
FEW, MANY = 1, 6
"""Repetitions of the two runs whose difference is free of start-up."""
WARM, MANY_COMPILED = 40, 241
"""The same for machine code, which is made in the repetitions before; that takes not quite the
same each time."""
EVENTS = ("instructions", "branches", "loads")

_PERF_EVENTS = {"instructions": "instructions", "branches": "branches", "loads": "L1-dcache-loads"}
_CACHEGRIND = {
    "instructions": r"I\s+refs:\s+([\d,]+)",
    "branches": r"Branches:\s+([\d,]+)",
    "loads": r"D\s+refs:\s+[\d,]+\s+\(\s*([\d,]+) rd",
}

_COMPILED_AT_ONCE = """
import sema, sys
interpreter = sema.Interpreter(jit_threshold=1, jit_background=False, cache=False)
interpreter.load_file(sys.argv[1])
"""


def measure_all() -> dict[str, Any]:
    """Everything; takes some minutes."""
    chosen = tuple(benchmark for benchmark in CALLS.benchmarks if benchmark.name in TIMED)
    counter = _counter()
    return {
        "times": run(CALLS._replace(benchmarks=chosen, peers=()), ROUNDS, SECONDS),
        "sites": {b.name: {cache: sites(b, cache) for cache in CALL_CACHES} for b in chosen},
        "counter": counter,
        "machine_code": {b.name: machine_code(b) for b in chosen if b.name in COMPILED},
        "counts": {
            b.name: {subject: counts(b, subject, counter) for subject in (*CALL_CACHES, JIT)}
            for b in chosen
            if b.name in COUNTED and counter is not None
        },
    }


def sites(benchmark: Benchmark, call_cache: str) -> dict[str, int | None]:
    """Calls, hits, misses and thrown-out entries of one repetition, after the first."""
    interpreter = sema.Interpreter(call_cache, jit=False, call_stats=True)
    interpreter["width"] = benchmark.width
    interpreter.load_file(str(benchmark.source))
    interpreter["once"]()
    interpreter.reset_stats()
    interpreter["once"]()
    report = interpreter.call_report()
    return {
        "calls": sum(site.calls for site in report.sites),
        "hits": sum(site.hits for site in report.sites),
        "misses": sum(site.misses for site in report.sites),
        "thrash": report.thrash,
    }


def machine_code(benchmark: Benchmark) -> dict[str, Any]:
    """What a program became as machine code, by what its sites had seen."""
    interpreter = sema.Interpreter(jit_threshold=1, jit_background=False)
    interpreter["width"] = benchmark.width
    interpreter.load_file(str(benchmark.source))
    interpreter.eval(HARNESS)
    interpreter["repeat"](MANY_COMPILED)
    stats = interpreter.jit_stats()
    guards: dict[str, int] = {}
    for guard in stats["guards"]:
        if guard["copies"]:
            guards[guard["cause"]] = guards.get(guard["cause"], 0) + guard["copies"]
    learnt = {what for guard in stats["guards"] for what in guard["learnt"]}
    return {
        "compiled": stats["compiled"],
        "seconds": stats["seconds"],
        "bytes": stats["bytes"],
        "versions": sum(stats["functions"].values()),
        "guards": dict(sorted(guards.items())),
        "exits": {cause: n for cause, n in stats["exits"].items() if cause != "tick"},
        "learnt": sorted(learnt),
        "given_up": len(stats["given_up"]),
    }


def _counter() -> str | None:
    """The program that counts events here: perf, if the processor lets it, or cachegrind."""
    if shutil.which("perf"):
        asked = ["perf", "stat", "-x,", "-e", ",".join(_PERF_EVENTS.values()), "true"]
        done = subprocess.run(asked, capture_output=True, text=True)
        if done.returncode == 0 and "<not" not in done.stderr:
            return "perf stat"
    return "cachegrind" if shutil.which("valgrind") else None


def counts(benchmark: Benchmark, subject: str, counter: str | None) -> dict[str, float]:
    """Events for one call, under a call cache or as machine code."""
    repetitions = (FEW, MANY_COMPILED if subject == JIT else MANY)
    few, many = (_events(benchmark, subject, counter, n) for n in repetitions)
    interpreter = sema.Interpreter()
    interpreter["width"] = benchmark.width
    interpreter.load_file(str(benchmark.source))
    calls = interpreter["calls"] * (repetitions[1] - repetitions[0])
    return {event: round((many[event] - few[event]) / calls, 1) for event in EVENTS}


def _events(benchmark: Benchmark, subject: str, counter: str | None, n: int) -> dict[str, int]:
    with tempfile.TemporaryDirectory() as directory:
        program = Path(directory) / "program.sema"
        source = benchmark.source.read_text(encoding="utf-8")
        runs = f"(repeat {WARM})\n(repeat {n})" if subject == JIT else f"(repeat {n})"
        text = f"(define width {benchmark.width})\n{source}\n{HARNESS}\n{runs}\n"
        program.write_text(text, encoding="utf-8")
        own = [sys.executable, "-c", _COMPILED_AT_ONCE]
        if subject != JIT:
            own = [sys.executable, "-m", "sema", "--jit=off", f"--call-cache={subject}"]
        if counter == "perf stat":
            events = ",".join(_PERF_EVENTS.values())
            command = ["perf", "stat", "-x,", "-e", events, *own, str(program)]
            shown = _errors_of(command)
            found = {line.split(",")[2]: line.split(",")[0] for line in shown.splitlines()}
            return {event: int(found[name]) for event, name in _PERF_EVENTS.items()}
        command = ["valgrind", "--tool=cachegrind", "--cache-sim=yes", "--branch-sim=yes"]
        output = f"--cachegrind-out-file={directory}/out"
        shown = _errors_of([*command, output, *own, str(program)])
        return {event: _number(pattern, shown) for event, pattern in _CACHEGRIND.items()}


def _errors_of(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stderr


def _number(pattern: str, text: str) -> int:
    found = re.search(pattern, text)
    assert found is not None
    return int(found[1].replace(",", ""))
