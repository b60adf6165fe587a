# reference: values.md 4
"""Maps as Python sees them."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Mapping

import pytest

from sema.errors import SemaTypeError
from sema.stdlib.registry import find
from sema.vm.maps import AnyMap, HashMap, Map
from sema.vm.values import intern_keyword, make_list, make_vector

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
