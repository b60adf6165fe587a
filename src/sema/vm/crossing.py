"""Python's containers and numbers as values of the program, and back."""

from __future__ import annotations

from sema.errors import EvalError
from sema.vm.maps import AnyMap, Map
from sema.vm.numbers import make_complex
from sema.vm.values import EmptyList, Pair, Vector, make_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any


def from_python(value: Any) -> Any:
    """The Sema value of a Python one: lists and tuples become lists, dicts maps, at any depth.

    Complex numbers and fractions become Sema's. Everything else is a value as it is. Keys stay
    what they are: strings stay strings. Raises EvalError for a container that contains itself.
    """
    return _rebuilt(value, _python_parts, _sema_container, _sema_scalar)


def to_python(value: Any) -> Any:
    """The Python value of a Sema one: lists and vectors become lists, maps dicts, at any depth."""
    return _rebuilt(value, _sema_parts, _python_container, lambda scalar: scalar)


def _python_parts(value: Any) -> Iterable[Any] | None:
    kind = type(value)
    if kind is list or kind is tuple:
        parts: Iterable[Any] = value
        return parts
    return _flat(value.items()) if kind is dict else None


def _sema_container(value: Any, parts: list[Any]) -> Any:
    return Map.from_pairs(_pairs(parts)) if type(value) is dict else make_list(parts)


def _sema_scalar(value: Any) -> Any:
    kind = type(value)
    if kind is complex:
        return make_complex(value.real, value.imag)
    if kind.__name__ == "Fraction" and value.denominator == 1:
        return value.numerator
    return value


def _sema_parts(value: Any) -> Iterable[Any] | None:
    if isinstance(value, (Pair, EmptyList, Vector)):
        return value
    return _flat(value.items()) if isinstance(value, AnyMap) else None


def _python_container(value: Any, parts: list[Any]) -> Any:
    return dict(_pairs(parts)) if isinstance(value, AnyMap) else parts


def _flat(pairs: Iterable[tuple[Any, Any]]) -> list[Any]:
    return [part for pair in pairs for part in pair]


def _pairs(parts: list[Any]) -> Iterable[tuple[Any, Any]]:
    return zip(parts[::2], parts[1::2], strict=True)


def _rebuilt(
    value: Any,
    parts_of: Callable[[Any], Iterable[Any] | None],
    container: Callable[[Any, list[Any]], Any],
    scalar: Callable[[Any], Any],
) -> Any:
    """A value with its scalars and containers replaced, from the innermost, without recursion."""
    results: list[Any] = []
    pending: list[tuple[Any, Iterator[Any], list[Any]]] = [(None, iter((value,)), results)]
    entered: set[int] = set()
    while pending:
        owner, rest, built = pending[-1]
        for item in rest:
            parts = parts_of(item)
            if parts is None:
                built.append(scalar(item))
                continue
            if id(item) in entered:
                raise EvalError(f"a {type(item).__name__} that contains itself is no Sema value")
            entered.add(id(item))
            pending.append((item, iter(parts), []))
            break
        else:
            pending.pop()
            if pending:
                entered.discard(id(owner))
                pending[-1][2].append(container(owner, built))
    return results[0]
