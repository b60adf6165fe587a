"""``lambda``, and all that makes functions."""

from __future__ import annotations

from sema.errors import Span
from sema.expander.body import expand_body
from sema.expander.core import Lambda, Node, Variable
from sema.expander.destructuring import Step, bind_names, is_pattern, nest, steps_of
from sema.expander.forms import Form, Parts, is_sequence, malformed, special_form, wrong_kind
from sema.vm.values import Symbol, intern_symbol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from sema.expander.expand import Expander

DOT = intern_symbol(".")


@special_form("lambda", "fn", min_args=2)
def expand_lambda(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(lambda (param ... [. rest]) body ...): a function; params may be patterns."""
    if not is_sequence(parts[1]):
        raise wrong_kind("list or vector", parts[1], span)
    return function(x, Lambda(span, None), list(parts[1]), parts[2:])


def function(x: Expander, node: Lambda, params: Parts, forms: Sequence[Form]) -> Lambda:
    """Give a function its parameters and body; returns it."""
    span = node.span
    outer, x.function = x.function, node
    params, rest = split_rest(params, span)
    names: dict[Symbol, Variable] = {}
    steps: list[Step] = []
    for param in params:
        if type(param) is Symbol:
            variable = names[param] = x.variable(param)
        else:
            variable = x.variable(hidden="pattern")
            steps += bind_names(x, steps_of(x, param, variable, span), names)
        node.params.append(variable)
    if rest is not None:
        node.rest = names[rest] = x.variable(rest)
    node.body = nest(steps, expand_body(x, forms, span, names), span)
    x.function = outer
    return node


def split_rest(params: Parts, span: Span | None) -> tuple[Parts, Symbol | None]:
    """The parameters before the dot, and the one after it."""
    if DOT not in params:
        return params, None
    i = params.index(DOT)
    if i != len(params) - 2:
        raise malformed("lambda: `.` must be followed by one rest parameter", span)
    if type(params[i + 1]) is not Symbol:
        what = "destructuring" if is_pattern(params[i + 1]) else "such a"
        raise malformed(f"lambda: {what} rest parameter is not supported", span)
    return params[:i], params[i + 1]
