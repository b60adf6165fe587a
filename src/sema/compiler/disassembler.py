"""Code as text for people, and as plain data for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sema.compiler.codegen import FROM_SELF, FROM_SLOT, SHARE, TAKE
from sema.compiler.unit import CodeUnit
from sema.errors import Span
from sema.reader import write
from sema.vm.opcodes import (
    CALL_FORMS,
    FALL_KILLS_A,
    FALL_KILLS_B,
    FIRST_CALL,
    JUMP_KILLS_A,
    JUMP_KILLS_B,
    OPCODES,
    STATES,
    Opcode,
    size_of,
)

if TYPE_CHECKING:
    from sema.vm.code import Code

SHOWN_CONSTANT = 60
"""How many characters of a constant a comment shows."""

_N_CALLS = CALL_FORMS["_VM"]
_FORM_NAMES = {offset // _N_CALLS: STATES[form] for form, offset in CALL_FORMS.items()}
_CAPTURES = {SHARE: "register", TAKE: "last use of register", FROM_SLOT: "captured variable"}


@dataclass(slots=True)
class Instruction:
    """One instruction. ``operands`` are texts; ``comments`` say what they mean."""

    offset: int
    op: Opcode
    span: Span | None
    operands: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    captures: list[tuple[str, int | None]] = field(default_factory=list)
    target: int | None = None


class Listing:
    """The instructions of one function: of a unit as it was compiled, or of linked code as it
    is now."""

    def __init__(self, unit: CodeUnit, code: Code | None = None) -> None:
        self.unit = unit
        self.name = unit.name or _anonymous(unit)
        self._code = code
        self._constants = dict(unit.constants)
        self._globals = dict(unit.globals)
        self._functions = dict(unit.functions)
        self._spans = dict(unit.positions)
        self._operators = {offset: names for offset, names, _ in unit.operators}
        self._sites = {at: facts for at, *facts in code.site_facts()} if code else {}

    def instructions(self) -> Iterator[Instruction]:
        """Each instruction in turn."""
        words = self.unit.words
        at, span = 0, None
        while at < len(words):
            span = self._spans.get(at, span)
            compiled = OPCODES[words[at] & 0xFF]
            word = self._code.word_at(at) if self._code else words[at]
            instruction = Instruction(at, OPCODES[word & 0xFF], span)
            after = at + size_of(compiled, words[at])
            if instruction.op is compiled or instruction.op.words == "s":
                self._describe(instruction, word, after)
            else:
                names = self._operators.get(at, "").split()
                instruction.comments.append(f"calls what {' and '.join(names)} means now")
            yield instruction
            at = after

    def _describe(self, instruction: Instruction, word: int, after: int) -> None:
        op = instruction.op
        for position, letter in enumerate(op.operands):
            operand = word >> 16 + 16 * position & 0xFFFF
            if letter in "wrt":
                instruction.operands.append(f"r{operand}")
            elif letter == "n":
                instruction.operands.append(f"#{operand}")
            elif letter == "i":
                instruction.operands.append(f"#{_signed(operand, 16)}")
            elif letter == "I":
                instruction.operands.append(f"#{_signed(word >> 32, 32)}")
            elif letter in "jJ":
                wide = letter == "J"
                distance = _signed(word >> 32, 32) if wide else _signed(operand, 16)
                instruction.target = after + distance
                instruction.operands.append(f"-> {instruction.target:04}")
        self._comment_words(instruction, after)
        instruction.comments += _last_uses(op, word)

    def _comment_words(self, instruction: Instruction, after: int) -> None:
        at, comments = instruction.offset + 1, instruction.comments
        if at in self._constants:
            comments.append(_shown(self._constants[at]))
        if at in self._globals:
            comments.append(self._globals[at])
        if at in self._functions:
            inner = self._functions[at]
            comments.append(inner.name or _anonymous(inner))
            for capture in self.unit.words[at + 1 : after]:
                how, place = capture & 0xFF, capture >> 8
                if how == FROM_SELF:
                    instruction.captures.append(("itself", None))
                else:
                    instruction.captures.append((_CAPTURES[how], place))
        if instruction.op.words == "s":
            comments += self._site(instruction)

    def _site(self, instruction: Instruction) -> list[str]:
        """The state of a call site's cache and what it knows."""
        if self._code is None:
            return []
        _, calls, misses = self._sites[instruction.offset]
        state = _FORM_NAMES[(instruction.op.code - FIRST_CALL) // _N_CALLS]
        known = self._code.known_at(instruction.offset)
        comments = [state + (f": {', '.join(map(_callee, known))}" if known else "")]
        if calls or misses:
            comments.append(f"{calls} calls, {misses} misses")
        return comments

    def text(self, title: str | None = None) -> str:
        """The block of this function."""
        unit = self.unit
        params = f"{unit.n_params}{'+' if unit.has_rest else ''}"
        lines = [
            f"== {title or self.name} ==",
            f"parameters {params}, registers {unit.n_registers}",
        ]
        span = None
        for instruction in self.instructions():
            place = ""
            if instruction.span is not None and instruction.span != span:
                span = instruction.span
                place = f"{span.line}:{span.column}"
            operands = ", ".join(instruction.operands)
            comment = f"; {', '.join(instruction.comments)}" if instruction.comments else ""
            lines.append(
                f"{instruction.offset:04}  {place:<8}{instruction.op.name:<12} "
                f"{operands:<20} {comment}".rstrip()
            )
            for how, number in instruction.captures:
                lines.append(f"{'':14}| {how}{'' if number is None else f' {number}'}")
        for handler in unit.handlers:
            lines.append(
                f"try {handler.start:04} to {handler.end:04}: caught in r{handler.register}"
                f" -> {handler.target:04}"
            )
        return "\n".join(lines)

    def data(self) -> dict[str, Any]:
        """The same as plain data."""
        unit = self.unit
        return {
            "name": self.name,
            "file": unit.file,
            "params": unit.n_params,
            "has_rest": unit.has_rest,
            "registers": unit.n_registers,
            "code_words": len(unit.words),
            "constants": [write(value) for _, value in unit.constants],
            "exception_table": [
                {
                    "start": handler.start,
                    "end": handler.end,
                    "handler": handler.target,
                    "register": handler.register,
                }
                for handler in unit.handlers
            ],
            "instructions": [self._instruction_data(i) for i in self.instructions()],
        }

    def _instruction_data(self, instruction: Instruction) -> dict[str, Any]:
        at = instruction.offset + 1
        data: dict[str, Any] = {"pc": instruction.offset, "op": instruction.op.name}
        data["operands"] = instruction.operands
        if instruction.span is not None:
            data |= {"line": instruction.span.line, "col": instruction.span.column}
        if instruction.target is not None:
            data["target"] = instruction.target
        if at in self._constants:
            data["value"] = write(self._constants[at])
        if at in self._globals:
            data["name"] = self._globals[at]
        if at in self._functions:
            inner = self._functions[at]
            data["function"] = inner.name or _anonymous(inner)
            data["captures"] = [{"from": how, "index": n} for how, n in instruction.captures]
        return data


def disassemble(unit: CodeUnit, title: str | None = None) -> str:
    """The listing of a unit and all functions inside it; ``title`` names the top level."""
    return "\n\n".join(listing.text(title if listing.unit is unit else None)
                       for listing in _of_unit(unit))  # fmt: skip


def disassemble_code(code: Code, title: str | None = None) -> str:
    """The listing of linked code as it is now: operators that were redefined, and call sites with
    their state and what their entry knows."""
    return "\n\n".join(listing.text(title if listing.unit is code.unit else None)
                       for listing in _of_code(code))  # fmt: skip


def disassembled_data(unit: CodeUnit) -> list[dict[str, Any]]:
    """The functions of a unit, the top level first, as plain data."""
    return [listing.data() for listing in _of_unit(unit)]


def _of_unit(unit: CodeUnit) -> Iterator[Listing]:
    pending = [unit]
    while pending:
        function = pending.pop()
        yield Listing(function)
        pending.extend(inner for _, inner in reversed(function.functions))


def _of_code(code: Code) -> Iterator[Listing]:
    pending = [code]
    while pending:
        function = pending.pop()
        yield Listing(function.unit, function)
        pending.extend(reversed(function.functions))


def _last_uses(op: Opcode, word: int) -> list[str]:
    """What the kill flags say."""
    flags = word >> 8 & 0xFF
    comments = []
    ways = [(JUMP_KILLS_A, FALL_KILLS_A), (JUMP_KILLS_B, FALL_KILLS_B)]
    for position, letter in enumerate(op.operands):
        register = f"r{word >> 16 + 16 * position & 0xFFFF}"
        if letter == "t":
            jump, fall = (bool(flags & flag) for flag in ways[position])
            if jump or fall:
                way = "" if jump and fall else " on the jump" if jump else " on the fall-through"
                comments.append(f"last use of {register}{way}")
        elif letter == "r" and flags >> position & 1:
            comments.append(f"last use of {register}")
    return comments


def _shown(value: Any) -> str:
    text = " ".join(write(value).split("\n"))
    return text if len(text) <= SHOWN_CONSTANT else text[: SHOWN_CONSTANT - 1] + "…"


def _callee(callee: Any) -> str:
    unit = getattr(callee, "unit", None) or getattr(
        getattr(callee, "code_object", None), "unit", None
    )
    if isinstance(unit, CodeUnit):
        return unit.name or _anonymous(unit)
    return _shown(callee)


def _anonymous(unit: CodeUnit) -> str:
    if not unit.positions:
        return "<lambda>"
    span = unit.positions[0][1]
    return f"<lambda {span.line}:{span.column}>"


def _signed(value: int, bits: int) -> int:
    return (value ^ 1 << bits - 1) - (1 << bits - 1)
