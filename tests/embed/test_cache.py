"""Compiled code next to the source."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import programs
import pytest

import sema
from sema.compiler.image import NoImage, read_image, write_image
from sema.embed import cache
from sema.embed.cache import CachedCode
from sema.expander.macros import Macro
from sema.reader import write


@pytest.fixture(autouse=True)
def enabled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEMA_NO_CACHE")


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The sources that no cached code was found for."""
    missed: list[str] = []
    read = CachedCode.read

    def noted(self: CachedCode) -> object:
        units = read(self)
        if units is None:
            missed.append(os.path.basename(self._path).split(".")[0])
        return units

    monkeypatch.setattr(CachedCode, "read", noted)
    yield missed


def cached_files(directory: Path) -> list[Path]:
    return sorted((directory / cache.DIRECTORY).glob("*"))


def run(path: Path, **options: object) -> str:
    return write(sema.Interpreter(**options).load_file(path))  # type: ignore[arg-type]


def program(directory: Path, text: str, name: str = "p.sema") -> Path:
    path = directory / name
    path.write_text(text, encoding="utf-8")
    return path


def test_second_run_comes_from_the_cache(tmp_path: Path, compilations: list[str]) -> None:
    path = program(tmp_path, "(define (f x) (* x 2)) (f 21)")
    assert [run(path), run(path), run(path)] == ["42"] * 3
    assert compilations == ["p"]
    [file] = cached_files(tmp_path)
    assert file.name.startswith("p.sema.unit.")
    assert file.suffix == ".semac"


def test_other_text_is_compiled_anew(tmp_path: Path, compilations: list[str]) -> None:
    assert run(program(tmp_path, "1")) == "1"
    assert run(program(tmp_path, "2")) == "2"
    assert run(program(tmp_path, "2")) == "2"
    assert compilations == ["p", "p"]


def test_other_path_or_compiler_is_compiled_anew(
    tmp_path: Path, compilations: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = program(tmp_path, "(define (f) (car 1)) (f)")
    for shown in (path, tmp_path / "." / "p.sema", Path(os.path.relpath(path))):
        with pytest.raises(sema.SemaError) as caught:
            sema.Interpreter().load_file(shown)
        assert caught.value.trace[0].span is not None
        assert caught.value.trace[0].span.file == str(shown)
    assert compilations == ["p", "p"]
    monkeypatch.setattr(cache, "_state", b"another version")
    with pytest.raises(sema.SemaError):
        sema.Interpreter().load_file(path)
    assert compilations == ["p", "p", "p"]


def test_switched_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = program(tmp_path, "1")
    run(path, cache=False)
    run(path, call_stats=True)
    monkeypatch.setenv("SEMA_NO_CACHE", "1")
    run(path)
    assert cached_files(tmp_path) == []
    monkeypatch.setenv("SEMA_NO_CACHE", "0")
    run(path)
    assert len(cached_files(tmp_path)) == 1


@pytest.mark.parametrize("damage", ["empty", "cut", "flipped", "header", "garbage"])
def test_damaged_files_are_rewritten(tmp_path: Path, compilations: list[str], damage: str) -> None:
    path = program(tmp_path, "(+ 1 2)")
    run(path)
    [file] = cached_files(tmp_path)
    good = file.read_bytes()
    flipped = good[:60] + bytes([good[60] ^ 1]) + good[61:]
    damaged = {"empty": b"", "cut": good[:-1], "flipped": flipped, "header": good[:9]}
    file.write_bytes(damaged.get(damage, b"garbage" * 9))
    assert run(path) == "3"
    assert file.read_bytes() == good
    assert run(path) == "3"
    assert compilations == ["p", "p"]


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    path = program(tmp_path, "(+ 1 2)")
    (tmp_path / cache.DIRECTORY).write_text("a file, no directory")
    assert run(path) == "3"
    assert sorted(file.name for file in tmp_path.iterdir()) == [cache.DIRECTORY, "p.sema"]


def test_read_only_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise PermissionError("read-only")

    path = program(tmp_path, "(+ 1 2)")
    monkeypatch.setattr(os, "makedirs", refuse)
    assert run(path) == "3"


def test_nothing_is_left_of_a_failed_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: str, target: str) -> None:
        raise OSError("no space")

    monkeypatch.setattr(os, "replace", refuse)
    assert run(program(tmp_path, "(+ 1 2)")) == "3"
    assert cached_files(tmp_path) == []


@pytest.mark.parametrize(
    "text",
    [
        "(defmacro one () 1) (one)",
        "(begin (defmacro one () 1)) 1",
        "(define (f",
        "(if)",
    ],
)
def test_what_is_not_cached(tmp_path: Path, text: str) -> None:
    path = program(tmp_path, text)
    with contextlib.suppress(sema.SemaError):
        run(path)
    assert cached_files(tmp_path) == []


def test_macros_in_force_rule_the_cache_out(tmp_path: Path) -> None:
    path = program(tmp_path, "(define (one x) (list 'called x)) (one 2)")
    assert run(path) == "(called 2)"
    interpreter = sema.Interpreter()
    interpreter.eval("(defmacro two (x) x)")
    path = program(tmp_path, "(two 5)")
    assert interpreter.load_file(path) == 5
    assert interpreter.load_file(path) == 5
    interpreter = sema.Interpreter()
    interpreter.eval("(define (two x) 2)")
    assert interpreter.load_file(path) == 2
    interpreter.eval("(defmacro two (x) x)")
    assert interpreter.load_file(path) == 5
    assert sema.Interpreter().eval("(define (-> x) 'mine)") is None


