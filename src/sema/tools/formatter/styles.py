"""How each kind of form is laid out: one table, and what the macros of a file add to it.

A *role* is what a part is to the form around it: code, data, a clause, … From its role and its
bracket, or if it is a call from its head, follows a form's :class:`Style`.
"""

from __future__ import annotations

from enum import Enum, auto

from sema.vm.values import Pair, Symbol, Vector

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


class Layout(Enum):
    """Where the parts of a form go that does not stay on one line."""

    CALL = auto()  # arguments under the first one, or below the head
    LINES = auto()  # the same, each on a line of its own
    BODY = auto()  # a header after the head, the rest as a body
    CLAUSE = auto()  # a header without a head, the rest below
    DATA = auto()  # elements under one another, in rows as the author made them
    STACKED = auto()  # elements under one another
    ENTRIES = auto()  # pairs of elements under one another
    PAIR = auto()  # a name and its value side by side if there is room
    PREFIX = auto()  # a quote and what is quoted


class Style:
    """A layout, the roles of the parts after the first one (``rest`` if there are more), and:

    - ``first``: the role of the first part;
    - ``header``: how many parts after the head belong to a BODY's header;
    - ``named``: a symbol before the header belongs to it, as the name of a loop does;
    - ``spread``: more than one part of the body need lines of their own, whatever the author did;
    - ``stacked``: the parts of a header have lines of their own;
    - ``hugs``: a single part of the body may begin on the header's line.
    """

    __slots__ = ("first", "header", "hugs", "layout", "named", "rest", "roles", "spread", "stacked")

    def __init__(
        self,
        layout: Layout,
        roles: tuple[str, ...] = (),
        rest: str = "code",
        *,
        first: str = "code",
        header: int = 0,
        named: bool = False,
        spread: bool = False,
        stacked: bool = False,
        hugs: bool = False,
    ) -> None:
        self.layout = layout
        self.roles = roles
        self.rest = rest
        self.first = first
        self.header = header
        self.named = named
        self.spread = spread
        self.stacked = stacked
        self.hugs = hugs

    def role(self, index: int, has_name: bool) -> str:
        """What the part at an index is."""
        if index == 0:
            return self.first
        index -= 1 + has_name
        return self.roles[index] if 0 <= index < len(self.roles) else self.rest


UNDECIDED = Style(Layout.CALL)  # until the head is known
UNIT = Style(Layout.STACKED)
CALL = Style(Layout.CALL)
DATA = Style(Layout.DATA, rest="data", first="data")
QUOTED = Style(Layout.DATA, rest="quoted", first="quoted")
_CLAUSE = Style(Layout.CLAUSE, header=1)
_DATUM_CLAUSE = Style(Layout.CLAUSE, header=1, first="data")
_PAIR = Style(Layout.PAIR, first="data")

# Lists and vectors by their roles.
_LISTS = {
    "code": UNDECIDED,
    "quoted": UNDECIDED,
    "data": DATA,
    "bindings": Style(Layout.STACKED, rest="pair", first="pair"),
    "variables": Style(Layout.STACKED, rest="plain", first="plain"),
    "pair": _PAIR,
    "clause": _CLAUSE,
    "datum clause": _DATUM_CLAUSE,
    "pattern clause": Style(Layout.CLAUSE, header=1, first="quoted"),
    "handler": Style(Layout.LINES, rest="clause", first="data", spread=True),
    "plain": CALL,
}
PREFIXES = {role: Style(Layout.PREFIX, first=role) for role in _LISTS}
_VECTORS = {
    "quoted": QUOTED,
    "data": DATA,
    "bindings": Style(Layout.ENTRIES),
    "pair": _PAIR,
    "clause": _CLAUSE,
    "pattern clause": _LISTS["pattern clause"],
}
_VECTOR = Style(Layout.DATA)
_MAP = Style(Layout.ENTRIES)
_QUOTED_MAP = Style(Layout.ENTRIES, rest="quoted", first="quoted")

