# reference: values.md 4
"""Maps as Python sees them."""

from __future__ import annotations

import gc
import pickle
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cmp_to_key
from types import MappingProxyType

import pytest

from sema.errors import SemaTypeError
from sema.stdlib.registry import find
from sema.vm.equality import order
from sema.vm.maps import AnyMap, HashMap, Map
from sema.vm.values import (
    EMPTY_LIST,
    Char,
    intern_keyword,
    intern_symbol,
    make_list,
    make_vector,
)

NAN = float("nan")


@pytest.mark.parametrize("kind", [Map, HashMap])
def test_keys_are_told_apart_as_sema_does(kind: type[AnyMap]) -> None:
    made = kind.from_pairs(
        [(1, "int"), (1.0, "float"), (True, "bool"), (NAN, "nan"), (0.0, "zero")]
    )
    assert len(made) == 5
    assert [made[key] for key in (1, 1.0, True, float("nan"), -0.0)] == [
        "int",
        "float",
        "bool",
        "nan",
        "zero",
    ]
    assert make_list([1]) not in made
    assert made.get("no", 7) == 7
    with pytest.raises(KeyError):
        made["no"]


def test_sorted_maps_go_in_key_order() -> None:
    keys = [intern_keyword("b"), intern_keyword("a"), "z", 3, 2.5, None, make_vector([1])]
    made = Map.from_pairs((key, i) for i, key in enumerate(keys))
    assert made.keys() == [None, 3, 2.5, "z", intern_keyword("a"), intern_keyword("b"), keys[6]]
    assert made.values() == [5, 3, 4, 2, 1, 0, 6]
    assert list(made) == made.keys()
    assert made.assoc(1, 9).keys()[:3] == [None, 1, 3]
    assert made.dissoc(None).keys()[0] == 3


TEXTS = [
    "",
    "a",
    "ab",
    "abcdefg",
    "abcdefgh",
    "abcdefgé",
    "b",
    "é",
    "ÿ",
    "Ā",
    "߿",
    "ࠀ",
    "￿",
    "😀",
    "a\0",
]
NUMBERS = [0, 1, -1, 2**47 - 1, 2**47, -(2**47), -(2**47) - 1, 2**70, -(2**70)]
FLOATS = [0.0, 1.0, -1.0, 1.0000000000000002, 5e-324, -5e-324, float("inf"), float("-inf"), NAN]
PARTS = [
    None,
    *NUMBERS,
    *FLOATS,
    *TEXTS,
    *map(intern_symbol, TEXTS),
    *map(intern_keyword, TEXTS),
    *map(Char, "aé😀"),
    False,
    True,
    EMPTY_LIST,
    make_vector([]),
]
MANY_KEYS = [
    *PARTS,
    *(make_list([part]) for part in PARTS),
    *(make_vector([part, 1]) for part in PARTS),
    *(make_vector([make_list([part])]) for part in PARTS),
    *(Map.from_pairs([(part, part)]) for part in PARTS),
    *(HashMap.from_pairs([(part, part)]) for part in PARTS),
]


def test_the_order_of_all_kinds_of_keys() -> None:
    in_order = sorted(MANY_KEYS, key=cmp_to_key(order))
    for keys in (MANY_KEYS, reversed(MANY_KEYS), in_order):
        made = Map.from_pairs((key, i) for i, key in enumerate(keys))
        assert [order(a, b) for a, b in zip(made, in_order, strict=True)] == [0] * len(in_order)
    for i, key in enumerate(in_order):
        assert made[key] == i
        assert Map.from_pairs([(key, 1), (in_order[0], 2)]).get(key) == (1 if i else 2)


@dataclass(frozen=True)
class Money:
    amount: int


def test_objects_of_python_are_the_keys_that_they_equal() -> None:
    keys = [Money(i) for i in range(200)] + [(i, "tuple") for i in range(200)]
    made = Map.from_pairs((key, i) for i, key in enumerate(keys))
    assert [made[Money(i)] for i in range(200)] == list(range(200))
    assert made[(7, "tuple")] == 207
    assert len(made.merge(made.assoc(Money(3), 0))) == 400
    with pytest.raises(SemaTypeError, match="immutable map key"):
        made.assoc([1], 2)
    assert [1] not in made


def test_a_mapping_for_python() -> None:
    made = HashMap.from_pairs([("b", 2), ("a", 1)])
    assert dict(made) == {"a": 1, "b": 2} == made
    assert {**made} == {"a": 1, "b": 2}
    assert made != ["a", "b"] and made != MappingProxyType({"a": 1})
    assert made == MappingProxyType({"a": 1, "b": 2})
    assert list(map(tuple, made.items())) == [("a", 1), ("b", 2)]
    assert repr(made) == '{"a" 1 "b" 2}' and bool(made) and not HashMap.from_pairs([])
    iterator = iter(made)
    del made
    assert list(iterator) == ["a", "b"]
    with pytest.raises(TypeError):
        Map()
    assert pickle.loads(pickle.dumps(Map.from_pairs([(1, "x")]))) == {1: "x"}


def test_comparison() -> None:
    made = Map.from_pairs([(1, make_list([2]))])
    assert made == Map.from_pairs([(1, make_list([2]))])
    assert hash(made) == hash(Map.from_pairs([(1, make_list([2]))]))
    assert made != HashMap.from_pairs([(1, make_list([2]))])
    assert made == {1: make_list([2])} and made != {1: 2} and made != {1.0: make_list([2])}
    assert HashMap.from_pairs([(1, 2), (3, 4)]) == HashMap.from_pairs([(3, 4), (1, 2)])
    assert isinstance(made, Mapping)


def test_merging_leaves_both_as_they_were() -> None:
    left, right = Map.from_pairs([(1, "a")]), HashMap.from_pairs([(1, "b"), (2, "c")])
    assert left.merge(right) == Map.from_pairs([(1, "b"), (2, "c")])
    assert left == {1: "a"} and len(right) == 2


class Mutable:
    __sema_mutable__ = True
    __sema_type__ = "mutable-cell"


@pytest.mark.parametrize("wrap", [lambda x: x, lambda x: make_list([1, make_vector([x])])])
def test_mutable_keys_are_refused(wrap: object) -> None:
    key = wrap(Mutable())  # type: ignore[operator]
    with pytest.raises(SemaTypeError, match="immutable map key"):
        Map.from_pairs([(key, 1)])
    with pytest.raises(SemaTypeError, match="immutable map key"):
        find("assoc")(Map.from_pairs([]), key, 1)


class Holder:
    pass


def test_cycles_are_collected() -> None:
    holder = Holder()
    holder.map = Map.from_pairs([(1, holder)])  # type: ignore[attr-defined]
    gone = weakref.ref(holder)
    del holder
    gc.collect()
    assert gone() is None
