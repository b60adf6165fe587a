"""What the layout of a form is decided by: see ``Node``."""

from __future__ import annotations

from sema.tools.formatter.node import Node
from sema.tools.formatter.styles import Layout

BODY_INDENT = 2
HEADER_INDENT = 4  # of parts of a header that have to go on a line of their own


def measure(node: Node, width: int) -> None:
    """Compute the measures of a form, all of whose parts are measured."""
    items = node.items
    style = node.style
    node.header = _header(node)
    wrapped = _is_broken(node)
    spread = style.spread and len(items) - node.header > 2
    commented = any(node.tail)
    whole = len(node.text) + len(node.closer) + len(items) - 1
    fits = True
    for item in items:
        if item.flat is None:
            fits = False
            wrapped = wrapped or item.wrapped
            spread = spread or item.open
            commented = commented or item.commented
        if item.pinned or item.after is not None:
            commented = True
        whole += item.size
    node.wrapped = wrapped
    node.commented = commented
    node.open = wrapped or spread or commented
    if fits and not node.open and (whole <= width or not items):
        flat = f"{node.text}{' '.join([item.flat or '' for item in items])}{node.closer}"
        line_break = flat.find("\n")
        node.flat = flat
        node.size = len(flat) if line_break < 0 else line_break
    else:
        node.size = whole
    node.narrow = _narrow(node, style.layout)


def _header(node: Node) -> int:
    style = node.style
    items = node.items
    if node.has_name():
        return style.header + 1
    if style.layout is Layout.CLAUSE and len(items) > 3 and items[1].text == "when":
        return 3
    return style.header


def _is_broken(node: Node) -> bool:
    """Whether the author has broken the form itself, in a place where that counts."""
    items = node.items
    layout = node.style.layout
    if layout is Layout.PREFIX or (layout is Layout.PAIR and len(items) == 2):
        return False
    if layout is Layout.ENTRIES:
        items = items[::2]
    return any(item.breaks for item in items[1:])


def _narrow(node: Node, layout: Layout) -> int:
    items = node.items
    inside = len(node.text)
    if not items:
        return inside + len(node.closer)
    widths = [item.narrow for item in items]
    if layout is Layout.CALL or layout is Layout.LINES:
        needed = max(inside + widths[0], BODY_INDENT + max(widths[1:], default=0))
    elif layout is Layout.BODY:
        header = node.header + 1
        needed = max(
            inside + widths[0],
            HEADER_INDENT + max(widths[1:header], default=0),
            BODY_INDENT + max(widths[header:], default=0),
        )
    elif layout is Layout.ENTRIES:
        needed = inside + max(max(widths[::2]), BODY_INDENT + max(widths[1::2], default=0))
    else:
        needed = inside + max(widths)
    return needed + len(node.closer)
