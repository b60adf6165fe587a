"""Other programs: run to their end, or beside this one; signals from other processes."""

from __future__ import annotations

import os
import signal
import subprocess
from codecs import getincrementaldecoder
from contextlib import suppress
from itertools import count
from threading import Lock, Thread
from typing import IO, Any

from sema.errors import EvalError, SemaTypeError, reason_of
from sema.stdlib.outside import eval_errors, given_up, io_errors, keyword_map, option
from sema.stdlib.registry import builtin
from sema.vm.maps import Map
from sema.vm.types import type_name
from sema.vm.values import Keyword

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from sema.embed.namespace import Context
    from sema.stdlib.kinds import ListOrVector

_PATIENCE = 0.1  # seconds between two looks at whether a wait was given up


def environment_of(options: Any) -> dict[str, str] | None:
    """The environment of a program to start: ours and what the option ``:env`` adds."""
    added = option(options, "env", Map)
    if added is None:
        return None
    variables = dict(os.environ)
    for name, value in added.items():
        if type(name) in (str, Keyword) and type(value) is str:
            variables[name if type(name) is str else name.name] = value
    return variables


# --- Running a program to its end -----------------------------------------------------------------


class _Command:
    """A program that runs to its end, or until it is killed."""

    def __init__(self, words: list[str], options: Any) -> None:
        self._killed = False
        self._process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=option(options, "cwd", str),
            env=environment_of(options),
            start_new_session=True,
        )

    def result(self) -> tuple[bytes, bytes, int]:
        """Its output, its errors and its exit code, once it has ended."""
        with self._process as process, given_up(self.kill):
            while True:
                try:
                    out, err = process.communicate(timeout=_PATIENCE)
                    return out, err, max(process.returncode, -1)
                except subprocess.TimeoutExpired:
                    # Programs that it has started may keep its pipes open.
                    if self._killed:
                        return b"", b"", -1

    def kill(self) -> None:
        """Let :meth:`result` return at once; what it has started and still waits for ends too."""
        self._killed = True
        if self._process.poll() is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@builtin(
    "shell",
    doc="Runs a command: a text alone through the shell, with arguments as it is. A map of its "
    ":stdout, :stderr and :exit-code. A map as last argument may give :cwd and :env.",
    example='(:stdout (shell "echo hello"))',
    capability="shell process",
    tier="T2",
    blocking=True,
)
def shell(command: str, *arguments: Any) -> Map:
    has_options = arguments and type(arguments[-1]) is Map
    options = arguments[-1] if has_options else None
    words = command_words("shell", [command, *(arguments[:-1] if has_options else arguments)])
    if len(words) == 1:
        words = ["sh", "-c", command]
    with io_errors("shell", command):
        out, err, code = _Command(words, options).result()
    return keyword_map(
        {
            "stdout": out.decode(errors="replace"),
            "stderr": err.decode(errors="replace"),
            "exit-code": code,
        }
    )


