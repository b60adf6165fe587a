"""Multimethods: functions whose methods are chosen by a dispatch function."""

from __future__ import annotations

from typing import Any

from sema.errors import EvalError, SemaTypeError
from sema.reader.printer import write
from sema.stdlib.registry import builtin
from sema.vm.maps import HashMap
from sema.vm.types import type_name
from sema.vm.values import Builtin, Closure, Symbol, intern_keyword

_DEFAULT = intern_keyword("default")
_ABSENT = object()


class Multimethod:
    """A multimethod: its methods by dispatch value, and the function that calls one of them.

    The machine calls ``__sema_function__`` in its place, so that tail calls stay tail calls.
    """

    __slots__ = ("__sema_function__", "methods", "name")
    __sema_type__ = "multimethod"

    def __init__(self, name: str) -> None:
        self.name = name
        self.methods = HashMap.from_pairs(())
        self.__sema_function__: Any = None

    def __call__(self, *args: Any) -> Any:
        return self.__sema_function__(*args)

    def __sema_write__(self) -> str:
        return f"<multimethod {self.name}>"


def multimethod_argument(value: Any) -> Multimethod:
    """The value if it is a multimethod. Raises SemaTypeError."""
    if type(value) is not Multimethod:
        raise SemaTypeError("multimethod", type_name(value))
    return value


@builtin(
    "__vm-new-multimethod",
    doc="A multimethod without methods.",
    example="(type (__vm-new-multimethod 'area)) => :multimethod",
)
def new_multimethod(name: Any) -> Multimethod:
    if type(name) is not Symbol:
        raise SemaTypeError("symbol", type_name(name))
    return Multimethod(name.name)


@builtin(
    "__vm-call-with",
    doc="Gives a multimethod the function that calls its methods, and returns it.",
    example="((__vm-call-with (__vm-new-multimethod 'm) list) 1) => (1)",
)
def call_with(multimethod: Any, function: Any) -> Multimethod:
    made = multimethod_argument(multimethod)
    if type(function) is not Closure and type(function) is not Builtin:
        raise SemaTypeError("function", type_name(function))
    made.__sema_function__ = function
    return made


@builtin(
    "__vm-add-method",
    doc="Gives a multimethod the method for a dispatch value.",
    example="(__vm-add-method (__vm-new-multimethod 'm) 1 list) => nil",
)
def add_method(multimethod: Any, value: Any, function: Any) -> None:
    if type(multimethod) is not Multimethod:
        raise EvalError("defmethod: first argument is not a multimethod")
    multimethod.methods = multimethod.methods.assoc(value, function)


@builtin(
    "__vm-method",
    doc="The method of a multimethod for a dispatch value.",
    example="(try (__vm-method (__vm-new-multimethod 'm) 1) (catch e (:type e))) => :eval",
)
def method(multimethod: Any, value: Any) -> Any:
    chosen = multimethod_argument(multimethod)
    found = chosen.methods.get(value, _ABSENT)
    if found is _ABSENT:
        found = chosen.methods.get(_DEFAULT, _ABSENT)
    if found is _ABSENT:
        raise EvalError(
            f"no method in multimethod '{chosen.name}' for dispatch value: {write(value)}",
            hint="a method for :default takes all other values",
        )
    return found
