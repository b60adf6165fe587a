# reference: reader.md 1, 2
"""The formatter: what programs look like afterwards, and what it must never change."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import ROOT

import sema
from sema.reader import read_all, write, written_tokens
from sema.tools.formatter import format_source

SOURCES = sorted(
    path for top in ("src", "tests", "examples") for path in ROOT.glob(f"{top}/**/*.sema")
)
WIDTHS = (80, 24, 1)


def lines(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


def spellings(text: str) -> list[str]:
    return [text[start:end] for _, start, end in written_tokens(text)]


def comments(text: str) -> list[str]:
    """The comments of a text, in their order."""
    found = []
    end = 0
    for _, start, next_end in [*written_tokens(text), ("end", len(text), 0)]:
        for line in text[end:start].split("\n"):
            _, semicolon, comment = line.partition(";")
            found += [(semicolon + comment).strip()] if semicolon else []
        end = next_end
    return found


def check(text: str, width: int = 80) -> str:
    """The formatted text, which must say the same as before and be formatted."""
    formatted = format_source(text, width)
    assert [write(form) for form in read_all(formatted)[0]] == [
        write(form) for form in read_all(text)[0]
    ]
    assert spellings(formatted) == spellings(text)
    assert comments(formatted) == comments(text)
    assert format_source(formatted, width) == formatted
    return formatted


class TestLayout:
    @pytest.mark.parametrize(
        ("text", "formatted"),
        [
            ("(  a\tb )", "(a b)"),
            ("(a)(b)", "(a)\n(b)"),
            ("( )", "()"),
            ("' x", "'x"),
            ("`(a , @b ,@ c , d)", "`(a , @b ,@c ,d)"),
            ("#( + % 1 )", "#(+ % 1)"),
            ("#u8( 1 2 )", "#u8(1 2)"),
            ("1x", "1\nx"),
            ('(a"b"c)', '(a "b" c)'),
            ("(a)\n\n\n\n\n(b)", "(a)\n\n\n(b)"),
            ("(begin\n\n\n(a)\n\n\n\n(b)\n\n)", "(begin\n\n  (a)\n\n  (b))"),
            ("\n\n(a)\n\n", "(a)"),
            ("(f a\nb)", "(f a\n   b)"),
            ("(f\na b\nc)", "(f\n  a b\n  c)"),
            ("((f a)\nb)", "((f a)\n b)"),
            ("'(a b\nc d)", "'(a b\n  c d)"),
            ("[1 2\n3 4]", "[1 2\n 3 4]"),
            ("{:a 1\n:b 2 :c\n3}", "{:a 1\n :b 2\n :c 3}"),
            ("(if a b\nc)", "(if a\n    b\n    c)"),
            ("(define\nx\n1)", "(define x\n  1)"),
            ("(define (f x) (g x) x)", "(define (f x)\n  (g x)\n  x)"),
            ("(define f (fn (x)\nx))", "(define f (fn (x)\n            x))"),
            ("(let ((a 1) (b\n2)) a)", "(let ((a 1) (b 2)) a)"),
            ("(let ((a 1)\n(b 2)) a)", "(let ((a 1)\n      (b 2))\n  a)"),
            ("(let loop ((i 0)) (f) (loop))", "(let loop ((i 0))\n  (f)\n  (loop))"),
            ("(cond (a b) (else c))", "(cond (a b)\n      (else c))"),
            ("(cond (a (f b\nc)))", "(cond (a (f b\n            c)))"),
            ("(cond (a\n(f)))", "(cond (a\n       (f)))"),
            ("(case x ((1) a) (else b))", "(case x\n  ((1) a)\n  (else b))"),
            ("(match x ([a] when b\n(f) g))", "(match x\n  ([a] when b\n   (f)\n   g))"),
            ("(try (f)\n(catch e (g) (h)))", "(try\n  (f)\n  (catch e\n    (g)\n    (h)))"),
            ("(do ((i 0))\n(#t) (f))", "(do ((i 0))\n    (#t)\n  (f))"),
            ("(-> x (f)\n(g))", "(-> x\n    (f)\n    (g))"),
            ("(guard (e (a b)\n(c d)) f)", "(guard (e (a b)\n          (c d))\n  f)"),
            ("'(let ((a 1)\n(b 2)) c)", "'(let ((a 1)\n       (b 2))\n   c)"),
            ("(deftest name (f)\n(g))", "(deftest name\n  (f)\n  (g))"),
        ],
    )
    def test_breaks_of_the_author(self, text: str, formatted: str) -> None:
        assert check(text) == formatted + "\n"

    @pytest.mark.parametrize(
        ("text", "formatted"),
        [
            (
                "(function argument-one (another 1) argument-3)",
                """
                (function argument-one
                          (another 1)
                          argument-3)
                """,
            ),
            (
                "(a-function-with-a-long-name (an-argument 1) b)",
                """
                (a-function-with-a-long-name
                  (an-argument 1)
                  b)
                """,
            ),
            (
                "(define (function a b) (+ (* a a) (* b b)))",
                """
                (define (function a b)
                  (+ (* a a) (* b b)))
                """,
            ),
            (
                "(define digits '(0 1 2 3 4 5 6 7 8 9 10 11 12))",
                """
                (define digits
                  '(0 1 2 3 4 5 6 7 8 9 10
                    11 12))
                """,
            ),
            (
                '(define config {:host "localhost" :routes ["/" "/a"]})',
                """
                (define config
                  {:host "localhost"
                   :routes ["/" "/a"]})
                """,
            ),
            (
                "(let ((value (compute-a-value 1)) (b 2)) (+ value b))",
                """
                (let ((value
                       (compute-a-value 1))
                      (b 2))
                  (+ value b))
                """,
            ),
            (
                "(if (a-predicate? x) (then-this x) (else-that x))",
                """
                (if (a-predicate? x)
                    (then-this x)
                    (else-that x))
                """,
            ),
            (
                "(define-record-type point (make-point x y) point? (x point-x))",
                """
                (define-record-type point
                  (make-point x y)
                  point?
                  (x point-x))
                """,
            ),
            (
                "(export first-name second-name third-name a b c d e f g)",
                """
                (export first-name
                        second-name
                        third-name a b c d e
                        f g)
                """,
            ),
            (
                '(f "a string that is longer than a line" b)',
                """
                (f "a string that is longer than a line"
                   b)
                """,
            ),
        ],
    )
    def test_what_is_too_long(self, text: str, formatted: str) -> None:
        assert check(text, 28) == lines(formatted)

    def test_macros_of_the_file(self) -> None:
        text = """
        (defmacro repeat (times . body) `(do ((i 0 (+ i 1))) ((= i ,times)) ,@body))
        (define-syntax unless-zero (syntax-rules () ((_ n body ...) (when (> n 0) body ...))))
        (defmacro both (a b) `(and ,a ,b))
        (repeat 4 (f) (g))
        (unless-zero 4 (f) (g))
        (both (f) (g))
        """
        assert check(text).endswith(
            lines("""
            (repeat 4
              (f)
              (g))
            (unless-zero 4
              (f)
              (g))
            (both (f) (g))
            """)
        )

    def test_an_ellipsis_stays_with_what_it_repeats(self) -> None:
        text = "(define-syntax w (syntax-rules () ((_ c body ...) (when c body ... (loop)))))"
        assert "    ((_ c body ...)\n     (when c\n       body ...\n       (loop)))" in check(text)

    def test_literals_keep_their_spelling(self) -> None:
        literals = r"""0042 #xFF #e1.50 1.50e+3 -0.0 6/4 "\x41;\u00e9" "a
          b" #"\d+" f"${ (+ 1   2) } $5" #\space #\( #t true nil :k/w %1 .5"""
        assert spellings(check(f"(list {literals})")) == ["(", "list", *spellings(literals), ")"]


