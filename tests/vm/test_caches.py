"""Call sites: the states they go through, what they count, and that they are never wrong."""

from __future__ import annotations

import gc
from collections.abc import Callable

import pytest

import sema
from sema.embed.call_report import SiteReport

STRATEGIES = ("none", "vm", "site", "patched")
LAMBDAS = "\n".join(f"(define (f{i} x) (list {i} x))" for i in range(8))
SITE = "(define (site f x) (list (f x)))"
every_strategy = pytest.mark.parametrize("call_cache", STRATEGIES)


def counting(call_cache: str = "patched") -> sema.Interpreter:
    return sema.Interpreter(call_cache=call_cache, call_stats=True)


def site_of(interpreter: sema.Interpreter, line: int = 1) -> SiteReport:
    """The only call site of values, not of globals, that the line has."""
    (found,) = (
        site
        for site in interpreter.call_report().sites
        if site.line == line and site.kind in ("call", "tail call") and site.file == "site"
    )
    return found


def with_site(*calls: str, call_cache: str = "patched") -> SiteReport:
    interpreter = counting(call_cache)
    interpreter.eval(LAMBDAS + "(define (adder k) (fn (x) (+ x k))) (define held (adder 1))")
    interpreter.eval(SITE, file="site")
    for call in calls:
        interpreter.eval(f"(try (site {call} 1) (catch e e))")
    return site_of(interpreter)


# --- States ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("callees", "states"),
    [
        ([], ["unlinked"]),
        (["f0", "f0", "f0"], ["unlinked", "monomorphic"]),
        (["(adder 1)", "(adder 2)"], ["unlinked", "monomorphic", "same-code"]),
        (["f0", "f1", "f0"], ["unlinked", "monomorphic", "polymorphic"]),
        (["f0", "f1", "f2", "f3", "f0"], ["unlinked", "monomorphic", "polymorphic"]),
        (
            ["f0", "f1", "f2", "f3", "f4", "f5", "f0"],
            ["unlinked", "monomorphic", "polymorphic", "megamorphic"],
        ),
        (
            ["(adder 1)", "(adder 2)", "f0"],
            ["unlinked", "monomorphic", "same-code", "polymorphic"],
        ),
        (["abs", "abs"], ["unlinked", "native"]),
        ([":key", ":key"], ["unlinked", "native"]),
    ],
)
def test_states(callees: list[str], states: list[str]) -> None:
    report = with_site(*callees)
    assert report.state == states[-1]
    assert report.changes == (states if callees else [])
    assert report.calls == len(callees)


def test_names_of_callees() -> None:
    assert with_site("f0", "f1", "abs").callees[:2] == ["f0", "f1"]


# --- Counters --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call_cache", "misses"),
    [("none", 10), ("vm", 10), ("site", 1), ("patched", 1)],
)
def test_ten_calls_of_one_closure(call_cache: str, misses: int) -> None:
    # Each call of the site is by way of a call of `site`, which throws out the machine's entry.
    report = with_site(*["held"] * 10, call_cache=call_cache)
    assert (report.calls, report.hits, report.misses) == (10, 10 - misses, misses)


@pytest.mark.parametrize(("call_cache", "misses"), [("none", 9), ("site", 9), ("patched", 9)])
def test_six_callees_in_turn(call_cache: str, misses: int) -> None:
    callees = ["f0", "f1", "f2", "f3", "f4", "f5", "f0", "f1", "f2"]
    report = with_site(*callees, call_cache=call_cache)
    assert (report.calls, report.misses) == (9, misses)


def test_four_callees_in_turn_are_hits_once_known() -> None:
    report = with_site(*["f0", "f1", "f2", "f3"] * 5)
    assert (report.calls, report.hits, report.misses) == (20, 16, 4)


@every_strategy
def test_hits_and_misses_are_all_calls(call_cache: str) -> None:
    interpreter = counting(call_cache)
    interpreter.eval("(define (fib n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2))))) (fib 15)")
    sites = [site for site in interpreter.call_report().sites if site.file is None]
    assert sorted(site.calls for site in sites) == [1, 986, 986]
    assert all(site.hits + site.misses == site.calls for site in sites)
    if call_cache == "patched":
        assert sum(site.misses for site in sites) == 3
    if call_cache == "none":
        assert sum(site.hits for site in sites) == 0


