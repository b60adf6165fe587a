"""The door of the room: whole units, single forms, and one step of macro expansion."""

from __future__ import annotations

import sema.expander.binding
import sema.expander.control
import sema.expander.definitions
import sema.expander.errors_forms
import sema.expander.laziness
import sema.expander.loops
import sema.expander.matching
import sema.expander.multiple_values
import sema.expander.quasiquote
import sema.expander.syntax_rules
import sema.expander.tasks
import sema.expander.types  # noqa: F401  # these imports fill the table of special forms
from sema.errors import CompileError, Span
from sema.expander.body import plain_definition
from sema.expander.core import Node
from sema.expander.expand import Expander
from sema.expander.forms import BY_SYMBOL, Form
from sema.expander.modules import MODULE, MODULE_HEADER
from sema.expander.prelude import BUILTIN_MACROS
from sema.recursion import deep_recursion
from sema.vm.values import Pair, Symbol, make_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sema.expander.environment import Environment, SpanTable


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
    for form, span in separate_forms(forms, spans):
        yield expand_alone(form, span, spans, environment)


def separate_forms(forms: Sequence[Form], spans: SpanTable) -> list[tuple[Form, Span | None]]:
    """The forms of a text that run one by one, and their places.

    The forms in a ``module`` are such forms too.
    """
    separated = []
    pending = [(form, spans.child(None, i)) for i, form in enumerate(forms)][::-1]
    while pending:
        form, span = pending.pop()
        if type(form) is Pair and form.first is MODULE and len(form) > MODULE_HEADER:
            span = spans.of(form) or span
            parts = list(form)
            inner = [(part, spans.of(part) or span) for part in parts[MODULE_HEADER:]]
            pending += reversed(inner)
            form = make_list(parts[:MODULE_HEADER])
        separated.append((form, span))
    return separated


def expand_alone(form: Form, span: Span | None, spans: SpanTable, environment: Environment) -> Node:
    """The core node of a form that runs by itself; ``span`` is its place."""
    x = Expander(spans, environment)
    x.redefined.update(defined_at_toplevel([form]))
    return _expand_toplevel(x, form, span)


def batch_length(separated: Sequence[tuple[Form, Span | None]], start: int) -> int:
    """How many separated forms from ``start`` on may as well be expanded before the first runs.

    That is one, or any number of definitions of functions, provided that no macros but the
    library's are in force.
    """
    end = start
    while end < len(separated) and _is_function_definition(separated[end][0]):
        end += 1
    return max(end - start, 1)


def _is_function_definition(form: Form) -> bool:
    definition = plain_definition(form)
    if definition is None:
        return False
    name, special, parts = definition
    defines_function = type(parts[1]) is Pair or special.name == "defun"
    return defines_function and name.name not in BUILTIN_MACROS


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
        defines = special.defines or special.defines_globals
        if defines is not None:
            yield from defines(parts)
        elif special.name == "begin":
            pending += reversed(parts[1:])
        elif special.name == "module":
            pending += reversed(parts[3:])


def _expand_toplevel(x: Expander, form: Form, span: Span | None) -> Node:
    try:
        with deep_recursion:
            return x.toplevel(form, span)
    except RecursionError:
        too_deep = CompileError("maximum nesting depth of forms exceeded", span=span)
    finally:
        x.forget_expansions()
    raise too_deep
