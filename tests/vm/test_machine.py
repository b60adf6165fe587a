# reference: runtime.md 2, 4; special-forms.md 23; values.md 5.1
"""The machine: tail calls, depth, interruption, positions, integers."""

from __future__ import annotations

import operator
import signal
import sys
import threading
import time
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import sema

STRATEGIES = ("none", "vm", "site", "patched")
every_strategy = pytest.mark.parametrize("call_cache", STRATEGIES)


def failing(text: str, interpreter: sema.Interpreter | None = None) -> sema.SemaError:
    with pytest.raises(sema.SemaError) as caught:
        (interpreter or sema.Interpreter()).eval(text)
    return caught.value


# --- Tail calls and depth --------------------------------------------------------------------


@every_strategy
@pytest.mark.parametrize(
    "body",
    [
        "(if (= n 0) :done (g (- n 1)))",
        "(cond ((= n 0) :done) (else (g (- n 1))))",
        "(or (and (= n 0) :done) (g (- n 1)))",
        "(and n (if (= n 0) :done (g (- n 1))))",
        "(begin (when (> n 0) nil) (if (= n 0) :done (when n (g (- n 1)))))",
        "(let ((m n)) (let* ((k m)) (if (= k 0) :done (g (- k 1)))))",
        "(if (= n 0) :done (apply g (list (- n 1))))",
        "(case n ((0) :done) (else (g (- n 1))))",
        "(try (throw n) (catch e (if (= n 0) :done (g (- n 1)))))",
    ],
)
def test_mutual_tail_calls(call_cache: str, body: str) -> None:
    turns = 20_000 if "try" in body else 300_000
    interpreter = sema.Interpreter(call_cache=call_cache, max_depth=1000)
    interpreter.eval(f"(define (f n) {body}) (define (g n) (f n))")
    assert interpreter.eval_to_string(f"(f {turns})") == ":done"


def test_a_million_mutual_tail_calls() -> None:
    interpreter = sema.Interpreter(max_depth=100)
    interpreter.eval(
        "(define (even n) (if (= n 0) #t (odd (- n 1))))"
        "(define (odd n) (if (= n 0) #f (even (- n 1))))"
    )
    assert interpreter.eval("(even 1000000)") is True


def test_five_million_frames() -> None:
    interpreter = sema.Interpreter()
    interpreter.eval("(define (count n) (if (= n 0) 0 (+ 1 (count (- n 1)))))")
    assert interpreter.eval("(count 5000000)") == 5_000_000
    assert interpreter.eval("(count 10)") == 10


@every_strategy
def test_the_depth_limit_is_an_error_like_others(call_cache: str) -> None:
    interpreter = sema.Interpreter(call_cache=call_cache, max_depth=5000)
    interpreter.eval("(define (count n) (if (= n 0) 0 (+ 1 (count (- n 1)))))")
    interpreter.eval("(define (deep n) (list (deep (list n))))")
    for _ in range(3):
        assert interpreter.eval("(count 4900)") == 4900
        assert "stack overflow" in interpreter.eval("(try (deep 1) (catch e (:message e)))")
        assert interpreter.eval_to_string("(try (count 6000) (catch e (:type e)))") == ":eval"


def test_traces_are_folded() -> None:
    interpreter = sema.Interpreter(max_depth=5000)
    error = failing("(define (deep n) (+ 1 (deep n)))\n(deep 1)", interpreter)
    assert "stack overflow" in error.message
    assert error.hint is not None
    assert len(error.trace) < 10
    assert max(frame.repeats for frame in error.trace) > 4900
    ping = "(define (ping n) (list (pong n))) (define (pong n) (list (ping n))) (ping 1)"
    assert len(failing(ping, interpreter).trace) <= 101


def test_deep_recursion_through_callbacks() -> None:
    interpreter = sema.Interpreter()
    interpreter.eval(
        "(define (nest n) (if (= n 0) 0 (+ 1 (car (map (fn (x) (nest x)) (list (- n 1)))))))"
        "(define (fold n) (if (= n 0) 0 (foldl (fn (a x) (+ 1 (fold x))) 0 (list (- n 1)))))"
    )
    assert interpreter.eval("(nest 50000)") == 50_000
    assert interpreter.eval("(fold 50000)") == 50_000


# --- Python in between -----------------------------------------------------------------------


