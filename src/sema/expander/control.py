"""Conditionals, sequences and what is evaluated by the expander's own globals."""

from __future__ import annotations

from sema.errors import Span
from sema.expander import primitives
from sema.expander.body import expand_body
from sema.expander.core import Call, Const, If, Let, LocalRef, Node, Variable
from sema.expander.expand import call_global, either, sequence
from sema.expander.forms import Form, Parts, as_list, is_list, malformed, operands, special_form
from sema.vm.values import intern_symbol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from sema.expander.expand import Expander

ELSE = intern_symbol("else")


@special_form("quote", min_args=1, max_args=1)
def expand_quote(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(quote datum), 'datum: the datum itself."""
    return Const(span, parts[1])


def begin_toplevel(x: Expander, parts: Parts, span: Span | None) -> Node:
    """Expand the operands as top-level forms."""
    nodes = []
    for form in parts[1:]:
        nodes.append(x.toplevel(form, span))
    return sequence(nodes, span)


@special_form("begin", "progn", same_block=operands, toplevel=begin_toplevel)
def expand_begin(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(begin form ...): one after the other; the last one's value."""
    return sequence(x.each(parts[1:], span), span)


@special_form("if", min_args=2, max_args=3, arity="2 or 3", same_block=operands)
def expand_if(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(if test then [else]): without else, nil if the test fails."""
    test = x.test(parts[1], span)
    then = x.expand(parts[2], span)
    return If(span, test, then, x.expand(parts[3], span) if len(parts) > 3 else Const(span, None))


@special_form("when", min_args=2, same_block=operands)
def expand_when(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(when test form ...): the forms, if the test holds; else nil."""
    test = x.test(parts[1], span)
    return If(span, test, sequence(x.each(parts[2:], span), span), Const(span, None))


@special_form("unless", min_args=2, same_block=operands)
def expand_unless(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(unless test form ...): the forms, if the test does not hold; else nil."""
    test = x.test(parts[1], span)
    return If(span, test, Const(span, None), sequence(x.each(parts[2:], span), span))


def clause_parts(parts: Parts) -> Sequence[Form]:
    """The forms in the clauses of a ``cond``."""
    return [form for clause in parts[1:] if is_list(clause) for form in clause]


@special_form("cond", same_block=clause_parts)
def expand_cond(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(cond (test form ...) ... (else form ...)): the first clause whose test holds."""
    branches: list[tuple[Node, Node, Span | None]] = []
    node: Node = Const(span, None)
    for clause in parts[1:]:
        forms = as_list(clause, "cond", span)
        if not forms:
            raise malformed("cond: clause must not be empty", span)
        place = x.place(clause, span)
        test = None if forms[0] is ELSE else x.test(forms[0], place)
        body: Node = Const(place, True)
        if len(forms) > 1:
            body = sequence(x.each(forms[1:], place), place)
        if test is None:
            node = body
            break
        branches.append((test, body, place))
    for test, body, place in reversed(branches):
        node = If(place, test, body, node)
    return node


@special_form("case", min_args=2, same_block=lambda parts: parts[1:2])
def expand_case(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(case key ((datum ...) form ...) ... (else form ...)): the first clause that has the key."""
    key = x.variable(hidden="key")
    init = x.expand(parts[1], span)
    branches: list[tuple[Node, Node, Span | None]] = []
    node: Node = Const(span, None)
    for clause in parts[2:]:
        forms = as_list(clause, "case", span)
        if not forms:
            raise malformed("case: clause must not be empty", span)
        place = x.place(clause, span)
        is_last = forms[0] is ELSE
        data = [] if is_last else as_list(forms[0], "case", span)
        body = expand_body(x, forms[1:], place, {})
        if is_last:
            node = body
            break
        branches.append((key_is_among(x, key, data, place), body, place))
    for test, body, place in reversed(branches):
        node = If(place, test, body, node)
    return Let(span, [key], [init], node)


def key_is_among(x: Expander, key: Variable, data: Parts, span: Span | None) -> Node:
    """The test whether the variable's value equals one of the data."""
    tests: list[Node] = []
    for datum in data:
        args = [x.refer(key, span), Const(span, datum)]
        tests.append(call_global(primitives.EQV, args, span))
    return either(tests[:-1], tests[-1], span) if tests else Const(span, False)


@special_form("and", same_block=operands)
def expand_and(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(and form ...): the first value that is false, or the last one; #t for none."""
    nodes = x.each(parts[1:], span) or [Const(span, True)]
    node = nodes.pop()
    for first in reversed(nodes):
        kept = x.variable(hidden="and")
        node = Let(
            span, [kept], [first], If(span, LocalRef(span, kept), node, LocalRef(span, kept))
        )
    return node


@special_form("or", same_block=operands)
def expand_or(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(or form ...): the first value that is true, or the last one; #f for none."""
    nodes = x.each(parts[1:], span) or [Const(span, False)]
    node = nodes.pop()
    for first in reversed(nodes):
        kept = x.variable(hidden="or")
        node = Let(
            span, [kept], [first], If(span, LocalRef(span, kept), LocalRef(span, kept), node)
        )
    return node


@special_form("eval", min_args=1, max_args=1, same_block=operands)
def expand_eval(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(eval form): runs the form, a datum, in the global environment."""
    return Call(span, call_global(primitives.COMPILE, x.each(parts[1:], span), span), [])


@special_form("macroexpand", "macroexpand-1", min_args=1, max_args=1, same_block=operands)
def expand_macroexpand(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(macroexpand form): the form, a datum, with its outermost macro use expanded once."""
    return call_global(primitives.MACROEXPAND, x.each(parts[1:], span), span)
