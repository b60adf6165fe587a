"""Builtins that machine code computes itself instead of calling them.

Each is guarded by the kinds of its arguments; where a guard fails often it is called like any other
builtin. Nothing happens before the last guard, since the interpreter does the whole call again.
"""

from __future__ import annotations

from llvmlite import ir

from sema.jit.calls import Calls
from sema.jit.kinds import (
    ANY,
    ARRAY,
    CELL,
    FLOAT,
    INSTANCES,
    INT,
    NAME,
    NUMBERS,
    PAIR,
    PLAIN,
    VECTOR,
    Native,
)
from sema.jit.values import (
    DOUBLE,
    FALSE,
    FIRST_TAG,
    INT_TAG,
    NIL,
    POINTER,
    Value,
    box,
    convert,
    truth,
    word,
)
from sema.vm import native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sema.jit.bytecode import Instruction
    from sema.jit.kinds import Kind

_TYPES = {"symbol?": "type Symbol", "string?": "type str"}
_ROUNDING = {"floor": "floor", "ceil": "ceil", "truncate": "trunc"}
_COMPARISONS = {"zero?": "==", "positive?": ">", "negative?": "<"}
OPERATORS = {"+": "ADD", "-": "SUB", "*": "MUL"}
_NUMERIC = frozenset("+ - * / mod < <= > >= =".split())


