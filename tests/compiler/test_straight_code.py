# reference: special-forms.md 7, 9, 10
"""Patterns and loops are straight code: nothing interprets them when the program runs."""

from __future__ import annotations

import re

import pytest

import sema

STEPS = {
    "__vm-elements", "__vm-elements-rest", "__vm-element", "__vm-lookup", "__vm-equal",
    "__vm-has-length", "__vm-has-at-least", "__vm-item", "__vm-items-from", "__vm-map?",
    "__vm-has-key", "__vm-no-match", "__vm-eqv",
}  # fmt: skip
"""What one part of a pattern may take: each looks at one value, none at a pattern."""

PATTERNS = {
    "match": "(define (f v) (match v ([a & r] when (> a 1) a) ({:k x} x) ('(q) 1) (5 2) (_ 3)))",
    "nested": "(define (f v) (match* v ([[a] {:k [b c]}] (if a b c)) ({:keys [d]} d)))",
    "let": "(define (f v) (let (([a [b & c] {:keys [d] :k e}] v)) a))",
    "parameters": "(define f (fn ([a b] {:keys [c]}) c))",
    "case": '(define (f v) (case v ((1 2) :number) (("a") :text) (else nil)))',
}


def listing(text: str) -> str:
    return sema.Interpreter().disassemble(text)


@pytest.mark.parametrize("text", PATTERNS.values(), ids=PATTERNS)
def test_a_pattern_is_tests_and_steps(text: str) -> None:
    called = set(re.findall(r"(?:CALL|TAIL)G .*; (\S+)", listing(text)))
    assert called and called <= STEPS


@pytest.mark.parametrize(
    "text",
    [
        "(define (f n) (let loop ((i 0) (s 0)) (if (= i n) s (loop (+ i 1) (+ s i)))))",
        "(define (f n) (do ((i 0 (+ i 1)) (s 0 (+ s i))) ((= i n) s)))",
        "(define (f n) (while (> n 0) (set! n (- n 1))))",
        "(define (f n) (dotimes (i n) (+ i 1)))",
    ],
)
def test_a_loop_is_a_jump(text: str) -> None:
    function = listing(text).partition("== f ==")[2]
    assert "LOOP" in function
    assert "CALL" not in function and "CLOSURE" not in function
