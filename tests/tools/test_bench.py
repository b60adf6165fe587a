"""``sema bench``: what it measures, what it writes, and what it calls a change."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import sema
from benchmarks.update_readme import render
from sema.tools.bench import subjects
from sema.tools.bench.measure import calls_of, measure, warm_up
from sema.tools.bench.noise import median_interval, ratio_interval
from sema.tools.bench.results import compare, document_of
from sema.tools.bench.subjects import PEERS, BenchmarkError, Peer, present_peers
from sema.tools.bench.suite import CALLS, PROGRAMS, SUITES, Benchmark
from sema.tools.bench.table import table_of
from sema.tools.charts import Bar, bar_chart
from sema.tools.options import CALL_CACHES

RESULTS = {
    "ackermann": 253,
    "binary-trees": 228010,
    "closures": 905038500,
    "derivative": 14500,
    "exceptions": 1511500,
    "fib": 6765,
    "hash-counting": 24993160,
    "mandelbrot": 345426,
    "map-filter-fold": 888822258888,
    "mutual": 1500,
    "nbody": -169021528,
    "nqueens": 92,
    "records": 361168,
    "sieve": 5133,
    "sort": 350600,
    "spectral-norm": 1274193836,
    "string-building": 96263,
    "tail-loop": 50005000,
    "tak": 7,
    "word-count": 16045884,
}
"""What the programs give in all languages."""


def command(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sema", "bench", *words],
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=120,
    )


def document(**rounds: list[float]) -> dict[str, Any]:
    subjects = {name: {"rounds": samples} for name, samples in rounds.items()}
    return {"benchmarks": [{"name": "tak", "subjects": subjects}]}


class Fake:
    """A subject that says how long it took, and notes what it was asked."""

    is_compiling = False

    def __init__(self, name: str, seconds: float, result: str = "7") -> None:
        self.name, self.seconds, self.result = name, seconds, result
        self.asked: list[tuple[str, int]] = []

    def has(self, benchmark: Benchmark) -> bool:
        return benchmark.name != "fib"

    @contextmanager
    def start(self, benchmark: Benchmark) -> Iterator[Any]:
        def run(n: int) -> tuple[float, str]:
            self.asked.append((self.name, n))
            return n * self.seconds, self.result

        yield run


TAK = PROGRAMS.benchmarks[0]


@pytest.mark.parametrize("benchmark", PROGRAMS.benchmarks, ids=lambda benchmark: benchmark.name)
@pytest.mark.parametrize("strategy", [*CALL_CACHES, "eager"])
def test_programs(benchmark: Benchmark, strategy: str) -> None:
    is_eager = strategy == "eager"
    cache = "patched" if is_eager else strategy
    interpreter = sema.Interpreter(cache, jit=is_eager, jit_threshold=0)
    interpreter.load_file(str(benchmark.source))
    assert interpreter["once"]() == RESULTS[benchmark.program]


@pytest.mark.parametrize("benchmark", CALLS.benchmarks, ids=lambda benchmark: benchmark.name)
def test_calls(benchmark: Benchmark) -> None:
    assert calls_of(benchmark) > 1000


@pytest.mark.parametrize("peer", present_peers(PROGRAMS.peers)[0], ids=lambda peer: peer.name)
def test_peers_give_the_same(peer: Peer) -> None:
    for benchmark in PROGRAMS.benchmarks:
        with peer.start(benchmark) as run:
            seconds, result = run(1)
        assert (benchmark.name, result) == (benchmark.name, str(RESULTS[benchmark.program]))
        assert 0 <= seconds < 10
    assert re.match(r"\d+\.\d", peer.version())


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_peers_have_all_programs(peer: Peer) -> None:
    assert [b.name for b in PROGRAMS.benchmarks if not peer.has(b)] == []


def test_rounds_are_interleaved() -> None:
    one, two = Fake("one", 0.001), Fake("two", 0.002)
    two.asked = one.asked
    done: list[None] = []
    outcome = measure(PROGRAMS, TAK, [one, two], 3, 0.1, lambda: done.append(None))
    assert one.asked[-6:] == [("one", 100), ("two", 50)] * 3
    assert len(done) == 6
    assert outcome.rounds == {"one": pytest.approx([1e6] * 3), "two": pytest.approx([2e6] * 3)}
    assert outcome.ratio("two", "one") == pytest.approx(2)


def test_what_compiles_is_warmed_up() -> None:
    fake = Fake("one", 0.001)
    fake.is_compiling = True
    measure(PROGRAMS, TAK, [fake], 1, 0.1, lambda: None)
    rounds = [n for _, n in fake.asked if n == 100]
    assert len(rounds) == 4 + 1


def test_warming_up_goes_on_until_the_speed_is_steady() -> None:
    def spent(steady_after: float) -> float:
        total = 0.0

        def run(n: int) -> tuple[float, str]:
            nonlocal total
            elapsed = n * (0.001 if total > steady_after else 0.001 * (2 + total % 7))
            total += elapsed
            return elapsed, "7"

        warm_up(run, 0.1)
        return total

    assert 0.4 < spent(0.0) < 1.0
    assert 1.0 < spent(1.0) < 2.0
    assert spent(0.0) < spent(1.0)


def test_results_must_agree() -> None:
    with pytest.raises(BenchmarkError, match=r"^tak: two gives 8, not 7$"):
        measure(PROGRAMS, TAK, [Fake("one", 1), Fake("two", 1, "8")], 1, 0.1, lambda: None)


@pytest.mark.parametrize(
    ("program", "said"),
    [("raise SystemExit('no luck')", "no luck"), ("once = lambda: exit()", "no answer")],
)
def test_peers_that_fail(tmp_path: Path, program: str, said: str) -> None:
    (tmp_path / "broken.py").write_text(program)
    broken = TAK._replace(program=str(tmp_path / "broken"))
    with (
        pytest.raises(BenchmarkError, match=f"^tak: CPython failed: {said}$"),
        PEERS[-1].start(broken) as run,
    ):
        run(1)


def test_peers_that_hang(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "endless.py").write_text("def once():\n    while True: pass")
    monkeypatch.setattr(subjects, "PATIENCE", 0.5)
    with (
        pytest.raises(BenchmarkError, match=r"^tak: CPython failed: no answer$"),
        PEERS[-1].start(TAK._replace(program=str(tmp_path / "endless"))) as run,
    ):
        run(1)


def test_ratios_and_their_means() -> None:
    fakes = [Fake("jit", 0.001), Fake("Lua", 0.004), Fake("node", 0.0002)]
    found = [b for b in PROGRAMS.benchmarks if b.name in ("tak", "nqueens")]
    outcomes = [measure(PROGRAMS, b, fakes, 2, 0.1, lambda: None) for b in found]
    outcomes[1].rounds["jit"] = [4e6, 4e6]
    del outcomes[1].rounds["node"]
    results = document_of(PROGRAMS, outcomes, {"Sema": "1.0", "Lua": "5.4"}, 2)
    assert table_of(results) == (
        ["program", "Lua, ms", "jit", "node"],
        [
            ["tak", "4.00", "0.25", "0.050"],
            ["nqueens", "4.00", "1.00", ""],
            ["geometric mean", "", "0.50", "0.050"],
        ],
    )
    lines = render(results, "And so on.").splitlines()
    assert lines[1:3] == ["| --- | ---: | ---: | ---: |", "| tak | 4.00 | 0.25 | 0.050 |"]
    assert lines[-1].startswith("Time as a share of Lua's, which is in ms: medians of 2 ")
    assert lines[-1].endswith("Sema 1.0, Lua 5.4. And so on.")


def test_times_of_calls() -> None:
    fakes = [Fake("none", 63609e-9 * 8), Fake("patched", 63609e-9 * 6)]
    outcome = measure(CALLS, TAK, fakes, 2, 0.1, lambda: None)
    assert table_of(document_of(CALLS, [outcome], {}, 2)) == (
        ["calls", "none", "patched"],
        [["tak", "8.00 (1.00)", "6.00 (0.75)"], ["geometric mean", "1.00", "0.75"]],
    )


def test_measures_and_writes(tmp_path: Path) -> None:
    words = ("--quick", "--rounds", "2", "--strategies", "patched,none", "--peers", "CPython")
    written = ("--json", "a.json", "--html", "a.html")
    done = command("closure", "--suite", "calls", *words, *written, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    heading = done.stdout.splitlines()[3]
    assert heading.split() == ["calls", "none", "patched", "CPython"]
    (measured,) = json.loads((tmp_path / "a.json").read_text())["benchmarks"]
    assert (measured["name"], measured["calls"]) == ("closure", 10_000)
    assert set(measured["subjects"]) == {"none", "patched", "CPython"}
    for subject in measured["subjects"].values():
        low, high = subject["interval"]
        assert 0 < low <= subject["ns"] <= high
        assert len(subject["rounds"]) == 2
    page = (tmp_path / "a.html").read_text()
    means, picture = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(re.findall(r"<rect", means)) == len(re.findall(r"<rect", picture)) == 3
    assert "CPython" in page and "script" not in page
    same = command("--diff", "a.json", "a.json", cwd=tmp_path)
    assert (same.returncode, same.stdout) == (0, "3 of 3 did not change beyond noise\n")


def test_absent_peers_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    words = ("tail loop", "--quick", "--rounds", "1", "--strategies", "patched")
    done = command(*words, "--peers", "SBCL,CPython", cwd=tmp_path)
    assert done.stderr == "SBCL is left out: sbcl is not installed\n"
    assert done.stdout.splitlines()[3].split() == ["program", "patched,", "ms", "CPython"]


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_list(tmp_path: Path, suite: Any) -> None:
    shown = command("--list", "--suite", suite.name, cwd=tmp_path).stdout
    assert [line.split("  ")[0] for line in shown.splitlines()] == [
        b.name for b in suite.benchmarks
    ]


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
        (["nothing"], "unknown benchmark 'nothing' (see: sema bench --suite programs --list)"),
        (["--suite", "all"], "argument --suite: no 'all' in programs, calls"),
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
