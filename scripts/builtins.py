"""How much of the language's index Sema for Python has: ``python -m scripts.builtins``."""

from __future__ import annotations

from collections import Counter

from scripts.reference_index import Arity, Row, arity_here, rows

TIERS = ("T1", "T2", "T3")

EXCEPTIONS: dict[str, Arity] = {"error": (0, -1)}
"""Arities that differ on purpose: ``error`` says itself what is wrong if it gets nothing."""


def differs(row: Row) -> bool:
    """Whether a builtin that is there takes other numbers of arguments than it should."""
    return arity_here(row.name) not in (None, EXCEPTIONS.get(row.name, row.arity))


def is_missing(row: Row) -> bool:
    return arity_here(row.name) is None


def report() -> str:
    """A table of present and expected names by family and tier; what is missing or differs."""
    index = rows()
    expected = Counter((row.family, row.tier) for row in index)
    present = Counter((row.family, row.tier) for row in index if not is_missing(row))
    lines = [f"{'family':16}" + "".join(f"{tier:>12}" for tier in TIERS)]
    for family in sorted({row.family for row in index}):
        lines.append(f"{family:16}" + _cells(present, expected, [family]))
    lines.append(f"{'total':16}" + _cells(present, expected, sorted({row.family for row in index})))
    for tier in TIERS:
        missing = [row.name for row in index if row.tier == tier and is_missing(row)]
        if missing:
            lines += ["", f"missing, {tier}: {' '.join(missing)}"]
    lines += [
        f"\n{row.name}: takes {arity_here(row.name)}, expected {row.arity}"
        for row in index
        if differs(row)
    ]
    return "\n".join(lines)


def _cells(
    present: Counter[tuple[str, str]], expected: Counter[tuple[str, str]], families: list[str]
) -> str:
    cells = ""
    for tier in TIERS:
        have = sum(present[family, tier] for family in families)
        want = sum(expected[family, tier] for family in families)
        cells += f"{f'{have}/{want}' if want else '':>12}"
    return cells


if __name__ == "__main__":
    print(report())
