"""Text → a tree of all its tokens, in their own spelling, with the comments and line breaks
between them."""

from __future__ import annotations

from sema.reader import read_all, written_tokens
from sema.tools.formatter.measures import measure
from sema.tools.formatter.node import UNITS_PER_NODE, Comment, Node
from sema.tools.formatter.styles import (
    PREFIXES,
    UNDECIDED,
    UNIT,
    Layout,
    Style,
    style_of,
    style_of_head,
    styles_of_macros,
)
from sema.vm.limits import spend_units

MOST_BLANK = 1
MOST_BLANK_OUTSIDE = 2  # between the forms of a unit


def parse(text: str, width: int, file: str | None = None) -> Node:
    """The tree, under a node for the whole text. Raises ReadError for what the reader refuses."""
    forms, _ = read_all(text, file)
    return _Builder(text, width, styles_of_macros(forms)).build(written_tokens(text, file))


def line_break_of(text: str) -> str:
    """How lines end, outside of strings: as in Windows if one does."""
    if "\r\n" in text:
        end = 0
        for _, start, next_end in [*written_tokens(text), ("end", len(text), 0)]:
            if "\r\n" in text[end:start]:
                return "\r\n"
            end = next_end
    return "\n"


def spellings(text: str) -> list[str]:
    """The tokens of a text."""
    return [text[start:end] for _, start, end in written_tokens(text)]


class _Builder:
    def __init__(self, text: str, width: int, macros: dict[str, Style]) -> None:
        self.text = text
        self.width = width
        self.macros = macros
        self.parent = Node("")
        self.parent.style = UNIT
        self.parents: list[Node] = []

    def build(self, tokens: list[tuple[str, int, int]]) -> Node:
        text = self.text
        end = 0
        for kind, start, next_end in tokens:
            spend_units(UNITS_PER_NODE)
            spelling = text[start:next_end]
            gap = text[end:start]
            if kind == "close":
                if gap:
                    self.parent.tail = self.lines_between(gap, end)
                    while self.parent.tail and not self.parent.tail[-1]:
                        self.parent.tail.pop()
                self.parent.closer = spelling
                self.complete()
            else:
                node = Node(spelling, kind == "atom")
                if gap and gap != " ":
                    self.note_gap(node, gap, end)
                if kind == "atom":
                    first_line = spelling.find("\n")
                    node.flat = spelling
                    node.size = node.narrow = len(spelling) if first_line < 0 else first_line
                    self.deliver(node)
                else:
                    self.open(node, kind)
            end = next_end
        root = self.parent
        root.tail = self.lines_between(text[end:], end)
        return root

    def open(self, node: Node, kind: str) -> None:
        parent = self.parent
        if parent.style is UNDECIDED:
            node.role = parent.role
        else:
            node.role = parent.style.role(len(parent.items), parent.has_name())
        if kind == "prefix":
            node.style = PREFIXES["quoted" if node.text == "'" else node.role]
        else:
            node.style = style_of(node.text, node.role)
        self.parents.append(parent)
        self.parent = node

    def deliver(self, node: Node) -> None:
        """Make a complete node a part of the form around it; complete its prefixes."""
        while True:
            parent = self.parent
            parent.items.append(node)
            if parent.style is UNDECIDED:
                head = node.text if node.is_atom else None
                parent.style = style_of_head(head, parent.role, self.macros)
            if parent.style.layout is not Layout.PREFIX:
                return
            if parent.text == "," and node.text == "@":
                parent.text = ", "  # together they would be another prefix
            node = self.taken()

    def complete(self) -> None:
        self.deliver(self.taken())

    def taken(self) -> Node:
        """The innermost form, which is complete."""
        node = self.parent
        self.parent = self.parents.pop()
        measure(node, self.width)
        return node

    # --- What lies between tokens -----------------------------------------------------------------

    def note_gap(self, node: Node, gap: str, at: int) -> None:
        """Note what stands before a node."""
        node.lead = self.lines_between(gap, at)
        node.pinned = any(node.lead)
        # An ellipsis belongs to what it repeats.
        node.breaks = "\n" in gap and (node.text != "..." or ";" in gap)

    def lines_between(self, gap: str, at: int) -> list[str]:
        """The comments on lines of their own, and as empty strings the blank lines, that a gap
        at an offset has; a comment behind the part before it goes there."""
        has_comments = ";" in gap or gap.startswith("#!")
        if not has_comments and gap.count("\n") < 2:
            return []
        first, *middle = gap.split("\n")
        lines = []
        comment = first.strip()
        if comment:
            if self.parent.items:
                start = at + gap.index(";")
                column = start - self.text.rfind("\n", 0, start) - 1
                self.parent.items[-1].after = Comment(comment, column)
            else:
                lines.append(comment)
        most = MOST_BLANK if self.parents else MOST_BLANK_OUTSIDE
        blank = 0
        for line in middle[:-1]:
            line = line.strip()
            if line:
                lines.append(line)
                blank = 0
            elif blank < most:
                lines.append("")
                blank += 1
        # Only at the end of the text a comment can end without a line break.
        if middle and middle[-1].strip():
            lines.append(middle[-1].strip())
        return lines
