"""Calls in machine code: of functions in the same group, of builtins, and in tail position."""

from __future__ import annotations

from sema.jit.arithmetic import Arithmetic
from sema.jit.kinds import ANY, INT, PLAIN, Function, Native
from sema.jit.values import (
    ABSENT,
    EMPTY,
    I1,
    I64,
    PAYLOAD,
    REF_TAG,
    Value,
    convert,
    unbox,
    word,
)
from sema.vm import native
from sema.vm.opcodes import SITE_WORDS
from sema.vm.values import Builtin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sema.jit.bytecode import Instruction
    from sema.jit.group import Version
    from sema.jit.kinds import Kind
    from sema.vm.code import Code
    from sema.vm.values import Keyword


class Callee:
    """What a call calls: its kind; its word; whether the call owns it."""

    def __init__(self, kind: Function | Native, raw: Any, owned: bool) -> None:
        self.kind = kind
        self.raw = raw
        self.owned = owned


class Calls(Arithmetic):
    """The walk's calls."""

    def do_CALL(self, i: Instruction) -> None:
        if self.cautious:
            self.after_call(i)
            self.regs[i.a] = Value(ANY, None)
            return
        lambdas = self.lambdas(i)
        if lambdas:
            self.call_one_of(i, lambdas)
            return
        callee = self.callee(i)
        if callee is None:
            return
        if isinstance(callee.kind, Native):
            self.call_native(i, callee, callee.kind.function)
            return
        version = self.version_called(i, callee.kind)
        if version is None:
            self.leave_here(i, "no machine code")
        elif i.name.startswith("TAIL"):
            self.call_in_tail(i, callee, version)
        else:
            self.call_version(i, callee, version)

    do_CALLG = do_TAIL = do_TAILG = do_CALL

    # --- What is called --------------------------------------------------------------------------

    def callee(self, i: Instruction) -> Callee | None:
        """What the site calls, guarded; None if machine code ends here."""
        if i.name.endswith("G"):
            return self.global_callee(i)
        register = i.b if i.name == "CALL" else i.a
        owned = i.name == "TAIL" or native.raw_word(self.code, i.offset + 1) >> 48 != 0
        value = self.about_to_take(register) if owned else self.regs[register]
        kind = value.kind
        if isinstance(kind, str):
            learnt = self.learnt_callee(i, register, value)
            if learnt is None:
                return None
            kind = learnt
        if not self.accepted(i, kind):
            return None
        return Callee(kind, value.ir, owned)

    def global_callee(self, i: Instruction) -> Callee | None:
        cell = native.raw_word(self.code, i.offset + 1)
        known = native.raw_at(cell)
        kind = self.kind_of_word(known)
        if not isinstance(kind, (Function, Native)):
            self.leave_here(i, "callee")
            return None
        if not self.accepted(i, kind):
            return None
        self.group.keep(native.object_of(known))
        found = self.b.load(self.cell_address(cell))
        known_word = self.links.word(known)
        self.guard(self.b.icmp_unsigned("==", found, known_word), i, "redefined")
        return Callee(kind, known_word, owned=False)

    def learnt_callee(
        self, i: Instruction, register: int, value: Value
    ) -> Function | Native | None:
        """The callee in a register of which nothing is known but what the site remembers."""
        kind: Kind | None = self.feedback.get(("callee", i.offset)) or self.group.remembered(
            self.code, i
        )
        if value.kind != ANY or kind is None or isinstance(kind, str):
            self.leave_here(i, "unknown callee")
            return None
        if isinstance(kind, Native) or kind.closure is not None:
            target = kind.function if isinstance(kind, Native) else kind.closure
            expected = self.links.word(native.address_of(target) | REF_TAG)
            self.guard(self.b.icmp_unsigned("==", value.ir, expected), i, "callee", register)
            self.group.keep(target)
        else:
            self.guard(
                self.call_own("has code", value.ir, self.links.word(native.address_of(kind.code))),
                i, "callee", register,
            )  # fmt: skip
            self.group.keep(kind.code)
        self.regs[register] = value.known_as(kind)
        return kind

    def accepted(self, i: Instruction, kind: Function | Native) -> bool:
        """Whether the callee takes the arguments; if not, the interpreter says what is wrong."""
        if isinstance(kind, Native):
            good = native.takes(kind.function, i.c)
        else:
            code = kind.code
            good = i.c == code.n_params or (code.has_rest and i.c > code.n_params)
        if not good:
            self.leave_here(i, "arity")
        return good

    def version_called(self, i: Instruction, kind: Function) -> Version | None:
        """The version of a function for the arguments in the call window."""
        code = kind.code
        first = i.a + 2
        kinds = [self.regs[first + k].kind for k in range(code.n_params)]
        if code.has_rest:
            kinds.append(PLAIN if i.c == code.n_params else ANY)
        owns = i.name == "TAIL" and kind.closure is None
        return self.group.version(code, 0, tuple(enumerate(kinds)), kind.closure, owns)

    # --- Polymorphic sites -----------------------------------------------------------------------

    def lambdas(self, i: Instruction) -> list[Function]:
        """The lambdas that a polymorphic site has called, if nothing better is known."""
        if i.name != "CALL" or i.form != "_POLY" or self.regs[i.b].kind != ANY:
            return []
        if self.feedback.get(("callee", i.offset)) == "general":
            return []
        found = [Function(code) for code in self.code.known_at(i.offset)]
        return [kind for kind in found if kind.code.n_params == i.c and not kind.code.has_rest]

    def call_one_of(self, i: Instruction, lambdas: list[Function]) -> None:
        """Call whichever it is; the ways meet behind the call."""
        owned = native.raw_word(self.code, i.offset + 1) >> 48 != 0
        x = self.about_to_take(i.b) if owned else self.regs[i.b]
        budget = self.budget
        for kind in lambdas:
            self.group.keep(kind.code)
            both = self.both_ways(
                self.call_own("has code", x.ir, self.links.word(native.address_of(kind.code)))
            )
            self.take_way(both, True)
            self._ended = False
            self.regs[i.b] = x.known_as(kind)
            version = self.version_called(i, kind)
            if version is None:
                self.leave_here(i, "no machine code")
            else:
                self.call_version(i, Callee(kind, x.ir, owned), version)
                if not self._ended:
                    self.go(i.next)
            self.take_way(both, False)
            self.budget = budget
        self.leave_here(i, "unknown callee")

    # --- Calling ---------------------------------------------------------------------------------

    def arguments(self, i: Instruction, version: Version) -> list[Any]:
        """The call window's values as the version wants them."""
        return [
            convert(self.b, value, kind).ir
            for value, (_, kind) in zip(
                self.window_values(i, version.code), version.entry, strict=True
            )
        ]

    def window_values(self, i: Instruction, code: Code) -> list[Value]:
        """A function's parameters, from the call window; a rest parameter's list is made."""
        first = i.a + 2
        values = [self.about_to_take(first + k) for k in range(code.n_params)]
        if code.has_rest:
            values.append(self.rest(i, code.n_params))
        return values

    def rest(self, i: Instruction, n_params: int) -> Value:
        if i.c == n_params:
            return Value(PLAIN, word(EMPTY))
        first = i.a + 2
        for register in range(first + n_params, first + i.c):
            self.hand_over(register)
        failed = self.call("gather_rest", self.register_address(first), word(n_params), word(i.c))
        self.check(self.b.icmp_signed(">=", failed, self.i32(0)), i)
        return Value(ANY, self.b.load(self.register_address(first + n_params)))

    def spend(self, i: Instruction, new: Any) -> Any:
        """One call's worth of the budget; leaves where it is spent or a stack is at its limit."""
        left = self.b.sub(self.budget, word(1))
        if new is None:
            good = self.b.icmp_signed(">=", left, word(0))
        else:
            room = self.b.sub(self.get_field("limit"), self.b.ptrtoint(new, I64))
            good = self.b.icmp_signed(">=", self.b.or_(left, room), word(0))
            mark = self.b.ptrtoint(self._stack_mark, I64) if self.writing else None
            deep = self.b.icmp_unsigned(">=", mark, self.get_field("exit.c_limit"))
            good = self.b.and_(good, deep)
        self.guard(good, i, "tick")
        return left

    def function_arguments(
        self, window: Any, budget: Any, callee: Callee, version: Version, values: list[Any]
    ) -> list[Any]:
        closure = [] if version.closure is not None else [
            self.b.and_(callee.raw, word(PAYLOAD))]  # fmt: skip
        return [window, budget, *closure, *values]

    def after_call(self, i: Instruction) -> None:
        """Of the call window only the result is left."""
        for register in [r for r in self.regs if r >= i.a]:
            del self.regs[register]

    def call_version(self, i: Instruction, callee: Callee, version: Version) -> None:
        new = self.register_address(i.a + 2)
        left = self.spend(i, new)
        values = self.arguments(i, version)
        self.after_call(i)
        if not self.writing:
            if version.ret is None:
                self._ended = True
            else:
                self.regs[i.a] = Value(version.ret, None)
            return
        b = self.b
        result = b.call(
            version.function,
            self.function_arguments(new, left, callee, version, values),
            cconv="tailcc",
        )
        value = b.extract_value(result, 0)
        self.budget = b.extract_value(result, 1)
        if version.returns_int:
            left_it = b.trunc(value, I1)
        else:
            left_it = b.icmp_unsigned("==", value, word(ABSENT))
        go_on, out = self.new_block(), self.new_block()
        b.cbranch(left_it, out, go_on).set_weights([1, 10_000])
        b.position_at_end(out)
        self.follow(i, callee)
        b.position_at_end(go_on)
        if version.returns_int:
            self.regs[i.a] = Value(INT, value)
        else:
            assert version.ret is not None
            self.regs[i.a] = unbox(b, version.ret, value)
        if callee.owned:
            self.release(Value(callee.kind, callee.raw))

    def follow(self, i: Instruction, callee: Callee) -> None:
        """The callee has left: leave too, behind the call."""
        behind = self.place(i.offset + 1 + SITE_WORDS)
        self.write_frame()
        owned = callee.raw if callee.owned else word(0)
        self.call("follow", self.group.machine, self.register_address(i.a), behind, owned)
        self.return_left()

    def call_in_tail(self, i: Instruction, callee: Callee, version: Version) -> None:
        if version is self.version and version.start == 0 and not version.owns:
            self.call_itself(i, version)
            return
        left = self.spend(i, None)
        values = self.arguments(i, version)
        self._ended = True
        if not self.writing:
            if version.ret is not None:
                self.version.note_return(version.ret)
            self.version.note_tail_call(version)
            return
        if callee.owned and not version.owns:
            # The group keeps a closure that is known.
            self.release(Value(callee.kind, callee.raw))
        self.end_of_closure()
        result = self.b.call(
            version.function,
            self.function_arguments(self.window, left, callee, version, values),
            cconv="tailcc",
            tail="musttail",
        )
        self.b.ret(result)

    def call_itself(self, i: Instruction, version: Version) -> None:
        """A tail call of this very version is a jump to its beginning."""
        left = self.spend(i, None)
        values = self.window_values(i, self.code)
        self.budget = left
        self.regs = dict(enumerate(values))
        self.go(0)

    # --- Builtins --------------------------------------------------------------------------------

    def call_native(self, i: Instruction, callee: Callee, function: Builtin | Keyword) -> None:
        in_place = i.name != "TAIL" and isinstance(function, Builtin)
        if in_place and self.inlined(i, function.name):
            if callee.owned:
                self.release(Value(callee.kind, callee.raw))
            return
        simple = native.is_simple(function)
        if not simple:
            self.stand_still(i)
        first = i.a + 2
        for register in range(first, first + i.c):
            self.hand_over(register)
        raw = callee.raw if callee.owned else self.b.and_(callee.raw, word(PAYLOAD))
        self.b.store(raw, self.register_address(i.a))
        result = self.call(
            "call_builtin",
            self.group.machine,
            self.links.word(native.native_entry_of(function)),
            self.register_address(first),
            word(i.c),
        )
        self.after_call(i)
        if not simple:
            self.budget = self.get_field("budget")
        self.check(self.b.icmp_unsigned("!=", result, word(ABSENT)), i)
        self.regs[i.a] = Value(ANY, result)
        if not simple:
            alive = self.b.load(self.links.pointer(self.group.alive_address))
            behind = self.instructions[i.next]
            self.guard(self.b.icmp_signed("!=", alive, word(0)), behind, "invalidated")

    def inlined(self, i: Instruction, name: str) -> bool:
        """Compute a call of a builtin in place, if that can be done; see ``inline.py``."""
        raise NotImplementedError

    def stand_still(self, i: Instruction) -> None:
        """Before a builtin that may run Sema code, or wait, the machine must find nothing but
        ordinary frames: this one is, if it is the one through which machine code was entered."""
        base = self.get_field("exit.base")
        here = self.b.ptrtoint(self.window, I64)
        self.guard(self.b.icmp_unsigned("==", base, here), i, "outside call")
        self.b.store(self.closure_payload(), self.register_address(-2))
        self.set_field("registers", here)
        self.set_field("at", self.place(i.offset))
        self.set_field("budget", self.budget)
