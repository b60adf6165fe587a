# reference: stdlib/maps.md; values.md 2, 4
"""Maps against a model: a list of pairs sorted by the key order, changed by copying.

The same random operations go to both; each version of a map is kept and looked at again at the
end, when later versions share most of its nodes.
"""

from __future__ import annotations

import gc
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sema
from sema.stdlib.registry import find
from sema.vm.equality import equal, order
from sema.vm.maps import AnyMap, HashMap, Map
from sema.vm.values import Char, intern_keyword, intern_symbol, make_list, make_vector

KINDS = [Map, HashMap]
Pairs = list[tuple[Any, Any]]

SIMPLE = (
    st.none()
    | st.booleans()
    | st.integers(-40, 40)
    | st.sampled_from([2**47 - 1, 2**47, -(2**47), -(2**47) - 1, 2**80])
    | st.sampled_from([0.0, -0.0, 1.0, -1.5, float("nan"), float("inf"), float("-inf")])
    | st.sampled_from("abcé😀").map(Char)
    | st.text("abé😀", max_size=2)
    | st.sampled_from(["a", "b", "c", "ab", ""]).map(intern_symbol)
    | st.sampled_from(["a", "b", "c", "ab", ""]).map(intern_keyword)
    | st.binary(max_size=1)
)
KEYS = st.recursive(
    SIMPLE,
    lambda inner: (
        st.lists(inner, max_size=2).map(make_list)
        | st.lists(inner, max_size=2).map(make_vector)
        | st.lists(st.tuples(inner, inner), max_size=2).map(Map.from_pairs)
        | st.lists(st.tuples(inner, inner), max_size=2).map(HashMap.from_pairs)
    ),
    max_leaves=3,
)


def place(pairs: Pairs, key: Any) -> int:
    return next((i for i, (k, _) in enumerate(pairs) if order(k, key) >= 0), len(pairs))


def has(pairs: Pairs, key: Any) -> bool:
    i = place(pairs, key)
    return i < len(pairs) and order(pairs[i][0], key) == 0


def put(pairs: Pairs, key: Any, value: Any) -> Pairs:
    i = place(pairs, key)
    return [*pairs[:i], (key, value), *pairs[i + has(pairs, key) :]]


def drop(pairs: Pairs, key: Any) -> Pairs:
    return [(k, v) for k, v in pairs if order(k, key) != 0]


def merged(pairs: Pairs, others: Pairs) -> Pairs:
    for key, value in others:
        pairs = put(pairs, key, value)
    return pairs


def check(made: AnyMap, pairs: Pairs) -> None:
    assert len(made) == len(pairs)
    assert equal(make_list(made.values()), make_list([value for _, value in pairs]))
    for found, (key, _) in zip(made, pairs, strict=True):
        assert order(found, key) == 0


OPERATIONS = st.lists(
    st.tuples(st.just("put"), KEYS, st.integers(0, 9))
    | st.tuples(st.just("drop"), KEYS)
    | st.tuples(st.just("merge"), st.lists(st.tuples(KEYS, st.integers(10, 19)), max_size=30))
    | st.tuples(st.just("back"), st.integers(0, 10)),
    max_size=40,
)


@pytest.mark.parametrize("kind", KINDS)
@given(operations=OPERATIONS, probes=st.lists(KEYS, max_size=10))
def test_any_keys(kind: type[AnyMap], operations: list[Any], probes: list[Any]) -> None:
    versions: list[tuple[AnyMap, Pairs]] = [(kind.from_pairs([]), [])]
    for name, *details in operations:
        made, pairs = versions[-1]
        if name == "put":
            versions.append((made.assoc(*details), put(pairs, *details)))
        elif name == "drop":
            versions.append((made.dissoc(*details), drop(pairs, *details)))
        elif name == "merge":
            other = HashMap.from_pairs(details[0])
            versions.append((made.merge(other), merged(pairs, details[0])))
        else:
            versions.append(versions[details[0] % len(versions)])
    for made, pairs in versions:
        assert type(made) is kind
        check(made, pairs)
        for probe in probes:
            assert (probe in made) == has(pairs, probe)
        assert order(made, kind.from_pairs(reversed(pairs))) == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("spread", [20, 300, 5000])
def test_many_keys(kind: type[AnyMap], spread: int) -> None:
    """Large maps, grown and shrunk again, in place and copied; a dict is the model."""
    chance = random.Random(spread)
    interpreter = sema.Interpreter()
    # What comes out of here was changed in place: only this function held the map.
    many = interpreter.eval(
        """(fn (m puts drops)
             (let loop ((m (assoc (dissoc m -1) -1 -1)) (xs puts))
               (if (null? xs)
                   (let loop ((m (dissoc m -1)) (xs drops))
                     (if (null? xs) m (loop (dissoc m (car xs)) (cdr xs))))
                   (loop (assoc m (car xs) (list (car xs))) (cdr xs)))))"""
    )
    made = kind.from_pairs([])
    model: dict[int, Any] = {}
    kept = []
    for step in range(60):
        growing = step % 20 < 10
        puts = [chance.randrange(spread) for _ in range(spread // 8 if growing else 3)]
        drops = [chance.randrange(spread) for _ in range(3 if growing else spread // 4)]
        made = many(made, make_list(puts), make_list(drops))
        model = {**model, **{key: make_list([key]) for key in puts}}
        for key in drops:
            model.pop(key, None)
        if step % 5 == 0:
            key = chance.randrange(spread)
            kept.append((made.assoc(key, "x"), {**model, key: "x"}))
            kept.append((made.dissoc(key), {k: v for k, v in model.items() if k != key}))
        kept.append((made, model))
    gc.collect()
    for version, expected in kept:
        assert version.items() == sorted(expected.items())
        assert all(key in version for key in expected)
        assert len(version) == len(expected)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("step", [1, -1, 7919])
def test_keys_that_come_and_go_in_order(kind: type[AnyMap], step: int) -> None:
    n = 10_007
    keys = [i * step % n for i in range(n)]
    made = kind.from_pairs((key, key) for key in keys)
    assert made.keys() == list(range(n))
    for key in keys[: n // 2]:
        made = made.dissoc(key)
    assert made.keys() == sorted(keys[n // 2 :])
    for key in reversed(keys[n // 2 :]):
        made = made.dissoc(key)
    assert made == kind.from_pairs([]) and len(made) == 0 and made.items() == []


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=30)
@given(
    st.dictionaries(st.integers(0, 200), st.integers()),
    st.dictionaries(st.integers(0, 200), st.integers(), min_size=1),
    st.integers(1, 30),
)
def test_merging(
    kind: type[AnyMap], left: dict[int, int], right: dict[int, int], times: int
) -> None:
    right = {key * k: value for key, value in right.items() for k in range(1, times)}
    a, b = kind.from_pairs(left.items()), Map.from_pairs(right.items())
    for merge in (AnyMap.merge, find("merge")):
        made = merge(a, b)
        assert type(made) is kind
        assert made.items() == sorted((left | right).items())
    assert a == left and b == right
