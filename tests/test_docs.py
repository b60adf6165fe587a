"""The examples of the documentation's pages do what they say; the site builds without warnings."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import sema
from sema.reader import read_all

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "docs" / name for name in ("tutorial.md", "guide.md")]
PROMISE = "; => "


def examples(page: Path) -> list[tuple[str, str | None]]:
    """The forms of a page's blocks, with the value that each is said to have."""
    found = []
    for block in re.findall(r"```lisp\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        pending = ""
        for line in block.splitlines():
            code, _, promised = line.partition(PROMISE)
            pending += code + "\n"
            try:
                read_all(pending, None)
            except sema.SemaError:
                continue
            found.append((pending, promised.strip() or None))
            pending = ""
        assert not pending, block
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_examples(page: Path) -> None:
    interpreter = sema.Interpreter()
    checked = 0
    for text, promised in examples(page):
        if promised is None:
            interpreter.eval(text)
        else:
            assert (text, interpreter.eval_to_string(text)) == (text, promised)
            checked += 1
    assert checked > 10


def test_site(tmp_path: Path) -> None:
    words = ["build", "--strict", "--site-dir", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", *words], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING - " not in done.stderr
    text = (tmp_path / "internals.html").read_text(encoding="utf-8")
    loaded = re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="(https?://[^"]*)"', text)
    assert loaded == []
