"""Machine code does what the interpreter does: values, errors, positions, limits, memory."""

from __future__ import annotations

import gc
import signal
import sys
import threading
import weakref
from pathlib import Path

import programs
import pytest

import sema
from sema.jit import Jit

EDGE = 2**47


@pytest.fixture(autouse=True)
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure to compile is a failure of the test."""
    monkeypatch.setattr(Jit, "tolerant", False)


def eager(**options: object) -> sema.Interpreter:
    """An interpreter that compiles everything at its first call."""
    return sema.Interpreter(jit_threshold=0, **options)  # type: ignore[arg-type]


def both(text: str) -> tuple[str, str]:
    """What a text gives when it is interpreted and as machine code."""
    found = []
    for interpreter in (sema.Interpreter(jit=False), eager()):
        try:
            found.append(interpreter.eval_to_string(text))
        except sema.SemaError as error:
            found.append(f"{error.span}: {error}\n{error.trace}")
    return found[0], found[1]


@pytest.mark.parametrize("program", programs.PROGRAMS, ids=programs.name)
def test_output(program: Path, capsys: pytest.CaptureFixture[str]) -> None:
    interpreter = eager(max_depth=programs.DEPTH_LIMIT)
    try:
        interpreter.load_file(str(program))
    except sema.SemaError as error:
        print(f"error: {error}")
    assert programs.compared(capsys.readouterr().out) == programs.expected(program)


@pytest.mark.parametrize("operator", ["+", "-", "*", "/", "mod", "<", "<=", ">", ">=", "="])
@pytest.mark.parametrize("as_test", [False, True])
def test_arithmetic_at_the_edges(operator: str, as_test: bool) -> None:
    numbers = [0, 1, -1, 7, EDGE - 1, -EDGE, EDGE, 2**31, 2.5, -0.0, "1/3", '"s"', "nil"]
    call = f"({operator} x y)"
    body = f"(if {call} :yes :no)" if as_test else call
    pairs = [f"(note {x} {y})" for x in numbers for y in numbers]
    text = f"""
      (define (f x y) {body})
      (define seen '())
      (define (note x y) (set! seen (cons (try (f x y) (catch e (:message e))) seen)))
      {" ".join(pairs)} seen"""
    interpreted, compiled = both(text)
    assert compiled == interpreted


@pytest.mark.parametrize(
    "text",
    [
        # The kinds of a loop's variables change in its middle.
        "(let go ((i 0) (x 0)) (if (= i 100) x (go (+ i 1) (if (= i 50) 0.5 (+ x i)))))",
        "(let go ((i 0) (x 0)) (if (= i 60) x (go (+ i 1) (if (< i 30) (+ x 1) (list i x)))))",
        f"(let go ((i 0) (x {EDGE - 50})) (if (= i 100) x (go (+ i 1) (+ x 1))))",
        f"(let go ((i 0) (x {-EDGE + 50})) (if (= i 100) x (go (+ i 1) (- x 1))))",
        "(let go ((i 0) (x 3)) (if (= i 50) x (go (+ i 1) (* x 7))))",
        # A function's value is of another kind than before.
        "(define (f n) (if (= n 0) 1 (* n (f (- n 1))))) (list (f 5) (f 30) (f 5))",
        "(define (f n) (if (> n 90) 'big n)) (map f (range 0 100))",
        # Errors at every depth, caught at every depth.
        "(define (f n) (if (= n 0) (car 5) (+ 1 (f (- n 1))))) (f 50)",
        "(define (f n) (if (= n 0) (car 5) (+ 1 (f (- n 1)))))"
        " (define (g n) (try (f n) (catch e n))) (map g (range 0 30))",
        "(define (f n) (if (= n 0) (throw :end) (try (f (- n 1)) (catch e (throw (list e n))))))"
        " (try (f 4) (catch e (:message (cadr (:value e)))))",
        "(define (f x) (g x)) (define (g x) (+ x nil)) (list (f 1))",
        # Redefinitions, also by a callee that is still running.
        "(define (f x) (+ x 1)) (define (g n) (if (= n 10) (set! f (fn (x) (list x)))) (f n))"
        " (map g (range 0 20))",
        "(define (f n) (if (= n 5) (set! + -)) (+ n 1)) (let ((old +)) "
        " (let ((r (map f (range 0 10)))) (set! + old) r))",
        "(define (h n) (if (= n 5) (set! * +)) n)"
        " (define (f n) (* (h n) 3)) "
        " (let ((old *)) (let ((r (map f (range 0 10)))) (set! * old) r))",
        "(define (f . xs) (foldl + 0 xs)) (list (f) (f 1) (f 1 2 3) (apply f (range 0 50)))",
        # Closures: captured variables that change, and those of one lambda.
        "(define (counter) (let ((n 0)) (fn () (set! n (+ n 1)) n)))"
        " (let ((a (counter)) (b (counter))) (list (a) (a) (b) (a) (b)))",
        "(map (fn (k) ((fn (x) (+ x k)) 10)) (range 0 20))",
        "(define (twice f x) (f (f x))) "
        " (list (twice (fn (x) (* x 2)) 3) (twice list 1) (twice - 4))",
        # Closures called in tail position, which own themselves then.
        "(define (compose f g) (fn (x) (f (g x)))) (define (inc x) (+ x 1))"
        " (let go ((i 0) (f inc)) (if (= i 40) (f 0) (go (+ i 1) (compose f inc))))",
        "(define (k n c) (if (= n 0) (c 0) (k (- n 1) (fn (x) (c (+ x 1)))))) (k 1000 (fn (x) x))",
        "(define (make n) (fn (x) (if (= x 0) n ((make (+ n 1)) (- x 1))))) ((make 0) 3000)",
        "(define (make n) (fn (x) (if (= x 0) (car n) ((make (+ n 1)) (- x 1)))))"
        " (list (try ((make 0) 50) (catch e (:message e))) (try ((make 0) 0) (catch e 1)))",
        "(define (again f n) (if (= n 0) f (let ((g (fn (h m) (again h m)))) (g f (- n 1)))))"
        " ((again (fn (x) (list x)) 500) 1)",
        "(define (call f) (f 2)) (map call (list abs - list (fn (x) (* x x)) (fn (x) [x])))",
        "(define (even n) (if (= n 0) #t (odd (- n 1))))"
        " (define (odd n) (if (= n 0) #f (even (- n 1))))"
        " (list (even 1000) (odd 777) (even 100001))",
        "(define (deep n) (if (= n 0) 0 (+ 1 (deep (- n 1))))) (deep 200000)",
        "(define (build n) (if (= n 0) '() (cons n (build (- n 1))))) (length (build 100000))",
        "(define (f n) (cond ((= n 0) :none) ((= n 1) [n {:n n}]) (else `(,n ,@(list n n)))))"
        " (map f (range 0 4))",
        "(sort (map (fn (x) (mod (* x 7919) 101)) (range 0 100)))",
        "(sort-by (fn (x) (- x)) (range 0 50))",
        "(let ((p (delay (+ 1 2)))) (list (force p) (force p)))",
        "(define (fill c n) (if (< n 5) (begin (channel/send c n) (fill c (+ n 1)))))"
        " (let ((c (channel/new 2))) (async (fill c 0))"
        " (map (fn (_) (channel/recv c)) (range 0 5)))",
    ],
)  # fmt: skip
def test_the_same_as_interpreted(text: str) -> None:
    interpreted, compiled = both(text)
    assert compiled == interpreted


def test_a_hot_loop_is_entered_in_its_middle() -> None:
    interpreter = sema.Interpreter(jit_threshold=1, jit_background=False)
    result = interpreter.eval("(let go ((i 0) (s 0)) (if (= i 300000) s (go (+ i 1) (+ s i))))")
    assert result == sum(range(300000))
    assert interpreter.jit_stats()["compiled"] == 1


def test_a_hot_function_is_compiled_with_what_it_calls() -> None:
    interpreter = sema.Interpreter(jit_threshold=1, jit_background=False)
    interpreter.eval("""
      (define (fib n) (if (< n 2) n (add (fib (- n 1)) (fib (- n 2)))))
      (define (add x y) (+ x y))
    """)
    assert interpreter.eval("(fib 22)") == 17711
    stats = interpreter.jit_stats()
    assert stats["compiled"] >= 1
    assert {"fib", "add"} <= set(stats["functions"])


def test_a_loop_is_not_always_met_at_the_same_call() -> None:
    interpreter = sema.Interpreter(jit_threshold=1, jit_background=False)
    interpreter.eval("""
      (define (id x) x)
      (define (one n) (while (> n 0) (id n) (set! n (- n 1))))
      (define (two n) (while (> n 0) (id n) (set! n (- n 1))))
      (one 300000)
      (two 300000)
    """)
    assert {"one", "two"} <= set(interpreter.jit_stats()["functions"])


def test_without_machine_code_nothing_is_compiled() -> None:
    interpreter = sema.Interpreter(jit=False)
    interpreter.eval("(define (f n) (if (= n 0) 0 (f (- n 1)))) (f 100000)")
    assert interpreter.jit_stats()["compiled"] == 0


def test_what_fails_again_and_again_is_learnt() -> None:
    interpreter = sema.Interpreter(jit_threshold=1, jit_background=False)
    interpreter.eval("(define (twice x) (+ x x)) (define (go n) (if (= n 0) 0 (begin (twice n)"
                     " (go (- n 1)))))")  # fmt: skip
    interpreter.eval("(go 100000)")
    assert interpreter.eval('(map twice (list 1 2.5 "ab" 1/3))')[1:3] == [5.0, "abab"]
    interpreter.eval("(define (floats n) (if (= n 0) 0 (begin (twice 0.5) (floats (- n 1)))))")
    interpreter.eval("(floats 100000)")
    assert interpreter.eval("(twice 0.25)") == 0.5


def test_compiling_anew_ends() -> None:
    interpreter = eager()
    interpreter.eval("(define (f x) (list x x)) (define (site g x) (list (g x)))")
    for turn in range(200):
        assert interpreter.eval(f"(site (fn (x) (+ x {turn})) 1)") == [turn + 1]
    assert interpreter.jit_stats()["compiled"] < 500


@pytest.mark.parametrize(
    "loop", ["(while #t nil)", "(define (f n) (f (+ n 1))) (f 0)", "(define (f) (list 1) (f)) (f)"]
)
def test_ctrl_c(loop: str) -> None:
    interpreter = eager()
    main = threading.main_thread().ident
    assert main is not None
    timer = threading.Timer(0.3, signal.pthread_kill, (main, signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        interpreter.eval(loop)
    timer.join()
    assert interpreter.eval("(+ 1 2)") == 3


@pytest.mark.parametrize("depth", [10, 1000, 100_000])
def test_the_depth_limit_is_the_interpreters(depth: int) -> None:
    text = "(define (f n) (if (= n 0) 0 (+ 1 (f (- n 1))))) (f {})"
    for n in (depth - 5, depth, depth + 500):
        found = []
        for options in ({"jit": False}, {"jit_threshold": 0}):
            interpreter = sema.Interpreter(max_depth=depth, **options)  # type: ignore[arg-type]
            try:
                found.append(str(interpreter.eval(text.format(n))))
            except sema.SemaError as error:
                found.append(error.message)
        assert found[0] == found[1]


def test_references_are_counted() -> None:
    interpreter = eager()
    interpreter["token"] = token = object()
    interpreter.eval("""
      (define (keep x y) (list x y))
      (define (go n) (if (= n 0) nil (begin (keep token [token n]) (go (- n 1)))))
      (define (fail n) (try (begin (keep token token) (car n)) (catch e nil)))
    """)
    interpreter.eval("""
      (define (hand-on x) (fn (n) (if (= n 0) (car x) ((hand-on x) (- n 1)))))
      (define (try-it) (try ((hand-on token) 5) (catch e ((hand-on [token]) 5))))
    """)
    for _ in range(3):
        interpreter.eval("(go 10) (fail 1) (try-it)")
    gc.collect()
    before = sys.getrefcount(token)
    interpreter.eval("(go 1000)")
    for _ in range(200):
        interpreter.eval("(fail 1)")
        interpreter.eval("(try-it)")
    gc.collect()
    assert sys.getrefcount(token) == before


def test_machine_code_dies_with_its_function() -> None:
    interpreter = eager()
    interpreter.eval("(define (f x) (+ x 1)) (f 1)")
    machine = interpreter._machine
    assert machine.jit is not None
    groups = [weakref.ref(group) for group in machine.jit.groups]
    assert groups
    interpreter.eval("(set! f nil)")
    del machine, interpreter
    gc.collect()
    assert not any(group() for group in groups)
