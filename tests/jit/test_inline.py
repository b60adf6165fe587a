"""Builtins that machine code computes in place do what they do when they are called."""

from __future__ import annotations

import gc
import sys

import pytest

import sema
from sema.jit import Jit
from sema.jit.inline import BUILTINS

EDGE = 2**47
VALUES = [
    "0", "1", "-1", "2", "7", str(EDGE - 1), str(-EDGE), str(EDGE), "2.5", "0.0", "-0.0", "-4.0",
    "math/nan", "1/3", "nil", "#t", "'()", '"text"', "'name", "'other", ":key", r"#\a", "car",
    "(list 1 2 3)", "(vector 1.5 nil)", "array", "cell", "(range 0 3)",
]  # fmt: skip


@pytest.fixture(autouse=True)
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure to compile is a failure of the test."""
    monkeypatch.setattr(Jit, "tolerant", False)


def outcomes(text: str) -> list[str]:
    """What a text gives when it is interpreted and as machine code."""
    return [
        interpreter.eval_to_string(text)
        for interpreter in (sema.Interpreter(jit=False), sema.Interpreter(jit_threshold=0))
    ]


@pytest.mark.parametrize(("name", "n"), sorted(BUILTINS), ids=lambda value: str(value))
@pytest.mark.parametrize("shape", ["{}", "(list {} x)", "(+ {} 1)", "(< {} 1)", "(if {} 1 2)"])
def test_every_kind_of_argument(name: str, n: int, shape: str) -> None:
    parameters = ["x", "y", "z"][:n]
    call = shape.format(f"({name} {' '.join(parameters)})")
    third = "7" if n == 3 else ""
    tuples = [f"{x} {y} {third}" for x in VALUES for y in VALUES] if n > 1 else VALUES
    notes = " ".join(f"(note {arguments})" for arguments in tuples)
    interpreted, compiled = outcomes(f"""
      (define array (mutable-array/push! (mutable-array/new 2 5) 'end))
      (define cell (mutable-cell/new 1.5))
      (define (f {" ".join(parameters)}) {call})
      (define seen '())
      (define (note {" ".join(parameters)})
        (set! seen (cons (try (f {" ".join(parameters)}) (catch e (:message e))) seen)))
      {notes}
      (list seen (mutable-array/->vector array) (mutable-cell/get cell))""")
    assert compiled == interpreted


@pytest.mark.parametrize(
    "text",
    [
        # One register's value under several names, given up in every order.
        "(define (f v) (let* ((a v) (b a)) (list (nth a 0) (nth b 1) a))) (f [1 2])",
        "(define (f v) (let ((a v)) (set! a (nth a 0)) (list a v))) (f [[1] 2])",
        "(define (f x) (list x (list x x) x)) (f (list 1 2))",
        "(define (f x) (cons x (cons x x))) (f (list 1))",
        "(define (f x) (if (pair? x) (cons (car x) x) x)) (list (f '(1 2)) (f 3))",
        "(define (g a b) (list b a)) (define (f x) (g x x)) (f (vector 1))",
        "(define (f x n) (if (= n 0) x (f x (- n 1)))) (f (list 1 2) 100)",
        "(define (f a) (mutable-array/set! a 0 (list (mutable-array/get a 0) a)) nil)"
        " (let ((a (mutable-array/new 1 1))) (f a) (f a) (mutable-array/length a))",
        "(define (f a) (mutable-array/set! a 0 a) (length a)) (f (mutable-array/new 2 nil))",
        # What is read turns out to be of another kind, in mid-loop.
        "(define a (mutable-array/new 100 1)) (mutable-array/set! a 50 0.5)"
        " (mutable-array/set! a 70 1/3)"
        " (let go ((i 0) (s 0)) (if (= i 100) s (go (+ i 1) (+ s (mutable-array/get a i)))))",
        "(define v (apply vector (map (fn (i) (if (< i 50) (* i 1.5) i)) (range 0 100))))"
        " (let go ((i 0) (s 0)) (if (= i 100) s (go (+ i 1) (- s (nth v i)))))",
        "(define (sum a) (let go ((i 0) (s 0)) (if (= i 4) s (go (+ i 1) (+ s (nth a i))))))"
        " (list (sum [1 2 3 4]) (sum '(1 2 3 4)) (sum [1 2.5 1/2 3]))",
    ],
)  # fmt: skip
def test_shared_values_and_guesses(text: str) -> None:
    interpreted, compiled = outcomes(text)
    assert compiled == interpreted


def test_references_are_counted() -> None:
    interpreter = sema.Interpreter(jit_threshold=0)
    interpreter["token"] = token = object()
    interpreter.eval("""
      (define a (mutable-array/new 3 nil))
      (define c (mutable-cell/new nil))
      (define (put x) (mutable-array/set! a 1 x) (mutable-cell/set! c x)
                      (list (mutable-array/get a 1) (nth (vector x x) 0) (mutable-cell/get c)))
      (define (fail x) (try (mutable-array/set! a x token) (catch e nil)))
      (define (go n) (if (= n 0) (put nil)
                         (begin (put token) (fail 7) (fail token) (eq? token 'a) (go (- n 1)))))
      (go 5)
    """)
    gc.collect()
    before = sys.getrefcount(token)
    interpreter.eval("(go 500)")
    gc.collect()
    assert sys.getrefcount(token) == before
