# reference: special-forms.md 11
"""Errors on their way through ``finally`` and ``guard``, and objects of definitions in Python."""

import gc
import weakref

import pytest

import sema
from sema.errors import EvalError, SemaError, SemaTypeError, UserError


@pytest.fixture
def interpreter() -> sema.Interpreter:
    return sema.Interpreter()


@pytest.mark.parametrize("around", ["(try {} (finally 1))", "(guard (e (#f 1)) {})"])
def test_an_error_goes_on_as_it_is(interpreter: sema.Interpreter, around: str) -> None:
    text = "(define (f x)\n  (match x (1 2)))\n"
    with pytest.raises(EvalError) as plain:
        interpreter.eval(text + "(+ 1 (f 5))", "a.sema")
    with pytest.raises(EvalError) as passed:
        interpreter.eval(text + around.format("(+ 1 (f 5))"), "a.sema")
    assert str(passed.value) == str(plain.value)
    assert passed.value.hint == plain.value.hint is not None
    assert passed.value.span == plain.value.span is not None
    assert [frame.name for frame in passed.value.trace] == [
        frame.name for frame in plain.value.trace
    ]


def test_a_thrown_value_passes_guard(interpreter: sema.Interpreter) -> None:
    with pytest.raises(UserError, match="User exception: 2") as caught:
        interpreter.eval('(guard (e ((string? e) "string")) (throw 2))')
    assert caught.value.value == 2


def test_a_caught_map_keeps_no_frames_alive(interpreter: sema.Interpreter) -> None:
    class Witness:
        pass

    def fail(witness: object) -> None:
        raise EvalError("no")

    witness = Witness()
    alive = weakref.ref(witness)
    interpreter["fail"] = fail
    interpreter["witness"] = witness
    interpreter.eval("(define condition (try (fail witness) (catch e e)))")
    del interpreter["witness"], witness
    gc.collect()
    assert alive() is None


def test_records_in_python(interpreter: sema.Interpreter) -> None:
    interpreter.eval("(define-record-type point (make-point x y) point? (y point-y))")
    make, field = interpreter["make-point"], interpreter["point-y"]
    point = make(1, "two")
    assert field(point) == "two"
    assert point == make(1, "two") and point != make(1, "three")
    assert hash(point) == hash(make(1, "two"))
    assert (point.name, list(point.fields)) == ("point", [1, "two"])
    with pytest.raises(SemaTypeError, match="expected point, got int"):
        field(1)


def test_multimethods_in_python(interpreter: sema.Interpreter) -> None:
    interpreter.eval("(defmulti kind list) (defmethod kind '(1) (fn (x) (list 'one x)))")
    assert interpreter["kind"](1) == interpreter.eval("'(one 1)")
    with pytest.raises(SemaError, match="no method in multimethod 'kind'"):
        interpreter["kind"](2)
