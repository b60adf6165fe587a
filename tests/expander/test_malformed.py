# reference: special-forms.md 1, 4, 5, 6, 7, 8, 9, 10, 11
"""Malformed forms: the message, and the place."""

import pytest
from core_text import World, expand, shape

from sema.errors import CompileError, SemaError
from sema.expander import expand_unit
from sema.expander.forms import SPECIAL_FORMS
from sema.vm.values import EMPTY_LIST, intern_symbol, make_list

MESSAGES = {
    "(define)": "Arity error: define expects 2+ args, got 0",
    "(def x)": "Arity error: define expects 2 args, got 1",
    "(define x 1 2)": "Arity error: define expects 2 args, got 3",
    "(define (f))": "Eval error: define: function body cannot be empty",
    "(define 1 2)": "Type error: expected symbol, list, vector, or map, got int",
    "(define (f 1) 2)": "Eval error: define: expected a symbol",
    "(define (1) 2)": "Eval error: define: expected a symbol",
    "(defn f (x))": "Arity error: defun expects 3+ args, got 2",
    "(set! x)": "Arity error: set! expects 2 args, got 1",
    "(set! 1 2)": "Eval error: set!: expected a symbol",
    "(fn x x)": "Type error: expected list or vector, got symbol",
    "(fn (x))": "Arity error: lambda expects 2+ args, got 1",
    "(let ((x 1)))": "Arity error: let expects 2+ args, got 1",
    "(let 1 2)": "Eval error: let: expected a list",
    "(let (x) 2)": "Eval error: let: expected a list",
    "(let ([x 1]) 2)": "Eval error: let: expected a list",
    "(let* ((x)) 2)": "Eval error: let*: each binding must have 2 elements",
    "(letrec ((1 2)) 2)": (
        "Eval error: letrec: binding name must be a symbol, vector, or map pattern"
    ),
    "(let f ((x 1)))": "Arity error: named let expects 3+ args, got 2",
    "(let (([a &] 1)) 2)": "Eval error: destructure: `&` must be followed by a rest pattern",
    "(let (([& a b] 1)) 2)": "Eval error: destructure: only one pattern allowed after `&`",
    "(let (([1] 1)) 2)": (
        "Eval error: destructure: invalid pattern, expected symbol, vector, or map, got int"
    ),
    "(let (({:keys 1} 1)) 2)": (
        "Eval error: destructure: :keys must be followed by a vector or list of symbols"
    ),
    "(let (({:keys [1]} 1)) 2)": "Eval error: destructure: :keys entries must be symbols",
    "(if a)": "Arity error: if expects 2 or 3 args, got 1",
    "(if 1 2 3 4)": "Arity error: if expects 2 or 3 args, got 4",
    "(cond 1)": "Eval error: cond: expected a list",
    "(cond ())": "Eval error: cond: clause must not be empty",
    "(case 1)": "Arity error: case expects 2+ args, got 1",
    "(case 1 (2 3))": "Eval error: case: expected a list",
    "(match 1)": "Arity error: match expects 2+ args, got 1",
    "(match* 1 2)": "Eval error: match: each clause must be a list or vector",
    "(match 1 ())": "Eval error: match: clause must not be empty",
    "(when 1)": "Arity error: when expects 2+ args, got 1",
    "(unless 1)": "Arity error: unless expects 2+ args, got 1",
    "(while 1)": "Arity error: while expects 2+ args, got 1",
    "(do ())": "Arity error: do expects 2+ args, got 1",
    "(do ((i)) (1))": "Eval error: do: binding must be (var init) or (var init step)",
    "(do () ())": "Eval error: do: test clause must not be empty",
    "(do ((1 2)) (1))": "Eval error: do: expected a symbol",
    "(try)": "Arity error: try expects 1+ args, got 0",
    "(try 1)": "Eval error: try: expected a list",
    "(try (f))": "Eval error: try: last argument must be (catch var handler...)",
    "(try (catch e))": "Eval error: try: catch needs (catch var handler...)",
    "(try (catch 1 2))": "Eval error: try catch: expected a symbol",
    "(try (finally) 1)": "Eval error: try: expected a list",
    "(try (catch e) (finally))": "Eval error: try: catch needs (catch var handler...)",
    "(guard)": "Arity error: guard expects 1+ args, got 0",
    "(guard x 1)": "Eval error: guard: expected (var clause...)",
    "(parameterize x 1)": "Eval error: parameterize: expected a list",
    "(parameterize ((x)) 1)": "Eval error: parameterize: binding must have 2 elements",
    "(let-values ((a 1)))": "Arity error: let-values expects 2+ args, got 1",
    "(let-values 1 2)": "Eval error: let-values: expected a list",
    "(let-values (a) 2)": "Eval error: let-values: expected a list",
    "(let-values ((a)) 2)": "Eval error: let-values: each binding must have 2 elements",
    "(let*-values ((1 2)) 2)": "Eval error: let*-values: expected a list",
    "(let-values (((1) 2)) 2)": "Eval error: let-values: expected a symbol",
    "(define-values (a))": "Arity error: define-values expects 2 args, got 1",
    "(define-values (1) 1)": "Eval error: define-values: expected a symbol",
    "(define-record-type a (b))": (
        "Eval error: define-record-type: requires at least type name, constructor, and predicate"
    ),
    "(define-record-type a b c)": "Eval error: define-record-type: expected a list",
    "(define-record-type a (b) c d)": "Eval error: define-record-type: expected a list",
    "(define-record-type a (b) 1)": "Eval error: define-record-type: expected a symbol",
    "(defmulti f)": "Arity error: defmulti expects 2 args, got 1",
    "(defmulti 1 f)": "Eval error: defmulti: expected a symbol",
    "(defmethod f 1)": "Arity error: defmethod expects 3 args, got 2",
    "(delay)": "Arity error: delay expects 1 args, got 0",
    "(force)": "Arity error: force expects 1 args, got 0",
    "(define-syntax x)": (
        "Eval error: define-syntax: expected (define-syntax name (syntax-rules ...))"
    ),
    "(define-syntax 1 (syntax-rules ()))": "Eval error: define-syntax: name must be a symbol",
    "(define-syntax x 1)": (
        "Eval error: define-syntax: transformer must be a (syntax-rules ...) form"
    ),
    "(fn (:optional 1) 2)": (
        "Eval error: lambda: optional parameter must be a symbol or (name default)"
    ),
    "(throw)": "Arity error: throw expects 1 args, got 0",
    "(eval)": "Arity error: eval expects 1 args, got 0",
    "`(unquote)": "Arity error: unquote expects 1 args, got 0",
    "`((unquote-splicing 1 2))": "Arity error: unquote-splicing expects 1 args, got 2",
    "(defmacro m ())": "Arity error: defmacro expects 3+ args, got 2",
    "(defmacro m x 1)": "Eval error: defmacro: params must be a list",
    "(defmacro m ([x]) 1)": "Eval error: defmacro: parameter must be a symbol",
}


