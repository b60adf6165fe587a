"""What the compiler makes of programs: instructions, registers, loops, jumps, constants."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import sema
from sema.compiler import CodeUnit, compile_unit
from sema.expander import expand_unit
from sema.reader import read_all
from sema.vm.opcodes import OPCODES

STRATEGIES = ("none", "vm", "site", "patched")


def compiled(text: str) -> CodeUnit:
    """The code of the only function in the text, or of the text if there is none."""
    interpreter = sema.Interpreter()
    forms, spans = read_all(text, None)
    unit = compile_unit(expand_unit(forms, spans, interpreter))
    return unit.functions[0][1] if unit.functions else unit


def names(unit: CodeUnit) -> list[str]:
    """The instructions' names, in order."""
    return list(_names(unit))


def _names(unit: CodeUnit) -> Iterator[str]:
    offset = 0
    captured = {at - 1: len(inner.words) for at, inner in unit.functions}
    while offset < len(unit.words):
        word = unit.words[offset]
        op = OPCODES[word & 0xFF]
        yield op.name
        offset += 1 + op.inline_words
        if offset - 2 in captured:
            offset += word >> 32 & 0xFFFF


def evaluated(text: str) -> str:
    """The printed value, the same under every call cache."""
    results = {
        sema.Interpreter(call_cache=call_cache).eval_to_string(text) for call_cache in STRATEGIES
    }
    assert len(results) == 1
    return results.pop()


# --- Last uses and registers -------------------------------------------------------------------


def test_a_value_read_for_the_last_time_is_moved() -> None:
    assert "COPY" not in names(compiled("(define (f x) (g (h x)))"))
    assert names(compiled("(define (f x) x)")) == ["RETURN"]


def test_a_value_read_again_is_shared() -> None:
    assert names(compiled("(define (f x) (g (h x) x))")).count("COPY") == 1


def test_operands_are_read_where_they_are() -> None:
    assert names(compiled("(define (f x y) (+ x y))")) == ["ADD", "RETURN"]
    assert names(compiled("(define (f x) (- x 1))")) == ["SUBI", "RETURN"]
    assert names(compiled("(define (f x) (- x 40000))")) == ["INT", "SUB", "RETURN"]


def test_unused_parameters_are_given_up_at_once() -> None:
    assert names(compiled("(define (f x y) 1)"))[:2] == ["DROP", "DROP"]


def test_registers_are_used_again() -> None:
    chain = " ".join(f"(g {i})" for i in range(100))
    assert compiled(f"(define (f) {chain})").n_registers < 16


@pytest.mark.parametrize("n", [300, 500, 2000])
def test_many_registers(n: int) -> None:
    variables = [f"v{i}" for i in range(n)]
    bindings = " ".join(f"({name} (+ x {i}))" for i, name in enumerate(variables))
    text = f"(define (f x) (let ({bindings}) (list {' '.join(variables)}))) (length (f 1))"
    assert evaluated(text) == str(n)
    failing = text.replace("(+ x 7)", "(car x)").removesuffix("(length (f 1))")
    assert evaluated(f"{failing} (try (f 1) (catch e :caught))") == ":caught"


@pytest.mark.parametrize("n", [8, 9, 300, 700, 5000])
def test_many_arguments(n: int) -> None:
    parameters = " ".join(f"p{i}" for i in range(n))
    arguments = " ".join(str(i) for i in range(n))
    program = f"(define (f {parameters}) (list p0 p{n - 1})) "
    assert evaluated(f"{program} (f {arguments})") == f"(0 {n - 1})"
    assert evaluated(f"{program} (list (f {arguments}))") == f"((0 {n - 1}))"
    assert evaluated(f"{program} (apply f (range {n}))") == f"(0 {n - 1})"
    assert evaluated(f"(define (f . xs) (length xs)) (f {arguments})") == str(n)


def test_too_many_registers_are_an_error() -> None:
    with pytest.raises(sema.CompileError, match="too many registers"):
        sema.Interpreter().eval(f"(list {'1 ' * 40_000})")


