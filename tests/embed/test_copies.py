"""Copies and pickles of interpreters, functions and values."""

from __future__ import annotations

import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import sema

PROGRAM = """
(define x 10)
(define (square n) (* n n))
(define (total xs) (foldl + 0 (map square xs)))
(define counter (let ((n 0)) (fn () (set! n (+ n 1)) n)))
(define array (mutable-array/new 2 0))
(define cell (mutable-cell/new (list counter)))
(defmacro twice (form) `(begin ,form ,form))
(defmulti area :shape)
(defmethod area :square (fn (s) (square (:side s))))
(define-record-type point (make-point x) point? (x point-x))
(define holder (make-point counter))
(define later (delay (counter)))
(define table {:f counter :v [counter 1]})
(define (even-steps? n) (if (= n 0) #t (odd-steps? (- n 1))))
(define (odd-steps? n) (if (= n 0) #f (even-steps? (- n 1))))
(define my-map map)
(define names env/names)
(define limit (make-parameter 5))
(define data (list 1 2.5 "a" :k 'sym #\\a nil #t [1 2] {:a 1} 1/2 (expt 2 100) 1+2i
                   (bytevector 1 2) (hash-map 1 2)))
"""


def copied(interpreter: sema.Interpreter) -> sema.Interpreter:
    return interpreter.copy()


def pickled(interpreter: sema.Interpreter) -> sema.Interpreter:
    made: sema.Interpreter = pickle.loads(pickle.dumps(interpreter))
    return made


both = pytest.mark.parametrize("duplicate", [copied, pickled])
Duplicate = Callable[[sema.Interpreter], sema.Interpreter]


@pytest.fixture(params=["none", "patched"])
def prepared(request: pytest.FixtureRequest) -> sema.Interpreter:
    interpreter = sema.Interpreter(call_cache=request.param)
    interpreter.eval(PROGRAM)
    # Call sites have seen the original's functions when it is copied.
    assert interpreter.eval("(list (counter) (total '(1 2 3)))") == [1, 14]
    return interpreter


@both
def test_shared_variables_are_shared_within_one_copy(
    prepared: sema.Interpreter, duplicate: Duplicate
) -> None:
    copy = duplicate(prepared)
    assert copy.eval("(counter)") == 2
    assert prepared.eval("(counter)") == 2
    assert copy.eval("((car (mutable-cell/get cell)))") == 3
    assert copy.eval("((point-x holder))") == 4
    assert copy.eval("((:f table))") == 5
    assert copy.eval("((nth (:v table) 0))") == 6
    assert copy.eval("(force later)") == 7
    assert copy.eval("(twice (counter))") == 9
    assert prepared.eval("(counter)") == 3


@both
def test_definitions_are_independent(prepared: sema.Interpreter, duplicate: Duplicate) -> None:
    copy = duplicate(prepared)
    copy.eval("(define (square n) 0) (set! x 5) (mutable-array/set! array 0 :new)")
    copy.eval("(defmethod area :circle (fn (s) 1))")
    assert copy.eval("(list (total '(1 2 3)) x (mutable-array/get array 0))") == [0, 5, KEYWORD]
    assert prepared.eval("(list (total '(1 2 3)) x (mutable-array/get array 0))") == [14, 10, 0]
    assert copy.eval("(list (area {:shape :circle}) (area {:shape :square :side 2}))") == [1, 0]
    with pytest.raises(sema.EvalError, match="no method in multimethod 'area'"):
        prepared.eval("(area {:shape :circle})")
    prepared.eval("(define late 1)")
    assert "late" not in copy


KEYWORD = sema.Interpreter().eval(":new")


@both
def test_what_copies_can_do(prepared: sema.Interpreter, duplicate: Duplicate) -> None:
    copy = duplicate(prepared)
    assert copy.eval("(even-steps? 100001)") is False
    assert copy.eval("(my-map square '(1 2))") == [1, 4]
    assert copy.eval_to_string("data") == prepared.eval_to_string("data")
    assert copy.eval("(list (limit) (parameterize ((limit 6)) (limit)))") == [5, 6]
    copy.eval("(define only-here 1)")
    assert "only-here" in copy.eval_to_string("(names)")
    assert "only-here" not in prepared.eval_to_string("(names)")
    assert copy.eval("(point? holder)") is True
    again = duplicate(copy)
    assert again.eval("(list only-here (total '(1 2)))") == [1, 5]


