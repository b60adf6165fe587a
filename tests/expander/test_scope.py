# reference: special-forms.md 1, 2, 3, 4, 5, 6
"""Which variable a name means, and what the compiler is told about it."""

import pytest
from core_text import shape

CASES = {
    "a global": ("x", "@x"),
    "a call": ("(+ 1 x)", "(@+ 1 @x)"),
    "an unquoted empty list": ("()", "nil"),
    "literals": ('(f 1 2.5 "s" :k nil #t)', '(@f 1 2.5 "s" :k nil #t)'),
    "a constant vector": ("[1 [2]]", "'[1 [2]]"),
    "a vector": ("[1 (f)]", "[1 (@f)]"),
    "a map in key order": ("{:b (f) :a 1}", "{:a 1 :b (@f)}"),
    "a parameter": ("(fn (x) x)", "(fn _ (x) x)"),
    "a rest parameter": ("(fn (x . r) r)", "(fn _ (x . r) r)"),
    "only a rest parameter": ("(fn (. r) r)", "(fn _ (. r) r)"),
    "a vector of parameters": ("(fn [x] x)", "(fn _ (x) x)"),
    "of equal parameters the last": ("(fn (x x) x)", "(fn _ (x x2) x2)"),
    "capture": ("(fn (x) (fn () x))", "(fn _ (x^) (fn _ () x^))"),
    "assignment": ("(fn (x) (set! x 1))", "(fn _ (x!) (set x! 1))"),
    "assignment from inside": (
        "(let ((x 1)) (fn () (set! x 2)))",
        "(let ((x!^ 1)) (fn _ () (set x!^ 2)))",
    ),
    "assignment to a global": ("(set! x 1)", "(set @x 1)"),
    "let sees the outside": ("(let ((x 1)) (let ((x x)) x))", "(let ((x 1)) (let ((x2 x)) x2))"),
    "of equal names the last": ("(let ((a 1) (a 2)) a)", "(let ((a 1) (a2 2)) a2)"),
    "bindings in a vector": ("(let [(a 1)] a)", "(let ((a 1)) a)"),
    "let*": ("(let* ((x 1) (x (+ x 1))) x)", "(let ((x 1)) (let ((x2 (@+ x 1))) x2))"),
    "letrec": (
        "(letrec ((f (fn () (g))) (g (fn () (f)))) f)",
        "(letrec ((f^ (fn _ () (g^))) (g^ (fn _ () (f^)))) f^)",
    ),
    "a loop by name": (
        "(let loop ((i 0)) (loop (+ i 1)))",
        "(letrec ((loop^ (fn loop (i) (loop^ (@+ i 1))))) (loop^ 0))",
    ),
    "a loop's inits see its name": (
        "(let f ((g f)) g)",
        "(letrec ((f (fn f (g) g))) (f f))",
    ),
    "a binding ends with its form": ("(begin (let ((x 1)) x) x)", "(seq (let ((x 1)) x) @x)"),
    "a special form's name as a variable": (
        "(let ((when 7)) (when when when))",
        "(let ((when 7)) (if when when nil))",
    ),
}


@pytest.mark.parametrize(("text", "core"), CASES.values(), ids=CASES)
def test_expressions(text: str, core: str) -> None:
    assert shape(text) == core


DEFINITIONS = {
    "a global": ("(define x 1)", "(define @x 1)"),
    "a global in a call": ("(f (if a (define x 1)))", "(@f (if @a (define @x 1) nil))"),
    "a function": ("(define (f x . r) x)", "(define @f (fn f (x . r) x))"),
    "defun": ("(defun f (x) x)", "(define @f (fn f (x) x))"),
    "an anonymous function stays one": ("(define f (fn () 1))", "(define @f (fn _ () 1))"),
    "the value of a local one": ("(let () (define x 5))", "(letrec ((x 5)) x)"),
    "at the beginning of a body": (
        "(define (f x) (define y 2) (define (g) (+ x y)) (g))",
        "(define @f (fn f (x^) (letrec ((y^ 2) (g (fn g () (@+ x^ y^)))) (g))))",
    ),
    "of a later function": (
        "(fn () (define (a) (b)) (define (b) 1) a)",
        "(fn _ () (letrec ((a (fn a () (b^))) (b^ (fn b () 1))) a))",
    ),
    "in the middle of a body": (
        "(fn () (f x) (define x 1) x)",
        "(fn _ () (let ((x! nil)) (seq (@f x!) (set x! 1) x!)))",
    ),
    "inside other forms of a body": (
        "(fn () (when c (begin (define x 1))) (f (define y 2)) (and (define z 3) x))",
        "(fn _ () (let ((x! nil) (y! nil) (z! nil)) (seq (if @c (set x! 1) nil)"
        " (@f (set y! 2)) (let ((and (set z! 3))) (if and x! and)))))",
    ),
    "in a vector of a body": (
        "(fn () [(define x 1)] x)",
        "(fn _ () (let ((x! nil)) (seq [(set x! 1)] x!)))",
    ),
    "in what a macro makes": (
        "(defmacro m (x) `(define ,x 1)) (fn () (f y) (m y))",
        "(fn _ () (let ((y! nil)) (seq (@f y!) (set y! 1))))",
    ),
    "of the parameter": ("(fn (x) (define x 1) x)", "(fn _ (x!) (seq (set x! 1) x!))"),
    "twice": (
        "(fn () (define x 1) (define x 2) x)",
        "(fn _ () (letrec ((x! 1)) (seq (set x! 2) x!)))",
    ),
    "in an init belongs outside": (
        "(fn () (let ((a (define x 1))) a) x)",
        "(fn _ () (let ((x! nil)) (seq (let ((a (set x! 1))) a) x!)))",
    ),
    "does not leak": ("(begin (let () (define q 1)) q)", "(seq (letrec ((q 1)) q) @q)"),
    "in a loop": (
        "(while (f) (define x 1) x)",
        "(let ((x! nil)) (while (@f) (seq (set x! 1) x!)))",
    ),
    "in a handler": (
        "(try (define x 1) (catch e (define y 2) y))",
        "(try (define @x 1) (catch e (letrec ((y 2)) y)))",
    ),
    "in a case clause": (
        "(case k (else (define x 1) x))",
        "(let ((key @k)) (letrec ((x 1)) x))",
    ),
    "a local assignment is one": (
        "(fn () (define x 1) (set! x 2))",
        "(fn _ () (letrec ((x! 1)) (set x! 2)))",
    ),
    "visible to the inits of letrec": (
        "(letrec ((f (fn () x))) (define x 1) (f))",
        "(let ((x!^ nil)) (letrec ((f (fn _ () x!^))) (seq (set x!^ 1) (f))))",
    ),
}


@pytest.mark.parametrize(("text", "core"), DEFINITIONS.values(), ids=DEFINITIONS)
def test_definitions(text: str, core: str) -> None:
    assert shape(text) == core
