# reference: reader.md 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13
"""Every message of the reader, where it points, and its hint."""

from __future__ import annotations

import pytest

from sema.errors import ReadError
from sema.reader import is_incomplete, read_all, read_many, read_one, read_recovering, write


def error_of(text: str) -> ReadError:
    with pytest.raises(ReadError) as caught:
        read_all(text, "file.sema")
    return caught.value


LEXICAL = [
    ("a $", "unexpected character: '$'", "1:3"),
    ("|a|", "unexpected character: '|'", "1:1"),
    ("a\n \\", "unexpected character: '\\'", "2:2"),
    ("\u00a0", "unexpected character: '\u00a0'", "1:1"),
    ("é \f", "unexpected character: '\f'", "1:3"),
    ("\U0001f600", "unexpected character: '\U0001f600'", "1:1"),
    ("#| x |#", "unexpected character after #: '|'", "1:1"),
    ("#;x", "unexpected character after #: ';'", "1:1"),
    ("#{1}", "unexpected character after #: '{'", "1:1"),
    ("#[1]", "unexpected character after #: '['", "1:1"),
    ("a #!x", "unexpected character after #: '!'", "1:3"),
    ("#T", "unexpected character after #: 'T'", "1:1"),
    ("#u9", "unexpected character after #: 'u'", "1:1"),
    ("a #", "unexpected end of input after `#`", "1:3"),
    ("#\\", "unexpected end of input after #\\", "1:1"),
    ("#\\null", "unknown character name: null", "1:1"),
    ("#\\x41", "unknown character name: x41", "1:1"),
    ("#\\alarm", "unknown character name: alarm", "1:1"),
    ("a: b", "expected keyword name after ':'", "1:2"),
    (":", "expected keyword name after ':'", "1:1"),
    ("::a", "expected keyword name after ':'", "1:1"),
    (" 1/0", "rational literal has zero denominator", "1:2"),
    ("#xfg", "invalid radix-16 literal: fg", "1:1"),
    ("#b12", "invalid radix-2 literal: 12", "1:1"),
    ("#o-8", "invalid radix-8 literal: -8", "1:1"),
    ("#x", "expected digits after radix-16 prefix", "1:1"),
    ("#b-", "expected digits after radix-2 prefix", "1:1"),
    ("#d", "expected digits after radix-10 prefix", "1:1"),
    ("#d+5", "expected digits after radix-10 prefix", "1:1"),
    ("#e", "expected a number after #e", "1:1"),
    ("#i", "expected a number after #i", "1:1"),
    ("#e#t", "expected a number after #e", "1:1"),
    ("#x#x1", "duplicate radix prefix", "1:1"),
    ("#x#d1", "duplicate radix prefix", "1:1"),
    ("#e#i1", "duplicate exactness prefix", "1:1"),
    ("#e1e999", "#e: inf has no exact value", "1:1"),
    ('(a "b', "unterminated string", "1:4"),
    ('"\\', "unterminated string", "1:1"),
    ('a #"b\\"', "unterminated regex literal", "1:3"),
    ('"\n\\x;"', "empty hex escape \\x;", "1:1"),
    ('"\\x41"', "hex escape \\x missing terminating semicolon", "1:1"),
    ('"\\xzz;"', "hex escape \\x missing terminating semicolon", "1:1"),
    ('"\\u12"', "\\u escape requires exactly 4 hex digits", "1:1"),
    ('"\\U1234567"', "\\U escape requires exactly 8 hex digits", "1:1"),
    ('"\\xd800;"', "invalid unicode scalar value \\xd800;", "1:1"),
    ('"\\uDFFF"', "invalid unicode scalar value \\uDFFF", "1:1"),
    ('"\\U00110000"', "invalid unicode scalar value \\U00110000", "1:1"),
    ('"\\x' + "f" * 5000 + ';"', "invalid unicode scalar value \\x" + "f" * 5000 + ";", "1:1"),
    ('a f"b', "unterminated f-string", "1:3"),
    ('f"${a} b', "unterminated f-string", "1:1"),
    ('f"${a', "unterminated interpolation in f-string", "1:1"),
    ('(f"${}")', "empty interpolation in f-string", "1:2"),
    ('f"${ \n }"', "empty interpolation in f-string", "1:1"),
    ('f"\\u1"', "\\u escape requires exactly 4 hex digits", "1:1"),
    ('f"a\n${b $}"', "unexpected character: '$'", "2:5"),
    ('f"${"abc}"', "unterminated string", "1:5"),
]