class Inlined(Calls):
    """The walk's calls of builtins that need none."""

    def inlined(self, i: Instruction, name: str) -> bool:
        """Compute a call in place, if that can be done."""
        write = Inlined.operator if name in OPERATORS else BUILTINS.get((name, i.c))
        if write is None or self.mode(i) == "general":
            return False
        result = write(self, i, name)
        if result is None:
            return False
        for register in sorted(r for r in self.regs if r >= i.a + 2):
            self.give_up(register)
        self.after_call(i)
        self.regs[i.a] = result
        return True

    # --- Arguments -------------------------------------------------------------------------------

    def argument(self, i: Instruction, n: int) -> Value:
        return self.regs[i.a + 2 + n]

    def instance(self, i: Instruction, n: int, kind: str) -> Any:
        """The word of an argument that must be an object of a kind; None if it cannot be."""
        register = i.a + 2 + n
        value = self.regs[register]
        if value.kind == ANY:
            self.guard(self.is_instance(value.ir, INSTANCES[kind]), i, "operand", register)
            self.refine(register, kind)
        elif value.kind != kind:
            return False
        return value.ir

    def refine(self, register: int, kind: str) -> None:
        """A register, and all that share its value, are known to be of a kind."""
        lender = self.regs[register].lender
        root = register if lender is None else lender
        for other, value in self.regs.items():
            if other == root or value.lender == root:
                self.regs[other] = value.known_as(kind)

    def index(self, i: Instruction, n: int) -> Any:
        """An argument that must be a small integer, unshifted; False if it cannot be."""
        register = i.a + 2 + n
        value = self.regs[register]
        if value.kind in (ANY, PLAIN):
            self.guard(self.b.icmp_unsigned(">=", value.ir, word(INT_TAG)), i, "operand", register)
            value = self.regs[register] = convert(self.b, value, INT)
        if value.kind != INT:
            return False
        return self.b.ashr(value.ir, word(16))

    # --- Results ---------------------------------------------------------------------------------

    def loaded(self, i: Instruction, address: Any) -> Value:
        """The value at an address: as a number, not counted, if the program is going to compute
        with it."""
        raw = self.b.load(address)
        kind = self.expected(i)
        if kind == INT:
            self.guard(self.b.icmp_unsigned(">=", raw, word(INT_TAG)), i, "result")
        elif kind == FLOAT:
            self.guard(self.b.icmp_unsigned("<", raw, word(FIRST_TAG)), i, "result")
        else:
            return self.shared(Value(ANY, raw))
        return convert(self.b, Value(PLAIN, raw), kind)

    def expected(self, i: Instruction) -> str | None:
        """The kind of number that the next instruction to read the call's result wants."""
        learnt = self.feedback.get(("result", i.offset))
        if learnt is not None:
            return None if learnt == "general" else learnt
        reader = self.instructions.get(i.next)
        while reader is not None and reader.offset not in self.leaders:
            operands = (reader.a, reader.b, reader.c)
            read = [r for r, how in zip(operands, reader.op.operands, strict=True) if how in "rt"]
            if i.a in read:
                return self.wanted(reader) if reader.op.operator in _NUMERIC else None
            if reader.op.words == "s" and reader.a <= i.a:
                return self.wanted(reader) if self.name_called(reader) in _NUMERIC else None
            if reader.op.is_test:
                return None
            reader = self.instructions.get(reader.next)
        return None

    def wanted(self, reader: Instruction) -> str | None:
        mode = self.mode(reader) or self.usual_number()
        return None if mode == "general" else mode

    def name_called(self, i: Instruction) -> str | None:
        """The name of the builtin that is a call's global."""
        if not i.name.endswith("G"):
            return None
        known = self.kind_of_word(native.raw_at(native.raw_word(self.code, i.offset + 1)))
        return known.function.name if isinstance(known, Native) else None

    def integer(self, size: Any) -> Value:
        """A small integer from a machine word."""
        return Value(INT, self.b.shl(size, word(16)))

    # --- Arrays, vectors, lists, cells -----------------------------------------------------------

    def array_get(self, i: Instruction, name: str) -> Value | None:
        array = self.instance(i, 0, ARRAY)
        index = array is not False and self.index(i, 1)
        if index is False:
            return None
        return self.loaded(i, self.element(i, array, index))

    def element(self, i: Instruction, array: Any, index: Any) -> Any:
        """The address of an array's element."""
        size = self.b.load(self.field(array, "array size"))
        self.guard(self.b.icmp_unsigned("<", index, size), i, "operand")
        items = self.b.load(self.field(array, "array items"))
        return self.b.gep(self.b.inttoptr(items, POINTER), [index], source_etype=word(0).type)

    def array_set(self, i: Instruction, name: str) -> Value | None:
        array = self.instance(i, 0, ARRAY)
        index = array is not False and self.index(i, 1)
        if index is False:
            return None
        address = self.element(i, array, index)
        return self.replaced(i, address, 2)

    def replaced(self, i: Instruction, address: Any, n: int) -> Value:
        """Replace a word by an argument; the first argument is the call's value."""
        self.replace(address, self.take(i.a + 2 + n))
        return self.take(i.a + 2)

    def array_length(self, i: Instruction, name: str) -> Value | None:
        array = self.instance(i, 0, ARRAY)
        if array is False:
            return None
        return self.integer(self.b.load(self.field(array, "array size")))

    def cell_get(self, i: Instruction, name: str) -> Value | None:
        cell = self.instance(i, 0, CELL)
        return None if cell is False else self.loaded(i, self.box_address(cell))

    def cell_set(self, i: Instruction, name: str) -> Value | None:
        cell = self.instance(i, 0, CELL)
        return None if cell is False else self.replaced(i, self.box_address(cell), 1)

    def nth(self, i: Instruction, name: str) -> Value | None:
        vector = self.instance(i, 0, VECTOR)
        index = vector is not False and self.index(i, 1)
        if index is False:
            return None
        size = self.b.load(self.field(vector, "vector size"))
        self.guard(self.b.icmp_unsigned("<", index, size), i, "operand")
        items = self.field(vector, "vector items")
        return self.loaded(i, self.b.gep(items, [index], source_etype=word(0).type))

    def length_of(self, i: Instruction, name: str) -> Value | None:
        value = self.argument(i, 0)
        places: dict[Kind, str] = {PAIR: "pair length", VECTOR: "vector size", ARRAY: "array size"}
        if value.kind not in places:
            return None
        return self.integer(self.b.load(self.field(value.ir, places[value.kind])))

    # --- Numbers ---------------------------------------------------------------------------------

    def operator(self, i: Instruction, name: str) -> Value | None:
        """A call of `+`, `-` or `*` with several arguments, one after the other."""
        first = i.a + 2
        kinds = {self.regs[first + k].kind for k in range(i.c)}
        if i.c < 2 or not kinds <= NUMBERS | {ANY, PLAIN}:
            return None
        result = self.regs[first]
        for register in range(first + 1, first + i.c):
            left = first if register == first + 1 else None
            both = self.numbers(i, (left, register), result, self.regs[register])
            if both is None:
                return None
            result = self.computed(i, OPERATORS[name], *both)
        return result

    def compared(self, i: Instruction, name: str) -> Value | None:
        register = i.a + 2
        both = self.numbers(i, (register, None), self.regs[register], Value(INT, word(0)))
        return None if both is None else truth(self.b, self.compare(_COMPARISONS[name], *both))

    def parity(self, i: Instruction, name: str) -> Value | None:
        value = self.index(i, 0)
        if value is False:
            return None
        bit = self.b.and_(value, word(1))
        return truth(self.b, self.b.icmp_unsigned("==", bit, word(int(name == "odd?"))))

    def absolute(self, i: Instruction, name: str) -> Value | None:
        value = self.argument(i, 0)
        if value.kind == FLOAT:
            return Value(FLOAT, self.double_function("fabs", value))
        return None

    def divided(self, i: Instruction, name: str) -> Value | None:
        x, y = self.argument(i, 0), self.argument(i, 1)
        if x.kind != INT or y.kind != INT:
            return None
        self.guard(self.b.icmp_signed(">", y.ir, word(0)), i, "divisor")
        if name == "remainder":
            return Value(INT, self.b.srem(x.ir, y.ir))
        return self.integer(self.b.sdiv(x.ir, y.ir))

    def rounded(self, i: Instruction, name: str) -> Value | None:
        value = self.argument(i, 0)
        if value.kind == FLOAT:
            value = Value(FLOAT, self.double_function(_ROUNDING[name], value))
        return value if value.kind in NUMBERS else None

    def square_root(self, i: Instruction, name: str) -> Value | None:
        value = self.argument(i, 0)
        if value.kind != FLOAT:
            return None
        self.guard(self.b.fcmp_ordered(">=", value.ir, ir.Constant(DOUBLE, 0.0)), i, "operand")
        return Value(FLOAT, self.double_function("sqrt", value))

    def double_function(self, name: str, value: Value) -> Any:
        if not self.writing:
            return None
        function = self.group.module.declare_intrinsic(f"llvm.{name}", [DOUBLE])
        return self.b.call(function, [value.ir])

    def to_float(self, i: Instruction, name: str) -> Value | None:
        value = self.argument(i, 0)
        return self.as_float(value) if value.kind in NUMBERS else None

    def bits(self, i: Instruction, name: str) -> Value | None:
        x, y = self.argument(i, 0), self.argument(i, 1)
        if x.kind != INT or y.kind != INT:
            return None
        operation = {"and": self.b.and_, "or": self.b.or_, "xor": self.b.xor}[name[4:]]
        return Value(INT, operation(x.ir, y.ir))

    def extreme(self, i: Instruction, name: str) -> Value | None:
        x, y = self.argument(i, 0), self.argument(i, 1)
        if x.kind != INT or y.kind != INT:
            return None
        first = self.b.icmp_signed("<" if name == "min" else ">", x.ir, y.ir)
        return Value(INT, self.b.select(first, x.ir, y.ir))

    # --- Predicates ------------------------------------------------------------------------------

    def has_type(self, i: Instruction, name: str) -> Value | None:
        value = self.argument(i, 0)
        if value.kind == ANY:
            return truth(self.b, self.is_instance(value.ir, _TYPES[name]))
        return Value(PLAIN, word(FALSE)) if value.kind in (*NUMBERS, PLAIN, PAIR) else None

    def is_nil(self, i: Instruction, name: str) -> Value | None:
        value = self.argument(i, 0)
        if value.kind not in (ANY, PLAIN):
            return Value(PLAIN, word(FALSE))
        return truth(self.b, self.b.icmp_unsigned("==", value.ir, word(NIL)))

    def same(self, i: Instruction, name: str) -> Value | None:
        """Equality where one side is equal to nothing but itself."""
        x, y = self.argument(i, 0), self.argument(i, 1)
        if not any(v.kind in (INT, NAME) or isinstance(v.kind, Native) for v in (x, y)):
            return None
        return truth(self.b, self.b.icmp_unsigned("==", box(self.b, x), box(self.b, y)))


