"""Who is measured: the interpreter under each strategy, and the other languages on this machine."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from importlib.util import find_spec
from tempfile import TemporaryFile
from threading import Timer
from typing import NamedTuple, Protocol

import sema
from sema.tools.bench.suite import HERE, JIT, Benchmark
from sema.tools.options import CALL_CACHES

# Seconds of processor time that n repetitions took, and the result as text.
Sample = tuple[float, str]
Runner = Callable[[int], Sample]

HARNESS = "(define (repeat n) (do ((i 1 (+ i 1))) ((>= i n) (once)) (once)))"
PATIENCE = 300.0
"""Seconds after which a peer that does not answer is given up."""


class BenchmarkError(Exception):
    """A program that fails, or gives another result than the others."""


class Subject(Protocol):
    """Something that can run benchmarks; ``is_compiling`` says that it does so while they run."""

    @property
    def name(self) -> str: ...

    @property
    def is_compiling(self) -> bool: ...

    def has(self, benchmark: Benchmark) -> bool:
        """Whether there is such a program."""

    def start(self, benchmark: Benchmark) -> AbstractContextManager[Runner]:
        """Load the program, as long as the context lasts; gives what runs it n times.

        It raises :class:`BenchmarkError` if the program fails.
        """


class SemaSubject:
    """This interpreter, in this process, with one call-site cache; or, as ``jit``, with the
    patched one and machine code."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_compiling = name == JIT

    def has(self, benchmark: Benchmark) -> bool:
        """See :class:`Subject`."""
        return benchmark.source.exists()

    @contextmanager
    def start(self, benchmark: Benchmark) -> Iterator[Runner]:
        """See :class:`Subject`."""
        # What is measured is hot code, which need not run long for that.
        interpreter = sema.Interpreter(
            "patched" if self.is_compiling else self.name,
            jit=self.is_compiling,
            jit_threshold=10,
            jit_background=False,
        )
        interpreter["width"] = benchmark.width
        interpreter.load_file(str(benchmark.source))
        interpreter.eval(HARNESS)
        repeat = interpreter["repeat"]

        def run(n: int) -> Sample:
            start = time.thread_time_ns()
            result = repeat(n)
            return (time.thread_time_ns() - start) / 1e9, str(result)

        yield run


class Peer(NamedTuple):
    """Another language. Its ``harness`` reads how often to run a program, times that, and answers
    with the result and the time; ``version_options`` make ``command`` say its version."""

    name: str
    command: tuple[str, ...]
    harness: str
    suffix: str
    version_options: tuple[str, ...]
    is_compiling: bool = False

    def has(self, benchmark: Benchmark) -> bool:
        """See :class:`Subject`."""
        return benchmark.peer(self.suffix).exists()

    @contextmanager
    def start(self, benchmark: Benchmark) -> Iterator[Runner]:
        """See :class:`Subject`."""
        program, harness = benchmark.peer(self.suffix), HERE / "peers" / self.harness
        words = [*self.command, str(harness), str(program), str(benchmark.width)]
        pipe = subprocess.PIPE
        with (
            TemporaryFile("w+") as errors,
            subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=errors, text=True) as process,
        ):
            assert process.stdin is not None and process.stdout is not None
            questions, answers = process.stdin, process.stdout

            def run(n: int) -> Sample:
                watchdog = Timer(PATIENCE, process.kill)
                watchdog.start()
                try:
                    questions.write(f"{n}\n")
                    questions.flush()
                    result, seconds = answers.readline().split()
                    return float(seconds), result
                except (ValueError, BrokenPipeError):
                    process.kill()
                    errors.seek(0)
                    said = " ".join(errors.read().split()) or "no answer"
                    text = f"{benchmark.name}: {self.name} failed: {said[:300]}"
                    raise BenchmarkError(text) from None
                finally:
                    watchdog.cancel()

            try:
                yield run
            finally:
                process.kill()

    def version(self) -> str:
        """The version that it says it is."""
        words = [self.command[0], *self.version_options]
        done = subprocess.run(words, capture_output=True, text=True, check=True)
        found = re.search(r"\d+(\.\d+)+[\w.-]*\b", done.stdout or done.stderr)
        return found[0] if found else "of unknown version"


_PYPY_VERSION = "import sys; print('%d.%d.%d' % sys.pypy_version_info[:3])"

PEERS = (
    Peer("Lua", ("lua5.4",), "harness.lua", ".lua", ("-v",)),
    Peer("LuaJIT interpreter", ("luajit", "-joff"), "harness.lua", ".lua", ("-v",)),
    Peer("LuaJIT", ("luajit",), "harness.lua", ".lua", ("-v",), True),
    Peer("Racket", ("racket",), "harness-racket.rkt", ".scm", ("--version",)),
    Peer("Chez", ("chezscheme", "--script"), "harness-chez.ss", ".scm", ("--version",)),
    Peer("Guile", ("guile", "--no-auto-compile"), "harness-guile.scm", ".scm", ("--version",)),
    Peer("SBCL", ("sbcl", "--script"), "harness.lisp", ".lisp", ("--version",)),
    Peer("node", ("node",), "harness.js", ".js", ("--version",), True),
    Peer("PyPy", ("pypy3",), "harness.py", ".py", ("-c", _PYPY_VERSION), True),
    Peer("CPython", (sys.executable,), "harness.py", ".py", ("-V",)),
)


def strategies() -> list[str]:
    """How the interpreter can be measured here."""
    return [*CALL_CACHES, JIT] if find_spec("llvmlite") is not None else list(CALL_CACHES)


def present_peers(chosen: Sequence[str]) -> tuple[list[Peer], list[Peer]]:
    """Those of the chosen languages that this machine has, and those that it lacks."""
    present: list[Peer] = []
    absent: list[Peer] = []
    for peer in PEERS:
        if peer.name in chosen:
            (present if shutil.which(peer.command[0]) else absent).append(peer)
    return present, absent
