"""What the expander needs from outside: the global macros, and the places of forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from sema.errors import Span
from sema.expander.core import Lambda
from sema.expander.macros import Macro


class Environment(Protocol):
    """The global environment as the expander sees it."""

    def lookup_macro(self, name: str) -> Macro | None:
        """The macro that is the value of the global ``name``, or None if that is none."""

    def define_macro(self, name: str, macro: Macro) -> None:
        """Make ``macro`` the value of the global ``name``."""

    def make_transformer(self, node: Lambda) -> Callable[..., object]:
        """A callable of that lambda: takes and returns forms as Python objects."""


class SpanTable(Protocol):
    """The places of lists, vectors and maps in the source, by identity."""

    def of(self, form: object) -> Span | None:
        """The place of the form, or None for one that was not read from the source."""

    def child(self, form: object, index: int) -> Span | None:
        """The place of an element of the form; those of None are the forms of the unit."""
