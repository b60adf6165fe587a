# reference: runtime.md 8
"""Random programs of tasks do the same under every call-site cache."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

import sema

PREAMBLE = """
(define log '())
(define (note x) (set! log (cons x log)) x)
(define (spin n) (let loop ((i 0)) (if (< i n) (loop (+ i 1)) i)))
(define (deep n f) (if (= n 0) (f) (let ((x (deep (- n 1) f))) (note n) x)))
"""

SHAPES = (
    "(await (async {0}))",
    "(begin (async/sleep 1) {0})",
    "(let ((a {0}) (b {1})) (note a) (list a b))",
    "(let ((c (channel/new))) (async (channel/send c {0}) (channel/send c {1}) (channel/close c))"
    " (list (channel/recv c) (channel/recv c) (channel/recv c)))",
    "(map (fn (x) (list x {0})) '(1 2))",
    "(try (begin {0} (throw {1})) (catch x (list (:value x) {0})) (finally (note {1})))",
    "(let ((p (async (try (begin (async/sleep 5) {0}) (finally (note :end))))))"
    " {1} (list (async/cancel p) (async/cancelled? p)))",
    "(begin (spin 50000) {0})",
    "(deep 50 (fn () {0}))",
    "(async/pool-map (fn (x) (list x {0})) '(1 2 3) 2)",
    "(parallel-settled (list (fn () {0}) (fn () (throw {1}))))",
    "(eval '(begin {0}))",
)

expressions = st.recursive(
    st.integers(0, 9).map(str),
    lambda inner: st.builds(str.format, st.sampled_from(SHAPES), inner, inner),
    max_leaves=12,
)


@settings(max_examples=300)
@given(st.lists(expressions, min_size=1, max_size=3))
def test_caches_agree_on_tasks(parts: list[str]) -> None:
    program = " ".join(f"(async {part})" for part in parts)
    results = set()
    for call_cache in ("none", "vm", "site", "patched"):
        interpreter = sema.Interpreter(call_cache=call_cache)
        interpreter.eval(PREAMBLE)
        value = interpreter.eval_to_string(f"(async/all (list {program}))")
        results.add((value, interpreter.eval_to_string("log")))
    assert len(results) == 1
