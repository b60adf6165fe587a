# reference: special-forms.md 17, 18
"""Names that macros bind never capture the user's, whatever these are called.

Programs are generated whose macros bind names around a user's expression, and in which the user's
variables bear the very names that the macros bind. Their values are those of the same programs
with macros whose names nobody else uses.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

import sema

NAMES = ("t", "x", "loop", "i", "f", "list")

# Macros of two operands, a value and an expression around which they bind names. Each is written
# with the names {0} and {1}; the parts in front are for syntax-rules and for defmacro.
TEMPLATES = (
    "(let (({0} a)) (cons {0} e))",
    "(let* (({0} a) ({1} (cons {0} {0}))) (cons {1} e))",
    "(letrec (({0} (lambda ({1}) (cons {1} e)))) ({0} a))",
    "((lambda ({0}) (cons e {0})) a)",
    "((fn ({0} . {1}) (cons {0} (cons {1} e))) a a)",
    "(let {0} (({1} 2) (sum '())) (if (= {1} 0) (cons e sum) ({0} (- {1} 1) (cons a sum))))",
    "(do (({0} 0 (+ {0} 1)) (kept '() (cons e kept))) ((= {0} 2) (cons a kept)))",
    "(let () (define {0} a) (define ({1} n) (cons n {0})) (cons ({1} a) e))",
    "(let (([{0} {1}] (vector a a))) (cons {0} (cons {1} e)))",
)
OTHER_NAMES = ("sum", "kept", "n")


def rules(template: str, names: tuple[str, str]) -> str:
    """The macro by syntax-rules, whose template names its variables so."""
    return f"(define-syntax mac (syntax-rules () ((_ a e) {template.format(*names)})))"


def defmacro(template: str, names: tuple[str, str]) -> str:
    """The macro by defmacro, with auto-gensyms of these prefixes."""
    text = template.format(*(f"{name}#" for name in names))
    for other in OTHER_NAMES:
        text = text.replace(f" {other})", f" {other}#)").replace(f" {other} ", f" {other}# ")
        text = text.replace(f"({other} ", f"({other}# ").replace(f"({other})", f"({other}#)")
    words = text.replace("(", " ( ").replace(")", " ) ").replace("[", " [ ").replace("]", " ] ")
    unquoted = " ".join(f",{word}" if word in ("a", "e") else word for word in words.split())
    return f"(defmacro mac (a e) `{unquoted})"


expressions = st.recursive(
    st.sampled_from([*NAMES[:5], "1", "'()"]),
    lambda inner: st.one_of(
        st.builds("(cons {} {})".format, inner, inner),
        st.builds("(mac {} {})".format, inner, inner),
        st.builds("(let (({} {})) {})".format, st.sampled_from(NAMES[:5]), inner, inner),
        st.builds("((fn ({}) {}) {})".format, st.sampled_from(NAMES[:5]), inner, inner),
    ),
    max_leaves=8,
)
binders = st.tuples(st.sampled_from(NAMES[:5]), st.sampled_from(NAMES[:5])).filter(
    lambda names: names[0] != names[1]
)


def value(definition: str, expression: str) -> str:
    outer = " ".join(f"({name} '{name})" for name in NAMES[:5])
    return sema.Interpreter().eval_to_string(f"{definition} (let ({outer}) {expression})")


@given(st.sampled_from(TEMPLATES), binders, expressions)
def test_syntax_rules(template: str, names: tuple[str, str], expression: str) -> None:
    expected = value(rules(template, ("only-here-1", "only-here-2")), expression)
    assert value(rules(template, names), expression) == expected


@given(st.sampled_from(TEMPLATES), binders, expressions)
def test_auto_gensyms(template: str, names: tuple[str, str], expression: str) -> None:
    expected = value(rules(template, ("only-here-1", "only-here-2")), expression)
    assert value(defmacro(template, names), expression) == expected


@given(st.sampled_from(TEMPLATES), binders, expressions)
def test_expansion_by_hand(template: str, names: tuple[str, str], expression: str) -> None:
    """The macro's use is the template with its operands in place of ``a`` and ``e``."""
    expanded = expression
    while "(mac " in expanded:
        start = expanded.rindex("(mac ")
        first, end = operand(expanded, start + len("(mac "))
        second, end = operand(expanded, end + 1)
        words = template.format("only-here-1", "only-here-2")
        for special in "()[]'":
            words = words.replace(special, f" {special} ")
        filled = [{"a": first, "e": second}.get(word, word) for word in words.split()]
        expanded = expanded[:start] + " ".join(filled) + expanded[end + 1 :]
    assert value(rules(template, names), expression) == value("", expanded)


def operand(text: str, start: int) -> tuple[str, int]:
    """The form that begins there, and where it ends."""
    depth = 0
    for end in range(start, len(text)):
        if depth == 0 and text[end] in " )":
            return text[start:end], end
        depth += (text[end] == "(") - (text[end] == ")")
    raise AssertionError(text)
