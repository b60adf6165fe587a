# reference: values.md 6
"""The written, displayed and pretty-printed texts of values."""

from __future__ import annotations

import math
import sys
from fractions import Fraction
from typing import Any

import pytest

from sema.reader import display, pretty, read_one, write
from sema.vm.values import (
    EMPTY_LIST,
    Builtin,
    Char,
    intern_keyword,
    intern_symbol,
    make_list,
    make_vector,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "nil"),
        (True, "#t"),
        (False, "#f"),
        (0, "0"),
        (-42, "-42"),
        (2**47, "140737488355328"),
        (-(2**47), "-140737488355328"),
        (10**30, "1" + "0" * 30),
        (Fraction(-1, 2), "-1/2"),
        (2.0, "2.0"),
        (1000000.0, "1000000.0"),
        (1e-7, "0.0000001"),
        (-1.5e-10, "-0.00000000015"),
        (-0.0, "-0.0"),
        (0.1, "0.1"),
        (1e21, "1" + "0" * 21 + ".0"),
        (1.2345e20, "123450000000000000000.0"),
        (5e-324, "0." + "0" * 323 + "5"),
        (sys.float_info.max, "17976931348623157" + "0" * 292 + ".0"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (math.nan, "NaN"),
        ('a"b\\c\n\t\r', r'"a\"b\\c\n\t\r"'),
        ("\0é\U0001f600$", '"\0é\U0001f600$"'),
        (Char("a"), "#\\a"),
        (Char(" "), "#\\space"),
        (Char("\n"), "#\\newline"),
        (Char("\t"), "#\\tab"),
        (Char("\r"), "#\\return"),
        (Char("\0"), "#\\nul"),
        (Char("\x07"), "#\\\x07"),
        (Char("λ"), "#\\λ"),
        (intern_symbol("a b"), "a b"),
        (intern_keyword("k w"), ":k w"),
        (EMPTY_LIST, "()"),
        (make_list([1, "a", make_vector([])]), '(1 "a" [])'),
        (make_vector([Char("x"), None]), "[#\\x nil]"),
        (make_list([intern_symbol("quote"), intern_symbol("x")]), "(quote x)"),
        (b"", "#u8()"),
        (b"\x01\xff", "#u8(1 255)"),
        (Builtin("car", len, 1, 1), "<native-fn car>"),
        ({}, "<python dict>"),
        (object, "<python type>"),
    ],
)
def test_write(value: Any, text: str) -> None:
    assert write(value) == text


def test_display_shows_only_a_top_level_string_raw() -> None:
    assert display('a"b') == 'a"b'
    assert display(make_list(["a", Char("b")])) == '("a" #\\b)'
    assert display(Char("a")) == "#\\a"


class Point:
    """A value that prints itself as parts."""

    def __init__(self, *parts: Any) -> None:
        self.parts = parts

    def __sema_write__(self) -> tuple[str, tuple[Any, ...], str]:
        return "#<record point ", self.parts, ">"


class Stream:
    """A value that prints itself as a text."""

    def __sema_write__(self) -> str:
        return "<stream:string>"


def test_values_that_print_themselves() -> None:
    inner = Point("b", make_list([Stream()]))
    assert write(make_list([Point(1, inner), 2])) == (
        '(#<record point 1 #<record point "b" (<stream:string>)>> 2)'
    )
    assert write(Stream) == "<python type>"


def test_values_that_print_themselves_nest_deeply() -> None:
    value = Point(1)
    for _ in range(2000):
        value = Point(value)
    assert write(value).count("#<record point") == 2001


def test_an_error_while_printing_is_passed_on() -> None:
    class Broken:
        def __sema_write__(self) -> str:
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        write(make_list([1, make_vector([Broken()])]))


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("(a b c)", 80, ["(a b c)"]),
        ("(a b c)", 7, ["(a b c)"]),
        ("(a b c)", 6, ["(a", " b", " c)"]),
        ("[aaa (bbb ccc) d]", 11, ["[aaa", " (bbb ccc)", " d]"]),
        ("[aaa (bbb ccc) d]", 9, ["[aaa", " (bbb", "  ccc)", " d]"]),
        ('"a long string"', 5, ['"a long string"']),
        ("()", 1, ["()"]),
        ('("éé" b)', 9, ['("éé"', " b)"]),
        ("((((a b))))", 3, ["((((a b))))"]),
    ],
)
def test_pretty(text: str, width: int, lines: list[str]) -> None:
    assert pretty(read_one(text), width).split("\n") == lines


def test_pretty_of_deep_nesting_stops_at_the_margin() -> None:
    text = "(a " * 100_000 + ")" * 100_000
    printed = pretty(read_one(text))
    assert len(printed.split("\n")) == 81
    assert write(read_one(printed)) == write(read_one(text))
