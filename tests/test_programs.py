"""Whole Sema programs: their output is the expected one under every call-site cache."""

from __future__ import annotations

from pathlib import Path

import programs
import pytest

import sema


@pytest.mark.parametrize("call_cache", ["none", "vm", "site", "patched"])
@pytest.mark.parametrize("program", programs.PROGRAMS, ids=programs.name)
def test_output(program: Path, call_cache: str, capsys: pytest.CaptureFixture[str]) -> None:
    interpreter = sema.Interpreter(call_cache=call_cache, max_depth=programs.DEPTH_LIMIT)
    try:
        interpreter.load_file(str(program))
    except sema.SemaError as error:
        print(f"error: {error}")
    assert programs.compared(capsys.readouterr().out) == programs.expected(program)


def test_every_expectation_has_its_program() -> None:
    found = [
        *programs.LANGUAGE.glob("**/*.expected"),
        *programs.ROOT.glob("examples/**/*.expected"),
    ]
    assert sorted(path.with_suffix(".sema") for path in found) == programs.PROGRAMS