def test_the_machines_one_entry() -> None:
    interpreter = counting("vm")
    interpreter.eval("(define (f x) (if (= x 0) 0 (+ 1 (f (- x 1))))) (f 99)")
    report = interpreter.call_report()
    assert report.vm_hit_rate == pytest.approx(0.99)
    assert report.vm_thrash == 0
    interpreter.eval("(define (g x) x) (define (h n) (while (> n 0) (f 0) (g 0) (set! n (- n 1))))")
    interpreter.reset_stats()
    interpreter.eval("(h 50)")
    thrash = interpreter.call_report().vm_thrash
    assert thrash is not None and thrash >= 100
    assert counting("patched").call_report().vm_thrash is None


def test_counters_start_anew() -> None:
    interpreter = counting()
    interpreter.eval("(define (f x) x) (list (f 1))")
    interpreter.reset_stats()
    assert all(site.calls == site.misses == 0 for site in interpreter.call_report().sites)


# --- Redefinition ----------------------------------------------------------------------------


@every_strategy
@pytest.mark.parametrize(
    ("redefinition", "expected"),
    [
        ("(define (target x) (list :again x))", "(:again 1)"),
        ("(set! target (fn (x) (list :set x)))", "(:set 1)"),
        ("(define (target x y) x)", "target expects 2 args, got 1"),
        ("(define (target) 0)", "target expects 0 args, got 1"),
        ("(define (target . all) all)", "(1)"),
        ("(define (target x . more) more)", "()"),
        ("(define target list)", "(1)"),
        ("(define target :key)", "expected map or hashmap, got int"),
        ("(define target 5)", "not callable: 5 (int)"),
        ("(define target nil)", "not callable: nil (nil)"),
        ("(define target apply)", "apply expects 2+ args, got 1"),
    ],
)
def test_a_redefined_global(call_cache: str, redefinition: str, expected: str) -> None:
    for linked in (0, 1, 3):
        interpreter = sema.Interpreter(call_cache=call_cache)
        interpreter.eval(
            "(define (target x) (list :first x))"
            "(define (in-tail) (target 1)) (define (inside) (car (list (target 1))))"
            "(define (shown f) (try (f) (catch e (:message e))))"
        )
        for _ in range(linked):
            assert interpreter.eval_to_string("(list (in-tail) (inside))") == (
                "((:first 1) (:first 1))"
            )
        interpreter.eval(redefinition)
        for function in ("in-tail", "inside"):
            for _ in range(3):
                shown = interpreter.eval(f"(shown {function})")
                assert shown == expected or str(shown) == expected
        interpreter.eval("(define (target x) x)")
        assert interpreter.eval("(list (in-tail) (inside))") == [1, 1]


@every_strategy
def test_a_global_removed(call_cache: str) -> None:
    interpreter = sema.Interpreter(call_cache=call_cache)
    interpreter.eval("(define (f) 1) (define (g) (list (f))) (g)")
    del interpreter["f"]
    with pytest.raises(sema.SemaError, match="Unbound variable: f"):
        interpreter.eval("(g)")
    interpreter["f"] = lambda: 2
    assert interpreter.eval("(g)") == [2]


@every_strategy
def test_a_function_that_redefines_itself(call_cache: str) -> None:
    interpreter = sema.Interpreter(call_cache=call_cache)
    interpreter.eval(
        "(define (f n) (define (f n) (list :inner n))"
        "  (set! g (fn (n) (list :new n))) (list n (g n)))"
        "(define (g n) (if (= n 0) (f 9) (list n (g (- n 1)) (g 7))))"
    )
    assert interpreter.eval_to_string("(g 1)") == "(1 (9 (:new 9)) (:new 7))"


