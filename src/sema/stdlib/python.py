"""Python from Sema: modules, calls, attributes, items, iteration, and its exceptions.

Every function here needs the capability ``python``: who has it can do all that Python can.
"""

from __future__ import annotations

from importlib import import_module
from traceback import FrameSummary, extract_tb
from typing import Any

from sema.errors import EvalError, SemaTypeError
from sema.stdlib.registry import builtin
from sema.vm.crossing import from_python, to_python
from sema.vm.foreign import accepted
from sema.vm.maps import Map
from sema.vm.types import type_name
from sema.vm.values import Keyword, intern_keyword, make_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sema.stdlib.kinds import Name

_MISSING = object()


def _python(name: str, doc: str, example: str) -> Callable[..., Any]:
    return builtin(name, doc=doc, example=example, capability="python")


def _arguments(name: str, given: tuple[Any, ...]) -> tuple[list[Any], dict[str, Any]]:
    """Positional and keyword arguments: from the first keyword on, names and values alternate."""
    first = next((i for i, each in enumerate(given) if type(each) is Keyword), len(given))
    rest = given[first:]
    if len(rest) % 2:
        raise EvalError(f"{name}: a keyword argument has no value: {rest[-1]!r}")
    named = {}
    for key, value in zip(rest[::2], rest[1::2], strict=True):
        if type(key) is not Keyword:
            raise EvalError(f"{name}: a positional argument follows keyword arguments")
        named[key.name.replace("-", "_")] = value
    return list(given[:first]), named


@_python(
    "py/import",
    "A module of Python, by its full name.",
    '(py/call (py/get (py/import "math") "hypot") 3 4) => 5.0',
)
def import_(name: str) -> Any:
    return import_module(name)


@_python(
    "py/call",
    "Calls a Python object. From the first keyword on, the arguments are names and values.",
    '(py/call (py/get (py/import "builtins") "int") "ff" :base 16) => 255',
)
def call(function: Any, *arguments: Any) -> Any:
    if not callable(function):
        raise SemaTypeError("callable", type_name(function))
    positional, named = _arguments("py/call", arguments)
    return accepted(function(*positional, **named))


@_python(
    "py/method",
    "Calls a method of a Python object, which may be a string or number; see `py/call`.",
    '(py/method "a-b-c" "split" "-" :maxsplit 1) => ("a" "b-c")',
)
def call_method(value: Any, name: Name, *arguments: Any) -> Any:
    positional, named = _arguments("py/method", arguments)
    return accepted(getattr(value, name)(*positional, **named))


@_python(
    "py/get",
    "An attribute of a Python object; the default if there is none, else an error.",
    '(py/get (py/import "math") "nothing" 0) => 0',
)
def get_attribute(value: Any, name: Name, default: Any = _MISSING) -> Any:
    found = getattr(value, name) if default is _MISSING else getattr(value, name, default)
    return accepted(found)


@_python(
    "py/set!",
    "Sets an attribute of a Python object; returns the object.",
    '(py/get (py/set! (py/call (py/get (py/import "types") "SimpleNamespace")) "x" 1) "x") => 1',
)
def set_attribute(value: Any, name: Name, new: Any) -> Any:
    setattr(value, name, new)
    return value


@_python(
    "py/item",
    "The item of a Python object at a key; the default if there is none, else an error.",
    '(py/item "abc" -1) => "c"',
)
def get_item(value: Any, key: Any, default: Any = _MISSING) -> Any:
    try:
        return accepted(value[key])
    except (KeyError, IndexError):
        if default is _MISSING:
            raise
        return default


@_python(
    "py/set-item!",
    "Sets the item of a Python object at a key; returns the object.",
    '(py/method (py/set-item! (py/call (py/get (py/import "collections") "Counter")) "a" 2)'
    ' "total") => 2',
)
def set_item(value: Any, key: Any, new: Any) -> Any:
    value[key] = new
    return value


@_python(
    "py/list",
    "The list of all that iterating over a Python object gives.",
    '(py/list (py/call (py/get (py/import "builtins") "range") 3)) => (0 1 2)',
)
def elements(iterable: Iterable[Any]) -> Any:
    return make_list([accepted(each) for each in iterable])


@_python(
    "py/iterator",
    "An iterator over a Python object, from which `py/next` takes one element after the other.",
    "(py/next (py/iterator '(1 2))) => 1",
)
def iterator(iterable: Any) -> Any:
    return iter(iterable)


