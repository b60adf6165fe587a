"""Regular expressions: the dialect, and that the matcher agrees with Python's where both can."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sema.errors import EvalError
from sema.stdlib.regex.program import compiled


def found(pattern: str, text: str) -> list[str]:
    return [text[a:b] for a, b in compiled(pattern).matcher.search_all(text, False)]


# A pattern, a text, its matches; a dot is an empty match.
FINDS = r"""
a|ab : abab -> a a
ab|a : aba -> ab a
a* : baac -> . aa .
a+? : aaa -> a a a
a{2} : aaaaa -> aa aa
a{2,} : aaaaa -> aaaaa
a{1,2} : aaa -> aa a
a{1,2}? : aaa -> a a a
a{0} : ab -> . . .
(?U)a+ : aaa -> a a a
(?U)a+? : aaa -> aaa
a** : aa -> aa
a++ : aa -> aa
x{2}{2} : xxxx -> xxxx
(a|b)*c : abcab -> abc
(?:a*)* : aa -> aa
(a*|b)* : aabb -> aabb
[a-c]+ : abcd -> abc
[^a-c]+ : abcd -> d
[]a]+ : a]b -> a]
[^]a]+ : a]b -> b
[a-]+ : -a-b -> -a-
[-a]+ : -a-b -> -a-
[a\-z]+ : a-zb -> a-z
[\]]+ : a]] -> ]]
[a-c[x-z]]+ : abxyq -> abxy
[a-z&&[^aeiou]]+ : abcde -> bcd
[a-z--[aeiou]]+ : abce -> bc
[a-c~~b-d]+ : abcd -> a d
[[:digit:][:upper:]]+ : aB1c -> B1
[[:^alpha:]]+ : a1b -> 1
[^\D5]+ : 1254 -> 12 4
\d+ : 1٣x -> 1٣
(?-u:\d+) : 1٣x -> 1
\w+ : été_1.x -> été_1 x
\W : a-é -> -
\p{L}+ : aé1 -> aé
\pL+ : aé1 -> aé
\P{L}+ : aé1 -> 1
\p{^L}+ : aé1 -> 1
\p{Lu} : aÉ -> É
\p{Lowercase_Letter}+ : aÉé -> a é
\p{Greek}+ : aαβ -> αβ
\p{Script=Cyrillic}+ : aж -> ж
\p{gc=Nd}+ : a1 -> 1
\p{Alphabetic}+ : 1aé -> aé
[\p{Lu}\d]+ : aÉ1 -> É1
(?i)straße : STRASSE.StraßE -> StraßE
(?i)[a-c]+ : AbCd -> AbC
(?i)[^a]+ : Aab -> b
(?i:a)b : Ab.AB -> Ab
a(?i)b|c : aB.C.c -> aB C c
(a(?i)b)c : aBc.abC -> aBc
(?i)é : É -> É
\x41\x{42}\u0043\u{44}\U00000045 : ABCDE -> ABCDE
\*\/\-\#\& : .*/-#& -> */-#&
\bé\b : é.éa -> é
\Bb : ab_b.b -> b b
\b{start}a : ba,a -> a
a\b{end} : ab,a -> a
a\b{end-half} : ab,a -> a
\<a : ba,a -> a
a\> : ab,a -> a
(?x)a#comment : a -> a
(?P<x>a)(?<y>b) : ab -> ab
(?x: a+ ) : aa -> aa
"""


@pytest.mark.parametrize("line", FINDS.split("\n")[1:-1])
def test_finds(line: str) -> None:
    pattern, _, rest = line.partition(" : ")
    text, _, expected = rest.partition(" -> ")
    assert found(pattern, text) == [match.replace(".", "") for match in expected.split(" ")]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (r"a.c", "abc a\nc", ["abc"]),
        (r"(?s)a.c", "a\nc", ["a\nc"]),
        (r"^b", "a\nb", []),
        (r"(?m)^b$", "a\nb\nc", ["b"]),
        (r"(?m)$", "a\n", ["", ""]),
        (r"a$", "a\n", []),
        (r"\Aa\z", "a", ["a"]),
        (r"(?m)\Ab", "a\nb", []),
        (r"(?Rm)^b$", "a\r\nb\r\n", ["b"]),
        (r"(?R).", "\r\na", ["a"]),
        (r"", "ab", ["", "", ""]),
        (r"\s+", "a\u00a0\u2003b\x1cc", ["\u00a0\u2003"]),
        (r"\n", "a\nb", ["\n"]),
        (r"[\n\t]+", "\t\n", ["\t\n"]),
        (r"é+|😀", "éé😀", ["éé", "😀"]),
        (r"(?x) a\ b # c", "a b", ["a b"]),
        (r"]}", "]}", ["]}"]),
        (r"\S", "\u0085x", ["x"]),
        (r"a|", "ba", ["", "a"]),
        (r"()", "a", ["", ""]),
        (r"\bfoo\b", "foo_foo", []),
        (r"(?i)k|s", "K\u212as\u017f", ["K", "\u212a", "s", "\u017f"]),
        (r"(?i)\u212a|\u017f", "kS", ["k", "S"]),
    ],
)
def test_matches(pattern: str, text: str, expected: list[str]) -> None:
    assert found(pattern, text) == expected


BAD = [
    *["(", ")", "a)", "[", "[a", "[^", "[[:alpha:]", "*", "+a", "a|*", "(?i)*", "(*)", "\\", "[\\"],
    *["a{", "a{x}", "a{2,1}", "a{1", "a{,2}", "a{1}{", "(?", "(?P<n", "(?P<>a)", "(?P<1>a)"],
    *["(?P<n>a)(?P<n>b)", "(?z)", "(?i", "(?)", "(?i-)", "[b-a]", "[\\d-z]x", "[a-\\d]", "[\\b]"],
    *["\\q", "\\e", "\\p", "\\p{", "\\p{Nope}", "\\pX", "\\x", "\\xZZ", "\\x{110000}"],
    *["\\x{D800}", "\\x{-1}", "\\u12", "\\b{middle}", "\\Z", "\\G", "\\K", "\\é"],
    *["(a)\\1", "(?P<n>a)(?P=n)", "\\k<n>", "(?=a)", "(?!a)", "(?<=a)", "(?<!a)", "(?>a)"],
    *["(?:a{1000}){1000}", "(" * 300 + ")" * 300, "()" * 3000, "a{99999999999}"],
]


@pytest.mark.parametrize("pattern", BAD, ids=lambda pattern: pattern[:20])
def test_no_patterns(pattern: str) -> None:
    with pytest.raises(EvalError, match=r"^Eval error: invalid regex pattern: "):
        compiled(pattern)


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("(?=a)", "look-around"),
        ("(?<!a)", "look-around"),
        (r"(a)\1", "backreferences"),
        ("(a", "unclosed group"),
        ("a)", "unopened group"),
        ("[a", "unclosed character class"),
        ("a**+{", "unclosed counted repetition"),
        ("*", "repetition operator missing expression"),
    ],
)
def test_what_is_wrong(pattern: str, problem: str) -> None:
    with pytest.raises(EvalError, match=problem):
        compiled(pattern)


@given(st.text("()[]{}*+?|^$.\\abpPxu<>:=!-&~,01 #i"))
def test_any_text_is_a_pattern_or_an_error(pattern: str) -> None:
    try:
        compiled(pattern).matcher.search("ab 01")
    except EvalError as error:
        assert error.message.startswith("invalid regex pattern: ")


# --- Agreement with Python's --------------------------------------------------------------------

ATOMS = st.sampled_from(["a", "b", "é", ".", "[ab]", "[^a]", r"\w", r"\b", "^"])
COUNTS = st.sampled_from(["", "", "", "?", "*", "+", "{2}", "{1,2}", "??", "*?", "+?", "{1,2}?"])
# Each item reads something, so that no repetition goes round without reading.
ITEMS = st.recursive(
    st.tuples(ATOMS, st.just("a")).map("".join),
    lambda inner: st.one_of(
        st.tuples(st.just("(?:"), inner, st.just(")"), COUNTS, st.just("b")).map("".join),
        st.tuples(st.just("("), inner, st.just("|"), inner, st.just(")"), COUNTS, inner).map(
            "".join
        ),
        st.tuples(inner, inner).map("".join),
    ),
    max_leaves=6,
)


@pytest.mark.parametrize("most_marks", [4096, 0], ids=["one way at a time", "all at once"])
@settings(max_examples=400)
@given(ITEMS, st.text("ab é", max_size=12))
def test_agrees_with_python(most_marks: int, pattern: str, text: str) -> None:
    expected = re.search(pattern, text)
    matcher = compiled(pattern).matcher
    matcher.most_marks = most_marks
    places = matcher.search(text)
    if expected is None:
        assert places is None
    else:
        assert places is not None
        groups = range(expected.re.groups + 1)
        assert places == tuple(place for group in groups for place in expected.span(group))
    assert matcher.test(text) == (expected is not None)
    all_places = matcher.search_all(text, False)
    assert all_places == [match.span() for match in re.finditer(pattern, text)]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("(b|ab)*?c", "abb" * 100_000 + "c"),
        ("x(?:.*z)?|y", "-y-" * 100_000 + "x" + "-" * 300_000 + "y"),
        (r"(\d+) (\w)", "a12 xy " * 100_000),
        ("(a|b)+", "ab" * 200_000 + "c" + "ba" * 3),
    ],
    ids=["far", "far and back", "often", "many choices"],
)
def test_agrees_with_python_in_long_texts(pattern: str, text: str) -> None:
    """Longer than there are marks for."""
    matches = compiled(pattern).matcher.search_all(text, True)
    found = list(re.finditer(pattern, text))
    assert len(matches) == len(found)
    for places, match in zip(matches, found, strict=True):
        assert places == tuple(x for i in range(match.re.groups + 1) for x in match.span(i))


# --- Time ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [20_000, 400_000])
@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*c", "(a*)*b", "(.*)(.*)(.*)(.*)x", "a+b"])
def test_no_pattern_takes_long(pattern: str, n: int) -> None:
    """Python's own matcher would need years for the first ones."""
    start = time.process_time()
    assert not compiled(pattern).matcher.test("a" * n + "d")
    assert time.process_time() - start < 5
