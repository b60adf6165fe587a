"""Listings of code: what every part of a line says, before and after linking."""

from __future__ import annotations

from pathlib import Path

import programs
import pytest

import sema
from sema.compiler.disassembler import Listing


def listing(text: str, **how: bool) -> str:
    return sema.Interpreter().disassemble(text, **how)


def block(shown: str, name: str) -> list[str]:
    """The words of each line of one function's block, its heading left out."""
    blocks = shown.split("\n\n")
    found = next(b for b in blocks if b.startswith(f"== {name} ==\n"))
    return [" ".join(line.split()) for line in found.split("\n")[1:]]


def test_blocks_and_their_names() -> None:
    shown = listing("(define (f x)\n  (fn (y) (+ x y)))\n(define (g . r) r)")
    headings = [line for line in shown.split("\n") if line.startswith("==")]
    assert headings == ["== <main> ==", "== f ==", "== <lambda 2:11> ==", "== g =="]
    assert block(shown, "f")[0].startswith("parameters 1, registers ")
    assert block(shown, "g")[0].startswith("parameters 0+, registers ")


def test_title_of_the_top_level() -> None:
    assert sema.Interpreter().disassemble("1", title="<expr>").startswith("== <expr> ==\n")


def test_operands_and_comments() -> None:
    lines = block(listing('(define (f x) (if (< x 10) (g x \'name) "text"))'), "f")
    assert lines[1:] == [
        "0000 1:19 JNLTI r0, #10, -> 0009 ; last use of r0 on the jump",
        "0001 1:28 MOVE r3, r0",
        "0002 1:33 CONST r4 ; name",
        "0004 1:28 TAILG r1, #2 ; g",
        "0008 RETURN r1",
        '0009 1:15 CONST r1 ; "text"',
        "0011 RETURN r1",
    ]


def test_positions_only_where_they_change() -> None:
    lines = block(listing("(f 1)\n(g 2)"), "<main>")
    assert [line.split()[1] for line in lines[1:] if ":" in line.split()[1]] == ["1:1", "2:1"]


def test_captured_variables() -> None:
    shown = listing("(define (f a b) (fn () (fn () (list a b))))")
    assert block(shown, "f")[2:4] == ["| last use of register 0", "| last use of register 1"]
    assert "| captured variable 0" in block(shown, "<lambda 1:24>")
    assert "0000 1:31 UPVALUE r2, #0" in block(shown, "<lambda 1:31>")


def test_exception_table() -> None:
    lines = block(listing("(define (f x) (try (g x) (catch e (list x e))))"), "f")
    assert lines[-1].startswith("try 0000 to ")
    assert "caught in r" in lines[-1]


def test_long_constants_are_cut() -> None:
    line = block(listing(f"'{list(range(100))}".replace(",", "")), "<main>")[1]
    assert line.endswith("…")
    assert len(line) < 100


def test_call_sites_after_a_run() -> None:
    text = "(define (f x) x) (f 1) (println 2) (define (g h) (h 1) nil) (g f) (g list)"
    assert "monomorphic" not in listing(text)
    shown = listing(text, after_run=True)
    assert "; f, monomorphic: f" in shown
    assert "; println, native: <native-fn println>" in shown


def test_site_with_many_callees() -> None:
    text = "(define (g h) (h 1) nil) (g (fn (x) 1)) (g (fn (x) 2)) (g (fn (x) 3))"
    [line] = [ln for ln in block(listing(text, after_run=True), "g") if "CALL" in ln]
    assert "polymorphic: <lambda 1:29>, <lambda 1:44>, <lambda 1:59>" in line


def test_counted_calls() -> None:
    interpreter = sema.Interpreter(call_stats=True)
    shown = interpreter.disassemble("(define (f) 1) (f)", after_run=True)
    assert "f, monomorphic: f, 1 calls, 1 misses" in shown


def test_redefined_operator() -> None:
    text = "(define (f x) (+ x 1)) (eval '(define (+ a b) (* a b))) (f 2)"
    lines = block(listing(text, after_run=True), "f")
    assert "STUB ; calls what + means now" in lines[1]


def test_data() -> None:
    text = "(define (f x) (if x 'name (g x)))\n(try (f 1) (catch e e))"
    data = sema.Interpreter().disassemble_to_data(text, "a.sema")
    assert data["format_version"] == 1
    main, f = data["functions"]
    assert (main["name"], f["name"], f["params"], f["has_rest"]) == ("<main>", "f", 1, False)
    assert f["constants"] == ["name"]
    assert main["exception_table"][0].keys() == {"start", "end", "handler", "register"}
    first = f["instructions"][0]
    assert (first["pc"], first["op"], first["line"]) == (0, "JF", 1)
    starts = {instruction["pc"] for instruction in f["instructions"]}
    assert first["target"] in starts
    assert "g" in {instruction.get("name") for instruction in f["instructions"]}


@pytest.mark.parametrize("program", programs.PROGRAMS, ids=programs.name)
def test_all_programs_can_be_listed(program: Path) -> None:
    """Jumps lead to instructions, and every word belongs to one."""
    interpreter = sema.Interpreter()
    try:
        unit = interpreter._unit(program.read_text(encoding="utf-8"), program.name)
    except sema.SemaError:
        return  # the program is about an error in its text
    pending = [unit]
    while pending:
        function = pending.pop()
        pending.extend(inner for _, inner in function.functions)
        instructions = list(Listing(function).instructions())
        starts = {instruction.offset for instruction in instructions}
        assert {i.target for i in instructions} - {None} <= starts
