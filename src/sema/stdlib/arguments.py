"""Checks of arguments for builtins written in Python."""

from __future__ import annotations

from sema.errors import EvalError, SemaTypeError
from sema.vm.types import type_name
from sema.vm.values import EMPTY_LIST, Char, Pair, Vector

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


def string(value: Any) -> str:
    """The value if it is a string. Raises SemaTypeError."""
    if type(value) is not str:
        raise SemaTypeError("string", type_name(value))
    return value


def char(value: Any) -> Char:
    """The value if it is a character. Raises SemaTypeError."""
    if type(value) is not Char:
        raise SemaTypeError("char", type_name(value))
    return value


def integer(value: Any) -> int:
    """The value if it is an integer of 64 bits. Raises SemaTypeError."""
    if type(value) is not int or not -(1 << 63) <= value < 1 << 63:
        raise SemaTypeError("int", type_name(value))
    return value


def count(value: Any, name: str) -> int:
    """The value if it is an integer that is not negative. Raises SemaTypeError, EvalError."""
    if integer(value) < 0:
        raise EvalError(f"{name}: expected a non-negative integer, got {value}")
    return integer(value)


def sequence(value: Any, name: str) -> Iterable[Any]:
    """The elements of a list, vector or mutable array given to ``name``. Raises SemaTypeError."""
    if value is EMPTY_LIST or type(value) is Pair or type(value) is Vector:
        return value
    snapshot = getattr(type(value), "__sema_snapshot__", None)
    if snapshot is None:
        raise SemaTypeError("list, vector, or mutable-array", f"{type_name(value)} in {name}")
    elements: Iterable[Any] = snapshot(value)
    return elements
