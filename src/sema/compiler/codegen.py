"""From simplified core forms to instructions.

Every expression is compiled *to* somewhere: a register that the caller has allocated and that is
empty, the tail of the function, or nowhere, if only the effect is wanted. At each instruction
the generator knows exactly which registers own a value; where paths meet they own the same.
"""

from __future__ import annotations

from sema.compiler.assembler import Assembler, Label
from sema.compiler.captures import Captures
from sema.compiler.liveness import COMPARISONS, TESTS, Liveness, is_negated_test
from sema.compiler.nodes import Again, Folded, Loop, Operate, children
from sema.compiler.registers import Registers, TooManyRegisters, bits
from sema.compiler.simplify import ALIASES, OPERATORS, mentions
from sema.compiler.unit import CodeUnit
from sema.errors import CompileError, Span
from sema.expander.core import (
    Call,
    Const,
    DefineGlobal,
    GlobalRef,
    If,
    Lambda,
    Let,
    LocalRef,
    MakeMap,
    MakeVector,
    Node,
    Seq,
    SetGlobal,
    SetLocal,
    Throw,
    Try,
    Variable,
)
from sema.vm.limits import spend_units
from sema.vm.opcodes import (
    FALL_KILLS_A,
    FALL_KILLS_B,
    JUMP_KILLS_A,
    JUMP_KILLS_B,
    KILL_A,
    KILL_B,
    KILL_C,
    STUB_ROOM,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

OWNED_MASK = 0xFFFF_FFFF_FFFF_FFFF
BORROWED_MASK = 0x0000_FFFF_FFFF_FFFF
# Frames that need more registers than the machine always leaves free ask for room themselves.
UNITS_PER_NODE = 1000
"""What a sandbox charges for the compilation of a node."""
ROOM_WITHOUT_ASKING = 400
SHARE, TAKE, FROM_SLOT, FROM_SELF = range(4)
_NEGATED = {"<": "JNLT", "<=": "JNLE", ">": "JNGT", ">=": "JNGE", "=": "JNEQ",
            "null?": "JNNULL", "pair?": "JNPAIR"}  # fmt: skip


class Tail:
    """Where the value of a tail expression goes: out of the function."""


TAIL = Tail()
Destination = int | Tail | None


class Generator:
    """Generates the code of one function."""

    def __init__(
        self, function: Lambda, captures: Captures, file: str | None, count_calls: bool
    ) -> None:
        self._function = function
        self._captures = captures
        self._file = file
        self._count_calls = count_calls
        self._live = Liveness(function, captures)
        self._registers = Registers(self._live.index)
        self._asm = Assembler()
        self._dead = False
        # Ways on which a test's jump must give up more than its own operands.
        self._detours: list[tuple[Label, int, Label]] = []
        self._loops: dict[Loop, tuple[Label, list[int]]] = {}
        self._span: Span | None = function.span

    def generate(self, name: str | None, keeps_frame: bool = False) -> CodeUnit:
        """The function's code. A function that keeps its frame has no tail calls."""
        function, registers = self._function, self._registers
        unit = CodeUnit(name, self._file, len(function.params), function.rest is not None)
        unit.span = function.span
        params = [*function.params, *([function.rest] if function.rest else [])]
        for _ in params:
            registers.own(registers.allocate())
        try:
            for register, variable in enumerate(params):
                registers.bind(variable, register)
            for register, variable in enumerate(params):
                if self._captures.boxed(variable):
                    self._emit("BOX", register, register)
            self._drop_all_but(self._live.at_entry)
            if keeps_frame:
                value = registers.allocate()
                self._compile(function.body, value)
                self._return(value)
            else:
                self._compile(function.body, TAIL)
            self._emit_detours()
        except TooManyRegisters:
            raise CompileError(
                "the function needs too many registers; split it up", span=function.span
            ) from None
        unit.n_registers = registers.highest + STUB_ROOM
        if self._count_calls:
            self._asm.prepend("COUNT", extra=(("w", 0),), live=(1 << len(params)) - 1)
        if unit.n_registers > ROOM_WITHOUT_ASKING:
            self._asm.prepend("ENTER", b=unit.n_registers, live=(1 << len(params)) - 1)
        self._asm.finish(unit)
        return unit

    # --- Emitting ------------------------------------------------------------------------------

    def _emit(self, name: str, a: int = 0, b: int = 0, c: int = 0, **details: Any) -> None:
        if not self._dead:
            details.setdefault("live", self._registers.owned)
            self._asm.emit(name, a, b, c, span=self._span, **details)

    def _write(self, name: str, register: int, b: int = 0, c: int = 0, **details: Any) -> None:
        """An instruction that fills a register."""
        self._emit(name, register, b, c, **details)
        self._registers.own(register)

    def _drop(self, register: int) -> None:
        self._emit("DROP", register)
        self._registers.give_up(register)

    def _jump(self, label: Label) -> None:
        """Go to a label that is still to come."""
        if not self._dead:
            self._meet(label)
            self._emit("JUMP", target=label)
            self._dead = True

    def _meet(self, label: Label) -> None:
        owned = self._registers.owned
        assert label.owned is None or label.owned == owned, "paths meet that own different things"
        label.owned = owned

    def _place(self, label: Label) -> None:
        """Put a label here; code goes on if anything leads here."""
        if not self._dead:
            self._meet(label)
        self._asm.place(label)
        self._dead = label.owned is None
        if label.owned is not None:
            self._registers.owned = label.owned

    def _excess(self, live: int) -> int:
        """The registers of variables that own something nobody needs any more."""
        registers = self._registers
        return registers.owned & registers.of_variables & ~registers.of(live)

    def _drop_all_but(self, live: int) -> None:
        for register in bits(self._excess(live)):
            self._drop(register)

    # --- Expressions ---------------------------------------------------------------------------

    def _compile(self, node: Node, to: Destination) -> None:
        if self._dead:
            return
        if node.span is not None:
            self._span = node.span
        spend_units(UNITS_PER_NODE)
        _COMPILERS[type(node)](self, node, to)

    def _deliver(self, register: int, to: Destination) -> None:
        """Bring a temporary's value to its destination."""
        if isinstance(to, Tail):
            self._return(register)
        elif to is None:
            self._drop(register)
        elif to != register:
            self._emit("MOVE", to, register)
            self._registers.give_up(register)
            self._registers.own(to)

    def _return(self, register: int) -> None:
        if self._dead:
            return
        self._emit("RETURN", register)
        self._registers.give_up(register)
        assert not self._registers.owned, "a function returns without giving its registers up"
        self._dead = True

    def _via(self, to: Destination, fill: Callable[[int], None]) -> None:
        """Have a register filled, the destination's own if it is one."""
        if isinstance(to, int):
            fill(to)
            return
        top = self._registers.top
        register = self._registers.allocate()
        fill(register)
        if not self._dead:
            self._deliver(register, to)
        self._registers.top = top

    def _const(self, node: Const, to: Destination) -> None:
        self._constant(node.value, to)

    def _constant(self, value: Any, to: Destination, **details: Any) -> None:
        if to is None:
            return
        if type(value) is int and -0x80000000 <= value < 0x80000000:
            self._via(to, lambda r: self._write("INT", r, value, **details))
        else:
            self._via(to, lambda r: self._write("CONST", r, extra=(("k", value),), **details))

    def _folded(self, node: Folded, to: Destination) -> None:
        # Always a CONST: if the operator is redefined it must become a call.
        self._via(
            to,
            lambda r: self._write(
                "CONST", r, extra=(("k", node.value),), operator=node.name, folded=node.args
            ),
        )

    def _local(self, node: LocalRef, to: Destination) -> None:
        variable = node.variable
        last = id(node) in self._live.last
        if to is None:
            if last:
                self._drop(self._registers.variables[variable])
            return
        if isinstance(to, Tail) and self._is_register(node):
            self._return(self._registers.variables[variable])
            return
        self._via(to, lambda r: self._load(variable, r, last))

    def _load(self, variable: Variable, to: int, last: bool) -> None:
        """Fill a register with a variable's value."""
        boxed = self._captures.boxed(variable)
        if variable.function is self._function:
            register = self._registers.variables[variable]
            if boxed:
                self._write("UNBOX", to, register, flags=KILL_B if last else 0)
            else:
                self._write("MOVE" if last else "COPY", to, register)
            if last:
                self._registers.give_up(register)
        elif self._captures.self_variable.get(self._function) is variable:
            self._write("SELF", to)
        else:
            slot = self._captures.slots[self._function][variable]
            self._write("UPBOX" if boxed else "UPVALUE", to, slot)

    def _global(self, node: GlobalRef, to: Destination) -> None:
        self._via(to, lambda r: self._write("GLOBAL", r, extra=(("g", node.name),)))

    def _set_local(self, node: SetLocal, to: Destination) -> None:
        variable, registers = node.variable, self._registers
        if to is None and self._assigns_in_place(node):
            self._compile(node.value, registers.variables[variable])
            return
        top = registers.top
        value = registers.allocate()
        self._compile(node.value, value)
        if not self._dead:
            self._span = node.span
            if to is not None:
                copy = to if isinstance(to, int) else registers.allocate()
                self._write("COPY", copy, value)
            self._assign(node, value)
            if isinstance(to, Tail):
                self._return(copy)
        registers.top = top

    def _assigns_in_place(self, node: SetLocal) -> bool:
        """Whether one instruction can make the new value in the variable's own register."""
        variable, value = node.variable, node.value
        if (
            variable.function is not self._function
            or self._captures.boxed(variable)
            or id(node) in self._live.last
            or not isinstance(value, Operate)
        ):
            return False
        return self._makes_in_place(variable, value)

    def _makes_in_place(self, variable: Variable, value: Operate) -> bool:
        """Whether an operator may write to the variable's register: its old value dies there."""
        home = self._registers.variables[variable]
        if not self._registers.owned >> home & 1:
            return not any(mentions(arg, variable) for arg in value.args)
        return any(
            isinstance(arg, LocalRef)
            and arg.variable is variable
            and id(arg) in self._live.last
            and self._live.is_deferred(value.args, i)
            for i, arg in enumerate(value.args)
        )

    def _assign(self, node: SetLocal, value: int) -> None:
        """Move a register's value into a variable."""
        variable, registers = node.variable, self._registers
        boxed = self._captures.boxed(variable)
        if variable.function is not self._function:
            slot = self._captures.slots[self._function][variable]
            self._emit("SETUPBOX", slot, value)
            registers.give_up(value)
        elif boxed:
            last = id(node) in self._live.last
            box = registers.variables[variable]
            self._emit("SETBOX", box, value, flags=KILL_A if last else 0)
            registers.give_up(value)
            if last:
                registers.give_up(box)
        elif id(node) in self._live.last:
            self._drop(value)
        else:
            self._fill_variable(registers.variables[variable], value)

    def _fill_variable(self, register: int, value: int) -> None:
        if self._registers.owned >> register & 1:
            self._drop(register)
        self._deliver(value, register)

    def _set_global(self, node: SetGlobal, to: Destination) -> None:
        def fill(register: int) -> None:
            self._compile(node.value, register)
            self._span = node.span
            self._emit("SETGLOBAL", register, extra=(("g", node.name),))

        self._via(to, fill)

    def _define_global(self, node: DefineGlobal, to: Destination) -> None:
        top = self._registers.top
        register = self._registers.allocate()
        self._compile(node.value, register)
        if not self._dead:
            self._emit("DEFGLOBAL", register, flags=KILL_A, extra=(("g", node.name),))
            self._registers.give_up(register)
        self._registers.top = top
        self._constant(None, to)

    def _if(self, node: If, to: Destination) -> None:
        otherwise, end = Label(), Label()
        live = self._live.live_in
        self._branch(node.test, otherwise, False, live[id(node.otherwise)], live[id(node.then)])
        self._compile(node.then, to)
        self._jump(end)
        self._place(otherwise)
        self._compile(node.otherwise, to)
        self._place(end)

    def _seq(self, node: Seq, to: Destination) -> None:
        for form in node.forms[:-1]:
            self._compile(form, None)
        self._compile(node.forms[-1], to)

    def _let(self, node: Let, to: Destination) -> None:
        registers = self._registers
        top = registers.top
        homes = []
        for init in node.inits:
            home = registers.allocate()
            homes.append(home)
            self._compile(init, home)
        if not self._dead:
            for variable, home in zip(node.variables, homes, strict=True):
                self._bind(variable, home)
            self._drop_all_but(self._live.live_in[id(node.body)])
            self._compile(node.body, to)
            registers.unbind(list(dict.fromkeys(node.variables)))
        registers.top = top

    def _bind(self, variable: Variable, register: int) -> None:
        if self._captures.boxed(variable):
            self._emit("BOX", register, register)
        self._registers.bind(variable, register)

    def _lambda(self, node: Lambda, to: Destination) -> None:
        unit = Generator(node, self._captures, self._file, self._count_calls).generate(node.name)
        slots = self._captures.slots[node]
        words: list[int] = []
        moved: list[int] = []
        for variable in slots:
            if self._captures.self_variable.get(self._function) is variable:
                words.append(FROM_SELF)
            elif variable.function is self._function:
                register = self._registers.variables[variable]
                if (id(node), variable) in self._live.last:
                    moved.append(register)
                    words.append(TAKE | register << 8)
                else:
                    words.append(SHARE | register << 8)
            else:
                slot = self._captures.slots[self._function][variable]
                words.append(FROM_SLOT | slot << 8)

        def fill(register: int) -> None:
            extra = (("f", unit), *(("w", word) for word in words))
            self._emit("CLOSURE", register, len(words), extra=extra)
            for source in moved:
                self._registers.give_up(source)
            self._registers.own(register)

        self._via(to, fill)

    # --- Operators -----------------------------------------------------------------------------

    def _operands(self, node: Operate) -> tuple[list[int], int]:
        """Evaluate what is not in a register yet: the operands' registers, the mask that dies.

        The mask has bit i for operand i. Temporaries are released by the caller.
        """
        deferred = [self._live.is_deferred(node.args, i) for i in range(len(node.args))]
        places: list[int] = [0] * len(node.args)
        dying = 0
        for i, arg in enumerate(node.args):
            if deferred[i]:
                assert isinstance(arg, LocalRef)
                places[i] = self._registers.variables[arg.variable]
                if id(arg) in self._live.last:
                    dying |= 1 << i
            else:
                places[i] = self._registers.allocate()
                self._compile(arg, places[i])
                dying |= 1 << i
        self._span = node.span
        return places, dying

    def _operate(self, node: Operate, to: Destination) -> None:
        name = ALIASES.get(node.name, node.name)
        registers = self._registers
        top = registers.top
        small = self._small_constant(node)
        if small is not None and name in ("+", "-"):
            places, dying = self._operands(Operate(node.span, node.name, node.args[:1]))
            opcode, operands = "ADDI" if name == "+" else "SUBI", [*places, small]
        else:
            places, dying = self._operands(node)
            opcode, operands = OPERATORS[name, len(node.args)], places
        if self._dead:
            registers.top = top
            return
        flags = (KILL_B if dying & 1 else 0) | (KILL_C if dying & 2 else 0)
        target = to if isinstance(to, int) else registers.allocate()
        self._emit(opcode, target, *operands, flags=flags, operator=node.name)
        for i, place in enumerate(places):
            if dying >> i & 1:
                registers.give_up(place)
        registers.own(target)
        if not isinstance(to, int):
            self._deliver(target, to)
        registers.top = top

    @staticmethod
    def _small_constant(node: Operate) -> int | None:
        """The second operand, if it is an integer that fits into the instruction."""
        if len(node.args) == 2 and isinstance(node.args[1], Const):
            value = node.args[1].value
            if type(value) is int and -32768 <= value < 32768:
                return value
        return None

    # --- Tests ---------------------------------------------------------------------------------

    def _branch(
        self,
        node: Node,
        label: Label,
        jump_if: bool,
        on_jump: int,
        on_fall: int,
        negation: str = "",
    ) -> None:
        """Jump to ``label`` if the node's truth is ``jump_if``, else fall through.

        Behind the jump, and behind the instruction, only the variables of the masks are owned.
        ``negation`` is the name of the operator that the jump stands for, if it does.
        """
        if self._dead:
            return
        match node:
            case Const():
                if (node.value is not None and node.value is not False) == jump_if:
                    self._drop_all_but(on_jump)
                    self._jump(label)
                else:
                    self._drop_all_but(on_fall)
            case If():
                self._branch_if(node, label, jump_if, on_jump, on_fall)
            case Operate(name="not") if is_negated_test(node):
                self._branch(node.args[0], label, not jump_if, on_jump, on_fall, "not ")
            case Operate() if node.name in TESTS:
                self._compare(node, label, jump_if, on_jump, on_fall, negation)
            case LocalRef() if self._live.is_deferred([node], 0):
                register = self._registers.variables[node.variable]
                opcode = "JT" if jump_if else "JF"
                self._test(opcode, [register], 0, label, on_jump, on_fall, operator=negation)
            case _:
                top = self._registers.top
                register = self._registers.allocate()
                self._compile(node, register)
                if not self._dead:
                    opcode = "JT" if jump_if else "JF"
                    self._test(opcode, [register], 1, label, on_jump, on_fall, operator=negation)
                self._registers.top = top

    def _branch_if(self, node: If, label: Label, jump_if: bool, on_jump: int, on_fall: int) -> None:
        live = self._live.live_in
        second, end = Label(), Label()
        otherwise = node.otherwise
        if isinstance(otherwise, Const):
            # (and a b): if a is false, so is the whole.
            truth = otherwise.value is not None and otherwise.value is not False
            false_way = label if truth == jump_if else end
        else:
            false_way = second
        self._branch(node.test, false_way, False, live[id(otherwise)], live[id(node.then)])
        self._branch(node.then, label, jump_if, on_jump, on_fall)
        if false_way is second:
            self._jump(end)
            self._place(second)
            self._branch(otherwise, label, jump_if, on_jump, on_fall)
        self._place(end)

    def _compare(
        self,
        node: Operate,
        label: Label,
        jump_if: bool,
        on_jump: int,
        on_fall: int,
        negation: str,
    ) -> None:
        top = self._registers.top
        small = self._small_constant(node) if node.name in COMPARISONS else None
        opcode = _NEGATED[node.name]
        if jump_if:
            opcode = opcode.replace("JN", "J", 1)
        args = node.args[:1] if small is not None else node.args
        deferred = [self._live.is_deferred(node.args, i) for i in range(len(args))]
        places: list[int] = []
        for i, arg in enumerate(args):
            if deferred[i]:
                assert isinstance(arg, LocalRef)
                places.append(self._registers.variables[arg.variable])
            else:
                places.append(self._registers.allocate())
                self._compile(arg, places[i])
        self._span = node.span
        temporary = sum(1 << i for i, is_variable in enumerate(deferred) if not is_variable)
        if not self._dead:
            if small is not None:
                opcode += "I"
            operator = negation + node.name
            self._test(
                opcode, places, temporary, label, on_jump, on_fall, small=small, operator=operator
            )
        self._registers.top = top

    def _test(
        self,
        opcode: str,
        places: list[int],
        temporary: int,
        label: Label,
        on_jump: int,
        on_fall: int,
        *,
        small: int | None = None,
        operator: str = "",
    ) -> None:
        """Emit a test of registers; those with a bit in ``temporary`` die on both ways."""
        registers = self._registers
        jump_excess, fall_excess = self._excess(on_jump), self._excess(on_fall)
        flags = killed_on_jump = killed_on_fall = 0
        for place in dict.fromkeys(places):
            position, bit = places.index(place), 1 << place
            if temporary >> position & 1:
                jump_excess |= bit
                fall_excess |= bit
            if jump_excess & bit:
                flags |= (JUMP_KILLS_A, JUMP_KILLS_B)[position]
                killed_on_jump |= bit
            if fall_excess & bit:
                flags |= (FALL_KILLS_A, FALL_KILLS_B)[position]
                killed_on_fall |= bit
        before = registers.owned
        b = small if small is not None else (places[1] if len(places) > 1 else 0)
        target, rest = label, jump_excess & ~killed_on_jump
        if rest:
            target = Label()
            target.owned = before & ~killed_on_jump
            self._detours.append((target, rest, label))
        self._emit(opcode, places[0], b, flags=flags, target=target, operator=operator or None)
        registers.owned = before & ~jump_excess
        self._meet(label)
        registers.owned = before & ~killed_on_fall
        for register in bits(fall_excess & ~killed_on_fall):
            self._drop(register)

    def _emit_detours(self) -> None:
        for start, excess, label in self._detours:
            self._place(start)
            for register in bits(excess):
                self._drop(register)
            self._jump(label)

    # --- Calls ---------------------------------------------------------------------------------

    def _call(self, node: Call, to: Destination) -> None:
        registers = self._registers
        top = registers.top
        window = self._window(to)
        function = node.function
        extra: tuple[tuple[str, Any], ...]
        callee = window
        if isinstance(function, GlobalRef):
            opcode = "CALLG"
            extra = (("g", function.name), ("w", 0), ("w", 0))
        else:
            opcode = "CALL"
            if self._can_borrow(node, to):
                assert isinstance(function, LocalRef)
                callee = registers.variables[function.variable]
            else:
                self._compile(function, window)
            mask = OWNED_MASK if callee == window else BORROWED_MASK
            extra = (("w", mask), ("w", 0), ("w", 0))
        self._arguments(node.args)
        if not self._dead:
            self._span = node.span
            registers.owned &= (1 << window) - 1
            if self._count_calls:
                self._emit("COUNT", extra=(("w", 0),))
            if isinstance(to, Tail):
                opcode = opcode.replace("CALL", "TAIL")
            self._emit(opcode, window, callee, len(node.args), extra=extra)
            registers.own(window)
            self._deliver(window, to)
        registers.top = top

    def _window(self, to: Destination) -> int:
        """The first register of a call window: the destination, if it is the topmost one."""
        registers = self._registers
        if isinstance(to, int) and to == registers.top - 1:
            registers.reserve(1)
            return to
        window = registers.top
        registers.reserve(2)
        return window

    def _can_borrow(self, node: Call, to: Destination) -> bool:
        """Whether a variable's register can lend the callee for the time of the call."""
        function = node.function
        return (
            not isinstance(to, Tail)
            and isinstance(function, LocalRef)
            and function.variable.function is self._function
            and not function.variable.assigned
            and not self._captures.boxed(function.variable)
            and id(node) in self._live.outlives_call
        )

    def _arguments(self, args: list[Node]) -> None:
        registers = self._registers
        position = 0
        while position < len(args) and not self._dead:
            home = registers.allocate()
            first = args[position]
            second = args[position + 1] if position + 1 < len(args) else first
            if second is not first and self._is_register(first) and self._is_register(second):
                registers.allocate()
                self._copy_two(home, first, second)
                position += 2
            else:
                self._compile(first, home)
                position += 1

    def _is_register(self, node: Node) -> bool:
        return (
            isinstance(node, LocalRef)
            and node.variable.function is self._function
            and not self._captures.boxed(node.variable)
        )

    def _copy_two(self, home: int, first: Node, second: Node) -> None:
        assert isinstance(first, LocalRef) and isinstance(second, LocalRef)
        registers, last = self._registers, self._live.last
        sources = [registers.variables[first.variable], registers.variables[second.variable]]
        flags = (KILL_B if id(first) in last else 0) | (KILL_C if id(second) in last else 0)
        self._emit("COPY2", home, *sources, flags=flags)
        for node, source in zip((first, second), sources, strict=True):
            if id(node) in last:
                registers.give_up(source)
        registers.own(home)
        registers.own(home + 1)

    # --- Loops, errors, literals -----------------------------------------------------------------

    def _loop(self, node: Loop, to: Destination) -> None:
        registers = self._registers
        top = registers.top
        homes = []
        for init in node.inits:
            home = registers.allocate()
            homes.append(home)
            self._compile(init, home)
        if not self._dead:
            head = Label()
            self._place(head)
            for variable, home in zip(node.variables, homes, strict=True):
                self._bind(variable, home)
            self._loops[node] = (head, homes)
            self._drop_all_but(self._live.live_in[id(node.body)])
            self._compile(node.body, to)
            registers.unbind(list(dict.fromkeys(node.variables)))
        registers.top = top

    def _again(self, node: Again, to: Destination) -> None:
        registers = self._registers
        head, homes = self._loops[node.loop]
        top = registers.top
        waiting: list[tuple[int, int]] = []
        of_variables = registers.of_variables
        for position, (arg, home) in enumerate(zip(node.args, homes, strict=True)):
            if not self._is_assigned_later(node, position) and (
                self._stays(arg, home) or self._fits_in_place(node, position)
            ):
                if not self._stays(arg, home):
                    self._compile(arg, home)
                # This is the next turn's variable now; the present one's is dead.
                registers.of_variables &= ~(1 << home)
            else:
                value = registers.allocate()
                self._compile(arg, value)
                waiting.append((home, value))
            if self._dead:
                break
        if not self._dead:
            self._span = node.span
            for home, value in waiting:
                self._emit("MOVE", home, value)
                registers.give_up(value)
                registers.own(home)
            self._meet(head)
            self._emit("LOOP", target=head)
            self._dead = True
        registers.of_variables = of_variables
        registers.top = top

    def _is_assigned_later(self, node: Again, position: int) -> bool:
        """Whether a later argument gives the present turn's variable another value."""
        variable = node.loop.variables[position]
        return variable.assigned and any(
            mentions(later, variable) for later in node.args[position + 1 :]
        )

    def _stays(self, arg: Node, home: int) -> bool:
        """Whether a loop variable keeps its value, which nobody else wants."""
        return (
            self._is_register(arg)
            and isinstance(arg, LocalRef)
            and id(arg) in self._live.last
            and self._registers.variables[arg.variable] == home
        )

    def _fits_in_place(self, node: Again, position: int) -> bool:
        """Whether the new value can be made in its register: nothing later reads the old one."""
        variable = node.loop.variables[position]
        arg = node.args[position]
        if not isinstance(arg, Operate) or self._captures.boxed(variable):
            return False
        return self._makes_in_place(variable, arg)

    def _try(self, node: Try, to: Destination) -> None:
        registers = self._registers
        top = registers.top
        start, stop, handler, end = Label(), Label(), Label(), Label()
        before = registers.owned
        kept = self._registers.of(self._live.handler_live[id(node)])
        value: Destination = registers.allocate() if isinstance(to, Tail) else to
        self._place(start)
        self._compile(node.body, value)
        self._asm.place(stop)
        if not self._dead:
            self._drop_try_leftovers(node, kept)
            if isinstance(to, Tail):
                assert isinstance(value, int)
                self._return(value)
            self._jump(end)
        registers.top = top
        caught = registers.allocate()
        keep = before & ~registers.of_variables | kept
        self._asm.handler(start, stop, handler, caught, keep)
        handler.owned = keep | 1 << caught
        self._place(handler)
        self._span = node.span
        self._bind(node.variable, caught)
        self._drop_all_but(self._live.live_in[id(node.handler)])
        self._compile(node.handler, to)
        registers.unbind([node.variable])
        self._place(end)
        registers.top = top

    def _drop_try_leftovers(self, node: Try, kept: int) -> None:
        """Behind the body, give up what only the handler would have needed."""
        needed = self._registers.of(self._live.after_try[id(node)])
        for register in bits(self._registers.owned & kept & ~needed):
            self._drop(register)

    def _throw(self, node: Throw, to: Destination) -> None:
        register = self._registers.allocate()
        self._compile(node.value, register)
        if not self._dead:
            self._span = node.span
            self._emit("THROW", register)
            self._dead = True
        self._registers.top -= 1

    def _vector(self, node: MakeVector, to: Destination) -> None:
        self._collection("VECTOR", node.items, len(node.items), node.span, to)

    def _map(self, node: MakeMap, to: Destination) -> None:
        self._collection("MAP", children(node), len(node.keys), node.span, to)

    def _collection(
        self, opcode: str, parts: list[Node], count: int, span: Span | None, to: Destination
    ) -> None:
        registers = self._registers
        top = registers.top
        first = registers.top
        for part in parts:
            home = registers.allocate()
            self._compile(part, home)
        if not self._dead:
            self._span = span
            target = to if isinstance(to, int) else registers.allocate()
            self._emit(opcode, target, first, count)
            registers.owned &= ~((1 << first + len(parts)) - (1 << first))
            registers.own(target)
            if not isinstance(to, int):
                self._deliver(target, to)
        registers.top = top


_COMPILERS: dict[type[Node], Callable[[Generator, Any, Destination], None]] = {
    Const: Generator._const,
    Folded: Generator._folded,
    LocalRef: Generator._local,
    GlobalRef: Generator._global,
    SetLocal: Generator._set_local,
    SetGlobal: Generator._set_global,
    DefineGlobal: Generator._define_global,
    If: Generator._if,
    Seq: Generator._seq,
    Let: Generator._let,
    Lambda: Generator._lambda,
    Call: Generator._call,
    Operate: Generator._operate,
    Loop: Generator._loop,
    Again: Generator._again,
    Try: Generator._try,
    Throw: Generator._throw,
    MakeVector: Generator._vector,
    MakeMap: Generator._map,
}