class TestComments:
    @pytest.mark.parametrize(
        ("text", "formatted"),
        [
            (";;; all\n\n\n\n; of it   ", ";;; all\n\n\n; of it"),
            ("#!/usr/bin/env sema\n(a)", "#!/usr/bin/env sema\n(a)"),
            ("(a)   ; one\n(bb)  ; two", "(a)  ; one\n(bb) ; two"),
            ("(a) ; one\n(bb) ; two", "(a) ; one\n(bb) ; two"),
            ("(a) ; one\n\n(bb); two", "(a) ; one\n\n(bb) ; two"),
            ("(f a ; one\nb)", "(f a ; one\n   b)"),
            ("(f a\n; two\nb)", "(f a\n   ; two\n   b)"),
            ("(f ; head\na)", "(f ; head\n  a)"),
            ("(f a ; last\n)", "(f a ; last\n )"),
            ("(define (f)\n  (g) ; last\n  ; own\n  )", "(define (f)\n  (g) ; last\n  ; own\n  )"),
            ("(; first\na)", "(; first\n a)"),
            ("( ; nothing\n)", "(; nothing\n )"),
            ("'; quoted\nx", "'; quoted\n x"),
            ("{:a ; key\n1}", "{:a ; key\n   1}"),
            ("(let ((a ; name\n1)) a)", "(let ((a ; name\n       1))\n  a)"),
            ("(let ; bindings\n((a 1)) a)", "(let ; bindings\n    ((a 1))\n  a)"),
            ("(cond\n; first\n(a b))", "(cond\n  ; first\n  (a b))"),
        ],
    )
    def test_stay_where_they_are(self, text: str, formatted: str) -> None:
        assert check(text) == formatted + "\n"


