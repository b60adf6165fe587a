"""The nodes of the tree that is laid out."""

from __future__ import annotations

from sema.tools.formatter.styles import UNDECIDED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from sema.tools.formatter.styles import Style

NO_ITEMS: list[Node] = []
UNITS_PER_NODE = 500
"""What a sandbox charges for reading, and for writing, a node."""


class Comment:
    """A comment behind code, and the column where its author began it."""

    __slots__ = ("column", "text")

    def __init__(self, text: str, column: int) -> None:
        self.text = text
        self.column = column


class Node:
    """An atom (``is_atom``), or a form: ``text`` is its spelling, or what opens it.

    What comes before it: ``breaks``, whether there is a line break; ``lead``, the comments that
    have lines of their own and, as empty strings, the blank lines; ``pinned``, whether there are
    comments. ``after`` is the comment behind it, ``tail`` is the lead of the closer.

    The measures of a form: ``flat`` is the text on one line, None if there is none that may be
    used; ``size`` the columns that it takes, up to its first line break if a string has one;
    ``narrow`` the columns that it needs if it is broken everywhere. ``wrapped`` says that its
    author broke it or a part of it, ``commented`` that there are comments inside, ``open`` that
    for one of these reasons, or for its style, it is not to be on one line. ``header`` is the
    number of its parts that belong together at its beginning.
    """

    __slots__ = (
        "after", "breaks", "closer", "commented", "flat", "header", "is_atom", "items", "lead",
        "narrow", "open", "pinned", "role", "size", "style", "tail", "text",
        "wrapped",
    )  # fmt: skip

    def __init__(self, text: str, is_atom: bool = False) -> None:
        self.text = text
        self.is_atom = is_atom
        self.items: list[Node] = NO_ITEMS if is_atom else []
        self.style: Style = UNDECIDED
        self.lead: Sequence[str] = ()
        self.tail: Sequence[str] = ()
        self.after: Comment | None = None
        self.closer = ""
        self.role = "code"
        self.header = self.size = self.narrow = 0
        self.breaks = self.pinned = False
        self.open = self.wrapped = self.commented = False
        self.flat: str | None = None

    def has_name(self) -> bool:
        """Whether a symbol before its header belongs to that, as in ``(let loop …)``."""
        return self.style.named and len(self.items) > 1 and self.items[1].is_atom
