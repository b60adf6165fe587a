"""Characters: conversion, classification, comparison."""

from __future__ import annotations

import operator
import unicodedata

from sema.errors import EvalError
from sema.reader.lexer import is_alphabetic as alphabetic
from sema.stdlib.registry import builtin
from sema.vm.values import Char

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


@builtin(
    "char->integer",
    aliases=("char/to-integer",),
    doc="The code point of a character.",
    example=r"(char->integer #\a) => 97",
)
def char_to_integer(c: Char) -> int:
    return ord(str(c))


@builtin(
    "integer->char",
    aliases=("integer/to-char",),
    doc="The character of a code point.",
    example=r"(integer->char 97) => #\a",
)
def integer_to_char(n: int) -> Char:
    if not 0 <= n <= 0x10FFFF or 0xD800 <= n <= 0xDFFF:
        raise EvalError(f"integer->char: invalid codepoint {n}")
    return Char(n)


@builtin(
    "char->string",
    aliases=("char/to-string",),
    doc="The string of one character.",
    example=r'(char->string #\a) => "a"',
)
def char_to_string(c: Char) -> str:
    return str(c)


@builtin(
    "string->char",
    aliases=("string/to-char",),
    doc="The only character of a string.",
    example=r'(string->char "a") => #\a',
)
def string_to_char(s: str) -> Char:
    if len(s) != 1:
        raise EvalError(f"string->char: expected a string of one character, got {len(s)}")
    return Char(s)


@builtin(
    "char-upcase",
    aliases=("char/upcase",),
    doc="The upper-case form of a character.",
    example=r"(char-upcase #\a) => #\A",
)
def char_upcase(c: Char) -> Char:
    return Char(str(c).upper()[0])


@builtin(
    "char-downcase",
    aliases=("char/downcase",),
    doc="The lower-case form of a character.",
    example=r"(char-downcase #\A) => #\a",
)
def char_downcase(c: Char) -> Char:
    return Char(str(c).lower()[0])


@builtin(
    "char-alphabetic?",
    aliases=("char/alphabetic?",),
    doc="Whether a character is a letter.",
    example=r"(char-alphabetic? #\a) => #t",
)
def is_alphabetic(c: Char) -> bool:
    return alphabetic(ord(str(c)))


@builtin(
    "char-numeric?",
    aliases=("char/numeric?",),
    doc="Whether a character is a digit or another number sign.",
    example=r"(char-numeric? #\5) => #t",
)
def is_numeric(c: Char) -> bool:
    return unicodedata.category(str(c)).startswith("N")


@builtin(
    "char-whitespace?",
    aliases=("char/whitespace?",),
    doc="Whether a character is blank.",
    example=r"(char-whitespace? #\space) => #t",
)
def is_whitespace(c: Char) -> bool:
    # Python takes four control characters for blanks which Unicode does not.
    return str(c).isspace() and not 0x1C <= ord(str(c)) <= 0x1F


@builtin(
    "char-upper-case?",
    aliases=("char/upper-case?",),
    doc="Whether a character is in upper case.",
    example=r"(char-upper-case? #\A) => #t",
)
def is_upper_case(c: Char) -> bool:
    return str(c).isupper()


@builtin(
    "char-lower-case?",
    aliases=("char/lower-case?",),
    doc="Whether a character is in lower case.",
    example=r"(char-lower-case? #\a) => #t",
)
def is_lower_case(c: Char) -> bool:
    return str(c).islower()


def _folded(c: Char) -> str:
    return str(c).lower()[0]


def _declare_comparison(sign: str, compare: Callable[[str, str], bool], words: str) -> None:
    @builtin(
        f"char{sign}?",
        doc=f"Whether the first of two characters is {words} the second.",
        example=rf"(char{sign}? #\a #\b) => {'#t' if compare('a', 'b') else '#f'}",
    )
    def compare_chars(a: Char, b: Char) -> bool:
        return compare(str(a), str(b))

    @builtin(
        f"char-ci{sign}?",
        doc=f"Whether, but for case, the first of two characters is {words} the second.",
        example=rf"(char-ci{sign}? #\A #\b) => {'#t' if compare('a', 'b') else '#f'}",
    )
    def compare_folded(a: Char, b: Char) -> bool:
        return compare(_folded(a), _folded(b))


_declare_comparison("=", operator.eq, "the same as")
_declare_comparison("<", operator.lt, "before")
_declare_comparison(">", operator.gt, "after")
_declare_comparison("<=", operator.le, "not after")
_declare_comparison(">=", operator.ge, "not before")
