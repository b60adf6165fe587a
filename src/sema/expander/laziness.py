"""``delay`` and ``force``."""

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


@special_form("delay", min_args=1, max_args=1)
def expand_delay(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(delay expr): a promise of the expression's value, evaluated when it is first forced."""
    thunk = function(x, Lambda(span, None), [], parts[1:])
    return call_global(primitives.DELAY, [thunk], span)


@special_form("force", min_args=1, max_args=1, same_block=operands)
def expand_force(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(force promise): the value of a promise."""
    return call_global(primitives.FORCE, x.each(parts[1:], span), span)
