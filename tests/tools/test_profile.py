"""The profiler: what it counts, where it says that time went, what it advises."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from sema.tools.profiler.profile import Profile
from sema.tools.profiler.run import Program, compare_strategies, profile_program

PROGRAM = """\
(define (fib n)
  (if (< n 2)
      n
      (+ (fib (- n 1)) (fib (- n 2)))))
(define (busy n)
  (+ 0 (fib n)))
(define (idle) 1)
(println (busy 22))
(idle)
"""
MEGAMORPHIC = """\
(define functions (map (fn (k) (eval (list 'fn '(x) (list '+ 'x k)))) (range 14)))
(define (sweep n)
  (let ((left functions))
    (while (> n 0)
      (when (null? left) (set! left functions))
      ((car left) n)
      (set! left (cdr left))
      (set! n (- n 1)))))
(sweep 280)
"""


def command(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sema", "profile", *words],
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=60,
    )


def profiled(tmp_path: Path, text: str, call_cache: str = "patched") -> Profile:
    path = tmp_path / "program.sema"
    path.write_text(text)
    profile, status = profile_program(Program(str(path), []), call_cache)
    assert status == 0
    return profile


def site_at(profile: Profile, line: int, column: int) -> Any:
    (site,) = (
        s
        for s in profile.sites
        if (s.line, s.column) == (line, column) and s.file.endswith("program.sema")
    )
    return site


def test_sites(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    profile = profiled(tmp_path, PROGRAM)
    assert capsys.readouterr().out == "17711\n"
    site = site_at(profile, 4, 10)
    assert (site.calls, site.hits, site.misses) == (28656, 28655, 1)
    assert [(t.state, t.calls) for t in site.transitions] == [("unlinked", 0), ("monomorphic", 1)]
    assert [(c.name, c.line, c.misses) for c in site.callees] == [("fib", 1, 1)]
    assert (site.function, site.source) == ("fib", "(+ (fib (- n 1)) (fib (- n 2)))))")
    assert profile.sites[0].calls == max(s.calls for s in profile.sites)


def test_functions(tmp_path: Path) -> None:
    profile = profiled(tmp_path, PROGRAM.replace("22", "30"))
    calls = {(f.name, f.line): f.calls for f in profile.functions}
    assert calls["fib", 1] == 2692537
    assert calls["busy", 5] == calls["idle", 7] == 1
    fib, *_ = profile.functions
    assert fib.name == "fib"
    assert 0.5 * profile.seconds < fib.self_seconds <= fib.total_seconds <= profile.seconds
    assert profile.looks > 3
    line_4 = profile.line_seconds[str(tmp_path / "program.sema")][4]
    assert 0.3 * profile.seconds < line_4 <= profile.seconds


def test_time_in_builtins(tmp_path: Path) -> None:
    text = "(define (wait n) (while (> n 0) (sleep 20) (set! n (- n 1))) n)\n(wait 5)\n"
    profile = profiled(tmp_path, text)
    slept = profile.functions[0]
    assert (slept.name, slept.place) == ("sleep", "builtin")
    assert slept.self_seconds > 0.08
    assert ["<main>", "wait", "sleep"] in [names for names, _ in profile.stacks]


def test_machine_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sema.tools.profiler.run.HOT_AFTER", 1)
    text = (
        "(define (add x y) (+ x y))\n"
        "(define (sum n total) (if (= n 0) total (sum (- n 1) (add total n))))\n"
        "(define (again k) (if (= k 0) 0 (begin (sum 1000 0) (again (- k 1)))))\n"
        "(again 30000)\n"
    )
    profile = profiled(tmp_path, text)
    assert profile.machine_code is not None
    assert profile.machine_code["functions"]["sum"] >= 1
    assert profile.machine_code["exits"]["tick"] > 10
    calls = {f.name: f.calls for f in profile.functions}
    assert (calls["add"], calls["sum"], calls["again"]) == (30_000_000, 30_030_000, 30_001)
    site = site_at(profile, 2, 54)
    assert (site.calls, site.misses) == (30_000_000, 1)
    # Functions whose code became part of others' are seen under their own names.
    seconds = {f.name: f.self_seconds for f in profile.functions}
    assert seconds["add"] > 0.05 * profile.seconds
    assert seconds["sum"] > 0.05 * profile.seconds
    assert seconds["<compiling>"] > 0
    assert seconds["again"] < 0.1 * profile.seconds
    assert (
        profile_program(Program(str(tmp_path / "program.sema"), []), "vm")[0].machine_code is None
    )


def test_sites_that_only_machine_code_has_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sema.tools.profiler.run.HOT_AFTER", 1)
    text = (
        "(define (id x) x)\n"
        "(define (go n) (if (= n 0) 0 (begin (if (< n 100) (id n) nil) (go (- n 1)))))\n"
        "(go 3000000)\n"
    )
    site = site_at(profiled(tmp_path, text), 2, 51)
    assert (site.state, site.calls, site.hits) == ("compiled", 99, 99)
    assert [callee.name for callee in site.callees] == ["id"]


def test_recursion_is_folded(tmp_path: Path) -> None:
    text = "(define (down n) (if (= n 0) 0 (+ 1 (down (- n 1)))))\n(down 1000000)\n"
    profile = profiled(tmp_path, text)
    assert all(names.count("down") <= 1 for names, _ in profile.stacks)


@pytest.mark.parametrize("call_cache", ["none", "vm", "site", "patched"])
def test_every_call_of_a_megamorphic_site_is_counted(tmp_path: Path, call_cache: str) -> None:
    site = site_at(profiled(tmp_path, MEGAMORPHIC, call_cache), 6, 7)
    assert (site.calls, site.hits, site.misses) == (280, 0, 280)
    assert sum(callee.misses for callee in site.callees) == 280


def test_advice(tmp_path: Path) -> None:
    site = site_at(profiled(tmp_path, MEGAMORPHIC), 6, 7)
    assert site.advice is not None
    assert site.advice.startswith("this site sees 14 different lambdas made by eval: hoist it")
    text = "(define (many . all) all)\n(define (f n) (while (> n 0) (many n) (set! n (- n 1))))"
    variadic = profiled(tmp_path, text + "\n(f 200)")
    assert "any number of arguments" in (site_at(variadic, 2, 30).advice or "")
    text = "(define (f n) (while (> n 0) (map abs '(1)) (set! n (- n 1))))\n(f 200)"
    library = site_at(profiled(tmp_path, text), 1, 30)
    assert (library.state, library.advice) == ("variadic", None)
    assert site_at(profiled(tmp_path, PROGRAM), 4, 10).advice is None
    text = (
        "(define (adder k) (fn (x) (+ x k)))\n"
        "(define (f n) (while (> n 0) ((adder n) n) (set! n (- n 1))))\n(f 200)"
    )
    assert site_at(profiled(tmp_path, text), 2, 30).state == "same-code"
    assert site_at(profiled(tmp_path, text), 2, 30).advice is None
    advice = site_at(profiled(tmp_path, text, "vm"), 2, 30).advice
    assert "create the closure once" in (advice or "")


def test_strategies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "program.sema"
    path.write_text(PROGRAM)
    compared = {each.call_cache: each for each in compare_strategies(Program(str(path), []))}
    assert capsys.readouterr().out == ""
    assert list(compared) == ["none", "vm", "site", "patched"]
    assert len({each.calls for each in compared.values()}) == 1
    assert compared["none"].hits == 0
    assert compared["patched"].hits > compared["vm"].hits / 2 > 0
    thrown_out = [compared[name].thrash for name in ("none", "vm", "site", "patched")]
    assert thrown_out == [None, compared["vm"].thrash, 0, None]
    assert all(each.seconds > 0 for each in compared.values())


def test_table(tmp_path: Path) -> None:
    (tmp_path / "program.sema").write_text(PROGRAM)
    done = command("program.sema", "--top", "3", "--compare", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    output, heading, *rest = done.stdout.splitlines()
    assert output == "17711"
    assert heading.startswith("program.sema: ")
    assert rest[1].startswith("Hottest call sites")
    assert rest[5].split()[:3] == ["program.sema:4:10", "28,656", "100.0%"]
    assert "Time by function" in done.stdout
    assert len([line for line in rest if line.startswith(("none ", "patched "))]) == 2
    assert "Machine code" in done.stdout
    done = command("program.sema", "--jit=off", cwd=tmp_path)
    assert (done.returncode, "Machine code" in done.stdout) == (0, False)


def test_json_and_arguments(tmp_path: Path) -> None:
    (tmp_path / "program.sema").write_text("(println (sys/args))\n(define (f x) x)\n(f 1)\n")
    done = command("program.sema", "--json", "--", "one", "--two", cwd=tmp_path)
    data = json.loads(done.stdout)
    assert done.stderr.rstrip().endswith('("sema" "program.sema" "one" "--two")')
    assert data["arguments"] == ["one", "--two"]
    assert data["call_cache"] == "patched"
    (site,) = (s for s in data["sites"] if s["line"] == 3)
    assert (site["calls"], site["hit_rate"], site["kind"]) == (1, 0.0, "global call")


def test_flame_graphs(tmp_path: Path) -> None:
    (tmp_path / "program.sema").write_text(PROGRAM.replace("22", "30"))
    words = ("program.sema", "--flamegraph")
    assert command(*words, "out.svg", cwd=tmp_path).returncode == 0
    picture = ElementTree.parse(tmp_path / "out.svg").getroot()
    space = "{http://www.w3.org/2000/svg}"
    titles = [title.text or "" for title in picture.iter(f"{space}title")]
    assert any(title.startswith("fib: ") for title in titles)
    widths = [float(rect.get("width", 0)) for rect in picture.iter(f"{space}rect")]
    assert max(widths) == pytest.approx(1180)
    assert command(*words, "out.json", cwd=tmp_path).returncode == 0
    scope = json.loads((tmp_path / "out.json").read_text())
    (sampled,) = scope["profiles"]
    names = [frame["name"] for frame in scope["shared"]["frames"]]
    assert {"<main>", "busy", "fib"} <= set(names)
    assert len(sampled["samples"]) == len(sampled["weights"])
    assert sampled["endValue"] == pytest.approx(sum(sampled["weights"]))


def test_errors_and_exits_leave_the_report(tmp_path: Path) -> None:
    (tmp_path / "wrong.sema").write_text("(define (f x) (car x))\n(f 5)\n")
    done = command("wrong.sema", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: Type error: expected list or vector, got int\n")
    assert "wrong.sema:2:1" in done.stdout
    (tmp_path / "exit.sema").write_text("(define (f x) (exit x))\n(f 3)\n")
    assert command("exit.sema", cwd=tmp_path).returncode == 3


def test_what_cannot_be_profiled(tmp_path: Path) -> None:
    done = command("nowhere.sema", cwd=tmp_path)
    message = "error: file not found: 'nowhere.sema' (not a file or command)\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", message)
    assert command("--call-cache=best", "x.sema", cwd=tmp_path).returncode == 2
    (tmp_path / "x.sema").write_text("1")
    done = command("x.sema", "--html", "no/such/directory.html", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "error: No such file or directory\n")


def test_interruption(tmp_path: Path) -> None:
    (tmp_path / "endless.sema").write_text('(define (f x) x)\n(println "on")\n(while #t (f 1))\n')
    words = [sys.executable, "-u", "-m", "sema", "profile", "endless.sema"]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "on\n"
        process.send_signal(signal.SIGINT)
        shown, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors.startswith("Error: interrupted\n")
    assert "endless.sema:3:" in shown
