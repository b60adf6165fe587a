"""Blocks: bodies whose definitions are variables known to the whole body.

A block is opened with the names that its construct binds and the forms it consists of, which are
searched for definitions; it is closed around the node made of them.
"""

from __future__ import annotations

from sema.errors import Span
from sema.expander.core import Const, DefineGlobal, Let, Letrec, Node, Variable
from sema.expander.expand import sequence
from sema.expander.forms import BY_SYMBOL, Form, Parts, SpecialForm
from sema.vm.values import Pair, Symbol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TypeAlias

    from sema.expander.expand import Expander

Origin: TypeAlias = "tuple[int, Span | None]"
"""Where forms come from: the number of expansions that made them, and the place around them."""

MacroUse: TypeAlias = "tuple[Pair, Origin]"


class Block:
    """A block in the course of being expanded.

    ``names`` are bound in it already and defining one of them assigns it; all other names that
    the forms define become variables of the block. ``span`` is the place of the whole.
    """

    __slots__ = ("_expander", "_introduced", "_mark", "_outer", "_span", "_variables")

    def __init__(
        self,
        x: Expander,
        names: dict[Symbol, Variable],
        forms: Iterable[Form],
        span: Span | None,
    ) -> None:
        self._expander = x
        self._span = span
        self._mark = x.mark()
        self._outer = x.block
        for name, variable in names.items():
            x.bind(name, variable)
        self._introduced = set(names.values())
        self._variables = x.block = dict(names)
        declare_definitions(x, forms, span)

    def introduced(self, variable: Variable) -> None:
        """Take note that the caller's node binds this variable of the block."""
        self._introduced.add(variable)

    def close(self, node: Node) -> Node:
        """Leave the block: the node, inside the bindings of what the block defines."""
        x = self._expander
        x.release(self._mark)
        x.block = self._outer
        defined = [v for v in self._variables.values() if v not in self._introduced]
        if not defined:
            return node
        return Let(self._span, defined, [Const(self._span, None) for _ in defined], node)


def expand_body(
    x: Expander, forms: Sequence[Form], span: Span | None, names: dict[Symbol, Variable]
) -> Node:
    """The node of a body inside the construct that binds ``names``.

    Definitions at its beginning become a Letrec, whose functions the compiler makes directly.
    """
    block = Block(x, names, forms, span)
    variables: list[Variable] = []
    inits: list[Node] = []
    for form in forms:
        definition = plain_definition(form)
        if definition is None:
            break
        name, special, parts = definition
        variable = x.block_variable(name)
        if name in names or variable in variables:
            break
        place = x.place(form, span)
        special.check_arity(parts, place)
        assert special.init is not None
        variables.append(variable)
        block.introduced(variable)
        inits.append(special.init(x, parts, place))
    rest = x.each(forms[len(variables) :], span)
    if variables:
        rest = rest or [x.refer(variables[-1], span)]
        return block.close(Letrec(span, variables, inits, sequence(rest, span)))
    return block.close(sequence(rest, span))


def plain_definition(form: Form) -> tuple[Symbol, SpecialForm, Parts] | None:
    """The name, special form and parts of a form that defines one variable and does no more."""
    if type(form) is not Pair or type(form.first) is not Symbol:
        return None
    special = BY_SYMBOL.get(form.first)
    if special is None or special.init is None or special.defines is None:
        return None
    parts = list(form)
    if len(parts) < 2 or type(parts[1]) not in (Symbol, Pair):
        return None
    names = special.defines(parts)
    return (names[0], special, parts) if names else None


def declare_definitions(x: Expander, forms: Iterable[Form], span: Span | None) -> None:
    """Make all that the forms define variables of the current block.

    Macro uses wait until the definitions in plain sight are known, which may shadow macros.
    """
    waiting: list[MacroUse] = []
    _declare(x, forms, (0, span), waiting)
    for form, (depth, around) in waiting:
        macro = x.macro_used(form)
        if macro is not None:
            place = x.place(form, around)
            result = x.expansion(form, macro, place, depth)
            _declare(x, [result], (depth + 1, place), waiting)


def _declare(x: Expander, forms: Iterable[Form], origin: Origin, waiting: list[MacroUse]) -> None:
    pending = [form for form in forms if type(form) is Pair]
    pending.reverse()
    while pending:
        form = pending.pop()
        head = form.first
        inner: Iterable[Form] = form
        if type(head) is Symbol:
            special = BY_SYMBOL.get(head)
            if special is not None:
                if special.same_block is None and special.defines is None:
                    continue
                parts = list(form)
                if special.defines is not None:
                    for name in special.defines(parts):
                        x.block_variable(name)
                inner = special.same_block(parts) if special.same_block is not None else ()
            elif x.macro_named(head) is not None:
                waiting.append((form, origin))
                continue
        nested = [part for part in inner if type(part) is Pair]
        nested.reverse()
        pending += nested


def define(x: Expander, name: Symbol, value: Node, span: Span | None) -> Node:
    """The definition of a variable: of the current block, or at the top level a global."""
    if x.block is None:
        x.redefined.add(name)
        return DefineGlobal(span, name.name, value)
    return x.assign(x.block_variable(name), value, span)
