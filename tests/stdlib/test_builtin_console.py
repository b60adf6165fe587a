"""Console input and file streams, in processes of their own where standard input matters."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

import sema


def run(program: str, given: bytes = b"") -> str:
    """What a program prints that is given bytes on standard input."""
    done = subprocess.run(
        [sys.executable, "-m", "sema", "-e", program],
        input=given, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stderr == b""
    return done.stdout.decode()


def test_lines() -> None:
    program = "(println (list (read-line) (io/read-line) (read-line) (read-line) (io/eof?)))"
    assert run(program, "é\r\n\nlast".encode()) == '("é" "" "last" nil #t)\n'
    assert run("(println (io/eof?) (read-line) (io/eof?))", b"a\nb") == "#f a #f\n"


def test_the_rest() -> None:
    assert run("(println (read-line) (list (read-stdin)))", b"a\nb\r\nc\n") == 'a ("b\\r\\nc\\n")\n'
    assert run("(println (list (io/read-stdin) (read-line)))") == '("" nil)\n'


def test_all_readers_share_what_was_read() -> None:
    program = """(println (read-line) (stream/read *stdin* 2) (stream/read-line *stdin*)
                          (stream/read-byte *stdin*) (list (read-stdin)))"""
    assert run(program, b"one\ntwo\nthree\n") == 'one #u8(116 119) o 116 ("hree\\n")\n'


def test_text_that_is_not_utf8() -> None:
    program = "(println (try (read-line) (catch e (list (:type e) (:message e)))))"
    assert run(program, b"\xff\n") == '(:io "read-line: not UTF-8 text (byte 0)")\n'
    program = "(println (try (stream/read-line *stdin*) (catch e (list (:type e) (:message e)))))"
    assert run(program, b"\xff\n") == '(:eval "stream/read-line: not UTF-8 text (byte 0)")\n'


def test_the_repl_and_its_program_share_the_input() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sema"], input="(read-line)\nhello\n(+ 1 2)\n",
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert done.stdout == '"hello"\n3\n'


def test_a_read_that_is_given_up_takes_nothing() -> None:
    program = """(define late (async (read-line)))
                 (println (try (async/timeout 150 late) (catch e (:type e))))
                 (async/cancel late)
                 (async/sleep 300)
                 (println (read-line))"""
    child = subprocess.Popen(
        [sys.executable, "-m", "sema", "-e", program],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdin is not None and child.stdout is not None
    assert child.stdout.readline() == ":timeout\n"
    time.sleep(0.5)
    assert child.communicate("line\n", timeout=60)[0] == "line\n"


def test_a_process_that_waits_for_input_in_a_task_can_end() -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "sema", "-e", '(async (read-line)) (async/sleep 100) (display "x")'],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert child.stdout is not None and child.stderr is not None
    assert (child.stdout.read(), child.stderr.read()) == (b"x", b"")
    assert child.wait(30) == 0
    child.communicate()


def test_output_in_order() -> None:
    program = """(display "a") (stream/write *stdout* #u8(98)) (display "c")
                 (stream/write-string *stdout* "d\n") (stream/flush *stdout*)"""
    assert run(program) == "abcd\n"


@pytest.fixture
def evaluate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sema.Interpreter:
    monkeypatch.chdir(tmp_path)
    return sema.Interpreter()


def test_file_streams(evaluate: sema.Interpreter, tmp_path: Path) -> None:
    assert (
        evaluate.eval_to_string(
            """(with-stream (out (stream/open-output "f"))
             (list (stream/type out) (stream/readable? out) (stream/writable? out)
                   (stream/write-string out "one\ntwo\r\nthree") (stream/write-byte out 33)))"""
        )
        == '("file-output" #f #t 14 nil)'
    )
    assert (tmp_path / "f").read_bytes() == b"one\ntwo\r\nthree!"
    assert evaluate.eval_to_string(
        """(with-stream (in (stream/open-input "f"))
             (list (stream/type in) (stream/available? in) (stream/read in 2)
                   (stream/read-line in) (stream/read-line in) (stream/read in 100000000)
                   (stream/read in 1) (stream/read-byte in) (stream/read-line in)))"""
    ) == ('("file-input" #f #u8(111 110) "e" "two" #u8(116 104 114 101 101 33) #u8() nil nil)')
    assert (
        evaluate.eval_to_string(
            """(with-stream (in (stream/open-input "f"))
             (with-stream (out (stream/open-output "g")) (stream/copy in out)))"""
        )
        == "15"
    )
    assert (tmp_path / "g").read_bytes() == (tmp_path / "f").read_bytes()
    with pytest.raises(sema.SemaError, match="stream/write-byte: stream is read-only"):
        evaluate.eval('(stream/write-byte (stream/open-input "f") 1)')
    with pytest.raises(sema.SemaError, match="stream/read-all: stream is write-only"):
        evaluate.eval('(stream/read-all (stream/open-output "g"))')
    with pytest.raises(sema.SemaError, match=r"stream/open-input \.: is a directory"):
        evaluate.eval('(stream/read (stream/open-input ".") 1)')


def test_a_stream_that_is_dropped_is_closed(evaluate: sema.Interpreter, tmp_path: Path) -> None:
    evaluate.eval('(let ((s (stream/open-output "f"))) (stream/write-string s "text") nil)')
    assert (tmp_path / "f").read_text() == "text"
