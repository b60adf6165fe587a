"""The table of special forms, and the errors that their malformed uses raise."""

from __future__ import annotations

from sema.errors import ArityError, CompileError, SemaTypeError, Span
from sema.expander.core import Node
from sema.expander.macros import arity_text
from sema.vm.types import type_name
from sema.vm.values import EMPTY_LIST, Pair, Symbol, Vector, intern_symbol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, TypeAlias

    from sema.expander.expand import Expander

Form: TypeAlias = "Any"
"""A form: any value, as a Python object."""

Parts: TypeAlias = "list[Form]"
Handler: TypeAlias = "Callable[[Expander, Parts, Span | None], Node]"


class SpecialForm:
    """A special form.

    ``expand(x, parts, span)`` makes the node of a use; ``parts`` are its elements, the head
    included, and ``span`` is its place. ``expand_toplevel`` does so, where it differs, for a use
    as a top-level form.

    Two functions of the parts, malformed ones included, serve the search for the definitions
    of a block: ``same_block`` gives the operands that lie in the block around the form (None:
    there are none), and ``defines`` the names that the form itself defines there;
    ``defines_globals`` are those that it always defines as globals. ``init``, with
    the arguments of ``expand``, makes the node of the value where the target in ``parts[1]`` is a
    symbol or list: it belongs to the one name that the form then defines.
    """

    __slots__ = (
        "aliases", "arity", "defines", "defines_globals", "doc", "expand", "expand_toplevel",
        "init", "max_args", "min_args", "name", "same_block",
    )  # fmt: skip

    def __init__(self, name: str, doc: str, expand: Handler) -> None:
        self.name = name
        self.doc = doc
        self.expand = expand
        self.expand_toplevel: Handler | None = None
        self.aliases: tuple[str, ...] = ()
        self.min_args = 0
        self.max_args: int | None = None
        self.arity = "0+"
        self.same_block: Callable[[Parts], Sequence[Form]] | None = None
        self.defines: Callable[[Parts], Sequence[Symbol]] | None = None
        self.defines_globals: Callable[[Parts], Sequence[Symbol]] | None = None
        self.init: Handler | None = None

    def check_arity(self, parts: Parts, span: Span | None) -> None:
        """Raise ArityError unless the number of operands is right."""
        n = len(parts) - 1
        if n < self.min_args or (self.max_args is not None and n > self.max_args):
            raise ArityError(self.name, self.arity, n, span=span)


SPECIAL_FORMS: dict[str, SpecialForm] = {}
"""All special forms by their canonical names."""

BY_SYMBOL: dict[Symbol, SpecialForm] = {}
"""All special forms by the symbols of their names and aliases."""


def operands(parts: Parts) -> Sequence[Form]:
    """The ``same_block`` of the forms all of whose operands belong to the block around."""
    return parts[1:]


def special_form(
    name: str,
    *aliases: str,
    min_args: int = 0,
    max_args: int | None = None,
    arity: str | None = None,
    same_block: Callable[[Parts], Sequence[Form]] | None = None,
    defines: Callable[[Parts], Sequence[Symbol]] | None = None,
    defines_globals: Callable[[Parts], Sequence[Symbol]] | None = None,
    init: Handler | None = None,
    toplevel: Handler | None = None,
) -> Callable[[Handler], Handler]:
    """Enter the decorated handler, whose doc string documents the form, in the table.

    ``arity`` is the text for error messages where it is not derived from the bounds.
    """

    def enter(handler: Handler) -> Handler:
        form = SpecialForm(name, handler.__doc__ or "", handler)
        form.expand_toplevel = toplevel
        form.aliases = aliases
        form.min_args = min_args
        form.max_args = max_args
        form.arity = arity or arity_text(min_args, max_args)
        form.same_block = same_block
        form.defines = defines
        form.defines_globals = defines_globals
        form.init = init
        SPECIAL_FORMS[name] = form
        for spelling in (name, *aliases):
            BY_SYMBOL[intern_symbol(spelling)] = form
        return handler

    return enter


def malformed(message: str, span: Span | None) -> CompileError:
    """The error of a form whose shape is wrong."""
    return CompileError(message, span=span)


def wrong_kind(expected: str, form: Form, span: Span | None) -> SemaTypeError:
    """The error of a form in a place where only others may stand."""
    error = SemaTypeError(expected, type_name(form))
    error.span = span
    return error


def as_list(form: Form, who: str, span: Span | None) -> Parts:
    """The elements of a list; raises CompileError ``WHO: expected a list`` for another form."""
    if not is_list(form):
        raise malformed(f"{who}: expected a list", span)
    return list(form)


def as_symbol(form: Form, who: str, span: Span | None) -> Symbol:
    """The symbol that the form is; raises CompileError ``WHO: expected a symbol`` otherwise."""
    if type(form) is not Symbol:
        raise malformed(f"{who}: expected a symbol", span)
    return form


def is_list(form: Form) -> bool:
    return type(form) is Pair or form is EMPTY_LIST


def is_sequence(form: Form) -> bool:
    """Whether the form is a list or a vector."""
    return type(form) is Pair or type(form) is Vector or form is EMPTY_LIST
