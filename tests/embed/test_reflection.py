# reference: special-forms.md 20
"""Evaluation at run time, checks of texts, and facts about functions."""

from __future__ import annotations

from pathlib import Path

import pytest

import sema


@pytest.fixture
def interpreter() -> sema.Interpreter:
    return sema.Interpreter()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("(begin (eval '(define x 5)) (eval 'x))", "5"),
        ("(begin (eval '(defmacro m (a) `(+ 1 ,a))) (eval '(m 2)))", "3"),
        ('(eval (read "(+ 1 2)"))', "3"),
        ('(map eval-it (read-many "1 (+ 1 1)"))', "(1 2)"),
        ("(let ((secret 1)) (try (eval 'secret) (catch e (:message e))))",
         '"Unbound variable: secret"'),
        ("(eval (list + 1 2))", "3"),
        ('(try (eval (read "(car 1 2)")) (catch e (:type e)))', ":arity"),
        ("(try (eval '(if)) (catch e (:message e)))", '"if expects 2 or 3 args, got 0"'),
        ("(macroexpand '(-> 1 (f 2)))", "(f 1 2)"),
        ("(macroexpand-1 '(-> 1 (f 2)))", "(f 1 2)"),
        ("(macroexpand '(f 1))", "(f 1)"),
        ("(fn/name (lambda (x) x))", "nil"),
        ("(begin (define (f a . b) a) (list (fn/name f) (fn/arity f) (fn/doc f)))",
         "(f (1 nil) nil)"),
        ("(list (fn/name map) (fn/arity map) (string? (fn/doc map)))", "(map (2 nil) #t)"),
        ("(list (fn/name ->) (string? (fn/doc ->)))", "(-> #t)"),
        ("(try (fn/arity 1) (catch e (:message e)))", '"expected function, got int"'),
        ("(begin (define b 1) (define a 2) (env/names))", "(a b eval-it)"),
        ("(format/form '(define (f x) [x \"y\"]))", '"(define (f x) [x \\"y\\"])"'),
    ],
)  # fmt: skip
def test_values(interpreter: sema.Interpreter, text: str, value: str) -> None:
    interpreter.eval("(define (eval-it form) (eval form))")
    assert interpreter.eval_to_string(text) == value


def test_error_in_an_evaluated_form_points_to_the_eval(interpreter: sema.Interpreter) -> None:
    with pytest.raises(sema.SemaError) as caught:
        interpreter.eval("(define x 1)\n(+ 1 (eval '(car x)))")
    spans = [frame.span for frame in caught.value.trace if frame.span is not None]
    assert spans[0].line == 2


def codes(interpreter: sema.Interpreter, text: str) -> list[str]:
    interpreter["text"] = text
    return [
        code.name
        for code in interpreter.eval("(map (lambda (d) (:code d)) (:diagnostics"
                                     " (sema/check-string text)))")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("(define (f x) (g x)) (define (g x) (* x 2)) (f 1)", []),
        ("(println (ghost 1))", ["unbound-symbol"]),
        ("(import \"x.sema\") (ghost 1)", []),
        ("(define (f", ["syntax"]),
        ("(set! 5 1)", ["syntax"]),
        ("(if)", ["arity"]),
        ("(car 1 2) (cons 1)", ["arity", "arity"]),
        ("(define (car a b) a) (car 1 2)", []),
        ("(define 5 1)", ["type"]),
        ("(defmacro m () (error \"no\")) (m)", ["error"]),
        ("", []),
    ],
)  # fmt: skip
def test_check(interpreter: sema.Interpreter, text: str, found: list[str]) -> None:
    assert codes(interpreter, text) == found
    interpreter["text"] = text
    assert interpreter.eval("(:ok (sema/check-string text))") is (not found)


def test_check_shows_places(interpreter: sema.Interpreter) -> None:
    shown = interpreter.eval_to_string(
        '(:span (first (:diagnostics (sema/check-string "\\n(ghost)"))))'
    )
    assert shown == "{:col 1 :end-col 8 :end-line 2 :line 2}"


def test_check_file(interpreter: sema.Interpreter, tmp_path: Path) -> None:
    path = tmp_path / "p.sema"
    interpreter["path"] = str(path)
    code = "(:code (first (:diagnostics (sema/check-file path))))"
    assert interpreter.eval_to_string(code) == ":io"
    path.write_text("(", encoding="utf-8")
    assert interpreter.eval_to_string(code) == ":syntax"
    path.write_text("(+ 1 2)", encoding="utf-8")
    assert interpreter.eval("(:ok (sema/check-file path))") is True
