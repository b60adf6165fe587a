# reference: runtime.md 8
"""Tasks as Python sees them: across units, in modules, in callbacks, in threads, and dropped."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

import sema
from sema.tasks.cancellation import on_cancel

STRATEGIES = ("none", "vm", "site", "patched")


@pytest.fixture(params=STRATEGIES)
def interpreter(request: pytest.FixtureRequest) -> sema.Interpreter:
    return sema.Interpreter(call_cache=request.param)


def test_a_promise_of_one_unit_is_awaited_in_the_next(interpreter: sema.Interpreter) -> None:
    interpreter.eval("(define p (async (async/sleep 1) :late))")
    assert interpreter.eval_to_string("(list (async/pending? p) (await p))") == "(#t :late)"


def test_ready_tasks_run_when_the_unit_ends(interpreter: sema.Interpreter) -> None:
    interpreter.eval("(define log '()) (async (set! log (cons 1 log)) (async (set! log '(2))))")
    assert interpreter.eval_to_string("log") == "(2)"
    interpreter.eval("(define (start) (async (set! log '(3))) nil)")
    interpreter["start"]()
    assert interpreter.eval_to_string("log") == "(3)"


def test_the_program_may_wait_below_python(interpreter: sema.Interpreter) -> None:
    """Code that Python has called waits where it stands; others run meanwhile."""
    interpreter["through"] = lambda f, x: f(x)
    program = """
      (define (slow x) (async/sleep 2) x)
      (define log '())
      (async (set! log (cons :other log)))
      (list (through slow 1) log (await (async (through slow 2))))
    """
    assert interpreter.eval_to_string(program) == "(1 (:other) 2)"


def test_waiting_below_python_too_often_is_an_error(interpreter: sema.Interpreter) -> None:
    interpreter["through"] = lambda f: f()
    program = """
      (define (nested n)
        (if (= n 0) (await (async 1)) (through (fn () (await (async (nested (- n 1))))))))
      (list (nested 5) (try (nested 200) (catch e (:message e))))
    """
    value = interpreter.eval_to_string(program)
    assert value.startswith("(1 ") and "too many calls between Sema and Python" in value


def test_a_module_is_evaluated_once_for_several_tasks(
    interpreter: sema.Interpreter, tmp_path: Path
) -> None:
    (tmp_path / "slow.sema").write_text(
        '(define a 1) (println "evaluated") (async/sleep 5) (define b 2)'
    )
    program = """
      (define (use) (async (import "slow.sema") (list a b)))
      (async/all (list (use) (use) (use)))
    """
    main = str(tmp_path / "main.sema")
    assert interpreter.eval(program, main) is not None
    assert interpreter.eval_to_string("(list a b)") == "(1 2)"


def test_a_module_that_fails_fails_for_all_and_may_be_imported_again(
    interpreter: sema.Interpreter, tmp_path: Path
) -> None:
    module = tmp_path / "m.sema"
    module.write_text('(async/sleep 1) (error "not ready")')
    program = '(parallel (list (fn () (import "m.sema") 1) (fn () (import "m.sema") 2)))'
    assert interpreter.eval_to_string(f"(str {program})") == '"(nil nil)"'
    module.write_text("(define ready 5)")
    assert interpreter.eval('(import "m.sema") ready', str(tmp_path / "x.sema")) == 5


def test_interrupting_a_program_that_waits() -> None:
    interpreter = sema.Interpreter()

    def interrupt() -> None:
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        interpreter.eval("(async/sleep 60000)")
    thread.join()
    assert interpreter.eval("(await (async 1))") == 1


def test_the_stuck_are_listed() -> None:
    interpreter = sema.Interpreter()
    program = """(define (worker)
  (async
    (channel/recv (channel/new))))
(define a (worker))
(define b (worker))
(await a)"""
    with pytest.raises(sema.SemaError, match="deadlock detected") as caught:
        interpreter.eval(program, "jobs.sema")
    assert caught.value.note is not None
    assert caught.value.note == (
        "one task waits in channel/recv at jobs.sema:3:5; "
        "another one waits in channel/recv at jobs.sema:3:5"
    )
    assert str(caught.value.span) == "jobs.sema:6:1"


def test_what_abandoned_tasks_hold_is_collected() -> None:
    interpreter = sema.Interpreter()
    interpreter["token"] = token = object()
    interpreter.eval("""
      (define (hold x) (async (channel/recv (channel/new)) (list x)))
      (define (go t) (hold (list t t)) (async/sleep 0) nil)
    """)
    gc.collect()
    gc.disable()  # what the task holds is to be seen before a collection takes it
    try:
        before = sys.getrefcount(token)
        interpreter.eval("(go token)")
        assert sys.getrefcount(token) > before
    finally:
        gc.enable()
    del interpreter["token"]
    del interpreter
    gc.collect()
    assert sys.getrefcount(token) == 2


def test_calls_that_wait_for_the_world_let_others_run() -> None:
    from sema.stdlib import registry

    interpreter = sema.Interpreter()
    started, release = threading.Event(), threading.Event()

    def wait_for_event() -> str:
        started.set()
        assert release.wait(30)
        return "released"

    scheduler = interpreter.namespace.context.scheduler
    interpreter["outside"] = lambda: scheduler.outside(wait_for_event, (), "outside")
    interpreter["release"] = release.set
    program = """
      (define p (async (await (outside))))
      (async/sleep 1)
      (list (async/pending? p) (begin (release) (await p)))
    """
    assert interpreter.eval_to_string(program) == '(#t "released")'
    assert started.is_set()
    assert registry.declaration("sleep") is not None


def test_calls_that_wait_for_the_world_can_be_called_off() -> None:
    interpreter = sema.Interpreter()
    stopped = threading.Event()

    def wait_until_cancelled() -> bool:
        on_cancel(stopped.set)
        return stopped.wait(30)

    scheduler = interpreter.namespace.context.scheduler
    interpreter["outside"] = lambda: scheduler.outside(wait_until_cancelled, (), "outside")
    program = """
      (define p (async (await (outside))))
      (async/sleep 20)
      (list (async/cancel p) (async/cancelled? p))
    """
    assert interpreter.eval_to_string(program) == "(#t #t)"
    assert interpreter.eval_to_string("(async/run)") == "nil"
    assert stopped.wait(10)


def test_an_error_of_the_world_is_the_awaiting_tasks() -> None:
    interpreter = sema.Interpreter()

    def fail() -> None:
        raise FileNotFoundError(2, "No such file or directory", "lost.txt")

    scheduler = interpreter.namespace.context.scheduler
    interpreter["outside"] = lambda: scheduler.outside(fail, (), "outside")
    program = "(try (await (async (await (outside)))) (catch e (list (:type e) (:message e))))"
    expected = '(:io "lost.txt: no such file or directory")'
    assert interpreter.eval_to_string(program) == expected
