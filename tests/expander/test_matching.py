# reference: special-forms.md 10
"""Patterns become straight code: tests by primitives, then bindings."""

import pytest
from core_text import expand, shape

from sema.errors import CompileError

CASES = {
    "a name": (
        "(match v (x (f x)))",
        "(let ((value @v)) (if #t (let ((x value)) (@f x)) (@__vm-no-match value)))",
    ),
    "a literal": (
        "(match* v (1 2))",
        "(let ((value @v)) (if (@__vm-equal value 1) 2 nil))",
    ),
    "a quoted datum": (
        "(match* v ('(a) 2))",
        "(let ((value @v)) (if (@__vm-equal value '(a)) 2 nil))",
    ),
    "elements": (
        "(match* v ([a _ & r] (f a r)))",
        "(let ((value @v)) (let ((part! nil)) (if (@__vm-has-at-least (set part! value) 2)"
        " (let ((a (@__vm-item part! 0)) (r (@__vm-items-from part! 2))) (@f a r)) nil)))",
    ),
    "a part with parts": (
        "(match* v ([[a]] a))",
        "(let ((value @v)) (let ((part! nil) (part2! nil))"
        " (if (if (@__vm-has-length (set part! value) 1)"
        " (@__vm-has-length (set part2! (@__vm-item part! 0)) 1) #f)"
        " (let ((a (@__vm-item part2! 0))) a) nil)))",
    ),
    "entries": (
        "(match* v ({:k 1 :keys [a]} a))",
        "(let ((value @v)) (let ((part! nil)) (if (if (@__vm-map? (set part! value))"
        " (if (@__vm-has-key part! :k) (@__vm-equal (@__vm-lookup part! :k) 1) #f) #f)"
        " (let ((a (@__vm-lookup part! :a))) a) nil)))",
    ),
    "a guard": (
        "(match* v (x when (g x) x))",
        "(let ((value @v)) (if (let ((x value)) (@g x)) (let ((x2 value)) x2) nil))",
    ),
}


@pytest.mark.parametrize(("text", "core"), CASES.values(), ids=CASES)
def test_matching(text: str, core: str) -> None:
    assert shape(text) == core


MALFORMED = {
    "(match 1\n ([a &] 2))": "match: `&` must be followed by a rest pattern",
    "(match 1\n ({:keys 1} 2))": ("match: :keys must be followed by a vector or list of symbols"),
    "(match 1\n ({:keys [1]} 2))": "match: :keys entries must be symbols",
}


@pytest.mark.parametrize("text", MALFORMED)
def test_malformed_patterns_name_the_clause(text: str) -> None:
    with pytest.raises(CompileError) as caught:
        expand(text)
    assert caught.value.message == MALFORMED[text]
    assert str(caught.value.span) == "test.sema:2:2"
