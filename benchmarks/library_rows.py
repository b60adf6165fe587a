"""What the library is measured at: each thing as Sema, as Python and, where it can, as Lua 5.4."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from typing import NamedTuple

N = 100_000
N_LINES_IN_FILE = 1_000_000
LINES = [
    f"line {i}: the quick brown fox number {i * 7919 % 1000} jumps over as many lazy dogs as it can"
    for i in range(N)
]
PARTS = [*LINES, *LINES[: N // 3]]
TEXT = "\n".join(PARTS)
WORDS = [word for line in LINES for word in line.split()[:8]]
INTS = list(range(N))
MIXED = [i * 7919 % N for i in range(N)]
TABLE = {i: i for i in range(N)}
OTHER = {i: -i for i in range(N // 2, N + N // 2)}
RECORDS = [
    {"id": i, "name": f"name {i}", "tags": ["a", "b"], "score": i / 7} for i in range(150_000)
]
JSON = json.dumps(RECORDS)
NUMBERS = re.compile(r"(\d+): .*number (\d+)")


class Row(NamedTuple):
    """One thing to do, on the same data under the same names; ``file`` is the file's path."""

    name: str
    sema: str
    python: Callable[[str], object]
    lua: str | None = None
    calls_back: bool = False


LUA_DATA = f"""
local N = {N}
local ints, mixed, lines, parts, words, whole, other = {{}}, {{}}, {{}}, {{}}, {{}}, {{}}, {{}}
for i = 1, N do
  ints[i], mixed[i], whole[i - 1] = i - 1, (i - 1) * 7919 % N, i - 1
  lines[i] = "line " .. i - 1 .. ": the quick brown fox number " .. (i - 1) * 7919 % 1000
    .. " jumps over as many lazy dogs as it can"
end
for i = N // 2, N + N // 2 - 1 do other[i] = -i end
table.move(lines, 1, N, 1, parts)
table.move(lines, 1, N // 3, N + 1, parts)
local text = table.concat(parts, "\\n")
for _, line in ipairs(lines) do
  local n = 0
  for word in line:gmatch("%S+") do
    n = n + 1
    if n > 8 then break end
    words[#words + 1] = word
  end
end
"""


def _successor(x: int) -> int:
    return x + 1


def _is_small(x: int) -> bool:
    return x < 50_000


def _falling(a: int, b: int) -> int:
    return b - a


def _look_up_all() -> None:
    for i in range(N):
        TABLE.get(i)


def _index_all() -> None:
    for i in range(N):
        INTS[i]


def _put_all() -> dict[int, int]:
    made = {}
    for i in range(N):
        made[i] = i
    return made


def _update_all() -> dict[int, int]:
    made: dict[int, int] = {}
    for i in range(N):
        made[i % 1000] = (lambda x: x + 1)(made.get(i % 1000, 0))
    return made


def _count_words() -> dict[str, int]:
    counts: dict[str, int] = {}
    for word in WORDS:
        counts[word] = counts.get(word, 0) + 1
    return counts


def _build_text() -> str:
    text = ""
    for i in range(N):
        text += str(i)
    return text


def _describe(line: str) -> dict[str, object] | None:
    found = NUMBERS.search(line)
    if found is None:
        return None
    return {
        "match": found[0],
        "groups": found.groups(),
        "start": found.start(),
        "end": found.end(),
    }


def _fold_lines(path: str) -> int:
    with open(path, encoding="utf-8") as file:
        return functools.reduce(lambda n, line: n + 1, file, 0)


LISTS = [
    Row(
        "map",
        "(map (fn (x) (+ x 1)) ints)",
        lambda _: list(map(_successor, INTS)),
        "local function f(x) return x + 1 end local t = {} for i = 1, N do t[i] = f(ints[i]) end",
        True,
    ),
    Row(
        "filter",
        "(filter (fn (x) (< x 50000)) ints)",
        lambda _: list(filter(_is_small, INTS)),
        "local function f(x) return x < 50000 end local t = {} "
        "for i = 1, N do if f(ints[i]) then t[#t + 1] = ints[i] end end",
        True,
    ),
    Row(
        "foldl",
        "(foldl (fn (a x) (+ a x)) 0 ints)",
        lambda _: functools.reduce(lambda a, x: a + x, INTS, 0),
        "local function f(a, x) return a + x end local a = 0 for i = 1, N do a = f(a, ints[i]) end",
        True,
    ),
    Row(
        "sort",
        "(sort mixed)",
        lambda _: sorted(MIXED),
        "local t = table.move(mixed, 1, N, 1, {}) table.sort(t)",
    ),
    Row(
        "sort with a comparator",
        "(sort mixed (fn (a b) (> a b)))",
        lambda _: sorted(MIXED, key=functools.cmp_to_key(_falling)),
        "local t = table.move(mixed, 1, N, 1, {}) table.sort(t, function(a, b) return a > b end)",
        True,
    ),
    Row(
        "sort-by",
        "(sort-by (fn (x) (- x)) mixed)",
        lambda _: sorted(MIXED, key=lambda x: -x),
        None,
        True,
    ),
    Row(
        "append",
        "(append ints ints)",
        lambda _: INTS + INTS,
        "local t = table.move(ints, 1, N, 1, {}) table.move(ints, 1, N, N + 1, t)",
    ),
    Row(
        "reverse",
        "(reverse ints)",
        lambda _: INTS[::-1],
        "local t = {} for i = 1, N do t[i] = ints[N + 1 - i] end",
    ),
    Row(
        "nth of a list",
        "(do ((i 0 (+ i 1))) ((= i 100000)) (nth ints i))",
        lambda _: _index_all(),
        "local x for i = 1, N do x = ints[i] end",
    ),
    Row(
        "nth of a vector",
        "(do ((i 0 (+ i 1))) ((= i 100000)) (nth vector i))",
        lambda _: _index_all(),
        "local x for i = 1, N do x = ints[i] end",
    ),
]

