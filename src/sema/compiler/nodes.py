"""Nodes that only the compiler knows: what :mod:`simplify` makes of core forms."""

from __future__ import annotations

from sema.expander.core import Node, Variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sema.errors import Span


class Loop(Node):
    """Let the variables, then the body, which starts again where an :class:`Again` says so.

    Each turn has fresh variables. A local function that is only ever called, in tail position and
    from itself, is such a loop; so is ``while``.
    """

    __slots__ = ("body", "inits", "variables")

    def __init__(
        self, span: Span | None, variables: list[Variable], inits: list[Node], body: Node
    ) -> None:
        self.span = span
        self.variables = variables
        self.inits = inits
        self.body = body


class Again(Node):
    """Only in tail position of its loop's body: the next turn, with these values."""

    __slots__ = ("args", "loop")

    def __init__(self, span: Span | None, loop: Loop, args: list[Node]) -> None:
        self.span = span
        self.loop = loop
        self.args = args


class Operate(Node):
    """A call of the builtin ``name`` that one instruction performs, until it is redefined."""

    __slots__ = ("args", "name")

    def __init__(self, span: Span | None, name: str, args: list[Node]) -> None:
        self.span = span
        self.name = name
        self.args = args


class Folded(Node):
    """The value that the builtin ``name`` has for constants, until it is redefined."""

    __slots__ = ("args", "name", "value")

    def __init__(self, span: Span | None, value: Any, name: str, args: list[Any]) -> None:
        self.span = span
        self.value = value
        self.name = name
        self.args = args


def children(node: Node) -> list[Node]:
    """The nodes directly below, in order of evaluation; a lambda's body included."""
    getter = _CHILDREN.get(type(node).__name__)
    return getter(node) if getter else []


_CHILDREN: dict[str, Any] = {
    "SetLocal": lambda n: [n.value],
    "SetGlobal": lambda n: [n.value],
    "DefineGlobal": lambda n: [n.value],
    "If": lambda n: [n.test, n.then, n.otherwise],
    "Seq": lambda n: n.forms,
    "Let": lambda n: [*n.inits, n.body],
    "Letrec": lambda n: [*n.inits, n.body],
    "Lambda": lambda n: [n.body],
    "Call": lambda n: [n.function, *n.args],
    "While": lambda n: [n.test, n.body],
    "Try": lambda n: [n.body, n.handler],
    "Throw": lambda n: [n.value],
    "MakeVector": lambda n: n.items,
    "MakeMap": lambda n: [part for entry in zip(n.keys, n.values, strict=True) for part in entry],
    "Loop": lambda n: [*n.inits, n.body],
    "Again": lambda n: n.args,
    "Operate": lambda n: n.args,
}
