# reference: runtime.md 1
"""The public interface: what a Python program that embeds Sema relies on."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import sema


@pytest.fixture
def interpreter() -> sema.Interpreter:
    return sema.Interpreter()


def raised(interpreter: sema.Interpreter, text: str) -> sema.SemaError:
    with pytest.raises(sema.SemaError) as caught:
        interpreter.eval(text)
    return caught.value


def test_eval_gives_the_last_forms_value(interpreter: sema.Interpreter) -> None:
    assert interpreter.eval("(define x 40) (+ x 1) (+ x 2)") == 42
    assert interpreter.eval("") is None
    assert interpreter.eval_to_string('(list 1 2.0 "a" :k \'sym)') == '(1 2.0 "a" :k sym)'
    assert interpreter.eval_to_string("nil") == "nil"


def test_definitions_last_from_one_unit_to_the_next(interpreter: sema.Interpreter) -> None:
    interpreter.eval("(define (square x) (* x x))")
    assert interpreter.eval("(square 12)") == 144


def test_load_file(interpreter: sema.Interpreter, tmp_path: Path) -> None:
    file = tmp_path / "rules.sema"
    file.write_text("(define limit 10)\n(* limit 2)", encoding="utf-8")
    assert interpreter.load_file(file) == 20
    assert interpreter.load_file(str(file)) == 20
    assert interpreter["limit"] == 10


def test_unreadable_files(interpreter: sema.Interpreter, tmp_path: Path) -> None:
    binary = tmp_path / "binary.sema"
    binary.write_bytes(b"(\xff\xfe)")
    for path in (tmp_path / "none.sema", tmp_path, binary):
        with pytest.raises(sema.SemaError):
            interpreter.load_file(path)


def test_items(interpreter: sema.Interpreter) -> None:
    assert "answer" not in interpreter
    interpreter["answer"] = 42
    assert "answer" in interpreter
    assert interpreter.eval("(+ answer 1)") == 43
    interpreter.eval("(set! answer 7)")
    assert interpreter["answer"] == 7
    del interpreter["answer"]
    assert "answer" not in interpreter
    assert raised(interpreter, "answer").kind == "unbound"


def test_missing_items(interpreter: sema.Interpreter) -> None:
    with pytest.raises(KeyError, match="nothing"):
        interpreter["nothing"]
    with pytest.raises(KeyError, match="nothing"):
        del interpreter["nothing"]


def test_library_functions_are_items(interpreter: sema.Interpreter) -> None:
    assert "map" in interpreter
    assert interpreter["+"](1, 2) == 3
    assert list(interpreter["map"](lambda x: x + 1, [1, 2, 3])) == [2, 3, 4]


def test_sema_functions_from_python(interpreter: sema.Interpreter) -> None:
    interpreter.eval("(define (add a b . more) (list a b more))")
    add = interpreter["add"]
    assert add(1, 2) == [1, 2, []]
    assert add(*range(12))[2] == list(range(2, 12))
    with pytest.raises(sema.SemaError, match=r"add expects 2\+ args, got 1$"):
        add(1)
    with pytest.raises(TypeError, match="keyword"):
        add(a=1, b=2)


def test_python_functions_from_sema(interpreter: sema.Interpreter) -> None:
    interpreter["price"] = lambda amount, rate=2: amount * rate
    assert interpreter.eval("(price 21)") == 42
    assert interpreter.eval("(map price (list 1 2 3))") == [2, 4, 6]
    assert interpreter.eval("(apply price (list 2 5))") == 10
    interpreter["join"] = "-".join
    assert interpreter.eval('(join (list "a" "b"))') == "a-b"


def test_functions_cross_both_ways_at_once(interpreter: sema.Interpreter) -> None:
    interpreter["twice"] = lambda f: lambda x: f(f(x))
    assert interpreter.eval("((twice (fn (x) (* x 3))) 5)") == 45


@pytest.mark.parametrize(
    "value",
    [None, True, False, 0, -1, 2**47 - 1, 2**47, -(2**47) - 1, 10**30, 1.5, "text", "", b"ab"],
)
def test_values_cross_unchanged(interpreter: sema.Interpreter, value: object) -> None:
    interpreter["value"] = value
    back = interpreter.eval("value")
    assert back == value
    assert type(back) is type(value)
    assert interpreter.eval("(fn (x) x)")(value) == value


def test_containers_cross(interpreter: sema.Interpreter) -> None:
    interpreter["rows"] = [1, (2, 3), {"a": [4]}]
    assert interpreter.eval_to_string("rows") == '(1 (2 3) {"a" (4)})'
    assert interpreter.eval("(length rows)") == 3
    assert interpreter.eval('(get (nth rows 2) "a")') == [4]
    assert interpreter.eval("(list 1 (list 2) [3])") == [1, [2], [3]]


def test_deep_containers_cross(interpreter: sema.Interpreter) -> None:
    deep: list[object] = []
    for _ in range(50_000):
        deep = [deep]
    interpreter["deep"] = deep
    assert len(interpreter.eval_to_string("deep")) == 100_002
    back = sema.to_python(interpreter.eval("deep"))
    for _ in range(50_000):
        (back,) = back
    assert back == []


def test_containers_that_contain_themselves(interpreter: sema.Interpreter) -> None:
    knot: list[object] = [[1], [1]]
    interpreter["fine"] = [knot[0], knot[0]]
    knot.append(knot)
    with pytest.raises(sema.EvalError, match="a list that contains itself"):
        interpreter["knot"] = knot


def test_numbers_cross(interpreter: sema.Interpreter) -> None:
    interpreter["numbers"] = [Fraction(1, 2), Fraction(4, 2), 1 + 2j]
    assert interpreter.eval_to_string("numbers") == "(1/2 2 1.0+2.0i)"
    assert interpreter.eval_to_string("(map type numbers)") == "(:rational :int :complex)"
    interpreter["whole"] = lambda: Fraction(6, 3)
    assert interpreter.eval("(exact-integer? (whole))") is True


def test_foreign_objects_cross_as_they_are(interpreter: sema.Interpreter) -> None:
    class Thing:
        pass

    thing = Thing()
    interpreter["thing"] = thing
    assert interpreter.eval("(car (list thing))") is thing


def test_results_of_python_functions_become_values(interpreter: sema.Interpreter) -> None:
    interpreter["rows"] = lambda: [1, {"k": (2,)}]
    assert interpreter.eval_to_string("(rows)") == '(1 {"k" (2)})'


@pytest.mark.parametrize(
    ("text", "kind", "shown"),
    [
        ("(car 1)", "type-error", "Type error: expected list or vector, got int"),
        ('(error "x")', "eval", "Eval error: x"),
        ("(throw 'x)", "user", "User exception: x"),
        ("((fn (x) x))", "arity", "Arity error: <lambda> expects 1 args, got 0"),
        ("nowhere", "unbound", "Unbound variable: nowhere"),
        ("(1 2)", "eval", "Eval error: not callable: 1 (int)"),
        ("(/ 1 0)", "eval", "Eval error: division by zero"),
        ("(+ 1", "reader", "Reader error at 1:1: "),
    ],
)
def test_errors(interpreter: sema.Interpreter, text: str, kind: str, shown: str) -> None:
    error = raised(interpreter, text)
    assert error.kind == kind
    assert str(error).startswith(shown)
    assert error.span is not None
    assert (error.span.line, error.span.column) == (1, 1)
    assert isinstance(error, Exception)


def test_what_an_error_carries(interpreter: sema.Interpreter) -> None:
    interpreter.eval("(define (outer x)\n  (+ 1 (5 x)))", file="rules.sema")
    error = raised(interpreter, "(list\n  (outer 2))")
    assert error.message == "not callable: 5 (int)"
    assert error.hint is not None
    assert str(error.span) == "rules.sema:2:8"
    assert [(frame.name, str(frame.span)) for frame in error.trace] == [
        ("outer", "rules.sema:2:8"),
        ("<lambda>", "<input>:2:3"),
    ]


def test_thrown_values_come_through(interpreter: sema.Interpreter) -> None:
    error: Any = raised(interpreter, "(throw (list 1 :a))")
    assert isinstance(error, sema.UserError)
    assert interpreter.eval_to_string("'(1 :a)") == str(error.value)


def test_python_exceptions_become_errors(interpreter: sema.Interpreter) -> None:
    def fail() -> None:
        raise LookupError("nothing there")

    interpreter["fail"] = fail
    error = raised(interpreter, "(fail)")
    assert error.message == "LookupError: nothing there"
    assert isinstance(error.__cause__, LookupError)
    assert interpreter.eval("(try (fail) (catch e (:message e)))") == error.message


def test_sema_errors_go_through_python(interpreter: sema.Interpreter) -> None:
    interpreter["call"] = lambda f: f()
    error = raised(interpreter, "(call (fn () (throw 5)))")
    assert str(error) == "User exception: 5"
    assert interpreter.eval("(try (call (fn () (throw 5))) (catch e (:value e)))") == 5


def test_exits_of_python_are_not_caught(interpreter: sema.Interpreter) -> None:
    def leave() -> None:
        raise SystemExit(3)

    interpreter["leave"] = leave
    with pytest.raises(SystemExit) as caught:
        interpreter.eval("(try (leave) (catch e 1))")
    assert caught.value.code == 3
    assert interpreter.eval("1") == 1


def test_interpreters_are_independent() -> None:
    one, two = sema.Interpreter(), sema.Interpreter(call_cache="none")
    one.eval("(define x 1) (set! + -) (define (f) (+ x 1))")
    two.eval("(define x 5) (define (f) (+ x 1))")
    assert (one.eval("(f)"), two.eval("(f)")) == (0, 6)
    two["g"] = one["f"]
    assert two.eval("(list (g) (f))") == [0, 6]


def test_caches_have_names() -> None:
    for name in ("none", "vm", "site", "patched"):
        assert sema.Interpreter(call_cache=name).call_cache == name
    assert sema.Interpreter().call_cache == "patched"
    with pytest.raises(ValueError, match="unknown call cache 'fast'"):
        sema.Interpreter(call_cache="fast")


def test_no_report_without_statistics(interpreter: sema.Interpreter) -> None:
    with pytest.raises(ValueError, match="call_stats=True"):
        interpreter.call_report()


def test_constant_arithmetic_beyond_doubles(interpreter: sema.Interpreter) -> None:
    assert interpreter.eval("(+ 1.5 1" + "0" * 400 + ")") == float("inf")


@pytest.mark.parametrize("depth", [500, 100_000])
def test_deeply_nested_text_ends_in_an_error_at_worst(
    interpreter: sema.Interpreter, depth: int
) -> None:
    try:
        assert interpreter.eval("(+ 1 " * depth + "1" + ")" * depth) == depth + 1
    except sema.SemaError as error:
        assert "nesting depth" in error.message
    assert interpreter.eval("(+ 1 2)") == 3
