# reference: stdlib/typed-arrays.md
"""Packed arrays share their memory with Python, and never change under a program in Sema."""

from __future__ import annotations

import copy
import io
import pickle
import time
from array import array
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import sema
from sema import F64Array, I64Array


@pytest.fixture
def interpreter() -> sema.Interpreter:
    return sema.Interpreter()


class TestMemoryForPython:
    def test_numpy_reads_and_writes_it(self, interpreter: sema.Interpreter) -> None:
        floats = interpreter.eval("(define a (f64-array 1 2 3)) a")
        seen = np.asarray(floats)
        assert seen.dtype == np.float64
        seen[0] = 7.5
        assert interpreter.eval_to_string("a") == "#f64(7.5 2 3)"
        assert np.asarray(interpreter.eval("(i64-array 1 -2)")).dtype == np.int64
        assert float(np.asarray(interpreter.eval("(f64-array/range 0 1000)")).sum()) == 499500.0

    def test_as_a_sequence(self) -> None:
        numbers = I64Array([3, 4, 5])
        assert (len(numbers), numbers[0], numbers[-1], list(numbers)) == (3, 3, 5, [3, 4, 5])
        assert numbers.tolist() == [3, 4, 5]
        assert 4 in numbers
        assert repr(F64Array([1, 2.5])) == "<sema #f64(1 2.5)>"
        with pytest.raises(IndexError):
            numbers[3]

    def test_other_readers_of_buffers(self) -> None:
        assert array("d", F64Array([1.0, 2.0])).tolist() == [1.0, 2.0]
        view = memoryview(I64Array([1, 2]))
        assert (view.itemsize, view.ndim, view.shape, view.readonly) == (8, 1, (2,), False)
        assert bytes(F64Array()) == b""

    def test_an_array_that_python_looks_at_is_copied(self, interpreter: sema.Interpreter) -> None:
        interpreter["look"] = np.asarray
        text = "(let* ((a (i64-array 1 2)) (seen (look a))) (list (i64-array/set! a 0 9) seen))"
        changed, seen = interpreter.eval(text)
        assert (changed.tolist(), seen.tolist()) == ([9, 2], [1, 2])


class TestMemoryOfPython:
    def test_is_used_without_a_copy(self, interpreter: sema.Interpreter) -> None:
        numbers = np.arange(4.0)
        interpreter["a"] = F64Array(numbers)
        numbers[1] = 100
        assert interpreter.eval_to_string("a") == "#f64(0 100 2 3)"
        assert interpreter.eval("(f64-array/sum a)") == 105.0

    def test_is_never_changed_by_programs(self, interpreter: sema.Interpreter) -> None:
        numbers = np.arange(3)
        interpreter["wrapped"] = lambda: I64Array(numbers)
        assert interpreter.eval_to_string("(i64-array/set! (wrapped) 0 9)") == "#i64(9 1 2)"
        assert numbers.tolist() == [0, 1, 2]

    def test_lives_as_long_as_the_array(self) -> None:
        wrapped = F64Array(np.full(1000, 2.5))
        assert set(wrapped) == {2.5}

    def test_read_only_memory_stays_so(self) -> None:
        numbers = np.arange(3)
        numbers.flags.writeable = False
        wrapped = I64Array(numbers)
        assert memoryview(wrapped).readonly
        assert not np.asarray(wrapped).flags.writeable
        with pytest.raises(TypeError, match="read-write"):
            io.BytesIO(b"12345678").readinto(wrapped)

    def test_every_nan_is_one(self, interpreter: sema.Interpreter) -> None:
        bits = np.array(
            [0xFFFA000000000000, 0xFFFE000000001234, 0x7FF0000000000001], dtype=np.uint64
        )
        interpreter["a"] = F64Array(bits.view(np.float64))
        assert interpreter.eval_to_string("a") == "#f64(NaN NaN NaN)"
        for text in ("(f64-array/ref a 0)", "(f64-array/sum a)", "(f64-array/dot a a)"):
            assert interpreter.eval_to_string(text) == "NaN"
        assert interpreter.eval_to_string("(f64-array/fold (fn (acc x) x) 0 a)") == "NaN"

    @pytest.mark.parametrize(
        ("buffer", "message"),
        [
            (np.arange(4.0)[::2], "without gaps"),
            (np.zeros((2, 2)), "one dimension"),
            (np.array(1.0), "one dimension"),
            (np.arange(3, dtype=np.float32), "float64, got format 'f'"),
            (np.arange(3), "float64, got format 'l'"),
            (np.arange(3, dtype=">f8"), "float64, got format '>d'"),
            (b"12345678", "float64, got format 'B'"),
        ],
    )
    def test_other_buffers(self, buffer: Any, message: str) -> None:
        with pytest.raises(ValueError, match=message):
            F64Array(buffer)

    def test_numbers_are_copied(self) -> None:
        assert F64Array([1, np.float64(2.5), True]).tolist() == [1.0, 2.5, 1.0]
        assert I64Array(iter(range(3))).tolist() == [0, 1, 2]
        assert F64Array(array("d", [1.5])).tolist() == [1.5]
        assert len(I64Array()) == 0

    @pytest.mark.parametrize(
        ("numbers", "error"),
        [(["a"], TypeError), ([1.5], TypeError), ([2**63], OverflowError), (5, TypeError)],
    )
    def test_what_is_no_integer(self, numbers: Any, error: type[Exception]) -> None:
        with pytest.raises(error):
            I64Array(numbers)

    def test_an_array_keeps_its_memory(self) -> None:
        numbers = F64Array([1.0])
        with pytest.raises(TypeError, match="has its memory already"):
            numbers.__init__([2.0])  # type: ignore[misc]
        assert numbers.tolist() == [1.0]


