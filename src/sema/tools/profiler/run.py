"""Running a program to be profiled, and once more under each call cache to compare them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass

import sema
from sema.embed.interpreter import HOT_AFTER
from sema.tools.cli import FAILED, INTERRUPTED, OK, exit_status
from sema.tools.options import CALL_CACHES
from sema.tools.profiler.profile import Profile, Strategy, profile_of
from sema.tools.session import Session
from sema.vm.sampler import Sampler


@dataclass(slots=True)
class Program:
    """What is to be run: a file of source code with its arguments."""

    path: str
    arguments: list[str]

    def session(self, call_cache: str, call_stats: bool, jit: bool = False) -> Session:
        """A fresh interpreter for it. With ``jit`` hot code becomes machine code, which counts its
        calls as well."""
        interpreter = sema.Interpreter(
            call_cache=call_cache,
            jit=False,
            # What making machine code takes shall be seen by itself.
            jit_background=False,
            call_stats=call_stats,
            cache=False,
        )
        if jit:
            interpreter.machine.hot_after = max(HOT_AFTER, 0)
        interpreter.argv = ["sema", self.path, *self.arguments]
        return Session(interpreter)


def profile_program(program: Program, call_cache: str, jit: bool = True) -> tuple[Profile, int]:
    """Run the program with statistics; what was seen, and its exit status.

    Machine code knows callees as the patched cache does; the other caches are the interpreter's.

    An error that ends it is reported on standard error, and what was seen until then counts.
    """
    session = program.session(call_cache, True, jit and call_cache == "patched")
    sampler = Sampler(session.interpreter.machine)
    with sampler:
        status = _status_of(lambda: session.run_file(program.path))
    return profile_of(session.interpreter, sampler, program.path, program.arguments), status


def _status_of(run: Callable[[], bool]) -> int:
    try:
        return OK if run() else FAILED
    except SystemExit as request:
        return exit_status(request)
    except KeyboardInterrupt:
        return INTERRUPTED


def compare_strategies(program: Program) -> list[Strategy]:
    """Run the program under each call cache: on the clock, then with statistics; its output is
    not shown. It is interpreted: machine code needs no cache."""
    compared = []
    for call_cache in CALL_CACHES:
        seconds = _time(program.session(call_cache, call_stats=False), program.path)
        session = program.session(call_cache, call_stats=True)
        _time(session, program.path)
        report = session.interpreter.call_report()
        compared.append(
            Strategy(
                call_cache=call_cache,
                seconds=seconds,
                calls=sum(site.calls for site in report.sites),
                hits=sum(site.hits for site in report.sites),
                misses=sum(site.misses for site in report.sites),
                thrash=report.thrash,
            )
        )
    return compared


def _time(session: Session, path: str) -> float:
    with open(os.devnull, "w", encoding="utf-8") as null:
        start = time.perf_counter()
        with redirect_stdout(null), redirect_stderr(null):
            _status_of(lambda: session.run_file(path))
        return time.perf_counter() - start
