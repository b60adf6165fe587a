# reference: runtime.md 4
"""Hints about unbound variables."""

from __future__ import annotations

from re import findall

import pytest

import sema
from sema.embed.suggestions import _USE, edit_distance, nearest_name
from sema.expander.forms import SPECIAL_FORMS


def hint(text: str) -> str | None:
    with pytest.raises(sema.UnboundError) as caught:
        sema.Interpreter().eval(text)
    return caught.value.hint


def test_names_of_other_lisps() -> None:
    assert hint("(setq 1 2)") == "in Sema, use 'set!'"
    assert hint("(define (f) (funcall car '(1))) (f)") == (
        "in Sema, use the function itself: (f x)"
    )


def test_name_that_is_defined_needs_no_table() -> None:
    assert sema.Interpreter().eval("(define (deref x) x) (deref 5)") == 5


def test_near_names() -> None:
    assert hint("(printlm 1)") == "Did you mean 'println'?"
    assert hint("(define total-sum 1) totl-sum") == "Did you mean 'total-sum'?"


def test_nothing_near() -> None:
    assert hint("(completely-unknown-thing)") is None


def test_hidden_names_are_not_suggested() -> None:
    assert hint("(__vm-evak 1)") is None


def test_error_in_a_macro() -> None:
    assert hint("(defmacro m () (printlm 1)) (m)") == "Did you mean 'println'?"


def test_not_part_of_what_is_caught() -> None:
    caught = sema.Interpreter().eval_to_string("(try (printlm 1) (catch e (keys e)))")
    assert "hint" not in caught


@pytest.mark.parametrize(
    ("name", "known", "nearest"),
    [
        ("ab", ["abc", "b"], "abc"),
        ("abc", ["xyc"], None),
        ("abcdef", ["abcxyf", "abcdefg"], "abcdefg"),
        ("abcdefghijkl", ["abcdefghixyz", "abcdefghwxyz"], "abcdefghixyz"),
        ("äöü", ["äö"], "äö"),
        ("same", ["same"], None),
    ],
)
def test_how_near_is_near_enough(name: str, known: list[str], nearest: str | None) -> None:
    assert nearest_name(name, known) == nearest


def test_edit_distance() -> None:
    assert edit_distance("kitten", "sitting", 3) == 3
    assert edit_distance("kitten", "sitting", 2) == 3
    assert edit_distance("", "abc", 3) == 3
    assert edit_distance("same", "same", 3) == 0


def test_table_is_about_names_that_are_not_there() -> None:
    assert not set(_USE) & set(sema.Interpreter().names())


def test_table_recommends_what_is_there() -> None:
    known = {*sema.Interpreter().names(), *SPECIAL_FORMS, "catch"}
    assert not [word for use in _USE.values() for word in findall("'([^ ]+)'", use)
                if word not in known]  # fmt: skip
