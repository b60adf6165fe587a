"""Builtins called directly, or by programs in an empty directory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import sema
from sema.errors import SemaError
from sema.reader import read_many, write
from sema.stdlib.registry import find


@pytest.fixture
def outcome() -> Callable[[str], str]:
    """The written result of a call such as ``nth (a b) 1``, or ``!`` and its error's message."""

    def evaluate(call: str) -> str:
        name, *args = read_many(call)
        try:
            return write(find(name.name)(*args))
        except SemaError as error:
            return f"! {error.message}"

    return evaluate


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """The printed value of an expression, run in an empty directory, or its error's display."""
    monkeypatch.chdir(tmp_path)
    interpreter = sema.Interpreter()

    def evaluate(text: str) -> str:
        try:
            return interpreter.eval_to_string(text)
        except sema.SemaError as error:
            return str(error)

    return evaluate
