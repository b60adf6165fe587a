# reference: runtime.md 5; reader.md 13
"""The command line as its users see it: streams, exit statuses, one-line errors."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sema import __version__ as sema_version

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

    def test_jit_stats(self, tmp_path: Path) -> None:
        (tmp_path / "loop.sema").write_text(
            "(define (loop i sum)\n  (if (= i 0) sum (loop (- i 1) (+ sum 2))))\n"
            "(println (loop 40000000 0))\n"
        )
        done = sema("--jit-stats", "loop.sema", cwd=tmp_path)
        assert (done.returncode, done.stdout) == (0, "80000000\n")
        first, steps, size, *rest = done.stderr.splitlines()
        assert first.startswith("machine code: ")
        assert steps.split()[0] == "building"
        assert " bytes; at the end 1 functions in " in size
        assert rest[0].startswith("exits, tick: ")
        heading, _, row = (line.split() for line in rest[2:5])
        assert heading == ["place", "function", "instruction", "cause", "exits", "learnt"]
        assert row[:5] == ["loop.sema:2:19", "loop", "0004", "TAILG", "tick"]
        done = sema("--jit-stats", "--jit=off", "loop.sema", cwd=tmp_path)
        assert done.stderr == "machine code: 0 compilations, 0.0 ms\n"

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
        size = (tmp_path / "program.semac").stat().st_size
        assert checked.stdout == (
            f"✓ program.semac: valid (format v1, sema {sema_version}, 2 functions, {size} bytes)\n"
        )

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


class TestAst:
    TEXT = '(f 1 2.5 "s" :k nil true #f [x {:a ()}] 1/2 #\\a)'

    def test_tree(self) -> None:
        assert outcome(sema("ast", "-e", f"{self.TEXT} 'y")) == (
            0,
            """\
List
  Symbol f
  Int 1
  Float 2.5
  String "s"
  Keyword :k
  Nil
  Bool true
  Bool false
  Vector
    Symbol x
    Map
      Entry
        Keyword :a
        List
  Rational 1/2
  Char #\\a
List
  Symbol quote
  Symbol y
