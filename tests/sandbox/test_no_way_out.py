"""No builtin reaches files, the network, processes or databases without the capability for it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

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


def test_with_a_capability_it_is_seen() -> None:
    found = set(reached("fs-read"))
    assert {"file/read", "file/list", "file/exists?"} & found
    assert not {"file/write", "shell", "http/get", "db/open"} & found