@both
def test_redefined_and_removed_names_of_the_library(duplicate: Duplicate) -> None:
    interpreter = sema.Interpreter()
    interpreter.eval("(define (f x) (+ x 1)) (define (g x) (list (abs x)))")
    interpreter.eval("(f 1) (set! + -)")
    del interpreter["abs"]
    copy = duplicate(interpreter)
    assert copy.eval("(f 1)") == 0
    with pytest.raises(sema.UnboundError, match="abs"):
        copy.eval("(g 1)")
    copy.eval("(define (+ x y) :plus)")
    assert copy.eval_to_string("(f 1)") == ":plus"
    assert interpreter.eval("(f 1)") == 0


@both
def test_modules_are_copied(tmp_path: Path, duplicate: Duplicate) -> None:
    (tmp_path / "m.sema").write_text(
        "(module m (export step run))\n"
        "(define n 0)\n(define (step) (set! n (+ n 1)) n)\n(define (run text) (eval (read text)))"
    )
    main = tmp_path / "main.sema"
    main.write_text('(import "m.sema") (step)')
    interpreter = sema.Interpreter()
    assert interpreter.load_file(main) == 1
    copy = duplicate(interpreter)
    assert copy.eval("(step)") == 2
    assert copy.load_file(main) == 3
    assert copy.eval('(run "n")') == 3
    assert interpreter.eval("(step)") == 2


def test_a_long_chain_of_functions_is_copied() -> None:
    interpreter = sema.Interpreter()
    n = 3000
    interpreter.eval("".join(f"(define (f{i} x) (f{i + 1} x))" for i in range(n)))
    interpreter.eval(f"(define (f{n} x) x)")
    assert interpreter.copy().eval("(f0 :end)") == interpreter.eval(":end")


def test_deep_data_is_copied() -> None:
    interpreter = sema.Interpreter()
    interpreter.eval(
        "(define deep (let loop ((i 0) (v (fn () 7))) (if (= i 50000) v (loop (+ i 1) (list v)))))"
        "(define (dig v) (if (list? v) (dig (car v)) (v)))"
    )
    assert interpreter.copy().eval("(dig deep)") == 7


def test_copies_keep_statistics() -> None:
    interpreter = sema.Interpreter(call_stats=True)
    interpreter.eval("(define (f x) x) (define (g x) (+ 1 (f x)))")
    copy = interpreter.copy()
    copy.eval("(g 1)")
    assert any(site.calls for site in copy.call_report().sites)


def test_python_objects_stay_one() -> None:
    interpreter = sema.Interpreter()
    thing = {1, 2}
    interpreter["thing"] = thing
    interpreter.eval("(define things (list thing (fn () 1)))")
    assert interpreter.copy().eval("(car things)") is thing


def test_functions_of_another_interpreter_stay_its_own() -> None:
    one, two = sema.Interpreter(), sema.Interpreter()
    one.eval("(define n 1) (define (f) n)")
    two["g"] = one["f"]
    copy = two.copy()
    one.eval("(set! n 2)")
    assert copy.eval("(g)") == 2


def test_a_copy_takes_less_than_a_millisecond() -> None:
    interpreter = sema.Interpreter()
    interpreter.eval(PROGRAM)
    interpreter.eval("".join(f"(define (rule{i} x) (+ (square x) {i}))" for i in range(100)))
    times = []
    for _ in range(20):
        start = time.perf_counter()
        interpreter.copy()
        times.append(time.perf_counter() - start)
    assert min(times) < 0.001


def test_copies_leave_nothing_behind() -> None:
    import gc

    from sema.vm.code import Code

    interpreter = sema.Interpreter()
    interpreter.eval(PROGRAM)

    def rest() -> int:
        gc.collect()
        return sum(1 for each in gc.get_objects() if type(each) is Code)

    interpreter.copy().eval("(total '(1 2))")
    before = rest()
    for _ in range(5):
        interpreter.copy().eval("(total '(1 2))")
    assert rest() == before


