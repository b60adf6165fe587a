"""What is said of machine code: compilations, exits by cause and place, what was given up."""

from __future__ import annotations

import gc
import json
from pathlib import Path
from typing import Any

import pytest

import sema


def eager(text: str) -> sema.Interpreter:
    """An interpreter that compiles everything at its first call, and has run a text."""
    interpreter = sema.Interpreter(jit_threshold=0)
    interpreter.eval(text, "program.sema")
    return interpreter


def guards(interpreter: sema.Interpreter, **wanted: object) -> list[dict[str, Any]]:
    return [guard for guard in interpreter.jit_stats()["guards"] if wanted.items() <= guard.items()]


def numbers(interpreter: sema.Interpreter, number: float) -> Any:
    return interpreter.eval(f"'({number})")


def test_nothing_has_happened() -> None:
    for options in ({"jit": False}, {"jit": True}):
        stats = sema.Interpreter(**options).jit_stats()
        assert (stats["compiled"], stats["seconds"], stats["bytes"]) == (0, 0.0, 0)
        assert (stats["functions"], stats["exits"], stats["guards"]) == ({}, {}, [])
        assert (stats["given_up"], stats["trouble"]) == ([], None)


def test_compilations() -> None:
    interpreter = eager("(define (double x) (+ x x))")
    assert interpreter["double"](4) == 8
    stats = interpreter.jit_stats()
    assert stats["functions"]["double"] == 1
    assert stats["bytes"] > 20
    assert sum(stats["steps"].values()) == stats["seconds"] > 0
    assert list(stats["steps"]) == ["building", "optimising", "emitting", "linking"]
    assert json.loads(json.dumps(stats)) == stats


def test_exits_are_counted_by_cause_and_place() -> None:
    interpreter = eager("(define (f x)\n  (if (null? x) 0 (+ x 1)))")
    f = interpreter["f"]
    f(1)
    (entry,) = guards(interpreter, cause="entry", function="f")
    assert (entry["count"], entry["register"], entry["copies"], entry["learnt"]) == (0, 0, 1, [])
    (overflow,) = guards(interpreter, cause="overflow", function="f")
    assert (overflow["file"], overflow["line"], overflow["column"]) == ("program.sema", 2, 19)
    assert (overflow["instruction"], overflow["count"]) == ("ADDI", 0)
    f(2**47 - 1)
    f(0.5)
    assert guards(interpreter, function="f", cause="overflow")[0]["count"] == 1
    assert guards(interpreter, function="f", cause="entry")[0]["count"] == 1
    exits = interpreter.jit_stats()["exits"]
    assert (exits["entry"], exits["overflow"]) == (1, 1)


def test_what_was_learnt() -> None:
    interpreter = eager("(define (f xs) (+ (car xs) 1))")
    f = interpreter["f"]
    f(numbers(interpreter, 1))
    for _ in range(2):
        f(numbers(interpreter, 0.5))
    (kind,) = guards(interpreter, cause="kind", function="f")
    assert (kind["count"], kind["learnt"]) == (2, ["float"])
    for _ in range(2):
        f(numbers(interpreter, 1))
    (kind,) = guards(interpreter, cause="kind", function="f")
    assert (kind["count"], kind["learnt"]) == (4, ["float", "general"])


def test_errors_are_exits() -> None:
    interpreter = eager("(define (f x) (car x)) (define (g x) (try (f x) (catch e :wrong)))")
    f = interpreter["f"]
    f(numbers(interpreter, 1))
    before = interpreter.jit_stats()["exits"].get("error", 0)
    interpreter.eval("(list (g 1) (g 2) (g 3) (g 4) (g 5) (g 6) (g 7) (g 8))")
    assert interpreter.jit_stats()["exits"]["error"] > before


def test_exits_outlive_the_code_without_keeping_it() -> None:
    interpreter = eager("(define (f x) (+ x 1))")
    interpreter["f"](1)
    interpreter["f"](2**47 - 1)
    statistics = interpreter.machine.jit.statistics
    del interpreter
    gc.collect()
    stats = statistics.to_data()
    assert (stats["compiled"] > 0, stats["functions"]) == (True, {})
    (overflow,) = (guard for guard in stats["guards"] if guard["function"] == "f")
    assert (overflow["cause"], overflow["count"], overflow["copies"]) == ("overflow", 1, 0)


def test_functions_that_were_given_up() -> None:
    interpreter = sema.Interpreter(jit_threshold=1, jit_background=False)
    text = "(define (down n)\n  (if (= n 0) 0 (down (- n 1))))"
    interpreter.eval(text, "program.sema")
    interpreter.eval("(let ((old -)) (set! - (fn (x y) (old x y))))")
    assert interpreter.eval("(down 100000)") == 0
    given_up = interpreter.jit_stats()["given_up"]
    why = "an instruction has no machine code"
    assert {"function": "down", "file": "program.sema", "line": 1, "why": why} in given_up


def test_a_function_that_always_leaves_is_given_up() -> None:
    interpreter = sema.Interpreter(jit_threshold=1, jit_background=False)
    interpreter.eval("""
      (define callees (map (fn (k) (eval (list 'fn '(x) k))) (range 12)))
      (define (go left n)
        (cond ((= n 0) 0)
              ((null? left) (go callees n))
              (else ((car left) n) (go (cdr left) (- n 1)))))
      (go callees 300000)
    """)
    (given_up,) = interpreter.jit_stats()["given_up"]
    assert given_up["function"] == "go"
    assert interpreter.jit_stats()["exits"]["unknown callee"] >= 30


def test_code_from_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEMA_NO_CACHE")
    path = tmp_path / "program.sema"
    path.write_text("(define f (map (fn (k)\n  (fn (x) (+ x k))) '(1)))\n((car f) 2)\n")
    for _ in range(2):
        interpreter = sema.Interpreter(jit_threshold=0)
        assert interpreter.load_file(path) == 3
        assert "<lambda>@2" in interpreter.jit_stats()["functions"]