# --- Loops -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "loop",
    [
        "(let loop ((i 0)) (if (< i n) (loop (+ i 1)) i))",
        "(let loop ((i 0)) (cond ((= i n) i) (else (let ((j i)) (loop (+ j 1))))))",
        "(let loop ((i 0)) (try (throw i) (catch e (if (= i n) i (loop (+ i 1))))))",
        "(let ((i 0)) (while (< i n) (set! i (+ i 1))) i)",
        "(define (go i) (if (< i n) (go (+ i 1)) i)) (go 0)",
        "(letrec ((go (fn (i) (and (<= i n) (or (and (= i n) i) (go (+ i 1))))))) (go 0))",
        "(do ((i 0 (+ i 1))) ((= i n) i))",
    ],
)
def test_loops_are_jumps(loop: str) -> None:
    text = f"(define (f n) {loop})"
    instructions = names(compiled(text))
    assert "LOOP" in instructions
    assert "CLOSURE" not in instructions
    assert evaluated(f"{text} (f 50)") == "50"


@pytest.mark.parametrize(
    "call",
    [
        "(let loop ((i 0)) (if (< i n) (+ 0 (loop (+ i 1))) i))",
        "(let loop ((i 0)) (if (< i n) (apply loop (list (+ i 1))) i))",
        "(let loop ((i 0)) (if (< i n) (car (map (fn (j) (loop j)) (list (+ i 1)))) i))",
        "(let loop ((i 0)) (try (if (< i n) (loop (+ i 1)) i) (catch e e)))",
        "(let loop ((i 0)) (if (< i n) (begin (set! loop loop) (loop (+ i 1))) i))",
    ],
)
def test_other_local_functions_are_calls(call: str) -> None:
    text = f"(define (f n) {call})"
    assert "CLOSURE" in names(compiled(text))
    assert evaluated(f"{text} (f 50)") == "50"


def test_loop_variables_are_fresh_in_each_turn() -> None:
    text = (
        "(map (fn (f) (f)) (let loop ((i 0) (fs '())) (if (= i 3) fs (loop (+ i 1) (cons {} fs)))))"
    )
    assert evaluated(text.format("(fn () i)")) == "(2 1 0)"
    assert evaluated(text.format("(fn () (set! i (+ i 10)) i)")) == "(12 11 10)"


@pytest.mark.parametrize(
    ("loop", "value"),
    [
        ("(let l ((a 1) (b 2) (n 3)) (if (= n 0) (list a b) (l b a (- n 1))))", "(2 1)"),
        ("(let l ((a 1) (b 2) (n 3)) (if (= n 0) (list a b) (l (+ a b) a (- n 1))))", "(7 4)"),
        ("(let l ((i 3) (x 0)) (if (<= i 0) x (l (- i 1) (begin (set! i 9) (+ x i)))))", "27"),
        ("(let l ((i 0) (j 5)) (if (= j 0) i (l i (begin (set! i (+ i 1)) (- j 1)))))", "0"),
        ("(let l ((i 2) (x ())) (if (= i 0) x (l (- 1) (begin (set! i 0) (list i)))))", None),
    ],
)
def test_the_next_turns_values(loop: str, value: str | None) -> None:
    if value is None:
        value = evaluated("(list 0)")
        loop = loop.replace("(= i 0)", "(<= i 0)")
    assert evaluated(loop) == value
    assert evaluated(f"(define (f) {loop}) (f)") == value


# --- Constants and operators ---------------------------------------------------------------------


def test_constants_are_folded() -> None:
    assert names(compiled("(define (f) (+ 1 2))")) == ["CONST", "RETURN"]
    assert names(compiled("(define (f) (g (< 1 2)))"))[0] == "CONST"


def test_branches_that_are_never_taken_are_left_out() -> None:
    assert names(compiled("(define (f) (if #t 1 (g)))")) == ["INT", "RETURN"]
    assert names(compiled("(define (f) (if nil (g) 2))")) == ["INT", "RETURN"]


def test_a_unit_that_defines_an_operator_calls_it() -> None:
    assert "ADD" not in names(compiled("(define (f x y) (+ x y)) (define + -)"))
    assert evaluated("(define (+ x y) (list x y)) (list (+ 1 2) (+ 1 3))") == "((1 2) (1 3))"
    assert evaluated("(let ((+ -)) (+ 5 2))") == "3"
    assert evaluated("(define (f car) (car 5)) (f (fn (x) (list x)))") == "(5)"


