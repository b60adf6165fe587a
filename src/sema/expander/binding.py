"""``let`` and its relatives."""

from __future__ import annotations

from sema.errors import ArityError, Span
from sema.expander.body import Block, expand_body
from sema.expander.core import Call, Const, Lambda, Let, Letrec, Node, Variable
from sema.expander.destructuring import (
    Step,
    bind_names,
    is_pattern,
    nest,
    pattern_names,
    steps_of,
    take_apart,
)
from sema.expander.expand import sequence
from sema.expander.forms import Form, Parts, as_list, is_list, is_sequence, malformed, special_form
from sema.expander.functions import function
from sema.vm.values import Symbol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sema.expander.expand import Expander


def binding_pairs(form: Form, who: str, span: Span | None) -> list[tuple[Form, Form]]:
    """The targets and inits of a binding list; raises CompileError for a malformed one."""
    if not is_sequence(form):
        raise malformed(f"{who}: expected a list", span)
    pairs = []
    for binding in form:
        pair = as_list(binding, who, span)
        if len(pair) != 2:
            raise malformed(f"{who}: each binding must have 2 elements", span)
        if type(pair[0]) is not Symbol and not is_pattern(pair[0]):
            raise malformed(f"{who}: binding name must be a symbol, vector, or map pattern", span)
        pairs.append((pair[0], pair[1]))
    return pairs


def inits_of(parts: Parts) -> Parts:
    """The inits of a ``let``, ``let*``, named ``let`` or ``do``."""
    i = 2 if len(parts) > 1 and type(parts[1]) is Symbol else 1
    if len(parts) <= i or not is_sequence(parts[i]):
        return []
    return [pair[1] for pair in parts[i] if is_list(pair) and len(pair) > 1]


@special_form("let", min_args=2, same_block=inits_of)
def expand_let(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(let ((name init) ...) body ...), (let loop ((name init) ...) body ...): the body with
    names for the values of the inits, or patterns that take them apart; loop is a function of
    the names that does it again."""
    if type(parts[1]) is Symbol:
        return named_let(x, parts, span)
    pairs = binding_pairs(parts[1], "let", span)
    names: dict[Symbol, Variable] = {}
    variables: list[Variable] = []
    inits: list[Node] = []
    steps: list[Step] = []
    for target, init in pairs:
        inits.append(x.expand(init, span))
        if type(target) is Symbol:
            variable = names[target] = x.variable(target)
        else:
            variable = x.variable(hidden="pattern")
            steps += bind_names(x, steps_of(x, target, variable, span), names)
        variables.append(variable)
    body = nest(steps, expand_body(x, parts[2:], span, names), span)
    return Let(span, variables, inits, body) if variables else body


def named_let(x: Expander, parts: Parts, span: Span | None) -> Node:
    """A loop, that is, a call of a local function, whose name the inits see too."""
    if len(parts) < 4:
        raise ArityError("named let", "3+", len(parts) - 1, span=span)
    name = parts[1]
    assert type(name) is Symbol
    pairs = binding_pairs(parts[2], "let", span)
    loop = x.variable(name)
    mark = x.mark()
    x.bind(name, loop)
    params: Parts = []
    inits = []
    for target, init in pairs:
        if type(target) is not Symbol:
            raise malformed("named let: binding name must be a symbol", span)
        params.append(target)
        inits.append(x.expand(init, span))
    node = function(x, Lambda(span, name.name), params, parts[3:])
    x.release(mark)
    return Letrec(span, [loop], [node], Call(span, x.refer(loop, span), inits))


@special_form("let*", min_args=2, same_block=inits_of)
def expand_let_star(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(let* ((name init) ...) body ...): each init sees the names before it."""
    names: dict[Symbol, Variable] = {}
    steps: list[Step] = []
    mark = x.mark()
    for target, init in binding_pairs(parts[1], "let*", span):
        value = x.expand(init, span)
        if type(target) is Symbol:
            new = bind_names(x, [(target, value)], names)
        else:
            whole = x.variable(hidden="pattern")
            new = [(whole, value), *bind_names(x, steps_of(x, target, whole, span), names)]
        steps += new
        for name in pattern_names(target):
            x.bind(name, names[name])
    body = expand_body(x, parts[2:], span, names)
    x.release(mark)
    return nest(steps, body, span)


@special_form("letrec", "letrec*", min_args=2)
def expand_letrec(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(letrec ((name init) ...) body ...): every init sees all names."""
    pairs = binding_pairs(parts[1], "letrec", span)
    plain = all(type(target) is Symbol for target, _ in pairs)
    names: dict[Symbol, Variable] = {}
    variables = []
    for target, _ in pairs:
        for name in pattern_names(target):
            names[name] = x.variable(name)
            variables.append(names[name])
    block = Block(x, names, [*(init for _, init in pairs), *parts[2:]], span)
    inits: list[Node] = []
    for _, init in pairs:
        inits.append(x.expand(init, span))
    body = x.each(parts[2:], span)
    if plain:
        node: Node = Letrec(span, variables, inits, sequence(body, span))
    else:

        def assign(name: Symbol, value: Node) -> Node:
            return x.assign(names[name], value, span)

        settings = [
            take_apart(x, target, init, span, assign)
            for (target, _), init in zip(pairs, inits, strict=True)
        ]
        nils: list[Node] = [Const(span, None) for _ in variables]
        node = Let(span, variables, nils, sequence([*settings, *body], span))
    return block.close(node)