def test_library_macros_redefined(tmp_path: Path) -> None:
    path = program(tmp_path, "(-> 1 list)")
    assert run(path) == "(1)"
    interpreter = sema.Interpreter()
    interpreter.eval("(define (-> a b) 'mine)")
    assert write(interpreter.load_file(path)) == "mine"
    assert run(path) == "(1)"


def test_redefined_operators(tmp_path: Path, compilations: list[str]) -> None:
    path = program(tmp_path, "(+ 5 3)")
    interpreter = sema.Interpreter()
    interpreter.eval("(define (+ a b) (* a b))")
    assert interpreter.load_file(path) == 15
    assert cached_files(tmp_path) == []
    assert run(path) == "8"
    assert interpreter.load_file(path) == 15
    assert compilations == ["p", "p"]


class TestLoadedFiles:
    @pytest.fixture
    def main(self, tmp_path: Path) -> Path:
        return program(tmp_path, '(load "m.sema")', "main.sema")

    def test_from_the_cache(self, tmp_path: Path, main: Path, compilations: list[str]) -> None:
        program(
            tmp_path, "(define (f x) (g x)) (define (g x) (+ x 1)) (define y (f 1)) y", "m.sema"
        )
        assert [run(main), run(main)] == ["2", "2"]
        assert compilations == ["main", "m"]
        importing = program(tmp_path, '(import "m.sema" f) (f 2)', "i.sema")
        assert [run(importing), run(importing)] == ["3", "3"]
        assert compilations == ["main", "m", "i"]

    def test_modes_are_apart(self, tmp_path: Path) -> None:
        path = program(tmp_path, '(load "q.sema")')
        program(tmp_path, "(define x 1) x", "q.sema")
        run(path)
        run(tmp_path / "q.sema")
        names = [file.name.split(".")[:3] for file in cached_files(tmp_path)]
        assert names == [["p", "sema", "unit"], ["q", "sema", "forms"], ["q", "sema", "unit"]]

    def test_macros_that_appear_between_forms(self, tmp_path: Path, main: Path) -> None:
        program(
            tmp_path, '(define (f) 1)\n(import "n.sema")\n(define (g) (when-n 2))\n(g)', "m.sema"
        )
        program(tmp_path, "(define (when-n x) (list x))", "n.sema")
        assert [run(main), run(main)] == ["(2)", "(2)"]
        program(tmp_path, "(defmacro when-n (x) `(+ 40 ,x))", "n.sema")
        assert [run(main), run(main)] == ["42", "42"]
        program(tmp_path, "(define (when-n x) (list x))", "n.sema")
        assert [run(main), run(main)] == ["(2)", "(2)"]

    def test_macros_defined_in_it(self, tmp_path: Path, main: Path) -> None:
        program(tmp_path, "(defmacro m () 1) (define (f) (m)) (f)", "m.sema")
        assert [run(main), run(main)] == ["1", "1"]

    def test_definitions_before_a_malformed_form_stay(self, tmp_path: Path, main: Path) -> None:
        program(tmp_path, "(define (f) 1) (define (g) (if)) (define (h) 2)", "m.sema")
        for _ in range(2):
            interpreter = sema.Interpreter()
            with pytest.raises(sema.ArityError):
                interpreter.load_file(main)
            assert "f" in interpreter
            assert "h" not in interpreter


@pytest.mark.parametrize("path", programs.PROGRAMS, ids=programs.name)
def test_images_of_all_programs(path: Path) -> None:
    interpreter = sema.Interpreter(cache=False)
    text = path.read_text(encoding="utf-8")
    try:
        listing = interpreter.disassemble(text)
        unit = interpreter._unit(text, None)
    except sema.SemaError:
        return
    from sema.compiler.disassembler import disassemble

    [again] = read_image(write_image([unit]))
    assert disassemble(again) == disassemble(unit)
    assert len(listing) > 0
    assert list(again.positions) == list(unit.positions)
    assert again.live == unit.live


def test_constants_of_all_kinds() -> None:
    text = """'(nil #t 1 -1 1.5 -0.0 99999999999999999999 1/3 "s\\n" #\\a sym :key () [1 [2]]
              {:a 1 :b (x y)} #u8(1 2))"""
    interpreter = sema.Interpreter()
    unit = interpreter._unit(text, None)
    [again] = read_image(write_image([unit]))
    assert write(again.constants[0][1]) == write(interpreter.eval(text))


def test_values_without_image() -> None:
    interpreter = sema.Interpreter()
    unit = interpreter._unit("'x", None)
    unit.constants[0] = (unit.constants[0][0], Macro("m", lambda: None))
    with pytest.raises(NoImage):
        write_image([unit])
    deep = "[" * 5000 + "]" * 5000
    with pytest.raises(NoImage):
        write_image([interpreter._unit(f"'{deep}", None)])


@pytest.mark.parametrize(
    "name",
    ["closures", "import", "load", "macros", "redefined-operators", "try-catch", "uncaught-type"],
)
def test_programs_from_the_cache(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = programs.LANGUAGE / f"{name}.sema"
    monkeypatch.chdir(tmp_path)
    shutil.copy(path, tmp_path)
    shutil.copytree(path.parent / "modules", tmp_path / "modules")
    printed = []
    for _ in range(2):
        try:
            sema.Interpreter(max_depth=programs.DEPTH_LIMIT).load_file(path.name)
        except sema.SemaError as error:
            print(f"error: {error}")
        printed.append(programs.compared(capsys.readouterr().out))
    assert printed == [programs.expected(path)] * 2
