"""Compiled files: they run like their source, and a damaged one is an error, never a crash."""

from __future__ import annotations

import os
import random
import struct
import subprocess
import sys
from pathlib import Path
from zlib import crc32

import programs
import pytest

import sema
import sema.reader
from sema.compiler import CodeUnit
from sema.compiler.files import deserialise, serialise
from sema.compiler.unit import Handler

HEADER_SIZE = 32


def compiled(text: str, tmp_path: Path) -> bytes:
    source = tmp_path / "source.sema"
    source.write_text(text, encoding="utf-8")
    return sema.Interpreter().compile_file(source)


def with_checksum(data: bytes) -> bytes:
    return data[:16] + struct.pack("<I", crc32(data[HEADER_SIZE:])) + data[20:]


def fields(handler: Handler) -> list[int]:
    return [getattr(handler, name) for name in Handler.__slots__]


def functions_of(unit: CodeUnit) -> list[CodeUnit]:
    return [unit, *(found for _, inner in unit.functions for found in functions_of(inner))]


MACROS = """
(define (helper form) (list '+ form 1))
(defmacro add-one (form) `(let ((n# ,form)) (+ n# 1)))
(begin (defmacro rest-of (first . others) (cons 'list others)))
(module m (export add-one swapped used five)
  (define-syntax swapped (syntax-rules () ((_ a b) (list b a))))
  (defmacro define-constant (name value) `(defmacro ,name () ,value))
  (define-constant five 5)
  (define used (list (add-one 1) (swapped 1 2) (five))))
"""
USES = "(list (add-one 41) (swapped 'a 'b) (five) used)"


class TestMacros:
    """A compiled file leaves the macros behind that its source defines."""

    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        path = tmp_path / "macros.semac"
        path.write_bytes(compiled(MACROS, tmp_path))
        return path

    def test_run(self, file: Path) -> None:
        interpreter = sema.Interpreter()
        interpreter.load_file(file)
        assert interpreter.eval_to_string(USES) == "(42 (b a) 5 (2 (2 1) 5))"
        assert interpreter.eval_to_string("(list (rest-of 1 2 3) rest-of)") == (
            "((2 3) <macro rest-of>)"
        )

    @pytest.mark.parametrize("form", ["import", "load"])
    def test_brought_in(self, file: Path, form: str) -> None:
        interpreter = sema.Interpreter()
        interpreter.eval(f'({form} "{file}")')
        assert interpreter.eval_to_string(USES) == "(42 (b a) 5 (2 (2 1) 5))"

    def test_used_by_eval_in_the_file(self, tmp_path: Path) -> None:
        data = compiled("(defmacro one () 1) (eval '(one))", tmp_path)
        assert sema.Interpreter().run_compiled(data) == 1

    def test_names_that_come_to_mean_something_else(self, tmp_path: Path) -> None:
        data = compiled("(defmacro one () 1) (define before (one)) (set! one 5)", tmp_path)
        interpreter = sema.Interpreter()
        interpreter.run_compiled(data)
        assert interpreter.eval_to_string("(list before one)") == "(1 5)"


