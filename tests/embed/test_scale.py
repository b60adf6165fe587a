"""sema.map: in this process, in a pool, on a Dask cluster."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count, islice
from pathlib import Path
from typing import Any

import pytest

import sema

RULES = """
(define rate 2)
(define (scaled x) (* rate x))
(define calls (let ((n 0)) (fn () (set! n (+ n 1)) n)))
(define (rule record)
  (if (< (get record "x") 0) (throw {:bad (get record "x")}) (list (scaled (get record "x")) :ok)))
(define (total record) (foldl + 0 (map scaled record)))
"""


@pytest.fixture
def interpreter() -> sema.Interpreter:
    interpreter = sema.Interpreter()
    interpreter.eval(RULES)
    return interpreter


def check(interpreter: sema.Interpreter, **options: Any) -> None:
    records = [{"x": x if x % 10 != 7 else -x} for x in range(100)]
    found = list(sema.map(interpreter["rule"], records, chunk=8, **options))
    assert len(found) == 100
    ok = interpreter.eval(":ok")
    for x, value in enumerate(found):
        if x % 10 != 7:
            assert value == [2 * x, ok]
            continue
        assert isinstance(value, sema.Failure)
        assert (value.position, value.record) == (x, {"x": -x})
        assert str(value.error) == f"User exception: {{:bad -{x}}}"
        assert value.error.trace[0].name == "throw"


def test_in_this_process(interpreter: sema.Interpreter) -> None:
    check(interpreter)


def test_in_a_pool(interpreter: sema.Interpreter) -> None:
    check(interpreter, workers=2)
    assert not any(name.startswith("__vm-mapped") for name in interpreter.user_definitions())


def test_in_an_executor_of_the_user(interpreter: sema.Interpreter) -> None:
    with ThreadPoolExecutor(1) as pool:
        check(interpreter, workers=pool)


DASK = """
import sema
from distributed import Client, LocalCluster

if __name__ == "__main__":
    interpreter = sema.Interpreter()
    interpreter.eval(RULES)
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with LocalCluster(**options) as cluster, Client(cluster) as client:
        records = [{"x": x} for x in [*range(50), -1]]
        found = list(sema.map(interpreter["rule"], records, workers=client, chunk=4))
        print(found[49], found[50].error)
        print(list(sema.map(interpreter["total"], [[1, 2], [3]], workers=client)))
"""


def test_on_a_dask_cluster(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    script = tmp_path / "cluster.py"
    script.write_text(f"RULES = {RULES!r}\n{DASK}")
    done = subprocess.run(
        [sys.executable, script], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "(98 :ok) User exception: {:bad -1}\n[6, 6]\n"


class FakeRay:
    """What is used of Ray, in this process."""

    @staticmethod
    def put(value: object) -> object:
        return ("stored", value)

    @staticmethod
    def remote(function: Any) -> Any:
        class Remote:
            @staticmethod
            def remote(*args: Any) -> Any:
                return function(*(a[1] if isinstance(a, tuple) else a for a in args))

        return Remote

    @staticmethod
    def get(value: Any) -> Any:
        return value


def test_on_ray(interpreter: sema.Interpreter) -> None:
    check(interpreter, workers=FakeRay)


def test_functions_with_captured_variables(interpreter: sema.Interpreter) -> None:
    rule = interpreter.eval("(let ((k 10)) (fn (x) (+ k (scaled x))))")
    assert list(sema.map(rule, range(5), workers=1)) == [10, 12, 14, 16, 18]


def test_streams_are_read_as_needed(interpreter: sema.Interpreter) -> None:
    read = []

    def records() -> Iterator[int]:
        for i in count():
            read.append(i)
            yield i

    values = sema.map(interpreter["scaled"], records(), chunk=10)
    assert list(islice(values, 5)) == [0, 2, 4, 6, 8]
    assert len(read) < 1000


def test_no_rule_and_no_workers(interpreter: sema.Interpreter) -> None:
    with pytest.raises(TypeError, match="a rule is a function of a Sema program, not builtin"):
        sema.map(len, [])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="workers can be"):
        sema.map(interpreter["rule"], [], workers="all")


def test_interrupts_stop_the_pool() -> None:
    program = """
import sema, sys
interpreter = sema.Interpreter()
interpreter.eval("(define (spin x) (if (= x 0) 0 (spin x)))")
print("ready", flush=True)
try:
    list(sema.map(interpreter["spin"], [1] * 4, workers=2, chunk=1))
except KeyboardInterrupt:
    print("interrupted")
"""
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(1)
    os.killpg(process.pid, signal.SIGINT)
    out, error = process.communicate(timeout=30)
    assert (out, error) == ("interrupted\n", "")
