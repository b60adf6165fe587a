"""The command ``sema fmt``: what it writes, prints and refuses."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest
from programs import ROOT

from sema.tools import progress
from sema.tools.cli import main

UGLY, NEAT = "(f  a\n b)", "(f a\n   b)\n"


class Files:
    """A directory to format in."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.directory / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    monkeypatch.chdir(tmp_path)
    return Files(tmp_path)


def test_rewrites_what_is_not_formatted(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    ugly, neat = files.write("ugly.sema", UGLY), files.write("neat.sema", NEAT)
    ugly.chmod(0o750)
    before = neat.stat().st_mtime_ns
    assert main(["fmt", "ugly.sema", "neat.sema"]) == 0
    assert capsys.readouterr() == ("ugly.sema\n", "")
    assert ugly.read_text() == NEAT
    assert ugly.stat().st_mode & 0o777 == 0o750
    assert neat.stat().st_mtime_ns == before
    assert sorted(os.listdir()) == ["neat.sema", "ugly.sema"]


def test_directories(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("b.sema", "a.sema", "in/c.sema", ".hidden/d.sema", "e.txt"):
        files.write(name, UGLY)
    assert main(["fmt"]) == 0
    assert capsys.readouterr().out.splitlines() == ["a.sema", "b.sema", "in/c.sema"]
    assert (files.directory / "e.txt").read_text() == UGLY


def test_links_stay_links(files: Files) -> None:
    ugly = files.write("ugly.sema", UGLY)
    link = files.directory / "link.sema"
    link.symlink_to(ugly)
    assert main(["fmt", "link.sema"]) == 0
    assert link.is_symlink()
    assert ugly.read_text() == NEAT


def test_check(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    ugly = files.write("ugly.sema", UGLY)
    files.write("neat.sema", NEAT)
    assert main(["fmt", "--check", "ugly.sema", "neat.sema"]) == 1
    assert capsys.readouterr() == ("ugly.sema\n", "")
    assert main(["fmt", "--check", "neat.sema"]) == 0
    assert ugly.read_text() == UGLY


def test_diff(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    files.write("ugly.sema", UGLY)
    assert main(["fmt", "--diff", "ugly.sema"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "--- ugly.sema",
        "+++ ugly.sema (formatted)",
        "@@ -1,2 +1,2 @@",
        "-(f  a",
        "- b)",
        "\\ No newline at end of file",
        "+(f a",
        "+   b)",
    ]
    assert main(["fmt", "--diff", "--check", "ugly.sema"]) == 1
    assert (files.directory / "ugly.sema").read_text() == UGLY


def test_diff_breaks_lines_where_the_reader_does(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    files.write("odd.sema", '(f  "a\x0cb\u2028c")\r\n')
    assert main(["fmt", "--diff", "odd.sema"]) == 0
    shown = capsys.readouterr().out.split("\n")
    assert shown[3:] == ['-(f  "a\x0cb\u2028c")\r', '+(f "a\x0cb\u2028c")\r', ""]


def test_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"(a\r\n  b)")))
    assert main(["fmt", "--width", "40", "-"]) == 0
    assert capsysbinary.readouterr().out == b"(a\r\n  b)\r\n"


def test_errors_leave_files_as_they_are(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    broken, latin = files.write("broken.sema", "(f\n (a]"), files.write("latin.sema", b'"\xe9"')
    ugly = files.write("ugly.sema", UGLY)
    assert main(["fmt", "broken.sema", "latin.sema", "absent.sema", "ugly.sema"]) == 1
    out, err = capsys.readouterr()
    assert out == "ugly.sema\n"
    assert err.startswith("Error: Reader error at 2:4: mismatched bracket")
    assert "  --> broken.sema:2:4\n" in err
    assert err.endswith(
        "error: cannot read 'latin.sema': not UTF-8 text (byte 1)\n"
        "error: cannot read 'absent.sema': no such file or directory\n"
    )
    assert broken.read_text() == "(f\n (a]"
    assert latin.read_bytes() == b'"\xe9"'
    assert ugly.read_text() == NEAT


@pytest.mark.parametrize("words", [["--width", "0"], ["--width", "wide"], ["--tabs"]])
def test_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fmt", *words]) == 2
    assert capsys.readouterr().err.startswith("error: sema fmt: ")


def test_examples_are_formatted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fmt", "--check", str(ROOT / "examples")]) == 0
    assert capsys.readouterr() == ("", "")


class TestProgress:
    def test_short_work_has_no_bar(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert list(progress.slow_progress([1, 2, 3], "counting")) == [1, 2, 3]
        assert capsys.readouterr().err == ""

    def test_long_work_has_one_on_a_terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        terminal = io.StringIO()
        monkeypatch.setattr(terminal, "isatty", lambda: True)
        monkeypatch.setattr(sys, "stderr", terminal)
        monkeypatch.setattr(progress, "PATIENCE", 0)
        assert list(progress.slow_progress([1, 2, 3], "counting")) == [1, 2, 3]
        assert "counting" in terminal.getvalue()

    def test_elsewhere_it_has_none(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(progress, "PATIENCE", 0)
        assert list(progress.slow_progress([1, 2, 3], "counting")) == [1, 2, 3]
        assert capsys.readouterr().err == ""
