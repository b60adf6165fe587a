"""Price a stream of orders by the rules in ``rules.sema``.

    python examples/embedding/pricing/run.py [ORDERS [PROCESSES]]

The rules are loaded once. Without PROCESSES they run here; else in so many processes, each of which
gets them once. Orders that the rules refuse are counted, and the first few shown.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sema

RULES = Path(__file__).parent / "rules.sema"
KINDS = ("book", "food", "tool", "toy")
CUSTOMERS = ("gold", "silver", "new")


def orders(n: int) -> Iterator[dict[str, Any]]:
    """A stream of made-up orders, one in about a thousand of which is faulty."""
    chance = random.Random(1)
    for i in range(n):
        yield {
            "id": i,
            "kind": chance.choice(KINDS),
            "customer": chance.choice(CUSTOMERS),
            "price": chance.randint(100, 10_000),
            "quantity": chance.randint(1, 120) if chance.random() > 0.001 else 0,
        }


def main(n: int, processes: int | None) -> None:
    interpreter = sema.Interpreter()
    interpreter.load_file(RULES)
    start = time.perf_counter()
    revenue, refused = 0, []
    for value in sema.map(interpreter["total"], orders(n), workers=processes):
        if isinstance(value, sema.Failure):
            refused.append(value)
        else:
            revenue += value
    seconds = time.perf_counter() - start
    print(f"orders: {n - len(refused):,} for {revenue / 100:,.2f}")
    print(f"refused: {len(refused):,}")
    for failure in refused[:3]:
        print(f"  {failure.error}")
    print(f"elapsed: {seconds:.1f} s, {seconds / max(n, 1) * 1e6:.1f} µs an order", file=sys.stderr)


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000,
        int(sys.argv[2]) if len(sys.argv) > 2 else None,
    )