@_python(
    "py/next",
    "The next element of an iterator; at its end the default, or nil.",
    "(py/next (py/iterator '()) :end) => :end",
)
def next_element(elements: Any, default: Any = None) -> Any:
    return accepted(next(elements, default))


@_python(
    "py/dir",
    "The names of the attributes of a Python object, without those that begin with `_`.",
    '(list/contains? (py/dir (py/import "math")) "pi") => #t',
)
def names(value: Any) -> Any:
    return make_list([name for name in dir(value) if not name.startswith("_")])


@_python(
    "py/type",
    "The full name of a value's Python type.",
    '(py/type (py/call (py/get (py/import "fractions") "Fraction") 1 2)) => "fractions.Fraction"',
)
def python_type(value: Any) -> str:
    kind = type(value)
    return f"{kind.__module__}.{kind.__qualname__}"


@_python(
    "py/instance?",
    "Whether a value is an instance of a Python type.",
    '(py/instance? 1 (py/get (py/import "builtins") "int")) => #t',
)
def is_instance(value: Any, kind: Any) -> bool:
    return isinstance(value, kind)


@_python(
    "py/to-python",
    "A value with Python's own lists and dicts in place of Sema's lists, vectors and maps, at any "
    "depth, for functions that take nothing else.",
    """(py/type (py/to-python '(1 2))) => "builtins.list\"""",
)
def as_python(value: Any) -> Any:
    return to_python(value)


@_python(
    "py/from-python",
    "A value with Sema's lists and maps in place of Python's lists, tuples and dicts, at any "
    "depth.",
    "(py/from-python (py/to-python '(1 (2)))) => (1 (2))",
)
def as_sema(value: Any) -> Any:
    return from_python(value)


@_python(
    "py/raise",
    "Raises a Python exception, which a Python caller sees as the cause of the error.",
    '(try (py/raise (py/call (py/get (py/import "builtins") "KeyError") "k"))'
    """ (catch e (:message e))) => "KeyError: 'k'\"""",
)
def raise_(error: Any) -> Any:
    if not isinstance(error, Exception):
        raise SemaTypeError("exception", type_name(error))
    raise error


@_python(
    "py/exception",
    "The Python exception that a caught condition comes from, or nil.",
    '(py/type (try (py/import "no_such_module") (catch e (py/exception e))))'
    ' => "builtins.ModuleNotFoundError"',
)
def exception_of(condition: Any) -> Any:
    return _cause(condition)


@_python(
    "py/trace",
    "Where the Python exception of a caught condition was raised: a list of maps with :name, :file "
    "and :line, innermost first.",
    '(:name (first (try (py/import "no_such_module") (catch e (py/trace e)))))'
    ' => "_find_and_load_unlocked"',
)
def trace_of(condition: Any) -> Any:
    cause = _cause(condition)
    frames: list[FrameSummary] = [] if cause is None else extract_tb(cause.__traceback__)
    # The machine's own frames tell nobody anything.
    frames = [frame for frame in frames if not frame.filename.endswith(".pyx")]
    return make_list(
        [
            Map.from_pairs(
                [
                    (intern_keyword("name"), frame.name),
                    (intern_keyword("file"), frame.filename),
                    (intern_keyword("line"), frame.lineno),
                ]
            )
            for frame in reversed(frames)
        ]
    )


def _cause(condition: Any) -> BaseException | None:
    origin = condition.origin if type(condition) is Map else None
    cause = None if origin is None else origin.__cause__
    return cause


def _manager_type(manager: Any) -> Any:
    kind = type(manager)
    if not (hasattr(kind, "__enter__") and hasattr(kind, "__exit__")):
        raise SemaTypeError("context manager", type_name(manager))
    return kind


@_python(
    "__vm-enter",
    "Enters a context manager of Python; what it gives.",
    '(__vm-enter (py/call (py/get (py/import "contextlib") "nullcontext") 1)) => 1',
)
def enter(manager: Any) -> Any:
    return accepted(_manager_type(manager).__enter__(manager))


@_python(
    "__vm-leave",
    "Leaves a context manager of Python, with a condition or nil; whether it takes care of it.",
    '(__vm-leave (py/call (py/get (py/import "contextlib") "nullcontext")) nil) => #f',
)
def leave(manager: Any, condition: Any) -> bool:
    error = None
    if type(condition) is Map:
        error = _cause(condition) or condition.origin
    if condition is not None and error is None:
        error = EvalError("a value was thrown")
    kind = None if error is None else type(error)
    traceback = None if error is None else error.__traceback__
    return bool(_manager_type(manager).__exit__(manager, kind, error, traceback))
