"""Output, the collector, primitives, and that builtins neither lose nor keep references."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pytest

import sema
from sema.errors import Rethrown, SemaError, UserError
from sema.reader import read_one
from sema.stdlib.registry import declaration, find, names
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

CALLS = r"""
__vm-append [1] (2) => (1 2)
__vm-append nil (2) => ! expected list or vector, got nil
__vm-list->vector (1) => [1]
__vm-list->vector 5 => ! expected list or vector, got int
__vm-reverse! (1 2 3) => (3 2 1)
__vm-reverse! () => ()
__vm-append-reversed (2 1) (3) => (1 2 3)
__vm-seq [1 2] "map" => (1 2)
__vm-seq nil "map" => ! expected list, vector, or mutable-array, got nil in map
__vm-callable :k => :k
__vm-callable 5 => ! expected callable, got int
__vm-callable {} => ! expected callable, got map
__vm-elements (1 2) 2 => [1 2]
__vm-elements [1 2] 3 => ! destructure: expected 3 elements, got 2
__vm-elements 5 3 => ! expected list or vector, got int
__vm-elements-rest (1 2 3) 1 => [1 (2 3)]
__vm-elements-rest [1 2 3] 3 => [1 2 3 ()]
__vm-elements-rest [1] 2 => ! destructure: expected at least 2 elements before `&`, got 1
__vm-lookup {:a 1} :b => nil
__vm-lookup nil :b => ! expected map or hashmap, got nil
__vm-sort (3 1 2) => (1 2 3)
__vm-sort (2 1.5 1/2 NaN -1) => (-1 1/2 1.5 2 NaN)
__vm-sort ("b" "a") => ("a" "b")
__vm-sort (1 "a") => ! expected int, got string
__vm-sort () => ()
__vm-before? #t => #t
__vm-before? -1 => #t
__vm-before? nil => #f
__vm-sort-by (2 1.0 1) (a b c) => (c a b)
__vm-group (1 2 1) (a b c) => {1 (a c) 2 (b)}
__vm-join (#\a "bc") => "abc"
__vm-join (1) => ! expected char or string, got int
__vm-check-count "sort" (1 2) => nil
__vm-check-count "sort" (1 2 3) => ! sort expects 1-2 args, got 3
__vm-callable 5 "function" => ! expected function, got int
"""
ROWS = [row.rsplit(" => ", 1) for row in CALLS.strip().splitlines()]


@pytest.mark.parametrize(("call", "expected"), ROWS)
def test_primitive(call: str, expected: str, outcome: Callable[[str], str]) -> None:
    assert outcome(call) == expected


def test_sorting_is_stable_and_quick() -> None:
    values = [float(i % 10) if i % 2 else i % 10 for i in range(100_000)]
    assert list(find("__vm-sort")(make_list(values))) == sorted(values)


def test_reversing_leaves_a_list_that_others_hold() -> None:
    shared = make_list([1, 2, 3])
    assert list(find("__vm-reverse!")(shared)) == [3, 2, 1]
    assert list(shared) == [1, 2, 3]


class CountingStream(io.StringIO):
    writes = 0

    def write(self, text: str) -> int:
        self.writes += 1
        return super().write(text)


@pytest.mark.parametrize(
    ("name", "stream", "expected"),
    [
        ("display", "stdout", 'a #\\b ("c")'),
        ("print", "stdout", '"a" #\\b ("c")'),
        ("println", "stdout", 'a #\\b ("c")\n'),
        ("print-error", "stderr", 'a #\\b ("c")'),
        ("println-error", "stderr", 'a #\\b ("c")\n'),
    ],
)
def test_output_is_one_write(
    name: str, stream: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = CountingStream()
    monkeypatch.setattr(sys, stream, out)
    assert find(name)("a", read_one("#\\b"), make_list(["c"])) is None
    assert (out.getvalue(), out.writes) == (expected, 1)


def test_output_without_a_console(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert find("println")("a") is None
    assert find("io/flush")() is None


def test_raising() -> None:
    with pytest.raises(UserError) as caught:
        find("raise")(make_list([1]))
    assert caught.value.value == make_list([1])
    condition = Map.from_pairs(
        [(intern_keyword("type"), intern_keyword("io")), (intern_keyword("message"), "gone")]
    )
    with pytest.raises(Rethrown) as rethrown:
        find("raise")(condition)
    assert rethrown.value.condition is condition


def test_the_rest_of_control(capsys: pytest.CaptureFixture[str]) -> None:
    assert find("gensym")() is not find("gensym")()
    assert find("gensym")("tmp").name.startswith("tmp__")
    assert find("spy")("x", "y") == "y"
    assert capsys.readouterr().err == '[x] "y"\n'
    counters = [intern_keyword(k) for k in ("candidates", "collected", "pruned", "traced")]
    assert find("gc/collect")().keys() == counters
    assert intern_keyword("registry-size") in find("gc/stats")()
    assert find("apply")(find("+"), 1, make_list([2, 3])) == 6
    with pytest.raises(SystemExit) as left:
        find("exit")(3)
    assert left.value.code == 3


@pytest.fixture(autouse=True)
def in_a_directory_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is called here may write files."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.StringIO())


KEEPERS = {"__vm-enter-context", "context/merge", "context/push", "context/set"}
"""They keep what they are given."""

UNCOUNTED = {"exit", "sleep", "gc/collect", "gc/stats"} | KEEPERS


# Some builtins belong to an interpreter.
INTERPRETER = sema.Interpreter()

# Python itself may refer to these at any moment.
SHARED = (None, 1, 2, "e", "x")


def argument_sets() -> list[list[Any]]:
    big, text = 2**80, "some text, " * 3
    numbers = make_list([3, 1.5, big, 2])
    table = Map.from_pairs([(intern_keyword("a"), big), (text, numbers)])
    return [
        [],
        *([x] for x in (big, text, numbers, table, make_vector([big, text]), None)),
        *([x, y] for x in (2, text, numbers, table) for y in (1, text, numbers, table)),
        [table, text, big],
        [numbers, 1, big],
        [text, "e", "x"],
        [table, make_list([text, text]), big],
    ]


@pytest.mark.parametrize("name", sorted(set(names()) - UNCOUNTED))
def test_reference_counts_are_steady(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    declared = declaration(name)
    assert declared is not None
    if not callable(declared.value) or declared.capability is not None:
        return
    for args in argument_sets():
        if len(args) < declared.min_args:
            continue
        counts = []
        for repetition in range(4):
            with contextlib.suppress(SemaError):
                INTERPRETER[name](*args)
            if repetition:
                counts.append([sys.getrefcount(arg) for arg in args if arg not in SHARED])
        capsys.readouterr()
        assert counts[0] == counts[2]


ODD_VALUES = [
    None,
    True,
    -1,
    3,
    2**70,
    float("nan"),
    Fraction(1, 2),
    Complex(1, 2),
    Char("a"),
    "",
    intern_symbol("s"),
    EMPTY_LIST,
    make_vector([1, "a"]),
    Map.from_pairs([("a", 1.5)]),
    HashMap.from_pairs([(1, 2)]),
    b"ab",
    {},
    object(),
]


@pytest.mark.parametrize("name", sorted(name for name in names() if name.startswith("__vm-")))
def test_primitives_give_a_value_or_an_error_of_ours(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    declared = declaration(name)
    assert declared is not None
    if not callable(declared.value):
        return
    most = 3 if declared.max_args < 0 else declared.max_args
    for n in range(max(1, declared.min_args), most + 1):
        for args in product(ODD_VALUES if n < 3 else ODD_VALUES[::6], repeat=n):
            with contextlib.suppress(SemaError, MemoryError):
                INTERPRETER[name](*args)
    capsys.readouterr()
