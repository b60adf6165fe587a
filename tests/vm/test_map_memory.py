# reference: stdlib/maps.md; values.md 2
"""Maps and memory: changed in place where nobody sees it, collected, freed without recursion."""

from __future__ import annotations

import gc
import random
import sys
import weakref
from collections.abc import Callable
from typing import Any

import pytest

import sema
from sema.vm.equality import equal, order, structural_hash
from sema.vm.maps import AnyMap, HashMap, Map
from sema.vm.values import make_list

KINDS = pytest.mark.parametrize("kind", [Map, HashMap])


@pytest.mark.parametrize(
    "change",
    [
        "(assoc m i i)",
        "(assoc m :n i)",
        "(assoc m i (get m (- i 1) 0))",
        "(assoc m :n (+ 1 (get m :n 0)))",
        "(assoc (assoc m i i) :x i)",
        "(-> m (assoc i 1) (dissoc (- i 1)))",
        "(merge m {i i})",
        "(dissoc m (- i 1))",
        "(map/except (assoc m i i) (list (- i 2)))",
        "(assoc-in m [:a :b (mod i 5)] i)",
        "(map/update m (mod i 5) list)",
        "(update-in m [:a (mod i 5)] list)",
        "(if (contains? m i) m (assoc m i i))",
        "(add m i)",
    ],
)
@pytest.mark.parametrize("start", ["{}", "(hashmap/new)"])
def test_changed_in_place(change: str, start: str) -> None:
    interpreter = sema.Interpreter()
    interpreter["address"] = id
    interpreter.eval("(define (add m i) (assoc m i i))")
    addresses = interpreter.eval(
        f"""(let loop ((i 0) (seen '()) (m (assoc {start} -1 nil)))
              (if (= i 100) seen (loop (+ i 1) (cons (address m) seen) {change})))"""
    )
    assert len(set(addresses)) == 1
    # Somebody else holds each version.
    counts = interpreter.eval(
        f"""(let loop ((i 0) (kept '()) (m (assoc {start} -1 nil)))
              (if (= i 100) (map (fn (m) (equal? (str m) (str (merge {{}} m)))) kept)
                            (loop (+ i 1) (cons m kept) {change})))"""
    )
    assert list(counts) == [True] * 100


@pytest.mark.parametrize("spelled", [int, "{:06}".format, "the same beginning {}".format])
@pytest.mark.parametrize("seed", range(4))
def test_kept_versions_stay_as_they_were(spelled: Callable[[int], Any], seed: int) -> None:
    """Lookups and changes of neighbouring keys, in place between the versions that are kept."""
    chance = random.Random(seed)
    model: dict[Any, int] = {}
    models, steps, at = [], [], 500
    for i in range(4_000):
        at = (at + chance.choice([-1, 0, 1, chance.randrange(1000)])) % 1000
        key, action, keep = spelled(at), chance.choice(["put", "put", "add", "drop"]), i % 97 == 0
        steps.append([action, key, i, keep])
        if action == "drop":
            model.pop(key, None)
        else:
            model[key] = i if action == "put" else model.get(key, 0) + 1
        if keep:
            models.append(dict(model))
    interpreter = sema.Interpreter()
    interpreter["steps"] = steps
    kept = interpreter.eval(
        """
        (define (changed m action key i)
          (cond ((= action "put") (get m (+ 1 i) 0) (assoc m key i))
                ((= action "add") (assoc m key (+ 1 (get m key 0))))
                (else (dissoc m key))))
        (let loop ((steps steps) (m {}) (kept '()))
          (if (null? steps)
              (reverse kept)
              (let ((step (car steps)))
                (let ((m (changed m (nth step 0) (nth step 1) (nth step 2))))
                  (if (nth step 3)
                      (loop (cdr steps) m (cons m kept))
                      (loop (cdr steps) m kept))))))
        """
    )
    assert [dict(m.items()) for m in kept] == models


def test_a_caught_condition_is_not_changed_in_place() -> None:
    interpreter = sema.Interpreter()
    caught = interpreter.eval('(try (error "first") (catch e e))')
    assert isinstance(caught.origin, sema.SemaError)
    other = interpreter.eval('(try (error "first") (catch e (assoc e :message "other")))')
    assert other.origin is None


class Token:
    """Something that can be watched."""