@every_strategy
def test_calls_that_alternate_with_python(call_cache: str) -> None:
    interpreter = sema.Interpreter(call_cache=call_cache)
    interpreter["back"] = lambda n: interpreter["f"](n - 1)
    interpreter.eval("(define (f n) (if (= n 0) 0 (+ 1 (back n))))")
    for _ in range(3):
        assert interpreter.eval("(f 100)") == 100
        message = interpreter.eval("(try (f 1000000) (catch e (:message e)))")
        assert "stack overflow" in message
    assert sys.getrecursionlimit() < 10_000


def test_an_error_crosses_all_layers() -> None:
    interpreter = sema.Interpreter()
    interpreter["call"] = lambda f, *args: f(*args)
    error = failing(
        "(define (inner x) (car x))\n(define (outer x) (list (call inner x)))\n(list (outer 5))",
        interpreter,
    )
    assert str(error) == "Type error: expected list or vector, got int"
    assert [frame.name for frame in error.trace] == ["car", "inner", "outer", "<lambda>"]


def test_an_error_thrown_again_has_its_first_trace() -> None:
    error = failing("(define (f x)\n  (car x))\n(try (list (f 5)) (catch e (throw e)))")
    assert str(error) == "expected list or vector, got int"
    assert [frame.name for frame in error.trace] == ["car", "f", "<lambda>"]
    assert str(error.span) == "<input>:2:3"


def test_eval_inside_eval() -> None:
    interpreter = sema.Interpreter()
    interpreter["run"] = interpreter.eval
    interpreter.eval("(define x 5)")
    assert interpreter.eval('(+ x (run "(set! x 7)") x)') == 19
    assert interpreter.eval("(+ x (eval '(begin (set! x 1) x)) x)") == 9


def test_another_thread_is_an_error() -> None:
    interpreter = sema.Interpreter()
    outcome: list[BaseException] = []

    def intrude() -> None:
        try:
            interpreter.eval("1")
        except BaseException as error:
            outcome.append(error)

    def in_thread() -> None:
        thread = threading.Thread(target=intrude)
        thread.start()
        thread.join()

    interpreter["in-thread"] = in_thread
    assert interpreter.eval("(begin (in-thread) 5)") == 5
    assert len(outcome) == 1
    assert "thread" in str(outcome[0]) or "busy" in str(outcome[0])
    in_thread()
    assert len(outcome) == 1


# --- Interruption ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "loop",
    [
        "(while #t nil)",
        "(while #t (f 1))",
        "(let loop ((i 0)) (loop (+ i 1)))",
        "(define (tail n) (tail (+ n 1))) (tail 0)",
        "(define (ping n) (pong n)) (define (pong n) (ping n)) (ping 0)",
        "(define (go) (map f (list 1 2 3)) (go)) (go)",
        "(define (go) (foldl + 0 (range 100)) (go)) (go)",
        "(while #t (try (throw 1) (catch e e)))",
        "(define (again) (try (again) (catch e (again)))) (again)",
        "(while #t (sort (list 3 1 2)))",
        "(do ((i 0 (+ i 1))) (#f) i)",
    ],
)
def test_endless_loops_can_be_stopped(loop: str) -> None:
    interpreter = sema.Interpreter(max_depth=10_000)
    interpreter.eval("(define (f x) (list x))")
    main = threading.main_thread().ident
    assert main is not None
    timer = threading.Timer(0.05, signal.pthread_kill, (main, signal.SIGINT))
    timer.start()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        interpreter.eval(loop)
    timer.join()
    assert time.monotonic() - started < 5
    assert interpreter.eval("(f 1)") == [1]


def test_an_error_survives_what_its_run_gives_up() -> None:
    with pytest.raises(sema.SemaError, match="no such file"):
        sema.Interpreter().eval('(eval \'(load "missing"))')


# --- Positions -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place", "names"),
    [
        ("(define (f x)\n  (+ x nil))\n(list (f 1))", (2, 3), ["+", "f", "<lambda>"]),
        ("(define (f x)\n  (if (< x nil) 1 2))\n(list (f 1))", (2, 7), ["<", "f", "<lambda>"]),
        ("(define (f x)\n  (list (car x)))\n(list (f 1))", (2, 9), ["car", "f", "<lambda>"]),
        ("(define (f x)\n  (x))\n(list (f 1))", (2, 3), ["f", "<lambda>"]),
        ("(define (f x)\n  (list nowhere))\n(list (f 1))", (2, 3), ["f", "<lambda>"]),
        ("(define (f x)\n  (list (throw x)))\n(list (f 1))", (2, 9), None),
        ("(define (f x)\n  (list (error x)))\n(list (f 1))", (2, 9), ["f", "<lambda>"]),
        ("(define (f x) x)\n(list\n (f))", (3, 2), ["<lambda>"]),
        ("(define (f x)\n  (g x))\n(define (g x)\n  (/ x 0))\n(list (f 1))", (4, 3), None),
    ],
)
def test_positions(text: str, place: tuple[int, int], names: list[str] | None) -> None:
    error = failing(text)
    assert error.span is not None
    assert (error.span.line, error.span.column) == place
    if names is not None:
        assert [frame.name for frame in error.trace] == names


