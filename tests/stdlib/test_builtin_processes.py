"""Other programs, signals and the environment, with real processes."""

from __future__ import annotations

import gc
import os
import pty
import signal
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import sema
from sema.stdlib import processes

Run = Callable[[str], str]


@pytest.fixture
def run() -> Run:
    """The printed value of an expression, or its error's display."""
    interpreter = sema.Interpreter()

    def evaluate(text: str) -> str:
        try:
            return interpreter.eval_to_string(text)
        except sema.SemaError as error:
            return str(error)

    return evaluate


# --- shell ----------------------------------------------------------------------------------------


def test_shell(run: Run) -> None:
    assert run('(shell "echo out; echo err >&2; exit 3")') == (
        '{:exit-code 3 :stderr "err\\n" :stdout "out\\n"}'
    )
    assert run('(:stdout (shell "echo" "$HOME" "a b"))') == '"$HOME a b\\n"'
    assert run('(:exit-code (shell "kill -9 $$"))') == "-1"
    assert run('(:stdout (shell "cat"))') == '""'
    assert run("(:stdout (shell \"printf 'a\\\\377b'\"))") == '"a\ufffdb"'
    assert run('(:stdout (shell (string-append "printf %s " (shell/quote "it\'s $x"))))') == (
        '"it\'s $x"'
    )


def test_shell_options(run: Run, tmp_path: Path) -> None:
    assert run(f'(:stdout (shell "pwd" {{:cwd "{tmp_path}"}}))') == f'"{tmp_path}\\n"'
    assert run('(:stdout (shell "echo $A$B" {:env {:A "1" "B" "2" :C 3}}))') == '"12\\n"'
    assert run('(:stdout (shell "echo" "x" {:cwd 5 :other 1}))') == '"x\\n"'


def test_shell_failures(run: Run) -> None:
    assert run('(shell "no-such-program" "x")') == (
        "IO error: shell no-such-program: no such file or directory"
    )
    assert run('(shell "echo" 5)') == "Type error: expected string, got int"
    assert run("(shell)") == "Arity error: shell expects 1+ args, got 0"


def test_a_command_that_is_given_up_is_killed(tmp_path: Path) -> None:
    marker = tmp_path / "started"
    command = processes._Command(["sh", "-c", f"touch {marker}; sleep 60; true"], None)
    done = threading.Thread(target=command.result)
    done.start()
    while not marker.exists():
        time.sleep(0.01)
    command.kill()
    done.join(10)
    assert not done.is_alive()


def test_an_interrupt_ends_the_command_too(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    program = f'(shell "echo $$ > {note}.new; mv {note}.new {note}; exec sleep 60")'
    child = subprocess.Popen([sys.executable, "-m", "sema", "-e", program], stderr=subprocess.PIPE)
    while not note.exists():
        time.sleep(0.01)
    child.send_signal(signal.SIGINT)
    _, complaint = child.communicate(timeout=20)
    assert (child.returncode, complaint.splitlines()[0]) == (130, b"Error: interrupted")
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)


def test_other_tasks_go_on_while_a_command_runs(run: Run, tmp_path: Path) -> None:
    started = time.monotonic()
    assert run(
        f"""(let ((waiting (async (:exit-code
                 (shell "while ! test -e {tmp_path}/go; do sleep 0.02; done")))))
              (async (file/write "{tmp_path}/go" ""))
              (await waiting))"""
    ) == "0"  # fmt: skip
    assert time.monotonic() - started < 20


