"""Templates: data in which some places are computed.

There are no levels: a template inside a template is plain data, and what is unquoted there belongs
to the outermost one. A part without anything computed becomes a constant.
"""

from __future__ import annotations

from operator import is_

from sema.errors import ArityError, Span
from sema.expander import primitives
from sema.expander.core import Const, Lambda, Let, MakeMap, Node, Variable
from sema.expander.expand import call_global, constants, vector_of
from sema.expander.forms import Form, Parts, malformed, special_form
from sema.expander.gensym import fresh_symbol
from sema.vm.maps import Map
from sema.vm.values import Pair, Symbol, Vector, intern_symbol, make_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sema.expander.expand import Expander

QUOTE = intern_symbol("quote")
UNQUOTE = intern_symbol("unquote")
SPLICE = intern_symbol("unquote-splicing")
BINDERS = "define def defun defn define-values lambda fn let let* letrec do"
BINDER_SYMBOLS = frozenset(map(intern_symbol, BINDERS.split()))


class TemplateSymbols:
    """The auto-gensyms of a macro's transformer: hidden variables, made anew for each call."""

    __slots__ = ("_function", "_inits", "_variables")

    def __init__(self, function: Lambda) -> None:
        self._function = function
        self._variables: list[Variable] = []
        self._inits: list[Node] = []

    def add(self, prefix: str, span: Span | None) -> Variable:
        """A variable that holds a fresh symbol."""
        variable = Variable(prefix, self._function)
        self._variables.append(variable)
        self._inits.append(call_global(primitives.GENSYM, [Const(span, prefix)], span))
        return variable

    def bind_around(self, body: Node, span: Span | None) -> Node:
        """The body of the transformer inside the bindings of the variables."""
        return Let(span, self._variables, self._inits, body) if self._variables else body


@special_form("quasiquote", min_args=1, max_args=1)
def expand_quasiquote(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(quasiquote template), `template: data with ,computed and ,@spliced parts."""
    return Template(x).fill(parts[1], span)


class Template:
    """One template being expanded."""

    __slots__ = ("_expander", "_expands_macros", "_symbols")

    def __init__(self, x: Expander) -> None:
        self._expander = x
        self._expands_macros = x.template_symbols is None
        self._symbols: dict[Symbol, Symbol | Variable] = {}

    def fill(self, form: Form, span: Span | None) -> Node:
        """The node that makes the datum of a template."""
        kind = type(form)
        if kind is Symbol:
            return self._symbol(form, span)
        if kind is Pair:
            return self._list(form, span)
        if kind is Vector:
            return self._vector(form, span)
        if kind is Map:
            return self._map(form, span)
        return Const(span, form)

    def _symbol(self, name: Symbol, span: Span | None) -> Node:
        spelling = name.name
        if len(spelling) < 2 or spelling[-1] != "#" or spelling[-2] == "#":
            return Const(span, name)
        fresh = self._symbols.get(name)
        if fresh is None:
            fresh_per_call = self._expander.template_symbols
            if fresh_per_call is None:
                fresh = fresh_symbol(spelling[:-1])
            else:
                fresh = fresh_per_call.add(spelling[:-1], span)
            self._symbols[name] = fresh
        if isinstance(fresh, Variable):
            return self._expander.refer(fresh, span)
        return Const(span, fresh)

    def _list(self, form: Pair, span: Span | None) -> Node:
        x = self._expander
        span = x.place(form, span)
        head = form.first
        if head is UNQUOTE:
            return x.expand(operand(form, "unquote", span), span)
        if self._expands_macros and type(head) is Symbol:
            macro = x.macro_used(form)
            if macro is not None:
                return self.fill(x.expansion(form, macro, span), span)
        elements = list(form)
        if head is SPLICE:
            operand(form, "unquote-splicing", span)
            return self._constant_or_list(elements, form, span)
        for element in elements:
            if is_splice(element):
                return self._spliced(elements, span)
        return self._constant_or_list(elements, form, span)

    def _items(self, elements: Parts, span: Span | None) -> list[Node]:
        """The nodes of the elements of a template list, none of which is spliced."""
        macros_before = self._expands_macros
        head = elements[0] if elements else None
        nodes = []
        for i, element in enumerate(elements):
            if head is QUOTE or (i == 1 and head in BINDER_SYMBOLS):
                self._expands_macros = False
            nodes.append(self.fill(element, span))
            self._expands_macros = macros_before
        return nodes

    def _constant_or_list(self, elements: Parts, form: Form, span: Span | None) -> Node:
        nodes = self._items(elements, span)
        values = constants(nodes)
        if values is None:
            return call_global(primitives.LIST, nodes, span)
        unchanged = all(map(is_, values, elements))
        return Const(span, form if unchanged else make_list(values))

    def _spliced(self, elements: Parts, span: Span | None) -> Node:
        """A list with spliced parts, put together from its end."""
        if len(elements) == 1:
            return self._splice(elements[0], span)
        tail = len(elements)
        while not is_splice(elements[tail - 1]):
            tail -= 1
        parts = []
        for element in elements[:tail]:
            splices = is_splice(element)
            part = self._splice(element, span) if splices else self.fill(element, span)
            parts.append((splices, part))
        rest = elements[tail:]
        node = self._constant_or_list(rest, make_list(rest), span)
        for splices, part in reversed(parts):
            primitive = primitives.APPEND if splices else primitives.CONS
            node = call_global(primitive, [part, node], span)
        return node

    def _splice(self, element: Form, span: Span | None) -> Node:
        x = self._expander
        return x.expand(operand(element, "unquote-splicing", span), x.place(element, span))

    def _vector(self, form: Vector, span: Span | None) -> Node:
        span = self._expander.place(form, span)
        elements = list(form)
        for element in elements:
            if is_splice(element):
                spliced = self._spliced(elements, span)
                return call_global(primitives.LIST_TO_VECTOR, [spliced], span)
        nodes = []
        for element in elements:
            nodes.append(self.fill(element, span))
        return vector_of(nodes, span)

    def _map(self, form: Map, span: Span | None) -> Node:
        span = self._expander.place(form, span)
        nodes = []
        for entry in form.items():
            for part in entry:
                if is_splice(part):
                    raise malformed(
                        "unquote-splicing is not allowed in a quasiquoted map key or value", span
                    )
                nodes.append(self.fill(part, span))
        values = constants(nodes)
        if values is None:
            return MakeMap(span, nodes[::2], nodes[1::2])
        return Const(span, Map.from_pairs(zip(values[::2], values[1::2], strict=True)))


def is_splice(form: Form) -> bool:
    """Whether the form is ``,@e``."""
    return type(form) is Pair and form.first is SPLICE


def operand(form: Form, name: str, span: Span | None) -> Form:
    """The one operand of an unquote; raises ArityError unless there is one."""
    parts: Parts = list(form)
    if len(parts) != 2:
        raise ArityError(name, "1", len(parts) - 1, span=span)
    return parts[1]
