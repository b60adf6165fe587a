"""What machine code did, as text: for ``--jit-stats`` and the profiler."""

from __future__ import annotations

from sema.tools.tables import print_table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, TextIO

GUARD_HEADINGS = ("place", "function", "instruction", "cause", "exits", "learnt")
GUARDS_SHOWN = 20


def print_stats(stats: dict[str, Any], stream: TextIO, top: int = GUARDS_SHOWN) -> None:
    """Print what :meth:`sema.Interpreter.jit_stats` says, with the ``top`` places most left at."""

    def say(text: str = "") -> None:
        print(text, file=stream)

    functions = stats["functions"]
    steps = ", ".join(f"{name} {1000 * s:.1f} ms" for name, s in stats["steps"].items())
    say(f"machine code: {stats['compiled']:,} compilations, {1000 * stats['seconds']:.1f} ms")
    if stats["compiled"]:
        say(f"  {steps}")
        say(
            f"  {stats['bytes']:,} bytes; at the end {len(functions):,} functions in "
            f"{sum(functions.values()):,} versions"
        )
    for name, n in stats["exits"].items():
        say(f"exits, {name}: {n:,}")
    rows = guard_rows(stats["guards"])
    if rows:
        say()
        print_table(GUARD_HEADINGS, rows[:top], stream)
        if len(rows) > top:
            say(f"and {len(rows) - top:,} more places")
    for given_up in stats["given_up"]:
        say(f"given up: {given_up['function']} ({_place(given_up)}): {given_up['why']}")
    if stats["trouble"]:
        say(f"compiling has failed, everything is interpreted: {stats['trouble']}")


def guard_rows(guards: Sequence[dict[str, Any]]) -> list[tuple[str, ...]]:
    """One row a place where machine code was left, in the order of ``GUARD_HEADINGS``."""
    return [
        (
            f"{_place(guard)}:{guard['column']}",
            guard["function"],
            f"{guard['offset']:04} {guard['instruction']}",
            cause_of(guard),
            f"{guard['count']:,}",
            ", ".join(guard["learnt"]),
        )
        for guard in guards
        if guard["count"]
    ]


def cause_of(guard: dict[str, Any]) -> str:
    """A guard's cause, with the register that it looks at if there is one."""
    register = guard["register"]
    return guard["cause"] if register < 0 else f"{guard['cause']} of r{register}"


def _place(fact: dict[str, Any]) -> str:
    return f"{fact['file'] or '<input>'}:{fact['line']}"
