"""The kinds of arguments that signatures name, and how a builtin written in Python gets them."""

from __future__ import annotations

from sema.errors import ArityError, EvalError, SemaTypeError
from sema.vm.maps import HashMap, Map
from sema.vm.types import type_name
from sema.vm.values import EMPTY_LIST, Char, Keyword, Pair, Symbol, Vector

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    Count = int
    """An integer that is not negative."""
    Number = float
    """An integer of 64 bits or a float."""
    Name = str
    """The spelling of a string or keyword."""
    Elements = Iterable[Any]
    """The elements of a list, vector or mutable array."""
    ListOrVector = Iterable[Any]
    """A list or vector."""
    Function = Callable[..., Any]
    """Anything that a program can call, as a function of Python."""
    AnyMap = Map | HashMap
    """A map or hash map."""
    Path = str
    """The path of a file or directory that the function uses: what a sandbox looks at."""

    Refine = Callable[[Any, str], Any]


class Kind:
    """One kind of argument; ``text`` says to readers what it is.

    ``exact`` is its Python type, if that is all that matters. ``refine(value, who)`` gives what
    the builtin named ``who`` wants to see for the value, or raises; it is called for values of the
    exact type, or, if there is none, for all.
    """

    __slots__ = ("exact", "expected", "refine", "text")

    def __init__(
        self, expected: str, exact: type | None, refine: Refine | None = None, text: str = ""
    ) -> None:
        self.text = text or f"a {expected}"
        self.expected = expected
        self.exact = exact
        self.refine = refine

    def check(self, who: str) -> tuple[Any, ...]:
        """What the machine needs for checking an argument of ``who``."""
        refine = self.refine
        return (
            self.exact,
            None if refine is None else (lambda value: refine(value, who)),
            self.expected,
        )


def _integer(value: int, who: str) -> int:
    if not -(1 << 63) <= value < 1 << 63:
        raise SemaTypeError("int", "int")
    return value


def _int_or_float(value: Any, who: str) -> int | float:
    if type(value) is float or (type(value) is int and -(1 << 63) <= value < 1 << 63):
        number: int | float = value
        return number
    raise SemaTypeError("number", type_name(value))


def non_negative(value: int, who: str) -> int:
    """The value if it is not negative and fits into 64 bits. Raises SemaTypeError, EvalError."""
    if _integer(value, who) < 0:
        raise EvalError(f"{who}: expected a non-negative integer, got {value}")
    return value


def _spelling(value: Any, who: str) -> str:
    if type(value) is Keyword:
        return value.name
    if type(value) is not str:
        raise SemaTypeError("string or keyword", type_name(value))
    return value


def elements(value: Any, who: str) -> Iterable[Any]:
    """The elements of a list, vector or mutable array given to ``who``. Raises SemaTypeError."""
    found: Iterable[Any] = value
    if value is EMPTY_LIST or type(value) is Pair or type(value) is Vector:
        return found
    snapshot = getattr(type(value), "__sema_snapshot__", None)
    if snapshot is None:
        raise SemaTypeError("list, vector, or mutable-array", f"{type_name(value)} in {who}")
    found = snapshot(value)
    return found


def _named(expected: str, *types: str, text: str = "") -> Kind:
    """The kind of the values whose type has one of these names."""

    def refine(value: Any, who: str) -> Any:
        name = type_name(value)
        if name not in types:
            raise SemaTypeError(expected, name)
        return value

    return Kind(expected, None, refine, text)


def _function(value: Any, who: str) -> Any:
    if type(value) is Keyword:
        return _lookup(value)
    if not callable(value):
        raise SemaTypeError("callable", type_name(value))
    return value


def _lookup(key: Keyword) -> Callable[..., Any]:
    """What a keyword is as a function."""

    def look_up(*args: Any) -> Any:
        if len(args) != 1:
            raise ArityError(key.name, "1", len(args))
        if type(args[0]) not in (Map, HashMap):
            raise SemaTypeError("map or hashmap", type_name(args[0]))
        return args[0].get(key)

    return look_up


KINDS = {
    "string": Kind("string", str),
    "path": Kind("string", str, None, "the path of a file or directory, a string"),
    "int": Kind("int", int, _integer, "an integer of 64 bits"),
    "count": Kind("int", int, non_negative, "an integer of 64 bits that is not negative"),
    "integer": Kind("integer", int, None, "an integer of any size"),
    "int-or-float": Kind("number", None, _int_or_float, "an integer of 64 bits or a float"),
    "rational": _named("rational", "int", "rational", text="an integer or fraction"),
    "real": _named("real number", "int", "rational", "float", text="any number but a complex one"),
    "number": _named("number", "int", "rational", "float", "complex", text="any number"),
    "bool": Kind("bool", bool, None, "`#t` or `#f`"),
    "char": Kind("char", Char, None, "a character"),
    "symbol": Kind("symbol", Symbol),
    "name": Kind("string or keyword", None, _spelling),
    "keyword": Kind("keyword", Keyword),
    "map": Kind("map", Map),
    "hashmap": Kind("hashmap", HashMap),
    "any-map": _named("map or hashmap", "map", "hashmap"),
    "list": _named("list", "list"),
    "vector": Kind("vector", Vector),
    "sequence": _named("list or vector", "list", "vector"),
    "elements": Kind(
        "list, vector, or mutable-array", None, elements, "a list, vector or mutable array"
    ),
    "bytevector": Kind("bytevector", bytes),
    "f64-array": _named("f64-array", "f64-array"),
    "i64-array": _named("i64-array", "i64-array"),
    "channel": _named("channel", "channel"),
    "mutable-array": _named("mutable-array", "mutable-array"),
    "mutable-cell": _named("mutable-cell", "mutable-cell"),
    "promise": _named("promise", "promise"),
    "stream": _named("stream", "stream"),
    "line-source": _named("line-source", "line-source"),
    "function": Kind(
        "callable", None, _function, "what can be called: a function, a keyword, a multimethod"
    ),
}
"""The kinds by the names that signatures use."""

ANNOTATIONS = {
    "str": "string",
    "Path": "path",
    "int": "int",
    "Count": "count",
    "Number": "int-or-float",
    "bool": "bool",
    "Char": "char",
    "Symbol": "symbol",
    "Name": "name",
    "Keyword": "keyword",
    "Map": "map",
    "AnyMap": "any-map",
    "Vector": "vector",
    "ListOrVector": "sequence",
    "Elements": "elements",
    "bytes": "bytevector",
    "Channel": "channel",
    "Function": "function",
    "Stream": "stream",
    "LineSource": "line-source",
}
"""The kinds by the annotations of builtins written in Python."""
