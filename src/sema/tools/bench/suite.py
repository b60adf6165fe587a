"""The benchmarks: which program, with which parameter, and what a call of it is."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent


class Benchmark(NamedTuple):
    """``program`` names files in ``programs/`` and ``peers/``; ``width`` is its parameter."""

    name: str
    program: str
    text: str
    width: int = 1

    @property
    def source(self) -> Path:
        """The Sema program, which defines ``calls`` and ``once``."""
        return HERE / "programs" / f"{self.program}.sema"

    def peer(self, suffix: str) -> Path:
        """The same program in another language; the file need not exist."""
        return HERE / "peers" / f"{self.program}{suffix}"


BENCHMARKS = (
    Benchmark("tak", "tak", "Takeuchi's function, (tak 18 12 6)"),
    Benchmark("fib", "fib", "doubly recursive Fibonacci numbers"),
    Benchmark("ackermann", "ackermann", "Ackermann's function, (ack 3 5)"),
    Benchmark("mutual", "mutual", "two functions that call each other"),
    Benchmark("tail loop", "tail-loop", "a loop by tail calls"),
    Benchmark("closure", "closure", "one closure called in a loop"),
    Benchmark("fresh closures", "fresh-closures", "ever new closures of one lambda"),
    Benchmark("2 callees", "callees", "one site, two functions in turn", 2),
    Benchmark("4 callees", "callees", "one site, four functions in turn", 4),
    Benchmark("8 callees", "callees", "one site, eight functions in turn", 8),
    Benchmark("64 callees", "callees", "one site, 64 functions in turn", 64),
    Benchmark("builtin", "builtin", "a builtin of one argument"),
    Benchmark("keyword", "keyword", "a keyword called on a map"),
    Benchmark("cons", "cons", "lists of eight, per cons"),
)
