"""Calls every builtin in a sandbox, and prints what Python's audit hooks saw.

Run as a program, with the capabilities that the sandbox has as its arguments: prints a JSON object
from the names of builtins that reached outside to what was seen.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import tempfile
from pathlib import Path

import sema
from sema.stdlib import registry

OUTSIDE = (
    "open", "os.", "subprocess.", "socket.", "sqlite3.", "shutil.", "glob.", "tempfile.",
    "pathlib.", "urllib.", "http.", "ctypes.", "fcntl.", "signal.", "sys.addaudithook", "pty.",
    "webbrowser.",
)  # fmt: skip
"""Events (https://docs.python.org/3/library/audit_events.html) that a sandbox must not cause."""

OWN = tuple(
    str(Path(place).resolve())
    for place in (sys.prefix, sys.base_prefix, Path(sema.__file__).parent)
)
"""Where modules come from: importing one is no way out."""

seen: list[str] = []
watching = False


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
    seen.append(f"{event} {arguments!r}"[:200])


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

    assert asyncio and sqlite3
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
