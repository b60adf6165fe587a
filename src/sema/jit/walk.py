"""One walk over a function's instructions, for machine code.

The same walk serves twice: with :class:`Nobody` as its builder it finds the kind of every register
where paths meet (an abstract interpretation, after Cousot and Cousot 1977); with LLVM's builder it
writes the code. So what an instruction does to kinds and what code it becomes cannot disagree.

Where the walk relies on something that may turn out otherwise it writes a *guard*: a test whose
other way leaves to the interpreter in front of the instruction.
"""

from __future__ import annotations

from sema.jit.arithmetic import COMPARISONS
from sema.jit.bytecode import Instruction
from sema.jit.inline import Inlined
from sema.jit.kinds import ANY, INT, PAIR, PLAIN, Function, Native
from sema.jit.values import (
    ABSENT,
    EMPTY,
    FALSE,
    NIL,
    Value,
    box,
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


class Walk(Inlined):
    """The walk over one version of a function; see ``frame.py`` and ``calls.py`` for the rest."""

    # --- Data ------------------------------------------------------------------------------------

    def do_MOVE(self, i: Instruction) -> None:
        self.move(i.b, i.a)

    def do_COPY(self, i: Instruction) -> None:
        self.regs[i.a] = self.copy(i.b)

    def do_COPY2(self, i: Instruction) -> None:
        self.regs[i.a] = self.copy(i.b)
        self.regs[i.a + 1] = self.copy(i.c)
        self.kill(i)

    def do_DROP(self, i: Instruction) -> None:
        self.give_up(i.a)

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
        dies = i.flags & KILL_A
        value = self.about_to_take(i.a) if dies else self.regs[i.a]
        done = self.call(
            "set_quietly", self.links.word(cell), box(self.b, value), self.i32(not dies)
        )
        self.guard(self.b.icmp_signed("!=", done, self.i32(0)), i, "watched global")
        if dies:
            del self.regs[i.a]

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
        made = self.call("new_box", box(self.b, self.about_to_take(i.b)))
        self.check(self.b.icmp_unsigned("!=", made, word(ABSENT)), i)
        del self.regs[i.b]
        self.regs[i.a] = Value(ANY, made)

    def do_UNBOX(self, i: Instruction) -> None:
        the_box = self.regs[i.b]
        value = self.shared(Value(ANY, self.b.load(self.box_address(the_box.ir))))
        self.kill(i)
        self.regs[i.a] = value

    def do_SETBOX(self, i: Instruction) -> None:
        the_box = self.regs[i.a]
        self.replace(self.box_address(the_box.ir), self.take(i.b))
        if i.flags & KILL_A:
            self.give_up(i.a)

    def do_UPBOX(self, i: Instruction) -> None:
        the_box = self.b.load(self.slot_address(i.b))
        self.regs[i.a] = self.shared(Value(ANY, self.b.load(self.box_address(the_box))))

    def do_SETUPBOX(self, i: Instruction) -> None:
        the_box = self.b.load(self.slot_address(i.a))
        self.replace(self.box_address(the_box), self.take(i.b))

    def do_CLOSURE(self, i: Instruction) -> None:
        taken = []
        for k in range(i.b):
            how = native.raw_word(self.code, i.offset + 2 + k)
            if how & 0xFF <= 1:
                self.spill(how >> 8)
                if how & 0xFF:
                    self.about_to_take(how >> 8)
                    taken.append(how >> 8)
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
            self.hand_over(register)
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
        self.give(self.take(i.a))

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
                self.regs[i.a] = self.regs[i.a].known_as(PAIR)
            for register in dead:
                if given_up:
                    del self.regs[register]
                else:
                    self.give_up(register)
            self.go(i.target if taken else i.next)

    def do_test(self, i: Instruction) -> None:
        """The comparisons that jump."""
        negated = i.name.startswith("JN")
        relation = i.name.removeprefix("JN").removeprefix("J")
        immediate = relation.endswith("I")
        relation = COMPARISONS[relation.removesuffix("I")]
        x = self.regs[i.a]
        y = Value(INT, word(i.signed_b << 16)) if immediate else self.regs[i.b]
        both = self.numbers(i, (i.a, None if immediate else i.b), x, y)
        if both is not None:
            holds = self.compare(relation, *both)
            self.part(i, self.negated(holds) if negated else holds)
            return
        for register in (i.a,) if immediate else (i.a, i.b):
            self.hand_over(register)
        verdict = self.call("slow_test", self.window, word(i.word))
        self.check(self.b.icmp_signed(">=", verdict, self.i32(0)), i)
        self.part(i, self.b.icmp_signed("!=", verdict, self.i32(0)), given_up=True)

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
        self.kill(i)
        self.regs[i.a] = result

    def do_CAR(self, i: Instruction) -> None:
        x = self.regs[i.b]
        if self.mode(i) is not None or x.kind not in (ANY, PAIR):
            self.operate(i)
            return
        if x.kind == ANY:
            self.guard(self.is_instance(x.ir, "type Pair"), i, "pair", i.b)
            x = self.regs[i.b] = x.known_as(PAIR)
        field = "pair head" if i.name == "CAR" else "pair tail"
        part = self.shared(Value(ANY, self.b.load(self.field(x.ir, field))))
        self.kill(i)
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
        for flag, register in ((KILL_B, i.b), (KILL_C, i.c)):
            if i.flags & flag:
                self.about_to_take(register)
            else:
                self.shared(self.regs[register])
        made = self.call("cons", box(self.b, x), box(self.b, y))
        self.check(self.b.icmp_unsigned("!=", made, word(ABSENT)), i)
        for register in self.dying(i):
            self.regs.pop(register, None)
        self.regs[i.a] = Value(PAIR, made)


for _name in list(COMPARISONS):
    for _form in (f"J{_name}", f"JN{_name}", f"J{_name}I", f"JN{_name}I"):
        setattr(Walk, f"do_{_form}", Walk.do_test)
