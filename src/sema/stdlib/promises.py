"""Promises of values that are computed when they are first needed."""

from __future__ import annotations

from typing import Any

from sema.errors import EvalError, SemaTypeError
from sema.stdlib.registry import builtin
from sema.vm.types import type_name


class Promise:
    """What ``delay`` makes. ``running`` is true while its value is being computed."""

    __slots__ = ("forced", "running", "thunk", "value")
    __sema_type__ = "promise"

    def __init__(self, thunk: Any) -> None:
        self.thunk = thunk
        self.value: Any = None
        self.forced = False
        self.running = False

    def __sema_write__(self) -> str:
        return "<promise (forced)>" if self.forced else "<promise>"


def promise_argument(value: Any) -> Promise:
    """The value if it is a promise. Raises SemaTypeError."""
    if type(value) is not Promise:
        raise SemaTypeError(
            "thunk", type_name(value), hint="force takes a promise, which delay makes"
        )
    return value


@builtin("__vm-delay", doc="A promise.", example="(promise? (__vm-delay list)) => #t")
def delay(thunk: Any) -> Promise:
    return Promise(thunk)


@builtin(
    "__vm-promise-thunk",
    doc="What computes the value of a promise, nil if it has it already.",
    example="(__vm-promise-thunk (__vm-delay list)) => <native-fn list>",
)
def begin(promise: Any) -> Any:
    wanted = promise_argument(promise)
    if wanted.forced:
        return None
    if wanted.running:
        raise EvalError("force: the promise is already being forced: it depends on itself")
    wanted.running = True
    return wanted.thunk


@builtin(
    "__vm-promise-value",
    doc="The value of a promise that has it.",
    example="(__vm-promise-value (__vm-delay list)) => nil",
)
def value(promise: Any) -> Any:
    return promise_argument(promise).value


@builtin(
    "__vm-promise-settle",
    doc="Gives a promise its value, which is returned.",
    example="(__vm-promise-settle (__vm-delay list) 1) => 1",
)
def settle(promise: Any, value: Any) -> Any:
    settled = promise_argument(promise)
    settled.value, settled.forced, settled.thunk, settled.running = value, True, None, False
    return value


@builtin(
    "__vm-promise-retry",
    doc="Lets a promise whose computation failed be forced again.",
    example="(__vm-promise-retry (__vm-delay list)) => nil",
)
def retry(promise: Any) -> None:
    promise_argument(promise).running = False
