"""Images of compiled code for the cache: as fast to read as Python's own compiled files.

Unlike the files of ``files.py`` an image is not verified: only the very installation that made it
reads it, from a place that only it writes. It is a tuple for each function, in Python's marshal
format. The tables that serve errors, most of which are never asked for, are images in the image.
"""

from __future__ import annotations

import marshal
from array import array

from sema.compiler.unit import CodeUnit, Handler
from sema.errors import Span
from sema.vm.maps import HashMap, Map
from sema.vm.values import (
    EMPTY_LIST,
    Char,
    Keyword,
    Pair,
    Symbol,
    Vector,
    intern_keyword,
    intern_symbol,
    make_list,
    make_vector,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_PLAIN = (type(None), bool, int, float, str, bytes)


class NoImage(Exception):
    """The code contains something that only exists in memory."""


def write_image(units: list[CodeUnit]) -> bytes:
    """The image of some units. Raises NoImage if there is none."""
    try:
        return marshal.dumps([_packed(unit) for unit in units])
    except (ValueError, OverflowError, RecursionError) as error:
        raise NoImage(str(error)) from error


def read_image(image: bytes) -> list[CodeUnit]:
    """The units of an image."""
    return [_unpacked(*fields) for fields in marshal.loads(image)]


class _StoredUnit(CodeUnit):
    """A unit of an image, whose ``positions`` and ``live`` are unpacked at their first use."""

    __slots__ = ("_live", "_positions", "_tables")

    _tables: bytes
    _live: list[tuple[int, int]] | None
    _positions: list[tuple[int, Span]] | None

    @property
    def live(self) -> list[tuple[int, int]]:  # type: ignore[override]
        if self._live is None:
            self._live = marshal.loads(self._tables)[0]
        return self._live

    @property
    def positions(self) -> list[tuple[int, Span]]:  # type: ignore[override]
        if self._positions is None:
            places = marshal.loads(self._tables)[1]
            self._positions = [(offset, Span(*place)) for offset, *place in places]
        return self._positions


def _packed(unit: CodeUnit) -> tuple[Any, ...]:
    return (
        unit.name,
        unit.file,
        unit.n_params,
        unit.has_rest,
        unit.n_registers,
        unit.words.tobytes(),
        [(at, _packed_value(value)) for at, value in unit.constants],
        unit.globals,
        [(at, _packed(function)) for at, function in unit.functions],
        unit.sites,
        marshal.dumps((unit.live, [_packed_position(*entry) for entry in unit.positions])),
        [(h.start, h.end, h.target, h.register, h.keep) for h in unit.handlers],
        [
            (at, names, None if folded is None else [_packed_value(value) for value in folded])
            for at, names, folded in unit.operators
        ],
    )


def _unpacked(
    name: str | None,
    file: str | None,
    n_params: int,
    has_rest: bool,
    n_registers: int,
    words: bytes,
    constants: list[tuple[int, Any]],
    globals_: list[tuple[int, str]],
    functions: list[tuple[int, Any]],
    sites: list[int],
    tables: bytes,
    handlers: list[tuple[int, int, int, int, int]],
    operators: list[tuple[int, str, list[Any] | None]],
) -> CodeUnit:
    unit = _StoredUnit.__new__(_StoredUnit)
    unit.span = None
    unit.name = name
    unit.file = file
    unit.n_params = n_params
    unit.has_rest = has_rest
    unit.n_registers = n_registers
    unit.words = array("Q", words)
    unit.constants = [
        (at, value if type(value) is not tuple else _value(value)) for at, value in constants
    ]
    unit.globals = globals_
    unit.functions = [(at, _unpacked(*fields)) for at, fields in functions]
    unit.sites = sites
    unit._tables = tables
    unit._live = unit._positions = unit.span = None
    unit.handlers = [Handler(*fields) for fields in handlers]
    unit.operators = [
        (at, names, None if folded is None else [_value(value) for value in folded])
        for at, names, folded in operators
    ]
    return unit


def _packed_position(offset: int, span: Span) -> tuple[Any, ...]:
    return offset, span.line, span.column, span.end_line, span.end_column, span.file


# --- Constants: values that marshal does not know are tuples of a tag and their parts ---------


def _packed_value(value: Any) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is Symbol or kind is Keyword:
        return (kind.__name__, value.name)
    if kind is Char:
        return ("Char", value.code)
    if value is EMPTY_LIST or kind is Pair or kind is Vector:
        tag = "Vector" if kind is Vector else "Pair"
        return (tag, [_packed_value(item) for item in value])
    if kind is Map or kind is HashMap:
        entries = [(_packed_value(key), _packed_value(item)) for key, item in value.items()]
        return (kind.__name__, entries)
    from fractions import Fraction

    from sema.vm.numbers import Complex

    if kind is Fraction:
        return ("Fraction", value.numerator, value.denominator)
    if kind is Complex:
        return ("Complex", _packed_value(value.re), _packed_value(value.im))
    raise NoImage(f"a {kind.__name__} as a constant")


def _value(packed: Any) -> Any:
    if type(packed) is not tuple:
        return packed
    tag, *parts = packed
    return _UNPACK[tag](*parts)


def _fraction(numerator: int, denominator: int) -> Any:
    from fractions import Fraction

    return Fraction(numerator, denominator)


def _complex(re: Any, im: Any) -> Any:
    from sema.vm.numbers import Complex

    return Complex(_value(re), _value(im))


def _pairs(entries: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    return [(_value(key), _value(item)) for key, item in entries]


_UNPACK: dict[str, Callable[..., Any]] = {
    "Symbol": intern_symbol,
    "Keyword": intern_keyword,
    "Char": Char,
    "Pair": lambda items: make_list(map(_value, items)),
    "Vector": lambda items: make_vector(map(_value, items)),
    "Map": lambda entries: Map.from_pairs(_pairs(entries)),
    "HashMap": lambda entries: HashMap.from_pairs(_pairs(entries)),
    "Fraction": _fraction,
    "Complex": _complex,
}
