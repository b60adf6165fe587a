"""The fuzzer: tries inputs at random and keeps those that break what must hold.

``python -m tests.fuzz [--seconds N] [--seed N] [--target NAME]``; exits with 1 if something is
wrong. ``--replay FILE...`` tries what was kept.
"""

from __future__ import annotations

import argparse
import hashlib
import pickle
import re
import sys
import time
from collections import Counter
from pathlib import Path

from tests.fuzz.inputs import drawn
from tests.fuzz.minimising import minimised
from tests.fuzz.process import ROOT, Worker

KEPT = ROOT / "build" / "fuzz"
BEFORE = ".before"
"""What the file is called that has the inputs without which a problem does not arise."""
PATIENCE = 60.0
"""Seconds for making one input smaller."""
ENOUGH = 3
"""Inputs with the same problem that are kept."""


def kind_of(problem: str) -> str:
    """What problems have in common that are probably one."""
    where = re.search(r"\(([^()]*)\)$", problem)
    first = problem.split("\n")[0]
    return where[1] if where else re.sub(r"[0-9']+.*", "", first)[:60]


class Fuzzer:
    """Tries inputs and keeps those that are wrong."""

    def __init__(self, seed: int, sanitised: Path | None) -> None:
        self._seed = seed
        self._sanitised = sanitised
        self._worker = Worker(sanitised=sanitised)
        self._kinds: Counter[str] = Counter()
        self.tried: Counter[str] = Counter()

    @property
    def found(self) -> int:
        """How many problems were found."""
        return self._kinds.total()

    def run(self, seconds: float, only: str | None) -> None:
        """Try inputs for so many seconds."""
        deadline = time.monotonic() + seconds
        number = 0
        while time.monotonic() < deadline:
            target, data = drawn(self._seed, number)
            number += 1
            if only is None or target == only:
                self.tried[target] += 1
                problem = self._worker.verdict(target, data)
                if problem:
                    self._report(number - 1, target, data, problem)
        self._worker.close()

    def _report(self, number: int, target: str, data: bytes, problem: str) -> None:
        kind = f"{target}: {kind_of(problem)}"
        self._kinds[kind] += 1
        if self._kinds[kind] > ENOUGH:
            return
        print(f"number {number}, {target}: {problem.splitlines()[0]}", flush=True)
        before = list(self._worker.tried)[:-1]
        worker = Worker(10, self._sanitised)
        again = worker.verdict(target, data)
        if not again:
            problem = "only after others: " + problem
        elif target != "compiled":
            data = minimised(
                data.decode("utf-8", "surrogatepass"),
                lambda text: kind_of(
                    worker.verdict(target, text.encode("utf-8", "surrogatepass"))
                ) == kind_of(again),
                PATIENCE,
            ).encode("utf-8", "surrogatepass")  # fmt: skip
        worker.close()
        kept = keep(target, data, f"{problem}\nseed {self._seed}, number {number}\n")
        if not again:
            kept.with_suffix(BEFORE).write_bytes(pickle.dumps(before))
        print(f"  {kept}", flush=True)


def keep(target: str, data: bytes, problem: str) -> Path:
    """Write an input, and what was wrong beside it."""
    KEPT.mkdir(parents=True, exist_ok=True)
    file = KEPT / f"{target}-{hashlib.sha256(data).hexdigest()[:10]}"
    file.write_bytes(data)
    file.with_suffix(".problem").write_text(problem, encoding="utf-8", errors="replace")
    return file


def replay(files: list[Path], sanitised: Path | None) -> bool:
    """Try inputs that were kept. Whether all is well."""
    worker, well = Worker(sanitised=sanitised), True
    for file in files:
        before = file.with_suffix(BEFORE)
        for target, data in pickle.loads(before.read_bytes()) if before.exists() else ():
            worker.verdict(target, data)
        problem = worker.verdict(file.name.partition("-")[0], file.read_bytes())
        well = well and not problem
        print(f"{file.name}: {problem or 'well'}")
    worker.close()
    return well


def main() -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--target")
    parser.add_argument("--replay", type=Path, nargs="+", metavar="FILE")
    parser.add_argument("--sanitised", type=Path, metavar="BUILD")
    options = parser.parse_args()
    if options.sanitised:
        options.sanitised = options.sanitised.resolve()
    if options.replay:
        return 0 if replay(options.replay, options.sanitised) else 1
    fuzzer = Fuzzer(options.seed, options.sanitised)
    fuzzer.run(options.seconds, options.target)
    tried = ", ".join(f"{count} {target}" for target, count in sorted(fuzzer.tried.items()))
    print(f"tried {tried}; found {fuzzer.found} problems")
    return 1 if fuzzer.found else 0


if __name__ == "__main__":
    sys.exit(main())
