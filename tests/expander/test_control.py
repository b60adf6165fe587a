# reference: special-forms.md 7, 8, 9, 11
"""Conditionals, loops, errors and destructuring as core nodes."""

import pytest
from core_text import shape

CASES = {
    "if": ("(if a b)", "(if @a @b nil)"),
    "when": ("(when a b c)", "(if @a (seq @b @c) nil)"),
    "unless": ("(unless a b c)", "(if @a nil (seq @b @c))"),
    "cond": ("(cond (a 1) ((g)) (else 2) (b 3))", "(if @a 1 (if (@g) #t 2))"),
    "cond without a match": ("(cond (a 1))", "(if @a 1 nil)"),
    "an empty else": ("(cond (else))", "#t"),
    "case": (
        "(case x ((1 2) 'a) ((b)) (() 1) (else 'c))",
        "(let ((key @x)) (if (if (@__vm-eqv key 1) #t (@__vm-eqv key 2)) 'a"
        " (if (@__vm-eqv key 'b) nil (if #f 1 'c))))",
    ),
    "and": (
        "(and a b c)",
        "(let ((and @a)) (if and (let ((and2 @b)) (if and2 @c and2)) and))",
    ),
    "or": ("(or a b)", "(let ((or @a)) (if or or @b))"),
    "no operands": ("[(and) (or) (begin)]", "'[#t #f nil]"),
    "or as a test": ("(if (or a (or b c)) 1 2)", "(if (if @a #t (if @b #t @c)) 1 2)"),
    "begin": ("(f (begin 1 2))", "(@f (seq 1 2))"),
    "while": ("(while a b)", "(while @a @b)"),
    "do": (
        "(do ((i 0 (+ i 1))) ((= i 9) i) (f i))",
        "(let ((i! 0)) (seq (while (if (@= i! 9) #f #t) (seq (@f i!) (set i! (@+ i! 1)))) i!))",
    ),
    "do without a result": (
        "(do ((i 0)) (#t))",
        "(let ((i 0)) (seq (while (if #t #f #t) nil) nil))",
    ),
    "steps see the old values": (
        "(do ((a 0 b) (b 1 (+ a b))) (#t))",
        "(let ((a! 0) (b! 1)) (seq (while (if #t #f #t)"
        " (let ((step b!)) (seq (set b! (@+ a! b!)) (set a! step)))) nil))",
    ),
    "steps of captured variables wait": (
        "(do ((a 0 (f)) (b 1 (g))) (#t) (fn () a))",
        "(let ((a!^ 0) (b! 1)) (seq (while (if #t #f #t) (seq (fn _ () a!^)"
        " (let ((step (@f))) (seq (set b! (@g)) (set a!^ step))))) nil))",
    ),
    "try": ("(try (f) (g) (catch e (h e)))", "(try (seq (@f) (@g)) (catch e (@h e)))"),
    "try without a body": ("(try (catch e 1))", "(try nil (catch e 1))"),
    "throw": ("(throw 1)", "(throw 1)"),
    "eval": ("(eval '(f))", "((@__vm-compile '(f)))"),
    "macroexpand": ("(macroexpand '(f))", "(@__vm-macroexpand '(f))"),
    "quote": ("'(a ())", "'(a ())"),
}


@pytest.mark.parametrize(("text", "core"), CASES.values(), ids=CASES)
def test_control(text: str, core: str) -> None:
    assert shape(text) == core


PATTERNS = {
    "a vector": (
        "(let (([a _ & r] v)) (f a r))",
        "(let ((pattern @v)) (let ((elements (@__vm-elements-rest pattern 2)))"
        " (let ((a (@__vm-element elements 0))) (let ((r (@__vm-element elements 2)))"
        " (@f a r)))))",
    ),
    "a map": (
        "(fn ({:keys [x] :z y}) (f x y))",
        "(fn _ (pattern) (let ((x (@__vm-lookup pattern :x)))"
        " (let ((y (@__vm-lookup pattern :z))) (@f x y))))",
    ),
    "an empty map": (
        "(fn ({}) 1)",
        "(fn _ (pattern) (seq (@__vm-lookup pattern nil) 1))",
    ),
    "nested": (
        "(let (([[a]] v)) a)",
        "(let ((pattern @v)) (let ((elements (@__vm-elements pattern 1)))"
        " (let ((pattern2 (@__vm-element elements 0)))"
        " (let ((elements2 (@__vm-elements pattern2 1)))"
        " (let ((a (@__vm-element elements2 0))) a)))))",
    ),
    "all inits come first": (
        "(let (([a] v) (b a)) b)",
        "(let ((pattern @v) (b @a)) (let ((elements (@__vm-elements pattern 1)))"
        " (let ((a (@__vm-element elements 0))) b)))",
    ),
    "in sequence": (
        "(let* (([a] v) (b a)) b)",
        "(let ((pattern @v)) (let ((elements (@__vm-elements pattern 1)))"
        " (let ((a (@__vm-element elements 0))) (let ((b a)) b))))",
    ),
    "globals": (
        "(define [a] v)",
        "(let ((pattern @v)) (let ((elements (@__vm-elements pattern 1)))"
        " (seq (define @a (@__vm-element elements 0)) nil)))",
    ),
    "local definitions": (
        "(fn () (define [a] v) a)",
        "(fn _ () (let ((a! nil)) (seq (let ((pattern @v))"
        " (let ((elements (@__vm-elements pattern 1)))"
        " (seq (set a! (@__vm-element elements 0)) nil))) a!)))",
    ),
    "letrec": (
        "(letrec (([a] v) (b a)) b)",
        "(let ((a! nil) (b! nil)) (seq (let ((pattern @v))"
        " (let ((elements (@__vm-elements pattern 1)))"
        " (seq (set a! (@__vm-element elements 0)) nil))) (set b! a!) b!))",
    ),
}


@pytest.mark.parametrize(("text", "core"), PATTERNS.values(), ids=PATTERNS)
def test_destructuring(text: str, core: str) -> None:
    assert shape(text) == core
