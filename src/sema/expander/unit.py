"""The door of the room: whole units, single forms, and one step of macro expansion."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from threading import Lock

import sema.expander.binding
import sema.expander.control
import sema.expander.definitions
import sema.expander.errors_forms
import sema.expander.loops
import sema.expander.quasiquote  # noqa: F401  # these imports fill the table of special forms
from sema.errors import CompileError, Span
from sema.expander.core import Node
from sema.expander.environment import Environment, SpanTable
from sema.expander.expand import Expander
from sema.expander.forms import BY_SYMBOL, Form
from sema.vm.values import Pair, Symbol

MAX_FRAMES = 400_000
"""The Python frames that an expansion may take: about 100,000 levels of nested forms."""


def expand_unit(forms: Sequence[Form], spans: SpanTable, environment: Environment) -> list[Node]:
    """The core nodes of the top-level forms of a unit, all expanded before any of them runs.

    Names that the unit defines at its top level mean no macros in it. Raises CompileError or
    another SemaError for malformed forms, and whatever a macro raises.
    """
    x = Expander(spans, environment)
    x.redefined.update(defined_at_toplevel(forms))
    return [_expand_toplevel(x, form, spans.child(None, i)) for i, form in enumerate(forms)]


def expand_each(
    forms: Sequence[Form], spans: SpanTable, environment: Environment
) -> Iterator[Node]:
    """The core nodes of forms that run one by one: each is expanded when it is asked for."""
    for i, form in enumerate(forms):
        x = Expander(spans, environment)
        x.redefined.update(defined_at_toplevel([form]))
        yield _expand_toplevel(x, form, spans.child(None, i))


def macroexpand_once(form: Form, environment: Environment) -> Form:
    """The form with its outermost macro use expanded once; any other form as it is."""
    macro = Expander(NO_SPANS, environment).macro_used(form)
    if macro is None:
        return form
    assert type(form) is Pair
    return macro.expand(list(form.rest), None)


class _NoSpans:
    """The table of forms that were not read from a source."""

    def of(self, form: Form) -> None:
        return None

    def child(self, form: Form, index: int) -> None:
        return None


NO_SPANS: SpanTable = _NoSpans()


def defined_at_toplevel(forms: Sequence[Form]) -> Iterator[Symbol]:
    """The names in plain sight that top-level forms define, also inside ``begin``."""
    pending = list(reversed(forms))
    while pending:
        form = pending.pop()
        if type(form) is not Pair or type(form.first) is not Symbol:
            continue
        special = BY_SYMBOL.get(form.first)
        if special is None:
            continue
        parts = list(form)
        if special.defines is not None:
            yield from special.defines(parts)
        elif special.name == "begin":
            pending += reversed(parts[1:])


def _expand_toplevel(x: Expander, form: Form, span: Span | None) -> Node:
    try:
        with _deep_recursion:
            return x.toplevel(form, span)
    except RecursionError:
        too_deep = CompileError("maximum nesting depth of forms exceeded", span=span)
    finally:
        x.forget_expansions()
    raise too_deep


class _DeepRecursion:
    """Raises Python's recursion limit as long as any thread expands something."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._users = 0
        self._ordinary_limit = 0

    def __enter__(self) -> None:
        with self._lock:
            if self._users == 0:
                self._ordinary_limit = sys.getrecursionlimit()
                sys.setrecursionlimit(max(self._ordinary_limit, MAX_FRAMES))
            self._users += 1

    def __exit__(self, *exception: object) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0:
                sys.setrecursionlimit(self._ordinary_limit)


_deep_recursion = _DeepRecursion()
