"""The process in which inputs are tried, replaced when one of them has killed it or hangs."""

from __future__ import annotations

import base64
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from pathlib import Path
from typing import IO

HARD_LIMIT = 30.0
"""Seconds of the processor after which an input has shown that nothing stops it."""
IDLE_LIMIT = 300.0
"""Seconds of the clock that it may take besides, because the machine is busy."""
REMEMBERED = 400
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


def _seconds_of(process: int) -> float:
    """The seconds of the processor that a process has spent; 0 if it is gone."""
    try:
        fields = (
            Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        )
    except (OSError, ValueError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Worker:
    """Where inputs are tried, with a sanitised build if there is one."""

    def __init__(self, hard_limit: float = HARD_LIMIT, sanitised: Path | None = None) -> None:
        self._hard_limit = hard_limit
        self._environment = None if sanitised is None else under_sanitiser(sanitised)
        self._process: subprocess.Popen[str] | None = None
        # What the process was given last.
        self.tried: deque[tuple[str, bytes]] = deque(maxlen=REMEMBERED)
        self._errors: IO[str] | None = None

    def verdict(self, target: str, data: bytes) -> str:
        """What is wrong after the input was tried; empty if nothing is."""
        process = self._process or self._start()
        assert process.stdin is not None and process.stdout is not None
        self.tried.append((target, data))
        try:
            question = json.dumps([target, base64.b64encode(data).decode()])
            print(question, file=process.stdin, flush=True)
            ready = self._waited(process)
            answer = process.stdout.readline() if ready else ""
        except BrokenPipeError:
            ready, answer = True, ""
        if answer:
            found: str = json.loads(answer)
            return found
        problem = "the process died"
        if not ready:
            problem = f"nothing stopped it within {self._hard_limit:.0f} s of the processor"
            # It shows where it is before it dies of that.
            process.send_signal(signal.SIGABRT)
        status = process.wait(10)
        assert self._errors is not None
        self._errors.seek(0)
        report = self._errors.read()
        self.close()
        return f"{problem} ({status})\n{report[-6000:]}"

    def _waited(self, process: subprocess.Popen[str]) -> bool:
        """Whether there is an answer in time, which is the processor's: others work as well."""
        begun, spent = time.monotonic(), _seconds_of(process.pid)
        while not select.select([process.stdout], [], [], 0.5)[0]:
            if _seconds_of(process.pid) - spent > self._hard_limit:
                return False
            if time.monotonic() - begun > IDLE_LIMIT + self._hard_limit:
                return False
        return True

    def _start(self) -> subprocess.Popen[str]:
        self._errors = tempfile.TemporaryFile("w+", errors="replace")  # noqa: SIM115  # close() does
        self.tried.clear()
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
        if self._errors is not None:
            self._errors.close()
            self._errors = None
