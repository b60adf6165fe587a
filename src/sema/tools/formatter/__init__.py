"""The formatter: Lisp text in the form in which a Lisp programmer would write it."""

from __future__ import annotations

from sema.tools.formatter.printer import render
from sema.tools.formatter.tree import parse

WIDTH = 80


def format_source(text: str, width: int = WIDTH, file: str | None = None) -> str:
    tree = parse(text, width, file)
    return render(tree, width)
