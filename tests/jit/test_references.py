"""Compiling loses no references."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import gc, sys, sema

def compile_something(times):
    for _ in range(times):
        sema.Interpreter(jit_threshold=0).eval("(define (f x) (list x)) (f 1)")
    gc.collect()
    return sys.getrefcount(None)

gc.set_threshold(100)
before = compile_something(10)
print(compile_something(200) - before)
"""


def test_none_survives() -> None:
    """Python 3.11 loses some with each type of arrays that ``ctypes`` makes and forgets."""
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=True
    )
    assert int(run.stdout) > -50
