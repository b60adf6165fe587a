# reference: special-forms.md 1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21
"""Every special form and standard macro, with parts missing, surplus or of a wrong kind.

Each such text is compiled or is a Sema error that names a place in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import sema
from sema.expander.forms import SPECIAL_FORMS
from sema.expander.prelude import BUILTIN_MACROS
from sema.reader import read_all, read_one, write
from sema.vm.maps import Map
from sema.vm.values import EMPTY_LIST, Pair, Vector, intern_symbol, make_list, make_vector

USES = """
(quote a) (begin 1 2) (if a b c) (when a b) (unless a b) (cond (a b) (c) (else d))
(case a ((1 b) c) (else d)) (and a b) (or a b) (eval a) (macroexpand a)
(lambda (a [b & c] {:keys [d] :k e :or {d 1} :as w} :optional f (g 1) . h) i) (fn [a] b)
(define a b) (define (a b . c) d) (define [a {:keys [b]}] c) (def a b)
(defun a (b) c) (defn a [b] c) (set! a b) (defmacro a (b . c) `(d ,b ,@c (e# e#)))
(let ((a b) ([c & d] e)) f) (let a ((b c)) d) (let* ((a b)) c) (letrec ((a b)) c)
(let-values (((a . b) c) (d e)) f) (let*-values (((a b) c)) d) (define-values (a . b) c)
(while a b) (do ((a b c) (d e)) (f g) h)
(match a ([b & c] when d e) ({:k f :keys [g]} h) ('i j) (1 k) (_ l)) (match* a (b c))
(try a (catch b c)) (try a (catch b c) (finally d)) (throw a) (delay a) (force a)
(define-record-type a (b c d) e (c f) (d g h)) (defmulti a b) (defmethod a b c)
(quasiquote (a (unquote b) (unquote-splicing c) [d (unquote e)] {:k (unquote f)} g#))
(define-syntax a (syntax-rules (b) ((_ c ... d) (e c ... d)) ((_ [c (d ...) ...]) ((d ...) ...))))
(define-syntax a (syntax-rules etc () ((_ b etc) (let ((c b) etc) c etc))))
(module a (export b) c) (import a b) (load a) (async a b) (await a)
(-> a (b c) d) (->> a (b c) d) (as-> a b c) (some-> a (b c) d) (when-let (a b) c)
(if-let (a b) c d) (guard (a (b c) (else d)) e) (parameterize ((a b)) c) (dotimes (a b) c)
(for-range (a b c d) e)
"""
ODD = [
    *read_all('5 "s" :k nil #t () [] {} x & _ else ... (1 2) (x y) [x] [1] {1 2} ,x ,@x', None)[0],
    intern_symbol("."),
]
EXAMPLES = [
    *read_all(USES, None)[0],
    *(read_one(f"({name} a b)") for name in [*SPECIAL_FORMS, *BUILTIN_MACROS]),
]


def rebuilt(form: Any, parts: list[Any]) -> Any:
    """A form of the same kind as another, with these parts."""
    if type(form) is Vector:
        return make_vector(parts)
    if type(form) is Map:
        return Map.from_pairs(zip(parts[::2], parts[1::2], strict=False))
    return make_list(parts)


def parts_of(form: Any) -> list[Any]:
    if type(form) is Map:
        return [part for entry in form.items() for part in entry]
    return list(form) if type(form) in (Pair, Vector) or form is EMPTY_LIST else []


def changed(form: Any, top: bool = True) -> Iterator[Any]:
    """The form with one change somewhere in it; the head of the whole stays."""
    parts = parts_of(form)
    if not parts and not top:
        return
    yield rebuilt(form, [*parts, *parts[1:2]])
    for stranger in ODD:
        yield rebuilt(form, [*parts, stranger])
    for i in range(1 if top else 0, len(parts)):
        before, part, after = parts[:i], parts[i], parts[i + 1 :]
        yield rebuilt(form, before)
        yield rebuilt(form, before + after)
        for stranger in ODD:
            yield rebuilt(form, [*before, stranger, *after])
        for inner in changed(part, top=False):
            yield rebuilt(form, [*before, inner, *after])


@pytest.mark.parametrize("example", EXAMPLES, ids=write)
def test_compiled_or_an_error_with_a_place(example: Any) -> None:
    namespace = sema.Interpreter().namespace
    failures = 0
    for form in {write(form) for form in changed(example)}:
        text = f"(list\n {form})"
        try:
            forms, spans = read_all(text, "shape.sema")
            namespace.compile(forms, spans, "shape.sema")
        except sema.ReadError:
            continue
        except sema.SemaError as error:
            failures += 1
            assert error.span is not None, text
            assert (error.span.file, error.span.line) == ("shape.sema", 2), text
            assert error.trace, text
            assert str(error), text
    if write(example).split()[0].strip("()") not in ("begin", "and", "or", "quasiquote"):
        assert failures