def test_a_cancelled_task_kills_its_command(run: Run, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    assert run(
        f"""(let ((task (async (shell "echo $$ > {note}.new; mv {note}.new {note}
                                       exec sleep 60"))))
              (let wait () (unless (file/exists? "{note}") (async/sleep 10) (wait)))
              (async/cancel task))"""
    ) == "#t"  # fmt: skip
    deadline = time.monotonic() + 10
    with pytest.raises(ProcessLookupError):
        while time.monotonic() < deadline:
            os.kill(int(note.read_text()), 0)
            time.sleep(0.02)


def test_a_cancelled_task_kills_what_its_command_waits_for(run: Run, tmp_path: Path) -> None:
    pid, late = tmp_path / "pid", tmp_path / "late"
    assert run(
        f"""(let ((task (async (shell "sh -c 'echo $$ > {pid}.new; mv {pid}.new {pid}
                                                 sleep 1; touch {late}'; true"))))
              (let wait () (unless (file/exists? "{pid}") (async/sleep 10) (wait)))
              (async/cancel task))"""
    ) == "#t"  # fmt: skip
    time.sleep(1.5)
    assert not late.exists()


# --- Handles --------------------------------------------------------------------------------------


def test_a_conversation(run: Run) -> None:
    assert run('(define h (proc/spawn ["cat"]))') == "nil"
    assert run("(list (proc/running? h) (proc/exit-code h) (proc/read-stdout h))") == '(#t nil "")'
    assert run('(proc/write-stdin h "häß")') == "nil"
    assert run("""(let loop ((text ""))
                    (if (= text "häß") text (loop (string-append text (proc/read-stdout h)))))"""
               ) == '"häß"'  # fmt: skip
    assert run("(proc/close-stdin h)") == "nil"
    assert run("(list (proc/wait h) (proc/wait h) (proc/exit-code h) (proc/running? h))") == (
        "(0 0 0 #f)"
    )
    assert run('(proc/write-stdin h "x")') == "Eval error: proc/write-stdin: stdin is closed"
    assert run("(list (proc/kill h) (proc/close h))") == "(nil nil)"
    for call in (
        "proc/read-stdout h", "proc/read-stderr h", 'proc/write-stdin h "x"', "proc/close h",
        "proc/close-stdin h", "proc/wait h", "proc/exit-code h", "proc/running? h", "proc/kill h",
    ):  # fmt: skip
        assert run(f"({call})") == f"Eval error: {call.split()[0]}: no such handle 1"


def test_output_that_nobody_reads_meanwhile(run: Run) -> None:
    run("""(define h (proc/spawn '("sh" "-c" "seq 100000; seq 5 >&2; exit 7")))""")
    assert run("(proc/wait h)") == "7"
    assert run("(string-length (proc/read-stdout h))") == "588895"
    assert run("(list (proc/read-stdout h) (proc/read-stderr h))") == '("" "1\\n2\\n3\\n4\\n5\\n")'


def test_killing(run: Run) -> None:
    run('(define h (proc/spawn ["sleep" "60"]))')
    assert run("(list (proc/kill h) (proc/wait h) (proc/exit-code h))") == "(nil -1 -1)"


def test_options_and_failures_of_spawn(run: Run, tmp_path: Path) -> None:
    run(f'(define h (proc/spawn ["sh" "-c" "pwd; echo $A"] {{:cwd "{tmp_path}" :env {{:A "1"}}}}))')
    assert run("(proc/wait h)") == "0"
    assert run("(proc/read-stdout h)") == f'"{tmp_path}\\n1\\n"'
    assert run('(proc/spawn ["no-such-program"])') == (
        "Eval error: proc/spawn no-such-program: no such file or directory"
    )
    assert run("(proc/spawn [])").startswith("Eval error: proc/spawn: ")
    assert run('(proc/spawn "ls")') == "Type error: expected list or vector, got string"
    assert run('(proc/spawn ["ls" 5])') == "Type error: expected string, got int"


def test_writing_to_a_program_that_has_ended(run: Run) -> None:
    run('(define h (proc/spawn ["true"]))')
    run("(proc/wait h)")
    assert run('(proc/write-stdin h "x")') == "Eval error: proc/write-stdin: broken pipe"
    assert run("(proc/close h)") == "nil"


def test_handles_belong_to_their_interpreter(run: Run) -> None:
    first, second = sema.Interpreter(), sema.Interpreter()
    first.eval('(define h (proc/spawn ["sleep" "60"]))')
    with pytest.raises(sema.EvalError, match="no such handle 1"):
        second.eval("(proc/running? 1)")
    first.eval("(proc/close h)")


def test_processes_end_with_their_interpreter() -> None:
    interpreter = sema.Interpreter()
    interpreter.eval(
        """(define h (proc/spawn ["sh" "-c" "echo $$; exec sleep 60"]))
           (define (first-output)
             (let ((text (proc/read-stdout h)))
               (if (string/contains? text "\\n") text (begin (sleep 5) (first-output)))))"""
    )
    number = int(interpreter.eval("(first-output)"))
    os.kill(number, 0)
    del interpreter
    gc.collect()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


# --- Signals --------------------------------------------------------------------------------------


@pytest.fixture
def usual_signals(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(processes, "_arrivals", {})
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGWINCH)
    handlers = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, handlers, strict=True):
        signal.signal(number, handler)


