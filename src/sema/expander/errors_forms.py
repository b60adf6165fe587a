"""``try`` and ``throw``."""

from __future__ import annotations

from sema.errors import Span
from sema.expander import primitives
from sema.expander.body import expand_body
from sema.expander.core import Const, If, Let, Node, Throw, Try
from sema.expander.expand import call_global, sequence
from sema.expander.forms import (
    Form,
    Parts,
    as_list,
    as_symbol,
    is_list,
    malformed,
    operands,
    special_form,
)
from sema.vm.values import intern_symbol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from sema.expander.expand import Expander

CATCH = intern_symbol("catch")
FINALLY = intern_symbol("finally")


def is_clause(form: Form, *heads: object) -> bool:
    """Whether the form is a list that begins with one of the symbols."""
    return is_list(form) and len(form) > 0 and form[0] in heads


def guarded_forms(parts: Parts) -> Sequence[Form]:
    """The body of a ``try``: all before its clauses."""
    end = len(parts)
    if end > 1 and is_clause(parts[end - 1], FINALLY):
        end -= 1
    if end > 1 and is_clause(parts[end - 1], CATCH):
        end -= 1
    return parts[1:end]


@special_form("try", min_args=1, same_block=guarded_forms)
def expand_try(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(try form ... [(catch name handler ...)] [(finally form ...)]): the handler gets the error
    as a map; what finally says is done in any case, and its value is ignored."""
    if is_clause(parts[-1], FINALLY):
        has_handler = len(parts) > 2 and is_clause(parts[-2], CATCH)
        guarded = guarded_forms(parts)
        node = (
            catching(x, guarded, parts[-2], span)
            if has_handler
            else sequence(x.each(guarded, span), span)
        )
        return with_finally(x, node, parts[-1], span)
    return catching(x, parts[1:-1], parts[-1], span)


def catching(x: Expander, guarded: Sequence[Form], clause: Form, span: Span | None) -> Node:
    """The body with a handler, which a ``catch`` clause describes."""
    place = x.place(clause, span)
    forms = as_list(clause, "try", span)
    if not forms or forms[0] is not CATCH:
        raise malformed("try: last argument must be (catch var handler...)", span)
    if len(forms) < 3:
        raise malformed("try: catch needs (catch var handler...)", span)
    name = as_symbol(forms[1], "try catch", span)
    body = sequence(x.each(guarded, span), span)
    variable = x.variable(name)
    return Try(span, body, variable, expand_body(x, forms[2:], place, {name: variable}))


def with_finally(x: Expander, node: Node, clause: Form, span: Span | None) -> Node:
    """The node, and behind it, also if it failed, the forms of a ``finally`` clause."""
    place = x.place(clause, span)
    failure, result = x.variable(hidden="failure"), x.variable(hidden="result")
    caught = x.variable(hidden="caught")
    noted = x.assign(failure, x.refer(caught, place), place)
    attempt = Try(span, node, caught, noted)
    last = expand_body(x, list(clause)[1:], place, {})
    again = call_global(primitives.RETHROW, [x.refer(failure, place)], span)
    outcome = If(place, x.refer(failure, place), again, x.refer(result, place))
    inner = Let(span, [result], [attempt], sequence([last, outcome], span))
    return Let(span, [failure], [Const(span, None)], inner)


@special_form("throw", min_args=1, max_args=1, same_block=operands)
def expand_throw(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(throw value): ends in an error that carries the value."""
    return Throw(span, x.expand(parts[1], span))
