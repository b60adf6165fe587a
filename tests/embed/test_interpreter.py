# reference: runtime.md 1
"""The interpreter as a whole: programs, registered functions, closing, threads."""

from __future__ import annotations

import math
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import sema


@pytest.fixture
def interpreter() -> sema.Interpreter:
    return sema.Interpreter()


def test_programs_are_compiled_once(interpreter: sema.Interpreter) -> None:
    expanded = []
    interpreter["note"] = expanded.append
    text = "(defmacro twice (x) (note x) `(* 2 ,x)) (twice n)"
    program = interpreter.compile(text, "double.sema")
    assert expanded == [interpreter.eval("'n")]
    for n in (1, 2, 3):
        interpreter["n"] = n
        assert program.run() == program() == 2 * n
    assert len(expanded) == 1
    assert repr(program) == "<program double.sema>"
    assert "double" not in interpreter
    assert "RETURN" in program.disassemble()


def test_errors_of_programs(interpreter: sema.Interpreter) -> None:
    with pytest.raises(sema.ReadError):
        interpreter.compile("(+ 1")
    program = interpreter.compile("(lenght '(1))", "f.sema")
    with pytest.raises(sema.UnboundError, match="Unbound variable: lenght") as caught:
        program.run()
    assert caught.value.hint == "Did you mean 'length'?"
    assert str(caught.value.span) == "f.sema:1:1"


def test_call_by_name(interpreter: sema.Interpreter) -> None:
    interpreter.eval("(define (add a b) (+ a b))")
    assert interpreter.call("add", 1, 2) == 3
    with pytest.raises(KeyError, match="nothing"):
        interpreter.call("nothing")


def test_globals_as_a_mapping(interpreter: sema.Interpreter) -> None:
    interpreter.update({"a": 1, "b": [2]})
    assert interpreter.get("a") == 1
    assert interpreter.get("nothing") is None
    assert interpreter.get("nothing", 5) == 5
    names = list(interpreter)
    assert "a" in names and "map" in names
    assert len(interpreter) == len(names)
    assert not [name for name in names if name.startswith("__vm-")]


def test_registered_functions(interpreter: sema.Interpreter) -> None:
    @interpreter.function
    def is_even(n: int, by: int = 2) -> bool:
        """Whether the number is even.

        Or divisible by another one.
        """
        return n % by == 0

    assert is_even(2)
    assert interpreter.eval("(map is-even '(1 2))") == [False, True]
    assert interpreter.eval("(is-even 9 3)") is True
    assert interpreter["is-even"].doc == "Whether the number is even."
    with pytest.raises(sema.ArityError, match="is-even expects 1-2 args, got 3"):
        interpreter.eval("(is-even 1 2 3)")
    assert interpreter.eval_to_string("is-even") == "<native-fn is-even>"


def test_registered_functions_get_names(interpreter: sema.Interpreter) -> None:
    @interpreter.function("math/half", doc="Half of it.")
    def half(x: float) -> float:
        return x / 2

    assert interpreter.eval("(math/half 3)") == 1.5
    assert interpreter["math/half"].doc == "Half of it."
    interpreter.function(lambda *xs: list(xs), name="gather")
    assert interpreter.eval_to_string("(gather 1 2 3 4 5 6 7 8 9 10)") == "(1 2 3 4 5 6 7 8 9 10)"
    interpreter.function(Counter("aab").total, name="total")
    assert interpreter.eval("(total)") == 3
    with pytest.raises(sema.ArityError, match="total expects 0 args, got 1"):
        interpreter.eval("(total 1)")
    interpreter.function(max, name="largest")
    assert interpreter.eval("(largest 1 3 2)") == 3
    with pytest.raises(ValueError, match="needs keyword arguments that programs cannot give: key"):
        interpreter.function(lambda x, *, key: x, name="keyed")


def test_registered_functions_need_their_capability() -> None:
    for capabilities, works in ((), False), (("network",), True):
        interpreter = sema.Interpreter(sandbox=sema.Sandbox(capabilities=capabilities))
        interpreter.function(lambda: 1, name="ask", capability="network")
        interpreter.function(lambda: 2, name="free")
        assert interpreter.eval("(free)") == 2
        if works:
            assert interpreter.eval("(ask)") == 1
            continue
        with pytest.raises(sema.SemaPermissionError, match="ask requires 'network' capability"):
            interpreter.eval("(ask)")


def test_failing_registered_functions(interpreter: sema.Interpreter) -> None:
    @interpreter.function
    def fail(x: object) -> None:
        raise LookupError("nothing")

    assert interpreter.eval("(try (fail 1) (catch e (:message e)))") == "LookupError: nothing"


def test_modules_are_registered(interpreter: sema.Interpreter) -> None:
    interpreter.module(math)
    assert interpreter.eval("(list (math/sqrt 16.0) math/pi)") == [4.0, math.pi]
    interpreter.module(math, "m")
    assert interpreter.eval("(m/floor 1.5)") == 1
    with pytest.raises(sema.ArityError, match="sqrt expects 1 args, got 0"):
        interpreter.eval("(m/sqrt)")


def test_modules_show_their_public_names(interpreter: sema.Interpreter, tmp_path: Path) -> None:
    module: Any = type(math)("tools")
    exec("import os\n_hidden = 1\nlimit_value = 5\ndef add_one(x): return x + 1", vars(module))
    interpreter.module(module)
    assert interpreter.eval("(tools/add-one tools/limit-value)") == 6
    assert [n for n in interpreter if n.startswith("tools/")] == [
        "tools/add-one",
        "tools/limit-value",
    ]


def test_closing() -> None:
    with sema.Interpreter() as interpreter:
        interpreter.eval('(db/open-memory "d") (define (f) (g)) (define (g) 1)')
        function = interpreter["f"]
        assert function() == 1
    with pytest.raises(RuntimeError, match="closed"):
        interpreter.eval("1")
    with pytest.raises(sema.UnboundError):
        function()
    interpreter.close()


def test_nothing_closes_under_its_own_feet(interpreter: sema.Interpreter) -> None:
    interpreter["leave"] = interpreter.close
    with pytest.raises(sema.SemaError, match="cannot be closed while it runs"):
        interpreter.eval("(leave)")
    assert interpreter.eval("1") == 1


def test_a_second_thread_is_told(interpreter: sema.Interpreter) -> None:
    started, told = threading.Event(), threading.Event()
    problems: list[BaseException] = []

    def intrude() -> None:
        started.wait(10)
        for use in (lambda: interpreter.eval("1"), interpreter["f"], lambda: interpreter.copy()):
            try:
                use()
            except RuntimeError as error:
                problems.append(error)
        told.set()

    interpreter["pause"] = lambda: started.set() or told.wait(10)
    interpreter.eval("(define (f) 1)")
    thread = threading.Thread(target=intrude)
    thread.start()
    assert interpreter.eval("(pause)") is True
    thread.join()
    assert len(problems) == 3
    assert all("another thread" in str(problem) for problem in problems)
    assert interpreter.eval("(f)") == 1


def test_one_thread_after_another(interpreter: sema.Interpreter) -> None:
    interpreter.eval("(define (f) 1)")
    results: list[int] = []
    thread = threading.Thread(target=lambda: results.append(interpreter.eval("(f)")))
    thread.start()
    thread.join()
    assert results == [1]


def test_interpreters_in_many_threads() -> None:
    results: dict[int, int] = {}

    def work(n: int) -> None:
        own = sema.Interpreter()
        own["n"] = n
        results[n] = own.eval("(foldl + 0 (map (fn (i) (* i n)) (range 2000)))")

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {n: n * 1999000 for n in range(6)}
