"""How the work of compiling grows with the program: counted in calls of Python functions."""

from __future__ import annotations

import sys

import pytest

import sema
from sema.compiler import compile_unit
from sema.expander import expand_unit
from sema.reader import read_all

NESTS = {
    "named let": ("(let loop{i} ((x{i} (g))) (if (> x{i} 5) (loop{i} 1) ", "))"),
    "named let, continued behind": (
        "(let loop{i} ((x{i} (g))) (cond (x{i} ",
        ") (else (loop{i} 1))))",
    ),
    "named let without turns": ("(let loop{i} ((x{i} (g))) ", ")"),
    "named let of operands": ("(let loop{i} ((x{i} (g))) (+ (if x{i} (loop{i} 1) 2) ", "))"),
    "while": ("(while (g) ", ")"),
    "do": ("(do ((x{i} 0 (+ x{i} 1))) ((= x{i} 3)) ", ")"),
    "letrec": ("(letrec ((f{i} (fn (n) (f{i} n)))) (f{i} 1) ", ")"),
    "let": ("(let ((x{i} (g))) (h x{i}) ", ")"),
    "fn": ("(fn (x{i}) (define y{i} x{i}) (h y{i}) ", ")"),
    "try": ("(try (h {i}) ", " (catch e e))"),
    "match": ("(match (g) ([a{i} b{i}] (h a{i}) ", ") (_ 1))"),
}


def calls_for(opening: str, closing: str, depth: int) -> int:
    """How many calls it takes to compile so many forms inside one another."""
    opened = "".join(opening.format(i=i) for i in range(depth))
    closed = "".join(closing.format(i=i) for i in reversed(range(depth)))
    forms, spans = read_all(f"{opened}1{closed}", None)
    namespace = sema.Interpreter().namespace
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        compile_unit(expand_unit(forms, spans, namespace))
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize(("opening", "closing"), NESTS.values(), ids=NESTS)
def test_nested_forms_take_linear_work(opening: str, closing: str) -> None:
    calls_for(opening, closing, 1)
    assert calls_for(opening, closing, 200) < 4.5 * calls_for(opening, closing, 50)
