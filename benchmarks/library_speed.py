"""The library beside CPython and, where it is installed and has the function, Lua 5.4.

``python -m benchmarks.library_speed [WORD]`` measures the rows whose name contains the word;
``make bench`` measures all. Rounds are interleaved, the shortest of each counts. The aim: nothing
slower than CPython, and half its time wherever a callback is involved.
"""

from __future__ import annotations

import gc
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import sema
from benchmarks import library_rows as data
from benchmarks.library_rows import ROWS, Row
from sema.tools.bench.command import progress
from sema.tools.tables import print_table

ROUNDS = 5
NAMES = ("Sema", "CPython", "Lua")

Times = dict[str, dict[str, float]]
"""The shortest time of each row under each name, in milliseconds."""


def _interpreter(file: str) -> sema.Interpreter:
    made = sema.Interpreter()
    for name in ("ints", "mixed", "lines", "parts", "words", "text", "json", "table", "other"):
        made[name] = getattr(data, name.upper())
    made["file"], made["pattern"] = file, data.NUMBERS.pattern
    made.eval(
        "(define vector (list->vector ints)) (define decoded (json/decode json))"
        "(define start (map/zip (range 1000) (map (fn (i) 0) (range 1000))))"
    )
    return made


def _milliseconds(work: Callable[[], object]) -> float:
    """The processor's time, which is what Lua's clock gives; what comes out is freed within it."""
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def _lua_milliseconds(lua: str, rows: Sequence[Row], file: str) -> dict[str, float]:
    """The time of each row that Lua has, in one process."""
    chunks = "".join(
        f"do local start = os.clock() {row.lua} print((os.clock() - start) * 1000) end\n"
        for row in rows
        if row.lua
    )
    program = f"local file = [[{file}]]\n{data.LUA_DATA}{chunks}"
    done = subprocess.run([lua, "-"], input=program, capture_output=True, text=True, check=True)
    names = [row.name for row in rows if row.lua]
    return dict(zip(names, map(float, done.stdout.split()), strict=True))


def measure(rows: Sequence[Row], rounds: int, advance: Callable[[], None]) -> Times:
    """Run so many rounds; ``advance`` is called after each row of each."""
    lua = shutil.which("lua5.4")
    times: Times = {row.name: {} for row in rows}

    def note(row: str, subject: str, taken: float) -> None:
        times[row][subject] = min(taken, times[row].get(subject, taken))

    with tempfile.TemporaryDirectory() as directory:
        file = str(Path(directory) / "lines.txt")
        with open(file, "w", encoding="utf-8") as lines:
            lines.writelines(f"{i} {i * 7919 % 1000}\n" for i in range(data.N_LINES_IN_FILE))
        program = _interpreter(file)
        functions: dict[str, Any] = {row.name: program.eval(f"(fn () {row.sema})") for row in rows}
        # What all rows work on is of no concern to a collection within one of them.
        gc.collect()
        gc.freeze()
        try:
            for _ in range(rounds):
                for row in rows:
                    note(row.name, "Sema", _milliseconds(functions[row.name]))
                    note(row.name, "CPython", _milliseconds(partial(row.python, file)))
                    advance()
                for name, taken in (_lua_milliseconds(lua, rows, file) if lua else {}).items():
                    note(name, "Lua", taken)
        finally:
            gc.unfreeze()
    return times


def reached(row: Row, taken: dict[str, float]) -> bool:
    """Whether a row meets the aim."""
    return taken["Sema"] / taken["CPython"] <= (0.5 if row.calls_back else 1.0)


def table_of(times: Times) -> tuple[list[str], list[list[str]]]:
    """The headings and the rows: times, ratios to CPython's and Lua's, a star where the aim is not
    met."""
    rows = []
    for row in ROWS:
        taken = times.get(row.name)
        if taken is None:
            continue
        ours = taken["Sema"]
        ratios = [f"{ours / taken[name]:.2f}" if name in taken else "" for name in NAMES[1:]]
        shown = [f"{taken[name]:.2f}" if name in taken else "" for name in NAMES]
        rows.append([row.name, *shown, *ratios, "" if reached(row, taken) else "*"])
    return ["", *NAMES, "to CPython", "to Lua", ""], rows


def print_times(times: Times) -> None:
    """The table, on standard output."""
    headings, rows = table_of(times)
    print("\nthe library, ms; ratios below 1: faster; * the aim is not met yet\n")
    print_table(headings, rows, sys.stdout)


def main() -> int:
    """The command."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    rows = [row for row in ROWS if wanted in row.name]
    if not rows:
        print(f"no row's name contains {wanted}", file=sys.stderr)
        return 2
    with progress(len(rows) * ROUNDS) as advance:
        times = measure(rows, ROUNDS, advance)
    print_times(times)
    return 0


if __name__ == "__main__":
    sys.exit(main())
