"""The door of a group: how the interpreter enters machine code."""

from __future__ import annotations

from llvmlite import ir

from sema.jit.kinds import ANY, FLOAT, INSTANCES, INT, PLAIN, Function
from sema.jit.values import (
    ABSENT,
    FIRST_TAG,
    I1,
    I64,
    INT_TAG,
    PAYLOAD,
    POINTER,
    Value,
    box,
    unbox,
    word,
)
from sema.vm import native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sema.jit.group import Group, Version
    from sema.jit.kinds import Kind


def write_wrapper(group: Group, root: Version) -> None:
    """Write ``run(window, budget)``: check the registers' kinds, call the version, box its value.

    If a register is not of its kind it leaves at once, to where it came from.
    """
    function = ir.Function(group.module, ir.FunctionType(I64, [POINTER, I64]), "run")
    b = ir.IRBuilder(function.append_basic_block("entry"))
    if group.locations is not None:
        group.locations.declare(function)
        b.debug_metadata = group.locations.at(function, root.start)
    window, budget = function.args
    entered = group.links.pointer(group.entered.buffer_info()[0])
    b.store(b.add(b.load(entered), word(1)), entered)
    values = []
    for register, kind in root.entry:
        raw = b.load(b.gep(window, [word(register)]))
        holds = _is_of_kind(group, b, kind, raw)
        if holds is not None:
            here = b.debug_metadata
            if group.locations is not None:
                b.debug_metadata = group.locations.at(function, root.start, len(group.exits))
            good = function.append_basic_block()
            bad = function.append_basic_block()
            b.cbranch(holds, good, bad).set_weights([10_000, 1])
            b.position_at_end(bad)
            if group.locations is not None:
                b.debug_metadata = group.locations.at(
                    function, root.start, len(group.exits), leaves=True
                )
            _leave(group, b, root, register, window, budget)
            b.position_at_end(good)
            b.debug_metadata = here
        values.append(unbox(b, kind, raw).ir)
    closure = b.and_(b.load(b.gep(window, [ir.Constant(I64, -2)])), word(PAYLOAD))
    result = b.call(root.function, [window, budget, closure, *values], cconv="tailcc")
    value = b.extract_value(result, 0)
    left_it = b.trunc(value, I1) if root.returns_int else b.icmp_unsigned("==", value, word(ABSENT))
    left = function.append_basic_block()
    done = function.append_basic_block()
    b.cbranch(left_it, left, done).set_weights([1, 10_000])
    b.position_at_end(left)
    b.ret(word(ABSENT))
    b.position_at_end(done)
    b.store(b.extract_value(result, 1), group.field_address("budget"))
    b.ret(box(b, Value(INT, value)) if root.returns_int else value)


def _is_of_kind(group: Group, b: Any, kind: Kind, raw: Any) -> Any:
    """The test of a word's kind; None if everything passes."""
    if kind == INT:
        return b.icmp_unsigned(">=", raw, word(INT_TAG))
    if kind == FLOAT:
        return b.icmp_unsigned("<", raw, word(FIRST_TAG))
    if kind == PLAIN:
        return b.icmp_unsigned("!=", b.lshr(raw, word(48)), word(0xFFFE))
    if isinstance(kind, str) and kind in INSTANCES:
        return b.call(group.helper(f"is {INSTANCES[kind]}"), [raw])
    if isinstance(kind, Function):
        group.keep(kind.code)
        code = group.links.word(native.address_of(kind.code))
        return b.call(group.helper("has code"), [raw, code])
    assert kind == ANY
    return None


def _leave(group: Group, b: Any, root: Version, register: int, window: Any, budget: Any) -> None:
    number = group.exit(root, root.start, "entry", register)
    at = group.links.word(native.words_of(root.code), 8 * root.start)
    counter = group.links.word(group.counters_address, 8 * number)
    arguments = [group.machine, window, budget, at, counter, word(0)]
    b.call(group.c_function("leave"), arguments)
    b.ret(word(ABSENT))
