# reference: reader.md 12; runtime.md 2; values.md 6
"""Nothing depends on how deeply forms and data are nested, up to limits that are clear errors.

What takes time in proportion to the square of the depth would take minutes here.
"""

from __future__ import annotations

import pytest

import sema
from sema.reader import pretty, read_one, write

FORMS = 10_000
LEVELS = 1_000_000
TOO_DEEP = r"depth|too many registers|nested too deeply|requires an expression"

# Around the form, and its value around 1.
EVALUATED = {
    "(+ 0": (")", "1"),
    "(begin": (")", "1"),
    "(if #t": ("2)", "1"),
    "(if": ("1 2)", "1"),
    "(cond (else": ("))", "1"),
    "(case 1 ((1)": ("))", "1"),
    "(or nil": (")", "1"),
    "(and 1": (")", "1"),
    "(let ((x 1))": (")", "1"),
    "(let ((x": (")) x)", "1"),
    "(let f ((x 1))": (")", "1"),
    "(letrec ((f (fn () f)))": (")", "1"),
    "((fn (x)": (") 2)", "1"),
    "(do ((i 0 (+ i 1))) ((= i 1)": ("))", "1"),
    "(match 1 (x": ("))", "1"),
    "(try": ("(catch e e))", "1"),
    "(same": (")", "1"),
    "(set! v": (")", "1"),
}
DATA = {
    "(list": (")", "(", ")"),
    "[": ("]", "[", "]"),
    "{:k": ("}", "{:k ", "}"),
    "`(a ,": (")", "(a ", ")"),
    "(wrapped": (")", "(", ")"),
    'f"${': ('}"', "", ""),
}
CONTAINERS = ["(list x)", "[x]", "{:k x}", "(hashmap/new :k x)", "(make-box x)"]
OPAQUE = ["(mutable-array/new 1 x)", "(mutable-cell/new x)", "(fn () x)", "(delay x)"]


@pytest.fixture
def interpreter() -> sema.Interpreter:
    made = sema.Interpreter()
    made.eval("""
        (defmacro same (form) form)
        (defmacro wrapped (form) `(list ,form))
        (define v nil)
        (define-record-type box (make-box content) box? (content box-content))
    """)
    return made


def nested(opening: str, core: str, closing: str, depth: int) -> str:
    return f"{opening} " * depth + core + f" {closing}" * depth


@pytest.mark.parametrize("opening", EVALUATED)
def test_evaluated_forms(opening: str, interpreter: sema.Interpreter) -> None:
    closing, value = EVALUATED[opening]
    text = nested(opening, "1", closing, FORMS)
    assert interpreter.eval_to_string(text) == value


@pytest.mark.parametrize("opening", DATA)
def test_forms_that_make_data(opening: str, interpreter: sema.Interpreter) -> None:
    closing, before, after = DATA[opening]
    text = nested(opening, "1", closing, FORMS)
    assert interpreter.eval_to_string(text).strip('"') == before * FORMS + "1" + after * FORMS


def test_functions_and_short_lambdas(interpreter: sema.Interpreter) -> None:
    for opening in ("(fn ()", "#(same"):
        function = interpreter.eval(nested(opening, "1", ")", FORMS))
        for _ in range(FORMS - 1):
            function = function()
        assert function() == 1


def test_patterns(interpreter: sema.Interpreter) -> None:
    value = nested("[", "1", "]", FORMS)
    pattern = nested("[", "x", "]", FORMS)
    assert interpreter.eval(f"(match {value} ({pattern} x))") == 1
    assert interpreter.eval(f"(let (({pattern} {value})) x)") == 1


@pytest.mark.parametrize("opening", ["(+ 0", "(let ((x 1))", "(fn ()", "[", "'(", "`(a ,", "{:k"])
def test_beyond_the_limit_of_forms(opening: str, interpreter: sema.Interpreter) -> None:
    closing = {"[": "]", "{:k": "}"}.get(opening, ")")
    with pytest.raises(sema.SemaError, match=TOO_DEEP):
        interpreter.eval(nested(opening, "1", closing, LEVELS + 1))
    assert interpreter.eval("(+ 1 2)") == 3


@pytest.mark.parametrize("text", ["(", "[", "'"])
def test_read_data(text: str) -> None:
    closing = {"[": "]", "'": ""}.get(text, ")")
    form = read_one(text * LEVELS + "x" + closing * LEVELS)
    assert read_one(write(form)) == form


@pytest.mark.parametrize("step", CONTAINERS)
def test_values(step: str, interpreter: sema.Interpreter) -> None:
    """Making, printing, comparing, keying, throwing and freeing."""
    depth = LEVELS if step in CONTAINERS[:2] else LEVELS // 20
    interpreter.eval(f"""
        (define (nest n core) (let loop ((i 0) (x core)) (if (= i n) x (loop (+ i 1) {step}))))
        (define a (nest {depth} 'x)) (define b (nest {depth} 'x)) (define c (nest {depth} 'y))
    """)
    assert interpreter.eval("(list (equal? a b) (equal? a c))") == [True, False]
    assert interpreter.eval("(let ((m {a 1 c 2})) (list (get m b) (count (assoc m b 3))))") == [
        1,
        2,
    ]
    assert interpreter.eval("(try (throw a) (catch e (equal? (:value e) b)))") is True
    assert interpreter.eval("(string-length (str a))") > 2 * depth
    assert len(pretty(interpreter["a"])) > 2 * depth
    interpreter.eval("(set! a nil) (set! b nil) (set! c nil)")


@pytest.mark.parametrize("step", OPAQUE)
def test_values_with_an_identity(step: str, interpreter: sema.Interpreter) -> None:
    interpreter.eval(f"""
        (define (nest n) (let loop ((i 0) (x 'x)) (if (= i n) x (loop (+ i 1) {step}))))
        (define a (nest {LEVELS // 10}))
    """)
    by_content = "mutable" in step
    assert interpreter.eval(f"(equal? a (nest {LEVELS // 10}))") is by_content
    assert interpreter.eval("(string-length (str a))") < 40
    interpreter.eval("(set! a nil)")