""",
            "",
        )

    def test_json(self, tmp_path: Path) -> None:
        (tmp_path / "text.sema").write_text(self.TEXT)
        [node] = json.loads(sema("ast", "--json", "text.sema", cwd=tmp_path).stdout)
        assert node["type"] == "list"
        assert node["children"] == [
            {"type": "symbol", "value": "f"},
            {"type": "int", "value": 1},
            {"type": "float", "value": 2.5},
            {"type": "string", "value": "s"},
            {"type": "keyword", "value": "k"},
            {"type": "nil", "value": None},
            {"type": "bool", "value": True},
            {"type": "bool", "value": False},
            {
                "type": "vector",
                "children": [
                    {"type": "symbol", "value": "x"},
                    {
                        "type": "map",
                        "entries": [
                            {
                                "key": {"type": "keyword", "value": "a"},
                                "value": {"type": "list", "children": []},
                            }
                        ],
                    },
                ],
            },
            {"type": "rational", "value": "1/2"},
            {"type": "char", "value": "#\\a"},
        ]

    def test_depth(self) -> None:
        deep = "(" * 5000 + ")" * 5000
        assert len(sema("ast", "-e", deep).stdout.splitlines()) == 5000
        done = sema("ast", "--json", "-e", deep)
        assert outcome(done) == (1, "", "error: nested too deeply for JSON\n")

    def test_errors(self) -> None:
        done = sema("ast", "-e", "(f")
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("Error: Reader error at 1:1: unterminated list\n")
        message = "error: file not found: 'nowhere' (not a file or command)\n"
        assert outcome(sema("ast", "nowhere")) == (1, "", message)
        assert sema("ast").returncode == 2


class TestEval:
    def test_value(self) -> None:
        text = "(map (fn (n) (* n 1000000)) (range 12))"
        assert outcome(sema("eval", "--expr", text)) == (
            0,
            "(" + " ".join(str(n * 1000000) for n in range(12)) + ")\n",
            "",
        )
        assert outcome(sema("eval", "--no-llm", "--expr", "nil")) == (0, "", "")
        assert outcome(sema("eval", "--stdin", stdin="(+ 1\n 2)")) == (0, "3\n", "")

    def test_error(self) -> None:
        done = sema("eval", "--path", "lib/rules.sema", "--expr", "(list\n (car 5))")
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == (
            "Error: Type error: expected list or vector, got int\n"
            "  --> lib/rules.sema:2:2\n"
            "     |\n"
            "   2 |  (car 5))\n"
            "     |  ^\n"
            "  at car (lib/rules.sema:2:2)\n"
            "  at <lambda> (lib/rules.sema:2:2)\n"
        )

    def test_json_of_nil_and_of_unbound_names(self) -> None:
        answer = json.loads(sema("eval", "--json", "--expr", "nil").stdout)
        assert (answer["ok"], answer["value"], answer["error"]) == (True, None, None)
        done = sema("eval", "--json", "--expr", '(begin (spy "x" 1) (printlm 1))')
        answer = json.loads(done.stdout)
        assert (done.returncode, done.stderr, answer["stderr"]) == (0, "", "[x] 1\n")
        assert answer["error"] == {
            "message": "Unbound variable: printlm",
            "hint": "Did you mean 'println'?",
            "line": 1,
            "col": 20,
        }

    def test_time_limit(self) -> None:
        endless = "(let loop () (try (while #t nil) (catch e (loop))))"
        done = sema("eval", "--timeout", "100", "--expr", endless)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("Error: Eval error: evaluation exceeded time budget\n")
        answer = json.loads(sema("eval", "--json", "--timeout", "100", "--expr", endless).stdout)
        assert answer["error"]["message"] == "Eval error: evaluation exceeded time budget"
        assert sema("eval", "--timeout", "0", "--expr", "1").stdout == "1\n"
        assert sema("eval", "--timeout", "-1", "--expr", "1").returncode == 2

    def test_usage(self) -> None:
        assert sema("eval").returncode == 2
        assert sema("eval", "--expr", "1", "--stdin").returncode == 2


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

    def test_results_rotate(self) -> None:
        done = sema(stdin="1\n2\n(list *1 *2 *3)\nnil\n*1\n(list *1 *2 *3)\n")
        assert done.stdout == "1\n2\n(2 1 nil)\n(nil nil (2 1 nil))\n"

    def test_what_is_a_definition(self) -> None:
        lines = (
            "(define x nil)",
            "(def y 1)",
            "(defn f (x) x)",
            "(defmacro m () 1)",
            "(define-values (a) 1)",
        )
        assert sema(stdin="\n".join(lines)).stdout == (
            "; defined x\n; defined y\n; defined f\n; defined m\n"
        )
        assert sema(stdin="(define [a b] [1 2])\n(begin (define c 1))\n").stdout == ""

    def test_inspect(self) -> None:
        assert sema(stdin=",inspect [1 2]\n,inspect car\n,inspect\n").stdout == (
            "[1 2]\n  type: :vector\n  length: 2\n"
            "<native-fn car>\n  type: :native-fn\n  arguments: 1\n"
            "Usage: ,inspect <expr>\n"
        )

    @pytest.mark.parametrize("word", [",quit", ",q", ",exit", "quit", "exit", ":q"])
    def test_leaving(self, word: str) -> None:
        assert outcome(sema(stdin=f"1\n{word}\n2\n")) == (0, "1\n", "")

    def test_usage_and_other_commas(self) -> None:
        commands = (",type", ",time", ",doc", ",apropos", ",disasm", ",inspect")
        done = sema(stdin="\n".join(commands))
        assert done.stdout == "".join(f"Usage: {command} <expr>\n" for command in commands)
        done = sema(stdin=",x\n1\n")
        assert (done.returncode, done.stdout) == (0, "1\n")
        assert done.stderr.startswith("Error: Unbound variable: x\n")

    def test_on_a_terminal(self, tmp_path: Path) -> None:
        entries = '(define (car x) x)\n(car 5)\n(+ 1\n1)\n(error "no")\n,quit\n'
        shown = on_a_terminal(tmp_path, entries, {"NO_COLOR": "1"})
        assert "Sema v" in shown
        assert "warning: this redefines the builtin 'car'" in shown
        assert "\n5\r" in shown
        assert "\n2\r" in shown
        assert "Error: Eval error: no" in shown
        assert "Goodbye!" in shown

    def test_colours_on_a_terminal(self, tmp_path: Path) -> None:
        error = "\x1b[1;31mError:\x1b[0m Eval error: no"
        assert error in on_a_terminal(tmp_path, '(error "no")\n,q\n', {})
        assert error not in on_a_terminal(tmp_path, '(error "no")\n,q\n', {"NO_COLOR": "1"})


def on_a_terminal(home: Path, entries: str, variables: dict[str, str]) -> str:
    """What the REPL shows on a terminal on which these lines are typed."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "dumb", "SEMA_HOME": str(home), **variables}
    if not variables:
        environment.pop("NO_COLOR", None)
    with subprocess.Popen(
        [sys.executable, "-m", "sema"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        shown = b""
        os.write(ours, entries.encode())
        try:
            while True:
                shown += os.read(ours, 4096)
        except OSError:
            process.wait(timeout=30)
        finally:
            process.kill()
            os.close(ours)
    return shown.decode()
