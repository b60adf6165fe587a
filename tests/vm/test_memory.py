"""Memory: steady over many runs, collected when only cycles hold it, freed without recursion."""

from __future__ import annotations

import contextlib
import gc
import random
import sys
import time
import weakref
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import sema
from sema.vm.values import make_list, pairs_in_use

STRATEGIES = ("none", "vm", "site", "patched")
every_strategy = pytest.mark.parametrize("call_cache", STRATEGIES)
PAGE = 4096

PREAMBLE = """
(define (make k) (fn (x) (list k x)))
(define (site f x) (list (f x)))
(define (deep n) (if (= n 0) (throw (list n)) (list n (deep (- n 1)))))
(define counter 0)
"""
PROGRAMS = {
    "closures": "(define (go) (map (fn (k) (site (make k) 1)) (list 1 2 3 4 5 6 7 8)))",
    "errors": "(define (go) (try (deep 20) (catch e (:stack-trace e))))",
    "uncaught in arguments": "(define (go) (try (list (make 1) (list 2) (car 5)) (catch e e)))",
    "cycles": "(define (go) (let ((me nil)) (set! me (list (fn () me))) nil))",
    "letrec": "(define (go) (letrec ((a (fn (n) (if (= n 0) b (a 0)))) (b (fn () a))) (a 3)))",
    "loops": "(define (go) (let l ((i 0) (xs '())) (if (= i 50) xs (l (+ i 1) (cons i xs)))))",
    "redefinition": "(define (go) (set! counter (make 3)) (define (other) 1) (counter 1))",
    "polymorphic": "(define (go) (map (fn (f) (site f '(1))) (list car cdr list (make 1))))",
    "big integers": "(define (go) (* 1000000007 1000000007 1000000007 (+ 140737488355327 1)))",
    "texts and maps": '(define (go) {:a (str "x" 1) :b (hash-map "k" [1 2])})',
    "eval": "(define (go) (eval '(begin (define (f x) (+ x 1)) (f 2))))",
    "tasks": "(define (go) (async/all (list (async (async/sleep 0) (list 1))"
    " (async (site car '(1))))))",
    "failing tasks": "(define (go) (parallel (list (fn () (deep 5))"
    " (fn () (async/sleep 0) (car 5)))))",
    "cancelled tasks": "(define (go) (let ((p (async (try (async/sleep 99) (finally (list 1))))))"
    " (async/sleep 0) (async/cancel p) (async/run)))",
    "abandoned tasks": "(define (go) (let ((c (channel/new)) (big (list 1 2 3)))"
    " (async (list big (channel/recv c) big)) (async/sleep 0) nil))",
    "operators": "(define (go) (eval '(let ((old +)) (set! + -) (set! + old) (+ 1 2))))",
}


def allocated() -> int:
    """How many pieces of memory are in use."""
    return sys.getallocatedblocks() + pairs_in_use()


