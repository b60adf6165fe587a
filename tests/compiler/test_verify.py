"""The verifier: it accepts what the compiler makes and nothing that the machine could not bear."""

from __future__ import annotations

from array import array
from collections.abc import Callable

import pytest

import sema
from sema.compiler import CodeUnit
from sema.compiler.unit import Handler
from sema.compiler.verify import MAX_NESTING, Unsound, verify
from sema.vm.opcodes import BY_NAME, KILL_B, KILL_C, encode, encode_wide


def op(name: str, a: int = 0, b: int = 0, c: int = 0, flags: int = 0) -> int:
    return encode(BY_NAME[name].code, a, b, c, flags)


def wide(name: str, a: int, distance: int) -> int:
    return encode_wide(BY_NAME[name].code, a, distance)


def unit_of(*words: int, n_registers: int = 10) -> CodeUnit:
    unit = CodeUnit("<main>", None, 0, False, n_registers)
    unit.words = array("Q", words)
    return unit


INT = op("INT")
RETURN = op("RETURN")


def test_smallest_function() -> None:
    unit = unit_of(INT, RETURN)
    verify(unit)
    assert unit.live == [(0, 0), (1, 1)]


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ((), "cut off"),
        ((INT,), "middle of an instruction"),
        ((RETURN,), "register 0 is empty"),
        ((INT, INT, RETURN), "register 0 is not empty"),
        ((op("INT", 4), op("RETURN", 4)), "there is no register 4"),
        ((INT, op("COPY", 1, 0), RETURN), "leaves something behind"),
        ((INT, op("MOVE", 1, 0), op("MOVE", 2, 0), RETURN), "register 0 is empty"),
        ((INT, op("ADD", 1, 0, 0, KILL_B | KILL_C), op("RETURN", 1)), "given up twice"),
        ((INT, op("COPY", 1, 0, 0, KILL_B), RETURN), "impossible flag"),
        ((INT, op("UNBOX", 1, 0), op("DROP", 0), op("RETURN", 1)), "used as a box"),
        ((INT, op("UPVALUE", 1, 0), RETURN), "no captured variable 0"),
        ((0xFF,), "no instruction"),
        ((op("HALT"),), "no instruction"),
        ((op("STUB"),), "no instruction"),
        ((op("CALLG_MONO"), 0, 0, 0), "no instruction"),
        ((op("CALLG"), 0, 0), "cut off"),
        ((op("CALLG"), 0, 1, 0, RETURN), "not new"),
        ((op("CALLG", 0, 0, 1), 0, 0, 0, RETURN), "argument is missing"),
        ((op("CALLG", 3), 0, 0, 0, op("RETURN", 3)), "window is too large"),
        ((INT, op("CALL"), 0, 0, 0, RETURN), "owned by nobody"),
        ((INT, wide("JUMP", 0, 5), RETURN), "middle of an instruction"),
        ((INT, wide("JUMP", 0, 0), RETURN, RETURN), "cannot be reached"),
        ((INT, wide("JUMP", 0, -1)), "circle"),
        ((INT, op("DROP"), wide("LOOP", 0, -2)), "does not fit its beginning"),
        ((INT, op("JF", 0, 0, 1), op("DROP"), RETURN), "own different registers"),
        ((op("ENTER", 0, 10), INT, op("ENTER", 0, 10), RETURN), "not enough room"),
        ((op("CLOSURE", 0, 1), 0, 1 << 8, RETURN), "register 1 is empty"),
    ],
)
def test_unsound_code(words: tuple[int, ...], what: str) -> None:
    with pytest.raises(Unsound, match=what):
        verify(unit_of(*words))


def test_room_for_large_frames() -> None:
    with pytest.raises(Unsound, match="no room is made"):
        verify(unit_of(INT, RETURN, n_registers=1000))
    verify(unit_of(wide("ENTER", 0, 1000), INT, RETURN, n_registers=1000))


def test_loops_can_go_back() -> None:
    verify(unit_of(INT, wide("LOOP", 0, -1)))


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda unit: unit.handlers.append(Handler(0, 1, 9, 1, 0)), "handler is malformed"),
        (lambda unit: unit.handlers.append(Handler(0, 1, 1, 7, 0)), "handler is malformed"),
        (lambda unit: unit.handlers.append(Handler(0, 1, 1, 1, 1)), "keeps what is not there"),
        (lambda unit: unit.operators.append((9, "+", None)), "operator is nowhere"),
        (lambda unit: unit.operators.append((0, "+", None)), "not what its name says"),
        (lambda unit: unit.positions.extend([(1, None), (0, None)]), "not in order"),
        (lambda unit: setattr(unit, "n_params", 1), "has parameters"),
    ],
)
def test_unsound_tables(change: Callable[[CodeUnit], None], what: str) -> None:
    unit = unit_of(INT, RETURN)
    change(unit)
    with pytest.raises(Unsound, match=what):
        verify(unit)


def test_deeply_nested_functions() -> None:
    unit = unit_of(INT, RETURN)
    for _ in range(MAX_NESTING + 1):
        outer = unit_of(op("CLOSURE"), 0, RETURN)
        outer.functions.append((1, unit))
        unit = outer
    with pytest.raises(Unsound, match="nested too deeply"):
        verify(unit)


@pytest.mark.parametrize(
    "text",
    [
        "(define (f . r) (let ((n 0)) (fn () (set! n (+ n 1)) (list n r))))",
        "(define (f x) (try (list (try (g x) (catch e e)) x) (catch e (list x e))))",
        "(define (f x y) (while (and (< x y) (not (null? y))) (set! x (+ x 1))) [x {:y y}])",
        f"(list {' '.join(map(str, range(500)))})",
    ],
)
def test_what_the_compiler_makes(text: str) -> None:
    verify(sema.Interpreter()._unit(text, None))
