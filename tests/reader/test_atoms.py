# reference: reader.md 1, 2, 3, 4, 5, 6, 8, 9; values.md 5.4
"""What single tokens read as, and where one token ends and the next begins."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest

from sema.reader import parse_number, read_many, read_one, write
from sema.vm.values import Char, intern_keyword, intern_symbol


def shown(text: str) -> list[str]:
    return [write(form) for form in read_many(text)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1x", ["1", "x"]),
        ("-1a", ["-1", "a"]),
        ("a:b", ["a", ":b"]),
        (":k:j", [":k", ":j"]),
        ("a'b", ["a", "(quote b)"]),
        ('a"b"', ["a", '"b"']),
        ("5/a", ["5", "/a"]),
        ("1/2/3", ["1/2", "/3"]),
        ("#true", ["#t", "rue"]),
        ("#false", ["#f", "alse"]),
        ("#t#f", ["#t", "#f"]),
        ("#\\12", ["#\\1", "2"]),
        ("1+", ["1", "+"]),
        ("12_5", ["12", "_5"]),
        ("1e", ["1", "e"]),
        ("1e+", ["1", "e+"]),
        ("1.5/2", ["1.5", "/2"]),
        ("1.5.2", ["1.5", ".2"]),
        ("6+1", ["6", "+1"]),
        ("0x10", ["0", "x10"]),
        ("#xff.5", ["255", ".5"]),
        ("#b1/2", ["1", "/2"]),
        ("3ix", ["3", "ix"]),
        ("f'x", ["f", "(quote x)"]),
        ("(a)(b)", ["(a)", "(b)"]),
        ("[a]b", ["[a]", "b"]),
    ],
)
def test_glued_tokens(text: str, parts: list[str]) -> None:
    assert shown(text) == parts


@pytest.mark.parametrize(
    "name",
    [
        "a->b!",
        "ns/name",
        "x#",
        "x##",
        "%1",
        "...",
        ".5",
        "+5",
        "-.5",
        ".a",
        "--1",
        "+-1",
        "-a",
        "+",
        "-",
        "*",
        "/",
        "!",
        "?",
        "<",
        ">",
        "=",
        "_",
        "&",
        "%",
        "^",
        "~",
        "->",
        "<=>",
        "INF",
        "True",
        "NIL",
        "+inf.0",
        "i",
        "foo",
        "f",
        "é",
        "λ",
        "变量",
        "a1",
        "Ⅷ",
        "%0",
        "%%",
        "%name",
        "%&",
        "infinity",
        "truee",
        "nil?",
        "+ix",
        "-ix",
    ],
)
def test_symbols(name: str) -> None:
    assert read_many(name) == [intern_symbol(name)]


def test_decomposed_accents_belong_to_names() -> None:
    assert read_many("e\u0301a") == [intern_symbol("e\u0301a")]


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("false", False), ("nil", None), ("#t", True), ("#f", False)],
)
def test_reserved_words(text: str, value: Any) -> None:
    assert read_many(text) == [value]
    assert type(read_one(text)) is type(value)


@pytest.mark.parametrize("text", ["inf", "+inf", "Inf", "Infinity", "+Infinity"])
def test_infinity(text: str) -> None:
    assert read_one(text) == math.inf


@pytest.mark.parametrize("text", ["-inf", "-Infinity"])
def test_negative_infinity(text: str) -> None:
    assert read_one(text) == -math.inf


@pytest.mark.parametrize("text", ["nan", "NaN", "NAN", "+nan", "-nan"])
def test_nan(text: str) -> None:
    assert math.isnan(read_one(text))


@pytest.mark.parametrize("name", ["a", "ns/x", "a.b", "1", "%x", "#x", "é", "12ab", "true", "-"])
def test_keywords(name: str) -> None:
    assert read_many(":" + name) == [intern_keyword(name)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("0042", 42),
        ("-7", -7),
        ("-0", 0),
        ("999999999999999999", 10**18 - 1),
        ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", 2**63),
        ("-170141183460469231731687303715884105728", -(2**127)),
        ("140737488355327", 2**47 - 1),
        ("140737488355328", 2**47),
        ("1.5", 1.5),
        ("2e3", 2000.0),
        ("6.02E+23", 6.02e23),
        ("-1e-3", -0.001),
        ("7e500", math.inf),
        ("7e-500", 0.0),
        ("6/3", 2),
        ("-4/6", Fraction(-2, 3)),
        ("0/5", 0),
        ("#xff", 255),
        ("#XFF", 255),
        ("#x-2c", -44),
        ("#x+2c", 44),
        ("#o17", 15),
        ("#b-101", -5),
        ("#d12", 12),
        ("#d1.5", 1.5),
        ("#e#x2A", 42),
        ("#x#e2A", 42),
        ("#o#e17", 15),
        ("#i#b11", 3.0),
        ("#e2.25", Fraction(9, 4)),
        ("#e4.0", 4),
        ("#e1e4", 10000),
        ("#E7", 7),
        ("#i3/4", 0.75),
        ("#i9", 9.0),
        ("#I9", 9.0),
        ("#i" + "9" * 400, math.inf),
        ("#i-" + "9" * 400, -math.inf),
    ],
)
def test_numbers(text: str, value: Any) -> None:
    (read,) = read_many(text)
    assert read == value
    assert type(read) is type(value)


def test_minus_zero_keeps_its_sign_as_a_float() -> None:
    assert math.copysign(1, read_one("-0.0")) == -1


def test_integers_have_no_longest() -> None:
    digits = "1234567890" * 5000
    value = read_one("-" + digits)
    assert value % 10**10 == -1234567890 % 10**10
    assert write(value) == "-" + digits


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('""', ""),
        ('"a b"', "a b"),
        ('"a\nb"', "a\nb"),
        (r'"\n\t\r\0"', "\n\t\r\0"),
        (r'"\\ \" \$"', '\\ " $'),
        (r'"\x41;\x1F600;"', "A\U0001f600"),
        (r'"\u00e9\U0001F600"', "é\U0001f600"),
        (r'"\u00411"', "A1"),
        (r'"\q"', "\\q"),
        ('"\\\n"', "\\\n"),
        ('";"', ";"),
        ('#"\\d+"', "\\d+"),
        ('#"a\\"b"', 'a"b'),
        ('#"a\nb\\n"', "a\nb\\n"),
        ('#""', ""),
    ],
)
def test_strings(text: str, value: str) -> None:
    assert read_many(text) == [value]


@pytest.mark.parametrize(
    ("text", "char"),
    [
        ("#\\a", "a"),
        ("#\\space", " "),
        ("#\\newline", "\n"),
        ("#\\tab", "\t"),
        ("#\\return", "\r"),
        ("#\\nul", "\0"),
        ("#\\(", "("),
        ("#\\;", ";"),
        ('#\\"', '"'),
        ("#\\0", "0"),
        ("#\\λ", "λ"),
        ("#\\ ", " "),
        ("#\\+", "+"),
        ("#\\\U0001f600", "\U0001f600"),
    ],
)
def test_characters(text: str, char: str) -> None:
    assert read_many(text) == [Char(char)]


@pytest.mark.parametrize("text", ["", "  \t\r\n", "; only a comment", "#!/usr/bin/env sema", "#!"])
def test_nothing(text: str) -> None:
    assert read_many(text) == []
    assert read_one(text) is None


def test_comments_and_carriage_returns() -> None:
    assert shown("#! x\na ; b\r\nc;d") == ["a", "c"]


def test_read_one_ignores_what_follows_the_first_form() -> None:
    assert write(read_one("(a) ) (")) == "(a)"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("17", 17),
        (" 1/2\n", Fraction(1, 2)),
        ("#x10", 16),
        ("inf", math.inf),
        ("-2.5e3", -2500.0),
    ],
)
def test_parse_number(text: str, value: Any) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "+5",
        ".5",
        "5.",
        "1_000",
        "+inf.0",
        "",
        " ",
        "1 2",
        "a",
        ":a",
        "nil",
        "true",
        '"1"',
        "#\\1",
        "1/0",
        "(1)",
        "'1",
        "1;",
        "; 1",
        "#",
        "#x",
        '"',
        "#u8(1)",
    ],
)
def test_parse_number_refuses(text: str) -> None:
    assert parse_number(text) is None


def test_parse_number_in_another_radix() -> None:
    assert parse_number("ff", 16) == 255
    assert parse_number("-zz", 36) == -1295
    assert parse_number("#b101", 16) == 5
    assert parse_number("12", 2) is None
    assert parse_number("1.5", 16) is None
    assert parse_number("", 16) is None
    assert parse_number("-", 16) is None
    assert parse_number("1_0", 8) is None