FORMS: dict[str, Style] = {}
"""The styles of calls, by their heads."""


def _enter(names: str, style: Style) -> None:
    FORMS.update(dict.fromkeys(names.split(), style))


def _body(names: str, *roles: str, rest: str = "code", **properties: Any) -> None:
    """Forms with a header of as many parts as there are roles, and a body."""
    spread = bool(roles)
    style = Style(Layout.BODY, roles, rest, header=len(roles), spread=spread, **properties)
    _enter(names, style)


_body("define def", "data", hugs=True)
_body("defun defn defmacro", "data", "data")
_body("define-values set! defmulti", "data", hugs=True)
_body("defmethod", "code", "code", hugs=True)
_body("define-syntax", "data")
_body("syntax-rules", "data", rest="pattern clause", named=True)
_body("define-record-type", "data", rest="data")
_body("lambda fn", "data")
_body("let let* letrec letrec* let-values let*-values parameterize", "bindings", named=True)
_body("when unless while module", "code")
_body("when-let if-let with-open with-stream", "pair")
_body("dotimes for-range", "plain")
_body("case", "code", rest="datum clause")
_body("match match*", "code", rest="pattern clause")
_body("do", "variables", "clause", stacked=True)
_body("guard", "handler")
_body("catch", "code")
_body("begin progn try finally async delay")
_enter("if -> ->> some-> as->", Style(Layout.LINES))
_enter("cond", Style(Layout.LINES, rest="clause", spread=True))

_DEFINITION = Style(Layout.BODY, ("data",), header=1)


def style_of(opener: str, role: str) -> Style:
    """The style of a form from its bracket and its role; UNDECIDED if its head decides."""
    if opener == "(":
        return _LISTS[role]
    if opener == "[":
        return _VECTORS.get(role, _VECTOR)
    if opener == "{":
        return _QUOTED_MAP if role in ("quoted", "data") else _MAP
    return UNDECIDED if opener == "#(" else DATA


def style_of_head(head: str | None, role: str, macros: dict[str, Style]) -> Style:
    """The style of a call; the head is None if it is a form."""
    style = None if head is None else macros.get(head) or FORMS.get(head)
    if style is None:
        if role == "quoted":
            return QUOTED
        style = _DEFINITION if head is not None and head.startswith("def") else CALL
    return style


# --- Macros ---------------------------------------------------------------------------------------

_BODIES = frozenset("body forms clauses exprs expressions statements".split())


def styles_of_macros(forms: Iterable[Any]) -> dict[str, Style]:
    """The styles of macros that forms of a unit define and that take a body: a rest parameter,
    or a part with an ellipsis in the first rule, which is called so."""
    found = {}
    for form in forms:
        parts = _parts(form)
        if len(parts) >= 3 and isinstance(parts[1], Symbol) and isinstance(parts[0], Symbol):
            header = None
            if parts[0].name == "defmacro":
                header = _header(_parts(parts[2]))
            elif parts[0].name == "define-syntax":
                rules = [_parts(rule) for rule in _parts(parts[2])[1:]]
                pattern = next((rule[0] for rule in rules if len(rule) == 2), None)
                header = _header(_parts(pattern)[1:])
            if header is not None:
                roles = ("code",) * header
                found[parts[1].name] = Style(Layout.BODY, roles, header=header, spread=header > 0)
    return found


def _header(parameters: list[Any]) -> int | None:
    """How many parameters stand before the body, if there is one, as in ``(a . body)`` or
    ``(a body ...)``."""
    names = [each.name if isinstance(each, Symbol) else None for each in parameters[-2:]]
    if len(names) == 2:
        before, last = names
        if (before == "." and last in _BODIES) or (last == "..." and before in _BODIES):
            return len(parameters) - 2
    return None


def _parts(form: Any) -> list[Any]:
    return list(form) if isinstance(form, (Pair, Vector)) else []
