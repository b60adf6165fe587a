"""What machine code knows of a value before the program runs: the lattice of kinds.

====================  =================================================  =====================
kind                  the value                                          where it lies
====================  =================================================  =====================
``INT``               an integer of 48 bits                              i64, shifted left by 16
``FLOAT``             a double                                           double
``PLAIN``             anything that is no reference                      its word
``PAIR``              a list with elements                               its word
``VECTOR``            a vector                                           its word
``ARRAY``             a mutable array                                    its word
``CELL``              a mutable cell                                     its word
``NAME``              a symbol                                           its word
:class:`Function`     a closure of a known code object                   its word
:class:`Native`       this very builtin or keyword                       its word
``ANY``               anything                                           its word
====================  =================================================  =====================

Words of those below ``PLAIN`` are owned by their register; the first three cost no counting.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from sema.vm.code import Code
    from sema.vm.values import Builtin, Closure, Keyword

INT = "int"
FLOAT = "float"
PLAIN = "plain"
PAIR = "pair"
VECTOR = "vector"
ARRAY = "mutable-array"
CELL = "mutable-cell"
NAME = "name"
ANY = "any"

NUMBERS = frozenset({INT, FLOAT})
UNCOUNTED = frozenset({INT, FLOAT, PLAIN})
INSTANCES = {
    PAIR: "type Pair",
    VECTOR: "type Vector",
    ARRAY: "type MutableArray",
    CELL: "type MutableCell",
    NAME: "type Symbol",
}
"""What tells an object of a kind."""


class Function:
    """A closure of ``code``; this very ``closure`` if that is known."""

    __slots__ = ("closure", "code")

    def __init__(self, code: Code, closure: Closure | None = None) -> None:
        self.code = code
        self.closure = closure

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Function)
            and self.code is other.code
            and self.closure is other.closure
        )

    def __hash__(self) -> int:
        return hash((id(self.code), id(self.closure)))

    def __repr__(self) -> str:
        return f"function {self.code.name or '<lambda>'}"


class Native:
    """This very builtin, or a keyword, which is a function as well."""

    __slots__ = ("function",)

    def __init__(self, function: Builtin | Keyword) -> None:
        self.function = function

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Native) and self.function is other.function

    def __hash__(self) -> int:
        return id(self.function)

    def __repr__(self) -> str:
        return f"builtin {self.function.name}"


Kind: TypeAlias = "str | Function | Native"


def join(one: Kind, other: Kind) -> Kind:
    """The kind of a value that has either kind."""
    if one == other:
        return one
    if one in UNCOUNTED and other in UNCOUNTED:
        return PLAIN
    if isinstance(one, Function) and isinstance(other, Function) and one.code is other.code:
        return Function(one.code)
    return ANY