class TestValues:
    @pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
    def test_pickles(self, protocol: int) -> None:
        for numbers in (F64Array([1.5, float("nan")]), I64Array([1, -(2**63)]), F64Array()):
            restored = pickle.loads(pickle.dumps(numbers, protocol))
            assert type(restored) is type(numbers)
            assert restored == numbers
            assert hash(restored) == hash(numbers)

    def test_copies(self, interpreter: sema.Interpreter) -> None:
        assert copy.deepcopy(I64Array([1, 2])) == I64Array([1, 2])
        interpreter.eval("(define a (i64-array 1 2)) (define (change) (i64-array/set! a 0 9))")
        for other in (interpreter.copy(), pickle.loads(pickle.dumps(interpreter))):
            assert other.eval_to_string("(list (change) a)") == "(#i64(9 2) #i64(1 2))"

    def test_order(self) -> None:
        inf, nan = float("inf"), float("nan")
        ordered = [
            F64Array(each) for each in ([], [-inf], [-1], [-0.0], [0.0], [0.0, 1], [inf], [nan])
        ]
        assert all(a < b and b > a and a != b for a, b in pairwise(ordered))
        assert I64Array([-1]) < I64Array([0]) < I64Array([0, 0])
        assert I64Array([1]) != F64Array([1])

    def test_setting_in_place_is_not_copying(self, interpreter: sema.Interpreter) -> None:
        interpreter.eval("""
            (define (fill a i)
              (if (= i (i64-array/length a)) a (fill (i64-array/set! a i i) (+ i 1))))
        """)
        start = time.perf_counter()
        filled = interpreter.eval("(fill (i64-array/make 100000) 0)")
        assert filled.tolist() == list(range(100_000))
        mapped = interpreter.eval("(f64-array/map (fn (x) (* x 2)) (f64-array/range 0 100000))")
        assert mapped.tolist() == [2.0 * i for i in range(100_000)]
        assert time.perf_counter() - start < 5  # copies would take a minute


class TestLimits:
    @pytest.mark.parametrize(
        "text",
        [
            "(f64-array/make 100000000 1)",
            "(i64-array/range 0 100000000)",
            "(str (f64-array/make 2000000))",
            "(f64-array/map abs (f64-array/make 2000000 1))",
        ],
    )
    def test_memory_is_counted_before_it_is_used(self, text: str) -> None:
        interpreter = sema.Interpreter(sandbox=sema.Sandbox(memory=24_000_000))
        with pytest.raises(sema.MemoryExceeded):
            interpreter.eval(text)
        assert interpreter.eval("(f64-array/sum (f64-array/make 1000 1))") == 1000.0

    def test_fuel(self) -> None:
        interpreter = sema.Interpreter(sandbox=sema.Sandbox(fuel=1_000_000))
        with pytest.raises(sema.FuelExhausted):
            interpreter.eval("(i64-array/make 100000000)")
