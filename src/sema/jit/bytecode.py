"""Reading a code object's instructions, as they are now."""

from __future__ import annotations

from sema.vm.opcodes import BY_NAME, CALL_FORMS, FIRST_CALL, OPCODES, Opcode, size_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sema.vm.code import Code

_GENERIC_CALLS = ("CALL", "CALLG", "TAIL", "TAILG")
SHORT = 40
"""Instructions of a short function."""
_NEVER = {BY_NAME[name].code for name in ("STUB", "BACK", "ENTER", "HALT")}


class Instruction:
    """One instruction: its place, its name (that of the generic call, for calls) and fields."""

    __slots__ = ("a", "b", "c", "flags", "form", "name", "next", "offset", "op", "word")

    def __init__(self, offset: int, word: int) -> None:
        op = OPCODES[word & 0xFF]
        self.offset = offset
        self.word = word
        self.op: Opcode = op
        self.name = op.name
        self.form = ""
        self.flags = word >> 8 & 0xFF
        self.a = word >> 16 & 0xFFFF
        self.b = word >> 32 & 0xFFFF
        self.c = word >> 48
        self.next = offset + size_of(op, word)
        if op.code >= FIRST_CALL:
            self.name = _GENERIC_CALLS[(op.code - FIRST_CALL) & 3]
            self.form = next(
                form for form, first in CALL_FORMS.items()
                if first == (op.code - FIRST_CALL) & ~3
            )  # fmt: skip

    @property
    def signed_b(self) -> int:
        return self.b - 0x10000 if self.b & 0x8000 else self.b

    @property
    def signed_c(self) -> int:
        return self.c - 0x10000 if self.c & 0x8000 else self.c

    @property
    def wide(self) -> int:
        value = self.word >> 32
        return value - (1 << 32) if value & 0x80000000 else value

    @property
    def target(self) -> int:
        """Where a jump goes."""
        return self.next + (self.signed_c if self.op.is_test else self.wide)


def decode(code: Code) -> dict[int, Instruction] | None:
    """The instructions by offset; None if machine code cannot stand for them."""
    found = {}
    offset = 0
    while offset < code.n_words:
        instruction = Instruction(offset, code.word_at(offset))
        if instruction.op.code in _NEVER:
            return None
        found[offset] = instruction
        offset = instruction.next
    return found


def leaders(instructions: dict[int, Instruction]) -> set[int]:
    """Where basic blocks begin because something jumps there."""
    return {i.target for i in instructions.values() if i.op.is_test or i.name in ("JUMP", "LOOP")}


def is_leaf(instructions: dict[int, Instruction]) -> bool:
    """Whether a function is short and neither calls nor loops."""
    busy = any(i.name == "LOOP" or i.op.words == "s" for i in instructions.values())
    return not busy and len(instructions) < SHORT
