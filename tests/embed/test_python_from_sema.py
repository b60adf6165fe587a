"""Python from Sema: the family py/..., exceptions across the border, awaitables."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import sema
from sema.stdlib import registry


@pytest.fixture
def interpreter() -> sema.Interpreter:
    return sema.Interpreter()


def test_all_of_it_needs_the_capability() -> None:
    names = [name for name in registry.names() if name.startswith("py/")]
    assert len(names) > 15
    for name in names:
        declared = registry.declaration(name)
        assert declared is not None and declared.capability == "python"


def test_keyword_arguments(interpreter: sema.Interpreter) -> None:
    interpreter["show"] = lambda *args, **named: repr((args, named))
    assert interpreter.eval("(py/call show 1 2 :key-word 3 :x :y)") == (
        "((1, 2), {'key_word': 3, 'x': :y})"
    )
    with pytest.raises(sema.EvalError, match="py/call: a keyword argument has no value: :x"):
        interpreter.eval("(py/call show :x)")
    with pytest.raises(sema.EvalError, match="a positional argument follows keyword arguments"):
        interpreter.eval("(py/call show :x 1 2 3)")
    with pytest.raises(sema.SemaTypeError, match="expected callable, got int"):
        interpreter.eval("(py/call 5)")


def test_sequences_and_maps_are_pythons_protocols(interpreter: sema.Interpreter) -> None:
    interpreter["f"] = lambda xs, m: (sum(xs), xs[-1], sorted(m.values()), 2 in xs)
    assert interpreter.eval("(f '(1 2 3) {:a 2 :b 1})") == [6, 3, [1, 2], True]
    assert interpreter.eval("(f [1 2 3] {})") == [6, 3, [], True]


def test_lazy_iteration(interpreter: sema.Interpreter) -> None:
    taken = []

    def numbers() -> Iterator[int]:
        for i in range(10):
            taken.append(i)
            yield i

    interpreter["numbers"] = numbers
    assert interpreter.eval(
        "(define it (py/iterator (numbers))) (list (py/next it) (py/next it))"
    ) == [0, 1]
    assert taken == [0, 1]
    assert interpreter.eval("(map (fn (x) (* x x)) (py/list (numbers)))")[-1] == 81


class Resource:
    def __init__(self, swallows: bool = False) -> None:
        self.log: list[Any] = []
        self.swallows = swallows

    def __enter__(self) -> str:
        self.log.append("in")
        return "resource"

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> bool:
        self.log.append(kind and kind.__name__)
        return self.swallows


def test_context_managers(interpreter: sema.Interpreter) -> None:
    interpreter["r"] = resource = Resource()
    assert interpreter.eval('(py/with r (fn (x) (string-append x "!")))') == "resource!"
    with pytest.raises(sema.UserError):
        interpreter.eval("(py/with r (fn (x) (throw 1)))")
    with pytest.raises(sema.EvalError, match="ModuleNotFoundError"):
        interpreter.eval('(py/with r (fn (x) (py/import "no_such_module")))')
    assert resource.log == ["in", None, "in", "UserError", "in", "ModuleNotFoundError"]
    with pytest.raises(sema.SemaTypeError, match="expected context manager, got int"):
        interpreter.eval("(py/with 1 list)")
    interpreter["s"] = Resource(swallows=True)
    assert interpreter.eval("(py/with s (fn (x) (throw 1)))") is None


def test_failures_on_leaving_are_not_the_bodys(interpreter: sema.Interpreter) -> None:
    left = []

    @contextmanager
    def fails() -> Iterator[None]:
        yield
        left.append(1)
        raise LookupError("on leaving")

    interpreter["m"] = fails()
    with pytest.raises(sema.EvalError, match="LookupError: on leaving"):
        interpreter.eval("(py/with m (fn (x) 1))")
    assert left == [1]


def test_exceptions_carry_both_traces(interpreter: sema.Interpreter) -> None:
    def inner() -> None:
        raise KeyError("k")

    def outer() -> None:
        inner()

    interpreter["outer"] = outer
    interpreter.eval("(define (use) (+ 1 (outer)))", "rules.sema")
    with pytest.raises(sema.EvalError) as caught:
        interpreter.eval("(list (use))")
    assert [frame.name for frame in caught.value.trace] == ["use", "<lambda>"]
    cause = caught.value.__cause__
    assert isinstance(cause, KeyError)
    trace = "(try (use) (catch e (map :name (py/trace e))))"
    assert interpreter.eval(trace) == ["inner", "outer"]
    assert interpreter.eval("(try (use) (catch e (py/exception e)))").args == ("k",)
    assert interpreter.eval("(try (throw 1) (catch e (py/exception e)))") is None
    assert interpreter.eval("(try (throw 1) (catch e (py/trace e)))") == []


def test_exceptions_go_through_sema_and_back(interpreter: sema.Interpreter) -> None:
    def fail() -> None:
        raise LookupError("deep")

    def guard(function: Any) -> str:
        try:
            function()
        except sema.SemaError as error:
            return f"{error.message} from {type(error.__cause__).__name__}"
        return "no error"

    interpreter["fail"] = fail
    interpreter["guard"] = guard
    assert interpreter.eval("(guard (fn () (fail)))") == "LookupError: deep from LookupError"


def test_raising(interpreter: sema.Interpreter) -> None:
    interpreter["ValueError"] = ValueError
    with pytest.raises(sema.EvalError, match="ValueError: bad") as caught:
        interpreter.eval('(py/raise (ValueError "bad"))')
    assert isinstance(caught.value.__cause__, ValueError)
    with pytest.raises(sema.SemaTypeError, match="expected exception, got int"):
        interpreter.eval("(py/raise 1)")


def test_numpy_arrays_pass_as_they_are(interpreter: sema.Interpreter) -> None:
    numpy = pytest.importorskip("numpy")
    array = numpy.arange(3.0)
    interpreter["a"] = array
    assert interpreter.eval("a") is array
    interpreter.eval("(py/set-item! a 0 7.5)")
    assert array[0] == 7.5
    assert interpreter.eval('(py/method a "sum")') == 10.5
    assert bytes(memoryview(interpreter.eval("(bytevector 1 2)"))) == b"\1\2"


async def double(x: int) -> int:
    await asyncio.sleep(0.01)
    return 2 * x


async def failing() -> None:
    raise LookupError("nothing")


def test_awaitables_without_a_loop(interpreter: sema.Interpreter) -> None:
    interpreter.update({"double": double, "failing": failing})
    assert interpreter.eval("(+ 1 (await (double 4)))") == 9
    assert interpreter.eval("(async/all (map (fn (x) (async (await (double x)))) '(1 2)))") == [
        2,
        4,
    ]
    with pytest.raises(sema.EvalError, match="LookupError: nothing"):
        interpreter.eval("(await (failing))")


def test_awaitables_in_the_running_loop(interpreter: sema.Interpreter) -> None:
    async def main() -> Any:
        loop = asyncio.get_running_loop()

        async def here(x: int) -> bool:
            await asyncio.sleep(0.01)
            return asyncio.get_running_loop() is loop

        interpreter.update({"here": here, "failing": failing})
        start = time.monotonic()
        found = await interpreter.eval_async(
            "(async/all (map (fn (x) (async (await (here x)))) (range 50)))"
        )
        assert time.monotonic() - start < 5
        message = await interpreter.eval_async("(try (await (failing)) (catch e (:message e)))")
        future = loop.create_future()
        interpreter["future"] = future
        loop.call_later(0.01, future.set_result, [1, 2])
        return list(found), message, await interpreter.eval_async("(length (await future))")

    assert asyncio.run(main()) == ([True] * 50, "LookupError: nothing", 2)


def test_cancelling_reaches_the_awaitable(interpreter: sema.Interpreter) -> None:
    async def main() -> list[str]:
        log = []

        async def wait() -> None:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                log.append("cancelled")
                raise

        interpreter["wait"] = wait
        running = asyncio.ensure_future(interpreter.eval_async("(await (wait))"))
        await asyncio.sleep(0.05)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        await asyncio.sleep(0.05)
        return log

    assert asyncio.run(main()) == ["cancelled"]
