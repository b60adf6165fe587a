"""``sema bench``: what it measures, what it writes, and what it calls a change."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from sema.tools.bench.measure import calls_of
from sema.tools.bench.noise import median_interval, ratio_interval
from sema.tools.bench.results import compare
from sema.tools.bench.suite import BENCHMARKS
from sema.tools.charts import Bar, bar_chart


def command(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sema", "bench", *words],
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=60,
    )


def document(**rounds: list[float]) -> dict[str, Any]:
    subjects = {name: {"rounds": samples} for name, samples in rounds.items()}
    return {"benchmarks": [{"name": "tak", "subjects": subjects}]}


@pytest.mark.parametrize("benchmark", BENCHMARKS, ids=lambda benchmark: benchmark.name)
def test_programs(benchmark: Any) -> None:
    assert calls_of(benchmark) > 1000


def test_measures_and_writes(tmp_path: Path) -> None:
    words = ("--quick", "--rounds", "2", "--strategies", "patched,none", "--peers", "CPython")
    done = command("closure", *words, "--json", "a.json", "--html", "a.html", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    heading = done.stdout.splitlines()[3]
    assert heading.split() == ["benchmark", "calls", "none", "patched", "CPython"]
    (measured,) = json.loads((tmp_path / "a.json").read_text())["benchmarks"]
    assert (measured["name"], measured["calls"]) == ("closure", 10_000)
    assert set(measured["subjects"]) == {"none", "patched", "CPython"}
    for subject in measured["subjects"].values():
        low, high = subject["interval"]
        assert 0 < low <= subject["ns"] <= high
        assert len(subject["rounds"]) == 2
    page = (tmp_path / "a.html").read_text()
    (picture,) = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(re.findall(r"<rect", picture)) == 3
    assert "CPython" in page and "script" not in page
    same = command("--diff", "a.json", "a.json", cwd=tmp_path)
    assert (same.returncode, same.stdout) == (0, "3 of 3 did not change beyond noise\n")


def test_list(tmp_path: Path) -> None:
    shown = command("--list", cwd=tmp_path).stdout
    assert [line.split("  ")[0] for line in shown.splitlines()] == [b.name for b in BENCHMARKS]


def test_changes_beyond_noise(tmp_path: Path) -> None:
    before = document(steady=[10.0, 10.1, 9.9], noisy=[10.0, 12.0, 9.0], slow=[10.0, 10.1, 9.9])
    after = document(steady=[10.1, 10.0, 10.0], noisy=[11.0, 10.0, 8.0], slow=[13.0, 13.1, 12.9])
    certain = [change for change in compare(before, after) if change.is_certain]
    assert [change.subject for change in certain] == ["slow"]
    assert certain[0].ratio == pytest.approx(1.3)
    low, high = certain[0].interval
    assert 1.25 < low <= 1.3 <= high < 1.35
    for name, data in (("a.json", before), ("b.json", after)):
        (tmp_path / name).write_text(json.dumps(data))
    shown = command("--diff", "a.json", "b.json", cwd=tmp_path).stdout.splitlines()
    assert shown[2].split()[:5] == ["tak", "slow", "10.00", "13.00", "+30.0%"]
    assert shown[2].endswith("slower")
    assert shown[3] == "2 of 3 did not change beyond noise"


def test_intervals() -> None:
    assert median_interval([5.0] * 4) == (5.0, 5.0)
    low, high = median_interval([1.0, 2.0, 3.0, 4.0, 5.0])
    assert low < 3.0 < high
    assert ratio_interval([2.0] * 3, [3.0] * 3) == (1.5, 1.5)


def test_chart() -> None:
    text = bar_chart([Bar("<a>", 10.0, (9.0, 12.0)), Bar("b", 5.0)], "ns")
    picture = ElementTree.fromstring(text)
    rects = [rect for rect in picture.iter() if rect.tag.endswith("rect")]
    widths = [float(rect.get("width", 0)) for rect in rects]
    assert widths[0] == pytest.approx(2 * widths[1], abs=0.1)
    assert "&lt;a&gt;" in text and "10.00 ns" in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nothing"], "unknown benchmark 'nothing' (see: sema bench --list)"),
        (["--strategies", "best"], "argument --strategies: no 'best' in none, vm, site, patched"),
        (["--peers", "Cobol"], "argument --peers: no 'Cobol' in Lua"),
        (["--rounds", "0"], "argument --rounds: must be positive"),
        (["--diff", "x.json", "x.json"], "x.json: no results of sema bench"),
    ],
)
def test_usage(tmp_path: Path, words: list[str], message: str) -> None:
    (tmp_path / "x.json").write_text("[1]")
    done = command(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: sema bench: {message}")