@builtin(
    "shell/quote",
    doc="A text as one word for the shell.",
    example="""(shell/quote "two words") => "'two words'\"""",
    tier="T2",
)
def quote(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


# --- Programs beside this one ---------------------------------------------------------------------


class _Output:
    """What comes out of a pipe, collected by a thread, so that its writer need never wait."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._lock = Lock()
        self._text = ""
        self._collector = Thread(target=self._collect, daemon=True)
        self._collector.start()

    def _collect(self) -> None:
        with self._pipe:
            while True:
                data = os.read(self._pipe.fileno(), 65536)
                with self._lock:
                    self._text += self._decode(data, final=not data)
                if not data:
                    return

    def taken(self) -> str:
        """What has come since the last call."""
        with self._lock:
            text, self._text = self._text, ""
        return text

    def settle(self) -> None:
        """Wait for the last output of a program that has ended; not for what it has started."""
        self._collector.join(_PATIENCE)


class _Process:
    """A program that runs beside this one."""

    def __init__(self, words: list[str], options: Any) -> None:
        self._process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=option(options, "cwd", str),
            env=environment_of(options),
        )
        stdin, stdout, stderr = self._process.stdin, self._process.stdout, self._process.stderr
        assert stdin is not None and stdout is not None and stderr is not None
        self._is_settled = False
        self.stdin = stdin
        self.stdout = _Output(stdout)
        self.stderr = _Output(stderr)

    def exit_code(self) -> int | None:
        """The exit code, None as long as it runs; then all its output has been collected."""
        status = self._process.poll()
        if status is None:
            return None
        if not self._is_settled:
            self.stdout.settle()
            self.stderr.settle()
            self._is_settled = True
        return max(status, -1)

    def wait(self) -> int:
        """Wait until it ends; its exit code."""
        self._process.wait()
        code = self.exit_code()
        return -1 if code is None else code

    def write(self, data: bytes) -> None:
        """Write to its standard input. Raises OSError, ValueError."""
        self.stdin.write(data)
        self.stdin.flush()

    def kill(self) -> None:
        self._process.kill()

    def close(self) -> None:
        """Kill it and wait for its end."""
        self._process.kill()
        self._process.wait()
        with suppress(OSError):
            self.stdin.close()


class Processes:
    """The programs that an interpreter has started, by handle."""

    def __init__(self) -> None:
        self._by_handle: dict[int, _Process] = {}
        self._handles = count(1)

    def add(self, process: _Process) -> int:
        """Keep a process and return its handle."""
        handle = next(self._handles)
        self._by_handle[handle] = process
        return handle

    def find(self, name: str, handle: int) -> _Process:
        """The process of a handle given to ``name``. Raises EvalError."""
        process = self._by_handle.get(handle)
        if process is None:
            raise EvalError(f"{name}: no such handle {handle}")
        return process

    def close(self, name: str, handle: int) -> None:
        """End a process and forget its handle. Raises EvalError."""
        self.find(name, handle).close()
        del self._by_handle[handle]

    def __del__(self) -> None:
        for process in self._by_handle.values():
            process.close()


def _process(context: Context, name: str, handle: int) -> _Process:
    return context.kept(Processes).find(name, handle)


def command_words(name: str, words: Iterable[Any]) -> list[str]:
    """The words of a command line. Raises SemaTypeError, EvalError."""
    found = list(words)
    for word in found:
        if type(word) is not str:
            raise SemaTypeError("string", type_name(word))
    if not found:
        raise EvalError(f"{name}: expected a program and its arguments")
    return found


@builtin(
    "proc/spawn",
    doc="Starts a program, given as a list of the command and its arguments; its handle. The "
    "options are :cwd and :env.",
    example='(proc/spawn ["cat"])',
    capability="process",
    tier="T2",
    owned=True,
)
def spawn(context: Context, command: ListOrVector, options: Any = None) -> int:
    words = command_words("proc/spawn", command)
    with eval_errors("proc/spawn", words[0]):
        return context.kept(Processes).add(_Process(words, options))


@builtin(
    "proc/read-stdout",
    doc="What a program has written since the last call.",
    example="(proc/read-stdout 1)",
    capability="process",
    tier="T2",
    owned=True,
)
def read_stdout(context: Context, handle: int) -> str:
    return _process(context, "proc/read-stdout", handle).stdout.taken()


@builtin(
    "proc/read-stderr",
    doc="What a program has written to standard error since the last call.",
    example="(proc/read-stderr 1)",
    capability="process",
    tier="T2",
    owned=True,
)
def read_stderr(context: Context, handle: int) -> str:
    return _process(context, "proc/read-stderr", handle).stderr.taken()


@builtin(
    "proc/write-stdin",
    doc="Writes a text to the standard input of a program.",
    example='(proc/write-stdin 1 "text\\n")',
    capability="process",
    tier="T2",
    blocking=True,
    owned=True,
)
def write_stdin(context: Context, handle: int, text: str) -> None:
    process = _process(context, "proc/write-stdin", handle)
    try:
        process.write(text.encode())
    except (OSError, ValueError) as error:
        # Not "from error": a broken pipe as cause means the end of our own output.
        reason = "stdin is closed" if process.stdin.closed else reason_of(error)
        raise EvalError(f"proc/write-stdin: {reason}") from None


@builtin(
    "proc/close-stdin",
    doc="Ends the standard input of a program.",
    example="(proc/close-stdin 1)",
    capability="process",
    tier="T2",
    owned=True,
)
def close_stdin(context: Context, handle: int) -> None:
    with suppress(OSError):
        _process(context, "proc/close-stdin", handle).stdin.close()


@builtin(
    "proc/wait",
    doc="Waits until a program ends; its exit code, -1 if a signal ended it.",
    example="(proc/wait 1)",
    capability="process",
    tier="T2",
    blocking=True,
    owned=True,
)
def wait(context: Context, handle: int) -> int:
    return _process(context, "proc/wait", handle).wait()


@builtin(
    "proc/exit-code",
    doc="The exit code of a program, nil while it runs.",
    example="(proc/exit-code 1)",
    capability="process",
    tier="T2",
    owned=True,
)
def exit_code(context: Context, handle: int) -> int | None:
    return _process(context, "proc/exit-code", handle).exit_code()


@builtin(
    "proc/running?",
    doc="Whether a program runs.",
    example="(proc/running? 1)",
    capability="process",
    tier="T2",
    owned=True,
)
def is_running(context: Context, handle: int) -> bool:
    return _process(context, "proc/running?", handle).exit_code() is None


@builtin(
    "proc/kill",
    doc="Kills a program.",
    example="(proc/kill 1)",
    capability="process",
    tier="T2",
    owned=True,
)
def kill(context: Context, handle: int) -> None:
    _process(context, "proc/kill", handle).kill()


@builtin(
    "proc/close",
    doc="Kills a program and forgets its handle.",
    example="(proc/close 1)",
    capability="process",
    tier="T2",
    owned=True,
)
def close(context: Context, handle: int) -> None:
    context.kept(Processes).close("proc/close", handle)


# --- Signals --------------------------------------------------------------------------------------

_SIGNALS = {"int": "SIGINT", "term": "SIGTERM", "winch": "SIGWINCH"}
_arrivals: dict[str, int] = {}


@builtin(
    "__vm-watch-signal",
    doc="Counts the signals of a kind from now on; how many have been counted so far.",
    example="(__vm-watch-signal :winch)",
    capability="process",
    tier="T2",
)
def watch_signal(kind: Keyword) -> int:
    number = getattr(signal, _SIGNALS.get(kind.name, ""), None)
    if number is None:
        raise EvalError(f"sys/on-signal: expected :int, :term or :winch, got :{kind.name}")
    if kind.name not in _arrivals:
        with eval_errors("sys/on-signal"):
            signal.signal(number, lambda *_: _note(kind.name))
        _arrivals[kind.name] = 0
    return _arrivals[kind.name]


def _note(kind: str) -> None:
    _arrivals[kind] += 1


@builtin(
    "__vm-signal-count",
    doc="How many signals of a kind have been counted.",
    example="(__vm-signal-count :int)",
    tier="T2",
)
def signal_count(kind: Keyword) -> int:
    return _arrivals.get(kind.name, 0)
