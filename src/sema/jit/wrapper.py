"""The door of a group: how the interpreter enters machine code."""

from __future__ import annotations

from llvmlite import ir

from sema.jit import CLOSURE
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

    If a register is not of its kind, a version that takes more kinds is tried, if there is one;
    otherwise it leaves at once, to where it came from.
    """
    function = ir.Function(group.module, ir.FunctionType(I64, [POINTER, I64]), "run")
    b = ir.IRBuilder(function.append_basic_block("entry"))
    if group.locations is not None:
        group.locations.declare(function)
        b.debug_metadata = group.locations.at(function, root.start)
    entered = group.links.pointer(group.entered.buffer_info()[0])
    b.store(b.add(b.load(entered), word(1)), entered)
    wider = _wider(group, root)
    if wider is None:
        _enter(group, b, root, None)
        return
    otherwise = function.append_basic_block("wider")
    _enter(group, b, root, otherwise)
    b.position_at_end(otherwise)
    _enter(group, b, wider, None)


def _wider(group: Group, root: Version) -> Version | None:
    """The version that takes all that the root takes, and most else."""
    found = [
        version for version in group.versions
        if version is not root and version.code is root.code
        and version.closure in (None, root.closure)
        and version.start == root.start and all(
            more in (ANY, kind)
            for (_, more), (_, kind) in zip(version.entry, root.entry, strict=True))
    ]  # fmt: skip
    return max(found, key=lambda v: [kind for _, kind in v.entry].count(ANY), default=None)


def _enter(group: Group, b: Any, version: Version, otherwise: Any) -> None:
    """Call a version with the registers of the window if they are of its kinds; if not, go on at
    the block ``otherwise``, or leave."""
    window, budget = b.function.args
    closure = b.and_(b.load(b.gep(window, [word(CLOSURE)])), word(PAYLOAD))
    arguments = [window, budget]
    if version.closure is None:
        arguments.append(closure)
    else:
        known = group.links.word(native.address_of(version.closure))
        _test(group, b, version, CLOSURE, b.icmp_unsigned("==", closure, known), otherwise)
    for register, kind in version.entry:
        raw = b.load(b.gep(window, [word(register)]))
        holds = _is_of_kind(group, b, kind, raw)
        if holds is not None:
            _test(group, b, version, register, holds, otherwise)
        arguments.append(unbox(b, kind, raw).ir)
    result = b.call(version.function, arguments, cconv="tailcc")
    value = b.extract_value(result, 0)
    by_int = version.returns_int
    left_it = b.trunc(value, I1) if by_int else b.icmp_unsigned("==", value, word(ABSENT))
    left = b.function.append_basic_block()
    done = b.function.append_basic_block()
    b.cbranch(left_it, left, done).set_weights([1, 10_000])
    b.position_at_end(left)
    b.ret(word(ABSENT))
    b.position_at_end(done)
    b.store(b.extract_value(result, 1), group.field_address("budget"))
    b.ret(box(b, Value(INT, value)) if by_int else value)


def _test(
    group: Group, b: Any, version: Version, register: int, holds: Any, otherwise: Any
) -> None:
    """Go on if a register is what it should be."""
    function = b.function
    here = b.debug_metadata
    if group.locations is not None:
        b.debug_metadata = group.locations.at(function, version.start, len(group.exits))
    good = function.append_basic_block()
    bad = otherwise or function.append_basic_block()
    b.cbranch(holds, good, bad).set_weights([10_000, 1])
    if otherwise is None:
        b.position_at_end(bad)
        _leave(group, b, version, register)
    b.position_at_end(good)
    b.debug_metadata = here


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


def _leave(group: Group, b: Any, version: Version, register: int) -> None:
    function = b.function
    window, budget = function.args
    number = group.exit(version, version.start, "entry", register)
    if group.locations is not None:
        b.debug_metadata = group.locations.at(function, version.start, number, leaves=True)
    at = group.links.word(native.words_of(version.code), 8 * version.start)
    counter = group.links.word(group.counters_address, 8 * number)
    arguments = [group.machine, window, budget, at, counter, word(0)]
    b.call(group.c_function("leave"), arguments)
    b.ret(word(ABSENT))
