"""``async`` and ``await``."""

from __future__ import annotations

from sema.errors import Span
from sema.expander import primitives
from sema.expander.core import Lambda, Node
from sema.expander.expand import call_global
from sema.expander.forms import Parts, operands, special_form
from sema.expander.functions import function

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sema.expander.expand import Expander


@special_form("async", min_args=1)
def expand_async(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(async form ...): a task that runs the forms; the promise of the last one's value."""
    thunk = function(x, Lambda(span, None), [], parts[1:])
    return call_global(primitives.SPAWN, [thunk], span)


@special_form("await", min_args=1, max_args=1, same_block=operands)
def expand_await(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(await promise): the value of a promise, once it is there."""
    return call_global(primitives.AWAIT, x.each(parts[1:], span), span)
