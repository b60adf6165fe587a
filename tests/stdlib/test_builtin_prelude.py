"""The functions that call back, as programs use them."""

from __future__ import annotations

import random

import pytest

import sema

CALLS = """
(map + '(1 2) [10 20 30]) => (11 22)
(map (fn (a b c) (list a b c)) '(1) '(2) '(3)) => ((1 2 3))
(map :a '({:a 1} {:b 2})) => (1 nil)
(map car '()) => ()
(map 5 '()) => ! expected callable, got int
(map car nil) => ! expected list, vector, or mutable-array, got nil in map
(mapcar car '((1) (2))) => (1 2)
(map) => ! map expects 2+ args, got 0
(map-indexed list [a b]) => ! Unbound variable: a
(map-indexed list '[a b]) => ((0 a) (1 b))
(let ((n 0)) (for-each (fn (x) (set! n (+ n x))) [1 2 3]) n) => 6
(for-each car '()) => nil
(flat-map (fn (x) (if (= x 2) x (list x [x]))) '(1 2 3)) => (1 [1] 2 3 [3])
(flat-map vector '(1 2)) => (1 2)
(list/times 3 (fn (i) (* i i))) => (0 1 4)
(list/times -1 list) => ! list/times: expected a non-negative integer, got -1
(filter even? [1 2 3 4]) => (2 4)
(list/reject even? '(1 2 3)) => (1 3)
(partition even? '(1 2 3)) => ((2) (1 3))
(take-while even? '(2 4 5 6)) => (2 4)
(list/take-while even? '()) => ()
(drop-while even? '(2 4 5 6)) => (5 6)
(list/find even? '(1 3)) => nil
(list/sole even? '(1 2 3)) => 2
(list/sole even? '(2 4)) => ! list/sole: more than one matching element
(list/sole even? '(1)) => ! list/sole: no matching element
(any (fn (x) (if (> x 1) x #f)) '(1 2)) => #t
(some? even? '()) => #f
(every even? '()) => #t
(every? even? '(2 3)) => #f
(foldl cons '() '(1 2)) => ((() 1) 2)
(fold - 10 '(1 2)) => 7
(foldr cons '() '(1 2)) => (1 2)
(reduce - '(10 1 2)) => 7
(reduce - '(5)) => 5
(reduce - '()) => ! reduce: empty list
(list/group-by even? '(1 2 3)) => {#f (1 3) #t (2)}
(list/key-by even? '(1 2 3)) => {#f 3 #t 2}
(sort [3 1.5 2]) => (1.5 2 3)
(sort '("b" 1)) => ! expected string, got int
(sort '(1 3 2) >) => (3 2 1)
(sort '(1 3 2) (fn (a b) (- b a))) => (3 2 1)
(sort '((1 a) (0 b) (1 c) (0 d)) (fn (x y) (< (car x) (car y)))) => ((0 b) (0 d) (1 a) (1 c))
(sort '(2 1) (fn (a b) nil)) => (2 1)
(sort '(1) 5) => ! expected callable, got int
(sort '(1) < <) => ! sort expects 1-2 args, got 3
(sort-by abs '(-3 1 -2 2)) => (1 -2 2 -3)
(map/map-vals (fn (v) (* v 2)) {:a 1 :b 2}) => {:a 2 :b 4}
(type (map/map-vals list (hashmap/new :a 1))) => :hashmap
(map/map-keys (fn (k) 1) {:a 1 :b 2}) => {1 2}
(map/filter (fn (k v) (> v 1)) {:a 1 :b 2}) => {:b 2}
(map/filter list '(1)) => ! expected map or hashmap, got list
(map/update {:a 1} :b nil?) => {:a 1 :b #t}
(update-in {:a {:b 1}} [:a :b] list) => {:a {:b (1)}}
(update-in 5 '() list) => (5)
(string/map (fn (c) (if (char=? c #\\a) "xy" c)) "abc") => "xybc"
(string/map char->integer "a") => ! expected char or string, got int
(tap 1 list) => 1
(let ((p (make-parameter 1 (fn (x) (* x 10))))) (list (p) (p 2) (p))) => (10 20 20)
(let ((n 0)) (retry (fn () (set! n (+ n 1)) (if (< n 3) (error "no") n)) {:base-delay-ms 0})) => 3
(retry (fn () (error "no")) {:max-attempts 2 :base-delay-ms 0}) => ! no
(retry (fn () 1) {} {}) => ! retry expects 1-2 args, got 3
(retry (fn () 1) {:max-attempts "many" :base-delay-ms nil :backoff :no}) => 1
(retry 5) => ! expected function, got int
(list/take-while even? 5) => ! expected list, vector, or mutable-array, got int in list/take-while
(float? (time/ms (fn () 1))) => #t
(apply map list '((1 2) (3 4))) => ((1 3) (2 4))
(let ((reverse 1) (cdr 2)) (map list '(1))) => ((1))
(let ((x '(1 2 3))) (let ((y (__vm-reverse! x))) (list x y))) => ((1 2 3) (3 2 1))
(let ((m {:a 1})) (let ((k (assoc m :b 2))) (list m k))) => ({:a 1} {:a 1 :b 2})
(let ((ms '({:a 1} {:a 2}))) (list (map (fn (m) (assoc m :b 1)) ms) ms)) => (({:a 1 :b 1} {:a 2 :b 1}) ({:a 1} {:a 2}))
(begin (apply assoc (list {:a 1} :b 2)) (let ((l (list {:a 1} :b 2))) (apply assoc l) l)) => ({:a 1} :b 2)
"""  # noqa: E501
ROWS = [row.rsplit(" => ", 1) for row in CALLS.strip().splitlines()]


@pytest.fixture(scope="module")
def interpreter() -> sema.Interpreter:
    return sema.Interpreter()


@pytest.mark.parametrize(("call", "expected"), ROWS)
def test_call(call: str, expected: str, interpreter: sema.Interpreter) -> None:
    try:
        result = interpreter.eval_to_string(call)
    except sema.SemaError as error:
        result = f"! {error.message}"
    assert result == expected


def test_redefined_builtins_do_not_change_the_prelude() -> None:
    interpreter = sema.Interpreter()
    assert (
        interpreter.eval_to_string(
            "(define (cdr x) 5) (define (__vm-seq x n) 6) (filter even? '(1 2))"
        )
        == "(2)"
    )


def test_long_lists() -> None:
    interpreter = sema.Interpreter()
    program = "(foldl + 0 (map (fn (x) (* 2 x)) (filter even? (range 100000))))"
    assert interpreter.eval(program) == sum(2 * x for x in range(0, 100_000, 2))
    assert interpreter.eval("(equal? (sort (range 10000 0 -1) <) (range 1 10001))") is True


@pytest.mark.parametrize("n", [*range(40), 100, 1001])
@pytest.mark.parametrize("limit", [3, 1000, 1 << 47, 1 << 70])
def test_sorting_is_stable(n: int, limit: int) -> None:
    chance = random.Random(n)
    numbers = [chance.randrange(-limit, limit) for _ in range(n)]
    items = [[number, i] for i, number in enumerate(numbers)]
    interpreter = sema.Interpreter()
    interpreter["numbers"], interpreter["items"] = numbers, items
    assert list(interpreter.eval("(sort numbers)")) == sorted(numbers)
    by_number = interpreter.eval("(sort-by first items)")
    assert [list(item) for item in by_number] == sorted(items, key=lambda item: item[0])
