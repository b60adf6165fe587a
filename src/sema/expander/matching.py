"""``match`` and ``match*``.

A clause becomes a test, straight code that calls one primitive for each part of the pattern, and a
body in which the pattern's names are bound. Parts are reached from the part around them, which a
hidden variable holds; nothing is bound, or made, before the whole pattern has matched.
"""

from __future__ import annotations

from sema.errors import Span
from sema.expander import primitives
from sema.expander.body import expand_body
from sema.expander.core import Const, If, Let, Node, Variable
from sema.expander.destructuring import IGNORED, KEYS, REST
from sema.expander.expand import call_global
from sema.expander.forms import Form, Parts, is_sequence, malformed, special_form
from sema.expander.quasiquote import QUOTE
from sema.vm.maps import Map
from sema.vm.values import Pair, Symbol, Vector, intern_keyword, intern_symbol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from sema.expander.expand import Expander

WHEN = intern_symbol("when")


@special_form("match", min_args=2, same_block=lambda parts: parts[1:2])
def expand_match(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(match value (pattern [when guard] form ...) ...): the first clause that fits the value."""

    def nothing_matched(value: Variable) -> Node:
        return call_global(primitives.NO_MATCH, [x.refer(value, span)], span)

    return clauses(x, parts, span, nothing_matched)


@special_form("match*", min_args=2, same_block=lambda parts: parts[1:2])
def expand_match_star(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(match* value clause ...): as match, but nil if no clause fits."""
    return clauses(x, parts, span, lambda _: Const(span, None))


def clauses(
    x: Expander, parts: Parts, span: Span | None, otherwise: Callable[[Variable], Node]
) -> Node:
    """The clauses of a match, one inside the other's else."""
    value = x.variable(hidden="value")
    init = x.expand(parts[1], span)
    tried: list[tuple[Clause, Node, Node]] = []
    for form in parts[2:]:
        if not is_sequence(form):
            raise malformed("match: each clause must be a list or vector", span)
        clause = Clause(x, list(form), value, x.place(form, span))
        tried.append((clause, clause.test(), clause.body()))
    node = otherwise(value)
    for clause, test, body in reversed(tried):
        node = clause.around(If(clause.span, test, body, node))
    return Let(span, [value], [init], node)


class Clause:
    """One clause being expanded."""

    __slots__ = ("_bound", "_expander", "_forms", "_guard", "_holders", "_tests", "span")

    def __init__(self, x: Expander, forms: Parts, value: Variable, span: Span | None) -> None:
        if not forms:
            raise malformed("match: clause must not be empty", span)
        self.span = span
        self._expander = x
        self._tests: list[Node] = []
        self._holders: list[Variable] = []
        self._bound: list[tuple[Symbol, Callable[[], Node]]] = []
        has_guard = len(forms) > 2 and forms[1] is WHEN
        self._guard: Form = forms[2:3] if has_guard else None
        self._forms = forms[3:] if has_guard else forms[1:]
        self._match(forms[0], lambda: x.refer(value, span))

    def test(self) -> Node:
        """Whether the clause is the one: its pattern's parts in order, then the guard."""
        tests = list(self._tests)
        if self._guard is not None:
            tests.append(self._with_names(self._guard))
        if not tests:
            return Const(self.span, True)
        node = tests.pop()
        for test in reversed(tests):
            node = If(self.span, test, node, Const(self.span, False))
        return node

    def body(self) -> Node:
        """What is done if it is."""
        return self._with_names(self._forms)

    def around(self, node: Node) -> Node:
        """The node inside the bindings of what the clause's test finds out."""
        if not self._holders:
            return node
        nils: list[Node] = [Const(self.span, None) for _ in self._holders]
        return Let(self.span, self._holders, nils, node)

    def _with_names(self, forms: Parts) -> Node:
        x = self._expander
        last = dict(self._bound)
        names = {name: x.variable(name) for name in last}
        inits: list[Node] = []
        for take in last.values():
            inits.append(take())
        node = expand_body(x, forms, self.span, names)
        return Let(self.span, list(names.values()), inits, node) if names else node

    def _match(self, pattern: Form, take: Callable[[], Node]) -> None:
        """Add the tests and names of a pattern; ``take()`` makes a node of the value it is for."""
        kind = type(pattern)
        if kind is Symbol:
            if pattern is not IGNORED:
                self._bound.append((pattern, take))
        elif kind is Vector:
            self._match_elements(list(pattern), take)
        elif kind is Map:
            self._match_entries(pattern, take)
        elif kind is Pair and pattern.first is QUOTE and len(pattern) == 2:
            self._check(primitives.EQUAL, take(), pattern[1])
        else:
            self._check(primitives.EQUAL, take(), pattern)

    def _check(self, primitive: str, value: Node, *constants: Form) -> None:
        args = [value, *(Const(self.span, constant) for constant in constants)]
        self._tests.append(call_global(primitive, args, self.span))

    def _hold(self, value: Node) -> tuple[Variable, Node]:
        """A variable for a part that has parts itself, and the node that gives it its value."""
        x, span = self._expander, self.span
        holder = x.variable(hidden="part")
        self._holders.append(holder)
        return holder, x.assign(holder, value, span)

    def _match_elements(self, items: Parts, take: Callable[[], Node]) -> None:
        whole, value = self._hold(take())
        if REST in items:
            size = items.index(REST)
            if size + 1 == len(items):
                raise malformed("match: `&` must be followed by a rest pattern", self.span)
            self._check(primitives.HAS_AT_LEAST, value, size)
            self._match_items(items[:size], whole)
            self._match(items[size + 1], self._part(primitives.ITEMS_FROM, whole, size))
        else:
            self._check(primitives.HAS_LENGTH, value, len(items))
            self._match_items(items, whole)

    def _match_items(self, items: Parts, whole: Variable) -> None:
        for i, item in enumerate(items):
            self._match(item, self._part(primitives.ITEM, whole, i))

    def _match_entries(self, pattern: Map, take: Callable[[], Node]) -> None:
        whole, value = self._hold(take())
        self._check(primitives.IS_MAP, value)
        for key, target in pattern.items():
            if key is not KEYS:
                self._check(primitives.HAS_KEY, self._expander.refer(whole, self.span), key)
                self._match(target, self._part(primitives.LOOKUP, whole, key))
                continue
            if not is_sequence(target):
                raise malformed(
                    "match: :keys must be followed by a vector or list of symbols", self.span
                )
            for name in target:
                if type(name) is not Symbol:
                    raise malformed("match: :keys entries must be symbols", self.span)
                place = self._part(primitives.LOOKUP, whole, intern_keyword(name.name))
                self._bound.append((name, place))

    def _part(self, primitive: str, whole: Variable, where: Form) -> Callable[[], Node]:
        x, span = self._expander, self.span

        def take() -> Node:
            return call_global(primitive, [x.refer(whole, span), Const(span, where)], span)

        return take