@every_strategy
def test_a_function_freed_by_its_own_redefinition(call_cache: str) -> None:
    interpreter = sema.Interpreter(call_cache=call_cache)
    interpreter["collect"] = gc.collect
    interpreter.eval(
        "(define (make k) (fn (n) (set! f nil) (set! f (make 2)) (collect) (list k n)))"
        "(define f (make 1))"
        "(define (tail n) (f n)) (define (direct n) (car (list (f n))))"
    )
    for k in range(20):
        name = ("tail", "direct")[k % 2]
        assert interpreter.eval(f"({name} {k})") == [min(k + 1, 2), k]


@every_strategy
@pytest.mark.parametrize(
    ("operator", "form", "test", "value"),
    [
        ("+", "(+ a b)", "(+ a b)", 3),
        ("+", "(+ a 2)", "(+ a 2)", 3),
        ("-", "(- a 1)", "(- a 1)", 0),
        ("*", "(* a b)", "(* a b)", 2),
        ("<", "(< a b)", "(< a b)", True),
        ("<", "(< a 2)", "(< a 2)", True),
        (">=", "(>= a b)", "(>= a b)", False),
        ("=", "(= a b)", "(= a b)", False),
        ("car", "(car xs)", "(car xs)", 1),
        ("first", "(first xs)", "(first xs)", 1),
        ("null?", "(null? xs)", "(null? xs)", False),
        ("pair?", "(pair? xs)", "(pair? xs)", True),
        ("not", "(not a)", "(not a)", False),
        ("not", "(not (< a b))", "(not (< a b))", False),
        ("<", "(not (< a b))", "(not (< a b))", False),
        ("+", "(+ 1 2)", "(+ 1 2)", 3),
        ("<", "(< 1 2)", "(< 1 2)", True),
    ],
)
@pytest.mark.parametrize("how", ["set!", "define", "item", "running"])
def test_a_redefined_operator(
    call_cache: str, operator: str, form: str, test: str, value: object, how: str
) -> None:
    interpreter = sema.Interpreter(call_cache=call_cache)
    interpreter.eval(
        f"(define (in-value a b xs) {form})"
        f"(define (in-test a b xs) (if {test} :yes :no))"
        f"(define (running a b xs) (list {form} (change) {form}))"
        "(define (change) nil)"
        "(define seen nil)"
    )
    yes = "yes" if value is not False else "no"

    def results() -> tuple[object, str]:
        first = interpreter.eval("(in-value 1 2 '(1 2))")
        return first, interpreter.eval("(in-test 1 2 '(1 2))").name

    assert results() == (value, yes)
    assign = "define" if how == "define" else "set!"
    change = f"({assign} {operator} (fn (. args) (set! seen args) nil))"
    if how == "item":
        seen: list[object] = []
        interpreter[operator] = lambda *args: seen.append(args)
    elif how == "running":
        interpreter.eval(f"(define (change) {change})")
        first, _, last = interpreter.eval("(running 1 2 '(1 2))")
        assert first == value
        assert last != value or operator in ("car", "<", "not")
    else:
        interpreter.eval(change)
    changed = results()
    inverted = form.startswith("(not") and operator == "<"
    assert changed == ((True, "yes") if inverted else (None, "no"))
    other = sema.Interpreter(call_cache=call_cache)
    other.eval(f"(define (in-value a b xs) {form})")
    assert other.eval("(in-value 1 2 '(1 2))") == value


@every_strategy
def test_operands_of_redefined_operators(call_cache: str) -> None:
    interpreter = sema.Interpreter(call_cache=call_cache)
    interpreter.eval(
        "(define (all a b) (list (- a b) (- a 5) (- 5 a) (- a) (+ 5 a) (+ a 5) (+ 1 2)))"
        "(define (tests a) (list (if (< a 5) 1 0) (if (< 5 a) 1 0) (if (not (< a 5)) 1 0)))"
    )
    interpreter.eval("(set! - (fn (. args) args)) (set! + list) (set! < (fn (x y) (= x 5)))")
    assert interpreter.eval("(all 1 2)") == [[1, 2], [1, 5], [5, 1], [1], [5, 1], [1, 5], [1, 2]]
    assert interpreter.eval("(tests 1)") == [0, 1, 1]


