"""Values as errors: what throwing them raises."""

from __future__ import annotations

from sema.errors import Rethrown, SemaError, UserError
from sema.reader.printer import write
from sema.vm.maps import Map
from sema.vm.values import Keyword, intern_keyword

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CONDITION_KINDS = frozenset(
    "arity cancelled eval io llm permission-denied reader timeout type-error unbound user".split()
)
"""The values of ``:type`` in the maps that describe conditions."""


def thrown(value: Any) -> SemaError:
    """The error that throwing a value raises; the map of a caught condition is that condition.

    It keeps the place and the trace of the error that was caught: recursion that passes errors on
    at every level would look at all the levels above otherwise.
    """
    if type(value) is Map:
        kind = value.get(intern_keyword("type"))
        message = value.get(intern_keyword("message"))
        if type(kind) is Keyword and kind.name in CONDITION_KINDS and type(message) is str:
            error = Rethrown(message, value)
            if value.origin is not None:
                error.trace, error.span = value.origin.trace, value.origin.span
            return error
    return UserError(write(value), value)


def rethrown(condition: Any) -> BaseException:
    """The very error that a ``catch`` has bound as a map; of another value, see :func:`thrown`."""
    origin = condition.origin if type(condition) is Map else None
    return thrown(condition) if origin is None else origin


def raised(condition: Any) -> Any:
    """What the program threw: the value in the map of a ``:user`` error, else the map itself."""
    if type(condition) is Map and condition.get(intern_keyword("type")) is intern_keyword("user"):
        return condition.get(intern_keyword("value"))
    return condition