class TestTexts:
    @pytest.mark.parametrize("text", ["", "\n", " \r\n\t"])
    def test_nothing(self, text: str) -> None:
        assert format_source(text) == ""

    def test_line_ends_of_windows_stay_and_strings_keep_theirs(self) -> None:
        text = '(define (f) ; c\r\n"a\nb"\r\n\r\n(g))\r\n\r\n; end\r\n'
        formatted = '(define (f) ; c\r\n  "a\nb"\r\n\r\n  (g))\r\n\r\n; end\r\n'
        assert check(text) == formatted

    def test_a_character_that_is_white_space(self) -> None:
        assert check("(f #\\ )") == "(f #\\ )\n"
        assert check("(f #\\\n )") == "(f #\\\n)\n"

    @pytest.mark.parametrize(
        ("text", "message", "line", "column"),
        [
            ("(a\n (b", "unterminated list", 2, 2),
            ("(a]", "mismatched bracket", 1, 3),
            ("(a)\n)", "unexpected closing", 2, 1),
            ('(a\n "b', "unterminated string", 2, 2),
            ("{:a}", "even number of forms", 1, 4),
            ("\ufeff(a)", "unexpected character", 1, 1),
            ("#u8(256)", "out of range", 1, 5),
        ],
    )
    def test_what_is_no_program(self, text: str, message: str, line: int, column: int) -> None:
        with pytest.raises(sema.ReadError, match=message) as caught:
            format_source(text, file="wrong.sema")
        assert caught.value.span is not None
        assert (caught.value.span.line, caught.value.span.column) == (line, column)
        assert caught.value.span.file == "wrong.sema"

    @pytest.mark.parametrize("width", [0, -1])
    def test_no_width(self, width: int) -> None:
        with pytest.raises(ValueError, match="width must be positive"):
            format_source("(a)", width)

    @pytest.mark.parametrize("depth", [600, 3_000])
    @pytest.mark.parametrize(
        ("opening", "closing"),
        [
            ("(", ")"),
            ("(a ", ")"),
            ("(a\n", ")"),
            ("(a ; c\n", ")"),
            ("'", ""),
            ("[", "]"),
            ("{:k ", "}"),
            ("#(", ")"),
            ('f"${', '}"'),
            ("(let ((x ", ")) x)"),
            ("(let ((x 1))\n", ")"),
            ("(cond (else ", "))"),
            ("`(a ,", ")"),
        ],
    )
    def test_depth(self, opening: str, closing: str, depth: int) -> None:
        text = opening * depth + "1" + closing * depth
        formatted = format_source(text)
        assert format_source(formatted) == formatted
        assert len(formatted) < 200 * len(text)


class TestEveryProgram:
    @pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
    def test_of_the_project(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        try:
            read_all(text)
        except sema.ReadError:
            return
        for width in WIDTHS:
            check(text, width)


HEADS = """
    f define defun let let* fn if cond case match when try catch do begin guard -> define-syntax
    syntax-rules for-range define-record-type . ... => else when quote
""".split()
ATOMS = st.sampled_from(
    [
        *HEADS,
        "x",
        "12",
        ":key",
        '"text"',
        '"two\n lines"',
        "#\\space",
        "#\\;",
        'f"${(+ 1  2)}"',
        '#"\\d"',
    ]
)
GAPS = st.sampled_from(
    [
        " ",
        "  ",
        "\n",
        "\n\n",
        "\n\n\n\n",
        " ; behind\n",
        "\n; own\n",
        "\n\n ;; own\n\n ; two\n",
        "\r\n",
    ]
)


def joined(draw: st.DrawFn, parts: list[str]) -> str:
    text = draw(GAPS) if draw(st.integers(0, 9)) == 0 else ""
    for part in parts:
        text += part + (draw(GAPS) if draw(st.booleans()) else " ")
    return text


@st.composite
def composites(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    opener, closer = draw(
        st.sampled_from(
            ["()", "()", "()", "()", "[]", "{}", ("#(", ")"), ("'", ""), ("`", ""), (",", "")]
        )
    )
    parts = draw(st.lists(inner, min_size=0 if closer else 1, max_size=6 if closer else 1))
    if opener == "{" and len(parts) % 2:
        parts.pop()
    if opener == "(" and draw(st.booleans()):
        parts.insert(0, draw(st.sampled_from(HEADS)))
    return opener + joined(draw, parts) + closer


@st.composite
def programs(draw: st.DrawFn) -> str:
    form = st.recursive(ATOMS, composites, max_leaves=30)
    return joined(draw, draw(st.lists(form, max_size=4)))


@settings(max_examples=150, deadline=None)
@given(programs(), st.sampled_from([80, 40, 20, 10, 1]))
def test_any_program(text: str, width: int) -> None:
    try:
        read_all(text)
    except sema.ReadError:
        return
    check(text, width)


def test_the_page_shows_what_happens() -> None:
    page = (ROOT / "docs" / "formatting.md").read_text(encoding="utf-8")
    before, after = re.findall(r"```lisp\n(.*?)```", page, re.DOTALL)
    assert format_source(before) == after


def test_public_name() -> None:
    assert sema.format_source("(a  b)") == "(a b)\n"
    assert sema.format_source("(a b)", width=3) == "(a\n  b)\n"