SYNTACTIC = [
    ("(a", "unterminated list", "1:1"),
    ("(list (foo 1", "unterminated list", "1:7"),
    ("[a (b)", "unterminated vector", "1:1"),
    ("{:a 1", "unterminated map", "1:1"),
    ("(a #u8(1", "unterminated bytevector", "1:4"),
    ("#(f %", "unterminated short lambda #(...)", "1:1"),
    ("(a]", "mismatched bracket: expected `)` to close `(`, found `]`", "1:3"),
    ("(a}", "mismatched bracket: expected `)` to close `(`, found `}`", "1:3"),
    ("[a)", "mismatched bracket: expected `]` to close `[`, found `)`", "1:3"),
    ("[a}", "mismatched bracket: expected `]` to close `[`, found `}`", "1:3"),
    ("{a)", "mismatched bracket: expected `}` to close `{`, found `)`", "1:3"),
    ("{a]", "mismatched bracket: expected `}` to close `{`, found `]`", "1:3"),
    ("#(a]", "mismatched bracket: expected `)` to close `#(`, found `]`", "1:4"),
    ("a )", "unexpected closing `)`", "1:3"),
    ("]", "unexpected closing `]`", "1:1"),
    ("\n}", "unexpected closing `}`", "2:1"),
    (".", "unexpected `.`", "1:1"),
    ("5.", "unexpected `.`", "1:2"),
    ("[a . b]", "unexpected `.`", "1:4"),
    ("{a . b}", "unexpected `.`", "1:4"),
    ("#(a . b)", "unexpected `.`", "1:5"),
    ("(a . . b)", "unexpected `.`", "1:6"),
    ("(a .)", "unexpected closing `)`", "1:5"),
    ("(a . b c)", "expected `)`, got `symbol`", "1:8"),
    ("(a . b 1)", "expected `)`, got `integer`", "1:8"),
    ('(a . b "c")', "expected `)`, got `string`", "1:8"),
    ("(a . b :c)", "expected `)`, got `keyword`", "1:8"),
    ("(a . b (c))", "expected `)`, got `(`", "1:8"),
    ("(a . b . c)", "expected `)`, got `.`", "1:8"),
    ("(a . b", "unterminated list", "1:1"),
    ("(a .", "unexpected end of input", "1:5"),
    ("{:a 1 :b}", "map literal must have even number of forms", "1:9"),
    ("#u8(1 256)", "#u8(...): byte value 256 out of range 0..255", "1:7"),
    ("#u8(-1)", "#u8(...): byte value -1 out of range 0..255", "1:5"),
    ("#u8(a)", "#u8(...): expected integer byte value", "1:5"),
    ("#u8(1.0)", "#u8(...): expected integer byte value", "1:5"),
    ("#u8(1/1)", "#u8(...): expected integer byte value", "1:5"),
    ("#u8((1))", "#u8(...): expected integer byte value", "1:5"),
    ("#u8('1)", "#u8(...): expected integer byte value", "1:5"),
    ("a '", "quote (') requires an expression after it", "1:3"),
    ("`", "quasiquote (`) requires an expression after it", "1:1"),
    ("(,)", "unquote (,) requires an expression after it", "1:2"),
    ("(,@ )", "unquote-splicing (,@) requires an expression after it", "1:2"),
    ("[@]", "deref (@) requires an expression after it", "1:2"),
    ("(a '(b]", "quote (') requires an expression after it", "1:4"),
    ("'(a ,", "quote (') requires an expression after it", "1:1"),
    ('f"${a b}"', "f-string interpolation must contain exactly one expression", "1:1"),
    ('f"${;a\n}"', "f-string interpolation must contain exactly one expression", "1:1"),
    ('f"a\n ${(b}"', "unterminated list", "2:4"),
    ('f"${)}"', "unexpected closing `)`", "1:5"),
    ("#(f %9999)", "short lambda has no parameter %9999 (limit 1024)", "1:5"),
]