# --- Pickles ------------------------------------------------------------------------------------


def test_a_function_finds_the_globals_of_its_receiver() -> None:
    one, two = sema.Interpreter(), sema.Interpreter()
    one.eval("(define rate 2) (define (scaled k) (fn (x) (* k x rate)))")
    two.eval("(define rate 100)")
    data = one.dumps(one.eval("(scaled 3)"))
    assert two.loads(data)(1) == 300
    assert one.loads(data)(1) == 6


def test_pickles_without_a_receiver() -> None:
    function = sema.Interpreter().eval("(let ((n 0)) (fn (x) (set! n (+ n (apply + x))) n))")
    again = pickle.loads(pickle.dumps(function))
    assert (again([1, 2]), again([3]), function([5])) == (3, 6, 5)


def test_functions_that_refer_to_themselves() -> None:
    interpreter = sema.Interpreter()
    function = interpreter.eval(
        "(let* ((f nil) (g (fn (n) (if (= n 0) :done (f (- n 1)))))) (set! f g) f)"
    )
    assert interpreter.loads(interpreter.dumps(function))(10) == interpreter.eval(":done")


def test_an_interpreter_reaches_another_process(tmp_path: Path) -> None:
    interpreter = sema.Interpreter()
    interpreter.eval(PROGRAM)
    file = tmp_path / "interpreter.pickle"
    file.write_bytes(pickle.dumps(interpreter))
    program = (
        "import pickle, sys\n"
        "interpreter = pickle.load(open(sys.argv[1], 'rb'))\n"
        "print(interpreter.eval_to_string('(list (total (list 1 2)) (twice (counter)) data)'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, file], capture_output=True, text=True, timeout=60
    )
    assert done.stderr == ""
    assert done.stdout == interpreter.eval_to_string("(list 5 2 data)") + "\n"


def test_registered_functions_are_pickled_by_name() -> None:
    interpreter = sema.Interpreter()
    interpreter.function(len, name="size")
    copy = pickled(interpreter)
    assert copy.eval('(size "abc")') == 3
    with pytest.raises(sema.ArityError, match="size expects 1 args"):
        copy.eval("(size)")


@both
def test_copies_are_in_the_same_sandbox(duplicate: Duplicate) -> None:
    sandbox = sema.Sandbox(fuel=100_000, capabilities={"env-read"})
    interpreter = sema.Interpreter(sandbox=sandbox)
    interpreter.eval('(define (f) (file/read "x")) (define read-file file/read)')
    interpreter.eval("(define (spin) (spin))")
    copy = duplicate(interpreter)
    for text in ("(f)", '(read-file "x")'):
        with pytest.raises(sema.SemaPermissionError, match="file/read requires 'fs-read'"):
            copy.eval(text)
    with pytest.raises(sema.FuelExhausted):
        copy.eval("(spin)")
    with pytest.raises(sema.FuelExhausted):
        copy.call("spin")


@pytest.mark.parametrize(
    "text", ["(channel/new)", "(async 1)", '(stream/open-input "setup.py")', "unpicklable"]
)
def test_what_only_exists_here_cannot_be_pickled(text: str) -> None:
    interpreter = sema.Interpreter()
    interpreter["unpicklable"] = lambda: 1
    with pytest.raises(pickle.PicklingError):
        interpreter.dumps([interpreter.eval(text)])


def test_too_deep_for_a_pickle() -> None:
    interpreter = sema.Interpreter()
    deep = interpreter.eval("(foldl (fn (v i) (list v)) 1 (range 100000))")
    with pytest.raises(pickle.PicklingError, match="nested too deeply"):
        interpreter.dumps(deep)


def test_other_versions_are_refused() -> None:
    interpreter = sema.Interpreter()
    data = interpreter.dumps(interpreter.eval("(fn (x) x)"))
    other = data.replace(sema.__version__.encode(), b"9" * len(sema.__version__))
    with pytest.raises(pickle.UnpicklingError, match="pickled by Sema 99999"):
        interpreter.loads(other)
