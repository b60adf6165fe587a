"""``define``, ``defun``, ``set!`` and ``defmacro``."""

from __future__ import annotations

from sema.errors import ArityError, Span
from sema.expander import primitives
from sema.expander.body import define
from sema.expander.core import Const, Lambda, Node
from sema.expander.destructuring import is_pattern, pattern_names, take_apart
from sema.expander.expand import call_global
from sema.expander.forms import (
    Form,
    Parts,
    as_symbol,
    is_list,
    is_sequence,
    malformed,
    special_form,
    wrong_kind,
)
from sema.expander.functions import function, split_optional
from sema.expander.quasiquote import TemplateSymbols
from sema.vm.values import Pair, Symbol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from sema.expander.expand import Expander


def defined_names(parts: Parts) -> Sequence[Symbol]:
    """The names that a ``define`` defines."""
    if len(parts) < 2:
        return ()
    target = parts[1]
    if type(target) is Pair:
        target = target.first
        return [target] if type(target) is Symbol else ()
    return pattern_names(target)


def defined_value(parts: Parts) -> Parts:
    return [] if len(parts) < 2 or type(parts[1]) is Pair else parts[2:]


def define_init(x: Expander, parts: Parts, span: Span | None) -> Node:
    """The value that a ``define`` of a symbol, or of a function, gives it."""
    target = parts[1]
    if type(target) is Pair:
        return named_function(x, "define", list(target), parts[2:], span)
    check_define(parts, span)
    return x.expand(parts[2], span)


def check_define(parts: Parts, span: Span | None) -> None:
    """Raise ArityError unless a ``define`` without parameters has a target and a value."""
    if len(parts) != 3:
        raise ArityError("define", "2" if len(parts) > 1 else "2+", len(parts) - 1, span=span)


@special_form("define", "def", same_block=defined_value, defines=defined_names, init=define_init)
def expand_define(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(define name value), (define (name param ...) body ...), (define pattern value): defines a
    variable, a function, or the names of a pattern."""
    target: Form = parts[1] if len(parts) > 1 else None
    if type(target) is Pair:
        name = as_symbol(target.first, "define", span)
        return define(x, name, define_init(x, parts, span), span)
    check_define(parts, span)
    if type(target) is Symbol:
        return define(x, target, define_init(x, parts, span), span)
    if not is_pattern(target):
        raise wrong_kind("symbol, list, vector, or map", target, span)
    value = x.expand(parts[2], span)
    return take_apart(x, target, value, span, lambda name, taken: define(x, name, taken, span))


def named_function(x: Expander, who: str, target: Parts, forms: Parts, span: Span | None) -> Lambda:
    """The function of a definition whose target is ``(name param ...)``."""
    name = as_symbol(target[0], who, span)
    for param in split_optional(target[1:])[0]:
        as_symbol(param, who, span)
    if not forms:
        raise malformed(f"{who}: function body cannot be empty", span)
    return function(x, Lambda(span, name.name), target[1:], forms)


def defun_name(parts: Parts) -> Sequence[Symbol]:
    return [parts[1]] if len(parts) > 1 and type(parts[1]) is Symbol else ()


def defun_init(x: Expander, parts: Parts, span: Span | None) -> Node:
    """The function that a ``defun`` makes."""
    name = as_symbol(parts[1], "defun", span)
    if not is_sequence(parts[2]):
        raise malformed("defun: expected a list", span)
    return function(x, Lambda(span, name.name), list(parts[2]), parts[3:])


@special_form("defun", "defn", min_args=3, defines=defun_name, init=defun_init)
def expand_defun(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(defun name (param ...) body ...): defines a function."""
    name = as_symbol(parts[1], "defun", span)
    return define(x, name, defun_init(x, parts, span), span)


@special_form("set!", min_args=2, max_args=2, same_block=lambda parts: parts[2:])
def expand_set(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(set! name value): assigns a variable; returns the value."""
    name = as_symbol(parts[1], "set!", span)
    return x.assignment(name, x.expand(parts[2], span), span)


def transformer(x: Expander, parts: Parts, span: Span | None) -> tuple[Symbol, Lambda]:
    """The name and the function of a ``defmacro``.

    The fresh symbols of the templates in it are made once for each call.
    """
    if type(parts[1]) is not Symbol:
        raise malformed("defmacro: name must be a symbol", span)
    if not is_list(parts[2]):
        raise malformed("defmacro: params must be a list", span)
    params = list(parts[2])
    for param in params:
        if type(param) is not Symbol:
            raise malformed("defmacro: parameter must be a symbol", span)
    node = Lambda(span, parts[1].name)
    outer, x.template_symbols = x.template_symbols, TemplateSymbols(node)
    function(x, node, params, parts[3:])
    node.body = x.template_symbols.bind_around(node.body, span)
    x.template_symbols = outer
    return parts[1], node


def defmacro_toplevel(x: Expander, parts: Parts, span: Span | None) -> Node:
    """Define the macro at once, for the forms that follow, and again when the code runs: compiled
    code may be run elsewhere."""
    name, node = transformer(x, parts, span)
    x.define_macro(node, name)
    return expand_defmacro(x, parts, span)


@special_form("defmacro", min_args=3, toplevel=defmacro_toplevel)
def expand_defmacro(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(defmacro name (param ... [. rest]) body ...): defines a macro."""
    name, node = transformer(x, parts, span)
    return call_global(primitives.DEFINE_MACRO, [Const(span, name), node], span)
