"""No builtin reaches files, the network, processes, databases, the environment, the clock or facts
about the machine without the capability for it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import sema

AUDIT = Path(__file__).with_name("audit.py")


def reached(*capabilities: str) -> dict[str, list[str]]:
    """The builtins that reached outside in a sandbox with the capabilities, and how."""
    run = subprocess.run(
        [sys.executable, str(AUDIT), *capabilities],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    found: dict[str, list[str]] = json.loads(run.stdout.splitlines()[-1])
    return found


def test_without_capabilities_nothing_is_reached() -> None:
    assert reached() == {}


EVERYTHING = {
    "fs-read": {"file/read", "file/list", "file/exists?"},
    "env-read": {"env", "sys/env-all", "sys/cwd", "sys/home-dir"},
    "env-write": {"sys/set-env"},
    "clock": {"time-ms", "time/now", "time", "sys/elapsed", "__vm-clock"},
    "host": {"sys/hostname", "sys/tty", "sys/term-size"},
}


@pytest.mark.parametrize("capability", EVERYTHING)
def test_with_a_capability_it_is_seen(capability: str) -> None:
    found = set(reached(capability))
    assert EVERYTHING[capability] <= found
    others = set().union(*EVERYTHING.values()) - EVERYTHING[capability]
    assert not others & found


def test_c_code_has_no_clock_of_its_own() -> None:
    """Calls of the system that no audit sees are made by the machine alone, for its limits."""
    sources = Path(sema.__file__).parent.rglob("*.pyx")
    told = re.compile(r"clock_gettime|gettimeofday|getenv|getcwd|gethostname|getpid|uname")
    users = {source.stem for source in sources if told.search(source.read_text(encoding="utf-8"))}
    assert users == {"limits", "machine", "sampler"}


SELECT = '(db/open-memory) (db/query ":memory:" "select {}")'


@pytest.mark.parametrize("what", ["strftime('%s', 'now')", "current_timestamp", "date('now')"])
def test_databases_do_not_tell_the_time(what: str) -> None:
    with pytest.raises(sema.SemaIOError, match="not authorized"):
        sema.Interpreter(sandbox=sema.Sandbox()).eval(SELECT.format(what))
    sema.Interpreter(sandbox=sema.Sandbox(capabilities={"clock"})).eval(SELECT.format(what))


@pytest.mark.parametrize("name", ["path/absolute", "path/canonicalize"])
@pytest.mark.parametrize("paths", [None, ["."]])
def test_relative_paths_do_not_tell_the_working_directory(
    name: str, paths: list[str] | None
) -> None:
    known = sema.Sandbox(capabilities={"fs-read", "env-read"}, paths=paths)
    unknown = sema.Sandbox(capabilities={"fs-read"}, paths=paths)
    here = os.path.realpath(".")
    assert sema.Interpreter(sandbox=known).eval(f'({name} ".")') == here
    assert sema.Interpreter(sandbox=unknown).eval(f'({name} "{here}")') == here
    with pytest.raises(sema.SemaPermissionError, match="env-read"):
        sema.Interpreter(sandbox=unknown).eval(f'({name} ".")')


def test_the_way_between_paths_does_not_either() -> None:
    with pytest.raises(sema.SemaError, match="cannot tell the way"):
        sema.Interpreter(sandbox=sema.Sandbox()).eval('(path/relative-to "/" "x")')