BUILTINS: dict[tuple[str, int], Callable[[Inlined, Instruction, str], Value | None]] = {
    ("mutable-array/get", 2): Inlined.array_get,
    ("mutable-array/set!", 3): Inlined.array_set,
    ("mutable-array/length", 1): Inlined.array_length,
    ("mutable-cell/get", 1): Inlined.cell_get,
    ("mutable-cell/set!", 2): Inlined.cell_set,
    ("nth", 2): Inlined.nth,
    ("length", 1): Inlined.length_of,
    ("zero?", 1): Inlined.compared,
    ("positive?", 1): Inlined.compared,
    ("negative?", 1): Inlined.compared,
    ("even?", 1): Inlined.parity,
    ("odd?", 1): Inlined.parity,
    ("abs", 1): Inlined.absolute,
    ("sqrt", 1): Inlined.square_root,
    ("quotient", 2): Inlined.divided,
    ("remainder", 2): Inlined.divided,
    ("floor", 1): Inlined.rounded,
    ("ceil", 1): Inlined.rounded,
    ("truncate", 1): Inlined.rounded,
    ("float", 1): Inlined.to_float,
    ("bit/and", 2): Inlined.bits,
    ("bit/or", 2): Inlined.bits,
    ("bit/xor", 2): Inlined.bits,
    ("min", 2): Inlined.extreme,
    ("max", 2): Inlined.extreme,
    ("symbol?", 1): Inlined.has_type,
    ("string?", 1): Inlined.has_type,
    ("nil?", 1): Inlined.is_nil,
    ("eq?", 2): Inlined.same,
    ("equal?", 2): Inlined.same,
}
"""Who writes the call of a builtin with so many arguments; it may decline with None."""