@every_strategy
def test_an_operator_gets_its_meaning_back(call_cache: str) -> None:
    interpreter = sema.Interpreter(call_cache=call_cache)
    interpreter.eval("(define plus +) (define (f x) (+ x 1)) (f 1) (set! + -)")
    assert interpreter.eval("(f 1)") == 0
    interpreter.eval("(set! + plus) (define (g x) (+ x 1))")
    assert interpreter.eval("(list (f 1) (g 1))") == [2, 2]
    interpreter.eval("(set! + *)")
    assert interpreter.eval("(list (f 5) (g 5))") == [5, 5]


@every_strategy
def test_errors_in_redefined_operators_keep_their_place(call_cache: str) -> None:
    interpreter = sema.Interpreter(call_cache=call_cache)
    interpreter.eval("(define (f xs)\n  (list xs (+ xs 1) xs))")
    interpreter.eval("(define (+ x y) (error (str x y)))")
    with pytest.raises(sema.SemaError, match=r"\(1\)1") as caught:
        interpreter.eval("(list (f (list 1)))")
    assert [frame.name for frame in caught.value.trace] == ["+", "f", "<lambda>"]
    assert (caught.value.trace[1].span.line, caught.value.trace[1].span.column) == (2, 12)


@every_strategy
def test_the_library_keeps_its_own_operators(call_cache: str) -> None:
    interpreter = sema.Interpreter(call_cache=call_cache)
    interpreter.eval("(define (car x) :mine) (define (null? x) #t) (define (cons x y) :mine)")
    assert interpreter.eval_to_string("(map (fn (x) (car x)) '(1 2))") == "(:mine :mine)"


# --- Never wrong -----------------------------------------------------------------------------


@every_strategy
def test_repeated_addresses_are_no_hits(call_cache: str) -> None:
    interpreter = sema.Interpreter(call_cache=call_cache)
    addresses: list[int] = []
    interpreter["note"] = lambda f: addresses.append(id(f))
    interpreter.eval(
        "(define (site f x) (list (f x)))"
        "(define (tail f x) (f x))"
        "(define (kind k)"
        "  (cond ((= k 0) (fn (x) (list k x))) ((= k 1) (fn (x) (list x k x)))"
        "        ((= k 2) (fn (x y) k)) ((= k 3) (fn (. xs) (list k xs)))"
        "        ((= k 4) (fn () k)) (else (fn (x) (+ x k)))))"
        "(define (use call k)"
        "  (let ((f (kind k))) (note f) (try (call f 5) (catch e (:message e)))))"
    )
    mistakes = {2: "<lambda> expects 2 args, got 1", 4: "<lambda> expects 0 args, got 1"}
    for k in [0, 1, 2, 3, 4, 5, 5, 3, 2, 4, 1, 0] * 20:
        right = {0: [0, 5], 1: [5, 1, 5], 3: [3, [5]], 5: 10}.get(k)
        assert interpreter.eval(f"(use tail {k})") == (mistakes.get(k) or right)
        assert interpreter.eval(f"(use site {k})") == (mistakes.get(k) or [right])
    assert len(set(addresses)) < len(addresses) // 4


@every_strategy
def test_an_address_is_no_closure(call_cache: str) -> None:
    interpreter = sema.Interpreter(call_cache=call_cache)
    for n in range(20):
        arguments = " ".join(["1"] * n)
        interpreter.eval(f"(define (caller g) (list (g {arguments})))")
        interpreter.eval(f"(define (tail-caller g) (g {arguments}))")
        interpreter.eval("(define (one g) (g 1)) (define (itself x) x)")
        for name in ("caller", "tail-caller", "one", "itself"):
            interpreter["address"] = id(interpreter[name])
            for caller in ("caller", "tail-caller"):
                with pytest.raises(sema.SemaError, match="not callable"):
                    interpreter.eval(f"(begin (one itself) ({caller} address))")


