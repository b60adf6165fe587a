"""Whole Sema programs: their output is the expected one under every call-site cache.

``tests/language`` holds small programs about one part of the language each, ``examples`` useful
ones. ``NAME.expected`` is what ``NAME.sema`` prints; an error that ends a program is its last line.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import sema

ROOT = Path(__file__).parent.parent
PROGRAMS = sorted([*ROOT.glob("tests/language/*.sema"), *ROOT.glob("examples/**/*.sema")])
TIMING = "elapsed: "
DEPTH_LIMIT = 300_000


@pytest.mark.parametrize("call_cache", ["none", "vm", "site", "patched"])
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_output(program: Path, call_cache: str, capsys: pytest.CaptureFixture[str]) -> None:
    interpreter = sema.Interpreter(call_cache=call_cache, max_depth=DEPTH_LIMIT)
    try:
        interpreter.load_file(str(program))
    except sema.SemaError as error:
        print(f"error: {error}")
    printed = capsys.readouterr().out.splitlines()
    compared = [line for line in printed if not line.startswith(TIMING)]
    assert compared == program.with_suffix(".expected").read_text(encoding="utf-8").splitlines()


def test_every_expectation_has_its_program() -> None:
    expectations = [*ROOT.glob("tests/language/*.expected"), *ROOT.glob("examples/**/*.expected")]
    assert sorted(path.with_suffix(".sema") for path in expectations) == PROGRAMS