@every_strategy
def test_values_on_the_way_are_given_up(call_cache: str) -> None:
    interpreter = sema.Interpreter(call_cache=call_cache)
    token = object()
    interpreter["token"] = token
    interpreter.eval(
        "(define (fails . args) (throw args))"
        "(define (half x) (list x (list x x (fails x (fn () x)) x) x))"
        "(define (deep n x) (if (= n 0) (half x) (list x (deep (- n 1) x))))"
    )
    for call in ("(half token)", "(deep 20 token)", "[token (half token)]", "{:a (half token)}"):
        text = f"(begin (try {call} (catch e nil)) nil)"
        interpreter.eval(text)
        before = sys.getrefcount(token)
        for _ in range(10):
            interpreter.eval(text)
        assert sys.getrefcount(token) == before


# --- Numbers ---------------------------------------------------------------------------------

EDGES = sorted(
    {s * (2**k) + d for k in (15, 31, 46, 47, 48, 63) for s in (1, -1) for d in (-1, 0, 1)}
)
integers = st.sampled_from(EDGES) | st.integers() | st.integers(-(2**49), 2**49)
OPERATIONS: dict[str, Callable[[int, int], object]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}
numbers = sema.Interpreter()
for symbol in OPERATIONS:
    numbers.eval(f"(define (value{symbol} x y) ({symbol} x y))")
    numbers.eval(f"(define (test{symbol} x y) (if ({symbol} x y) #t #f))")


@settings(max_examples=400, derandomize=True, database=None, deadline=None)
@given(x=integers, y=integers, name=st.sampled_from(sorted(OPERATIONS)))
@example(x=2**47 - 1, y=1, name="+")
@example(x=-(2**47), y=1, name="-")
@example(x=-(2**47), y=-1, name="*")
@example(x=2**46, y=2, name="*")
@example(x=2**63, y=2**63 - 1, name="-")
def test_integers(x: int, y: int, name: str) -> None:
    expected = OPERATIONS[name](x, y)
    assert numbers[f"value{name}"](x, y) == expected
    assert numbers.eval(f"({name} {x} {y})") == expected
    assert numbers.eval(f"(value{name} {x} {y})") == expected
    if type(expected) is bool:
        assert numbers[f"test{name}"](x, y) == expected
    shifted = numbers.eval(f"(let ((x {x})) (list (+ x 7) (- x 7) (+ 7 x) (- 7 x) (- x)))")
    assert shifted == [x + 7, x - 7, 7 + x, 7 - x, -x]


@settings(max_examples=200, derandomize=True, database=None, deadline=None)
@given(
    x=st.floats(allow_nan=False) | st.integers(-(2**53), 2**53),
    y=st.floats(allow_nan=False) | st.integers(-(2**53), 2**53),
    name=st.sampled_from(sorted(OPERATIONS)),
)
def test_floats_and_mixtures(x: float, y: float, name: str) -> None:
    expected = OPERATIONS[name](x, y)  # type: ignore[arg-type]
    got = numbers[f"value{name}"](x, y)
    assert got == expected or (got != got and expected != expected)
    assert type(got) is type(expected)


def test_big_integers_become_small_again() -> None:
    text = "(let loop ((i 0) (n 1)) (if (= i 100) n (loop (+ i 1) (* n 3))))"
    assert numbers.eval(text) == 3**100
    assert numbers.eval(f"(- (+ {2**80} 5) {2**80})") == 5
    assert numbers.eval(f"(eq? (- {2**47} 1) {2**47 - 1})") is True


def test_not_a_number_in_tests() -> None:
    nan = float("nan")
    for name in OPERATIONS:
        if name not in "+-*":
            holds = name in ("<=", ">=")
            assert numbers[f"value{name}"](nan, 1) is holds
            assert numbers[f"test{name}"](nan, nan) is holds
            assert numbers.eval(f"({name} 1 nan)") is holds
            assert numbers[name](nan, 1) is False
    assert numbers.eval("(fn (x) (if (not (< x 1)) 1 2))")(nan) == 1
