"""Builtins called directly, with arguments written as data: ``nth (a b) 1``."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sema.errors import SemaError
from sema.reader import read_many, write
from sema.stdlib.registry import find


@pytest.fixture
def outcome() -> Callable[[str], str]:
    """The written result of a call, or ``!`` and the message of its error."""

    def evaluate(call: str) -> str:
        name, *args = read_many(call)
        try:
            return write(find(name.name)(*args))
        except SemaError as error:
            return f"! {error.message}"

    return evaluate
