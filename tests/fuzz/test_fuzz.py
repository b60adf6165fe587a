"""A short run of the fuzzer, and everything that it has found once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.fuzz.inputs import drawn
from tests.fuzz.minimising import minimised
from tests.fuzz.mutation import mutated, tokens_of
from tests.fuzz.process import Worker

INPUTS = 132
FOUND = sorted(path for path in Path(__file__).with_name("found").iterdir() if path.is_file())


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    made = Worker()
    yield made
    made.close()


def test_short_run(worker: Worker) -> None:
    wrong = {}
    for number in range(INPUTS):
        target, data = drawn(1, number)
        problem = worker.verdict(target, data)
        if problem:
            wrong[number, target] = problem
    assert wrong == {}


@pytest.mark.parametrize("file", FOUND, ids=lambda file: file.name)
def test_found_once(worker: Worker, file: Path) -> None:
    """``found/TARGET-NAME``: what the fuzzer kept, made smaller."""
    assert worker.verdict(file.name.partition("-")[0], file.read_bytes()) == ""


def test_a_death_is_seen(worker: Worker) -> None:
    worker.close()
    worker._start().kill()
    assert "the process died (-9)" in worker.verdict("text", b"1")
    assert worker.verdict("text", b"1") == ""


def test_inputs_are_made_smaller() -> None:
    text = '(define x 1) (list (car \'(1)) (if x (error "bad") 2)) (f x)'
    assert minimised(text, lambda shorter: "error" in shorter and "(if" in shorter, 5) == "(iferror"


def test_mutation() -> None:
    text = '(define (f x) [x {:a \'b}]) ; why\n(f "a\\"b")'
    assert "".join(tokens_of(text)) == text
    changed = {mutated(Random(n), text, "(g 1)") for n in range(20)}
    assert len(changed) > 15
    assert changed == {mutated(Random(n), text, "(g 1)") for n in range(20)}
