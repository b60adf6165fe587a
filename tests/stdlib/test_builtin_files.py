"""Files: what programs do to a real tree of files."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sema.stdlib import files

Run = Callable[[str], str]


def test_texts(run: Run, tmp_path: Path) -> None:
    assert run('(file/write "a.txt" "häß\r\n")') == "nil"
    assert (tmp_path / "a.txt").read_bytes() == "häß\r\n".encode()
    assert run('(file/append "a.txt" "x")') == "nil"
    assert run('(file/append "b.txt" "x")') == "nil"
    assert run('(file/read "a.txt")') == '"häß\\r\\nx"'
    assert run('(file/read "b.txt")') == '"x"'
    assert run('(file/write "b.txt" "y")') == "nil"
    assert run('(file/read "b.txt")') == '"y"'


def test_lines(run: Run, tmp_path: Path) -> None:
    assert run('(file/write-lines "l" [1 "two" :three])') == "nil"
    assert (tmp_path / "l").read_bytes() == b"1\ntwo\n:three"
    assert run('(file/read-lines "l")') == '("1" "two" ":three")'
    (tmp_path / "m").write_bytes(b"a\r\n\nb\n")
    assert run('(file/read-lines "m")') == '("a" "" "b")'
    (tmp_path / "empty").touch()
    assert run('(file/read-lines "empty")') == "()"
    assert run('(file/write-lines "l" "ab")') == "Type error: expected list or vector, got string"


def test_bytes(run: Run, tmp_path: Path) -> None:
    assert run('(file/write-bytes "b" #u8(0 255 10))') == "nil"
    assert run('(file/read-bytes "b")') == "#u8(0 255 10)"
    assert run('(file/read "b")') == "IO error: file/read b: not UTF-8 text (byte 1)"
    assert run('(file/write-bytes "b" "text")') == "Type error: expected bytevector, got string"


def test_line_by_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "l").write_bytes("é\r\nb\n\nc".encode())
    assert run('(file/fold-lines "l" (fn (acc line) (cons line acc)) \'())') == '("c" "" "b" "é")'
    assert run('(file/fold-lines-bytes "l" (fn (n line) (+ n (length line))) 0)') == "4"
    seen = '(let ((seen \'())) (list (file/for-each-line "l" (fn (l) (set! seen (cons l seen))))'
    assert run(seen + " seen))") == '(nil ("c" "" "b" "é"))'
    many = "".join(f"{i}\n" for i in range(50_000))
    (tmp_path / "many").write_text(many)
    assert run('(file/fold-lines "many" (fn (n line) (+ n (int line))) 0)') == "1249975000"
    assert run('(file/fold-lines "l" 5 0)') == "Type error: expected callable, got int"
    assert run('(file/for-each-line "none" list)') == (
        "IO error: file/for-each-line none: no such file or directory"
    )


def test_an_error_in_a_callback_closes_the_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "l").write_text("a\nb\n")
    before = set(os.listdir("/proc/self/fd"))
    assert run('(file/for-each-line "l" (fn (l) (error l)))') == "Eval error: a"
    assert set(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize(
    ("n", "fits"), [(files.LONGEST_LINE, True), (files.LONGEST_LINE + 1, False)]
)
def test_a_long_line(n: int, fits: bool, run: Run, tmp_path: Path) -> None:
    (tmp_path / "l").write_bytes(b"x" * n + b"\r\ny\n")
    shown = run('(file/fold-lines "l" (fn (n line) (+ n (string-length line))) 0)')
    if fits:
        assert shown == str(n + 1)
    else:
        assert shown == "Eval error: file/fold-lines l: a line is longer than 262144 bytes"


@pytest.mark.parametrize("spare", range(4))
def test_lines_across_what_is_read_at_once(spare: int, run: Run, tmp_path: Path) -> None:
    first = "x" * (64 * 1024 - spare)
    (tmp_path / "l").write_bytes(f"{first}\r\n\ny\rz\r\r\n\r".encode())
    shown = run('(file/fold-lines "l" (fn (lines line) (cons line lines)) (list))')
    assert shown == f'("\\r" "y\\rz\\r" "" "{first}")'
    shown = run('(file/fold-lines-bytes "l" (fn (n line) (+ n (bytevector-length line))) 0)')
    assert shown == str(len(first) + 5)


def test_questions(run: Run, tmp_path: Path) -> None:
    (tmp_path / "f").write_text("12345")
    (tmp_path / "d").mkdir()
    (tmp_path / "link").symlink_to("f")
    (tmp_path / "dangling").symlink_to("nowhere")
    questions = (
        "(list (file/exists? p) (file/is-file? p) (file/is-directory? p) (file/is-symlink? p))"
    )
    for path, answers in {
        "f": "(#t #t #f #f)",
        "d": "(#t #f #t #f)",
        "link": "(#t #t #f #t)",
        "dangling": "(#f #f #f #t)",
        "none": "(#f #f #f #f)",
        "f/x": "(#f #f #f #f)",
        "": "(#f #f #f #f)",
        "a\0b": "(#f #f #f #f)",
    }.items():
        assert run(f'(let ((p "{path}")) {questions})') == answers


def test_info(run: Run, tmp_path: Path) -> None:
    (tmp_path / "f").write_text("12345")
    os.utime(tmp_path / "f", ns=(0, 1_234_567_890_123_456_789))
    assert run('(file/info "f")') == ("{:is-dir #f :is-file #t :modified 1234567890123 :size 5}")
    assert run('(:is-dir (file/info "."))') == "#t"
    assert run('(file/info "none")') == "IO error: file/info none: no such file or directory"


def test_changes(run: Run, tmp_path: Path) -> None:
    assert run('(file/mkdir "a/b/c")') == "nil"
    assert run('(file/mkdir "a/b")') == "nil"
    assert run('(file/write "a/one" "1")') == "nil"
    (tmp_path / "a/one").chmod(0o600)
    assert run('(file/copy "a/one" "a/two")') == "nil"
    assert stat.S_IMODE((tmp_path / "a/two").stat().st_mode) == 0o600
    assert run('(file/write "a/one" "11")') == "nil"
    assert run('(file/copy "a/one" "a/two")') == "nil"
    assert run('(file/rename "a/one" "a/three")') == "nil"
    assert run('(file/rename "a/two" "a/three")') == "nil"
    assert run('(sort (file/list "a"))') == '("b" "three")'
    assert run('(file/read "a/three")') == '"11"'
    assert run('(file/delete "a/three")') == "nil"
    assert run('(file/list "a/b/c")') == "()"


def test_failures(run: Run, tmp_path: Path) -> None:
    run('(file/mkdir "d")')
    for call, message in {
        '(file/read "none")': "file/read none: no such file or directory",
        '(file/read "d")': "file/read d: is a directory",
        '(file/write "none/f" "")': "file/write none/f: no such file or directory",
        '(file/write "d" "")': "file/write d: is a directory",
        '(file/append "none/f" "")': "file/append none/f: no such file or directory",
        '(file/delete "none")': "file/delete none: no such file or directory",
        '(file/delete "d")': "file/delete d: is a directory",
        '(file/list "none")': "file/list none: no such file or directory",
        '(file/copy "none" "x")': "file/copy none -> x: no such file or directory",
        '(file/rename "none" "x")': "file/rename none -> x: no such file or directory",
        '(file/read-lines "a\0b")': "file/read-lines a\0b: embedded null byte",
    }.items():
        assert run(call) == f"IO error: {message}"
    assert run('(try (file/delete "none") (catch e (:type e)))') == ":io"
    assert run("(file/read :none)") == "Type error: expected string, got keyword"
    assert run("(file/read)") == "Arity error: file/read expects 1 args, got 0"
    assert sorted(os.listdir(tmp_path)) == ["d"]


def test_glob(run: Run, tmp_path: Path) -> None:
    for path in ("b.txt", "a.txt", ".hidden.txt", "c.md", "sub/d.txt", "sub/deep/e.txt"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    assert run('(file/glob "*.txt")') == '(".hidden.txt" "a.txt" "b.txt")'
    assert run('(file/glob "?.txt")') == '("a.txt" "b.txt")'
    assert run('(file/glob "[!a].*")') == '("b.txt" "c.md")'
    assert run('(file/glob "./[a-c].txt")') == '("./a.txt" "./b.txt")'
    assert run('(file/glob "sub/**/*.txt")') == '("sub/d.txt" "sub/deep/e.txt")'
    assert run(f'(file/glob "{tmp_path}/*.md")') == f'("{tmp_path}/c.md")'
    assert run('(file/glob "none/*")') == "()"
    for pattern in ("a**", "***", "[abc", "[]", "[!]"):
        assert run(f'(file/glob "{pattern}")').startswith("Eval error: file/glob: bad pattern")


def test_load_as_a_value(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("(+ 1 2) :k")
    assert run('(map load \'("data"))') == "(((+ 1 2) :k))"
    assert run('(load "data")') == ":k"


# --- Whole files are replaced at once -------------------------------------------------------------


def test_a_write_that_fails_loses_nothing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "f").write_text("old")

    def interrupted(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "replace", interrupted)
    assert run('(file/write "f" "new")') == "IO error: file/write f: no space left on device"
    assert (tmp_path / "f").read_text() == "old"
    assert os.listdir(tmp_path) == ["f"]


WRITERS = {
    "file/write": (
        "(let loop ((i 0)) (file/write path (string/repeat (str (modulo i 10)) 3000000))"
        ' (if (= i 0) (begin (println "begun") (io/flush))) (loop (+ i 1)))'
    ),
    "kv/set": (
        '(kv/open "s" path) (let loop ((i 0))'
        ' (kv/set "s" "key" (string/repeat (str (modulo i 10)) 1000000))'
        ' (if (= i 0) (begin (println "begun") (io/flush))) (loop (+ i 1)))'
    ),
}


@pytest.mark.parametrize("signal_", [signal.SIGKILL, signal.SIGINT])
@pytest.mark.parametrize("name", WRITERS)
def test_who_is_killed_while_writing_leaves_a_whole_file(
    name: str, signal_: signal.Signals, tmp_path: Path
) -> None:
    path = tmp_path / "f"
    program = f'(define path "{path}") {WRITERS[name]}'
    size = 0
    for pause in (0.0, 0.003, 0.01, 0.017):
        with subprocess.Popen(
            [sys.executable, "-m", "sema", "-e", program],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"begun\n"
            time.sleep(pause)
            writer.send_signal(signal_)
        contents = path.read_text()
        text = contents if name == "file/write" else json.loads(contents)["key"]
        assert len(set(text)) == 1
        assert len(contents) == (size or len(contents))
        size = len(contents)
    if signal_ == signal.SIGINT:
        assert os.listdir(tmp_path) == ["f"]


def test_a_file_that_is_replaced_keeps_its_mode_and_its_links(run: Run, tmp_path: Path) -> None:
    (tmp_path / "f").write_text("old")
    (tmp_path / "f").chmod(0o754)
    (tmp_path / "link").symlink_to("f")
    assert run('(file/write "link" "new")') == "nil"
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "f").read_text() == "new"
    assert stat.S_IMODE((tmp_path / "f").stat().st_mode) == 0o754


def test_a_new_file_has_the_usual_mode(run: Run, tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    run('(file/write "f" "")')
    assert (tmp_path / "f").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_what_is_no_file_is_written_in_place(run: Run) -> None:
    assert run('(file/write "/dev/null" "gone")') == "nil"
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_a_file_in_a_directory_that_takes_no_files(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "f").write_text("old")

    def open_(path: str, mode: str) -> object:
        if "x" in mode:
            raise PermissionError(13, "Permission denied")
        return open(path, mode)

    monkeypatch.setattr(files, "open", open_, raising=False)
    assert run('(file/write "f" "new")') == "nil"
    assert (tmp_path / "f").read_text() == "new"
