"""What happens to compiled operators when their names are redefined.

An instruction such as ADD stands for a call of the builtin ``+``, and a folded constant for one
that has been made already. Code that contains them is registered here with the cells it relies
on. When such a cell gets another value, each of the instructions is replaced, in place, by a jump
to a stub: ordinary instructions that call whatever the name means now and go on where the
instruction would have. Code that is running sees it too.
"""

from __future__ import annotations

from sema.stdlib import registry
from sema.vm.opcodes import (
    BY_NAME,
    FALL_KILLS_A,
    FALL_KILLS_B,
    JUMP_KILLS_A,
    JUMP_KILLS_B,
    KILL_B,
    KILL_C,
    OPCODES,
    STUB_ROOM,
    Opcode,
    encode,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias
    from weakref import WeakSet

    from sema.vm.code import Code
    from sema.vm.machine import Machine
    from sema.vm.values import Cell

Words: TypeAlias = "list[int | tuple[str, Any]]"


class OperatorWatch:
    """Which code relies on which cells of one machine having their builtins."""

    def __init__(self, machine: Machine) -> None:
        self._reliant: dict[Cell, WeakSet[Code]] = {}

    def rely(self, code: Code, cell_of: Callable[[str], Cell]) -> None:
        """Register a code object; operators that are redefined already are replaced at once."""
        for name in {part for _, names, _ in code.unit.operators for part in names.split()}:
            cell = cell_of(name)
            if not is_original(cell):
                replace_operator(code, cell)
                continue
            if cell not in self._reliant:
                from weakref import WeakSet

                self._reliant[cell] = WeakSet()
                cell.watch(self._changed)
            self._reliant[cell].add(code)

    def _changed(self, cell: Cell) -> None:
        if is_original(cell):
            return
        cell.watch(None)
        for code in self._reliant.pop(cell):
            replace_operator(code, cell)


def is_original(cell: Cell) -> bool:
    """Whether the cell of a builtin's name has that builtin as its value."""
    return cell.bound and cell.get() is registry.find(cell.name)


def replace_operator(code: Code, cell: Cell) -> None:
    """Replace every instruction of the code that stands for a call of the cell's builtin."""
    for offset, names, folded in code.unit.operators:
        if cell.name in names.split():
            cells = [code.operator_cell(name) for name in names.split()]
            code.replace(offset, _stub(code, offset, cells, folded))


def _stub(code: Code, offset: int, cells: list[Cell], folded: list[Any] | None) -> Words:
    word = code.unit.words[offset]
    op = OPCODES[word & 0xFF]
    flags = word >> 8 & 0xFF
    fields = {"a": word >> 16 & 0xFFFF, "b": word >> 32 & 0xFFFF, "c": word >> 48}
    window = code.n_registers - STUB_ROOM
    if folded is not None:
        return [
            *_call(window, cells[-1], [[_op("CONST", window + 2 + i), ("k", value)]
                                       for i, value in enumerate(folded)]),
            _op("MOVE", fields["a"], window),
            *_go(offset + 2),
        ]  # fmt: skip
    arguments = _arguments(op, fields, window)
    if not op.is_test:
        return [
            *_call(window, cells[-1], arguments),
            *_drops(fields, {"b": flags & KILL_B, "c": flags & KILL_C}),
            _op("MOVE", fields["a"], window),
            *_go(offset + 1),
        ]
    words: Words = []
    jump_if = op.name != "JF" and not op.name.startswith("JN")
    if op.operator is None:
        # JF or JT on the argument of a `not`.
        jump_if = not jump_if
    words += _call(window, cells[-1], arguments)
    for cell in cells[-2::-1]:
        words += _call(window, cell, [[_op("MOVE", window + 2, window)]])
        jump_if = not jump_if
    fall = [
        *_drops(fields, {"a": flags & FALL_KILLS_A, "b": flags & FALL_KILLS_B}),
        *_go(offset + 1),
    ]
    distance = fields["c"] - 0x10000 if fields["c"] & 0x8000 else fields["c"]
    test = BY_NAME["JT" if jump_if else "JF"]
    words.append(encode(test.code, window, 0, len(fall), JUMP_KILLS_A | FALL_KILLS_A))
    words += fall
    words += _drops(fields, {"a": flags & JUMP_KILLS_A, "b": flags & JUMP_KILLS_B})
    words += _go(offset + 1 + distance)
    return words


def _arguments(op: Opcode, fields: dict[str, int], window: int) -> list[Words]:
    """The instructions that put an operator's operands into the call window."""
    arguments: list[Words] = []
    for field, kind in zip("abc", op.operands, strict=True):
        home = window + 2 + len(arguments)
        value = fields[field]
        if kind in "rt":
            arguments.append([_op("COPY", home, value)])
        elif kind == "i":
            signed = value - 0x10000 if value & 0x8000 else value
            arguments.append([("k", signed)])
            arguments[-1].insert(0, _op("CONST", home))
    return arguments


def _call(window: int, cell: Cell, arguments: list[Words]) -> Words:
    return [
        *(word for argument in arguments for word in argument),
        _op("CALLG", window, 0, len(arguments)),
        ("g", cell),
        0,
        0,
    ]


def _drops(fields: dict[str, int], kills: dict[str, int]) -> Words:
    dead = {fields[field] for field, kill in kills.items() if kill}
    return [_op("DROP", register) for register in sorted(dead)]


def _go(offset: int) -> Words:
    return [_op("BACK"), ("to", offset)]


def _op(name: str, a: int = 0, b: int = 0, c: int = 0) -> int:
    return encode(BY_NAME[name].code, a, b, c)
