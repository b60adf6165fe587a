"""The suites of benchmarks: which programs, with which parameter, and what is said of them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from sema.tools.options import CALL_CACHES

HERE = Path(__file__).parent
JIT = "jit"
"""The strategy of patched call sites and machine code."""


class Benchmark(NamedTuple):
    """``program`` names files in ``programs/`` and ``peers/``; ``width`` is its parameter."""

    name: str
    program: str
    text: str
    width: int = 1

    @property
    def source(self) -> Path:
        """The Sema program, which defines ``once``; that of a call benchmark ``calls``, too."""
        return HERE / "programs" / f"{self.program}.sema"

    def peer(self, suffix: str) -> Path:
        """The same program in another language; the file need not exist."""
        return HERE / "peers" / f"{self.program}{suffix}"


class Suite(NamedTuple):
    """Benchmarks, and how they are measured unless one chooses: ``strategies`` and ``peers``.

    Times are shown in ``unit``, of which ``scale`` nanoseconds are one: for a call if
    ``per_call``, else for a run of the program. Ratios are to ``baseline``, alone if
    ``ratios_only``.
    """

    name: str
    text: str
    benchmarks: tuple[Benchmark, ...]
    strategies: tuple[str, ...]
    peers: tuple[str, ...]
    baseline: str
    unit: str
    scale: float
    per_call: bool
    ratios_only: bool


_SHARED = (
    Benchmark("tak", "tak", "Takeuchi's function, (tak 18 12 6)"),
    Benchmark("fib", "fib", "doubly recursive Fibonacci numbers"),
    Benchmark("ackermann", "ackermann", "Ackermann's function, (ack 3 5)"),
    Benchmark("mutual", "mutual", "two functions that call each other"),
    Benchmark("tail loop", "tail-loop", "a loop by tail calls"),
)

PROGRAMS = Suite(
    name="programs",
    text="Programs beside other languages",
    benchmarks=(
        *_SHARED,
        Benchmark("closures", "closures", "closures with state, functions composed"),
        Benchmark("map/filter/fold", "map-filter-fold", "lists through functions of functions"),
        Benchmark("mandelbrot", "mandelbrot", "floating-point numbers in a loop"),
        Benchmark("nbody", "nbody", "planets: floating-point numbers in arrays"),
        Benchmark("spectral norm", "spectral-norm", "a matrix of floating-point numbers"),
        Benchmark("sieve", "sieve", "primes in a mutable array"),
        Benchmark("nqueens", "nqueens", "eight queens, placed in lists"),
        Benchmark("binary trees", "binary-trees", "trees built, walked and dropped"),
        Benchmark("derivative", "derivative", "symbolic derivatives of formulas"),
        Benchmark("records", "records", "immutable records, a new one for each step"),
        Benchmark("sort", "sort", "sorting by a function of the program"),
        Benchmark("hash counting", "hash-counting", "numbers counted in a hash map"),
        Benchmark("word count", "word-count", "a text split, its words counted and sorted"),
        Benchmark("string building", "string-building", "strings appended and joined"),
        Benchmark("exceptions", "exceptions", "errors thrown through calls and caught"),
    ),
    strategies=("patched", JIT),
    peers=(
        "Lua", "LuaJIT interpreter", "LuaJIT", "Racket", "Chez", "Guile", "SBCL", "node", "PyPy",
        "CPython",
    ),
    baseline="Lua",
    unit="ms",
    scale=1e6,
    per_call=False,
    ratios_only=True,
)  # fmt: skip

CALLS = Suite(
    name="calls",
    text="What calls cost",
    benchmarks=(
        *_SHARED,
        Benchmark("closure", "closure", "one closure called in a loop"),
        Benchmark("fresh closures", "fresh-closures", "ever new closures of one lambda"),
        Benchmark("2 callees", "callees", "one site, two functions in turn", 2),
        Benchmark("4 callees", "callees", "one site, four functions in turn", 4),
        Benchmark("8 callees", "callees", "one site, eight functions in turn", 8),
        Benchmark("64 callees", "callees", "one site, 64 functions in turn", 64),
        Benchmark("builtin", "builtin", "a builtin of one argument"),
        Benchmark("keyword", "keyword", "a keyword called on a map"),
        Benchmark("cons", "cons", "lists of eight, per cons"),
    ),
    strategies=(*CALL_CACHES, JIT),
    peers=("Lua", "LuaJIT interpreter", "LuaJIT", "CPython"),
    baseline="none",
    unit="ns",
    scale=1.0,
    per_call=True,
    ratios_only=False,
)

SUITES = (PROGRAMS, CALLS)
