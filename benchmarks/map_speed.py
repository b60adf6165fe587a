"""Persistent maps: ours against those of libraries, operation by operation.

All are called from Python, as a library would be; the rows at the end are what programs see, which
may change in place what nobody else holds. Libraries that are not installed are left out:

    pip install immutables rpds-py pyrsistent
"""

from __future__ import annotations

import gc
import importlib
import importlib.metadata
import platform
import random
import time
from collections.abc import Callable, Iterable
from typing import Any

import sema
from sema.vm.maps import HashMap, Map
from sema.vm.values import intern_keyword

ROUNDS = 3
"""At least so many; small ones are repeated for the time of BUDGET, in seconds."""
BUDGET = 1.0
SECONDS = 0.001
PROGRAMS_FROM = 1_000
LIBRARIES = {"immutables": "immutables", "rpds": "rpds-py", "pyrsistent": "pyrsistent"}

Work = Callable[[], object]


class Subject:
    """A kind of map: how it is made of pairs, and its three operations."""

    def __init__(
        self,
        name: str,
        make: Callable[[Iterable[tuple[Any, Any]]], Any],
        put: Callable[[Any, Any, Any], Any],
        drop: Callable[[Any, Any], Any],
        merge: Callable[[Any, Any], Any],
    ) -> None:
        self.name = name
        self.make = make
        self.put = put
        self.drop = drop
        self.merge = merge


def subjects() -> list[Subject]:
    """Ours, and those of the libraries that are installed."""
    found = [
        Subject("Map", Map.from_pairs, Map.assoc, Map.dissoc, Map.merge),
        Subject("HashMap", HashMap.from_pairs, HashMap.assoc, HashMap.dissoc, HashMap.merge),
    ]
    modules = {}
    for name in LIBRARIES:
        try:
            modules[name] = importlib.import_module(name)
        except ModuleNotFoundError:
            print(f"{name} is not installed")
    if library := modules.get("immutables"):
        kind = library.Map
        found.append(Subject("immutables", kind, kind.set, kind.delete, kind.update))
    if library := modules.get("rpds"):
        kind = library.HashTrieMap
        found.append(Subject("rpds", kind, kind.insert, kind.remove, kind.update))
    if library := modules.get("pyrsistent"):
        kind = library.PMap
        found.append(
            Subject(
                "pyrsistent",
                lambda pairs: library.pmap(dict(pairs)),
                kind.set,
                kind.remove,
                kind.update,
            )
        )
    return found


def keys_of(kind: str, n: int) -> list[Any]:
    """So many different keys of a kind, in no order."""
    chance = random.Random(n)
    numbers = chance.sample(range(10 * n), n)
    if kind == "int":
        return list(numbers)
    if kind == "str":
        return [f"key-{number}" for number in numbers]
    return [intern_keyword(f"key-{number}") for number in numbers]


def operations(subject: Subject, keys: list[Any]) -> dict[str, Work]:
    """What is measured, each for all keys."""
    pairs = [(key, i) for i, key in enumerate(keys)]
    full = subject.make(pairs)
    others = subject.make([(key, 0) for key in keys[::2]])

    def build() -> Any:
        made = subject.make(())
        for key, value in pairs:
            made = subject.put(made, key, value)
        return made

    def put_one() -> None:
        for key in keys:
            subject.put(full, key, None)

    def drop_one() -> None:
        for key in keys:
            subject.drop(full, key)

    def look_up() -> None:
        for key in keys:
            full[key]

    return {
        "from pairs": lambda: subject.make(pairs),
        "build, put by put": build,
        "put into a kept map": put_one,
        "drop from a kept map": drop_one,
        "look up": look_up,
        "iterate": lambda: list(full.items()),
        "merge with half of it": lambda: subject.merge(full, others),
    }


PROGRAM = """
(define (grow keys) (foldl (fn (m k) (assoc m k 1)) {} keys))
(define (grow-and-keep keys)
  (let loop ((m {}) (olds '()) (rest keys))
    (if (null? rest) (count m)
        (loop (assoc m (car rest) 1) (cons m olds) (cdr rest)))))
(define (look-up m keys) (foldl (fn (sum k) (+ sum (get m k))) 0 keys))
(define (small n)
  (let loop ((i 0) (sum 0))
    (if (= i n) sum (let ((m {:x i :y 2 :z 3})) (loop (+ i 1) (+ sum (:x m) (:z m)))))))
(define (grow-list keys) (let loop ((m '()) (rest keys))
    (if (null? rest) m (loop (cons (car rest) m) (cdr rest)))))
"""


def programs(keys: list[Any]) -> dict[str, Work]:
    """What programs do with maps, on as many keys."""
    interpreter = sema.Interpreter()
    interpreter.eval(PROGRAM)
    interpreter["all-keys"] = keys
    interpreter["full"] = Map.from_pairs((key, 1) for key in keys)
    interpreter["n"] = len(keys)
    return {
        text: (lambda text=text: interpreter.eval(text))  # type: ignore[misc]
        for text in [
            "(grow all-keys)",
            "(grow-and-keep all-keys)",
            "(look-up full all-keys)",
            "(small n)",
            "(grow-list all-keys)",
        ]
    }


def elapsed(work: Work, times: int) -> float:
    start = time.perf_counter()
    for _ in range(times):
        work()
    return time.perf_counter() - start


def measure(works: dict[str, Work], n: int) -> dict[str, float]:
    """Nanoseconds a key: the best of interleaved rounds, which see the same machine."""
    times = {
        name: max(1, round(SECONDS / max(elapsed(work, 1), 1e-7))) for name, work in works.items()
    }
    best = dict.fromkeys(works, float("inf"))
    start = time.perf_counter()
    rounds = 0
    while rounds < ROUNDS or time.perf_counter() - start < BUDGET:
        for name, work in works.items():
            best[name] = min(best[name], elapsed(work, times[name]) / times[name] / n * 1e9)
        rounds += 1
    return best


def main() -> None:
    taking_part = subjects()
    print(f"Python {platform.python_version()}, {platform.machine()}")
    for name in LIBRARIES.values():
        try:
            print(name, importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            continue
    gc.disable()
    for n in (4, 16, 1_000, 100_000):
        for kind in ("int", "str", "keyword"):
            keys = keys_of(kind, n)
            works = {subject.name: operations(subject, keys) for subject in taking_part}
            print(f"\n{n} {kind} keys: ns a key for {taking_part[0].name}, ratios to it")
            print(f"{'':24}", *(f"{subject.name:>11}" for subject in taking_part))
            for operation in works[taking_part[0].name]:
                found = measure({name: all_[operation] for name, all_ in works.items()}, n)
                first, *others = found.values()
                print(f"{operation:24} {first:11.0f}", *(f"{ns / first:11.2f}" for ns in others))
            if n >= PROGRAMS_FROM:
                for name, ns in measure(programs(keys), n).items():
                    print(f"{name:24} {ns:11.0f}")


if __name__ == "__main__":
    main()
