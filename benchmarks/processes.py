"""Whole processes: start-up time, and hyperfine's comparison of complete runs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from sema.tools.bench.subjects import PEERS
from sema.tools.bench.suite import HERE
from sema.tools.options import CALL_CACHES

EXAMPLES = Path(__file__).parent.parent / "examples"
SEMA = [sys.executable, "-m", "sema"]
WHOLE_RUNS = 500


def start_up(rounds: int) -> dict[str, float]:
    """Milliseconds that the smallest program takes, and the smallest of Python; in turns."""
    commands = {"sema -e 1": [*SEMA, "-e", "1"], "python -c pass": [sys.executable, "-c", "pass"]}
    samples: dict[str, list[float]] = {name: [] for name in commands}
    # As on a user's machine, Python's byte code is kept from the first start on.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    for command in commands.values():
        subprocess.run(command, stdout=subprocess.DEVNULL, env=environment, check=True)
    for _ in range(rounds):
        for name, command in commands.items():
            start = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, env=environment, check=True)
            samples[name].append((time.perf_counter() - start) * 1000)
    return {name: median(values) for name, values in samples.items()}


def whole_processes() -> dict[str, float]:
    """Milliseconds of complete runs of tak by hyperfine; empty if it is not installed."""
    if shutil.which("hyperfine") is None:
        return {}
    tak = EXAMPLES / "benchmarks" / "tak.sema"
    commands = {
        f"sema, {cache}": [*SEMA, f"--call-cache={cache}", str(tak)] for cache in CALL_CACHES
    }
    for peer in PEERS:
        if shutil.which(peer.command[0]):
            peers = HERE / "peers"
            program = [f"{peers}/{peer.harness}", f"{peers}/tak{peer.suffix}", "1"]
            commands[peer.name] = [*peer.command, *program]
    with tempfile.TemporaryDirectory() as directory:
        report, question = Path(directory) / "report.json", Path(directory) / "question.txt"
        question.write_text(f"{WHOLE_RUNS}\n", encoding="utf-8")
        words = ["hyperfine", "--style=none", "--warmup=1", "--runs=3", f"--export-json={report}"]
        words.append(f"--input={question}")
        for name, command in commands.items():
            words += ["--command-name", name, subprocess.list2cmdline(command)]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        results: list[dict[str, Any]] = json.loads(report.read_text())["results"]
    return {result["command"]: result["median"] * 1000 for result in results}


def reader_speed() -> float:
    """Megabytes of source a second that the reader reads."""
    from sema.reader import read_all

    sources = [*HERE.glob("programs/*.sema"), *EXAMPLES.glob("**/*.sema")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(sources)) * 20
    samples = []
    for _ in range(5):
        start = time.perf_counter()
        read_all(text, None)
        samples.append(time.perf_counter() - start)
    return len(text.encode()) / median(samples) / 1e6
