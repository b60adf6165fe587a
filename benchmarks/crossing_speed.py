"""What a call across the border costs: Python to a guest language, and back.

Beside Sema stand Lua 5.4 and LuaJIT in lupa, QuickJS, and Python itself as its own guest; those
whose packages are missing (the extra ``sema-lisp[bench]``) are named and left out. Rounds are
interleaved, the shortest of each counts; what an empty loop takes is taken off.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any, NamedTuple

import sema
from sema.tools.tables import print_table

N = 100_000
ROUNDS = 7
TEXT = "x" * 100_000
RECORD = {"name": "bolt", "price": 12.5, "count": 4, "taxed": True, "code": "A1"}

Work = Callable[[int], object]


def same(value: Any) -> Any:
    """What guests call."""
    return value


class Guest(NamedTuple):
    """A guest language: its function of one argument, which returns it, and loops of its own: one
    that does nothing, one that calls ``same`` and one that calls a builtin."""

    name: str
    function: Callable[[Any], Any]
    nothing: Work
    host: Work
    builtin: Work


SEMA = """
(define (guest x) x)
(define (nothing n) (do ((i 0 (+ i 1))) ((= i n))))
(define (host n) (do ((i 0 (+ i 1))) ((= i n)) (same i)))
(define (builtin n) (do ((i 0 (+ i 1))) ((= i n)) (abs i)))
"""

LUA = """
function guest(x) return x end
function nothing(n) for i = 1, n do end end
function host(n) for i = 1, n do same(i) end end
local abs = math.abs
function builtin(n) for i = 1, n do abs(i) end end
"""

JAVASCRIPT = """
function guest(x) { return x }
function nothing(n) { for (let i = 0; i < n; i++) {} }
function host(n) { for (let i = 0; i < n; i++) same(i) }
function builtin(n) { const abs = Math.abs; for (let i = 0; i < n; i++) abs(i) }
"""

PYTHON = """
def guest(x): return x
def nothing(n):
    for i in range(n): pass
def host(n):
    for i in range(n): same(i)
def builtin(n):
    for i in range(n): abs(i)
"""

NAMES = ("guest", "nothing", "host", "builtin")


def sema_guest() -> Guest:
    interpreter = sema.Interpreter()
    interpreter["same"] = same
    interpreter.eval(SEMA)
    return Guest("Sema", *(interpreter[name] for name in NAMES))


def lua_guest(name: str, module: str) -> Guest:
    runtime = import_module(module).LuaRuntime()
    runtime.globals()["same"] = same
    runtime.execute(LUA)
    return Guest(name, *(runtime.globals()[each] for each in NAMES))


def quickjs_guest() -> Guest:
    context = import_module("quickjs").Context()
    context.add_callable("same", same)
    context.eval(JAVASCRIPT)
    return Guest("QuickJS", *(context.get(name) for name in NAMES))


def python_guest() -> Guest:
    names: dict[str, Any] = {"same": same}
    exec(PYTHON, names)
    return Guest("Python", *(names[name] for name in NAMES))


GUESTS: dict[str, Callable[[], Guest]] = {
    "Sema": sema_guest,
    "Lua 5.4": partial(lua_guest, "Lua 5.4", "lupa.lua54"),
    "LuaJIT": partial(lua_guest, "LuaJIT", "lupa.luajit21"),
    "QuickJS": quickjs_guest,
    "Python": python_guest,
}


def present_guests() -> list[Guest]:
    """The guests that are installed; says which are not."""
    guests = []
    for name, make in GUESTS.items():
        try:
            guests.append(make())
        except ImportError as error:
            print(f"{name} is not measured: {error} (pip install 'sema-lisp[bench]')")
    return guests


def calls(function: Callable[[Any], Any], value: Any) -> Work:
    """A loop in Python that calls a guest's function."""

    def loop(n: int) -> None:
        for _ in range(n):
            function(value)

    return loop


def calls_with_numbers(function: Callable[[Any], Any]) -> Work:
    def loop(n: int) -> None:
        for i in range(n):
            function(i)

    return loop


def empty(n: int) -> None:
    for _ in range(n):
        pass


class Case(NamedTuple):
    """What is measured of a guest, less its empty loop, a thousandth as often if it ``is_long``."""

    name: str
    work: Callable[[Guest], Work]
    empty: Callable[[Guest], Work]
    is_long: bool = False


CASES = (
    Case(
        "Python calls a guest's function", lambda g: calls_with_numbers(g.function), lambda _: empty
    ),
    Case("the guest calls a function of Python", lambda g: g.host, lambda g: g.nothing),
    Case("the guest calls a builtin in C", lambda g: g.builtin, lambda g: g.nothing),
    Case(
        "a text of 100 kB there and back", lambda g: calls(g.function, TEXT), lambda _: empty, True
    ),
)


def nanoseconds(work: Work, n: int) -> float:
    start = time.perf_counter_ns()
    work(n)
    return (time.perf_counter_ns() - start) / n


def measure(guests: list[Guest]) -> list[list[float]]:
    """Nanoseconds a crossing, a row for each case, a column for each guest."""
    shortest: dict[tuple[str, str, Any], float] = {}
    for _ in range(ROUNDS):
        for case in CASES:
            n = N // 100 if case.is_long else N
            for guest in guests:
                for work in (case.work, case.empty):
                    taken = nanoseconds(work(guest), n)
                    key = case.name, guest.name, work
                    shortest[key] = min(shortest.get(key, taken), taken)
    return [
        [
            shortest[case.name, guest.name, case.work] - shortest[case.name, guest.name, case.empty]
            for guest in guests
        ]
        for case in CASES
    ]


def main() -> None:
    guests = present_guests()
    rows = [
        [case.name, *(f"{ns:.1f}" for ns in row)]
        for case, row in zip(CASES, measure(guests), strict=True)
    ]
    print("\nns per crossing, the shortest of the interleaved rounds:\n")
    print_table(("crossing", *(guest.name for guest in guests)), rows, sys.stdout)


if __name__ == "__main__":
    main()
