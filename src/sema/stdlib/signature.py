"""Signatures: what a builtin takes, said once and used for arity, checks and documentation.

A signature is written as text, a word for each parameter::

    s:string part:string          two strings
    xs:sequence [n:int]           the second one may be left out
    f:function more...            any number of others

A parameter without a type takes anything. The types are those of :data:`KINDS`; a builtin written
in Python has its signature from its annotations (see :func:`signature_of`), and the machine checks
its arguments before it calls it. A builtin in C checks its words itself.
"""

from __future__ import annotations

from sema.stdlib.kinds import ANNOTATIONS, KINDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sema.stdlib.kinds import Kind


class Parameter:
    """One parameter; ``kind`` names a type of :data:`KINDS`, or is empty for any value."""

    __slots__ = ("is_optional", "is_rest", "kind", "name")

    def __init__(
        self, name: str, kind: str = "", is_optional: bool = False, is_rest: bool = False
    ) -> None:
        if kind and kind not in KINDS:
            raise ValueError(f"unknown type of a parameter: {kind}")
        self.name = name
        self.kind = kind
        self.is_optional = is_optional
        self.is_rest = is_rest

    def __str__(self) -> str:
        text = self.name + (f":{self.kind}" if self.kind else "")
        if self.is_rest:
            return f"{text}..."
        return f"[{text}]" if self.is_optional else text


def parse_signature(text: str) -> list[Parameter]:
    """The parameters that a signature's text names. Raises ValueError for an unknown type."""
    parameters = []
    for word in text.split():
        is_rest = word.endswith("...")
        is_optional = word.startswith("[")
        name, _, kind = word.removesuffix("...").strip("[]").partition(":")
        parameters.append(Parameter(name, kind, is_optional, is_rest))
    return parameters


def signature_of(function: Callable[..., Any]) -> list[Parameter]:
    """The parameters of a Python function, from its names, defaults and annotations.

    An annotation that :data:`ANNOTATIONS` does not list means any value; ``| None`` says no more
    than that the parameter has a default.
    """
    code = function.__code__
    n = code.co_argcount
    has_rest = bool(code.co_flags & 4)
    first_optional = n - len(function.__defaults__ or ())
    return [
        Parameter(
            name.replace("_", "-").strip("-"),
            ANNOTATIONS.get(function.__annotations__.get(name, "").removesuffix(" | None"), ""),
            first_optional <= i < n,
            i == n,
        )
        for i, name in enumerate(code.co_varnames[: n + has_rest])
    ]


def checks_of(parameters: list[Parameter], who: str) -> tuple[Any, ...] | None:
    """What the machine checks before it calls ``who``: for each parameter the exact Python type,
    the function that refines the value and the name that a type error says, or None. A rest
    parameter stands last, for all that follow. None if there is nothing to check."""
    kinds: list[Kind | None] = [KINDS[p.kind] if p.kind else None for p in parameters]
    if not any(kinds):
        return None
    if not parameters[-1].is_rest:
        kinds.append(None)
    return tuple([kind and kind.check(who) for kind in kinds])
