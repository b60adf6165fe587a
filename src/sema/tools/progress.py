"""A progress bar for what takes long, drawn by rich on a terminal if it is installed."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

PATIENCE = 2.0  # seconds without a bar

Item = TypeVar("Item")


def slow_progress(items: Sequence[Item], label: str) -> Iterator[Item]:
    """The items one by one; while that takes longer than PATIENCE, a bar on standard error."""
    start = time.monotonic()
    done = 0
    while done < len(items) and time.monotonic() - start < PATIENCE:
        yield items[done]
        done += 1
    rest = items[done:]
    if not rest or not sys.stderr.isatty():
        yield from rest
        return
    try:
        from rich.console import Console
        from rich.progress import Progress
    except ImportError:
        yield from rest
        return
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=len(items), completed=done)
        for item in rest:
            yield item
            bar.advance(task)
