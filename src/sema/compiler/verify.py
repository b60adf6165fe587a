"""Whether code that comes from a file is sound, so that the machine can trust it as blindly as
the compiler's own.

Structure alone would not do: an instruction that gives up a register too often, or reads one that
is empty, corrupts memory. Therefore the verifier follows what the generator knows: which registers
own a value, and which of those values are boxes, at every instruction. Where ways meet they agree,
so that each instruction is looked at once. The side table of live registers is a by-product.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sema.compiler.codegen import (
    BORROWED_MASK,
    FROM_SELF,
    FROM_SLOT,
    OWNED_MASK,
    ROOM_WITHOUT_ASKING,
    TAKE,
)
from sema.compiler.registers import MAX_REGISTERS
from sema.compiler.simplify import ALIASES
from sema.compiler.unit import CodeUnit, Handler
from sema.stdlib import registry
from sema.vm.opcodes import (
    BY_NAME,
    CALL_FORMS,
    FALL_KILLS_A,
    FALL_KILLS_B,
    FIRST_CALL,
    JUMP_KILLS_A,
    JUMP_KILLS_B,
    KILL_A,
    KILL_B,
    KILL_C,
    OPCODES,
    SITE_WORDS,
    STUB_ROOM,
    Opcode,
    size_of,
)

MAX_NESTING = 2000
"""How deep functions may lie in each other: linking them is recursive."""

_N_CALLS = CALL_FORMS["_VM"]
_RUN_TIME_ONLY = {"COUNT", "STUB", "BACK", "HALT"}
# Between giving up a variable's old value and moving the new one in, its register is empty.
_NEVER_FAILS = {"MOVE", "COPY", "DROP"}
_NEVER_GOES_ON = {"JUMP", "LOOP", "RETURN", "THROW"}
_ALWAYS_TAKES = {
    "MOVE": KILL_B,
    "DROP": KILL_A,
    "BOX": KILL_B,
    "SETBOX": KILL_B,
    "SETUPBOX": KILL_B,
    "RETURN": KILL_A,
}
_MAY_KILL = {
    "COPY2": KILL_B | KILL_C,
    "SETGLOBAL": KILL_A,
    "DEFGLOBAL": KILL_A,
    "UNBOX": KILL_B,
    "SETBOX": KILL_A,
}

State = tuple[int, int]
"""The masks of the registers that own a value, and of those whose value is a box."""


class Unsound(Exception):
    """The code would not do what the machine expects; the text says where and why."""


def verify(unit: CodeUnit) -> None:
    """Check the code of a unit's top level and of all functions inside it.

    Fills in ``live`` of each. Raises :class:`Unsound`.
    """
    if unit.n_params or unit.has_rest:
        raise Unsound("the top level has parameters")
    pending: list[tuple[CodeUnit, list[bool], int]] = [(unit, [], 0)]
    while pending:
        function, slots, depth = pending.pop()
        if depth > MAX_NESTING:
            raise Unsound("functions are nested too deeply")
        checker = _Checker(function, slots)
        checker.run()
        pending.extend((inner, boxed, depth + 1) for inner, boxed in checker.closures)


def instructions(words: Sequence[int]) -> Iterator[tuple[int, Opcode]]:
    """The offsets and opcodes of the instructions. Raises :class:`Unsound`."""
    at, end = 0, len(words)
    while at < end:
        word = words[at]
        rule = _RULES.get(word & 0xFF)
        if rule is None:
            raise Unsound(f"no instruction at word {at}")
        yield at, rule[0]
        at += size_of(rule[0], word)
    if at != end or not at:
        raise Unsound("the last instruction is cut off")


class _Checker:
    """Checks one function; ``slots`` says of each captured variable whether it is a box."""

    def __init__(self, unit: CodeUnit, slots: list[bool]) -> None:
        self.unit = unit
        self.slots = slots
        self.limit = unit.n_registers - STUB_ROOM
        self.closures: list[tuple[CodeUnit, list[bool]]] = []
        self.at = 0
        self.owned = 0
        self.boxes = 0
        self.states: dict[int, State] = {}
        self.waiting: list[int] = []
        self.jumps: list[tuple[int, int]] = []
        self.following: dict[int, int] = {}
        self.inner = dict(unit.functions)

    def run(self) -> None:
        unit, words = self.unit, self.unit.words
        params = unit.n_params + unit.has_rest
        self.require(0 <= params <= self.limit <= MAX_REGISTERS, "the registers are too few")
        offsets = [at for at, _ in instructions(words)]
        self.require(
            unit.n_registers <= ROOM_WITHOUT_ASKING or words[0] & 0xFF == _ENTER, "no room is made"
        )
        self.following = dict(zip(offsets, [*offsets[1:], len(words)], strict=True))
        self._check_tables()
        live: dict[int, int] = {}
        self.states[0] = ((1 << params) - 1, 0)
        self.waiting.append(0)
        while self.waiting:
            self._follow(self.waiting.pop(), live)
        self.require(len(live) == len(offsets), "some instructions cannot be reached")
        if any(target <= source for source, target in self.jumps):
            self._check_progress()
        unit.live = []
        before = -1
        for at in offsets:
            if live[at] != before:
                before = live[at]
                unit.live.append((at, before))

    def _follow(self, at: int, live: dict[int, int]) -> None:
        """Check instructions from one on until the way ends or meets one that was looked at."""
        words, states, handlers = self.unit.words, self.states, self.unit.handlers
        self.owned, self.boxes = states[at]
        while at not in live:
            self.at = at
            self.require(at in self.following, "a way leads into the middle of an instruction")
            word = words[at]
            op, check = _RULES[word & 0xFF]
            # What is in a call's window when it fails is the callee's business.
            below = 1 << (word >> 16 & 0xFFFF) if check is _Checker.call else 0
            live[at] = self.owned & (below - 1)
            if handlers:
                self._reach_handlers(live[at], op.name not in _NEVER_FAILS)
            at = self.next = self.following[at]
            check(self, op, word)
            if op.name in _NEVER_GOES_ON:
                return
            state = self.owned, self.boxes
            self.require(
                states.setdefault(at, state) == state, "ways meet that own different registers"
            )

    def _check_progress(self) -> None:
        """Every way in a circle must have a LOOP, which can be interrupted."""
        from graphlib import CycleError, TopologicalSorter

        words = self.unit.words
        ends = {at for at in self.following if OPCODES[words[at] & 0xFF].name in _NEVER_GOES_ON}
        # Straight code leads to the next instruction that jumps or ends it.
        stops = sorted(ends | {source for source, _ in self.jumps})
        ways: dict[int, list[int]] = {}
        for at in stops:
            ways[at] = [] if at in ends else [stops[bisect_left(stops, self.following[at])]]
        for source, target in self.jumps:
            ways[source].append(stops[bisect_left(stops, target)])
        try:
            TopologicalSorter(ways).prepare()
        except CycleError:
            self.require(False, "jumps lead in a circle")

    def require(self, condition: bool, what: str) -> None:
        """Raise Unsound unless the condition holds."""
        if not condition:
            raise Unsound(f"{self.unit.name or '<lambda>'}, word {self.at}: {what}")

    # --- States ----------------------------------------------------------------------------------

    def arrive(self, target: int, owned: int, boxes: int) -> None:
        """A jump leads to ``target``."""
        known = self.states.get(target)
        if known is None:
            self.states[target] = (owned, boxes)
            self.waiting.append(target)
        else:
            self.require(known == (owned, boxes), "ways meet that own different registers")
        self.jumps.append((self.at, target))

    def _reach_handlers(self, live: int, may_fail: bool) -> None:
        at, found = self.at, False
        for handler in self.unit.handlers:
            covers = handler.start <= at < handler.end
            if (covers and not found and may_fail) or at == handler.start:
                self.require(not handler.keep & ~live, "a handler keeps what is not there")
                self.arrive(
                    handler.target, handler.keep | 1 << handler.register, self.boxes & handler.keep
                )
            found = found or covers

    def read(self, register: int) -> int:
        """The bit of a register that must own a value."""
        bit = 1 << register
        self.require(bool(self.owned & bit), f"register {register} is empty")
        return bit

    def fill(self, register: int) -> None:
        """A register that must be empty gets a value."""
        bit = 1 << register
        self.require(register < self.limit, f"there is no register {register}")
        self.require(not self.owned & bit, f"register {register} is not empty")
        self.owned |= bit
        self.boxes &= ~bit

    def give_up(self, mask: int) -> None:
        """Registers become empty."""
        self.owned &= ~mask
        self.boxes &= ~mask

    def take(self, first: int, count: int) -> None:
        """Registers in a row, all with a value, become empty."""
        mask = (1 << first + count) - (1 << first)
        self.require(self.owned & mask == mask, "an argument is missing")
        self.give_up(mask)

    def slot(self, number: int) -> bool:
        """Whether the captured variable is a box."""
        self.require(number < len(self.slots), f"there is no captured variable {number}")
        return self.slots[number]

    # --- Side tables -----------------------------------------------------------------------------

    def _check_tables(self) -> None:
        unit, end = self.unit, len(self.unit.words)
        last = -1
        for offset, _ in unit.positions:
            self.require(last < offset < end, "the positions are not in order")
            last = offset
        for handler in unit.handlers:
            self._check_handler(handler, end)
        for offset, names, folded in unit.operators:
            self.require(offset in self.following, "an operator is nowhere")
            self._check_operator(unit.words[offset], names.split(), folded)

    def _check_handler(self, handler: Handler, end: int) -> None:
        self.require(
            handler.start <= handler.end <= handler.target < end
            and handler.start < handler.target
            and handler.register < self.limit
            and not handler.keep >> handler.register & 1,
            "an exception handler is malformed",
        )

    def _check_operator(self, word: int, names: list[str], folded: list[Any] | None) -> None:
        self.require(bool(names), "an operator has no name")
        op = OPCODES[word & 0xFF]
        name = ALIASES.get(names[-1], names[-1])
        if folded is not None:
            good = op.name == "CONST" and len(folded) <= STUB_ROOM - 2 and len(names) == 1
            good = good and registry.find(name) is not None
        elif op.name in ("JF", "JT"):
            good = all(name == "not" for name in names)
        else:
            negations = names[:-1]
            good = name == op.operator and all(name == "not" for name in negations)
            good = good and (op.is_test or not negations)
        self.require(good, "an operator is not what its name says")

    # --- Rules -----------------------------------------------------------------------------------

    def plain(self, op: Opcode, word: int) -> None:
        """What the operands' letters say is all there is to know."""
        takes, may_kill, reads, writes = _EFFECTS[op.code]
        flags = word >> 8 & 0xFF
        self.require(not flags & ~may_kill, "an impossible flag")
        dying = flags | takes
        gone = 0
        for shift, flag in reads:
            bit = self.read(word >> shift & 0xFFFF)
            if dying & flag:
                self.require(not gone & bit, "a register is given up twice")
                gone |= bit
        if gone:
            self.give_up(gone)
        if writes:
            self.fill(word >> 16 & 0xFFFF)

    def copy2(self, op: Opcode, word: int) -> None:
        self.plain(op, word)
        self.fill((word >> 16 & 0xFFFF) + 1)

    def upvalue(self, op: Opcode, word: int) -> None:
        self.require(not self.slot(word >> 32 & 0xFFFF), "a box is used as a value")
        self.plain(op, word)

    def box(self, op: Opcode, word: int) -> None:
        self.plain(op, word)
        self.boxes |= 1 << (word >> 16 & 0xFFFF)

    def unbox(self, op: Opcode, word: int) -> None:
        self.require(bool(self.boxes >> (word >> 32 & 0xFFFF) & 1), "a value is used as a box")
        self.plain(op, word)

    def setbox(self, op: Opcode, word: int) -> None:
        box, value = word >> 16 & 0xFFFF, word >> 32 & 0xFFFF
        self.require(bool(self.boxes >> box & 1), "a value is used as a box")
        self.require(box != value, "a box is put into itself")
        self.plain(op, word)

    def upbox(self, op: Opcode, word: int) -> None:
        self.require(self.slot(word >> 32 & 0xFFFF), "a value is used as a box")
        self.plain(op, word)

    def setupbox(self, op: Opcode, word: int) -> None:
        self.require(self.slot(word >> 16 & 0xFFFF), "a value is used as a box")
        self.plain(op, word)

    def closure(self, op: Opcode, word: int) -> None:
        captured = []
        first = self.at + 2
        for capture in self.unit.words[first : self.next]:
            how, place = capture & 0xFF, capture >> 8
            if how == FROM_SELF:
                captured.append(False)
            elif how == FROM_SLOT:
                captured.append(self.slot(place))
            else:
                self.require(how <= TAKE and place < self.limit, "an impossible capture")
                bit = self.read(place)
                captured.append(bool(self.boxes & bit))
                if how == TAKE:
                    self.give_up(bit)
        self.closures.append((self.inner[first - 1], captured))
        self.plain(op, word)

    def vector(self, op: Opcode, word: int) -> None:
        self.take(word >> 32 & 0xFFFF, word >> 48)
        self.plain(op, word)

    def map(self, op: Opcode, word: int) -> None:
        self.take(word >> 32 & 0xFFFF, 2 * (word >> 48))
        self.plain(op, word)

    def call(self, op: Opcode, word: int) -> None:
        window, callee, count = word >> 16 & 0xFFFF, word >> 32 & 0xFFFF, word >> 48
        is_tail, is_global = op.name.startswith("TAIL"), op.names_global
        mask, guard, entry = self.unit.words[self.next - SITE_WORDS : self.next]
        self.require(not (guard or entry or word >> 8 & 0xFF), "a call site is not new")
        self.take(window + 2, count)
        if is_global:
            self.require(not mask, "a call site is not new")
        elif callee == window:
            self.require(mask == OWNED_MASK, "a callee is owned by nobody")
            self.give_up(self.read(callee))
        else:
            self.require(not is_tail and mask == BORROWED_MASK, "a callee is owned twice")
            self.require(callee < window, "a callee is out of reach")
            self.read(callee)
        self.require(not self.owned >> window, "a call's window is not free")
        self.require(not (is_tail and self.owned), "a tail call leaves something behind")
        self.require(window + 2 + count <= self.limit, "a call's window is too large")
        self.fill(window)

    def test(self, op: Opcode, word: int) -> None:
        flags = word >> 8 & 0xFF
        on_jump = on_fall = 0
        allowed = 0
        for letter, register, jump, fall in (
            (op.operands[0], word >> 16 & 0xFFFF, JUMP_KILLS_A, FALL_KILLS_A),
            (op.operands[1], word >> 32 & 0xFFFF, JUMP_KILLS_B, FALL_KILLS_B),
        ):
            if letter != "t":
                continue
            allowed |= jump | fall
            bit = self.read(register)
            self.require(
                not (flags & jump and on_jump & bit) and not (flags & fall and on_fall & bit),
                "a register is given up twice",
            )
            on_jump |= bit if flags & jump else 0
            on_fall |= bit if flags & fall else 0
        self.require(not flags & ~allowed, "an impossible flag")
        distance = (word >> 48 ^ 0x8000) - 0x8000
        self.arrive(self.next + distance, self.owned & ~on_jump, self.boxes & ~on_jump)
        self.give_up(on_fall)

    def jump(self, op: Opcode, word: int) -> None:
        self.arrive(self.next + _wide(word), self.owned, self.boxes)

    def loop(self, op: Opcode, word: int) -> None:
        known = self.states.get(self.next + _wide(word))
        self.require(known == (self.owned, self.boxes), "a loop does not fit its beginning")

    def leave(self, op: Opcode, word: int) -> None:
        self.plain(op, word)
        if op.name == "RETURN":
            self.require(not self.owned, "a function leaves something behind")

    def enter(self, op: Opcode, word: int) -> None:
        self.require(self.at == 0 and _wide(word) >= self.unit.n_registers, "not enough room")


