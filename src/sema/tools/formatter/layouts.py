"""What stands before each part of a form that does not stay on one line: its gaps.

A gap is a number of columns from the form's bracket, at which a new line begins, or one of
SPACE and NOTHING. A layout depends on the measures of the form's parts only, so that what it makes
is laid out in the same way the next time.
"""

from __future__ import annotations

from sema.tools.formatter.measures import BODY_INDENT, HEADER_INDENT
from sema.tools.formatter.node import Node
from sema.tools.formatter.styles import Layout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Gaps = list[int]

SPACE = -1
NOTHING = -2
FILLED_FROM = 8  # so many atoms as arguments fill lines rather than have one each


def gaps_of(node: Node, column: int, trailing: int, width: int) -> Gaps:
    """The gaps of a form with parts, whose bracket is at a column; its closer and ``trailing``
    less one further brackets follow its last part."""
    gaps = _LAYOUTS[node.style.layout](node, column, trailing, width)
    for i in range(1, len(gaps)):
        item = node.items[i]
        if item.text == "..." and not item.breaks:
            gaps[i] = SPACE
    return gaps


def _beside(at: int, below: int, needed: int, width: int) -> bool:
    """Whether to go on at a column rather than on a new line at ``below``: if there is room for
    the columns needed, or if there is none in either place and enough of the line is left."""
    return at + needed <= width or (below + needed > width and at <= width // 2)


def _fits(node: Node, column: int, trailing: int, width: int) -> bool:
    return node.flat is not None and column + node.size + trailing <= width


def _has_comment_before(node: Node, before: Node) -> bool:
    return node.pinned or before.after is not None


# --- Rows -----------------------------------------------------------------------------------------


def _rows_of_author(items: list[Node], column: int, trailing: int, width: int) -> list[bool] | None:
    """Which items begin a new line, as the author has it; None if there is no room for that.

    Only the last item of a row may be broken, and only by the author.
    """
    at = column
    for i, item in enumerate(items):
        ends_row = i + 1 == len(items) or items[i + 1].breaks
        begins_row = i == 0 or item.breaks
        at = column if begins_row else at + 1
        after = trailing if i + 1 == len(items) else 0
        if not _fits(item, at, after, width):
            may_break = ends_row and (begins_row or item.wrapped)
            if not may_break or at + item.narrow + after > width:
                return None
        at += item.size
    return [item.breaks for item in items]


def _filled_rows(items: list[Node], column: int, trailing: int, width: int) -> list[bool]:
    """Which items begin a new line if there are as many on a line as fit."""
    begins = []
    at = width
    for item in items:
        after = trailing if item is items[-1] else 0
        begins.append(at + 1 + item.size + after > width)
        at = column + item.size if begins[-1] else at + 1 + item.size
    return begins


def _rows(
    node: Node, items: list[Node], column: int, trailing: int, width: int, filled_from: int
) -> list[bool] | None:
    """Which of a form's items begin a new line, if not all of them."""
    rows = _rows_of_author(items, column, trailing, width) if node.wrapped else None
    if rows is None and len(items) >= filled_from and not node.commented:
        are_atoms = all(item.is_atom for item in items)
        rows = _filled_rows(items, column, trailing, width) if are_atoms else None
    return rows


# --- Layouts --------------------------------------------------------------------------------------


def _data(node: Node, column: int, trailing: int, width: int) -> Gaps:
    inside = len(node.text)
    rows = _rows(node, node.items, column + inside, trailing, width, 2)
    if rows is None:
        return _stacked(node, column, trailing, width)
    return [NOTHING, *[inside if begins else SPACE for begins in rows[1:]]]


def _stacked(node: Node, column: int, trailing: int, width: int) -> Gaps:
    return [NOTHING] + [len(node.text)] * (len(node.items) - 1)


def _call(node: Node, column: int, trailing: int, width: int) -> Gaps:
    head, *arguments = node.items
    inside = len(node.text)
    if not arguments or not _fits(head, column + inside, 0, width):
        return _stacked(node, column, trailing, width)
    beside = inside + head.size + 1
    below = BODY_INDENT if head.is_atom else inside
    needed = max([argument.narrow for argument in arguments[:-1]], default=0)
    needed = max(needed, arguments[-1].narrow + trailing)
    lowered = arguments[0].breaks or _has_comment_before(arguments[0], head)
    if lowered or not _beside(column + beside, column + below, needed, width):
        indent = below
    else:
        indent = beside
    rows = None
    if node.style.layout is Layout.CALL:
        rows = _rows(node, arguments, column + indent, trailing, width, FILLED_FROM)
    first = SPACE if indent == beside else indent
    others = rows[1:] if rows else [True] * (len(arguments) - 1)
    return [NOTHING, first, *[indent if begins else SPACE for begins in others]]


def _body(node: Node, column: int, trailing: int, width: int) -> Gaps:
    items = node.items
    style = node.style
    gaps = [NOTHING]
    # Where the line ends so far; beyond the margin once a part of the header is broken.
    at = column + len(node.text) + items[0].size
    for i in range(1, min(node.header + 1, len(items))):
        item = items[i]
        after = trailing if i + 1 == len(items) else 0
        below = column + HEADER_INDENT
        if (
            (style.stacked and i > 1)
            or at >= width
            or _has_comment_before(item, items[i - 1])
            or not _beside(at + 1, below, item.narrow + after, width)
        ):
            gaps.append(HEADER_INDENT)
            at = below
        else:
            gaps.append(SPACE)
            at += 1
        at = at + item.size if _fits(item, at, after, width) else width
    body = items[len(gaps) :]
    if (
        (len(body) == 1 and style.hugs)
        and (body[0].wrapped and not body[0].breaks)
        and at + 1 + body[0].narrow + trailing <= width
    ):
        return [*gaps, SPACE]
    return gaps + [BODY_INDENT] * len(body)


def _clause(node: Node, column: int, trailing: int, width: int) -> Gaps:
    items = node.items
    inside = len(node.text)
    gaps = [NOTHING]
    at = column + inside + items[0].size
    for i in range(1, len(items)):
        item = items[i]
        if item.breaks or items[i - 1].flat is None:
            at = width
        may_share = i < node.header or (i == node.header == len(items) - 1 and item.wrapped)
        if may_share and at + 1 + item.narrow + trailing <= width:
            gaps.append(SPACE)
            at += 1 + item.size
        else:
            gaps.append(inside)
            at = column + inside + item.size
    return gaps


def _pair(node: Node, column: int, trailing: int, width: int) -> Gaps:
    if len(node.items) != 2:
        return _stacked(node, column, trailing, width)
    inside = len(node.text)
    name, value = node.items
    return [NOTHING, _gap_of_value(name, value, column, inside, inside, trailing, width)]


def _entries(node: Node, column: int, trailing: int, width: int) -> Gaps:
    items = node.items
    inside = len(node.text)
    gaps = []
    for i in range(0, len(items), 2):
        gaps.append(inside if i else NOTHING)
        if i + 1 < len(items):
            after = trailing if i + 2 == len(items) else 0
            key, value = items[i : i + 2]
            below = inside + BODY_INDENT
            gaps.append(_gap_of_value(key, value, column, inside, below, after, width))
    return gaps


def _gap_of_value(
    key: Node, value: Node, column: int, inside: int, below: int, trailing: int, width: int
) -> int:
    """The gap before a value: a space, or ``below`` columns."""
    if key.flat is None or _has_comment_before(value, key):
        return below
    at = column + inside + key.size + 1
    return SPACE if _beside(at, column + below, value.narrow + trailing, width) else below


_LAYOUTS: dict[Layout, Callable[[Node, int, int, int], Gaps]] = {
    Layout.CALL: _call,
    Layout.LINES: _call,
    Layout.BODY: _body,
    Layout.CLAUSE: _clause,
    Layout.DATA: _data,
    Layout.STACKED: _stacked,
    Layout.ENTRIES: _entries,
    Layout.PAIR: _pair,
    Layout.PREFIX: _stacked,
}
