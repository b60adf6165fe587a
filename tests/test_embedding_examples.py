"""The example programs that embed Sema, and the examples of docs/embedding.md."""

from __future__ import annotations

import asyncio
import json
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples" / "embedding"


def run(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("processes", [(), ("2",)])
def test_pricing(processes: tuple[str, ...]) -> None:
    lines = run("examples/embedding/pricing/run.py", "5000", *processes).splitlines()
    assert re.fullmatch(r"orders: 4,99\d for [\d,]+\.\d\d", lines[0])
    assert lines[1].startswith("refused: ")
    assert re.fullmatch(
        r'  User exception: {:order \d+ :problem "quantity must be positive"}', lines[2]
    )


def request(app: Any, body: bytes, method: str = "POST") -> tuple[int, Any]:
    """What the application answers."""
    sent: list[dict[str, Any]] = []
    parts = [
        {"type": "http.request", "body": body[:10], "more_body": True},
        {"type": "http.request", "body": body[10:]},
    ]

    async def receive() -> dict[str, Any]:
        return parts.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app({"type": "http", "method": method}, receive, send))
    return sent[0]["status"], json.loads(sent[1]["body"])


def test_formulas() -> None:
    app = runpy.run_path(str(EXAMPLES / "formulas" / "app.py"))["app"]

    def compute(formula: str, **values: Any) -> tuple[int, Any]:
        return request(app, json.dumps({"formula": formula, "values": values}).encode())

    assert compute("(* price (+ 1 tax))", price=100, tax=0.5) == (200, {"value": 150.0})
    assert compute("(mean xs)", xs=[1, 2, 6]) == (200, {"value": 3})
    assert compute("(round (installment 1200 0 12))") == (200, {"value": 100})
    status, content = compute("(* prise 2)", price=1)
    assert (status, content["error"]) == (422, "Unbound variable: prise")
    assert content["hint"] == "Did you mean 'price'?"
    assert compute("(define mean 1) mean") == (200, {"value": 1})
    assert compute("(mean (list 2 4))") == (200, {"value": 3})
    for formula, message in (
        ("(let loop () (loop))", "step limit exceeded"),
        ('(string/repeat "x" 100000000)', "memory limit exceeded"),
        ('(file/read "/etc/passwd")', "Permission denied"),
        ('(py/import "os")', "Permission denied"),
    ):
        status, content = compute(formula)
        assert status == 422
        assert message in content["error"]
    assert compute("(fn (x) x)")[0] == 422
    assert request(app, b"no json")[0] == 400
    assert request(app, b"{}" + b" " * 20_000)[0] == 400
    assert request(app, b"", "GET")[0] == 400


def test_agents() -> None:
    lines = run("examples/embedding/agents/game.py").splitlines()
    names = [line.split()[0] for line in lines]
    assert sorted(names) == ["greedy", "hoarder", "learner", "sleeper", "walker"]
    scores = {line.split()[0]: int(line.split()[1]) for line in lines}
    assert scores["greedy"] > scores["walker"] > scores["sleeper"]
    problems = {line.split()[0]: line for line in lines}
    assert "missed 40 turns: Eval error: step limit exceeded" in problems["sleeper"]
    assert "missed 40 turns: Eval error: memory limit exceeded" in problems["hoarder"]
    assert "missed" not in problems["greedy"] + problems["learner"] + problems["walker"]


def test_docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "docs" / "embedding.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "docs"}
    checked = 0
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        for statement in _statements(block):
            code, _, promised = statement.partition("  # -> ")
            if promised:
                assert repr(eval(code, names)) == promised.strip(), code
                checked += 1
            else:
                exec(statement, names)
    assert checked > 20


def test_the_page_of_sandboxes(capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert blocks
    for block in blocks:
        exec(block, {"__name__": "docs"})
    assert capsys.readouterr().out.startswith("FuelExhausted 50")


def _statements(block: str) -> list[str]:
    """The statements of a block, those that promise a value alone."""
    statements: list[str] = []
    pending = ""
    for line in block.splitlines(keepends=True):
        if "  # -> " in line:
            statements += [pending, line]
            pending = ""
        else:
            pending += line
    return [statement for statement in [*statements, pending] if statement.strip()]
