# reference: reader.md 5, 10
"""Reading and printing of maps and complex numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from sema.reader import parse_number, pretty, read_all, read_many, read_one, write
from sema.vm.maps import HashMap, Map
from sema.vm.numbers import Complex
from sema.vm.values import intern_keyword


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("{}", "{}"),
        ("{:b 1 :a 2}", "{:a 2 :b 1}"),
        ("{:a 1 :a 2}", "{:a 2}"),
        ("{:a {1 [2]}}", "{:a {1 [2]}}"),
        ("{a (+ 1 2)}", "{a (+ 1 2)}"),
        ('{:k :x 1 2 "s" 3 a 4}', '{1 2 "s" 3 a 4 :k :x}'),
        ("#(list {:a %})", "(lambda () (list {:a %}))"),
        ("#(f {:a %} %2)", "(lambda (%1 %2) (f {:a %} %2))"),
        ('f"${{:a 1}}"', "(str {:a 1})"),
        ("7+2i", "7+2i"),
        ("7-2i", "7-2i"),
        ("0.5-1.25i", "0.5-1.25i"),
        ("2i", "0+2i"),
        ("-5i", "0-5i"),
        ("+2i", "0+2i"),
        ("1e3i", "0+1000.0i"),
        ("+i", "0+1i"),
        ("-i", "0-1i"),
        ("1+i", "1+1i"),
        ("-1-i", "-1-1i"),
        ("3+0i", "3"),
        ("3+0.0i", "3+0.0i"),
        ("3/4i", "0+3/4i"),
        ("1+3/4i", "1+3/4i"),
        ("1/2+3/4i", "1/2 0+3/4i"),
        ("(1+2i)", "(1+2i)"),
        ("1+2i;", "1+2i"),
        ("1+2i'a", "1+2i (quote a)"),
        ("1+2ix", "1 +2ix"),
        ("+2ix", "+2ix"),
        ("1+2", "1 +2"),
        ("#i1-2i", "1.0-2.0i"),
        ("#e0.5+2.0i", "1/2+2i"),
        ('f"${2i}"', "(str 0+2i)"),
    ],
)
def test_read_and_print(text: str, printed: str) -> None:
    assert " ".join(write(form) for form in read_many(text)) == printed


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Complex(0, 1), "0+1i"),
        (Complex(3, -4), "3-4i"),
        (Complex(1.0, 0.5), "1.0+0.5i"),
        (Complex(Fraction(1, 2), -3), "1/2-3i"),
        (Complex(0, -0.0), "0-0.0i"),
        (HashMap.from_pairs([(2, "b"), (1, None)]), '{1 nil 2 "b"}'),
        (Map.from_pairs([]), "{}"),
    ],
)
def test_write(value: Any, text: str) -> None:
    assert write(value) == text


def test_types() -> None:
    assert isinstance(read_one("{:a 1}"), Map)
    assert isinstance(read_one("1+2i"), Complex)
    assert parse_number("2i") == read_one("2i")
    assert parse_number("+i") == read_one("+i")


def test_places_of_maps() -> None:
    (form,), spans = read_all("(f {:a\n (b)})")
    table = form[1]
    assert str(spans.of(table)) == "<input>:1:4"
    assert str(spans.child(form, 1)) == "<input>:1:4"
    assert str(spans.of(table.get(intern_keyword("a")))) == "<input>:2:2"


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("{:a 1 :b 2}", 11, ["{:a 1 :b 2}"]),
        ("{:a 1 :b 2}", 10, ["{:a 1", " :b 2}"]),
        ("{:a (xx yy) :b 2}", 10, ["{:a", "   (xx yy)", " :b 2}"]),
        ("{:a (xx yy) :b 2}", 9, ["{:a", "   (xx", "    yy)", " :b 2}"]),
        ('{:a "long text" :b 2}', 10, ['{:a "long text"', " :b 2}"]),
        ("({:a 1 :b 2} x)", 11, ["({:a 1", "  :b 2}", " x)"]),
    ],
)
def test_pretty(text: str, width: int, lines: list[str]) -> None:
    assert pretty(read_one(text), width).split("\n") == lines


def test_deep_maps() -> None:
    depth = 10_000
    text = "{:a " * depth + "1" + "}" * depth
    assert write(read_one(text)) == text
