"""What ``sema ast`` shows: the forms that the reader makes of a text, as a tree or as JSON."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from sema.reader import write
from sema.vm.maps import Map
from sema.vm.types import type_name
from sema.vm.values import EMPTY_LIST, Keyword, Pair, Symbol, Vector

Node = dict[str, Any]


def tree_lines(forms: list[Any]) -> Iterator[str]:
    """The forms as an indented tree, one line for each part."""
    pending: list[tuple[int, str, list[Any]]] = []

    def add(depth: int, parts: list[Any]) -> None:
        pending.extend((depth, *_shown(part)) for part in reversed(parts))

    add(0, forms)
    while pending:
        depth, line, parts = pending.pop()
        yield "  " * depth + line
        if line == "Map":
            for entry in reversed(parts):
                pending.append((depth + 1, "Entry", list(entry)))
        else:
            add(depth + 1, parts)


def _shown(form: Any) -> tuple[str, list[Any]]:
    """A form's line, and the parts that stand below it."""
    if form is None:
        return "Nil", []
    if form is True or form is False:
        return f"Bool {str(form).lower()}", []
    if type(form) is Map:
        return "Map", form.items()
    name = type_name(form).capitalize()
    if type(form) in (Pair, Vector) or form is EMPTY_LIST:
        return name, list(form)
    return f"{name} {write(form)}", []


def tree_nodes(forms: list[Any]) -> list[Node]:
    """The forms as nodes for other programs: a ``type``, and ``value``, ``children`` or
    ``entries``. Raises RecursionError for forms that lie too deep inside one another."""
    return [_node(form) for form in forms]


def _node(form: Any) -> Node:
    kind = type_name(form)
    if type(form) is Map:
        entries = [{"key": _node(key), "value": _node(value)} for key, value in form.items()]
        return {"type": kind, "entries": entries}
    if type(form) in (Pair, Vector) or form is EMPTY_LIST:
        return {"type": kind, "children": [_node(part) for part in form]}
    return {"type": kind, "value": _plain(form)}


def _plain(form: Any) -> Any:
    """An atom as JSON has it, or else its text."""
    if form is None or isinstance(form, (bool, int, str)):
        return form
    if isinstance(form, float) and math.isfinite(form):
        return form
    if isinstance(form, bytes):
        return list(form)
    return form.name if isinstance(form, (Symbol, Keyword)) else write(form)
