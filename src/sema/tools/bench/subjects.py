"""Who is measured: the interpreter under each strategy, and the other languages on this machine."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import NamedTuple, Protocol

import sema
from sema.tools.bench.suite import HERE, Benchmark

# Seconds of processor time that n repetitions took, and the result as text.
Sample = tuple[float, str]
Runner = Callable[[int], Sample]

JIT = "jit"
HARNESS = "(define (repeat n) (do ((i 1 (+ i 1))) ((>= i n) (once)) (once)))"


class Subject(Protocol):
    """Something that can run benchmarks."""

    name: str

    def prepare(self, benchmark: Benchmark) -> Runner | None:
        """A function that runs the benchmark n times, or None if there is no such program."""


class SemaSubject:
    """This interpreter, in this process, with one call-site cache; or, as ``jit``, with the
    patched one and machine code."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.jit = name == JIT

    def prepare(self, benchmark: Benchmark) -> Runner:
        """See :class:`Subject`."""
        # What is measured is hot code, which need not run long for that.
        interpreter = sema.Interpreter(
            "patched" if self.jit else self.name, jit=self.jit, jit_threshold=10
        )
        interpreter["width"] = benchmark.width
        interpreter.load_file(str(benchmark.source))
        interpreter.eval(HARNESS)
        repeat = interpreter["repeat"]

        def run(n: int) -> Sample:
            start = time.process_time_ns()
            result = repeat(n)
            return (time.process_time_ns() - start) / 1e9, str(result)

        return run


class PeerSubject:
    """Another language: a process for each sample, timed inside after its start-up."""

    def __init__(self, name: str, command: list[str], suffix: str) -> None:
        self.name = name
        self.command = command
        self.suffix = suffix

    def prepare(self, benchmark: Benchmark) -> Runner | None:
        """See :class:`Subject`."""
        program = benchmark.peer(self.suffix)
        if not program.exists():
            return None
        harness = HERE / "peers" / f"harness{self.suffix}"
        words = [*self.command, str(harness), str(program), str(benchmark.width)]

        def run(n: int) -> Sample:
            done = subprocess.run([*words, str(n)], capture_output=True, text=True, check=True)
            result, seconds = done.stdout.split()
            return float(seconds), result

        return run


class PeerProgram(NamedTuple):
    name: str
    command: list[str]
    suffix: str
    version_option: str


PEERS = (
    PeerProgram("Lua", ["lua5.4"], ".lua", "-v"),
    PeerProgram("LuaJIT interpreter", ["luajit", "-joff"], ".lua", "-v"),
    PeerProgram("LuaJIT", ["luajit"], ".lua", "-v"),
    PeerProgram("CPython", [sys.executable], ".py", "-V"),
)


def has_jit() -> bool:
    """Whether machine code can be made here."""
    return find_spec("llvmlite") is not None


def present_peers(chosen: Sequence[str] | None = None) -> tuple[list[PeerSubject], dict[str, str]]:
    """The other languages that this machine has, all or the chosen ones, and what versions they
    say they are."""
    subjects, versions = [], {}
    for peer in PEERS:
        if chosen is not None and peer.name not in chosen:
            continue
        if shutil.which(peer.command[0]) is None:
            continue
        subjects.append(PeerSubject(peer.name, peer.command, peer.suffix))
        asked = [peer.command[0], peer.version_option]
        done = subprocess.run(asked, capture_output=True, text=True, check=True)
        versions[peer.name] = (done.stdout or done.stderr).split(" -- ")[0].strip().split("  ")[0]
    return subjects, versions
