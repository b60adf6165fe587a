"""Destructuring: patterns become steps that each take one thing out of a value."""

from __future__ import annotations

from sema.errors import Span
from sema.expander import primitives
from sema.expander.core import Const, If, Let, Node, Seq, Variable
from sema.expander.expand import call_global
from sema.expander.forms import Form, Parts, is_sequence, malformed, wrong_kind
from sema.vm.maps import Map
from sema.vm.values import Symbol, Vector, intern_keyword, intern_symbol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from sema.expander.expand import Expander

Step: TypeAlias = "tuple[Symbol | Variable | None, Node]"
"""What becomes of a value: a name of the pattern, a hidden variable, or nothing but a check."""

REST = intern_symbol("&")
IGNORED = intern_symbol("_")
KEYS = intern_keyword("keys")
WHOLE = intern_keyword("as")
DEFAULTS = intern_keyword("or")


def is_pattern(form: Form) -> bool:
    """Whether the form is a destructuring pattern and no plain name."""
    return type(form) is Vector or type(form) is Map


def pattern_names(pattern: Form) -> list[Symbol]:
    """The names that a pattern binds, in order; nothing is said about malformed ones."""
    if type(pattern) is Symbol:
        return [pattern]
    names: list[Symbol] = []
    pending = [pattern]
    while pending:
        part = pending.pop()
        if type(part) is Symbol:
            if part is not IGNORED and part is not REST:
                names.append(part)
        elif type(part) is Vector:
            pending.extend(reversed(list(part)))
        elif type(part) is Map:
            for key, value in reversed(part.items()):
                if key is KEYS and is_sequence(value):
                    pending.extend(reversed(list(value)))
                elif not is_defaults(part, key, value):
                    pending.append(value)
    return names


def is_defaults(pattern: Map, key: Form, value: Form) -> bool:
    """Whether an entry of a map pattern gives defaults for missing keys, rather than a key."""
    return key is DEFAULTS and KEYS in pattern and type(value) is Map


def steps_of(x: Expander, pattern: Form, source: Variable, span: Span | None) -> list[Step]:
    """The steps that take the value of ``source`` apart; raises for a malformed pattern."""
    steps: list[Step] = []
    if type(pattern) is Vector:
        _take_elements(x, list(pattern), source, span, steps)
    elif type(pattern) is Map:
        _take_entries(x, pattern, source, span, steps)
    else:
        kind = wrong_kind("symbol, vector, or map", pattern, span).message
        raise malformed(f"destructure: invalid pattern, {kind}", span)
    return steps


def _take(x: Expander, pattern: Form, value: Node, span: Span | None, steps: list[Step]) -> None:
    if type(pattern) is Symbol:
        steps.append((None if pattern is IGNORED else pattern, value))
    else:
        whole = x.variable(hidden="pattern")
        steps.append((whole, value))
        steps += steps_of(x, pattern, whole, span)


def _take_elements(
    x: Expander, items: Parts, source: Variable, span: Span | None, steps: list[Step]
) -> None:
    if len(items) > 1 and items[-2] is WHOLE and type(items[-1]) is Symbol:
        steps.append((items[-1], x.refer(source, span)))
        del items[-2:]
    check = primitives.ELEMENTS
    size = len(items)
    if REST in items:
        size = items.index(REST)
        if size + 1 == len(items):
            raise malformed("destructure: `&` must be followed by a rest pattern", span)
        if size + 2 < len(items):
            raise malformed("destructure: only one pattern allowed after `&`", span)
        del items[size]
        check = primitives.ELEMENTS_REST
    elements = x.variable(hidden="elements")
    steps.append((elements, call_global(check, [x.refer(source, span), Const(span, size)], span)))
    for i, item in enumerate(items):
        if item is not IGNORED:
            place: list[Node] = [x.refer(elements, span), Const(span, i)]
            _take(x, item, call_global(primitives.ELEMENT, place, span), span, steps)


def _take_entries(
    x: Expander, pattern: Map, source: Variable, span: Span | None, steps: list[Step]
) -> None:
    def value_at(key: object) -> Node:
        return call_global(primitives.LOOKUP, [x.refer(source, span), Const(span, key)], span)

    def value_of(name: Symbol) -> Node:
        key = intern_keyword(name.name)
        value = value_at(key)
        if name not in defaults:
            return value
        place: list[Node] = [x.refer(source, span), Const(span, key)]
        present = call_global(primitives.HAS_KEY, place, span)
        return If(span, present, value, x.expand(defaults[name], span))

    entries = pattern.items()
    defaults = pattern.get(DEFAULTS)
    if not is_defaults(pattern, DEFAULTS, defaults):
        defaults = {}
    if not entries:
        steps.append((None, value_at(None)))
    for key, target in entries:
        if is_defaults(pattern, key, target):
            continue
        if key is WHOLE and KEYS in pattern and type(target) is Symbol:
            steps.append((target, x.refer(source, span)))
            continue
        if key is not KEYS:
            _take(x, target, value_at(key), span, steps)
            continue
        if not is_sequence(target):
            raise malformed(
                "destructure: :keys must be followed by a vector or list of symbols", span
            )
        for name in target:
            if type(name) is not Symbol:
                raise malformed("destructure: :keys entries must be symbols", span)
            steps.append((name, value_of(name)))


def bind_names(x: Expander, steps: list[Step], names: dict[Symbol, Variable]) -> list[Step]:
    """The steps with a new variable for each name; enters them in ``names``."""
    bound: list[Step] = []
    for target, value in steps:
        if type(target) is Symbol:
            names[target] = x.variable(target)
            bound.append((names[target], value))
        else:
            bound.append((target, value))
    return bound


def nest(steps: list[Step], node: Node, span: Span | None) -> Node:
    """The node inside the steps, all of whose targets are variables or None."""
    for target, value in reversed(steps):
        if isinstance(target, Variable):
            node = Let(span, [target], [value], node)
        else:
            node = Seq(span, [value, node])
    return node


def take_apart(
    x: Expander,
    pattern: Form,
    value: Node,
    span: Span | None,
    give: Callable[[Symbol, Node], Node],
) -> Node:
    """A node that gives the names of a pattern, or a plain symbol, what they match in the value.

    ``give(name, value)`` makes the node for one name. The value of the whole is nil for a pattern.
    """
    if type(pattern) is Symbol:
        return give(pattern, value)
    whole = x.variable(hidden="pattern")
    steps: list[Step] = [(whole, value)]
    for target, taken in steps_of(x, pattern, whole, span):
        steps.append((None, give(target, taken)) if type(target) is Symbol else (target, taken))
    return nest(steps, Const(span, None), span)
