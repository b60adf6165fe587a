"""The library beside CPython, and Lua 5.4 where it is installed and has the function.

``python -m benchmarks.library_speed [WORD]`` measures the rows whose name contains the word. Rounds
are interleaved, the shortest of each counts. The aim: nothing slower than CPython, and half its
time wherever a callback is involved.
"""

from __future__ import annotations

import functools
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import sema

ROUNDS = 5
N = 100_000
LINES = [f"line {i}: the quick brown fox number {i * 7919 % 1000}" for i in range(N)]
TEXT = "\n".join(LINES)
WORDS = TEXT.split()
ROWS = [{"id": i, "name": f"name {i}", "tags": ["a", "b"], "score": i / 7} for i in range(30_000)]


class Row(NamedTuple):
    """One thing to do: as Sema, as Python and perhaps as Lua, on the data made by PRELUDE."""

    name: str
    sema: str
    python: Callable[[], object]
    lua: str | None = None
    calls_back: bool = False


def successor(x: int) -> int:
    return x + 1


def is_small(x: int) -> bool:
    return x < 50_000


def falling(a: int, b: int) -> int:
    return b - a


def mapped() -> list[int]:
    return list(map(successor, INTS))


def filtered() -> list[int]:
    return list(filter(is_small, INTS))


def assoc_loop() -> dict[int, int]:
    made = {}
    for i in range(N):
        made[i] = i
    return made


def count_words() -> dict[str, int]:
    counts: dict[str, int] = {}
    for word in WORDS:
        counts[word] = counts.get(word, 0) + 1
    return counts


def build_text() -> str:
    text = ""
    for i in range(N):
        text += str(i)
    return text


def read_lines() -> int:
    n = 0
    with open(FILE, encoding="utf-8") as file:
        for _ in file:
            n += 1
    return n


