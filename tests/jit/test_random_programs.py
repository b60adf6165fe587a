"""Random programs: as machine code they do what they do when they are interpreted."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

import sema

EDGE = 2**47
VARIABLES = st.sampled_from(["x", "y", "i"])
CONSTANTS = st.sampled_from(
    ["0", "1", "-1", "2.5", str(EDGE - 1), str(-EDGE), "'(1 2 3)", "nil", "#f", '"s"', "1/2", "g"]
)
ATOMS = VARIABLES | CONSTANTS


def expressions(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    binary = st.sampled_from(["+", "-", "*", "/", "mod", "<", "<=", "=", ">", "cons", "list", "h"])
    unary = st.sampled_from(["car", "cdr", "null?", "pair?", "not", "-", "f", "list", "count"])
    return (
        st.builds("({} {} {})".format, binary, inner, inner)
        | st.builds("({} {})".format, unary, inner)
        | st.builds("(if {} {} {})".format, inner, inner, inner)
        | st.builds("(let ((x {}) (y {})) {})".format, inner, inner, inner)
        | st.builds("(begin (set! g {}) {})".format, inner, inner)
        | st.builds("(set! x {})".format, inner)
        | st.builds("((fn (y) {}) {})".format, inner, inner)
        | st.builds("(map (fn (x) {}) '(1 2.5 3))".format, inner)
        | st.builds("(try {} (catch e (:message e)))".format, inner)
        | st.builds("[{} {{:k {}}}]".format, inner, inner)
        | st.builds(
            "(let again ((i 0) (x {})) (if (= i 5) x (again (+ i 1) {})))".format, inner, inner
        )
    )


EXPRESSIONS = st.recursive(ATOMS, expressions, max_leaves=12)
CHANGES = st.sampled_from(
    ["(define (h x y) (list y x))", "(set! f car)", "(define (f x) (* x 2))", "(set! count list)",
     "(set! h -)", "(define g 2.5)", "(set! f (let ((n 0)) (fn (x) (set! n (+ n 1)) (list n x))))"]
)  # fmt: skip
PREAMBLE = """
(define g 7)
(define (f x) (+ x 1))
(define (h x y) (if (pair? x) (cdr x) (+ x y)))
(define (count x) (let go ((r x) (n 0)) (if (pair? r) (go (cdr r) (+ n 1)) n)))
"""


def results(
    body: str, arguments: list[tuple[str, str]], changes: list[str], **options: object
) -> list[str]:
    interpreter = sema.Interpreter(**options)  # type: ignore[arg-type]
    interpreter.eval(PREAMBLE + f"(define (body x y i) {body})")
    found = []
    for turn, (x, y) in enumerate(arguments):
        for call in (f"(body {x} {y} {turn})", f"(body {y} {x} {turn})"):
            try:
                found.append(interpreter.eval_to_string(call))
            except sema.SemaError as error:
                found.append(f"{error.span} {error.message} {[f.name for f in error.trace]}")
        if turn < len(changes):
            interpreter.eval(changes[turn])
    found.append(interpreter.eval_to_string("g"))
    return found


@settings(max_examples=60, deadline=None)
@given(
    body=EXPRESSIONS,
    arguments=st.lists(st.tuples(CONSTANTS, CONSTANTS), min_size=2, max_size=6),
    changes=st.lists(CHANGES, max_size=4),
    call_cache=st.sampled_from(["none", "vm", "site", "patched"]),
)
def test_machine_code_agrees(
    body: str, arguments: list[tuple[str, str]], changes: list[str], call_cache: str
) -> None:
    expected = results(body, arguments, changes, jit=False)
    assert results(body, arguments, changes, jit_threshold=0, call_cache=call_cache) == expected