MAPS = [
    Row(
        "words counted into a map",
        "(foldl (fn (m w) (assoc m w (+ 1 (get m w 0)))) {} words)",
        lambda _: _count_words(),
        "local m = {} for i = 1, #words do m[words[i]] = (m[words[i]] or 0) + 1 end",
    ),
    Row(
        "assoc in a loop",
        "(do ((i 0 (+ i 1)) (m {} (assoc m i i))) ((= i 100000) m))",
        lambda _: _put_all(),
        "local m = {} for i = 0, N - 1 do m[i] = i end",
    ),
    Row(
        "map/update in a loop",
        "(do ((i 0 (+ i 1)) (m start (map/update m (modulo i 1000) (fn (x) (+ x 1)))))"
        " ((= i 100000) m))",
        lambda _: _update_all(),
        None,
        True,
    ),
    Row(
        "get in a loop",
        "(do ((i 0 (+ i 1))) ((= i 100000)) (get table i))",
        lambda _: _look_up_all(),
        "local x for i = 0, N - 1 do x = whole[i] end",
    ),
    Row(
        "merge",
        "(merge table other)",
        lambda _: TABLE | OTHER,
        "local t = {} for k, v in pairs(whole) do t[k] = v end "
        "for k, v in pairs(other) do t[k] = v end",
    ),
]

TEXTS = [
    Row(
        "text built piece by piece",
        '(do ((i 0 (+ i 1)) (s "" (string-append s (str i)))) ((= i 100000) s))',
        lambda _: _build_text(),
    ),
    Row(
        "10 MB of text split",
        '(string/split text "\n")',
        lambda _: TEXT.split("\n"),
        'local t = {} for line in text:gmatch("[^\\n]*") do t[#t + 1] = line end',
    ),
    Row(
        "10 MB of text joined",
        '(string/join parts "\n")',
        lambda _: "\n".join(PARTS),
        'local s = table.concat(parts, "\\n")',
    ),
    Row(
        "string/upper of lines",
        "(map string/upper lines)",
        lambda _: [line.upper() for line in LINES],
        "local t = {} for i = 1, N do t[i] = lines[i]:upper() end",
    ),
    Row(
        "string/replace in lines",
        '(map (fn (line) (string/replace line "fox" "wolf")) lines)',
        lambda _: [line.replace("fox", "wolf") for line in LINES],
    ),
    Row(
        "string/contains? of lines",
        '(filter (fn (line) (string/contains? line "99")) lines)',
        lambda _: [line for line in LINES if "99" in line],
        "local t = {} for i = 1, N do "
        'if lines[i]:find("99", 1, true) then t[#t + 1] = lines[i] end end',
    ),
    Row(
        "regex/match of lines",
        "(map (fn (line) (regex/match pattern line)) lines)",
        lambda _: [_describe(line) for line in LINES],
    ),
    Row(
        "regex/replace-all in lines",
        r'(map (fn (line) (regex/replace-all #"\d+" "#" line)) lines)',
        lambda _: [re.sub(r"\d+", "#", line) for line in LINES],
        'local t = {} for i = 1, N do t[i] = lines[i]:gsub("%d+", "#") end',
    ),
    Row("10 MB of JSON decoded", "(json/decode json)", lambda _: json.loads(JSON)),
    Row("10 MB of JSON encoded", "(json/encode decoded)", lambda _: json.dumps(RECORDS)),
    Row(
        "a million lines of a file",
        "(file/fold-lines file (fn (n line) (+ n 1)) 0)",
        _fold_lines,
        "local function f(n, line) return n + 1 end local n = 0 "
        "for line in io.lines(file) do n = f(n, line) end",
        True,
    ),
]

ROWS = [*LISTS, *MAPS, *TEXTS]
