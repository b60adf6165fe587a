"""The tree → text: each form on one line if it may be and there is room, else by its layout.

Layouts are chosen from the outside to the inside by the measures of the parts, so the time is
linear. What is still to be written is on a stack of our own: forms may lie deep in one another.
"""

from __future__ import annotations

from sema.tools.formatter.layouts import NOTHING, SPACE, gaps_of
from sema.tools.formatter.node import UNITS_PER_NODE, Comment, Node
from sema.vm.limits import spend_units

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def render(root: Node, width: int, line_break: str) -> str:
    """The text of a unit, with a line break at its end unless it is empty."""
    printer = _Printer(width, line_break)
    for item in root.items:
        printer.unit_form(item)
    printer.lines(root.tail)
    return printer.text()


class _Placed:
    """A comment that was written behind code, and where."""

    __slots__ = ("column", "comment", "line", "piece")

    def __init__(self, piece: int, line: int, column: int, comment: Comment) -> None:
        self.piece = piece
        self.line = line
        self.column = column
        self.comment = comment


class _Printer:
    def __init__(self, width: int, line_break: str) -> None:
        self.width = width
        self.line_break = line_break
        self.out: list[str] = []
        self.column = 0
        self.line = 0
        self.comments: list[_Placed] = []
        # A node comes with the number of brackets that follow it on its line.
        self.todo: list[str | Comment | tuple[Node, int]] = []

    def unit_form(self, node: Node) -> None:
        """Write a form of the unit and what belongs to it."""
        self.lines(node.lead)
        self.todo.append((node, 0))
        self.run()
        if node.after is not None:
            self.write_comment(node.after)
        self.write(self.line_break)

    def lines(self, lines: Sequence[str]) -> None:
        """Write comments and blank lines between the forms of the unit."""
        for line in lines:
            if line or self.out:
                self.write(line)
                self.write(self.line_break)

    def write(self, text: str) -> None:
        self.out.append(text)
        line_break = text.rfind("\n")
        if line_break < 0:
            self.column += len(text)
        else:
            self.line += text.count("\n")
            self.column = len(text) - line_break - 1

    # --- Forms ------------------------------------------------------------------------------------

    def run(self) -> None:
        todo = self.todo
        width = self.width
        while todo:
            spend_units(UNITS_PER_NODE)
            item = todo.pop()
            if isinstance(item, str):
                self.write(item)
            elif isinstance(item, Comment):
                self.write_comment(item)
            else:
                node, trailing = item
                room = width - self.column - trailing
                if node.flat is not None and (node.size <= room or node.is_atom):
                    self.write(node.flat)
                elif self.column >= width and not node.commented:
                    self.write_flat(node)
                else:
                    self.push(node, trailing)

    def write_flat(self, node: Node) -> None:
        """Write a form on one line; beyond the right margin nothing is broken any more."""
        todo: list[str | Node] = [node]
        while todo:
            item = todo.pop()
            if isinstance(item, str):
                self.write(item)
            elif item.flat is not None:
                self.write(item.flat)
            else:
                todo.append(item.closer)
                for part in reversed(item.items):
                    todo += (part, " ")
                todo[-1] = item.text

    def push(self, node: Node, trailing: int) -> None:
        """Put what a form consists of on the stack."""
        column = self.column
        items = node.items
        trailing += len(node.closer)
        gaps = gaps_of(node, column, trailing, self.width) if items else []
        inside = len(node.text)
        last = len(items) - 1
        lowers_closer = any(node.tail) or (last >= 0 and items[last].after is not None)
        pieces: list[str | Comment | tuple[Node, int]] = [node.text]
        for i, gap in enumerate(gaps):
            item = items[i]
            if gap == SPACE:
                pieces.append(" ")
            elif gap == NOTHING:
                pieces.append(self.separation(item.lead, column + inside, is_first=True))
            else:
                pieces.append(self.separation(item.lead, column + gap))
            pieces.append((item, trailing if i == last and not lowers_closer else 0))
            if item.after is not None:
                pieces.append(item.after)
        if lowers_closer:
            indent = next((gap for gap in reversed(gaps) if gap >= 0), inside)
            pieces.append(self.separation(node.tail, column + indent, is_first=last < 0))
        pieces.append(node.closer)
        self.todo += reversed(pieces)

    def separation(self, lines: Sequence[str], column: int, *, is_first: bool = False) -> str:
        """Line breaks, and the lines between two parts. What comes first in a form begins on the
        line of its bracket."""
        below = self.line_break + " " * min(column, self.width)
        if is_first:
            return "".join([line + below for line in lines if line])
        return "".join([below + line if line else self.line_break for line in lines]) + below

    # --- Comments behind code ---------------------------------------------------------------------

    def write_comment(self, comment: Comment) -> None:
        self.comments.append(_Placed(len(self.out), self.line, self.column, comment))
        self.out.append("")  # until all columns are known

    def text(self) -> str:
        """All that was written. Comments on neighbouring lines that their author began in one
        column have one column again."""
        group: list[_Placed] = []
        for placed in self.comments:
            if group and not (
                placed.line == group[-1].line + 1
                and placed.comment.column == group[-1].comment.column
            ):
                self.align(group)
                group = []
            group.append(placed)
        self.align(group)
        while self.out and self.out[-1] in ("", self.line_break):
            self.out.pop()
        return "".join(self.out) + self.line_break if self.out else ""

    def align(self, group: list[_Placed]) -> None:
        column = max([placed.column for placed in group], default=0) + 1
        for placed in group:
            self.out[placed.piece] = " " * (column - placed.column) + placed.comment.text