class TestRoundTrip:
    @pytest.mark.parametrize("program", programs.EXAMPLES, ids=programs.name)
    def test_same_output(self, program: Path, capsys: pytest.CaptureFixture[str]) -> None:
        interpreter = sema.Interpreter(max_depth=programs.DEPTH_LIMIT)
        try:
            interpreter.run_compiled(sema.Interpreter().compile_file(program))
        except sema.SemaError as error:
            print(f"error: {error}")
        assert programs.compared(capsys.readouterr().out) == programs.expected(program)

    @pytest.mark.parametrize("program", programs.PROGRAMS, ids=programs.name)
    def test_same_code(self, program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """All of a unit comes back: the verifier finds out what the generator knew as well."""
        units = []

        def remember(unit: CodeUnit, source: str) -> bytes:
            units.append(unit)
            return serialise(unit, source)

        monkeypatch.setattr("sema.compiler.files.serialise", remember)
        try:
            data = sema.Interpreter().compile_file(program)
        except sema.SemaError:
            return  # the program is about an error in its text
        before, after = functions_of(units[0]), functions_of(deserialise(data))
        for one, other in zip(before, after, strict=True):
            for field in CodeUnit.__slots__:
                if field not in ("functions", "handlers", "span"):
                    assert repr(getattr(one, field)) == repr(getattr(other, field)), field
            assert list(map(fields, one.handlers)) == list(map(fields, other.handlers))

    @pytest.mark.parametrize(
        "text",
        [
            "nil true false ()",
            "1 -1 140737488355328 -9223372036854775808 9223372036854775808 -123456789012345678901",
            "1.5 -0.0 1e308 2/3 -7/2",
            r'"text" "\n\"" "é→😀" symbol :keyword #\a #\space',
            "[1 [2] #u8(0 255)] {:a 1 :b {:c (1 2)}}",
            "(1 . 2) (a (b (c (d))))",
        ],
    )
    def test_constants(self, text: str, tmp_path: Path) -> None:
        quoted = f"'({text})"
        data = compiled(quoted, tmp_path)
        direct = sema.Interpreter().eval(quoted)
        again = sema.Interpreter().run_compiled(data)
        assert sema.reader.write(again) == sema.reader.write(direct)

    def test_deeply_nested_constant(self, tmp_path: Path) -> None:
        data = compiled("'" + "(" * 200 + ")" * 200, tmp_path)
        value = sema.Interpreter().run_compiled(data)
        depth = 0
        while len(value):
            value, depth = value.first, depth + 1
        assert depth == 199

    def test_deeply_nested_functions(self, tmp_path: Path) -> None:
        data = compiled("(fn () " * 400 + "1" + ")" * 400, tmp_path)
        function = sema.Interpreter().run_compiled(data)
        while callable(function):
            function = function()
        assert function == 1

    def test_constants_stay_shared(self, tmp_path: Path) -> None:
        data = compiled("(define (f) '(1 2)) (eq? (f) (f))", tmp_path)
        assert sema.Interpreter().run_compiled(data) is True

    def test_positions_name_the_source(self, tmp_path: Path) -> None:
        data = compiled("(define (f x)\n  (car x))\n(f 5)", tmp_path)
        with pytest.raises(sema.SemaTypeError) as caught:
            sema.Interpreter().run_compiled(data)
        assert caught.value.span is not None
        assert str(caught.value.span) == f"{tmp_path / 'source.sema'}:2:3"

    def test_redefined_operators(self, tmp_path: Path) -> None:
        data = compiled("(define (f) (list (+ 1 2) (if (< 1 x) 'yes 'no))) (f)", tmp_path)
        interpreter = sema.Interpreter()
        interpreter.eval("(define x 2) (define (+ a b) (* a b)) (define (< a b) false)")
        assert sema.reader.write(interpreter.run_compiled(data)) == "(2 no)"

    def test_value_that_exists_only_at_run_time(self, tmp_path: Path) -> None:
        with pytest.raises(sema.CompileError, match="cannot contain a value of type"):
            compiled("(defmacro m () (list 'quote car)) (m)", tmp_path)

    def test_statistics_need_the_source(self, tmp_path: Path) -> None:
        source = tmp_path / "a.sema"
        source.write_text("(list 1)")
        interpreter = sema.Interpreter(call_stats=True)
        data = interpreter.compile_file(source)
        with pytest.raises(sema.CompileError, match="run the source"):
            interpreter.run_compiled(data)
        assert list(sema.Interpreter().run_compiled(data)) == [1]

    def test_facts(self, tmp_path: Path) -> None:
        facts = sema.Interpreter().check_compiled(compiled("(define (f) 1)", tmp_path))
        assert facts["functions"] == 2
        assert facts["source_crc"] == crc32(b"(define (f) 1)")


class TestWrongFiles:
    def message(self, data: bytes) -> str:
        with pytest.raises(sema.CompileError) as caught:
            sema.Interpreter().run_compiled(data)
        text = str(caught.value)
        assert text.startswith("Eval error: ")
        assert "\n" not in text
        return text.removeprefix("Eval error: ")

    def test_other_files(self, tmp_path: Path) -> None:
        data = compiled("(list 1 2)", tmp_path)
        assert self.message(b"(println 1)") == "not a compiled Sema file"
        assert self.message(b"\0SEM") == "damaged compiled file: the header is cut off"
        assert self.message(data[:-1]) == "damaged compiled file: its length is wrong"
        changed = data[:-1] + bytes([data[-1] ^ 1])
        assert self.message(changed) == "damaged compiled file: its checksum is wrong"

    def test_other_versions(self, tmp_path: Path) -> None:
        data = compiled("(list 1 2)", tmp_path)
        foreign = struct.pack("<4sHHHHHHII", b"\0SEM", 5, 0, 1, 2, 3, 3, 0, 0) + bytes(100)
        assert self.message(foreign) == (
            "unsupported bytecode format version 5 (expected 1). Recompile from source."
        )
        assert self.message(data[:4] + b"\x63\0" + data[6:]) == (
            "compiled by another version of Sema (format 99, expected 1): compile the source again"
        )
        assert self.message(data[:8] + b"abcd" + data[12:]) == (
            "compiled by another version of Sema (other instructions): compile the source again"
        )

    def test_path_is_named(self, tmp_path: Path) -> None:
        path = tmp_path / "a.semac"
        path.write_bytes(b"\0SEM")
        with pytest.raises(sema.CompileError, match=r"a\.semac: damaged"):
            sema.Interpreter().load_file(path)


@pytest.mark.parametrize("seed", range(4))
def test_damage_never_crashes(seed: int, tmp_path: Path) -> None:
    """Flipped bits under a right checksum: a clear error, or a program that runs to an end."""
    (tmp_path / "damaged.sema").write_text(DAMAGED_PROGRAM, encoding="utf-8")
    (tmp_path / "damaged.semac").write_bytes(compiled(DAMAGED_PROGRAM, tmp_path))
    done = subprocess.run(
        [sys.executable, __file__, str(tmp_path / "damaged.semac"), str(seed)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(programs.ROOT / "tests")},
    )
    assert (done.returncode, done.stderr) == (0, "")
    accepted, refused = map(int, done.stdout.split()[-2:])
    assert accepted + refused == ROUNDS
    assert accepted and refused


ROUNDS = 300
DAMAGED_PROGRAM = """
(define (sum l) (if (null? l) 0 (+ (car l) (sum (cdr l)))))
(define (counter) (let ((n 0)) (fn () (set! n (+ n 1)) n)))
(define (safely f) (try (f) (catch e (get e :message))))
(define c (counter))
(define (many a b . rest)
  (let ((x (cons a rest))) (if (not (< a b)) (list b x) [a b {:rest rest}])))
(define (loop-it n)
  (let go ((i 0) (acc '()))
    (if (= i n) (map (fn (x) (* x i)) acc) (go (+ i 1) (cons i acc)))))
(c) (c)
(list (sum '(1 2 3)) (safely (fn () (car 5))) (safely (fn () (throw {:a "b"})))
      (many 1 2 3 4) (many 2 1) (loop-it 5) (c) (apply many '(5 6 7)))
"""


def run_damaged(path: str, seed: int) -> None:
    """Damage a file in many ways and run what is accepted, with a limit on its steps."""
    import gc
    import signal

    data = Path(path).read_bytes()
    dice = random.Random(seed)
    counts = {True: 0, False: 0}

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGALRM, stop)
    for _ in range(ROUNDS):
        changed = bytearray(data)
        for _ in range(dice.choice([1, 1, 2, 5])):
            changed[dice.randrange(HEADER_SIZE, len(changed))] ^= 1 << dice.randrange(8)
        interpreter = sema.Interpreter(max_depth=programs.DEPTH_LIMIT)
        try:
            unit = with_checksum(bytes(changed))
            interpreter.check_compiled(unit)
        except sema.CompileError as error:
            assert str(error).startswith("Eval error: damaged compiled file: "), error
            counts[False] += 1
            continue
        counts[True] += 1
        signal.alarm(2)
        try:
            sema.reader.write(interpreter.run_compiled(unit))
        except (sema.SemaError, KeyboardInterrupt, SystemExit):
            pass
        finally:
            signal.alarm(0)
        del interpreter
        gc.collect()
    print(counts[True], counts[False])


if __name__ == "__main__":
    run_damaged(sys.argv[1], int(sys.argv[2]))
