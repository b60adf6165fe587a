# reference: values.md 3, 4
"""Equality, the total order, hashes: over all kinds of values, and without recursion."""

from __future__ import annotations

from fractions import Fraction
from functools import cmp_to_key
from typing import Any

import pytest
import strategies as draw
from hypothesis import given
from hypothesis import strategies as st

import sema
from sema.vm.equality import equal, order, structural_hash
from sema.vm.maps import HashMap, Map
from sema.vm.numbers import Complex
from sema.vm.values import (
    EMPTY_LIST,
    Char,
    intern_keyword,
    intern_symbol,
    make_list,
    make_vector,
)

NAN = float("nan")
NUMBERS = (int, float, Fraction, Complex)
KINDS = [
    draw.integers,
    draw.finite_floats,
    draw.rationals,
    st.text(max_size=3),
    st.text(max_size=3).map(intern_symbol),
    st.text(max_size=3).map(intern_keyword),
    st.characters(exclude_categories=["Cs"]).map(Char),
    st.lists(st.integers(0, 2), max_size=3).map(make_list),
]
sort = sema.Interpreter()["sort"]
# In the order of map keys; no two are equal.
ASCENDING = [
    None,
    False,
    True,
    -(2**70),
    -1,
    0,
    2**47,
    2**70,
    float("-inf"),
    -0.5,
    0.0,
    float("inf"),
    Char("a"),
    Char("b"),
    "",
    "Z",
    "a",
    "😀",
    intern_symbol("a"),
    intern_symbol("b"),
    intern_keyword("a"),
    intern_keyword("b"),
    EMPTY_LIST,
    make_list([1]),
    make_list([1, 1]),
    make_list([make_list([0])]),
    make_vector([]),
    make_vector([1]),
    make_vector([1, 2]),
    make_vector([2]),
    Map.from_pairs([]),
    Map.from_pairs([(1, 1)]),
    Map.from_pairs([(1, 2)]),
    HashMap.from_pairs([]),
    HashMap.from_pairs([(2, 1), (1, 1)]),
    b"a",
    b"b",
    Fraction(1, 3),
    Fraction(1, 2),
    Complex(1, 2),
    Complex(1, 3),
]


@pytest.mark.parametrize("i", range(len(ASCENDING)))
def test_the_total_order(i: int) -> None:
    for j, other in enumerate(ASCENDING):
        assert order(ASCENDING[i], other) == (i > j) - (i < j)
        assert equal(ASCENDING[i], other) == (i == j)


def test_floats() -> None:
    assert equal(0.0, -0.0) and order(0.0, -0.0) == 0
    assert structural_hash(0.0) == structural_hash(-0.0)
    assert not equal(NAN, NAN)
    assert order(NAN, float("inf")) == 1 and order(float("inf"), NAN) == -1
    assert order(NAN, NAN) == 0
    assert not equal(make_list([1]), make_list([1.0]))


class Opaque:
    pass


def test_other_objects_are_themselves() -> None:
    a, b = Opaque(), Opaque()
    assert equal(a, a) and not equal(a, b)
    assert order(a, b) == -order(b, a) != 0
    assert equal({1: [2]}, {1: [2]})
    assert structural_hash({1: [2]}) == structural_hash({1: [2]})


class Cellular:
    """A mutable container, as the library of mutable arrays makes them."""

    __sema_type__ = "mutable-array"
    __sema_mutable__ = True

    def __init__(self, *items: Any) -> None:
        self.items = list(items)

    def __sema_parts__(self) -> tuple[None, list[Any]]:
        return None, self.items


def test_mutable_containers_that_contain_themselves() -> None:
    a, b = Cellular(1), Cellular(1)
    a.items.append(a)
    b.items.append(b)
    assert equal(a, b)
    assert structural_hash(a) == structural_hash(b)
    b.items[0] = 2
    assert not equal(a, b)


def nested(depth: int, in_first: bool, end: int) -> Any:
    value: Any = end
    for _ in range(depth):
        value = make_list([value, 7]) if in_first else make_list([7, value])
    return value


@pytest.mark.parametrize("in_first", [True, False])
def test_a_million_levels(in_first: bool) -> None:
    a, b, c = (nested(1_000_000, in_first, end) for end in (1, 1, 2))
    assert equal(a, b) and not equal(a, c)
    assert order(a, b) == 0 and order(a, c) == -1
    assert structural_hash(a) == structural_hash(b) != structural_hash(c)


def test_deep_maps() -> None:
    def deep(end: int) -> Any:
        value: Any = end
        for _ in range(20_000):
            value = Map.from_pairs([("k", value)])
        return value

    assert equal(deep(1), deep(1)) and order(deep(1), deep(2)) == -1
    assert hash(deep(1)) == hash(deep(1))


data = draw.few_data
EQUALITIES = {name: sema.Interpreter()[name] for name in ("eq?", "equal?")}
DIRECT_EQUAL = sema.Interpreter().eval("(fn (x y) (= x y))")


@given(data, data, data)
def test_laws(x: Any, y: Any, z: Any) -> None:
    assert order(x, x) == 0 and equal(x, x)
    assert order(x, y) == -order(y, x)
    assert equal(x, y) == equal(y, x)
    assert equal(x, y) == (order(x, y) == 0)
    if order(x, y) <= 0 and order(y, z) <= 0:
        assert order(x, z) <= 0
    if equal(x, y) and equal(y, z):
        assert equal(x, z)
    if equal(x, y):
        assert structural_hash(x) == structural_hash(y)


@given(data | st.floats(), data | st.floats())
def test_names_of_equality(x: Any, y: Any) -> None:
    for same in EQUALITIES.values():
        assert same(x, y) is equal(x, y)
    numeric = isinstance(x, NUMBERS) and isinstance(y, NUMBERS) and bool not in (type(x), type(y))
    if not numeric:
        assert DIRECT_EQUAL(x, y) is equal(x, y)
    elif equal(x, y):
        assert DIRECT_EQUAL(x, y) is True


@given(st.lists(data, max_size=12))
def test_maps_go_in_the_total_order(keys: list[Any]) -> None:
    table = Map.from_pairs((key, i) for i, key in enumerate(keys))
    expected = sorted(keys, key=cmp_to_key(order))
    unique = [key for i, key in enumerate(expected) if i == 0 or not equal(key, expected[i - 1])]
    assert all(map(equal, table.keys(), unique)) and len(table) == len(unique)
    for key in keys:
        assert table[key] == max(i for i, other in enumerate(keys) if equal(key, other))


@given(st.sampled_from(KINDS).flatmap(lambda kind: st.lists(kind, max_size=10)))
def test_sort_agrees_with_the_order(items: list[Any]) -> None:
    expected = sorted(items, key=cmp_to_key(order))
    assert list(sort(make_list(items))) == expected


@given(st.lists(draw.reals.filter(lambda x: x == x), max_size=10))
def test_sort_mixes_numbers(items: list[Any]) -> None:
    assert list(map(repr, sort(make_list(items)))) == list(map(repr, sorted(items)))
