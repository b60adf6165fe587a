"""One walk over a function's instructions, for machine code.

The same walk serves twice: with :class:`Nobody` as its builder it finds the kind of every register
where paths meet (an abstract interpretation, after Cousot and Cousot 1977); with LLVM's builder it
writes the code. So what an instruction does to kinds and what code it becomes cannot disagree.

Where the walk relies on something that may turn out otherwise it writes a *guard*: a test whose
other way leaves to the interpreter in front of the instruction.
"""

from __future__ import annotations

from sema.jit.bytecode import Instruction
from sema.jit.calls import Calls
from sema.jit.kinds import ANY, FLOAT, INT, NUMBERS, PAIR, PLAIN, Function, Native
from sema.jit.values import (
    ABSENT,
    DOUBLE,
    EMPTY,
    FALSE,
    FIRST_TAG,
    INT_TAG,
    NIL,
    Value,
    box,
    convert,
    truth,
    word,
)
from sema.vm import native
from sema.vm.opcodes import (
    FALL_KILLS_A,
    FALL_KILLS_B,
    JUMP_KILLS_A,
    JUMP_KILLS_B,
    KILL_A,
    KILL_B,
    KILL_C,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sema.jit.kinds import Kind

_COMPARE = {"LT": "<", "LE": "<=", "GT": ">", "GE": ">=", "EQ": "=="}
_INVERSE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!="}
_OPERATORS = {"+": "ADD", "-": "SUB", "*": "MUL"}
_OVERFLOWING = {"ADD": "sadd", "SUB": "ssub", "MUL": "smul"}


class Walk(Calls):
    """The walk over one version of a function; see ``frame.py`` and ``calls.py`` for the rest."""

    # --- Data ------------------------------------------------------------------------------------

    def do_MOVE(self, i: Instruction) -> None:
        self.regs[i.a] = self.regs.pop(i.b)

    def do_COPY(self, i: Instruction) -> None:
        self.regs[i.a] = self.shared(self.regs[i.b])

    def do_COPY2(self, i: Instruction) -> None:
        x, y = self.regs[i.b], self.regs[i.c]
        if not i.flags & KILL_B:
            self.shared(x)
        if not i.flags & KILL_C:
            self.shared(y)
        self.kill(i, KILL_B | KILL_C)
        self.regs[i.a] = x
        self.regs[i.a + 1] = y

    def do_DROP(self, i: Instruction) -> None:
        self.release(self.regs.pop(i.a))

    def do_CONST(self, i: Instruction) -> None:
        self.regs[i.a] = self.shared(self.constant(native.raw_word(self.code, i.offset + 1)))

    def do_INT(self, i: Instruction) -> None:
        self.regs[i.a] = Value(INT, word(i.wide << 16))

    def do_GLOBAL(self, i: Instruction) -> None:
        cell = native.raw_word(self.code, i.offset + 1)
        known = native.raw_at(cell)
        found = self.b.load(self.cell_address(cell))
        kind = self.kind_of_word(known)
        if isinstance(kind, (Function, Native)) and self.mode(i) is None:
            known_word = self.links.word(known)
            self.guard(self.b.icmp_unsigned("==", found, known_word), i, "global")
            self.group.keep(native.object_of(known))
            self.regs[i.a] = self.shared(Value(kind, known_word))
            return
        self.guard(self.b.icmp_unsigned("!=", found, word(ABSENT)), i, "unbound")
        self.regs[i.a] = self.shared(Value(ANY, found))

    def do_SETGLOBAL(self, i: Instruction) -> None:
        cell = native.raw_word(self.code, i.offset + 1)
        done = self.call("set_quietly", self.links.word(cell), box(self.b, self.regs[i.a]),
                         self.i32(not i.flags & KILL_A))  # fmt: skip
        self.guard(self.b.icmp_signed("!=", done, self.i32(0)), i, "watched global")
        self.kill(i, KILL_A)

    do_DEFGLOBAL = do_SETGLOBAL

    def do_SELF(self, i: Instruction) -> None:
        self.regs[i.a] = self.shared(self.closure_value())

    def do_UPVALUE(self, i: Instruction) -> None:
        closure = self.version.closure
        if closure is not None:
            self.regs[i.a] = self.shared(self.constant(native.captured(closure, i.b)))
        else:
            self.regs[i.a] = self.shared(Value(ANY, self.b.load(self.slot_address(i.b))))

    def do_BOX(self, i: Instruction) -> None:
        made = self.call("new_box", box(self.b, self.regs[i.b]))
        self.check(self.b.icmp_unsigned("!=", made, word(ABSENT)), i)
        del self.regs[i.b]
        self.regs[i.a] = Value(ANY, made)

    def do_UNBOX(self, i: Instruction) -> None:
        the_box = self.regs[i.b]
        value = self.shared(Value(ANY, self.b.load(self.box_address(the_box.ir))))
        if i.flags & KILL_B:
            self.release(the_box)
        self.kill(i, KILL_B)
        self.regs[i.a] = value

    def do_SETBOX(self, i: Instruction) -> None:
        the_box = self.regs[i.a]
        self.replace(self.box_address(the_box.ir), self.regs.pop(i.b))
        if i.flags & KILL_A:
            self.release(the_box)
        self.kill(i, KILL_A)

    def do_UPBOX(self, i: Instruction) -> None:
        the_box = self.b.load(self.slot_address(i.b))
        self.regs[i.a] = self.shared(Value(ANY, self.b.load(self.box_address(the_box))))

    def do_SETUPBOX(self, i: Instruction) -> None:
        the_box = self.b.load(self.slot_address(i.a))
        self.replace(self.box_address(the_box), self.regs.pop(i.b))

    def replace(self, address: Any, value: Value) -> None:
        old = Value(ANY, self.b.load(address))
        self.b.store(box(self.b, value), address)
        self.release(old)

    def do_CLOSURE(self, i: Instruction) -> None:
        taken = []
        for k in range(i.b):
            how = native.raw_word(self.code, i.offset + 2 + k)
            if how & 0xFF <= 1:
                self.spill(how >> 8)
                taken += [how >> 8] if how & 0xFF else []
            else:
                self.b.store(self.closure_payload(), self.register_address(-2))
        inline = self.links.pointer(native.words_of(self.code), 8 * (i.offset + 1))
        made = self.call("make_closure", self.window, word(i.word), inline)
        self.check(self.b.icmp_unsigned("!=", made, word(ABSENT)), i)
        for register in taken:
            del self.regs[register]
        code = native.object_at(native.raw_word(self.code, i.offset + 1))
        self.regs[i.a] = Value(Function(code), made)

    def do_VECTOR(self, i: Instruction) -> None:
        self.make("make_vector", i, i.c)

    def do_MAP(self, i: Instruction) -> None:
        self.make("make_map", i, 2 * i.c)

    def make(self, function: str, i: Instruction, n: int) -> None:
        for register in range(i.b, i.b + n):
            self.spill(register)
        made = self.call(function, self.register_address(i.b), word(i.c))
        self.check(self.b.icmp_unsigned("!=", made, word(ABSENT)), i)
        for register in range(i.b, i.b + n):
            del self.regs[register]
        self.regs[i.a] = Value(ANY, made)

    def do_COUNT(self, i: Instruction) -> None:
        address = self.links.pointer(native.raw_word(self.code, i.offset + 1))
        self.b.store(self.b.add(self.b.load(address), word(1)), address)

    # --- Control ---------------------------------------------------------------------------------

    def do_JUMP(self, i: Instruction) -> None:
        self.go(i.target)

    def do_LOOP(self, i: Instruction) -> None:
        left = self.b.sub(self.budget, word(1))
        self.guard(self.b.icmp_signed(">=", left, word(0)), i, "tick")
        self.budget = left
        self.go(i.target)

    def do_RETURN(self, i: Instruction) -> None:
        self.give(self.regs[i.a])

    def do_THROW(self, i: Instruction) -> None:
        self.leave_here(i, "throw")

    def do_JF(self, i: Instruction) -> None:
        x = self.regs[i.a]
        if x.kind in (ANY, PLAIN):
            false = self.b.icmp_unsigned("==", self.b.or_(x.ir, word(1)), word(FALSE))
        else:
            false = self.i1(False)
        self.part(i, false)

    def do_JT(self, i: Instruction) -> None:
        x = self.regs[i.a]
        if x.kind in (ANY, PLAIN):
            true = self.b.icmp_unsigned("!=", self.b.or_(x.ir, word(1)), word(FALSE))
        else:
            true = self.i1(True)
        self.part(i, true)

    def do_JNULL(self, i: Instruction) -> None:
        self.part(i, self.is_null(self.regs[i.a]))

    def do_JNNULL(self, i: Instruction) -> None:
        self.part(i, self.negated(self.is_null(self.regs[i.a])))

    def do_JPAIR(self, i: Instruction) -> None:
        pair = self.is_pair(self.regs[i.a])
        self.part(i, pair, jump_pair=True)

    def do_JNPAIR(self, i: Instruction) -> None:
        pair = self.is_pair(self.regs[i.a])
        self.part(i, self.negated(pair), fall_pair=True)

    def is_null(self, x: Value) -> Any:
        if x.kind not in (ANY, PLAIN):
            return self.i1(False)
        empty = self.b.icmp_unsigned("==", x.ir, word(EMPTY))
        return self.b.or_(empty, self.b.icmp_unsigned("==", x.ir, word(NIL)))

    def is_pair(self, x: Value) -> Any:
        if x.kind != ANY:
            return self.i1(x.kind == PAIR)
        return self.is_instance(x.ir, "type Pair")

    def part(
        self,
        i: Instruction,
        jumps: Any,
        *,
        jump_pair: bool = False,
        fall_pair: bool = False,
        given_up: bool = False,
    ) -> None:
        """Go both ways of a test. Operands that die on one of them are given up there, unless the
        test has done that itself."""
        both = self.both_ways(jumps)
        for taken, kills_a, kills_b, pair in (
            (True, JUMP_KILLS_A, JUMP_KILLS_B, jump_pair),
            (False, FALL_KILLS_A, FALL_KILLS_B, fall_pair),
        ):
            if not self.take_way(both, taken):
                continue
            dead = {i.a} if i.flags & kills_a else set()
            if i.op.operands[1] == "t" and i.flags & kills_b:
                dead.add(i.b)
            if pair and self.regs[i.a].kind == ANY:
                self.regs[i.a] = Value(PAIR, self.regs[i.a].ir)
            for register in dead:
                value = self.regs.pop(register)
                if not given_up:
                    self.release(value)
            self.go(i.target if taken else i.next)

    # --- Arithmetic ------------------------------------------------------------------------------

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
        self.kill(i, KILL_B | KILL_C)
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

    def operator(self, i: Instruction, name: str) -> bool:
        """A call of `+`, `-` or `*` with several arguments, one after the other."""
        operation = _OPERATORS.get(name)
        first = i.a + 2
        kinds = {self.regs[first + k].kind for k in range(i.c)}
        if operation is None or i.c < 2 or not kinds <= NUMBERS | {ANY, PLAIN}:
            return False
        result = self.regs[first]
        for register in range(first + 1, first + i.c):
            left = first if register == first + 1 else None
            both = self.numbers(i, (left, register), result, self.regs[register])
            if both is None:
                return False
            result = self.computed(i, operation, *both)
        self.after_call(i)
        self.regs[i.a] = result
        return True

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
        self.kill(i, KILL_B | KILL_C)
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
        self.kill(i, KILL_B | KILL_C)
        self.regs[i.a] = Value(INT, self.b.select(negative, self.b.add(rest, y), rest))

    def do_NEG(self, i: Instruction) -> None:
        x = self.number(i, i.b, INT) if self.mode(i) is None else None
        if x is None:
            self.operate(i)
            return
        pair = self.intrinsic("ssub.with.overflow", word(0), x.ir)
        self.guard(self.negated(self.b.extract_value(pair, 1)), i, "overflow")
        self.kill(i, KILL_B)
        self.regs[i.a] = Value(INT, self.b.extract_value(pair, 0))

    def do_LT(self, i: Instruction) -> None:
        both = self.numbers(i, (i.b, i.c), self.regs[i.b], self.regs[i.c])
        if both is None:
            self.operate(i, kind=PLAIN)
            return
        result = truth(self.b, self.compare(_COMPARE[i.name], *both))
        self.kill(i, KILL_B | KILL_C)
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

    def do_test(self, i: Instruction) -> None:
        """The comparisons that jump."""
        negated = i.name.startswith("JN")
        relation = i.name.removeprefix("JN").removeprefix("J")
        immediate = relation.endswith("I")
        relation = _COMPARE[relation.removesuffix("I")]
        x = self.regs[i.a]
        y = Value(INT, word(i.signed_b << 16)) if immediate else self.regs[i.b]
        both = self.numbers(i, (i.a, None if immediate else i.b), x, y)
        if both is not None:
            holds = self.compare(relation, *both)
            self.part(i, self.negated(holds) if negated else holds)
            return
        for register in (i.a,) if immediate else (i.a, i.b):
            self.spill(register)
        verdict = self.call("slow_test", self.window, word(i.word))
        self.check(self.b.icmp_signed(">=", verdict, self.i32(0)), i)
        self.part(i, self.b.icmp_signed("!=", verdict, self.i32(0)), given_up=True)

    def numbers(
        self,
        i: Instruction,
        registers: tuple[int | None, int | None],
        x: Value,
        y: Value,
        guess: str = INT,
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
            wanted = mode or guess
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
        for register in operands:
            self.spill(register)
        failed = self.call("operate", self.window, word(i.word))
        self.check(self.b.icmp_signed(">=", failed, self.i32(0)), i)
        self.kill(i, KILL_B | KILL_C)
        self.regs[i.a] = Value(kind, self.b.load(self.register_address(i.a)))

    # --- Lists -----------------------------------------------------------------------------------

    def do_NOT(self, i: Instruction) -> None:
        x = self.regs[i.b]
        if x.kind in (ANY, PLAIN):
            result = truth(
                self.b, self.b.icmp_unsigned("==", self.b.or_(x.ir, word(1)), word(FALSE))
            )
        else:
            result = Value(PLAIN, word(FALSE))
        self.predicate(i, result)

    def do_NULL(self, i: Instruction) -> None:
        self.predicate(i, truth(self.b, self.is_null(self.regs[i.b])))

    def do_PAIR(self, i: Instruction) -> None:
        self.predicate(i, truth(self.b, self.is_pair(self.regs[i.b])))

    def predicate(self, i: Instruction, result: Value) -> None:
        if i.flags & KILL_B:
            self.release(self.regs[i.b])
        self.kill(i, KILL_B)
        self.regs[i.a] = result

    def do_CAR(self, i: Instruction) -> None:
        x = self.regs[i.b]
        if self.mode(i) is not None or x.kind not in (ANY, PAIR):
            self.operate(i)
            return
        if x.kind == ANY:
            self.guard(self.is_instance(x.ir, "type Pair"), i, "pair", i.b)
            x = self.regs[i.b] = Value(PAIR, x.ir)
        field = "pair head" if i.name == "CAR" else "pair tail"
        part = self.shared(Value(ANY, self.b.load(self.field(x.ir, field))))
        if i.flags & KILL_B:
            self.release(x)
        self.kill(i, KILL_B)
        self.regs[i.a] = part

    do_CDR = do_CAR

    def do_CONS(self, i: Instruction) -> None:
        x, y = self.regs[i.b], self.regs[i.c]
        if self.mode(i) is not None or y.kind not in (ANY, PAIR, PLAIN):
            self.operate(i)
            return
        if y.kind != PAIR:
            empty = self.b.icmp_unsigned("==", y.ir, word(EMPTY))
            good = empty if y.kind == PLAIN else self.b.or_(
                empty, self.is_instance(y.ir, "type Pair"))  # fmt: skip
            self.guard(good, i, "list", i.c)
        if not i.flags & KILL_B:
            self.shared(x)
        if not i.flags & KILL_C:
            self.shared(y)
        made = self.call("cons", box(self.b, x), box(self.b, y))
        self.check(self.b.icmp_unsigned("!=", made, word(ABSENT)), i)
        self.kill(i, KILL_B | KILL_C)
        self.regs[i.a] = Value(PAIR, made)


for _name in list(_COMPARE):
    for _form in (f"J{_name}", f"JN{_name}", f"J{_name}I", f"JN{_name}I"):
        setattr(Walk, f"do_{_form}", Walk.do_test)
