# reference: reader.md 7, 10, 11
"""What lists, vectors, prefixes, f-strings and short lambdas read as."""

from __future__ import annotations

import pytest

from sema.reader import read_many, read_one, write
from sema.vm.values import EMPTY_LIST, Pair, Vector


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("( a  b )", "(a b)"),
        ("[1 [2] ()]", "[1 [2] ()]"),
        ("#u8()", "#u8()"),
        ("#u8(0 255 #x1f)", "#u8(0 255 31)"),
        ("(a . b)", "(a . b)"),
        ("(a b . (c))", "(a b . (c))"),
        ("(. r)", "(. r)"),
        ("(a . 'b)", "(a . (quote b))"),
        ("'x", "(quote x)"),
        ("`x", "(quasiquote x)"),
        (",x", "(unquote x)"),
        (",@x", "(unquote-splicing x)"),
        (", @x", "(unquote (deref x))"),
        ("@x", "(deref x)"),
        ("' ; why\n x", "(quote x)"),
        ("''x", "(quote (quote x))"),
        ("`(a ,b ,@c)", "(quasiquote (a (unquote b) (unquote-splicing c)))"),
        ("'true", "(quote #t)"),
    ],
)
def test_forms(text: str, printed: str) -> None:
    assert [write(form) for form in read_many(text)] == [printed]


def test_types() -> None:
    assert read_one("()") is EMPTY_LIST
    assert type(read_one("(1)")) is Pair
    assert type(read_one("[]")) is Vector
    assert read_one("#u8(1 2)") == b"\x01\x02"


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ('f""', "(str)"),
        ('f"plain"', '(str "plain")'),
        ('f"x${a}y"', '(str "x" a "y")'),
        ('f"${a}"', "(str a)"),
        ('f"${a}${b}"', "(str a b)"),
        ('f"${ (+ 1 2) }"', "(str (+ 1 2))"),
        ('f"a${f"b${1}"}"', '(str "a" (str "b" 1))'),
        (r'f"\${a}"', '(str "${a}")'),
        ('f"$a $ {b}$"', '(str "$a $ {b}$")'),
        (r'f"\n\x41;${a}\""', r'(str "\nA" a "\"")'),
        ('f"${(get m "k")}"', '(str (get m "k"))'),
        ('f"${a ; comment\n}"', "(str a)"),
        ('f"${\'a}"', "(str (quote a))"),
        ('f"${#\\a}"', "(str #\\a)"),
        ('(f"a" f "b")', '((str "a") f "b")'),
        ('"{" f"${a}"', '"{" (str a)'),
    ],
)
def test_f_strings(text: str, printed: str) -> None:
    assert " ".join(write(form) for form in read_many(text)) == printed


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("#(f % 2)", "(lambda (%1) (f %1 2))"),
        ("#(g %3)", "(lambda (%1 %2 %3) (g %3))"),
        ("#(g %2 %)", "(lambda (%1 %2) (g %2 %1))"),
        ("#()", "(lambda () ())"),
        ("#(a b)", "(lambda () (a b))"),
        (
            "#(f [% (g '%2)] `(,%3))",
            "(lambda (%1 %2 %3) (f [%1 (g (quote %2))] (quasiquote ((unquote %3)))))",
        ),
        ("#(f (fn (x) (% x)) (lambda (y) %2))", "(lambda () (f (fn (x) (% x)) (lambda (y) %2)))"),
        ("#(f (g % (fn () %2)) %)", "(lambda (%1) (f (g %1 (fn () %2)) %1))"),
        ("#(map #(f % %2) %)", "(lambda (%1) (map (lambda (%1 %2) (f %1 %2)) %1))"),
        ("#(f %0 %% %name %&)", "(lambda () (f %0 %% %name %&))"),
        ("#(% 1)", "(lambda (%1) (%1 1))"),
        ('#(print f"<${%}>")', '(lambda (%1) (print (str "<" %1 ">")))'),
        ("#(f (a . %))", "(lambda (%1) (f (a . %1)))"),
        ("% %2", "% %2"),
    ],
)
def test_short_lambdas(text: str, printed: str) -> None:
    assert " ".join(write(form) for form in read_many(text)) == printed


DEPTH = 100_000


@pytest.mark.parametrize(
    ("opener", "closer"),
    [("(", ")"), ("[", "]"), ("'", ""), (",@", ""), ("#(", ")"), ('f"${', '}"'), ("(a . ", ")")],
)
def test_deep_nesting(opener: str, closer: str) -> None:
    form = read_one(opener * DEPTH + "1" + closer * DEPTH)
    assert write(form).count("(") + write(form).count("[") >= DEPTH


def test_deep_lists_print_as_they_were_written() -> None:
    text = "(" * 1_000_000 + ")" * 1_000_000
    assert write(read_one(text)) == text