@pytest.mark.parametrize(
    ("test", "instruction"),
    [
        ("(< x y)", "JNLT"),
        ("(<= x 5)", "JNLEI"),
        ("(not (= x y))", "JEQ"),
        ("(null? x)", "JNNULL"),
        ("(pair? x)", "JNPAIR"),
        ("x", "JF"),
        ("(not x)", "JT"),
    ],
)
def test_tests_are_fused_with_jumps(test: str, instruction: str) -> None:
    assert instruction in names(compiled(f"(define (f x y) (if {test} x y))"))


# --- Jumps ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "test", ["(< x 1)", "(not (< x 1))", "(pair? x)", "x", "(= x x)", "(not x)"]
)
def test_far_jumps(test: str) -> None:
    filler = "(g x x x x x x x x) " * 5000
    program = f"(define (g . xs) nil) (define (f x) (if {test} (begin {filler} :then) :else))"
    short = f"(define (f x) (if {test} :then :else))"
    assert max(len(code.words) for _, code in compiled_all(program)) > 32_767
    far, near = sema.Interpreter(), sema.Interpreter()
    far.eval(program)
    near.eval(short)
    for argument in ("0", "2", "nil", "#t"):
        call = f"(try (f {argument}) (catch e (:message e)))"
        assert far.eval_to_string(call) == near.eval_to_string(call)


def compiled_all(text: str) -> list[tuple[int, CodeUnit]]:
    forms, spans = read_all(text, None)
    return compile_unit(expand_unit(forms, spans, sema.Interpreter())).functions


def test_far_jumps_back_and_out_of_a_try() -> None:
    filler = "(g i) " * 8_000
    program = (
        "(define (g x) x) (define (f n) (let loop ((i 0)) (if (< i n)"
        f" (begin (try (begin {filler} (throw i)) (catch e nil)) (loop (+ i 1))) i)))"
    )
    assert evaluated(f"{program} (f 3)") == "3"
    assert evaluated(f"{program} (set! < (fn (x y) (not (= x y)))) (f 3)") == "3"


# --- Closures ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("(let ((x 1)) ((fn () x)))", "1"),
        ("(let ((x 1)) (let ((f (fn () x))) (set! x 2) (f)))", "2"),
        ("(let ((x 1)) (let ((f (fn () (set! x (+ x 1)) x))) (f) (list (f) x)))", "(3 3)"),
        (
            "(let ((x (list 1))) (let ((f (fn () x)) (g (fn () x))) (list (f) (g) x)))",
            "((1) (1) (1))",
        ),
        ("(((fn (a) (fn (b) (fn (c) (list a b c)))) 1) 2)", None),
        ("((((fn (a) (fn (b) (fn (c) (list a b c)))) 1) 2) 3)", "(1 2 3)"),
        ("(letrec ((f (fn (n) (if (= n 0) f (f (- n 1)))))) (= f (f 3)))", "#t"),
        ("(letrec ((f (fn (n) (fn () (if (= n 0) :end ((f (- n 1)))))))) ((f 3)))", ":end"),
        ("(letrec ((f (fn (n) (set! f (fn (n) :new)) (f n)))) (f 1))", ":new"),
        (
            "(letrec ((e? (fn (n) (if (= n 0) #t (o? (- n 1)))))"
            " (o? (fn (n) (if (= n 0) #f (e? (- n 1)))))) (list (e? 10) (o? 10)))",
            "(#t #f)",
        ),
        ("(letrec ((a a)) a)", "nil"),
        ("(letrec ((a (list b)) (b 2)) (list a b))", "((nil) 2)"),
        ("(letrec ((a (fn () b)) (c (a)) (b 2)) (list (a) c))", "(2 nil)"),
        ("(letrec ((a (letrec ((b (fn () a))) b))) (= a (a)))", "#t"),
        ("(letrec ((a 1) (b (set! a 5))) (list a b))", "(5 5)"),
        ("((fn (x . r) (set! r (cons x r)) ((fn () r))) 1 2)", "(1 2)"),
    ],
)  # fmt: skip
def test_closures(text: str, value: str | None) -> None:
    if value is not None:
        assert evaluated(text) == value
        assert evaluated(f"(define (f) {text}) (list (f) (f))") == f"({value} {value})"
        assert (
            evaluated(f"(let loop ((i 0) (r nil)) (if (= i 3) r (loop (+ i 1) {text})))") == value
        )
    else:
        assert evaluated(text).startswith("<native-fn")


