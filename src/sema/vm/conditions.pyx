# cython: language_level=3
"""Values as errors, and errors as values: what throwing raises, and what ``catch`` binds.

Programs that throw do it often: this is compiled so that it is quick.
"""

from sema.vm.maps cimport Map, map_of
from sema.vm.values cimport Keyword, intern_keyword
from sema.vm.values import make_list

from sema.errors import Rethrown, UserError
from sema.reader.printer import write

CONDITION_KINDS = frozenset(
    "arity cancelled eval io llm permission-denied reader timeout type-error unbound user".split()
)
"""The values of ``:type`` in the maps that describe conditions."""

cdef object _type = intern_keyword("type")
cdef object _message = intern_keyword("message")
cdef object _stack_trace = intern_keyword("stack-trace")
cdef object _value = intern_keyword("value")
cdef object _user = intern_keyword("user")


def thrown(value):
    """The error that throwing a value raises; the map of a caught condition is that condition.

    It keeps the place and the trace of the error that was caught: recursion that passes errors on
    at every level would look at all the levels above otherwise.
    """
    if type(value) is Map:
        kind = value.get(_type)
        message = value.get(_message)
        if type(kind) is Keyword and kind.name in CONDITION_KINDS and type(message) is str:
            error = Rethrown(message, value)
            if value.origin is not None:
                error.trace, error.span = value.origin.trace, value.origin.span
            return error
    return user_error(write(value), value)


cdef object user_error(message, value):
    """``UserError(message, value)``."""
    error = UserError.__new__(UserError, message)
    error.message = message
    error.value = value
    error.trace = []
    error.details = {"value": value}
    return error


def rethrown(condition):
    """The very error that a ``catch`` has bound as a map; of another value, see :func:`thrown`."""
    origin = condition.origin if type(condition) is Map else None
    return thrown(condition) if origin is None else origin


def raised(condition):
    """What the program threw: the value in the map of a ``:user`` error, else the map itself."""
    if type(condition) is Map and condition.get(_type) is _user:
        return condition.get(_value)
    return condition


def caught(error):
    """The map that ``catch`` binds for a Sema error."""
    cdef list entries
    if type(error) is Rethrown:
        return error.condition
    entries = [
        _type, intern_keyword(error.kind), _message, error.message,
        _stack_trace, make_list([shown_frame(frame) for frame in error.trace]),
    ]
    for name, detail in (<dict>error.details).items():
        entries.append(intern_keyword((<str>name).replace("_", "-")))
        entries.append(detail)
    condition = map_of(entries)
    condition.origin = error.with_traceback(None)
    return condition


cdef object shown_frame(frame):
    """The map that stands for a line of a stack trace, which is kept there."""
    cdef list entries
    if frame.shown is None:
        entries = [intern_keyword("name"), frame.name]
        if frame.span is not None:
            if frame.span.file is not None:
                entries += (intern_keyword("file"), frame.span.file)
            entries += (intern_keyword("line"), frame.span.line)
            entries += (intern_keyword("col"), frame.span.column)
        object.__setattr__(frame, "shown", map_of(entries))
    return frame.shown
