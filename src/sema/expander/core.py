"""The core forms: all that the compiler has to know of the language.

The expander turns every special form and macro into these nodes, with variables already resolved:
a name in the text has become a :class:`Variable` (lexical) or a global's spelling. ``span`` is
the place in the source that an error in the node points to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sema.errors import Span


@dataclass(slots=True, eq=False)
class Variable:
    """A lexical variable.

    ``function`` is the lambda (or None for the unit) whose activation it belongs to. The expander
    sets ``assigned`` when anything but the binding itself gives it a value (``set!``, an inner
    ``define``), and ``captured`` when a lambda other than its own mentions it.
    """

    name: str
    function: Lambda | None
    assigned: bool = False
    captured: bool = False


@dataclass(slots=True, eq=False)
class Node:
    """A core form."""

    span: Span | None


@dataclass(slots=True, eq=False)
class Const(Node):
    """A value known before the program runs, as a Python object."""

    value: Any


@dataclass(slots=True, eq=False)
class LocalRef(Node):
    """The value of a lexical variable."""

    variable: Variable


@dataclass(slots=True, eq=False)
class GlobalRef(Node):
    """The value of a global variable."""

    name: str


@dataclass(slots=True, eq=False)
class SetLocal(Node):
    """Assignment to a lexical variable; its value is the value assigned."""

    variable: Variable
    value: Node


@dataclass(slots=True, eq=False)
class SetGlobal(Node):
    """``set!`` of a global, which comes into being if need be; its value is the value assigned."""

    name: str
    value: Node


@dataclass(slots=True, eq=False)
class DefineGlobal(Node):
    """``define`` of a global; its value is nil."""

    name: str
    value: Node


@dataclass(slots=True, eq=False)
class If(Node):
    test: Node
    then: Node
    otherwise: Node


@dataclass(slots=True, eq=False)
class Seq(Node):
    """One after the other, the last one's value; never empty."""

    forms: list[Node]


@dataclass(slots=True, eq=False)
class Let(Node):
    """All inits in order, then the variables, which the inits do not see."""

    variables: list[Variable]
    inits: list[Node]
    body: Node


@dataclass(slots=True, eq=False)
class Letrec(Node):
    """The variables, nil at first and seen by the inits, which are then assigned in order."""

    variables: list[Variable]
    inits: list[Node]
    body: Node


@dataclass(slots=True, eq=False)
class Lambda(Node):
    """A function. ``name`` is None for an anonymous one; ``rest`` takes surplus arguments."""

    name: str | None
    params: list[Variable] = field(default_factory=list)
    rest: Variable | None = None
    body: Node = None  # type: ignore[assignment]  # set once the parameters exist


@dataclass(slots=True, eq=False)
class Call(Node):
    """A call. ``span`` is the whole form's; errors inside the callee name it in the trace."""

    function: Node
    args: list[Node]


@dataclass(slots=True, eq=False)
class While(Node):
    """Repeats the body as long as the test holds; its value is nil."""

    test: Node
    body: Node


@dataclass(slots=True, eq=False)
class Try(Node):
    """The body's value, or, if it fails, the handler's with the caught map in ``variable``."""

    body: Node
    variable: Variable
    handler: Node


@dataclass(slots=True, eq=False)
class Throw(Node):
    value: Node


@dataclass(slots=True, eq=False)
class MakeVector(Node):
    items: list[Node]


@dataclass(slots=True, eq=False)
class MakeMap(Node):
    """A sorted map of keys and values, evaluated in the order given."""

    keys: list[Node]
    values: list[Node]
