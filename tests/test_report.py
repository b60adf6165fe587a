# reference: runtime.md 4; reader.md 13
"""How errors look."""

from __future__ import annotations

import pytest

from sema.errors import EvalError, SemaError, Span, TraceFrame
from sema.tools.report import TRACE_LINES, render, wants_colour


def error_at(line: int, column: int, **details: str) -> SemaError:
    return EvalError("no", span=Span(line, column, line, column + 1), **details)


def test_excerpt_hint_and_note() -> None:
    error = error_at(2, 3, hint="try this", note="and that")
    error.trace = [TraceFrame("inner", Span(2, 3, 2, 4), 3), TraceFrame("<lambda>")]
    assert render(error, "first\n  second\n") == (
        "Error: Eval error: no\n"
        "  --> <input>:2:3\n"
        "     |\n"
        "   2 |   second\n"
        "     |   ^\n"
        "  at inner (<input>:2:3)\n"
        "  ... (repeated 3 times)\n"
        "  at <lambda>\n"
        "  hint: try this\n"
        "  note: and that"
    )


def test_caret_stands_right_after_tabs() -> None:
    assert render(error_at(1, 3), "\té(x)").endswith("   1 | \té(x)\n     | \t ^")


def test_large_line_numbers_widen_the_margin() -> None:
    assert "      |\n  100 | x\n      | ^" in render(error_at(100, 1), "\n" * 99 + "x")


@pytest.mark.parametrize("line", [0, 2])
def test_position_outside_the_text(line: int) -> None:
    assert render(error_at(line, 1), "x").endswith(f"--> <input>:{line}:1")


def test_position_of_the_innermost_frame() -> None:
    error = EvalError("no")
    error.trace = [TraceFrame("car"), TraceFrame("f", Span(1, 2, 1, 3))]
    assert "--> <input>:1:2" in render(error, "(x)")


def test_file_that_has_gone() -> None:
    error = EvalError("no", span=Span(1, 1, 1, 2, "/nowhere/gone.sema"))
    assert render(error) == "Error: Eval error: no\n  --> /nowhere/gone.sema:1:1"


def test_long_traces_are_cut_in_the_middle() -> None:
    error = EvalError("no")
    error.trace = [TraceFrame(f"f{n}") for n in range(1000)]
    lines = render(error).splitlines()
    assert lines[1] == "  at f0"
    assert lines[-1] == "  at f999"
    assert f"  ... ({1000 - TRACE_LINES} more)" in lines


def test_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    assert wants_colour(Terminal())  # type: ignore[arg-type]
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wants_colour(Terminal())  # type: ignore[arg-type]
    assert "\x1b[" in render(error_at(1, 1, hint="h"), "x", colour=True)