def resident() -> int:
    """Bytes of memory that the process has."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


@every_strategy
@pytest.mark.parametrize("name", PROGRAMS)
def test_memory_stays_the_same(call_cache: str, name: str) -> None:
    interpreter = sema.Interpreter(call_cache=call_cache)
    interpreter.eval(PREAMBLE + PROGRAMS[name])
    go = interpreter["go"]

    def run(times: int) -> tuple[int, int]:
        for _ in range(times):
            go()
        gc.collect()
        return allocated(), resident()

    run(1000)
    blocks, size = run(50)
    blocks_after, size_after = run(1000)
    assert blocks_after - blocks < 100
    assert size_after - size < 1 << 20


@every_strategy
def test_units_are_freed(call_cache: str) -> None:
    interpreter = sema.Interpreter(call_cache=call_cache)

    def run(times: int) -> int:
        for _ in range(times):
            interpreter.eval("(define (f x) (if (< x 1) 0 (+ x (f (- x 1))))) (f 5)")
            with pytest.raises(sema.SemaError):
                interpreter.eval("(list (f 1) (car (f 2)))")
        gc.collect()
        return allocated()

    run(20)
    before = run(20)
    assert run(200) - before < 100


@every_strategy
@pytest.mark.parametrize(
    "call",
    [
        "(list x x)",
        "(identity x)",
        "((fn (. xs) xs) x x)",
        "(apply list (list x x))",
        "(map (fn (y) (list x y)) (list x x))",
        "(let ((y x)) (set! y (fn () x)) (y))",
        "(let loop ((i 0) (y x)) (if (< i 3) (loop (+ i 1) (list y)) y))",
        "(try (throw x) (catch e (:value e)))",
        "(try (throw (list x x)) (catch e (throw e)))",
        "(list x (car x))",
        "(identity x x)",
        "(x x)",
        "[x x {:key x}]",
        "(while (not (null? x)) (set! x nil))",
        "(if (and x (or nil x)) (+ x 1) x)",
        "(cons x (cons x x))",
        "(letrec ((f (fn (n) (if (= n 0) x (list (f (- n 1))))))) (f 9))",
    ],
)
def test_reference_counts_come_back(call_cache: str, call: str) -> None:
    interpreter = sema.Interpreter(call_cache=call_cache)
    interpreter.eval(f"(define (identity x) x) (define (go x) {call})")
    go = interpreter["go"]
    token = object()
    before = sys.getrefcount(token)
    for _ in range(5):
        with contextlib.suppress(sema.SemaError):
            go(token)
    gc.collect()
    # A call site may remember one closure that holds it.
    assert sys.getrefcount(token) - before <= (call_cache != "none")


class Token:
    """Something that can be watched."""


@every_strategy
@pytest.mark.parametrize(
    "cycle",
    [
        "(define (keep x) (let ((me nil)) (set! me (fn () (list me x))) me))",
        "(define (keep x) (let ((me nil)) (set! me (list (fn () me) x)) (fn () me)))",
        "(define (keep x) (letrec ((a (fn () (list b x))) (b (fn () a))) a))",
        "(define (keep x) (let ((me nil)) (set! me [x (fn () me)]) nil))",
        "(define (keep x) (let ((me nil)) (set! me {:x x :f (fn () me)}) nil))",
        "(define (keep x) (let ((me nil)) (set! me (hash-map :x x :f (fn () me))) nil))",
    ],
)
def test_cycles_are_collected(call_cache: str, cycle: str) -> None:
    interpreter = sema.Interpreter(call_cache=call_cache)
    interpreter.eval(cycle)
    token = Token()
    dead = weakref.ref(token)
    interpreter["keep"](token)
    del token
    gc.collect()
    assert dead() is None


@every_strategy
def test_interpreters_are_collected(call_cache: str) -> None:
    interpreter = sema.Interpreter(call_cache=call_cache, call_stats=True)
    interpreter["held"] = token = Token()
    dead = [weakref.ref(interpreter), weakref.ref(token)]
    interpreter.eval(
        PREAMBLE + "(define me (fn (x) (me x))) (site (make 1) held) (map make (list 1))"
    )
    interpreter.eval("(define (+ x y) (list x y)) (set! counter (+ 1 2))")
    with pytest.raises(sema.SemaError):
        interpreter.eval("(deep 5)")
    del interpreter, token
    gc.collect()
    assert [reference() for reference in dead] == [None, None]


def test_a_function_keeps_what_it_needs_of_its_interpreter() -> None:
    interpreter = sema.Interpreter()
    interpreter.eval("(define (f n) (if (= n 0) (g) (f (- n 1)))) (define (g) (map abs (list -1)))")
    f = interpreter["f"]
    dead = weakref.ref(interpreter)
    del interpreter
    gc.collect()
    assert f(10) == [1]
    del f
    gc.collect()
    assert dead() is None


@pytest.mark.parametrize(
    "step",
    ["(list x)", "[x]", "(cons 1 x)", "(fn () x)", "{:x x}", "(hash-map 1 x)", "(list 1 [x] 2)"],
)
def test_deep_data_is_freed_without_recursion(step: str) -> None:
    interpreter = sema.Interpreter()
    interpreter.eval(
        f"(define (build n) (let loop ((i 0) (x '())) (if (= i n) x (loop (+ i 1) {step}))))"
    )
    blocks = allocated()
    interpreter.eval("(begin (build 200000) nil)")
    kept = interpreter.eval("(build 200000)")
    del kept
    gc.collect()
    assert allocated() - blocks < 20_000


def test_the_memory_of_lists_is_given_back() -> None:
    make_list(range(1000))
    before, pairs = resident(), pairs_in_use()
    kept = make_list([make_list([i]) for i in range(1_000_000)])
    assert pairs_in_use() == pairs + 2_000_000
    assert resident() - before > 64 << 20
    del kept
    assert pairs_in_use() == pairs
    assert resident() - before < 24 << 20


@pytest.mark.parametrize(
    "program",
    [
        "(let loop ((xs '())) (loop (cons 1 xs)))",
        "(let loop ((xs '(1 2 3))) (loop (append xs xs)))",
        '(let loop ((s ",")) (string/split s ",") (loop (string-append s s)))',
    ],
)
def test_lists_are_charged_to_the_memory_limit(program: str) -> None:
    interpreter = sema.Interpreter(sandbox=sema.Sandbox(memory=32 << 20))
    for _ in range(3):
        with pytest.raises(sema.MemoryExceeded):
            interpreter.eval(program)
        assert interpreter.eval("(length (append (range 100000) (range 100000)))") == 200_000


def test_pairs_take_the_places_of_others() -> None:
    """Lists of many lengths come and go in any order; all have their own elements."""
    chance = random.Random(1)
    kept: list[tuple[range, Any]] = []
    for _ in range(3_000):
        if kept and chance.random() < 0.49:
            elements, made = kept.pop(chance.randrange(len(kept)))
            assert list(made) == list(elements)
        else:
            start = chance.randrange(1000)
            elements = range(start, start + chance.choice([1, 10, 100, 5_000]))
            kept.append((elements, make_list(elements)))
    assert all(list(made) == list(elements) for elements, made in kept)


def test_nth_over_all_positions_takes_linear_time() -> None:
    interpreter = sema.Interpreter()
    interpreter.eval(
        "(define (total xs i sum) (if (= i (length xs)) sum (total xs (+ i 1) (+ sum (nth xs i)))))"
    )
    interpreter["xs"] = make_list(range(200_000))
    start = time.process_time()
    assert interpreter.eval("(total (list->vector xs) 0 0)") == sum(range(200_000))
    of_vector = time.process_time() - start
    start = time.process_time()
    assert interpreter.eval("(total xs 0 0)") == sum(range(200_000))
    assert time.process_time() - start < 20 * of_vector + 0.1


def test_nth_of_lists_at_places_where_others_were() -> None:
    chance = random.Random(2)
    interpreter = sema.Interpreter()
    nth = interpreter.eval("nth")
    for i in range(2_000):
        made = make_list(range(i, i + 50))
        for _ in range(chance.randrange(4)):
            at = chance.randrange(50)
            assert nth(made, at) == i + at
    turned = "(let ((xs (list 1 2 3))) (nth xs 2) (let ((ys (__vm-reverse! xs))) (nth ys 2)))"
    assert interpreter.eval(turned) == 1


def test_a_tall_stack_is_given_back() -> None:
    interpreter = sema.Interpreter()
    interpreter.eval("(define (count n) (if (= n 0) 0 (+ 1 (count (- n 1)))))")
    before = resident()
    assert interpreter.eval("(count 2000000)") == 2_000_000
    assert resident() - before < 32 << 20


def far_cells(made: Any) -> int:
    """How many cells of a list do not lie near the one before."""
    addresses = []
    while made:
        addresses.append(id(made))
        made = made.rest
    return sum(abs(x - y) > PAGE for x, y in pairwise(addresses))


@pytest.mark.parametrize("n_kept", [0, 20_000])
def test_lists_lie_in_order_whatever_was_freed_before(n_kept: int) -> None:
    scattered = [make_list([i]) for i in range(100_000)]
    random.Random(1).shuffle(scattered)
    del scattered[n_kept:]
    assert far_cells(make_list(range(50_000))) < 5_000