def test_signals(run: Run, usual_signals: None) -> None:
    assert run("(define seen '())") == "nil"
    assert run("(sys/on-signal :winch (fn () (set! seen (cons :a seen))))") == "nil"
    assert run("(sys/on-signal :winch (fn () (set! seen (cons :b seen))))") == "nil"
    assert run("(sys/on-signal :term (fn () (set! seen (cons :term seen))))") == "nil"
    assert run("(list (sys/check-signals) seen)") == "(nil ())"
    os.kill(os.getpid(), signal.SIGWINCH)
    assert run("(list (sys/check-signals) seen)") == "(nil (:b :a))"
    assert run("(list (sys/check-signals) seen)") == "(nil (:b :a))"
    os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGTERM)
    assert run("(list (sys/check-signals) seen)") == "(nil (:term :b :a))"
    assert run("(sys/on-signal :hup list)") == (
        "Eval error: sys/on-signal: expected :int, :term or :winch, got :hup"
    )
    assert run("(sys/on-signal :int 5)") == "Type error: expected callable, got int"


def test_a_program_that_wants_the_interrupt_goes_on(run: Run, usual_signals: None) -> None:
    assert run("(begin (define seen #f) (sys/on-signal :int (fn () (set! seen #t))))") == "nil"
    os.kill(os.getpid(), signal.SIGINT)
    assert run("(begin (sys/check-signals) seen)") == "#t"


# --- The environment ------------------------------------------------------------------------------


def test_variables(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEMA_TEST", "häß")
    monkeypatch.setitem(os.environ, "SEMA_BYTES", "a\udcff")
    assert run('(list (env "SEMA_TEST") (env "SEMA_BYTES") (env "SEMA_NOT_SET"))') == (
        '("häß" "a\ufffd" nil)'
    )
    assert run("(:SEMA_TEST (sys/env-all))") == '"häß"'
    assert run('(list (sys/set-env "SEMA_TEST" "new") (env "SEMA_TEST"))') == '(nil "new")'
    assert run('(:stdout (shell "printf $SEMA_TEST"))') == '"new"'
    assert run('(sys/set-env "a=b" "x")').startswith("Eval error: sys/set-env: ")
    assert run('(sys/set-env "a" 1)') == "Type error: expected string, got int"
    assert run("(env :HOME)") == "Type error: expected string, got keyword"


def test_places(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("USER", "me")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv("SEMA_HOME", raising=False)
    assert run("(sys/cwd)") == f'"{tmp_path}"'
    assert run("(list (sys/home-dir) (sys/user) (sys/config-dir) (sys/sema-home))") == (
        '("/home/me" "me" "/home/me/.config" "/home/me/.sema")'
    )
    monkeypatch.setenv("XDG_CONFIG_HOME", "/settings")
    monkeypatch.setenv("SEMA_HOME", "/sema")
    assert run("(list (sys/config-dir) (sys/sema-home))") == '("/settings" "/sema")'
    monkeypatch.delenv("HOME")
    monkeypatch.delenv("USER")
    monkeypatch.delenv("LOGNAME", raising=False)
    assert run("(list (sys/home-dir) (sys/user))") == "(nil nil)"
    (tmp_path / "prog").touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert run('(list (sys/which "prog") (sys/which "other"))') == f'("{tmp_path}/prog" nil)'


def test_the_process(run: Run) -> None:
    assert run("(sys/pid)") == str(os.getpid())
    assert run("(list (sys/platform) (sys/os))") == '("linux" "linux")'
    assert run("(sys/arch)") == f'"{os.uname().machine}"'
    assert run("(sys/hostname)") == f'"{os.uname().nodename}"'
    assert run("(let ((t (sys/elapsed))) (< 0 t (sys/elapsed)))") == "#t"
    before, after = run("(sys/interner-stats)"), run("(list :quite-new-1 (sys/interner-stats))")
    assert before.startswith("{:bytes ") and before not in after


def test_the_terminal() -> None:
    program = "(print (list (sys/interactive?) (sys/term-size) (string? (sys/tty))))"
    command = [sys.executable, "-m", "sema", "-e", program]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
    )
    assert done.stdout == "(#f nil #f)"
    outer, inner = pty.openpty()
    termios.tcsetwinsize(inner, (30, 100))
    done = subprocess.run(command, stdin=inner, capture_output=True, text=True, check=True)
    os.close(inner)
    os.close(outer)
    assert done.stdout == "(#t {:cols 100 :rows 30} #t)"
