"""Numbers in machine code: which kinds operands have, and what is computed with them."""

from __future__ import annotations

from sema.jit.frame import Frame
from sema.jit.kinds import ANY, FLOAT, INT, NUMBERS, PLAIN
from sema.jit.values import DOUBLE, FIRST_TAG, INT_TAG, Value, convert, truth, word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sema.jit.bytecode import Instruction
    from sema.jit.kinds import Kind

COMPARISONS = {"LT": "<", "LE": "<=", "GT": ">", "GE": ">=", "EQ": "=="}
_OVERFLOWING = {"ADD": "sadd", "SUB": "ssub", "MUL": "smul"}


class Arithmetic(Frame):
    """The walk's arithmetic."""

    def do_ADD(self, i: Instruction) -> None:
        self.arithmetic(i, i.name, self.regs[i.b], self.regs[i.c])

    do_SUB = do_MUL = do_ADD

    def do_ADDI(self, i: Instruction) -> None:
        self.arithmetic(i, i.name[:3], self.regs[i.b], Value(INT, word(i.signed_c << 16)))

    do_SUBI = do_ADDI

    def arithmetic(self, i: Instruction, name: str, x: Value, y: Value) -> None:
        both = self.numbers(i, (i.b, i.c) if i.op.operands[2] == "r" else (i.b, None), x, y)
        if both is None:
            self.operate(i)
            return
        result = self.computed(i, name, *both)
        self.kill(i)
        self.regs[i.a] = result

    def computed(self, i: Instruction, name: str, x: Value, y: Value) -> Value:
        """The sum, difference or product of two integers, which must not overflow, or doubles."""
        if x.kind == FLOAT:
            operation = {"ADD": self.b.fadd, "SUB": self.b.fsub, "MUL": self.b.fmul}[name]
            return Value(FLOAT, operation(x.ir, y.ir))
        right = self.b.ashr(y.ir, word(16)) if name == "MUL" else y.ir
        pair = self.intrinsic(f"{_OVERFLOWING[name]}.with.overflow", x.ir, right)
        self.guard(self.negated(self.b.extract_value(pair, 1)), i, "overflow")
        return Value(INT, self.b.extract_value(pair, 0))

    def do_DIV(self, i: Instruction) -> None:
        x, y = self.regs[i.b], self.regs[i.c]
        both = None
        if FLOAT in (x.kind, y.kind) or self.mode(i) == FLOAT:
            both = self.numbers(i, (i.b, i.c), x, y)
        elif not {x.kind, y.kind} <= NUMBERS and self.mode(i) is None:
            both = self.numbers(i, (i.b, i.c), x, y, guess=FLOAT)
        if both is None or both[0].kind != FLOAT:
            self.operate(i)
            return
        self.kill(i)
        self.regs[i.a] = Value(FLOAT, self.b.fdiv(both[0].ir, both[1].ir))

    def do_MOD(self, i: Instruction) -> None:
        both = self.numbers(i, (i.b, i.c), self.regs[i.b], self.regs[i.c])
        if both is None or both[0].kind != INT:
            self.operate(i)
            return
        x, y = both[0].ir, both[1].ir
        self.guard(self.b.icmp_signed(">", y, word(0)), i, "divisor")
        rest = self.b.srem(x, y)
        negative = self.b.icmp_signed("<", rest, word(0))
        self.kill(i)
        self.regs[i.a] = Value(INT, self.b.select(negative, self.b.add(rest, y), rest))

    def do_NEG(self, i: Instruction) -> None:
        kind = self.regs[i.b].kind
        wanted = kind if kind in NUMBERS else self.mode(i) or self.usual_number()
        x = self.number(i, i.b, str(wanted)) if wanted != "general" else None
        if x is None:
            self.operate(i)
            return
        if x.kind == FLOAT:
            result = Value(FLOAT, self.b.fneg(x.ir))
        else:
            pair = self.intrinsic("ssub.with.overflow", word(0), x.ir)
            self.guard(self.negated(self.b.extract_value(pair, 1)), i, "overflow")
            result = Value(INT, self.b.extract_value(pair, 0))
        self.kill(i)
        self.regs[i.a] = result

    def do_LT(self, i: Instruction) -> None:
        both = self.numbers(i, (i.b, i.c), self.regs[i.b], self.regs[i.c])
        if both is None:
            self.operate(i, kind=PLAIN)
            return
        result = truth(self.b, self.compare(COMPARISONS[i.name], *both))
        self.kill(i)
        self.regs[i.a] = result

    do_LE = do_GT = do_GE = do_EQ = do_LT

    def compare(self, relation: str, x: Value, y: Value) -> Any:
        """The comparison of two integers or two doubles. `<=` and `>=` hold for NaN, as "not
        greater" and "not less" do."""
        if x.kind == INT:
            return self.b.icmp_signed(relation, x.ir, y.ir)
        if relation in ("<=", ">="):
            return self.b.fcmp_unordered(relation, x.ir, y.ir)
        return self.b.fcmp_ordered(relation, x.ir, y.ir)

    def numbers(
        self,
        i: Instruction,
        registers: tuple[int | None, int | None],
        x: Value,
        y: Value,
        guess: str | None = None,
    ) -> tuple[Value, Value] | None:
        """Both operands as integers or both as doubles, guarded where that is not known; None
        where the general operation is needed."""
        mode = self.mode(i)
        if mode == "general" or not {x.kind, y.kind} <= NUMBERS | {ANY, PLAIN}:
            return None
        if {x.kind, y.kind} <= NUMBERS:
            wanted = INT if x.kind == y.kind == INT else FLOAT
        elif FLOAT in (x.kind, y.kind):
            wanted = FLOAT
        else:
            wanted = mode or guess or self.usual_number()
        found = []
        for register, value in zip(registers, (x, y), strict=True):
            given = value
            if value.kind not in NUMBERS:
                assert register is not None
                given = self.number(i, register, wanted)
            found.append(given)
        if wanted == FLOAT:
            found = [self.as_float(value) for value in found]
        return found[0], found[1]

    def usual_number(self) -> str:
        """The kind of number that the function has turned out to compute with."""
        return str(self.feedback.get("number", INT))

    def number(self, i: Instruction, register: int, wanted: str) -> Any:
        """A register's value, guarded to be of the wanted kind; the register is known to be so
        from here on. None if it cannot be."""
        value = self.regs[register]
        if value.kind == wanted:
            return value
        if value.kind not in (ANY, PLAIN):
            return None
        if wanted == INT:
            holds = self.b.icmp_unsigned(">=", value.ir, word(INT_TAG))
        else:
            holds = self.b.icmp_unsigned("<", value.ir, word(FIRST_TAG))
        self.guard(holds, i, "kind", register)
        self.regs[register] = convert(self.b, value, wanted)
        return self.regs[register]

    def as_float(self, value: Value) -> Value:
        if value.kind == FLOAT:
            return value
        return Value(FLOAT, self.b.sitofp(self.b.ashr(value.ir, word(16)), DOUBLE))

    def operate(self, i: Instruction, kind: Kind = ANY) -> None:
        """The operator as the interpreter does it, on the stack."""
        operands = [i.b, i.c] if i.op.operands[2] == "r" else [i.b]
        dying = self.dying(i)
        for register in operands:
            if register in dying:
                self.about_to_take(register)
            self.spill(register)
        failed = self.call("operate", self.window, word(i.word))
        self.check(self.b.icmp_signed(">=", failed, self.i32(0)), i)
        for register in dying:
            self.regs.pop(register, None)
        self.regs[i.a] = Value(kind, self.b.load(self.register_address(i.a)))
