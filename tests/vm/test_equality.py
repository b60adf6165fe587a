# reference: values.md 3, 4
"""Equality, the total order, hashes: over all kinds of values, and without recursion."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3).map(make_list)
        | st.lists(inner, max_size=3).map(make_vector)
        | st.lists(st.tuples(inner, inner), max_size=3).map(Map.from_pairs)
    ),
    max_leaves=8,
)


@given(DATA, DATA, DATA)
def test_laws(x: Any, y: Any, z: Any) -> None:
    assert order(x, x) == 0
    assert order(x, y) == -order(y, x)
    if order(x, y) <= 0 and order(y, z) <= 0:
        assert order(x, z) <= 0
    if equal(x, y):
        assert order(x, y) == 0
    if order(x, y) == 0:
        assert structural_hash(x) == structural_hash(y)
