"""Python's exceptions inside a running program: which become errors of Sema, and which do not."""

from __future__ import annotations

from typing import NoReturn

import pytest

import sema


def interpreter_with(error: BaseException) -> sema.Interpreter:
    def fail() -> NoReturn:
        raise error

    interpreter = sema.Interpreter()
    interpreter["fail"] = fail
    return interpreter


def test_operating_system_errors() -> None:
    interpreter = interpreter_with(FileNotFoundError(2, "No such file or directory", "a.txt"))
    with pytest.raises(sema.SemaIOError) as caught:
        interpreter.eval("(fail)")
    assert str(caught.value) == "IO error: a.txt: no such file or directory"
    assert isinstance(caught.value.__cause__, FileNotFoundError)
    assert interpreter.eval_to_string("(try (fail) (catch e (:type e)))") == ":io"


def test_operating_system_error_without_a_file() -> None:
    with pytest.raises(sema.SemaIOError, match=r"^IO error: no space left on device$"):
        interpreter_with(OSError(28, "No space left on device")).eval("(fail)")


def test_broken_pipe_is_for_the_host() -> None:
    interpreter = interpreter_with(BrokenPipeError(32, "Broken pipe"))
    with pytest.raises(BrokenPipeError):
        interpreter.eval("(try (list 1 (fail)) (catch e 'caught))")
    assert interpreter.eval("(+ 1 2)") == 3


def test_other_exceptions() -> None:
    interpreter = interpreter_with(ValueError("wrong"))
    with pytest.raises(sema.EvalError, match=r"^Eval error: ValueError: wrong$"):
        interpreter.eval("(fail)")
