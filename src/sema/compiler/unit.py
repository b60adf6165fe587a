"""Compiled code before it is linked: what the compiler makes and what files hold."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import Any

from sema.errors import Span


@dataclass(slots=True)
class Handler:
    """A ``try``: errors between two offsets go to ``target`` with the map in ``register``.

    ``keep`` is the mask of the registers that the handler finds as they were.
    """

    start: int
    end: int
    target: int
    register: int
    keep: int


@dataclass(slots=True)
class CodeUnit:
    """The code of one function (or of a unit's top level, ``name`` then is ``<main>``).

    ``words`` holds the instructions. The inline words that only exist at run time are zero in it;
    ``constants``, ``globals`` and ``functions`` say what belongs where (offset and value). The
    side tables are sorted by offset, and an entry holds up to the next: ``positions`` (offset,
    span), ``live`` (offset, mask of the owned registers if the instruction fails). ``operators``
    says which instruction stands for which builtin, with the arguments where they were folded.
    """

    name: str | None
    file: str | None
    n_params: int
    has_rest: bool
    n_registers: int = 0
    words: array[int] = field(default_factory=lambda: array("Q"))
    constants: list[tuple[int, Any]] = field(default_factory=list)
    globals: list[tuple[int, str]] = field(default_factory=list)
    functions: list[tuple[int, CodeUnit]] = field(default_factory=list)
    sites: list[int] = field(default_factory=list)
    positions: list[tuple[int, Span]] = field(default_factory=list)
    live: list[tuple[int, int]] = field(default_factory=list)
    handlers: list[Handler] = field(default_factory=list)
    operators: list[tuple[int, str, list[Any] | None]] = field(default_factory=list)
