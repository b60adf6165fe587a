"""The core forms: all that the compiler has to know of the language.

The expander turns every special form and macro into these nodes, with variables already resolved:
a name in the text has become a :class:`Variable` (lexical) or a global's spelling. ``span`` is
the place in the source that an error in the node points to.
"""

from __future__ import annotations

from sema.errors import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Variable:
    """A lexical variable.

    ``function`` is the lambda (or None for the unit) whose activation it belongs to. The expander
    sets ``assigned`` when anything but the binding itself gives it a value (``set!``, an inner
    ``define``), and ``captured`` when a lambda other than its own mentions it.
    """

    __slots__ = ("assigned", "captured", "function", "name")

    def __init__(
        self, name: str, function: Lambda | None, assigned: bool = False, captured: bool = False
    ) -> None:
        self.name = name
        self.function = function
        self.assigned = assigned
        self.captured = captured


class Node:
    """A core form."""

    __slots__ = ("span",)

    def __init__(self, span: Span | None) -> None:
        self.span = span


class Const(Node):
    """A value known before the program runs, as a Python object."""

    __slots__ = ("value",)

    def __init__(self, span: Span | None, value: Any) -> None:
        self.span = span
        self.value = value


class LocalRef(Node):
    """The value of a lexical variable."""

    __slots__ = ("variable",)

    def __init__(self, span: Span | None, variable: Variable) -> None:
        self.span = span
        self.variable = variable


class GlobalRef(Node):
    """The value of a global variable."""

    __slots__ = ("name",)

    def __init__(self, span: Span | None, name: str) -> None:
        self.span = span
        self.name = name


class SetLocal(Node):
    """Assignment to a lexical variable; its value is the value assigned."""

    __slots__ = ("value", "variable")

    def __init__(self, span: Span | None, variable: Variable, value: Node) -> None:
        self.span = span
        self.variable = variable
        self.value = value


class SetGlobal(Node):
    """``set!`` of a global, which comes into being if need be; its value is the value assigned."""

    __slots__ = ("name", "value")

    def __init__(self, span: Span | None, name: str, value: Node) -> None:
        self.span = span
        self.name = name
        self.value = value


class DefineGlobal(Node):
    """``define`` of a global; its value is nil."""

    __slots__ = ("name", "value")

    def __init__(self, span: Span | None, name: str, value: Node) -> None:
        self.span = span
        self.name = name
        self.value = value


class If(Node):
    __slots__ = ("otherwise", "test", "then")

    def __init__(self, span: Span | None, test: Node, then: Node, otherwise: Node) -> None:
        self.span = span
        self.test = test
        self.then = then
        self.otherwise = otherwise


class Seq(Node):
    """One after the other, the last one's value; never empty."""

    __slots__ = ("forms",)

    def __init__(self, span: Span | None, forms: list[Node]) -> None:
        self.span = span
        self.forms = forms


class Let(Node):
    """All inits in order, then the variables, which the inits do not see."""

    __slots__ = ("body", "inits", "variables")

    def __init__(
        self, span: Span | None, variables: list[Variable], inits: list[Node], body: Node
    ) -> None:
        self.span = span
        self.variables = variables
        self.inits = inits
        self.body = body


class Letrec(Node):
    """The variables, nil at first and seen by the inits, which are then assigned in order."""

    __slots__ = ("body", "inits", "variables")

    def __init__(
        self, span: Span | None, variables: list[Variable], inits: list[Node], body: Node
    ) -> None:
        self.span = span
        self.variables = variables
        self.inits = inits
        self.body = body


class Lambda(Node):
    """A function. ``name`` is None for an anonymous one; ``rest`` takes surplus arguments.

    Parameters and body follow, because the body mentions the parameters, which mention it.
    """

    __slots__ = ("body", "name", "params", "rest")

    body: Node

    def __init__(self, span: Span | None, name: str | None) -> None:
        self.span = span
        self.name = name
        self.params: list[Variable] = []
        self.rest: Variable | None = None


class Call(Node):
    """A call. ``span`` is the whole form's; errors inside the callee name it in the trace."""

    __slots__ = ("args", "function")

    def __init__(self, span: Span | None, function: Node, args: list[Node]) -> None:
        self.span = span
        self.function = function
        self.args = args


class While(Node):
    """Repeats the body as long as the test holds; its value is nil."""

    __slots__ = ("body", "test")

    def __init__(self, span: Span | None, test: Node, body: Node) -> None:
        self.span = span
        self.test = test
        self.body = body


class Try(Node):
    """The body's value, or, if it fails, the handler's with the caught map in ``variable``."""

    __slots__ = ("body", "handler", "variable")

    def __init__(self, span: Span | None, body: Node, variable: Variable, handler: Node) -> None:
        self.span = span
        self.body = body
        self.variable = variable
        self.handler = handler


class Throw(Node):
    __slots__ = ("value",)

    def __init__(self, span: Span | None, value: Node) -> None:
        self.span = span
        self.value = value


class MakeVector(Node):
    __slots__ = ("items",)

    def __init__(self, span: Span | None, items: list[Node]) -> None:
        self.span = span
        self.items = items


class MakeMap(Node):
    """A sorted map of keys and values, evaluated in the order given."""

    __slots__ = ("keys", "values")

    def __init__(self, span: Span | None, keys: list[Node], values: list[Node]) -> None:
        self.span = span
        self.keys = keys
        self.values = values