@every_strategy
@pytest.mark.parametrize("n", [0, 1, 2, 15, 16, 17, 31, 40])
def test_any_number_of_arguments(call_cache: str, n: int) -> None:
    interpreter = sema.Interpreter(call_cache=call_cache)
    names = " ".join(f"x{i}" for i in range(n))
    interpreter.eval(f"(define (exactly {names}) (list {names})) (define (any . xs) xs)")
    for given in (n, n + 1, max(n - 1, 0), n ^ 1, n + 16, n):
        arguments = list(range(given))
        text = " ".join(map(str, arguments))
        interpreter.eval(f"(define (call f) (f {text}))")
        for _ in range(3):
            assert interpreter.eval("(call any)") == arguments
            got = interpreter.eval("(try (call exactly) (catch e (:message e)))")
            assert got == (arguments if given == n else f"exactly expects {n} args, got {given}")


@every_strategy
@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("(apply f '(1 2))", [1, 2]),
        ("(apply f 1 [2])", [1, 2]),
        ("(apply apply f '(1 (2)))", [1, 2]),
        ("(apply list 1 2 '())", [1, 2]),
        ("(apply f (mutable-array/new 2 7))", [7, 7]),
        ("(apply :a (list {:a 5}))", 5),
        ("(apply python '(1 2))", [2, 1]),
        ("(apply f '(1))", "f expects 2 args, got 1"),
        ("(apply f 1)", "expected list, vector, or mutable-array, got int in apply"),
        ("(apply 5 '(1))", "expected callable, got int"),
        ("(apply f)", "apply expects 2+ args, got 1"),
    ],
)
def test_apply(call_cache: str, call: str, expected: object) -> None:
    interpreter = sema.Interpreter(call_cache=call_cache)
    interpreter["python"] = lambda x, y: [y, x]
    interpreter.eval(f"(define (f x y) (list x y)) (define (tail) {call})")
    interpreter.eval(f"(define (inside) (car (list {call})))")
    for name in ("tail", "inside") * 3:
        assert interpreter.eval(f"(try ({name}) (catch e (:message e)))") == expected


@every_strategy
def test_variadic_functions(call_cache: str) -> None:
    interpreter = sema.Interpreter(call_cache=call_cache)
    interpreter.eval("(define (f x . more) (list x more)) (define (g n) (f n) (f n 1) (f n 1 2))")
    for n in range(3):
        assert interpreter.eval(f"(g {n})") == [n, [1, 2]]
    with pytest.raises(sema.SemaError, match=r"f expects 1\+ args, got 0"):
        interpreter.eval("(f)")


@every_strategy
def test_python_callables_at_one_site(call_cache: str) -> None:
    interpreter = sema.Interpreter(call_cache=call_cache)
    interpreter.eval("(define (site f x) (list (f x)))")
    site: Callable[..., object] = interpreter["site"]

    class Doubler:
        def __call__(self, x: int) -> int:
            return 2 * x

    for _ in range(3):
        assert site(str, 5) == ["5"]
        assert site(Doubler(), 5) == [10]
        assert site(lambda x: x + 1, 5) == [6]


@every_strategy
def test_a_dropped_callee_is_freed_when_the_site_forgets_it(call_cache: str) -> None:
    interpreter = sema.Interpreter(call_cache=call_cache)
    interpreter.eval("(define (f) 1) (define (g) (list (f))) (g)")
    interpreter.eval("(define (f) 2) (g)")
    assert interpreter.eval("(g)") == [2]


@every_strategy
def test_a_callee_that_an_argument_takes_away(call_cache: str) -> None:
    interpreter = sema.Interpreter(call_cache=call_cache)
    interpreter["collect"] = gc.collect
    interpreter.eval(
        "(define (make k) (fn (g) (set! g nil) (collect) (make 7) (list k)))"
        "(define (to-itself f) (list (f f)))"
        "(define (tested f) (list (f (if f 1 2))))"
    )
    for k in range(5):
        assert interpreter.eval(f"(to-itself (make {k}))") == [[k]]
        assert interpreter.eval(f"(tested (make {k}))") == [[k]]
        assert (
            interpreter.eval("(try (tested 5) (catch e (:message e)))") == "not callable: 5 (int)"
        )
