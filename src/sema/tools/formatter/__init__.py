"""The formatter: programs laid out as a Lisp programmer would write them.

    text ──parse──▶ tree of tokens, comments and line breaks ──render──▶ text

`styles` is the table of forms, `tree` reads, `measures` says how much room forms need, `layouts`
where their parts go, and `printer` writes.
"""

from __future__ import annotations

from sema.tools.formatter.printer import render
from sema.tools.formatter.tree import line_break_of, parse, spellings

WIDTH = 80


def format_source(text: str, width: int = WIDTH, file: str | None = None) -> str:
    """A program in the usual layout, its lines at most ``width`` columns where that is possible.

    What it reads to, its comments and the spelling of its literals stay as they are; so do line
    breaks between the parts of forms, as long as there is room. Formatting the result again
    changes nothing. ``file`` is what positions of errors name.

    Raises :class:`sema.ReadError` if the text is no program, ValueError if ``width`` is not
    positive.
    """
    if width < 1:
        raise ValueError(f"width must be positive, not {width}")
    formatted = render(parse(text, width, file), width, line_break_of(text))
    if spellings(formatted) != spellings(text):
        raise AssertionError("formatting has changed the program; the text was left as it is")
    return formatted