@pytest.mark.parametrize("text", MESSAGES)
def test_message_and_place(text: str) -> None:
    with pytest.raises(SemaError) as caught:
        expand(f"(f\n  {text})")
    assert str(caught.value) == MESSAGES[text]
    assert caught.value.span is not None
    assert (caught.value.span.line, caught.value.span.file) == (2, "test.sema")
    column = 4 if text.startswith("`") else 3
    assert caught.value.span.column == column


def test_the_definition_search_passes_malformed_forms() -> None:
    for text in MESSAGES:
        with pytest.raises(SemaError) as caught:
            expand(f"(fn () (f) {text})")
        assert str(caught.value) == MESSAGES[text]


def test_places_of_nodes() -> None:
    [node] = expand("(f\n (g 1))")
    assert str(node.span) == "test.sema:1:1"
    assert str(node.args[0].span) == "test.sema:2:2"  # type: ignore[attr-defined]
    assert str(expand("1\n x")[1].span) == "test.sema:2:2"


def test_every_special_form_is_documented() -> None:
    assert all(form.doc for form in SPECIAL_FORMS.values())
    assert SPECIAL_FORMS["lambda"].aliases == ("fn",)


def test_names_of_absent_forms_are_variables() -> None:
    assert shape("(loop x)") == "(@loop @x)"


class NoSpans:
    def of(self, form: object) -> None:
        return None

    def child(self, form: object, index: int) -> None:
        return None


def nested(depth: int, *around: object) -> object:
    """A form inside so many others, which the parts before it begin."""
    form: object = 1
    for _ in range(depth):
        form = make_list([*around, form])
    return form


DEEP = {
    "begin": [intern_symbol("begin")],
    "call": [intern_symbol("f")],
    "let": [intern_symbol("let"), make_list([make_list([intern_symbol("x"), 1])])],
    "fn": [intern_symbol("fn"), EMPTY_LIST],
    "->": [intern_symbol("->"), 1],
}


@pytest.mark.parametrize("around", DEEP.values(), ids=DEEP)
def test_deep_forms(around: list[object]) -> None:
    assert expand_unit([nested(10_000, *around)], NoSpans(), World())


def test_too_deep_forms() -> None:
    with pytest.raises(CompileError, match="depth"):
        expand_unit([nested(300_000, intern_symbol("begin"))], NoSpans(), World())