# --- Errors --------------------------------------------------------------------------------------

THROW = "(throw (list x))"
CATCH = "(catch e (list :caught (:value e) x))"


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "(car (list {} x))",
        "(let ((a (list x)) (b {}) (c x)) b)",
        "(let ((a {})) a)",
        "(let loop ((i 0) (r nil)) (if (= i 3) r (loop (+ i 1) {})))",
        "(let ((i 0) (r nil)) (while (< i 3) (set! r {}) (set! i (+ i 1))) r)",
        "((fn (y) {}) 1)",
        "((fn () ((fn () {}))))",
        "(if {} {} 5)",
        "(begin {} {})",
        "(car [{} x])",
        "(:a {{:a {} :b x}})",
        "(try {} (catch e2 :wrong))",
        "(try (throw 1) (catch e2 {}))",
        "(car (map (fn (y) {}) (list 1 2)))",
        "(let ((y x)) (set! y {}) y)",
        "(cond ((not {}) 1) (else {}))",
        "(try (car {}) {} (catch e2 9))",
    ],
)
@pytest.mark.parametrize(
    "body", ["(f)", "(list 1 (f) 2)", "(let ((y (list x))) (f) y)", "(+ x (f))"]
)
def test_try_everywhere(around: str, body: str) -> None:
    caught = f"(try {body.replace('(f)', THROW)} {CATCH})"
    program = f"(define (go x) {around.format(*[caught] * 2)}) (list (go 1) (go 2))"
    one, two = "(:caught (1) 1)", "(:caught (2) 2)"
    assert evaluated(program) == f"({one} {two})"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (
            "(try (try (throw 1) (catch e (throw (list (:value e) 2)))) (catch e (:value e)))",
            "(1 2)",
        ),
        (
            "(try (try (car 5) (catch e (throw e))) (catch e (list (:type e) (:got e))))",
            '(:type-error "int")',
        ),
        (
            "(try (try (throw 1) (catch e (throw e))) (catch e (list (:type e) (:value e))))",
            "(:user 1)",
        ),
        ("(try 1 (catch e 2))", "1"),
        ("(let ((x 1)) (try (set! x 2) (throw x) (catch e (list x (:value e)))))", "(2 2)"),
        ("(let ((x 1)) (try (set! x (car x)) (catch e x)))", "1"),
        (
            "(let ((x 1)) (try (set! x (try (throw 5) (catch e 5))) (throw x) (catch e x)))",
            "5",
        ),
        ("(let ((x 1)) (try ((fn () (set! x 3) (throw x))) (catch e x)))", "3"),
        ("((try (throw 1) (catch e (fn (y) (list y (:value e))))) 7)", "(7 1)"),
    ],
)  # fmt: skip
def test_nested_handlers(text: str, value: str) -> None:
    assert evaluated(text) == value
    assert evaluated(f"(define (f) {text}) (list (f) (f))") == f"({value} {value})"


def test_deeply_nested_programs() -> None:
    assert evaluated("(+ 1 " * 1000 + "1" + ")" * 1000) == "1001"
    clauses = " ".join(f"((= x {i}) {i})" for i in range(2000))
    assert (
        evaluated(f"(define (f x) (cond {clauses} (else -1))) (list (f 1999) (f 5000))")
        == "(1999 -1)"
    )


def test_a_loop_around_a_deeply_nested_form() -> None:
    form = "(g " * 60_000 + "1" + ")" * 60_000
    text = f"(define (g x) x) (define (f n) (let l ((i 0)) (if (< i n) (l (+ i 1)) {form}))) (f 2)"
    try:
        assert sema.Interpreter().eval(text) == 1
    except sema.CompileError as error:
        assert "nesting depth" in error.message or "too many registers" in error.message
