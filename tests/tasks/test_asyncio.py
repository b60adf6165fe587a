# reference: runtime.md 8
"""Evaluations inside Python's asyncio: many at once, beside everything else in the loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

import pytest

import sema


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(asyncio.wait_for(coroutine, 60))


@pytest.fixture
def interpreter() -> sema.Interpreter:
    return sema.Interpreter()


def test_value_and_error(interpreter: sema.Interpreter) -> None:
    assert run(interpreter.eval_async("(define x 20) (+ x 1)")) == 21
    with pytest.raises(sema.SemaError, match="expected list or vector, got int") as caught:
        run(interpreter.eval_async("(list\n  (car 5))", "rules.sema"))
    assert str(caught.value.span) == "rules.sema:2:3"
    with pytest.raises(sema.SemaError, match="unterminated list"):
        run(interpreter.eval_async("(car"))
    with pytest.raises(sema.SemaError, match="Unbound variable: fliter") as caught:
        run(interpreter.eval_async("(fliter 1)"))


def test_evaluations_wait_at_the_same_time(interpreter: sema.Interpreter) -> None:
    async def many() -> list[int]:
        return await asyncio.gather(
            *(interpreter.eval_async(f"(begin (async/sleep 100) {i})") for i in range(50))
        )

    start = time.perf_counter()
    assert run(many()) == list(range(50))
    assert time.perf_counter() - start < 4  # one after the other they take five seconds


def test_evaluations_talk_to_each_other(interpreter: sema.Interpreter) -> None:
    async def both() -> list[Any]:
        await interpreter.eval_async("(define c (channel/new))")
        return await asyncio.gather(
            interpreter.eval_async("(list (channel/recv c) (channel/recv c))"),
            interpreter.eval_async("(channel/send c 1) (channel/send c 2) :sent"),
        )

    received, sent = run(both())
    assert list(received) == [1, 2]
    assert sent.name == "sent"


def test_the_loop_goes_on_while_a_program_computes(interpreter: sema.Interpreter) -> None:
    async def count() -> int:
        spinning = asyncio.create_task(
            interpreter.eval_async("(let loop ((i 0)) (if (< i 20000000) (loop (+ i 1)) i))")
        )
        ticks = 0
        while not spinning.done():
            await asyncio.sleep(0)
            ticks += 1
        assert await spinning == 20_000_000
        return ticks

    assert run(count()) > 3


def test_cancelling_the_awaiting_cancels_the_task(interpreter: sema.Interpreter) -> None:
    async def cancelled() -> None:
        task = asyncio.create_task(
            interpreter.eval_async("(try (async/sleep 60000) (catch e (define why (:type e))))")
        )
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    interpreter.eval("(define why nil)")
    run(cancelled())
    interpreter.eval("(async/run)")
    assert interpreter["why"] is None or interpreter["why"].name == "cancelled"


def test_a_deadlock_is_reported(interpreter: sema.Interpreter) -> None:
    with pytest.raises(sema.SemaError, match="channel/recv: channel is empty") as caught:
        run(interpreter.eval_async("(channel/recv (channel/new))"))
    assert caught.value.note is not None
    assert caught.value.note == "one task waits in channel/recv at <input>:1:1"
    assert run(interpreter.eval_async("(+ 1 2)")) == 3


def test_async_run_inside_the_loop(interpreter: sema.Interpreter) -> None:
    program = "(define n 0) (async (async/sleep 1) (set! n 1)) (async/run) n"
    assert run(interpreter.eval_async(program)) == 1


def test_one_interpreter_in_several_loops(interpreter: sema.Interpreter) -> None:
    for i in range(3):
        assert run(interpreter.eval_async(f"(begin (async/sleep 1) {i})")) == i
    assert interpreter.eval("(await (async (async/sleep 1) 7))") == 7
