"""From forms to core nodes: the walk over a form, and the expansion of macros.

Each kind of form has its handler in the table of ``forms.py``. The walk is plain recursion through
pure Python calls, which take no C stack: no comprehension or ``map`` may lie on its way.
"""

from __future__ import annotations

from sema.errors import EvalError, SemaError, Span, TraceFrame
from sema.expander.core import (
    Call,
    Const,
    GlobalRef,
    If,
    Lambda,
    MakeMap,
    MakeVector,
    Node,
    Seq,
)
from sema.expander.forms import BY_SYMBOL, Form
from sema.expander.macros import Macro
from sema.expander.scope import Scope
from sema.vm.limits import spend_units
from sema.vm.maps import Map
from sema.vm.values import EMPTY_LIST, Pair, Symbol, Vector, intern_symbol, make_vector

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from sema.expander.environment import Environment, SpanTable
    from sema.expander.forms import Handler, Parts, SpecialForm
    from sema.expander.quasiquote import TemplateSymbols

UNITS_PER_FORM = 1000
"""What a sandbox charges for the expansion of a form, and as much for its compilation."""

MAX_EXPANSIONS = 10_000
"""How many expansions may follow from one another, in a row or nested."""


class Expander(Scope):
    """The expansion of one unit.

    ``redefined`` are the names that top-level definitions of the unit take from macros.
    ``template_symbols`` is None outside the transformers of macros.
    """

    __slots__ = (
        "_expansions",
        "_lookup_macro",
        "_macro_depth",
        "_of",
        "environment",
        "redefined",
        "template_symbols",
    )

    def __init__(self, spans: SpanTable, environment: Environment) -> None:
        super().__init__()
        self.environment = environment
        self.redefined: set[Symbol] = set()
        self.template_symbols: TemplateSymbols | None = None
        self._of = spans.of
        self._lookup_macro = environment.lookup_macro
        self._expansions: dict[int, tuple[Form, Form]] = {}
        self._macro_depth = 0

    def place(self, form: Form, around: Span | None) -> Span | None:
        """The place of a form, or, if it was not read from the source, that of the one around."""
        return self._of(form) or around

    # --- Forms ---

    def toplevel(self, form: Form, span: Span | None = None) -> Node:
        """The node of a top-level form."""
        if type(form) is not Pair:
            return self.expand(form, span)
        span = self._of(form) or span
        head = form.first
        if type(head) is Symbol:
            special = BY_SYMBOL.get(head)
            if special is not None:
                if special.expand_toplevel is None:
                    return self.expand(form, span)
                return self._special(special, special.expand_toplevel, list(form), span)
            macro = self.macro_named(head)
            if macro is not None:
                result = self.expansion(form, macro, span)
                self._macro_depth += 1
                node = self.toplevel(result, span)
                self._macro_depth -= 1
                return node
        return self.expand(form, span)

    def expand(self, form: Form, span: Span | None) -> Node:
        """The node of a form; ``span`` is the place of the form around it."""
        kind = type(form)
        if kind is Symbol:
            return self.reference(form, span)
        if kind is Pair:
            spend_units(UNITS_PER_FORM)
            parts = list(form)
            span = self._of(form) or span
            head = parts[0]
            if type(head) is Symbol:
                special = BY_SYMBOL.get(head)
                if special is not None:
                    return self._special(special, special.expand, parts, span)
                macro = self.macro_named(head)
                if macro is not None:
                    result = self.expansion(form, macro, span)
                    self._macro_depth += 1
                    node = self.expand(result, span)
                    self._macro_depth -= 1
                    return node
                function = self.reference(head, span)
            else:
                function = self.expand(head, span)
            args = []
            for i in range(1, len(parts)):
                args.append(self.expand(parts[i], span))
            return Call(span, function, args)
        if kind is Vector:
            return self._vector(form, span)
        if kind is Map:
            return self._map(form, span)
        return Const(span, None if form is EMPTY_LIST else form)

    def _special(
        self, special: SpecialForm, expand: Handler, parts: Parts, span: Span | None
    ) -> Node:
        """The node of a special form. What is wrong with its shape is traced to its head."""
        try:
            special.check_arity(parts, span)
            return expand(self, parts, span)
        except SemaError as error:
            if not error.trace:
                error.trace.append(TraceFrame(parts[0].name, error.span or span))
            raise

    def each(self, forms: Sequence[Form], span: Span | None) -> list[Node]:
        """The nodes of some forms."""
        nodes = []
        for form in forms:
            nodes.append(self.expand(form, span))
        return nodes

    def test(self, form: Form, span: Span | None) -> Node:
        """The node of a form of whose value only the truth matters."""
        if type(form) is Pair and form.first is OR and len(form) > 1:
            span = self._of(form) or span
            alternatives = list(form)
            node = self.test(alternatives.pop(), span)
            tests = []
            for alternative in alternatives[1:]:
                tests.append(self.test(alternative, span))
            return either(tests, node, span)
        return self.expand(form, span)

    def _vector(self, form: Vector, span: Span | None) -> Node:
        span = self._of(form) or span
        return vector_of(self.each(list(form), span), span)

    def _map(self, form: Map, span: Span | None) -> Node:
        span = self._of(form) or span
        keys, values = [], []
        for key, value in form.items():
            keys.append(self.expand(key, span))
            values.append(self.expand(value, span))
        return MakeMap(span, keys, values)

    # --- Macros ---

    def macro_named(self, name: Symbol) -> Macro | None:
        """The macro that the symbol means here, if it means one."""
        if self.lookup(name) is not None or name in self.redefined:
            return None
        return self._lookup_macro(name.name)

    def expansion(self, form: Pair, macro: Macro, span: Span | None, depth: int = 0) -> Form:
        """The form, a use of the macro, expanded until it is no macro use any more.

        Every use is expanded once, even if it is looked at again. ``depth`` is the number of
        expansions that the form came from, besides those in progress. Raises EvalError if there
        are too many of them.
        """
        depth += self._macro_depth
        known = self._expansions.get(id(form))
        if known is not None and depth < MAX_EXPANSIONS:
            return known[1]
        result: Form = form
        next_macro: Macro | None = macro
        while next_macro is not None:
            if depth >= MAX_EXPANSIONS:
                raise EvalError("macro expansion exceeded depth limit", span=span)
            depth += 1
            result = next_macro.expand(list(result)[1:], span)
            next_macro = self.macro_used(result)
        self._expansions[id(form)] = (form, result)
        return result

    def macro_used(self, form: Form) -> Macro | None:
        """The macro of which the form is a use, or None."""
        if type(form) is not Pair or type(form.first) is not Symbol or form.first in BY_SYMBOL:
            return None
        return self.macro_named(form.first)

    def define_macro(self, function: Lambda, name: Symbol) -> None:
        """Make the function's macro known from here on."""
        most = None if function.rest is not None else len(function.params)
        transformer = self.environment.make_transformer(function)
        macro = Macro(name.name, transformer, len(function.params), most)
        self.environment.define_macro(name.name, macro)

    def forget_expansions(self) -> None:
        """Let go of the expansions made for a top-level form."""
        self._expansions.clear()


OR = intern_symbol("or")


def sequence(nodes: list[Node], span: Span | None) -> Node:
    """The nodes one after the other; nil if there are none."""
    if len(nodes) == 1:
        return nodes[0]
    return Seq(span, nodes) if nodes else Const(span, None)


def either(tests: list[Node], last: Node, span: Span | None) -> Node:
    """A test that holds if one of several does."""
    for test in reversed(tests):
        last = If(span, test, Const(span, True), last)
    return last


def vector_of(items: list[Node], span: Span | None) -> Node:
    """The vector of the items' values."""
    values = constants(items)
    return MakeVector(span, items) if values is None else Const(span, make_vector(values))


def constants(nodes: list[Node]) -> list[Any] | None:
    """The values of the nodes, or None unless all are constants."""
    values = []
    for node in nodes:
        if not isinstance(node, Const):
            return None
        values.append(node.value)
    return values


def call_global(name: str, args: list[Node], span: Span | None) -> Call:
    """A call of a hidden global."""
    return Call(span, GlobalRef(span, name), args)
