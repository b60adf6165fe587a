# reference: values.md 6
"""What is printed reads back as what it was; no text breaks the reader."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import strategies as draw
from hypothesis import given
from hypothesis import strategies as st

from sema.errors import ReadError
from sema.reader import (
    parse_number,
    pretty,
    read_all,
    read_many,
    read_one,
    read_recovering,
    write,
)
from sema.vm.maps import Map
from sema.vm.values import (
    Char,
    Pair,
    Symbol,
    Vector,
    intern_keyword,
    intern_symbol,
    make_list,
    make_vector,
)


def reads_as_itself(symbol: Symbol) -> bool:
    """Whether a symbol's text is no number, no literal and not several tokens (``+i#``)."""
    try:
        return read_many(symbol.name) == [symbol]
    except ReadError:
        return False


scalars = st.characters(exclude_categories=["Cs"])
words = st.from_regex(r"[a-z+*/<=>!?_&^~-][a-z0-9#+*/<=>!?_&^~.-]*", fullmatch=True)
symbols = words.filter(lambda word: not re.match("-[0-9]", word)).map(intern_symbol)
symbols = symbols.filter(reads_as_itself)
atoms = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=-(2**50), max_value=2**50)
    | st.floats(allow_nan=False)
    | st.fractions().filter(lambda ratio: ratio.denominator > 1)
    | st.text(scalars)
    | st.builds(Char, st.sampled_from(' \n\t\r\0aZ(;"\\λ0') | scalars)
    | symbols
    | words.map(intern_keyword)
    | st.binary()
    # A rational real part does not combine with an imaginary one.
    | draw.complexes.filter(lambda z: type(z.re) is not Fraction)
)
values = st.recursive(
    atoms,
    lambda inner: (
        st.lists(inner).map(make_list)
        | st.lists(inner).map(make_vector)
        | st.lists(st.tuples(inner, inner)).map(Map.from_pairs)
    ),
    max_leaves=30,
)


def same(x: Any, y: Any) -> bool:
    """Structural equality in which types and the signs of zeros count."""
    if type(x) is not type(y):
        return False
    if isinstance(x, (Pair, Vector)):
        return len(x) == len(y) and all(map(same, x, y))
    if isinstance(x, Map):
        return same(make_list(x.keys()), make_list(y.keys())) and all(
            map(same, x.values(), y.values())
        )
    return repr(x) == repr(y)


@given(values)
def test_what_is_written_reads_back(value: Any) -> None:
    assert same(read_one(write(value)), value)


@given(values, st.integers(min_value=1, max_value=100))
def test_what_is_laid_out_reads_back(value: Any, width: int) -> None:
    assert same(read_one(pretty(value, width)), value)


@given(st.lists(values))
def test_many_forms(forms: list[Any]) -> None:
    read, spans = read_all("\n".join(map(write, forms)))
    assert all(map(same, read, forms))
    assert len(read) == len(forms)
    assert all(spans.child(None, i) is not None for i in range(len(forms)))


@given(st.integers() | st.floats(allow_nan=False) | st.fractions())
def test_numbers(value: Any) -> None:
    assert parse_number(write(value)) == value


fragments = st.lists(
    st.sampled_from(
        [*"()[]'`,@.%:#1/+-ei$\\;\n ", 'f"', "${", '"', "#(", "#u8(", "#\\", "\\x", "#x", "a"]
    )
).map("".join)


@given(fragments | st.text())
def test_any_text_is_forms_or_an_error(text: str) -> None:
    forms, _, errors = read_recovering(text, None)
    try:
        assert len(read_many(text)) == len(forms)
        assert errors == []
    except ReadError as error:
        assert str(error) == str(errors[0])
