"""``while`` and ``do``."""

from __future__ import annotations

from sema.errors import Span
from sema.expander.binding import inits_of
from sema.expander.body import Block
from sema.expander.core import Call, Const, GlobalRef, If, Let, LocalRef, Node, Variable, While
from sema.expander.expand import sequence
from sema.expander.forms import Form, Parts, as_list, as_symbol, malformed, special_form
from sema.vm.values import Symbol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sema.expander.expand import Expander


@special_form("while", min_args=2)
def expand_while(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(while test form ...): repeats the forms as long as the test holds; returns nil."""
    block = Block(x, {}, parts[1:], span)
    test = x.test(parts[1], span)
    body = sequence(x.each(parts[2:], span), span)
    return block.close(While(span, test, body))


@special_form("do", min_args=2, same_block=inits_of)
def expand_do(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(do ((var init [step]) ...) (test result ...) form ...): a loop with its variables."""
    names: dict[Symbol, Variable] = {}
    variables: list[Variable] = []
    inits: list[Node] = []
    stepped: list[tuple[Variable, Form]] = []
    for binding in as_list(parts[1], "do", span):
        loop = as_list(binding, "do", span)
        if not 2 <= len(loop) <= 3:
            raise malformed("do: binding must be (var init) or (var init step)", span)
        name = as_symbol(loop[0], "do", span)
        inits.append(x.expand(loop[1], span))
        variable = names[name] = x.variable(name)
        variables.append(variable)
        if len(loop) == 3:
            stepped.append((variable, loop[2]))
    ending = as_list(parts[2], "do", span)
    if not ending:
        raise malformed("do: test clause must not be empty", span)
    block = Block(x, names, [*ending, *(step for _, step in stepped), *parts[3:]], span)
    place = x.place(parts[2], span)
    test = x.test(ending[0], place)
    results = x.each(ending[1:], place)
    body = x.each(parts[3:], span)
    steps: list[tuple[Variable, Node]] = []
    for variable, step in stepped:
        steps.append((variable, x.expand(step, span)))
    if steps:
        body.append(assign_together(x, steps, span))
    going_on = If(place, test, Const(place, False), Const(place, True))
    repeat = While(span, going_on, sequence(body, span))
    node = block.close(sequence([repeat, sequence(results, place)], span))
    return Let(span, variables, inits, node)


def assign_together(x: Expander, steps: list[tuple[Variable, Node]], span: Span | None) -> Node:
    """Assign values, all of which are computed from the old ones.

    A variable that a later value needs waits in a temporary one.
    """
    (variable, value), later = steps[0], steps[1:]
    if not later:
        return x.assign(variable, value, span)
    if any(may_read(node, variable) for _, node in later):
        kept = x.variable(hidden="step")
        rest = assign_together(x, later, span)
        assignment = x.assign(variable, LocalRef(span, kept), span)
        return Let(span, [kept], [value], sequence([rest, assignment], span))
    return sequence([x.assign(variable, value, span), assign_together(x, later, span)], span)


def may_read(node: Node, variable: Variable) -> bool:
    """Whether the node may read the variable; exact for calls of known things and simpler."""
    pending = [node]
    while pending:
        node = pending.pop()
        if isinstance(node, LocalRef):
            if node.variable is variable:
                return True
        elif isinstance(node, Call):
            if variable.captured:
                return True
            pending.append(node.function)
            pending += node.args
        elif not isinstance(node, (Const, GlobalRef)):
            return True
    return False
