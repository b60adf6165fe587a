"""Every example in the documentation of a builtin gives what it says."""

from __future__ import annotations

import pytest

import sema
from sema.stdlib import registry

EXAMPLES = sorted(
    {
        declared.example
        for declared in map(registry.declaration, registry.names())
        if declared is not None and " => " in declared.example
    }
)


@pytest.fixture(scope="module")
def interpreter() -> sema.Interpreter:
    return sema.Interpreter()


@pytest.mark.parametrize("example", EXAMPLES)
def test_example(example: str, interpreter: sema.Interpreter) -> None:
    call, _, result = example.rpartition(" => ")
    assert interpreter.eval_to_string(call) == result
