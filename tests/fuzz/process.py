"""The process in which inputs are tried, replaced when one of them has killed it or hangs."""

from __future__ import annotations

import base64
import json
import os
import select
import subprocess
import sys
import tempfile
from pathlib import Path

HARD_LIMIT = 40.0
"""Seconds after which an input has shown that nothing stops it."""
ROOT = Path(__file__).parent.parent.parent


def under_sanitiser(build: Path) -> dict[str, str]:
    """The environment of a process that uses a build with the address sanitiser."""
    library = subprocess.run(
        ["gcc", "-print-file-name=libasan.so"], check=True, capture_output=True, text=True
    ).stdout.strip()
    return {
        **os.environ,
        "PYTHONPATH": str(build),
        "LD_PRELOAD": library,
        # Python frees little at its end, and asks for more than there is when a program does.
        "ASAN_OPTIONS": "detect_leaks=0:allocator_may_return_null=1:handle_segv=1",
        # Each object by itself, so that what is used too late is seen.
        "PYTHONMALLOC": "malloc",
    }


class Worker:
    """Where inputs are tried, with a sanitised build if there is one."""

    def __init__(self, hard_limit: float = HARD_LIMIT, sanitised: Path | None = None) -> None:
        self._hard_limit = hard_limit
        self._environment = None if sanitised is None else under_sanitiser(sanitised)
        self._process: subprocess.Popen[str] | None = None
        self._errors = tempfile.TemporaryFile("w+", errors="replace")

    @property
    def is_new(self) -> bool:
        """Whether the next input is the first one of its process."""
        return self._process is None

    def verdict(self, target: str, data: bytes) -> str:
        """What is wrong after the input was tried; empty if nothing is."""
        process = self._process or self._start()
        assert process.stdin is not None and process.stdout is not None
        try:
            question = json.dumps([target, base64.b64encode(data).decode()])
            print(question, file=process.stdin, flush=True)
            ready, _, _ = select.select([process.stdout], [], [], self._hard_limit)
            answer = process.stdout.readline() if ready else ""
        except BrokenPipeError:
            ready, answer = [process.stdout], ""
        if answer:
            found: str = json.loads(answer)
            return found
        if not ready:
            self.close()
            return f"nothing stopped it within {self._hard_limit:.0f} s"
        status = process.wait(10)
        self._errors.seek(0)
        report = self._errors.read()
        self.close()
        return f"the process died ({status})\n{report[-6000:]}"

    def _start(self) -> subprocess.Popen[str]:
        self._errors.seek(0)
        self._errors.truncate()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            cwd=ROOT,
            env=self._environment,
        )
        return self._process

    def close(self) -> None:
        """End the process; the next input starts a new one."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
