# reference: runtime.md 5; reader.md 13
"""The command line as its users see it: streams, exit statuses, one-line errors."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

Completed = subprocess.CompletedProcess[str]


def sema(*words: str, stdin: str = "", cwd: Path | None = None) -> Completed:
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "sema", *words],
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        timeout=60,
    )


@contextmanager
def running(*words: str) -> Iterator[Any]:
    """The command while it runs, its output unbuffered; it does not outlive the block."""
    command = [sys.executable, "-m", "sema", *words]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def outcome(done: Completed) -> tuple[int, str, str]:
    return done.returncode, done.stdout, done.stderr


class TestExpressions:
    def test_eval_prints_unless_nil(self) -> None:
        assert outcome(sema("-e", "(+ 1 2)", "-e", "nil")) == (0, "3\n", "")

    def test_print_prints_nil_too(self) -> None:
        assert outcome(sema("-p", "nil", "-p", '"text"')) == (0, 'nil\n"text"\n', "")

    def test_eval_breaks_long_values_and_print_does_not(self) -> None:
        text = "(map (fn (n) (* n 1000000)) (range 20))"
        assert len(sema("-e", text).stdout.splitlines()) == 20
        assert len(sema("-p", text).stdout.splitlines()) == 1

    def test_definitions_stay_from_one_expression_to_the_next(self) -> None:
        assert sema("-e", "(define x 20)", "-e", "(+ x 1)").stdout == "21\n"

    def test_arguments_reach_the_program(self) -> None:
        from sema.tools.options import parse
        from sema.tools.session import Session

        options = parse(["-p", "1", "--", "one", "-e"])
        assert options.arguments == ["one", "-e"]
        assert options.actions == [("print", "1")]
        assert Session.from_options(options, ["sema", "one"]).interpreter.argv == ["sema", "one"]

    @pytest.mark.parametrize("call_cache", ["none", "vm", "site", "patched"])
    def test_call_cache(self, call_cache: str) -> None:
        assert sema(f"--call-cache={call_cache}", "--jit=off", "-e", "(abs -5)").stdout == "5\n"

    def test_accepted_without_effect(self) -> None:
        assert outcome(sema("--vm", "--no-llm", "--jit=on", "-e", "1")) == (0, "1\n", "")


class TestFiles:
    def test_its_value_is_not_printed(self, tmp_path: Path) -> None:
        program = tmp_path / "program.sema"
        program.write_text('(println "hello")\n42\n')
        assert outcome(sema(str(program))) == (0, "hello\n", "")

    def test_load_comes_first(self, tmp_path: Path) -> None:
        (tmp_path / "a.sema").write_text("(define a 1)")
        (tmp_path / "b.sema").write_text("(define b (+ a 1))")
        done = sema("-l", "a.sema", "-l", "b.sema", "-p", "(list a b)", cwd=tmp_path)
        assert outcome(done) == (0, "(1 2)\n", "")

    def test_standard_input(self) -> None:
        assert outcome(sema("-", stdin="(println 1)\n(println 2)")) == (0, "1\n2\n", "")

    def test_missing(self) -> None:
        message = "error: file not found: 'nowhere' (not a file or command)\n"
        assert outcome(sema("nowhere")) == (1, "", message)

    def test_directory(self, tmp_path: Path) -> None:
        message = f"error: cannot read '{tmp_path}': is a directory\n"
        assert outcome(sema(str(tmp_path))) == (1, "", message)

    def test_not_utf8(self, tmp_path: Path) -> None:
        (tmp_path / "latin.sema").write_bytes(b'(println "\xe9")')
        message = "error: cannot read 'latin.sema': not UTF-8 text (byte 10)\n"
        assert outcome(sema("latin.sema", cwd=tmp_path)) == (1, "", message)


class TestErrors:
    def test_report(self, tmp_path: Path) -> None:
        (tmp_path / "wrong.sema").write_text("(define (f x)\n  (car x))\n\n(println (f 5))\n")
        done = sema("wrong.sema", cwd=tmp_path)
        assert done.returncode == 1
        assert done.stdout == ""
        assert done.stderr.startswith(
            "Error: Type error: expected list or vector, got int\n"
            "  --> wrong.sema:2:3\n"
            "     |\n"
            "   2 |   (car x))\n"
            "     |   ^\n"
        )
        assert "at f (wrong.sema:" in done.stderr

    def test_no_colours_in_a_file(self) -> None:
        assert "\x1b" not in sema("-e", "(car 5)").stderr

    def test_output_before_the_error_is_kept(self) -> None:
        done = sema("-e", '(begin (println "before") (error "stop"))')
        assert (done.returncode, done.stdout) == (1, "before\n")
        assert done.stderr.startswith("Error: Eval error: stop\n")

    def test_nothing_runs_after_an_error(self) -> None:
        assert sema("-e", "(undefined)", "-e", "1").stdout == ""

    def test_hint(self) -> None:
        assert "  hint: Did you mean 'println'?" in sema("-e", "(printlm 1)").stderr

    def test_unbalanced(self) -> None:
        done = sema("-e", "(list\n  (foo 1")
        assert done.returncode == 1
        assert done.stderr.startswith(
            "Error: Reader error at 2:3: unterminated list\n"
            "  --> <input>:2:3\n"
            "     |\n"
            "   2 |   (foo 1\n"
            "     |   ^\n"
        )

    def test_deep_recursion_is_folded(self, tmp_path: Path) -> None:
        (tmp_path / "deep.sema").write_text(
            "(define (f n) (if (= n 0) (car 0) (+ 1 (f (- n 1)))))\n(f 1000)\n"
        )
        done = sema("deep.sema", cwd=tmp_path)
        assert "... (repeated " in done.stderr
        assert len(done.stderr.splitlines()) < 20

    def test_compiled_file_that_is_not_one(self, tmp_path: Path) -> None:
        (tmp_path / "bad.semac").write_bytes(b"\0SEM" + bytes(range(256)))
        done = sema("bad.semac", cwd=tmp_path)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("Error: ")
        assert "Traceback" not in done.stderr


class TestStatus:
    def test_exit(self) -> None:
        assert sema("-e", "(exit 7)", "-e", "1").returncode == 7
        assert sema("-e", "(exit)").returncode == 0

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (["--wrong"], "unknown option '--wrong'"),
            (["-e"], "option '-e' needs a value: EXPR"),
            (["--quiet=1"], "option '--quiet' takes no value"),
            (
                ["--call-cache=best"],
                "option '--call-cache' is one of none, vm, site, patched, not 'best'",
            ),
            (["a.sema", "b.sema"], "unexpected argument 'b.sema'; put '--' before the arguments"),
            (["--sandbox=all"], "sandbox modes are not available yet"),
            (["disasm"], "sema disasm: the following arguments are required: FILE"),
        ],
    )
    def test_usage(self, words: list[str], message: str) -> None:
        assert outcome(sema(*words)) == (2, "", f"error: {message} (see: sema --help)\n")

    def test_interruption(self) -> None:
        with running("-e", '(begin (println "on") (while #t nil))') as process:
            assert process.stdout.readline() == "on\n"
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=30)
        assert process.returncode == 130
        assert errors.startswith("Error: interrupted\n")
        assert "Traceback" not in errors

    def test_reader_of_the_output_has_gone(self) -> None:
        with running("-e", "(do ((i 0 (+ i 1))) ((= i 100000)) (println i))") as process:
            process.stdout.readline()
            process.stdout.close()
            assert process.stderr.read() == ""
            assert process.wait(timeout=30) == 1

    def test_output_cannot_be_written(self) -> None:
        with open("/dev/full", "w") as full:
            done = subprocess.run(
                [sys.executable, "-m", "sema", "-e", "1"],
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
            )
        assert (done.returncode, done.stderr) == (1, "error: No space left on device\n")


class TestInformation:
    def test_version(self) -> None:
        from sema import __version__

        assert outcome(sema("--version")) == (0, f"Sema {__version__}\n", "")

    def test_help_names_every_option_and_command(self) -> None:
        from sema.tools.cli import COMMANDS
        from sema.tools.options import OPTIONS

        text = sema("--help").stdout
        for name in [*COMMANDS, *(name for option in OPTIONS for name in option.names)]:
            assert name in text

    def test_call_stats(self, tmp_path: Path) -> None:
        (tmp_path / "calls.sema").write_text(
            "(define (f x) x)\n(define (g n) (if (= n 0) nil (begin (f n) (g (- n 1)))))\n"
            '(g 100)\n(println "done")\n'
        )
        done = sema("--call-stats", "calls.sema", cwd=tmp_path)
        assert (done.returncode, done.stdout) == (0, "done\n")
        heading, _, busiest, *_ = done.stderr.splitlines()
        assert heading.split() == ["site", "kind", "calls", "hits", "misses", "state", "callees"]
        assert busiest.startswith("calls.sema:2:")
        assert " 100 " in busiest

    def test_start_up_loads_nothing_heavy(self) -> None:
        program = "import sys; from sema.tools.cli import main; main(['-e', '1'])"
        show = "import sys; print(*sys.modules, file=sys.stderr)"
        bare, loaded = (
            subprocess.run([sys.executable, "-c", text], capture_output=True, text=True)
            for text in (show, f"{program}; {show}")
        )
        heavy = {"argparse", "asyncio", "json", "fractions", "decimal", "rich", "prompt_toolkit"}
        assert heavy & (set(loaded.stderr.split()) - set(bare.stderr.split())) == set()


class TestCommands:
    def test_eval_as_json(self) -> None:
        done = sema("eval", "--json", "--expr", '(begin (println "out") (list 1 "two"))')
        answer = json.loads(done.stdout)
        assert answer.pop("elapsedMs") >= 0
        assert answer == {
            "ok": True,
            "value": '(1 "two")',
            "stdout": "out\n",
            "stderr": "",
            "error": None,
        }

    def test_eval_as_json_of_an_error(self) -> None:
        done = sema("eval", "--json", "--stdin", stdin="\n (car 5)")
        answer = json.loads(done.stdout)
        assert done.returncode == 0
        assert (answer["ok"], answer["value"]) == (False, None)
        error = answer["error"]
        assert error["message"] == "Type error: expected list or vector, got int"
        assert (error["line"], error["col"]) == (2, 2)

    def test_compile_and_run(self, tmp_path: Path) -> None:
        (tmp_path / "program.sema").write_text("(define (f x) (* x 2))\n(println (f 21))\n")
        assert sema("compile", "program.sema", cwd=tmp_path).returncode == 0
        assert outcome(sema("program.semac", cwd=tmp_path)) == (0, "42\n", "")
        checked = sema("compile", "--check", "program.semac", cwd=tmp_path)
        assert checked.stdout.startswith("✓ program.semac: valid")

    def test_check_of_a_file_that_is_not_compiled(self, tmp_path: Path) -> None:
        (tmp_path / "program.sema").write_text("(println 1)")
        done = sema("compile", "--check", "program.sema", cwd=tmp_path)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("Error: ")

    def test_disasm(self, tmp_path: Path) -> None:
        (tmp_path / "program.sema").write_text("(define (double x) (* x 2))\n")
        done = sema("disasm", "program.sema", cwd=tmp_path)
        assert done.returncode == 0
        assert "== double ==" in done.stdout

    def test_disasm_as_json(self, tmp_path: Path) -> None:
        (tmp_path / "program.sema").write_text("(define (double x) (* x 2))\n(double 4)\n")
        assert sema("compile", "program.sema", cwd=tmp_path).returncode == 0
        for name in ("program.sema", "program.semac"):
            answer = json.loads(sema("disasm", "--json", name, cwd=tmp_path).stdout)
            assert answer["format_version"] == 1
            assert [function["name"] for function in answer["functions"]] == ["<main>", "double"]

    def test_disasm_after_a_run(self, tmp_path: Path) -> None:
        (tmp_path / "program.sema").write_text("(define (f x) x)\n(println (f 1))\n")
        done = sema("disasm", "--after-run", "program.sema", cwd=tmp_path)
        assert done.stdout.startswith("1\n== <main> ==\n")
        assert "; f, monomorphic: f\n" in done.stdout

    def test_doc(self) -> None:
        assert sema("doc", "car").stdout.startswith("(car seq:sequence)\n")
        done = sema("doc", "no-such-builtin")
        assert outcome(done) == (1, "", "error: no documentation for 'no-such-builtin'\n")

    @pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
    def test_completions(self, shell: str) -> None:
        text = sema("completions", shell).stdout
        assert "call-cache" in text
        assert "patched" in text

    def test_bash_completions_complete(self) -> None:
        script = sema("completions", "bash").stdout + (
            "\nCOMP_WORDS=(sema --call-cache = p); COMP_CWORD=3; _sema; echo ${COMPREPLY[@]}"
            "\nCOMP_WORDS=(sema dis); COMP_CWORD=1; _sema; echo ${COMPREPLY[@]}\n"
        )
        done = subprocess.run(["bash"], input=script, capture_output=True, text=True)
        assert (done.stdout, done.stderr) == ("patched\ndisasm\n", "")


class TestRepl:
    def test_without_prompts_when_piped(self) -> None:
        assert outcome(sema(stdin="(+ 1 2)\nnil\n(* 2 *2)\n")) == (0, "3\n6\n", "")

    def test_goes_on_until_brackets_balance(self) -> None:
        assert sema(stdin='(+ 1\n\n 2)\n(println "a\nb")\n').stdout == "3\na\nb\n"

    def test_definitions(self) -> None:
        done = sema(stdin="(define (f x) x)\n(define y 2)\n(f y)\n,env\n")
        assert done.stdout == "; defined f\n; defined y\n2\nf = <native-fn f>\ny = 2\n"

    def test_errors_do_not_end_it(self) -> None:
        done = sema(stdin="(car 5)\n*e\n")
        assert (done.returncode, done.stdout) == (
            0,
            '"Type error: expected list or vector, got int"\n',
        )
        assert done.stderr.startswith("Error: Type error: ")

    def test_commands(self) -> None:
        done = sema(stdin=",type 1\n,type\n,doc car\n,apropos string->n\n,quit\n(println 1)\n")
        assert done.stdout.startswith(":int\nUsage: ,type <expr>\n(car seq:sequence)\n")
        assert done.stdout.endswith("string->number\n")

    def test_disasm(self) -> None:
        assert sema(stdin=",disasm (f 1)\n").stdout.startswith("== <expr> ==\n")

    def test_time(self) -> None:
        done = sema(stdin=",time (+ 1 2)\n")
        assert done.stdout == "3\n"
        assert done.stderr.startswith("elapsed: ")

    def test_end_inside_a_form(self) -> None:
        message = "unterminated input at EOF: unterminated list at 1:1\n"
        assert outcome(sema(stdin="(+ 1\n")) == (1, "", message)

    def test_after_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "a.sema").write_text("(define a 5)")
        assert sema("-i", "a.sema", stdin="a\n", cwd=tmp_path).stdout == "5\n"
