"""Whatever a program does to its call sites, all call-site caches give the same results.

The programs are drawn at random: they put callees of all kinds into a few variables, call them
through a few shared sites, redefine the function that other sites call by its name, and drop
closures so that their addresses are used again.
"""

from __future__ import annotations

import gc

from hypothesis import given, settings
from hypothesis import strategies as st

import sema

PREAMBLE = """
(define (adder k) (fn (x) (+ x k)))
(define (target x) (list :first x))
(define (direct f x) (list (f x)))
(define (tail f x) (f x))
(define (repeated f x) (do ((i 0 (+ i 1)) (r nil (f x))) ((= i 5) r)))
(define (by-name f x) (list (target x)))
(define (tail-by-name f x) (target x))
(define (two-sites f x) (list (f x) (f (list x))))
(define log '())
(define (note value) (set! log (cons value log)))
(define (churn site n)
  (do ((i 0 (+ i 1))) ((= i n))
    (note (site (adder i) i))))
(define a abs)
(define b (adder 10))
(define c nil)
"""

SITES = st.sampled_from(
    ["direct", "tail", "repeated", "by-name", "tail-by-name", "two-sites", "churned"]
)
SLOTS = st.sampled_from("abc")
ARGUMENTS = st.sampled_from(["1", "-7", "'(1 2)", "{:key 5}", '"text"', "nil"])
CALLEES = st.sampled_from(
    [
        "(fn (x) (list x x))",
        "(fn (x . more) more)",
        "(fn (x y) x)",
        "(fn () 0)",
        "(fn (x) (error x))",
        "(fn (x) (set! target (adder 3)) (target 1))",
        "abs",
        "car",
        "list",
        ":key",
        "5",
        "nil",
        "target",
        "a",
        "b",
    ]
) | st.integers(0, 9).map(lambda k: f"(adder {k})")
REDEFINITIONS = st.sampled_from(
    [
        "(define (target x) (list :again x))",
        "(define (target x y) x)",
        "(define (target . all) all)",
        "(define target car)",
        "(define target :key)",
        "(define target 5)",
        "(set! target (adder 1))",
        "(set! target b)",
    ]
)


def call(site: str, slot: str, argument: str) -> str:
    if site == "churned":
        return f"(churn direct {len(argument) * 3})"
    return f"(note (try ({site} {slot} {argument}) (catch e (list (:type e) (:message e)))))"


STEPS = st.lists(
    st.builds(call, SITES, SLOTS, ARGUMENTS)
    | st.builds("(set! {} {})".format, SLOTS, CALLEES)
    | REDEFINITIONS,
    min_size=1,
    max_size=40,
)


def result(call_cache: str, steps: list[str], one_unit: bool, collect: bool) -> str:
    """What the steps log, run as one unit or as one unit each."""
    interpreter = sema.Interpreter(call_cache=call_cache, call_stats=one_unit)
    interpreter.eval(PREAMBLE)
    for text in ["\n".join(steps)] if one_unit else steps:
        interpreter.eval(text)
        if collect:
            gc.collect()
    return interpreter.eval_to_string("log")


@settings(max_examples=60, deadline=None)
@given(steps=STEPS, one_unit=st.booleans(), collect=st.booleans())
def test_all_caches_give_the_same_results(steps: list[str], one_unit: bool, collect: bool) -> None:
    expected = result("none", steps, one_unit, collect=False)
    for call_cache in ("vm", "site", "patched"):
        assert result(call_cache, steps, one_unit, collect) == expected
