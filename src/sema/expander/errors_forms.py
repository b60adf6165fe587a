"""``try`` and ``throw``."""

from __future__ import annotations

from sema.errors import Span
from sema.expander.body import expand_body
from sema.expander.core import Node, Throw, Try
from sema.expander.expand import sequence
from sema.expander.forms import (
    Parts,
    as_list,
    as_symbol,
    malformed,
    operands,
    special_form,
)
from sema.vm.values import intern_symbol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sema.expander.expand import Expander

CATCH = intern_symbol("catch")


@special_form("try", min_args=1, same_block=lambda parts: parts[1:-1])
def expand_try(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(try form ... (catch name handler ...)): the handler gets the error as a map."""
    clause = as_list(parts[-1], "try", span)
    if not clause or clause[0] is not CATCH:
        raise malformed("try: last argument must be (catch var handler...)", span)
    if len(clause) < 3:
        raise malformed("try: catch needs (catch var handler...)", span)
    name = as_symbol(clause[1], "try catch", span)
    body = sequence(x.each(parts[1:-1], span), span)
    variable = x.variable(name)
    place = x.place(parts[-1], span)
    return Try(span, body, variable, expand_body(x, clause[2:], place, {name: variable}))


@special_form("throw", min_args=1, max_args=1, same_block=operands)
def expand_throw(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(throw value): ends in an error that carries the value."""
    return Throw(span, x.expand(parts[1], span))
