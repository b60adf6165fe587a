# reference: special-forms.md 21; runtime.md 6
"""Files that programs load and import."""

from __future__ import annotations

from pathlib import Path

import pytest

import sema
from sema.reader import write


class Tree:
    """A directory of program files, and an interpreter whose main program stands in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.interpreter = sema.Interpreter()

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def run(self, text: str) -> str:
        """The printed value of a main program."""
        return write(self.interpreter.eval(text, str(self.root / "main.sema")))

    def fails(self, text: str) -> sema.SemaError:
        with pytest.raises(sema.SemaError) as caught:
            self.run(text)
        return caught.value


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def test_import_copies_what_the_module_form_lists(tree: Tree) -> None:
    tree.write("m.sema", "(module m (export twice) (define two 2) (define (twice x) (* two x)))")
    assert tree.run('(import "m.sema")') == "nil"
    assert tree.run("(twice 21)") == "42"
    assert "Unbound variable: two" in str(tree.fails("two"))


def test_import_without_module_form_copies_all_definitions(tree: Tree) -> None:
    tree.write("m.sema", "(define a 1) (define nothing nil) (set! b 2)")
    assert tree.run('(import "m.sema") (list a b nothing)') == "(1 2 nil)"


def test_import_of_names(tree: Tree) -> None:
    tree.write("m.sema", "(define a 1) (define b 2)")
    assert tree.run('(import "./m.sema" b) b') == "2"
    assert "Unbound variable: a" in str(tree.fails("a"))
    error = tree.fails('(import "m.sema" a zig)')
    assert str(error) == "Eval error: import: module does not export 'zig'"
    assert "Unbound variable: a" in str(tree.fails("a"))


def test_exports_without_definition_are_skipped(tree: Tree) -> None:
    tree.write("m.sema", "(module m (export a ghost) (define a 1))")
    assert tree.run('(import "m.sema") a') == "1"
    assert "Unbound" in str(tree.fails("ghost"))


def test_last_export_list_wins(tree: Tree) -> None:
    tree.write("m.sema", "(module m (export a) (define a 1)) (module n (export b) (define b 2))")
    assert tree.run('(import "m.sema") b') == "2"
    assert "Unbound" in str(tree.fails("a"))


def test_module_run_directly_defines_all_and_gives_the_last_value(tree: Tree) -> None:
    assert tree.run("(module m (export a) (define a 1) (define b 2) (+ a b))") == "3"
    assert tree.run("b") == "2"
    tree.write("m.sema", "(module m (export a) (define c 3) (+ c 1))")
    assert tree.run('(load "m.sema")') == "4"
    assert tree.run("c") == "3"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("(module m)", "Arity error: module expects 2+ args, got 1"),
        ("(module m (exports a))", "Eval error: module: second argument must start with 'export'"),
        ("(module m 1)", "Eval error: module: second argument must start with 'export'"),
        ('(module "m" (export))', "Eval error: module: expected a symbol"),
        ("(module m (export 1))", "Eval error: module export: expected a symbol"),
        ('(import "m.sema" 1)', "Eval error: import: expected a symbol"),
        ("(import)", "Arity error: import expects 1+ args, got 0"),
        ("(import 1)", "Type error: expected string, got int"),
        ("(load)", "Arity error: load expects 1 args, got 0"),
        ("(load 'x)", "Type error: expected string, got symbol"),
    ],
)
def test_malformed(tree: Tree, text: str, message: str) -> None:
    assert str(tree.fails(text)) == message


def test_module_sees_only_the_library_and_keeps_its_own_globals(tree: Tree) -> None:
    tree.write(
        "m.sema",
        "(define counter 10) (define (next) (set! counter (+ counter 1)) counter)"
        "(define (peek) (try secret (catch e (:message e))))",
    )
    tree.run("(define secret 1) (define counter 0) (define (+ a b) 99)")
    tree.run('(import "m.sema" next peek)')
    assert tree.run("(list (next) (next) counter (peek))") == (
        '(11 12 0 "Unbound variable: secret")'
    )
    tree.run('(import "m.sema")')
    tree.run("(set! counter 5)")
    assert tree.run("(list (next) counter)") == "(13 5)"


def test_a_module_runs_once(tree: Tree) -> None:
    tree.write("m.sema", '(println "runs") (define a 1)')
    tree.write("sub/other.sema", '(import "../m.sema") (define b a)')
    assert tree.run('(import "m.sema") (import "./m.sema") (import "sub/other.sema") b') == "1"


def test_a_module_runs_once_by_whatever_path(
    tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    tree.write("m.sema", '(println "runs") (define a 1)')
    (tree.root / "link.sema").symlink_to("m.sema")
    tree.run('(import "m.sema") (import "link.sema")')
    assert capsys.readouterr().out == "runs\n"


def test_paths_are_relative_to_the_file_they_stand_in(tree: Tree) -> None:
    tree.write("lib/a.sema", '(import "inner/b.sema") (define (later) (load "c.sema"))')
    tree.write("lib/inner/b.sema", "(define b 7)")
    tree.write("lib/c.sema", "(* 6 b)")
    tree.run("(define b 0)")
    assert tree.run('(import "lib/a.sema") (list (later) b)') == "(42 7)"
    tree.write("lib/d.sema", """(eval (read "(load \\"c.sema\\")"))""")
    assert tree.run('(load "lib/d.sema")') == "42"


def test_load_file_counts_as_the_file_being_run(tree: Tree) -> None:
    tree.write("lib/c.sema", "5")
    path = tree.write("lib/p.sema", """(eval (read "(load \\"c.sema\\")"))""")
    assert tree.interpreter.load_file(path) == 5


def test_missing_files(tree: Tree) -> None:
    error = tree.fails('(import "none.sema")')
    assert error.kind == "io"
    assert str(error).startswith("IO error: import none.sema: ")
    assert "none.sema: no such file" in str(error)
    assert str(tree.fails('(load "none.sema")')).startswith("IO error: load none.sema: ")
    assert "is a directory" in str(tree.fails('(load ".")'))
    (tree.root / "bad.sema").write_bytes(b"\xff")
    assert "not UTF-8" in str(tree.fails('(load "bad.sema")'))
    assert "null" in str(tree.fails('(load "a\\x0;b")'))


def test_cyclic_imports_name_the_chain(tree: Tree) -> None:
    tree.write("a.sema", '(import "b.sema") (define a 1)')
    tree.write("b.sema", '(import "a.sema")')
    message = str(tree.fails('(import "a.sema")'))
    a, b = tree.root / "a.sema", tree.root / "b.sema"
    assert message == f"Eval error: cyclic import detected: {a} -> {b} -> {a}"
    tree.write("b.sema", "(define b 2)")
    assert tree.run('(import "a.sema") a') == "1"


def test_cyclic_loads(tree: Tree) -> None:
    path = tree.write("a.sema", '(load "a.sema")')
    assert "cyclic load detected" in str(tree.fails('(load "a.sema")'))
    with pytest.raises(sema.EvalError, match="cyclic load detected"):
        tree.interpreter.load_file(path)


def test_a_failed_import_leaves_nothing(tree: Tree) -> None:
    tree.write("m.sema", "(define a 1) (car 1)")
    assert "Type error" in str(tree.fails('(import "m.sema")'))
    assert "Unbound" in str(tree.fails("a"))
    tree.write("m.sema", "(define a 2)")
    assert tree.run('(import "m.sema") a') == "2"


def test_definitions_before_an_error_in_a_loaded_file_stay(tree: Tree) -> None:
    tree.write("m.sema", "(define a 1)\n(car 1)\n(define b 2)")
    error = tree.fails('(load "m.sema")')
    spans = [frame.span for frame in error.trace if frame.span is not None]
    assert (spans[0].file, spans[0].line) == (str(tree.root / "m.sema"), 2)
    assert tree.run("a") == "1"
    assert "Unbound" in str(tree.fails("b"))


def test_files_run_form_by_form(tree: Tree) -> None:
    tree.write(
        "m.sema",
        "(define (helper x) (list '+ x 1))"
        "(defmacro plus-one (x) (helper x))"
        "(define two (plus-one 1))"
        "(if)",
    )
    assert "Arity error" in str(tree.fails('(load "m.sema")'))
    assert tree.run("two") == "2"


def test_forms_in_a_module_run_one_by_one(tree: Tree) -> None:
    tree.write(
        "m.sema",
        "(module m (export two)"
        "  (define (helper x) (list '+ x 1))"
        "  (defmacro plus-one (x) (helper x))"
        "  (define two (plus-one 1)))",
    )
    assert tree.run('(import "m.sema") two') == "2"


def test_macros_are_exported_for_the_next_unit(tree: Tree) -> None:
    tree.write("m.sema", "(define (double x) (list '* 2 x)) (defmacro doubled (x) (double x))")
    tree.run('(import "m.sema" doubled)')
    assert tree.run("(doubled 21)") == "42"
    assert "Unbound" in str(tree.fails("(double 1)"))


def test_macros_of_a_module_stay_its_own(tree: Tree) -> None:
    tree.write("m.sema", "(defmacro one () 1) (define (f) (one))")
    tree.run("(defmacro one () 2)")
    tree.run('(import "m.sema" f)')
    assert tree.run("(list (one) (f))") == "(2 1)"


def test_eval_in_a_module_means_its_globals(tree: Tree) -> None:
    tree.write("m.sema", "(define hidden 1) (define (f) (eval 'hidden))")
    assert tree.run('(define hidden 2) (import "m.sema" f) (f)') == "1"


def test_import_inside_a_function_defines_globals(tree: Tree) -> None:
    tree.write("m.sema", "(define a 1)")
    assert tree.run('((lambda () (import "m.sema"))) a') == "1"


def test_compiled_files_are_loaded_and_imported(tree: Tree) -> None:
    source = tree.write("m.sema", "(define a 41) (+ a 1)")
    (tree.root / "m.semac").write_bytes(tree.interpreter.compile_file(source))
    source.unlink()
    assert tree.run('(load "m.semac")') == "42"
    assert sema.Interpreter().eval(f'(import "{tree.root}/m.semac") a') == 41
    (tree.root / "bad.semac").write_bytes(b"\0SEM")
    assert "damaged compiled file" in str(tree.fails('(load "bad.semac")'))


def test_redefining_an_imported_operator_is_seen(tree: Tree) -> None:
    tree.write("m.sema", "(define (+ a b) (* a b))")
    tree.run("(define (f x) (+ x 5))")
    assert tree.run('(import "m.sema") (f 4)') == "20"


class TestPackages:
    @pytest.fixture(autouse=True)
    def home(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SEMA_HOME", str(tmp_path / "home"))

    @pytest.mark.parametrize(
        ("files", "spec"),
        [
            ({"one.sema": "(define a 1)", "one/x": ""}, "one"),
            ({"x/y.sema": "(define a 1)"}, "x/y"),
            ({"p/package.sema": "(define a 1)"}, "p"),
            ({"p/sema.toml": '[package]\nentrypoint = "m.sema"', "p/m.sema": "(define a 1)"}, "p"),
            ({"p/sema.toml": 'entrypoint = "m.sema"', "p/m.sema": "(define a 1)"}, "p"),
            ({"p/sema.toml": 'entrypoint = "no"', "p/package.sema": "(define a 1)"}, "p"),
        ],
    )
    def test_found(self, tree: Tree, files: dict[str, str], spec: str) -> None:
        for name, text in files.items():
            tree.write(f"home/packages/{name}", text)
        assert tree.run(f'(import "{spec}") a') == "1"

    def test_not_installed(self, tree: Tree) -> None:
        error = tree.fails('(import "some/thing")')
        assert str(error) == "IO error: package not found: some/thing"
        assert error.hint is not None

    def test_bad_names(self, tree: Tree) -> None:
        for spec in ("a//b", "a/../b", "a/./b"):
            assert "invalid package name" in str(tree.fails(f'(import "{spec}")'))

    def test_malformed_settings(self, tree: Tree) -> None:
        tree.write("home/packages/p/sema.toml", "not toml")
        assert "sema.toml" in str(tree.fails('(import "p")'))
