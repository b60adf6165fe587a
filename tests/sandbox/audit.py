"""Calls every builtin in a sandbox, and prints what reached outside: what Python's audit hooks saw,
and what of the environment, the clock and the machine was asked for, which has no such events.

Run as a program, with the capabilities that the sandbox has as its arguments: prints a JSON object
from the names of builtins that reached outside to what was seen.
"""

from __future__ import annotations

import contextlib
import getpass
import io
import json
import os
import platform
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

OWN = tuple(
    str(place.resolve())
    for place in (Path(sys.prefix), Path(sys.base_prefix), Path(__file__).parents[2] / "src")
)
"""Where modules come from: importing one is no way out."""

seen: list[str] = []
watching = False


def note(what: str) -> None:
    if watching:
        seen.append(what[:200])


def watched(module: Any, name: str) -> Callable[..., Any]:
    """The function of a module, which takes note of its calls."""
    function = getattr(module, name)

    def watching_function(*args: Any, **options: Any) -> Any:
        if not (args and str(args[0]).startswith(OWN)):
            note(f"{module.__name__}.{name}")
        return function(*args, **options)

    return watching_function


class Environment(type(os.environ)):  # type: ignore[misc]
    """The environment, which takes note of who asks."""

    def __getitem__(self, key: Any) -> Any:
        note(f"os.environ {key}")
        return super().__getitem__(key)

    def __setitem__(self, key: Any, value: Any) -> None:
        note(f"os.environ {key}")
        super().__setitem__(key, value)

    def __iter__(self) -> Any:
        note("os.environ")
        return super().__iter__()


OF_THE_MACHINE = {
    os: "getcwd getcwdb getpid getppid getlogin getuid geteuid getgid uname cpu_count getloadavg "
    "get_terminal_size isatty ttyname times stat lstat access readlink",
    time: "time time_ns perf_counter perf_counter_ns process_time process_time_ns thread_time "
    "localtime gmtime ctime strftime asctime clock_gettime clock_gettime_ns",
    socket: "gethostname getfqdn",
    platform: "node system release version machine processor platform uname",
    getpass: "getuser",
    tempfile: "gettempdir mkstemp mkdtemp",
}
"""What Python tells of the machine without an event. The scheduler's clock, monotonic, is not
among it: waiting must be possible."""

# Before anything of ours is loaded, which then has the watched ones.
os.environ.__class__ = Environment
for module, names in OF_THE_MACHINE.items():
    for name in names.split():
        setattr(module, name, watched(module, name))

import sema  # noqa: E402
from sema.stdlib import registry  # noqa: E402

OUTSIDE = (
    "open", "os.", "subprocess.", "socket.", "sqlite3.", "shutil.", "glob.", "tempfile.",
    "pathlib.", "urllib.", "http.", "ctypes.", "fcntl.", "signal.", "sys.addaudithook", "pty.",
    "webbrowser.",
)  # fmt: skip
"""Events (https://docs.python.org/3/library/audit_events.html) that a sandbox must not cause."""


def hook(event: str, arguments: tuple[object, ...]) -> None:
    if not watching or not event.startswith(OUTSIDE):
        return
    place = arguments[0] if arguments else ""
    if event in ("open", "os.listdir", "os.scandir") and str(place).startswith(OWN):
        return
    if event.startswith("sqlite3.connect") and place == ":memory:":
        return
    if event == "sqlite3.connect/handle":
        return
    note(f"{event} {arguments!r}")


def argument_lists(interpreter: sema.Interpreter, least: int, most: int) -> list[list[object]]:
    """Arguments such as somebody would try who wants to get out."""
    with tempfile.TemporaryDirectory() as directory:
        there = Path(directory) / "there"
    values = [
        "/etc/passwd", str(there), "..", "http://127.0.0.1:9/", "echo", 1, 0, b"text",
        interpreter.eval("'(\"echo\" \"1\")"), interpreter.eval('{:cwd "/" :path "/etc"}'),
        interpreter.eval("(fn (. xs) 1)"), interpreter.eval("(fn (x) x)"),
        interpreter.eval("'symbol"),
    ]  # fmt: skip
    most = least + 2 if most < 0 else min(most, least + 2)
    lists: list[list[object]] = []
    for n in range(least, most + 1):
        lists += [[value] * n for value in values]
        lists += [["/etc/passwd", *[value] * (n - 1)] for value in values if n > 1]
    return lists or [[]]


def main() -> None:
    global watching
    known = sema.Interpreter()
    names = sorted(registry.names())
    for name in names:
        with contextlib.suppress(Exception):
            known[name]
    import asyncio
    import sqlite3
    import uuid

    assert asyncio and sqlite3 and uuid
    interpreter = sema.Interpreter(
        sandbox=sema.Sandbox(capabilities=sys.argv[1:], fuel=2_000_000, timeout=2)
    )
    sys.addaudithook(hook)
    reached: dict[str, list[str]] = {}
    os.close(0)
    for name in names:
        declared = registry.declaration(name)
        if declared is None or name != declared.name:
            continue
        lists = argument_lists(known, declared.min_args, declared.max_args)
        watching = True
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            for arguments in lists:
                with contextlib.suppress(Exception, SystemExit):
                    interpreter[name](*arguments)
        watching = False
        if seen:
            reached[name] = seen[:3]
            seen.clear()
    print(json.dumps(reached))


if __name__ == "__main__":
    main()
