"""TOML: text to maps and back."""

from __future__ import annotations

import datetime
import re
import tomllib

from sema.errors import EvalError
from sema.reader.printer import write
from sema.recursion import deep_recursion
from sema.stdlib.registry import builtin
from sema.vm.maps import HashMap, Map
from sema.vm.types import type_name
from sema.vm.values import (
    EmptyList,
    Keyword,
    Pair,
    Symbol,
    Vector,
    intern_keyword,
    make_list,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MOMENTS = (datetime.datetime, datetime.date, datetime.time)
LISTS = (Pair, EmptyList, Vector)
MAPS = (Map, HashMap)

# --- Text to values -------------------------------------------------------------------------------


def _adopted(parsed: Any) -> Any:
    """The value of what the parser made."""
    kind = type(parsed)
    if kind is dict:
        return Map.from_pairs([(intern_keyword(key), _adopted(x)) for key, x in parsed.items()])
    if kind is list:
        return make_list([_adopted(x) for x in parsed])
    if kind is int and not -(1 << 63) <= parsed < 1 << 63:
        raise EvalError("toml/decode: parse error: an integer does not fit in 64 bits")
    if kind in MOMENTS:
        whole, point, fraction = parsed.isoformat().replace("+00:00", "Z").partition(".")
        # As few digits of the fraction as it needs.
        return whole + point + re.sub(r"^(\d+?)0*(?!\d)", r"\1", fraction)
    return parsed


@builtin(
    "toml/decode",
    doc="The map of a TOML text, with keywords as keys.",
    example=r'(toml/decode "[server]\nport = 80") => {:server {:port 80}}',
    tier="T2",
)
def decode(s: str) -> Map:
    try:
        with deep_recursion:
            decoded: Map = _adopted(tomllib.loads(s))
    except ValueError as error:
        raise EvalError(f"toml/decode: parse error: {error}") from None
    except RecursionError:
        raise EvalError("toml/decode: parse error: nesting is too deep") from None
    return decoded


# --- Values to text -------------------------------------------------------------------------------

ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\f": "\\f", "\r": "\\r"}


def _escaped(text: str, escaped: str) -> str:
    """The text with what matches the pattern ``escaped`` escaped."""
    return re.sub(escaped, lambda found: ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04X}", text)


def _quoted(text: str) -> str:
    if "\n" in text:
        return '"""\n' + _escaped(text, r'["\\\x00-\x09\x0b-\x1f\x7f]') + '"""'
    return _quoted_line(text)


def _quoted_line(text: str) -> str:
    return '"' + _escaped(text, r'["\\\x00-\x1f\x7f]') + '"'


def _key(key: Any) -> str:
    name = key.name if type(key) in (Keyword, Symbol) else key
    text = name if type(name) is str else write(name)
    if re.fullmatch("[A-Za-z0-9_-]+", text):
        return text
    return _quoted_line(text)


def _inline(value: Any) -> str:
    """The text of a value on one line."""
    kind = type(value)
    if kind is str:
        return _quoted(value)
    if kind in (Keyword, Symbol):
        return _quoted(value.name)
    if kind is bool:
        return "true" if value else "false"
    if kind is float:
        return repr(value)
    if kind is int and -(1 << 63) <= value < 1 << 63:
        return str(value)
    if kind in LISTS:
        return "[" + ", ".join([_inline(x) for x in value]) + "]"
    if kind in MAPS:
        entries = [f"{_key(key)} = {_inline(x)}" for key, x in value.items()]
        return "{ " + ", ".join(entries) + " }" if entries else "{}"
    shown = write(value) if kind is int else type_name(value)
    raise EvalError(f"toml/encode: cannot encode {shown}")


def _is_tables(value: Any) -> bool:
    """Whether a value is a list of nothing but maps, and of some."""
    return type(value) in (Pair, Vector) and bool(value) and all(type(x) in MAPS for x in value)


def _table(entries: Any, path: str, header: list[str], lines: list[str]) -> None:
    """Add the lines of a table: its plain values, then its tables, each under its full name.

    The header of a table that has nothing but tables says nothing and is left out.
    """
    plain = []
    tables = []
    for key, value in entries.items():
        if type(value) in MAPS or _is_tables(value):
            tables.append((path + _key(key), value))
        else:
            plain.append(f"{_key(key)} = {_inline(value)}")
    if plain or not tables or header[-1].startswith("[["):
        lines += [*header, *plain]
    for name, value in tables:
        if type(value) in MAPS:
            _table(value, f"{name}.", ["", f"[{name}]"], lines)
        else:
            for part in value:
                _table(part, f"{name}.", ["", f"[[{name}]]"], lines)


@builtin(
    "toml/encode",
    doc="The TOML text of a map.",
    example=r'(toml/encode {:a {:b [1 :x]}}) => "[a]\nb = [1, \"x\"]\n"',
    tier="T2",
)
def encode(m: Any) -> str:
    if type(m) not in MAPS:
        raise EvalError(f"toml/encode: the top level must be a map, got {type_name(m)}")
    lines: list[str] = []
    try:
        with deep_recursion:
            _table(m, "", [""], lines)
    except RecursionError:
        raise EvalError("toml/encode: nesting is too deep") from None
    return "\n".join([*lines, ""]).lstrip("\n")
