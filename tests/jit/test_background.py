"""Machine code is made while the program goes on, and the program cannot tell."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import time
import weakref

import pytest

import sema
from sema.jit import Jit
from sema.jit.worker import Worker, worker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

FIB = "(define (fib n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))"
PATIENCE = 60
"""Seconds within which machine code is there."""


@pytest.fixture(autouse=True)
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure to compile is a failure of the test."""
    monkeypatch.setattr(Jit, "tolerant", False)


def soon_hot() -> sema.Interpreter:
    return sema.Interpreter(jit_threshold=1)


def run_until_compiled(interpreter: sema.Interpreter, text: str) -> list[object]:
    """Run a text again and again until some of it is machine code; its values."""
    values = []
    deadline = time.monotonic() + PATIENCE
    while not interpreter.jit_stats()["compiled"]:
        values.append(interpreter.eval(text))
        assert time.monotonic() < deadline
    return [*values, interpreter.eval(text)]


class Hold:
    """Until it is released nothing is done in the background."""

    def __init__(self) -> None:
        worker.busy.acquire()
        self.released = False

    def release(self) -> None:
        if not self.released:
            self.released = True
            worker.busy.release()


@pytest.fixture
def held() -> Iterator[Hold]:
    hold = Hold()
    yield hold
    hold.release()


def test_the_program_goes_on_meanwhile(held: Hold) -> None:
    interpreter = soon_hot()
    interpreter.eval(FIB)
    assert interpreter.eval("(fib 25)") == 75025
    assert interpreter.jit_stats()["compiled"] == 0
    assert interpreter._machine.awaits
    held.release()
    assert set(run_until_compiled(interpreter, "(fib 25)")) == {75025}
    assert interpreter.jit_stats()["functions"]["fib"] >= 1


def test_what_is_compiled_at_its_first_call_is_not_left_to_the_background() -> None:
    interpreter = sema.Interpreter(jit_threshold=0, jit_background=True)
    interpreter.eval("(define (f x) (+ x 1)) (f 1)")
    assert "f" in interpreter.jit_stats()["functions"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("(set! step (fn (n) (- n 2)))", -1),
        ("(define (step n) (if (> n 5) 5 (- n 1)))", 0),
        ("(set! - (let ((old -)) (fn (x y) (old x (* 2 y)))))", -1),
        ("(set! go (fn (n) (list n)))", [20001]),
    ],
)
def test_redefinitions_while_machine_code_is_made(
    held: Hold, change: str, expected: object
) -> None:
    interpreter = soon_hot()
    interpreter.eval("(define (step n) (- n 1))")
    interpreter.eval("(define (go n) (if (<= n 0) n (go (step n))))")
    assert interpreter.eval("(go 200000)") == 0
    assert interpreter._machine.awaits
    interpreter.eval(change)
    held.release()
    for _ in range(50):
        assert interpreter.eval("(go 20001)") == expected
        time.sleep(0.005)


def test_an_interpreter_dies_while_its_machine_code_is_made(held: Hold) -> None:
    interpreter = soon_hot()
    interpreter.eval(FIB)
    interpreter.eval("(fib 25)")
    assert interpreter._machine.awaits
    jit = weakref.ref(interpreter._machine.jit)
    code = weakref.ref(interpreter["fib"].code_object)
    interpreter.close()
    del interpreter
    gc.collect()
    assert jit() is None
    assert code() is None
    held.release()
    run_until_compiled(other := soon_hot(), f"{FIB} (fib 25)")
    assert other.eval("(fib 20)") == 6765


def test_a_function_dies_after_its_machine_code_was_made() -> None:
    interpreter = soon_hot()
    interpreter.eval(FIB)
    run_until_compiled(interpreter, "(fib 25)")
    group = next(iter(interpreter._machine.jit.groups))  # type: ignore[union-attr]
    died = weakref.ref(group)
    del group
    interpreter.eval("(set! fib nil) (let go ((i 0)) (if (< i 1000000) (go (+ i 1))))")
    gc.collect()
    assert died() is None


def test_several_threads_with_an_interpreter_each() -> None:
    values: list[list[object]] = []

    def run(n: int) -> None:
        interpreter = soon_hot()
        interpreter.eval(FIB)
        values.append(run_until_compiled(interpreter, f"(- (fib 25) {n})"))

    threads = [threading.Thread(target=run, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each for found in values for each in set(found)) == [  # type: ignore[type-var]
        75025 - n for n in (3, 2, 1, 0)
    ]


def test_a_failure_is_reported_where_the_machine_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Jit, "tolerant", True)
    monkeypatch.setattr("sema.jit.compilation.optimised", lambda text, level: 1 // 0)
    interpreter = soon_hot()
    interpreter.eval(FIB)
    deadline = time.monotonic() + PATIENCE
    while not interpreter.jit_stats()["trouble"]:
        assert interpreter.eval("(fib 25)") == 75025
        assert time.monotonic() < deadline
    assert interpreter.eval("(fib 25)") == 75025


def test_fork_while_machine_code_is_made() -> None:
    program = f"""
import os, sema, sys, time
interpreter = sema.Interpreter(jit_threshold=1)
interpreter.eval({FIB!r})
while not interpreter._machine.awaits:
    interpreter.eval("(fib 20)")
child = os.fork()
end = time.monotonic() + {PATIENCE}
while not interpreter.jit_stats()["compiled"] and time.monotonic() < end:
    assert interpreter.eval("(fib 25)") == 75025
compiled = interpreter.jit_stats()["compiled"]
if child:
    assert os.waitpid(child, 0)[1] == 0
    print("both" if compiled else "not compiled")
else:
    os._exit(0 if compiled else 1)
"""
    assert in_another_process(program) == "both"


@pytest.mark.parametrize("when", ["at once", "in the middle"])
def test_the_process_ends_while_machine_code_is_made(when: str) -> None:
    program = f"""
import sema, sys, time
interpreter = sema.Interpreter(jit_threshold=1)
interpreter.eval({FIB!r})
while not interpreter._machine.awaits:
    interpreter.eval("(fib 20)")
if {when!r} != "at once":
    time.sleep(0.01)
print("end")
"""
    assert in_another_process(program) == "end"


def in_another_process(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=2 * PATIENCE
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


def test_jobs_are_done_here_if_there_can_be_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_thread(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", no_thread)
    job = Worker().submit(lambda: 42)
    assert job.done
    assert job.result() == 42
