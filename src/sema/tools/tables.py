"""Tables for people: drawn by rich on a terminal if it is installed, else plain columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]], stream: TextIO) -> None:
    """Print ``rows`` under ``headings``; columns that hold only numbers are right-aligned."""
    columns = list(zip(headings, *rows, strict=True))
    right = [bool(rows) and all(map(_is_numeric, column[1:])) for column in columns]
    if not (stream.isatty() and _print_rich(headings, rows, right, stream)):
        _print_plain(headings, rows, right, stream)


def _print_plain(
    headings: Sequence[str], rows: Sequence[Sequence[str]], right: list[bool], stream: TextIO
) -> None:
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    for row in (headings, ["-" * width for width in widths], *rows):
        cells = [
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        ]
        print("  ".join(cells).rstrip(), file=stream)


def _print_rich(
    headings: Sequence[str], rows: Sequence[Sequence[str]], right: list[bool], stream: TextIO
) -> bool:
    """Whether rich is there and has printed the table."""
    try:
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text
    except ImportError:
        return False
    table = Table()
    for heading, to_right in zip(headings, right, strict=True):
        table.add_column(heading, justify="right" if to_right else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    Console(file=stream).print(table)
    return True


def _is_numeric(cell: str) -> bool:
    return not cell or cell[0].isdigit()