DIRECTORY = tempfile.TemporaryDirectory()
FILE = str(Path(DIRECTORY.name) / "lines.txt")
INTS = list(range(N))
MIXED = [i * 7919 % N for i in range(N)]
TABLE = {i: i for i in range(N)}
OTHER = {i: -i for i in range(N // 2, N + N // 2)}
JSON = json.dumps(ROWS)
DIGITS = re.compile(r"(\d+): .*number (\d+)")

PRELUDE = f"""
local N = {N}
local ints, mixed, lines, words = {{}}, {{}}, {{}}, {{}}
for i = 1, N do
  ints[i] = i - 1
  mixed[i] = (i - 1) * 7919 % N
  lines[i] = "line " .. i .. ": the quick brown fox number " .. i * 7919 % 1000
end
local text = table.concat(lines, "\\n")
for word in text:gmatch("%S+") do words[#words + 1] = word end
"""

TABLE_OF_ROWS = [
    Row(
        "map",
        "(map (fn (x) (+ x 1)) ints)",
        mapped,
        "local t = {} for i = 1, N do t[i] = (function(x) return x + 1 end)(ints[i]) end",
        True,
    ),
    Row(
        "filter",
        "(filter (fn (x) (< x 50000)) ints)",
        filtered,
        None,
        True,
    ),
    Row(
        "foldl",
        "(foldl (fn (a x) (+ a x)) 0 ints)",
        lambda: functools.reduce(lambda a, x: a + x, INTS, 0),
        None,
        True,
    ),
    Row(
        "sort",
        "(sort mixed)",
        lambda: sorted(MIXED),
        "local t = {} table.move(mixed, 1, N, 1, t) table.sort(t)",
    ),
    Row(
        "sort with a comparator",
        "(sort mixed (fn (a b) (> a b)))",
        lambda: sorted(MIXED, key=functools.cmp_to_key(falling)),
        "local t = {} table.move(mixed, 1, N, 1, t) table.sort(t, function(a, b) return a > b end)",
        True,
    ),
    Row(
        "sort-by",
        "(sort-by (fn (x) (- x)) mixed)",
        lambda: sorted(MIXED, key=lambda x: -x),
        None,
        True,
    ),
    Row("append", "(append ints ints)", lambda: INTS + INTS),
    Row("reverse", "(reverse ints)", lambda: INTS[::-1]),
    Row(
        "nth of a vector",
        "(do ((i 0 (+ i 1))) ((= i 100000)) (nth vector i))",
        lambda: [INTS[i] for i in range(N)],
    ),
    Row(
        "text built piece by piece",
        '(do ((i 0 (+ i 1)) (s "" (string-append s (str i)))) ((= i 100000) s))',
        build_text,
    ),
    Row("split a text", '(string/split text "\n")', lambda: TEXT.split("\n")),
    Row(
        "join a text",
        '(string/join lines "\n")',
        lambda: "\n".join(LINES),
        'local s = table.concat(lines, "\\n")',
    ),
    Row(
        "words counted into a map",
        "(foldl (fn (m w) (assoc m w (+ 1 (get m w 0)))) {} words)",
        count_words,
        "local m = {} for i = 1, #words do m[words[i]] = (m[words[i]] or 0) + 1 end",
        True,
    ),
    Row(
        "assoc in a loop",
        "(do ((i 0 (+ i 1)) (m {} (assoc m i i))) ((= i 100000) m))",
        assoc_loop,
        "local m = {} for i = 1, N do m[i] = i end",
    ),
    Row(
        "get in a loop",
        "(do ((i 0 (+ i 1))) ((= i 100000)) (get table i))",
        lambda: [TABLE.get(i) for i in range(N)],
    ),
    Row("merge", "(merge table other)", lambda: TABLE | OTHER),
    Row("JSON decoded", "(json/decode json)", lambda: json.loads(JSON)),
    Row("JSON encoded", "(json/encode decoded)", lambda: json.dumps(ROWS)),
    Row(
        "string/upper of lines",
        "(map string/upper lines)",
        lambda: [line.upper() for line in LINES],
    ),
    Row(
        "string/contains? of lines",
        '(filter (fn (line) (string/contains? line "99")) lines)',
        lambda: [line for line in LINES if "99" in line],
        None,
        True,
    ),
    Row(
        "regex/match of lines",
        r"(map (fn (line) (regex/match pattern line)) lines)",
        lambda: [DIGITS.search(line) for line in LINES],
        None,
        True,
    ),
    Row(
        "a file read by lines",
        "(file/fold-lines file (fn (n line) (+ n 1)) 0)",
        read_lines,
        None,
        True,
    ),
]


def interpreter() -> sema.Interpreter:
    made = sema.Interpreter()
    made["ints"], made["mixed"], made["lines"], made["words"] = INTS, MIXED, LINES, WORDS
    made["text"], made["json"], made["file"] = TEXT, JSON, FILE
    made["pattern"] = DIGITS.pattern
    made["table"], made["other"] = TABLE, OTHER
    made.eval("(define vector (list->vector ints)) (define decoded (json/decode json))")
    return made


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def lua_seconds(lua: str, rows: list[Row]) -> dict[str, float]:
    """The seconds of each row that Lua has."""
    chunks = "".join(
        f"do local start = os.clock() {row.lua} print(os.clock() - start) end\n"
        for row in rows
        if row.lua
    )
    done = subprocess.run(
        [lua, "-"], input=PRELUDE + chunks, capture_output=True, text=True, check=True
    )
    names = [row.name for row in rows if row.lua]
    return dict(zip(names, map(float, done.stdout.split()), strict=True))


def main() -> None:
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    rows = [row for row in TABLE_OF_ROWS if wanted in row.name]
    Path(FILE).write_text("\n".join(LINES * 10) + "\n", encoding="utf-8")
    lua = shutil.which("lua5.4")
    program = interpreter()
    functions: dict[str, Any] = {}
    for row in rows:
        functions[row.name] = program.eval(f"(fn () {row.sema})")
    times: dict[str, list[list[float]]] = {row.name: [[], [], []] for row in rows}
    for _ in range(ROUNDS):
        for row in rows:
            times[row.name][0].append(seconds(functions[row.name]))
            times[row.name][1].append(seconds(row.python))
        for name, taken in (lua_seconds(lua, rows) if lua else {}).items():
            times[name][2].append(taken)
    print(f"ms; Sema {sema.__version__}, CPython {sys.version.split()[0]}{', Lua 5.4' * bool(lua)}")
    print(f"{'':27}{'Sema':>8} {'CPython':>8} {'ratio':>6} {'Lua':>8}")
    for row in sorted(rows, key=lambda row: not reached(row, times[row.name])):
        ours, python, peers = (min(taken) * 1000 if taken else 0 for taken in times[row.name])
        mark = "" if reached(row, times[row.name]) else "  not yet"
        shown = f"{peers:8.2f}" if peers else " " * 8
        print(f"{row.name:27}{ours:8.2f} {python:8.2f} {ours / python:6.2f} {shown}{mark}")


def reached(row: Row, taken: list[list[float]]) -> bool:
    """Whether the row meets the aim."""
    return min(taken[0]) / min(taken[1]) <= (0.5 if row.calls_back else 1.0)


if __name__ == "__main__":
    main()