@KINDS
@pytest.mark.parametrize("size", [1, 16, 17, 400])
def test_versions_hold_what_they_need(kind: type[AnyMap], size: int) -> None:
    tokens = [Token() for _ in range(size)]
    watched = [weakref.ref(token) for token in tokens]
    versions: list[AnyMap] = [kind.from_pairs([])]
    for i, token in enumerate(tokens):
        versions.append(versions[-1].assoc(i, token))
    del tokens, token
    gc.collect()
    assert all(reference() is versions[-1][i] for i, reference in enumerate(watched))
    del versions[size // 2 + 1 :]
    gc.collect()
    alive = [reference() is not None for reference in watched]
    assert alive == [i < size // 2 for i in range(size)]


@KINDS
@pytest.mark.parametrize("size", [1, 16, 17, 400])
def test_cycles_through_shared_nodes(kind: type[AnyMap], size: int) -> None:
    holders = [Token() for _ in range(3)]
    watched = [weakref.ref(holder) for holder in holders]
    shared = kind.from_pairs((i, make_list([holders[i % 3]])) for i in range(size))
    for i, holder in enumerate(holders):
        holder.map = shared.assoc(i, holders)  # type: ignore[attr-defined]
    other = shared.dissoc(0)
    del shared, holder
    holders.clear()
    gc.collect()
    gc.collect()
    # Those that the version left over holds are alive, and what they hold is whole.
    expected = {i % 3 for i in range(1, size)}
    for i, reference in enumerate(watched):
        found = reference()
        assert (found is not None) == (i in expected)
        if found is not None:
            assert len(found.map) == max(size, i + 1)  # type: ignore[attr-defined]
    del other, found
    gc.collect()
    assert [reference() for reference in watched] == [None] * 3


@KINDS
def test_only_what_may_be_in_a_cycle_is_tracked(kind: type[AnyMap]) -> None:
    plain = kind.from_pairs((i, str(i)) for i in range(100))
    assert not gc.is_tracked(plain)
    assert not gc.is_tracked(kind.from_pairs([(plain, plain), (1, make_list([plain]))]))
    token = Token()
    for made in (plain.assoc("t", token), plain.assoc("t", plain.assoc(1, token))):
        assert gc.is_tracked(made)
    assert gc.is_tracked(plain.merge(kind.from_pairs([(1, make_list([token]))])))
    assert not gc.is_tracked(plain)


OPERATIONS: dict[str, Callable[[AnyMap, AnyMap], Any]] = {
    "assoc": lambda m, n: [m.assoc(i, [i]) for i in range(0, 600, 7)],
    "dissoc": lambda m, n: [m.dissoc(i) for i in range(0, 600, 7)],
    "merge": lambda m, n: (m.merge(n), n.merge(m), m.merge(m)),
    "items": lambda m, n: (m.items(), list(m), m.keys(), n.values()),
    "half an iteration": lambda m, n: next(iter(m)),
    "comparison": lambda m, n: (m == n, hash(n), order(m, n), repr(n)),
    "refused": lambda m, n: refused(m),
    "from pairs": lambda m, n: type(m).from_pairs(n.items()),
}


def refused(m: AnyMap) -> None:
    class Mutable:
        __sema_mutable__ = True

    with pytest.raises(sema.SemaError):
        m.assoc(make_list([Mutable()]), 1)


@KINDS
@pytest.mark.parametrize("name", OPERATIONS)
def test_reference_counts_come_back(kind: type[AnyMap], name: str) -> None:
    value, key = Token(), "key"
    left = kind.from_pairs([(i, value) for i in range(500)] + [(key, value)])
    right = kind.from_pairs((i, 2.5) for i in range(0, 1000, 3))

    def counts() -> tuple[int, int]:
        gc.collect()
        return sys.getrefcount(value), sys.getrefcount(key)

    OPERATIONS[name](left, right)
    before = counts()
    blocks = sys.getallocatedblocks()
    for _ in range(5):
        OPERATIONS[name](left, right)
    assert counts() == before
    assert sys.getallocatedblocks() - blocks < 50
    del left
    assert sys.getrefcount(value) == 2


@KINDS
def test_a_million_levels(kind: type[AnyMap]) -> None:
    def deep(end: int) -> Any:
        value: Any = end
        for _ in range(1_000_000):
            value = kind.from_pairs([("k", value)])
        return value

    first, second, other = deep(1), deep(1), deep(2)
    assert equal(first, second) and not equal(first, other)
    assert order(first, other) == -1
    assert structural_hash(first) == structural_hash(second)
    assert len(repr(first)) == 1_000_000 * len('{"k" }') + 1
    del first, second, other
    gc.collect()
