# reference: runtime.md 6
"""Python's tools and files of Sema: import, pytest, IPython, Jupyter."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import sema
from sema import importer


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(tmp_path))
    importer.install()
    importer.install()
    yield tmp_path
    importer.uninstall()
    for name in set(sys.modules) - before:
        if hasattr(sys.modules[name], "__sema_exports__"):
            del sys.modules[name]


def test_modules_are_found(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEMA_NO_CACHE", raising=False)
    (place / "pricing-rules.sema").write_text(
        "(module pricing (export valid? net->gross rate))"
        "(define rate 2) (define (valid? x) (> x 0)) (define (net->gross x) (* rate x))"
        "(define hidden 1)"
    )
    rules = importlib.import_module("pricing_rules")
    assert rules.net_to_gross(4) == 8
    assert rules.valid(1) is True
    assert rules.rate == 2
    assert not hasattr(rules, "hidden")
    assert rules.__file__ == str(place / "pricing-rules.sema")
    assert rules.__sema_exports__["valid?"](0) is False
    assert list((place / "__semacache__").iterdir())


def test_modules_without_a_list_export_everything(place: Path) -> None:
    (place / "plain.sema").write_text('(import "other.sema") (define (twice x) (* n x))')
    (place / "other.sema").write_text("(define n 2)")
    assert importlib.import_module("plain").twice(4) == 8


def test_modules_in_packages_and_reloading(place: Path) -> None:
    (place / "shop").mkdir()
    (place / "shop" / "__init__.py").write_text("")
    file = place / "shop" / "rules.sema"
    file.write_text("(define version 1)")
    rules = importlib.import_module("shop.rules")
    assert rules.version == 1
    file.write_text("(define version 22)")
    assert importlib.reload(rules).version == 22


def test_python_comes_first_and_nothing_is_still_an_error(place: Path) -> None:
    (place / "both.sema").write_text("(define x :sema)")
    (place / "both.py").write_text("x = 'python'")
    assert importlib.import_module("both").x == "python"
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("no_such_rules")


def test_errors_of_modules(place: Path) -> None:
    (place / "broken.sema").write_text("(define x\n  (car 1))")
    with pytest.raises(sema.SemaTypeError) as caught:
        importlib.import_module("broken")
    assert caught.value.span is not None and caught.value.span.line == 2


def test_the_hook(tmp_path: Path) -> None:
    (tmp_path / "rules.sema").write_text("(define (f x) (* 2 x))")
    program = "import sema.hook, rules; print(rules.f(21))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("42\n", "")


def test_pytest_collects_sema(tmp_path: Path) -> None:
    (tmp_path / "rules_test.sema").write_text(
        "(define n 0)\n"
        "(define (test-first) (set! n (+ n 1)) (assert (= n 1)))\n"
        "(define (test-second) (set! n (+ n 1)) (assert (= n 1)))\n"
        "(define (test-failing)\n  (car n))\n"
        "(define (helper) (car 1))\n"
    )
    (tmp_path / "broken_test.sema").write_text("(define x (car 5))")
    words = ["-m", "pytest", "-p", "no:cacheprovider", "-v", "-c", "/dev/null"]
    words += ["--continue-on-collection-errors", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, *words, *plugin()],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert "test-first PASSED" in done.stdout
    assert "test-second PASSED" in done.stdout
    assert "test-failing FAILED" in done.stdout
    assert "Error: Type error: expected list or vector, got int" in done.stdout
    assert "   (car n)" in done.stdout
    assert "1 failed, 2 passed, 1 error" in done.stdout.replace("passed, 1 failed", "failed")
    assert "helper" not in done.stdout.replace("(define (helper", "")


def plugin() -> list[str]:
    """The option that loads the plugin where the installed package does not declare it."""
    from importlib.metadata import entry_points

    declared = {point.value for point in entry_points(group="pytest11")}
    return [] if "sema.tools.pytest_plugin" in declared else ["-p", "sema.tools.pytest_plugin"]


def test_ipython_magic(capsys: pytest.CaptureFixture[str]) -> None:
    shells = pytest.importorskip("IPython.core.interactiveshell")
    shell = shells.InteractiveShell.instance(colors="nocolor")
    try:
        shell.run_line_magic("load_ext", "sema")
        assert shell.run_line_magic("sema", "(+ 1 2)") == 3
        shell.push({"prices": [1, 2]})
        assert shell.run_cell_magic("sema", "prices", "(define n 2)\n(map (fn (x) (* n x)) prices)")
        assert shell.user_ns["sema_interpreter"].eval("(length prices)") == 2
        shell.run_line_magic("sema", "(car 1)")
        assert "Type error" in capsys.readouterr().err
    finally:
        shells.InteractiveShell.clear_instance()


NOTEBOOK = """
import json, sys
from jupyter_client.manager import KernelManager
from sema.tools.kernel import SPECIFICATION
from jupyter_client.kernelspec import KernelSpec

manager = KernelManager()
manager._kernel_spec = KernelSpec(**SPECIFICATION)
manager.start_kernel()
client = manager.blocking_client()
client.start_channels()
client.wait_for_ready(timeout=60)
shown = []
def note(message):
    kind, content = message["msg_type"], message["content"]
    if kind in ("execute_result", "stream", "error"):
        shown.append([kind, content.get("data", {}).get("text/plain") or content.get("text")
                      or content.get("evalue")])
for cell in ("(define x 40) (+ x 2)", '(println "hello")', "(car 1)", "(await (async x))"):
    client.execute_interactive(cell, output_hook=note, timeout=60)
shown.append(client.complete("(map-in", reply=True, timeout=60)["content"]["matches"])
client.is_complete("(+ 1")
shown.append(client.get_shell_msg(timeout=60)["content"]["status"])
client.stop_channels()
manager.shutdown_kernel(now=True)
json.dump(shown, sys.stdout)
"""


def test_jupyter_kernel(tmp_path: Path) -> None:
    pytest.importorskip("ipykernel")
    done = subprocess.run(
        [sys.executable, "-c", NOTEBOOK], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [
        ["execute_result", "42"],
        ["stream", "hello\n"],
        ["error", "expected list or vector, got int"],
        ["execute_result", "40"],
        ["map-indexed"],
        "incomplete",
    ]


def test_reader_and_printer_are_public() -> None:
    forms = sema.read_many("(define x '(1 2)) ; comment\n[:a]")
    assert sema.write(forms[0]) == "(define x (quote (1 2)))"
    assert sema.write(sema.read_one("#\\a")) == "#\\a"
    assert sema.display("text") == "text"
    assert sema.pretty(list(range(3)) and forms[1], width=5) == "[:a]"
    interpreter = sema.Interpreter()
    assert interpreter.eval(sema.write(sema.read_one("(+ 1 2)"))) == 3
    assert sema.write(sema.from_python({"a": [1, (2,)]})) == '{"a" (1 (2))}'