def _wide(word: int) -> int:
    return (word >> 32 ^ 0x80000000) - 0x80000000


_SPECIAL: dict[str, Callable[[_Checker, Opcode, int], None]] = {
    "COPY2": _Checker.copy2,
    "UPVALUE": _Checker.upvalue,
    "BOX": _Checker.box,
    "UNBOX": _Checker.unbox,
    "SETBOX": _Checker.setbox,
    "UPBOX": _Checker.upbox,
    "SETUPBOX": _Checker.setupbox,
    "CLOSURE": _Checker.closure,
    "VECTOR": _Checker.vector,
    "MAP": _Checker.map,
    "JUMP": _Checker.jump,
    "LOOP": _Checker.loop,
    "RETURN": _Checker.leave,
    "THROW": _Checker.leave,
    "ENTER": _Checker.enter,
}
_ENTER = BY_NAME["ENTER"].code


def _rules() -> dict[int, tuple[Opcode, Callable[[_Checker, Opcode, int], None]]]:
    """Of each instruction that a file may contain: the rule."""
    rules = {}
    for op in OPCODES[: FIRST_CALL + _N_CALLS]:
        if op.name not in _RUN_TIME_ONLY:
            default = _Checker.test if op.is_test else _Checker.plain
            check = _Checker.call if op.words == "s" else _SPECIAL.get(op.name, default)
            rules[op.code] = (op, check)
    return rules


def _effects(op: Opcode) -> tuple[int, int, list[tuple[int, int]], bool]:
    """Which operands always die, which may; shift and flag of those read; if one is written."""
    reads = [(16 + 16 * i, 1 << i) for i, letter in enumerate(op.operands) if letter == "r"]
    may_kill = _MAY_KILL.get(op.name, 0)
    if op.operator:
        may_kill = sum(flag for _, flag in reads)
    return _ALWAYS_TAKES.get(op.name, 0), may_kill, reads, op.operands[0] == "w"


_RULES = _rules()
_EFFECTS = [_effects(op) for op in OPCODES]
