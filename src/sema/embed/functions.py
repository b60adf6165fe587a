"""Functions of Python that programs call like builtins: with their arity and doc string."""

from __future__ import annotations

from sema.vm.foreign import registered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType
    from typing import Any

    from sema.vm.values import Builtin

_POSITIONAL = 4
"""The flag of code that takes any number of positional arguments."""


def function_of(function: Callable[..., Any], name: str | None, doc: str | None) -> Builtin:
    """The function as a program sees it; ``name`` is by default its own, with dashes.

    Raises ValueError for a function that cannot be called with positional arguments alone.
    """
    least, most = arity_of(function)
    if name is None:
        name = spelling(function.__name__)
    return registered(function, name, least, most, doc or summary_of(function))


def functions_of(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """What a module offers, by Sema's spelling of the names: what ``__all__`` lists, or all that
    has no underscore in front and is no module."""
    listed = getattr(module, "__all__", None)
    for name in dir(module) if listed is None else listed:
        value = getattr(module, name)
        if listed is not None or not (name.startswith("_") or type(value) is type(module)):
            yield spelling(name), value


def spelling(name: str) -> str:
    """A name of Python's as programs spell it: ``is_valid`` becomes ``is-valid``."""
    return name.strip("_").replace("_", "-")


def summary_of(function: Callable[..., Any]) -> str:
    """The first paragraph of a function's doc string, on one line."""
    return " ".join((function.__doc__ or "").strip().partition("\n\n")[0].split())


def arity_of(function: Callable[..., Any]) -> tuple[int, int]:
    """The least and the most positional arguments, -1 for any number. Raises ValueError."""
    code = getattr(function, "__code__", None)
    if code is None or hasattr(function, "__wrapped__"):
        return _arity_by_signature(function)
    required = set(code.co_varnames[code.co_argcount :][: code.co_kwonlyargcount])
    _check(function, required - set(function.__kwdefaults__ or ()))
    # A bound method has its first argument already.
    most = code.co_argcount - hasattr(function, "__func__")
    least = max(0, most - len(function.__defaults__ or ()))
    return least, -1 if code.co_flags & _POSITIONAL else most


def _arity_by_signature(function: Callable[..., Any]) -> tuple[int, int]:
    from inspect import Parameter, signature

    try:
        parameters = signature(function).parameters.values()
    except (TypeError, ValueError):
        return 0, -1
    _check(
        function,
        {p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is Parameter.empty},
    )
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    has_rest = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    least = sum(p.default is Parameter.empty for p in positional)
    return least, -1 if has_rest else len(positional)


def _check(function: Callable[..., Any], required_keywords: set[str]) -> None:
    if required_keywords:
        names = ", ".join(sorted(required_keywords))
        raise ValueError(f"{function!r} needs keyword arguments that programs cannot give: {names}")
