"""The README's tour does what its comments say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sema

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def block(language: str) -> list[str]:
    """The lines of the README's first block of code in a language."""
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found is not None
    return found[1].splitlines()


def test_tour_in_sema(capsys: pytest.CaptureFixture[str]) -> None:
    lines = block("lisp")
    sema.Interpreter().eval("\n".join(lines))
    promised = [line.split("; ", 1)[1] for line in lines if line.startswith("(println")]
    assert capsys.readouterr().out.splitlines() == promised


def test_tour_in_python() -> None:
    names: dict[str, object] = {}
    checked = 0
    for line in block("python"):
        code, _, promised = line.partition("  #")
        if "=" in code.replace("(=", "") or not promised or code.startswith("import"):
            exec(code, names)
        else:
            assert repr(eval(code, names)) == promised.strip().split(":")[0]
            checked += 1
    assert checked == 3
