"""Layout of long values over several lines."""

from __future__ import annotations

from sema.reader.printer import is_map, write, write_within
from sema.vm.values import Pair, Vector

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


class Break:
    """A new line, indented."""

    __slots__ = ("indent",)

    def __init__(self, indent: int) -> None:
        self.indent = indent


class Block:
    """A value to lay out where ``column`` is, which is also where its lines are indented to."""

    __slots__ = ("column", "value")

    def __init__(self, value: Any, column: int) -> None:
        self.value = value
        self.column = column


class Entry:
    """The value of a map entry, after its key was written up to ``column``."""

    __slots__ = ("column", "indent", "value")

    def __init__(self, value: Any, column: int, indent: int) -> None:
        self.value = value
        self.column = column
        self.indent = indent


def pretty(value: Any, width: int = 80) -> str:
    """The written text of a value, broken into lines where it is wider than ``width`` bytes.

    Each element of a list or vector that does not fit has its own line, inside the bracket; so
    has each entry of a map. From the right margin on nothing is broken any more.
    """
    out: list[str] = []
    todo: list[str | Break | Block | Entry] = [Block(value, 0)]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            out.append(item)
        elif isinstance(item, Break):
            out.append("\n" + " " * item.indent)
        elif isinstance(item, Block):
            todo.extend(reversed(lay_out(item, width)))
        else:
            todo.extend(reversed(lay_out_entry(item, width)))
    return "".join(out)


def lay_out(block: Block, width: int) -> list[str | Break | Block | Entry]:
    """The parts of a value: its text if it fits, else its brackets and elements."""
    value, column = block.value, block.column
    compact = write_within(value, width - column)
    if compact is not None:
        return [compact]
    if column >= width or not is_collection(value):
        return [write(value)]
    inside = column + 1
    if isinstance(value, (Pair, Vector)):
        opener, closer = "()" if isinstance(value, Pair) else "[]"
        return [opener, *separated([[Block(item, inside)] for item in value], inside), closer]
    entries: list[list[str | Break | Block | Entry]] = []
    for key, entry_value in value.items():
        text = write(key)
        after_key = inside + len(text.encode()) + 1
        entries.append([text, Entry(entry_value, after_key, inside)])
    return ["{", *separated(entries, inside), "}"]


def lay_out_entry(entry: Entry, width: int) -> list[str | Break | Block | Entry]:
    """The value of a map entry: after its key if it fits or is no collection, else below it."""
    compact = write_within(entry.value, width - entry.column)
    if compact is not None:
        return [" ", compact]
    if not is_collection(entry.value):
        return [" ", write(entry.value)]
    below = entry.indent + 2
    return [Break(below), Block(entry.value, below)]


def separated(
    groups: Iterable[list[str | Break | Block | Entry]], indent: int
) -> list[str | Break | Block | Entry]:
    """The parts of all groups, each group but the first on a new line."""
    parts: list[str | Break | Block | Entry] = []
    for group in groups:
        if parts:
            parts.append(Break(indent))
        parts.extend(group)
    return parts


def is_collection(value: Any) -> bool:
    """Whether the value has elements that can go on lines of their own."""
    return isinstance(value, (Pair, Vector)) or is_map(value)
