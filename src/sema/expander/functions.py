"""``lambda``, and all that makes functions."""

from __future__ import annotations

from sema.errors import Span
from sema.expander import primitives
from sema.expander.body import expand_body
from sema.expander.core import Const, If, Lambda, Node, Variable
from sema.expander.destructuring import Step, bind_names, is_pattern, nest, steps_of
from sema.expander.expand import call_global
from sema.expander.forms import (
    Form,
    Parts,
    is_list,
    is_sequence,
    malformed,
    special_form,
    wrong_kind,
)
from sema.vm.values import EMPTY_LIST, Symbol, intern_keyword, intern_symbol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from sema.expander.expand import Expander

DOT = intern_symbol(".")
OPTIONAL = intern_keyword("optional")


@special_form("lambda", "fn", min_args=2)
def expand_lambda(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(lambda (param ... [:optional param ...] [. rest]) body ...): a function; a param is a name
    or a pattern, an optional one a name or (name default)."""
    if not is_sequence(parts[1]):
        raise wrong_kind("list or vector", parts[1], span)
    return function(x, Lambda(span, None), list(parts[1]), parts[2:])


def function(x: Expander, node: Lambda, params: Parts, forms: Sequence[Form]) -> Lambda:
    """Give a function its parameters and body; returns it."""
    span = node.span
    outer, x.function = x.function, node
    params, rest = split_rest(params, span)
    params, optional = split_optional(params)
    names: dict[Symbol, Variable] = {}
    steps: list[Step] = []
    for param in params:
        if type(param) is Symbol:
            variable = names[param] = x.variable(param)
        else:
            variable = x.variable(hidden="pattern")
            steps += bind_names(x, steps_of(x, param, variable, span), names)
        node.params.append(variable)
    if optional is not None:
        node.rest = x.variable(hidden="optional")
        steps += optional_steps(x, node, optional, rest, names)
    elif rest is not None:
        node.rest = names[rest] = x.variable(rest)
    node.body = nest(steps, expand_body(x, forms, span, names), span)
    x.function = outer
    return node


def split_optional(params: Parts) -> tuple[Parts, Parts | None]:
    """The parameters that every call gives, and those after ``:optional``, if it is there."""
    if OPTIONAL not in params:
        return params, None
    i = params.index(OPTIONAL)
    return params[:i], params[i + 1 :]


def optional_steps(
    x: Expander,
    node: Lambda,
    optional: Parts,
    rest: Symbol | None,
    names: dict[Symbol, Variable],
) -> list[Step]:
    """The steps that take optional parameters from the surplus arguments; adds their names."""
    span, surplus = node.span, node.rest
    assert surplus is not None
    steps: list[Step] = []
    mark = x.mark()
    for name, variable in names.items():
        x.bind(name, variable)

    def call(primitive: str, number: int) -> Node:
        return call_global(primitive, [x.refer(surplus, span), Const(span, number)], span)

    if rest is None:
        least, most = len(node.params), len(node.params) + len(optional)
        counts = [Const(span, node.name or "<lambda>"), Const(span, least), Const(span, most)]
        error = call_global(primitives.TOO_MANY, [*counts, x.refer(surplus, span)], span)
        too_many = call(primitives.HAS_AT_LEAST, len(optional) + 1)
        steps.append((None, If(span, too_many, error, Const(span, None))))
    for i, param in enumerate(optional):
        name, default = optional_parameter(param, span)
        given = call(primitives.HAS_AT_LEAST, i + 1)
        value = If(span, given, call(primitives.ITEM, i), x.expand(default, span))
        names[name] = x.variable(name)
        steps.append((names[name], value))
        x.bind(name, names[name])
    if rest is not None:
        n = len(optional)
        others = call(primitives.ITEMS_FROM, n)
        given = call(primitives.HAS_AT_LEAST, n)
        names[rest] = x.variable(rest)
        steps.append((names[rest], If(span, given, others, Const(span, EMPTY_LIST))))
    x.release(mark)
    return steps


def optional_parameter(param: Form, span: Span | None) -> tuple[Symbol, Form]:
    """The name and the default of an optional parameter: ``name`` or ``(name default)``."""
    if type(param) is Symbol:
        return param, None
    if is_list(param) and len(param) == 2 and type(param[0]) is Symbol:
        return param[0], param[1]
    raise malformed("lambda: optional parameter must be a symbol or (name default)", span)


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