@pytest.mark.parametrize(("text", "message", "place"), LEXICAL + SYNTACTIC)
def test_message_and_position(text: str, message: str, place: str) -> None:
    error = error_of(text)
    assert str(error) == f"Reader error at {place}: {message}"
    assert error.message == f"{message} at {place}"
    assert str(error.span) == f"file.sema:{place}"


@pytest.mark.parametrize("text", [text for text, _, _ in LEXICAL])
def test_a_lexical_error_comes_before_any_form(text: str) -> None:
    fault = error_of(text)
    later = error_of(") ) (\n" + text.replace("#!", "#! "))
    assert later.bare_message == fault.bare_message
    with pytest.raises(ReadError):
        read_one("ok\n" + text)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("(a", "add `)` to close the `(`"),
        ("[a", "add `]` to close the `[`"),
        ("{a", "add `}` to close the `{`"),
        ("#(a", "add `)` to close the `#(`"),
        ("#u8(1", "add `)` to close the `#u8(`"),
        ("\n(a [b)", "the `[` at 2:4 is closed by `]`"),
        ("'(a", "unterminated list at 1:2; add `)` to close the `(`"),
        ("'", None),
        ("(a .)", "one form must follow the dot"),
    ],
)
def test_hints(text: str, hint: str | None) -> None:
    assert error_of(text).hint == hint


def test_nesting_has_a_limit() -> None:
    limit = 1_000_000
    assert str(error_of("(" * (limit + 1))) == (
        f"Reader error at 1:{limit + 1}: input nested too deeply (limit {limit})"
    )
    error = error_of("'" * (limit + 1))
    assert error.bare_message == "quote (') requires an expression after it"
    assert error.hint == f"input nested too deeply (limit {limit}) at 1:{limit + 1}"


def test_errors_without_a_file() -> None:
    with pytest.raises(ReadError) as caught:
        read_many("a\n  (b")
    assert str(caught.value.span) == "<input>:2:3"


def recovered(text: str) -> tuple[str, list[str]]:
    forms, _, errors = read_recovering(text, None)
    return " ".join(write(form) for form in forms), [str(error) for error in errors]


def places(text: str) -> tuple[str, list[str]]:
    forms, errors = recovered(text)
    return forms, [error.split(": ")[0].removeprefix("Reader error at ") for error in errors]


def test_recovery() -> None:
    assert places("(a . b c) (d) ) ] e (f ] g") == (
        "(d) e g",
        ["1:8", "1:15", "1:17", "1:24"],
    )
    assert places("a (b c") == ("a", ["1:3"])
    assert places("[a . (b)] c") == ("c", ["1:4"])
    assert places("') a") == ("a", ["1:1"])
    assert places('f"${(a} ${b]}" c') == ("c", ["1:5"])
    assert places('(x f"${)}" (y)) c') == ("c", ["1:8"])
    assert places("#u8(1 (2) 3) c") == ("c", ["1:7"])
    assert places("") == ("", [])


def test_recovery_from_a_lexical_error_is_that_error() -> None:
    forms, errors = recovered("a ) (b $)")
    assert forms == ""
    assert errors == ["Reader error at 1:8: unexpected character: '$'"]


@pytest.mark.parametrize(
    "text", ["(a", "[a {", "'", "(a '", "(a .", "'(a", '"a', '#"a', 'f"a', 'f"${', "#(f", "#u8(1"]
)
def test_a_text_that_lacks_its_end(text: str) -> None:
    assert is_incomplete(text)
    assert is_incomplete("(ok)\n" + text)


@pytest.mark.parametrize("text", ["", "a", "(a)", ")", "(a]", "(a . b c", "$ (", 'f"${(}"', "')"])
def test_a_text_that_more_text_does_not_mend(text: str) -> None:
    assert not is_incomplete(text)
