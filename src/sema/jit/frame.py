"""The frame that machine code stands for: registers, ways through the code, leaving."""

from __future__ import annotations

from llvmlite import ir

from sema.jit.bytecode import leaders
from sema.jit.kinds import ANY, FLOAT, INT, NUMBERS, PLAIN, Function, join
from sema.jit.runtime import LAYOUT
from sema.jit.values import (
    ABSENT,
    FIRST_TAG,
    I8,
    I32,
    I64,
    INT_TAG,
    LEFT_INT,
    POINTER,
    REF_TAG,
    RESULT,
    Value,
    box,
    convert,
    counted,
    is_reference,
    pointer,
    type_of_kind,
    word,
)
from sema.vm import native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sema.jit.bytecode import Instruction
    from sema.jit.group import Group, Version
    from sema.jit.kinds import Kind


class Nobody:
    """A builder that builds nothing, for a walk that only infers kinds."""

    def __getattr__(self, name: str) -> Any:
        return _nothing


def _nothing(*_: Any, **__: Any) -> None:
    return None


class BothWays:
    """A test's two ways on."""

    def __init__(self, condition: Any, registers: dict[int, Value]) -> None:
        self.condition = condition
        self.registers = registers
        self.blocks: dict[bool, Any] = {}


class Frame:
    """What every instruction's part of the walk uses."""

    def __init__(self, version: Version, group: Group) -> None:
        self.version = version
        self.group = group
        self.links = group.links
        self.code = version.code
        instructions = group.instructions(self.code)
        assert instructions is not None
        self.instructions = instructions
        self.leaders = leaders(instructions)
        self.feedback = self.code.feedback or {}
        self.entries: dict[int, dict[int, Kind]] = {}
        self.regs: dict[int, Value] = {}
        self.b: Any = Nobody()
        self.budget: Any = None
        self.window: Any = None
        self.closure: Any = None
        self.writing = False
        # Whether the walk is only to find what registers are live everywhere: then no call ends it.
        self.cautious = False

    # --- The walk --------------------------------------------------------------------------------

    def infer(self) -> None:
        """Find the kinds of the registers at every place where ways meet."""
        self.entries = {self.version.start: dict(self.version.entry)}
        self._pending = [self.version.start]
        while self._pending:
            offset = self._pending.pop()
            self.regs = {r: Value(kind, None) for r, kind in self.entries[offset].items()}
            self._run(offset)

    def write(self) -> None:
        """Write the code of the version; the kinds have been inferred."""
        self.writing = True
        function = self.version.function
        self._head = ir.IRBuilder(function.append_basic_block("head"))
        self.b = ir.IRBuilder()
        self._blocks: dict[int, Any] = {}
        self._slots: dict[tuple[int, bool], Any] = {}
        self._budget = self._head.alloca(I64, name="budget")
        self._stack_mark = self._head.alloca(I8, name="mark")
        arguments = list(function.args)
        self.window = arguments.pop(0)
        self._head.store(arguments.pop(0), self._budget)
        if self.version.closure is None:
            self.closure = arguments.pop(0)
        else:
            self.closure = self.links.word(native.address_of(self.version.closure))
        first = self.entries[self.version.start]
        for (register, kind), given in zip(self.version.entry, arguments, strict=True):
            if register in first:
                value = convert(self._head, Value(kind, given), first[register])
                self._head.store(value.ir, self._slot(register, first[register]))
        for offset in sorted(self.entries):
            block = self._block(offset)
            self.b.position_at_end(block)
            self.budget = self.b.load(self._budget)
            self.regs = {
                r: Value(kind, self.b.load(self._slot(r, kind)))
                for r, kind in self.entries[offset].items()
            }
            self._run(offset)
        self._head.branch(self._blocks[self.version.start])

    def _run(self, offset: int) -> None:
        """From a leader to where the way ends."""
        self._ended = False
        while True:
            instruction = self.instructions[offset]
            self.locate(offset)
            getattr(self, f"do_{instruction.name}")(instruction)
            if self._ended:
                return
            offset = instruction.next
            if offset in self.leaders:
                self.go(offset)
                return

    def locate(self, offset: int, guard: int = -1, leaves: bool = False) -> None:
        """Let the code that follows say what it stands for, if somebody wants to know."""
        if self.writing and self.group.locations is not None:
            function = self.version.function
            self.b.debug_metadata = self.group.locations.at(function, offset, guard, leaves)

    def go(self, target: int) -> None:
        """Go on at a leader."""
        self._ended = True
        if self.writing:
            for register, kind in self.entries[target].items():
                value = convert(self.b, self.own(register), kind)
                self.b.store(value.ir, self._slot(register, kind))
            self.b.store(self.budget, self._budget)
            self.b.branch(self._block(target))
            return
        here = {register: value.kind for register, value in self.regs.items()}
        known = self.entries.get(target)
        if known is None:
            self.entries[target] = here
            self._pending.append(target)
            return
        joined = {r: join(kind, here[r]) for r, kind in known.items() if r in here}
        if joined != known:
            self.entries[target] = joined
            self._pending.append(target)

    def _block(self, offset: int) -> Any:
        if offset not in self._blocks:
            self._blocks[offset] = self.version.function.append_basic_block(f"at{offset}")
        return self._blocks[offset]

    def _slot(self, register: int, kind: Kind) -> Any:
        key = register, kind == FLOAT
        if key not in self._slots:
            self._slots[key] = self._head.alloca(type_of_kind(kind), name=f"r{register}")
        return self._slots[key]

    # --- Two ways --------------------------------------------------------------------------------

    def i1(self, value: bool) -> bool:
        """A condition that is known."""
        return value

    def i32(self, value: int) -> Any:
        return ir.Constant(I32, int(value))

    def negated(self, condition: Any) -> Any:
        return not condition if isinstance(condition, bool) else self.b.not_(condition)

    def new_block(self) -> Any:
        return self.version.function.append_basic_block()

    def both_ways(self, condition: Any) -> BothWays:
        self._ended = True
        both = BothWays(condition, self.regs)
        if self.writing and not isinstance(condition, bool):
            yes, no = self.new_block(), self.new_block()
            self.b.cbranch(condition, yes, no)
            both.blocks = {True: yes, False: no}
        return both

    def take_way(self, both: BothWays, taken: bool) -> bool:
        """Stand at the beginning of one of the ways; False if it is never taken."""
        if isinstance(both.condition, bool):
            if both.condition is not taken:
                return False
        elif self.writing:
            self.b.position_at_end(both.blocks[taken])
        self.regs = dict(both.registers)
        return True

    # --- Leaving ---------------------------------------------------------------------------------

    def mode(self, i: Instruction) -> Any:
        """What exits taught about the instruction's operands: None, ``FLOAT`` or ``general``."""
        return self.feedback.get(("operands", i.offset))

    def guard(self, condition: Any, i: Instruction, reason: str, register: int = -1) -> None:
        """Leave in front of the instruction unless the condition holds."""
        self._unless(condition, i, reason, register, failed=False)

    def check(self, condition: Any, i: Instruction) -> None:
        """Leave with the error that the instruction has set, unless the condition holds."""
        self._unless(condition, i, "error", -1, failed=True)

    def _unless(
        self, condition: Any, i: Instruction, reason: str, register: int, failed: bool
    ) -> None:
        if not self.writing or condition is True:
            return
        here = self.b.debug_metadata
        self.locate(i.offset, len(self.group.exits))
        go_on = self.new_block()
        out = self.version.function.append_basic_block(f"exit{i.offset}")
        if condition is False:
            self.b.branch(out)
        else:
            self.b.cbranch(condition, go_on, out).set_weights([10_000, 1])
        self.b.position_at_end(out)
        self.leave(i.offset, reason, register, failed)
        self.b.position_at_end(go_on)
        self.b.debug_metadata = here

    def leave_here(self, i: Instruction, reason: str) -> None:
        """Always leave to the interpreter at this instruction."""
        self._ended = True
        if self.writing:
            self.leave(i.offset, reason, -1, failed=False)

    def leave(self, offset: int, reason: str, register: int, failed: bool) -> None:
        """Write the frame to the stack and say where the interpreter goes on."""
        self.locate(offset, len(self.group.exits), leaves=True)
        number = self.group.exit(self.version, offset, reason, register)
        self.write_frame()
        counter = self.links.word(self.group.counters_address, 8 * number)
        self.call("leave", self.group.machine, self.window, self.budget,
                  self.place(offset), counter, word(int(failed)))  # fmt: skip
        self.return_left()

    def write_frame(self) -> None:
        """Write the running closure and all registers to the stack, on a way out."""
        own = self.closure_value().ir if self.version.owns else self.closure_payload()
        self.b.store(own, self.register_address(-2))
        for register, value in self.regs.items():
            if value.lender is not None:
                self.shared(value)
            self.b.store(box(self.b, value), self.register_address(register))

    def return_left(self) -> None:
        left = LEFT_INT if self.version.returns_int else ABSENT
        self.b.ret(ir.Constant(RESULT, [ir.Constant(I64, left), ir.Constant(I64, 0)]))

    def give(self, value: Value) -> None:
        """Return a value, which is taken over."""
        self._ended = True
        if not self.writing:
            self.version.note_return(value.kind)
            return
        by_int = self.version.returns_int
        self.end_of_closure()
        result = convert(self.b, value, INT).ir if by_int else box(self.b, value)
        pair = self.b.insert_value(ir.Constant(RESULT, ir.Undefined), result, 0)
        self.b.ret(self.b.insert_value(pair, self.budget, 1))

    def end_of_closure(self) -> None:
        """Give up the running closure, if the frame owns it."""
        if self.version.owns:
            self.release(self.closure_value())

    # --- Values ----------------------------------------------------------------------------------

    def kind_of_word(self, raw: int) -> Kind:
        """The kind of a constant's word."""
        if raw >= INT_TAG:
            return INT
        if raw < FIRST_TAG:
            return FLOAT
        return self.group.kind_of_object(native.object_of(raw)) if is_reference(raw) else PLAIN

    def constant(self, raw: int) -> Value:
        """The value of a word that something else keeps alive."""
        kind = self.kind_of_word(raw)
        if kind in NUMBERS:
            return convert(self.b, Value(PLAIN, word(raw)), kind)
        return Value(kind, self.links.word(raw) if is_reference(raw) else word(raw))

    def shared(self, value: Value) -> Value:
        """Count one more reference to a value."""
        if counted(value):
            if value.kind == ANY:
                self.call_own("incref", value.ir)
            else:
                count = pointer(self.b, value.ir)
                self.b.store(self.b.add(self.b.load(count), word(1)), count)
        return value

    def release(self, value: Value) -> None:
        """Count one reference less."""
        if counted(value):
            self.call_own("decref" if value.kind == ANY else "drop", value.ir)

    def replace(self, address: Any, value: Value) -> None:
        """Put an owned value in the place of another one."""
        old = Value(ANY, self.b.load(address))
        self.b.store(box(self.b, value), address)
        self.release(old)

    def is_instance(self, raw: Any, type_name: str) -> Any:
        """Whether a word refers to an object of the type."""
        return self.call_own(f"is {type_name}", raw)

    def field(self, raw: Any, name: str) -> Any:
        """The address of a field of the object that a word refers to."""
        address = self.b.add(self.b.and_(raw, word((1 << 48) - 1)), word(LAYOUT[name]))
        return self.b.inttoptr(address, POINTER)

    def box_address(self, raw: Any) -> Any:
        return self.field(raw, "cell value")

    # --- Who owns what ---------------------------------------------------------------------------

    def copy(self, source: int) -> Value:
        """A register's value for another register, borrowed if it must be counted."""
        value = self.regs[source]
        if not counted(value):
            return value
        return Value(value.kind, value.ir, source if value.lender is None else value.lender)

    def own(self, register: int) -> Value:
        """A register's value, counted."""
        value = self.regs[register]
        if value.lender is not None:
            value = self.regs[register] = Value(value.kind, self.shared(value).ir)
        return value

    def about_to_take(self, register: int) -> Value:
        """A register's value, owned by it and lent to nobody: soon somebody else will own it."""
        for other, value in list(self.regs.items()):
            if value.lender == register:
                self.own(other)
        return self.own(register)

    def take(self, register: int) -> Value:
        """A register's value for a new owner; the register is empty."""
        value = self.about_to_take(register)
        del self.regs[register]
        return value

    def move(self, source: int, target: int) -> None:
        for register, value in self.regs.items():
            if value.lender == source:
                self.regs[register] = Value(value.kind, value.ir, target)
        self.regs[target] = self.regs.pop(source)

    def give_up(self, register: int) -> None:
        """Empty a register. Who has borrowed its value inherits it."""
        value = self.regs.pop(register)
        if value.lender is not None:
            return
        heirs = [other for other, lent in self.regs.items() if lent.lender == register]
        for heir in heirs:
            lent = self.regs[heir]
            self.regs[heir] = Value(lent.kind, lent.ir, None if heir == heirs[0] else heirs[0])
        if not heirs:
            self.release(value)

    def dying(self, i: Instruction) -> list[int]:
        """The operands that the instruction's flags say die."""
        fields = ((1, 0, i.a), (2, 1, i.b), (4, 2, i.c))
        return [register for flag, field, register in fields
                if i.flags & flag and i.op.operands[field] == "r"]  # fmt: skip

    def kill(self, i: Instruction) -> None:
        """Give up the operands that die."""
        for register in self.dying(i):
            self.give_up(register)

    # --- Memory and functions --------------------------------------------------------------------

    def spill(self, register: int) -> None:
        """Write a register to its place on the stack; it stays what it is."""
        self.b.store(box(self.b, self.own(register)), self.register_address(register))

    def hand_over(self, register: int) -> None:
        """Write a register to the stack for a C function that is going to take it over."""
        self.about_to_take(register)
        self.spill(register)

    def register_address(self, register: int) -> Any:
        return self.b.gep(self.window, [word(register)], inbounds=True, source_etype=I64)

    def place(self, offset: int) -> Any:
        """The address of an instruction or inline word of the code."""
        return self.links.word(native.words_of(self.code), 8 * offset)

    def cell_address(self, cell: int) -> Any:
        """Where the value of the global lies whose cell is at the address."""
        return self.links.pointer(cell, LAYOUT["cell value"])

    def field_address(self, name: str) -> Any:
        return self.group.field_address(name)

    def get_field(self, name: str) -> Any:
        return self.b.load(self.field_address(name), typ=I64)

    def set_field(self, name: str, value: Any) -> None:
        self.b.store(value, self.field_address(name))

    def call(self, name: str, *arguments: Any) -> Any:
        """Call a C function of the machine."""
        if not self.writing:
            return None
        return self.b.call(self.group.c_function(name), arguments)

    def call_own(self, name: str, *arguments: Any) -> Any:
        """Call a helper that is written in LLVM code."""
        if not self.writing:
            return None
        return self.b.call(self.group.helper(name), arguments)

    def intrinsic(self, name: str, *arguments: Any) -> Any:
        if not self.writing:
            return None
        kind = ir.FunctionType(ir.LiteralStructType([I64, ir.IntType(1)]), [I64, I64])
        function = self.group.module.declare_intrinsic(f"llvm.{name}", [I64], kind)
        return self.b.call(function, arguments)

    def closure_payload(self) -> Any:
        return self.closure

    def closure_value(self) -> Value:
        kind = Function(self.code, self.version.closure)
        return Value(kind, self.b.or_(self.closure, word(REF_TAG)))

    def slot_address(self, number: int) -> Any:
        """The address of a captured variable."""
        place = LAYOUT["closure slots"] + 8 * number
        return self.b.inttoptr(self.b.add(self.closure, word(place)), POINTER)
