"""The constants and texts of a compiled file: flat tables whose entries refer to earlier entries.

Everything is a number in one of two columns (32 and 64 bits wide) or a stretch of one text.
Nested constants need no recursion: an element stands in front of what contains it. What occurs
several times is one entry, so that shared constants stay shared.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Callable, Iterator
from typing import Any

from sema.errors import CompileError
from sema.vm.maps import HashMap, Map
from sema.vm.numbers import Complex
from sema.vm.types import type_name
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


class _Tag:
    """The number that an entry begins with."""

    NIL, FALSE, TRUE, EMPTY = range(4)
    INTEGER, FLOAT, CHAR = range(4, 7)
    LARGE, STRING, SYMBOL, KEYWORD, BYTES = range(7, 12)
    RATIONAL, COMPLEX, LIST, VECTOR, MAP, HASHMAP = range(12, 18)


_SINGLETONS = {_Tag.NIL: None, _Tag.FALSE: False, _Tag.TRUE: True, _Tag.EMPTY: EMPTY_LIST}
_FLOAT_BITS, _BITS = struct.Struct("<d"), struct.Struct("<Q")


class Damaged(Exception):
    """The contents of a file that make no sense."""


class Columns:
    """What a file is made of: ``numbers`` of 32 bits, ``words`` of 64, and texts."""

    def __init__(self) -> None:
        self.numbers = array("I")
        self.words = array("Q")
        self.texts: list[bytes] = []
        self._known: dict[bytes, int] = {}

    def text(self, text: str | None) -> int:
        """The number of a text: 0 for None."""
        if text is None:
            return 0
        data = text.encode("utf-8", "surrogatepass")
        number = self._known.get(data)
        if number is None:
            self.texts.append(data)
            number = self._known[data] = len(self.texts)
        return number


class PoolWriter:
    """Collects constants. ``entry(value)`` is the number of the constant."""

    def __init__(self, columns: Columns) -> None:
        from fractions import Fraction

        self._tags = {**_COMPOUNDS, Fraction: _Tag.RATIONAL}
        self.count = 0
        self.entries = array("I")
        self._columns = columns
        self._atoms: dict[Any, int] = {}
        self._compounds: dict[int, int] = {}
        # The keys of the compounds are addresses; what lies there must stay.
        self._kept: list[Any] = []

    def entry(self, value: Any) -> int:
        """The number of a constant, entered if it is new.

        Raises :class:`CompileError` for what only exists while a program runs.
        """
        pending = [value]
        while pending:
            value = pending[-1]
            if self._find(value) is None:
                missing = [item for item in self._parts(value) if self._find(item) is None]
                if missing:
                    pending.extend(missing)
                    continue
                self._enter(value)
            pending.pop()
        number = self._find(value)
        assert number is not None
        return number

    def _find(self, value: Any) -> int | None:
        if type(value) in self._tags:
            return self._compounds.get(id(value))
        return self._atoms.get(_key(value))

    def _enter(self, value: Any) -> None:
        tag = self._tags.get(type(value))
        if tag is not None:
            parts = [self._find(part) for part in self._parts(value)]
            self.entries.extend([tag, len(parts), *parts])  # type: ignore[list-item]
            self._compounds[id(value)] = self.count
            self._kept.append(value)
        else:
            self.entries.extend(self._atom(value))
            self._atoms[_key(value)] = self.count
        self.count += 1

    def _parts(self, value: Any) -> list[Any]:
        """The constants that one consists of."""
        match self._tags.get(type(value)):
            case None:
                return []
            case _Tag.LIST | _Tag.VECTOR:
                return list(value)
            case _Tag.MAP | _Tag.HASHMAP:
                return [part for item in value.items() for part in item]
            case _Tag.RATIONAL:
                return [value.numerator, value.denominator]
            case _:
                return [value.re, value.im]

    def _atom(self, value: Any) -> tuple[int, ...]:
        kind = type(value)
        text = self._columns.text
        for tag, singleton in _SINGLETONS.items():
            if value is singleton:
                return (tag,)
        if kind is int:
            if -(1 << 63) <= value < 1 << 63:
                self._columns.words.append(value & 0xFFFF_FFFF_FFFF_FFFF)
                return (_Tag.INTEGER,)
            return _Tag.LARGE, text(f"{value:x}")
        if kind is float:
            self._columns.words.append(_BITS.unpack(_FLOAT_BITS.pack(value))[0])
            return (_Tag.FLOAT,)
        if kind is str:
            return _Tag.STRING, text(value)
        if kind is Symbol:
            return _Tag.SYMBOL, text(value.name)
        if kind is Keyword:
            return _Tag.KEYWORD, text(value.name)
        if kind is Char:
            return _Tag.CHAR, ord(value.code)
        if kind is bytes:
            return _Tag.BYTES, text(value.decode("latin-1"))
        raise CompileError(
            f"a compiled file cannot contain a value of type {type_name(value)}",
            hint="a macro has put it into the code; let the code compute it instead",
        )


def read_constants(
    words: Iterator[int], numbers: Iterator[int], texts: list[str | None]
) -> list[Any]:
    """The constants of a file. Raises :class:`Damaged` and what malformed data lead to."""
    constants: list[Any] = []
    for _ in range(next(numbers)):
        constants.append(_constant(next(numbers), constants, texts, numbers, words))
    return constants


def _constant(
    tag: int,
    known: list[Any],
    texts: list[str | None],
    numbers: Iterator[int],
    words: Iterator[int],
) -> Any:
    if tag in _SINGLETONS:
        return _SINGLETONS[tag]
    if tag == _Tag.INTEGER:
        return (next(words) ^ 1 << 63) - (1 << 63)
    if tag == _Tag.FLOAT:
        return _FLOAT_BITS.unpack(_BITS.pack(next(words)))[0]
    if tag == _Tag.CHAR:
        code = next(numbers)
        if code > 0x10FFFF or 0xD800 <= code < 0xE000:
            raise Damaged("an impossible character")
        return Char(code)
    if tag <= _Tag.BYTES:
        text = texts[next(numbers)]
        if text is None:
            raise Damaged("a text is missing")
        return _FROM_TEXT[tag](text)
    parts = [known[next(numbers)] for _ in range(next(numbers))]
    return _FROM_PARTS[tag](parts)


def _pairs(parts: list[Any]) -> Iterator[tuple[Any, Any]]:
    items = iter(parts)
    return zip(items, items, strict=True)


def _rational(parts: list[Any]) -> Any:
    from fractions import Fraction

    numerator, denominator = parts
    if type(numerator) is not int or type(denominator) is not int or denominator < 2:
        raise Damaged("an impossible rational")
    return Fraction(numerator, denominator)


def _complex(parts: list[Any]) -> Complex:
    from fractions import Fraction

    re, im = parts
    if not {type(re), type(im)} <= {int, float, Fraction}:
        raise Damaged("an impossible complex number")
    return Complex(re, im)


def _key(value: Any) -> Any:
    """What tells atoms apart: their type, and every bit of a float."""
    kind = type(value)
    return kind, _FLOAT_BITS.pack(value) if kind is float else value


_COMPOUNDS = {
    Pair: _Tag.LIST,
    Vector: _Tag.VECTOR,
    Map: _Tag.MAP,
    HashMap: _Tag.HASHMAP,
    Complex: _Tag.COMPLEX,
}
_FROM_TEXT: dict[int, Callable[[str], Any]] = {
    _Tag.LARGE: lambda text: int(text, 16),
    _Tag.STRING: str,
    _Tag.SYMBOL: intern_symbol,
    _Tag.KEYWORD: intern_keyword,
    _Tag.BYTES: lambda text: text.encode("latin-1"),
}
_FROM_PARTS: dict[int, Callable[[list[Any]], Any]] = {
    _Tag.RATIONAL: _rational,
    _Tag.COMPLEX: _complex,
    _Tag.LIST: make_list,
    _Tag.VECTOR: make_vector,
    _Tag.MAP: lambda parts: Map.from_pairs(_pairs(parts)),
    _Tag.HASHMAP: lambda parts: HashMap.from_pairs(_pairs(parts)),
}
