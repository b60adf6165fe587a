"""Each hostile program is stopped by its limit, and the interpreter goes on."""

from __future__ import annotations

import json
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import sema
from sema.expander.expand import Expander
from tests.sandbox.attacks import ATTACKS

HARD_LIMIT = 30.0
"""Seconds after which a program has shown that nothing stops it."""


class Worker:
    """A process that runs the programs, replaced when one of them has killed it or hangs."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def run(self, program: str) -> list[object]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, str(Path(__file__).with_name("worker.py"))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        process = self._process
        assert process.stdin is not None and process.stdout is not None
        print(json.dumps(program), file=process.stdin, flush=True)
        ready, _, _ = select.select([process.stdout], [], [], HARD_LIMIT)
        answer = process.stdout.readline() if ready else ""
        if not answer:
            self.close()
            return ["the process died" if ready else "nothing stopped it", False, ""]
        found: list[object] = json.loads(answer)
        return found

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    made = Worker()
    yield made
    made.close()


def test_there_are_enough() -> None:
    assert len({program for _, program in ATTACKS}) >= 150


@pytest.mark.parametrize(("limits", "program"), ATTACKS)
def test_attack(worker: Worker, limits: str, program: str) -> None:
    name, works, text = worker.run(program)
    assert name in (limits.split() or ["no error"]), text
    assert works


DEEP = """
(define (nest n form) (if (= n 0) form (nest (- n 1) (list 'begin form))))
(eval (nest 300000 1))
"""


def test_the_limit_of_memory_in_deep_python_code() -> None:
    """Python 3.11 gives up functions that it does not own if it gets no memory for a frame."""
    for memory in range(40 << 20, 60 << 20, 2 << 20):
        before = sys.getrefcount(Expander._special)
        with pytest.raises(sema.SemaError):
            sema.Interpreter(sandbox=sema.Sandbox(memory=memory)).eval(DEEP)
        assert sys.getrefcount(Expander._special) >= before
