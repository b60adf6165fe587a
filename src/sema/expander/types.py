"""Definitions of record types and of multimethods."""

from __future__ import annotations

from sema.errors import Span
from sema.expander import primitives
from sema.expander.body import define
from sema.expander.core import Const, DefineGlobal, Node
from sema.expander.expand import call_global, sequence
from sema.expander.forms import (
    Parts,
    as_list,
    as_symbol,
    is_list,
    malformed,
    operands,
    special_form,
)
from sema.vm.values import Symbol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from sema.expander.expand import Expander


def record_names(parts: Parts) -> Sequence[Symbol]:
    """The functions that a ``define-record-type`` defines."""
    names = [part[0] for part in parts[2:3] if is_list(part) and len(part)]
    names += parts[3:4]
    names += [part[1] for part in parts[4:] if is_list(part) and len(part) > 1]
    return [name for name in names if type(name) is Symbol]


@special_form("define-record-type", defines_globals=record_names)
def expand_define_record_type(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(define-record-type name (constructor field ...) predicate (field accessor) ...): defines
    the functions of a record type."""
    who = "define-record-type"
    if len(parts) < 4:
        raise malformed(f"{who}: requires at least type name, constructor, and predicate", span)
    kind = as_symbol(parts[1], who, span)
    constructor = as_list(parts[2], who, span)
    if not constructor:
        raise malformed(f"{who}: expected a list", span)
    for name in constructor:
        as_symbol(name, who, span)
    fields = constructor[1:]
    definitions: list[Node] = []

    def define_function(name: Symbol, primitive: str, *details: int) -> None:
        args: list[Node] = [Const(span, each) for each in (kind, name, *details)]
        x.redefined.add(name)
        definitions.append(DefineGlobal(span, name.name, call_global(primitive, args, span)))

    define_function(constructor[0], primitives.RECORD_CONSTRUCTOR, len(fields))
    define_function(as_symbol(parts[3], who, span), primitives.RECORD_PREDICATE)
    for spec in parts[4:]:
        field = as_list(spec, who, span)
        place = x.place(spec, span)
        if len(field) < 2:
            raise malformed(f"{who}: field must be (name accessor)", place)
        name = as_symbol(field[0], who, place)
        if name not in fields:
            raise malformed(f"{who}: field '{name.name}' not in constructor", place)
        accessor = as_symbol(field[1], who, place)
        define_function(accessor, primitives.RECORD_ACCESSOR, fields.index(name))
    return sequence([*definitions, Const(span, None)], span)


def multimethod_name(parts: Parts) -> Sequence[Symbol]:
    return [parts[1]] if len(parts) > 1 and type(parts[1]) is Symbol else ()


@special_form(
    "defmulti",
    min_args=2,
    max_args=2,
    same_block=lambda parts: parts[2:],
    defines=multimethod_name,
)
def expand_defmulti(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(defmulti name dispatch): a function that chooses its method by what dispatch returns."""
    name = as_symbol(parts[1], "defmulti", span)
    args: list[Node] = [Const(span, name), x.expand(parts[2], span)]
    return define(x, name, call_global(primitives.MULTIMETHOD, args, span), span)


@special_form("defmethod", min_args=3, max_args=3, same_block=operands)
def expand_defmethod(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(defmethod name value function): the method for a value of the dispatch function."""
    return call_global(primitives.ADD_METHOD, x.each(parts[1:], span), span)
