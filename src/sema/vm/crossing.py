"""Python's containers as values of the program."""

from __future__ import annotations

from sema.vm.maps import Map
from sema.vm.values import make_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def from_python(value: Any) -> Any:
    """The Sema value of a Python one: lists and tuples become lists, dicts maps, at any depth.

    Everything else is a value as it is. Keys stay what they are: strings stay strings.
    """
    kind = type(value)
    if kind is list or kind is tuple:
        return make_list([from_python(item) for item in value])
    if kind is dict:
        return Map.from_pairs((from_python(k), from_python(v)) for k, v in value.items())
    return value


def to_python(value: Any) -> Any:
    """The Python value of a Sema one: lists and vectors become lists, maps dicts, at any depth."""
    from sema.vm.maps import HashMap
    from sema.vm.values import EmptyList, Pair, Vector

    if isinstance(value, (Pair, EmptyList, Vector)):
        return [to_python(item) for item in value]
    if isinstance(value, (Map, HashMap)):
        return {to_python(k): to_python(v) for k, v in value.items()}
    return value
