"""``sema disasm --jit``: which bytecode LLVM's code and the assembly stand for."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

HOT = """\
(define (add x y)
  (+ x y))
(define (sum xs total)
  (if (null? xs)
      total
      (sum (cdr xs) (add total (car xs)))))
(define numbers (range 0 100))
(define (again n)
  (if (= n 0)
      0
      (begin (sum numbers 0)
             (again (- n 1)))))
(println (again 3000))
"""


def disasm(*words: str, cwd: Path, width: int = 80) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sema", "disasm", "--jit", *words],
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=60,
        env=os.environ | {"COLUMNS": str(width)},
    )


def groups(*words: str, cwd: Path) -> list[dict[str, Any]]:
    done = disasm("--json", *words, cwd=cwd)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["groups"]
    assert isinstance(found, list)
    return found


def test_every_line_knows_its_instruction(tmp_path: Path) -> None:
    (tmp_path / "hot.sema").write_text(HOT)
    found = groups("hot.sema", cwd=tmp_path)
    assert {"sum", "add"} <= {v["function"] for group in found for v in group["versions"]}
    for group in found:
        versions = {version["name"] for version in group["versions"]} | {"run"}
        guards = {guard["number"]: guard for guard in group["guards"]}
        for function in group["functions"]:
            assert function["llvm"] and function["assembly"]
            for line in function["llvm"] + function["assembly"]:
                assert line["version"] in versions
                if line["guard"] is not None and line["version"] != "run":
                    guard = guards[line["guard"]]
                    assert (guard["version"], guard["offset"]) == (line["version"], line["offset"])


def test_arithmetic_stands_at_its_instruction(tmp_path: Path) -> None:
    (tmp_path / "add.sema").write_text("(define (double x)\n  (list x)\n  (+ x x))\n(double 1)\n")
    (group,) = groups("add.sema:double", cwd=tmp_path)
    listing = subprocess.run(
        [sys.executable, "-m", "sema", "disasm", "--json", "add.sema"],
        capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    (double,) = (f for f in json.loads(listing.stdout)["functions"] if f["name"] == "double")
    (offset,) = (i["pc"] for i in double["instructions"] if i["op"] == "ADD")
    (adding,) = (
        line for function in group["functions"] for line in function["llvm"]
        if "sadd.with.overflow" in line["text"]
    )  # fmt: skip
    assert (adding["version"], adding["offset"]) == ("double.0", offset)
    overflow = next(guard for guard in group["guards"] if guard["cause"] == "overflow")
    assert overflow["offset"] == offset
    branches = [
        line["text"] for function in group["functions"] for line in function["llvm"]
        if line["guard"] == overflow["number"]
    ]  # fmt: skip
    assert branches[0].startswith("  br i1 ")
    assert any("@sema.leave(" in text and f"exits:{overflow['number']}," in text
               for text in branches)  # fmt: skip


def test_in_turn_on_a_narrow_terminal(tmp_path: Path) -> None:
    (tmp_path / "hot.sema").write_text(HOT)
    done = disasm("hot.sema:sum", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("0\n== ")
    assert re.search(r"^guard  of +instruction +place +cause +exits +then$", done.stdout, re.M)
    guard = r"^ +\d+ +sum\.\d +\d{4} C[AD]R +hot\.sema:6:\d+ +pair of r0 +\d+ +goes on at \d{4}$"
    assert re.search(guard, done.stdout, re.M)
    assert re.search(r"^guard \d+ fails, .*:\n     goes on at \d{4}$", done.stdout, re.M)
    assert re.search(r"^    \| .* = load i64, ptr ", done.stdout, re.M)
    assert re.search(r"^    > .*  ; guard \d+$", done.stdout, re.M)


def test_side_by_side_on_a_wide_terminal(tmp_path: Path) -> None:
    (tmp_path / "hot.sema").write_text(HOT)
    lines = disasm("hot.sema:sum", cwd=tmp_path, width=140).stdout.splitlines()
    rows = [line for line in lines if line.count(" │ ") == 2 or line.endswith(" │")]
    assert len(rows) > 50
    assert max(map(len, rows)) <= 140
    assert any(re.match(r"\d{4} CDR .*│", row) for row in rows)


def test_what_was_not_hot_is_compiled_at_the_end(tmp_path: Path) -> None:
    (tmp_path / "cold.sema").write_text("(define (f x) (+ x 1))\n(define (g x) (f x))\n(g 1)\n")
    assert {group["function"] for group in groups("cold.sema", cwd=tmp_path)} == {"f", "g"}
    assert {g["function"] for g in groups("cold.sema:f", cwd=tmp_path)} == {"f"}


def test_errors(tmp_path: Path) -> None:
    (tmp_path / "wrong.sema").write_text("(define (f x) (car x))\n(f 5)\n")
    done = disasm("wrong.sema:f", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: Type error: expected list or vector, got int\n")
    assert "== f ==" in done.stdout
    done = disasm("wrong.sema:nothing", cwd=tmp_path)
    assert done.stderr.endswith("error: no function 'nothing' that can be compiled\n")
    (tmp_path / "empty.sema").write_text("1")
    done = disasm("empty.sema", cwd=tmp_path)
    message = "error: the program defines no function that can be compiled\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", message)
    done = disasm("nowhere.sema:f", cwd=tmp_path)
    assert done.stderr == "error: file not found: 'nowhere.sema' (not a file or command)\n"
