"""Machine code is kept from one run of a program to the next."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import sema
from sema.jit import store
from sema.jit.store import Store

PROGRAM = """
(define (fib n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))
(define (floats x n) (if (= n 0) x (floats (+ x 0.5) (- n 1))))
(define xs (list (fib (car sys-numbers)) (floats 0 (cadr sys-numbers))))
"""
LONG = (29, 400_000)
SHORT = (25, 50_000)
"""Arguments with which the functions are, and are not, as hot as to be compiled for that alone."""
THRESHOLD = 30


@pytest.fixture(autouse=True)
def with_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEMA_NO_CACHE")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "program.sema"
    path.write_text(PROGRAM)
    return path


def run(program: Path, arguments: tuple[int, int], **options: object) -> dict[str, object]:
    """Run the program in this process; what became of its functions."""
    given: dict[str, object] = {"jit_threshold": THRESHOLD, "jit_background": False, **options}
    interpreter = sema.Interpreter(**given)  # type: ignore[arg-type]
    interpreter["sys-numbers"] = list(arguments)
    interpreter.load_file(str(program))
    assert interpreter["xs"] == [fib(arguments[0]), arguments[1] / 2]
    stats = interpreter.jit_stats()
    assert stats["trouble"] is None
    return stats


def fib(n: int) -> int:
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


def kept(program: Path) -> list[Path]:
    return sorted((program.parent / "__semacache__").glob(f"*{store.SUFFIX}"))


def test_the_second_run_is_hot_at_once(program: Path) -> None:
    assert run(program, SHORT)["compiled"] == 0
    first = run(program, LONG)
    assert first["compiled"]
    assert not first["recalled"]
    second = run(program, SHORT)
    assert second["functions"]["fib"]  # type: ignore[index]
    assert second["recalled"] == second["compiled"]


def test_another_process_finds_it(program: Path) -> None:
    run(program, LONG)
    script = f"""
import json, sema
interpreter = sema.Interpreter(jit_threshold={THRESHOLD}, jit_background=False)
interpreter["sys-numbers"] = {list(LONG)}
interpreter.load_file({str(program)!r})
print(json.dumps(interpreter.jit_stats()))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    stats = json.loads(done.stdout)
    assert stats["recalled"]
    assert stats["functions"]["fib"]


def test_many_processes_at_once(program: Path) -> None:
    command = [sys.executable, "-m", "sema", "--quiet", str(program)]
    program.write_text("(define sys-numbers '(32 400000))" + PROGRAM + "(display (car xs))")
    command.remove("--quiet")
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for process in processes:
        out, err = process.communicate(timeout=120)
        assert (process.returncode, err) == (0, "")
        assert out == "2178309"


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2],
        lambda data: data[:60] + bytes([data[60] ^ 1]) + data[61:],
        lambda data: bytes(len(data)),
        lambda data: b"\0SEM" + bytes(32) + data[36:],
    ],
)
def test_what_is_damaged_is_as_good_as_none(program: Path, damage: object) -> None:
    run(program, LONG)
    for path in kept(program):
        path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    again = run(program, LONG)
    assert again["compiled"]
    assert again["recalled"] == 0
    assert run(program, LONG)["recalled"]


def test_machine_code_under_another_name_is_not_used(program: Path) -> None:
    run(program, LONG)
    codes = [path for path in kept(program) if "program" not in path.name]
    contents = [path.read_bytes() for path in codes]
    assert len(codes) > 1
    for path, content in zip(codes, [*contents[1:], contents[0]], strict=True):
        path.write_bytes(content)
    assert run(program, LONG)["recalled"] == 0


def test_a_function_that_was_changed_is_another_one(program: Path) -> None:
    run(program, LONG)
    program.write_text(PROGRAM.replace("(< n 2)", "(<= n 1)"))
    assert "fib" not in run(program, SHORT)["functions"]  # type: ignore[operator]
    assert "fib" in run(program, LONG)["functions"]  # type: ignore[operator]


def test_a_directory_that_cannot_be_written(program: Path) -> None:
    (program.parent / "__semacache__").write_text("in the way")
    assert run(program, LONG)["compiled"]
    assert run(program, LONG)["recalled"] == 0


@pytest.mark.parametrize("how", ["option", "environment", "sandbox"])
def test_no_cache(program: Path, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    options: dict[str, object] = {}
    if how == "environment":
        monkeypatch.setenv("SEMA_NO_CACHE", "1")
    elif how == "option":
        options = {"cache": False}
    else:
        options = {"sandbox": sema.Sandbox(capabilities=["fs-read"])}
    run(program, LONG, **options)
    assert kept(program) == []


def test_the_directory_stays_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST_BYTES", 10_000)
    kept_ones = Store(str(tmp_path))
    other = tmp_path / "something else"
    other.write_bytes(bytes(20_000))
    key = bytes(16)
    for number in range(40):
        kept_ones.write(f"{number:02}", key, bytes(1000))
        os.utime(tmp_path / f"{number:02}{store.SUFFIX}", (number, number))
        # What is used stays.
        assert kept_ones.read("00", key) == bytes(1000)
    sizes = [path.stat().st_size for path in tmp_path.glob(f"*{store.SUFFIX}")]
    assert 5000 < sum(sizes) <= 10_000
    assert kept_ones.read("39", key) is not None
    assert kept_ones.read("20", key) is None
    assert other.exists()
