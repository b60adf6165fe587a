"""Tasks and promises: what waits returns a promise, which the machine then waits for."""

from __future__ import annotations

from functools import partial

from sema.errors import EvalError, SemaTypeError, TimeoutExpired
from sema.reader.printer import write
from sema.stdlib.registry import builtin
from sema.tasks.promise import AsyncPromise, State
from sema.vm.types import type_name
from sema.vm.values import EMPTY_LIST, Closure, Pair, Vector, make_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sema.embed.namespace import Context

LONGEST_MS = 86_400_000
SHOWN = 40


def promise_argument(value: Any) -> AsyncPromise:
    """The value if it is a promise of a task. Raises SemaTypeError."""
    if type(value) is not AsyncPromise:
        shown = write(value)
        if len(shown) > SHOWN:
            shown = shown[: SHOWN - 1] + "…"
        raise SemaTypeError("async-promise", type_name(value), shown=shown)
    return value


def promise_arguments(values: Any) -> list[AsyncPromise]:
    """The promises in a list or vector. Raises SemaTypeError."""
    if type(values) not in (Pair, Vector) and values is not EMPTY_LIST:
        raise SemaTypeError(
            "list or vector", type_name(values), hint="use a list of promises: (list p ...)"
        )
    return [promise_argument(value) for value in values]


def duration(value: Any, who: str) -> float:
    """The value if it is a number of milliseconds that one can wait. Raises EvalError,
    SemaTypeError."""
    if type(value) not in (int, float):
        raise SemaTypeError("number", type_name(value))
    if not value < float("inf") or value != value:
        raise EvalError(f"{who}: duration must be finite")
    if value < 0:
        raise EvalError(f"{who}: duration must be non-negative, got {write(value)}")
    if value > LONGEST_MS:
        raise EvalError(f"{who}: duration exceeds maximum of {LONGEST_MS} ms")
    return float(round(value))


# --- Tasks ----------------------------------------------------------------------------------------


@builtin(
    "async/spawn",
    doc="Queues a task that calls a function without arguments; the promise of its result.",
    example="(await (async/spawn (lambda () 1))) => 1",
    aliases=("__vm-spawn",),
    tier="T2",
    owned=True,
)
def spawn(context: Context, thunk: Any) -> AsyncPromise:
    if type(thunk) is not Closure:
        raise EvalError(
            f"async/spawn: argument must be a function without arguments, got {type_name(thunk)}",
            hint="wrap it: (async/spawn (lambda () ...)), or use (async ...)",
        )
    return context.scheduler.spawn(thunk)


@builtin(
    "async/await",
    doc="The value of a promise, or of an awaitable of Python, once it is there; anything else is "
    "its own value.",
    example="(async/await (async/resolved 1)) => 1",
    aliases=("__vm-await",),
    tier="T2",
    waits=True,
    owned=True,
)
def await_value(context: Context, promise: Any) -> Any:
    if type(promise) is not AsyncPromise and hasattr(type(promise), "__await__"):
        from sema.tasks.awaitables import adopted

        return adopted(context, promise)
    return promise


@builtin(
    "async/resolved",
    doc="A promise that is settled with a value.",
    example="(await (async/resolved 1)) => 1",
    tier="T2",
)
def resolved(value: Any) -> AsyncPromise:
    promise = AsyncPromise()
    promise.resolve(value)
    return promise


@builtin(
    "async/rejected",
    doc="A promise that has failed with a message.",
    example='(try (await (async/rejected "no")) (catch e (:message e))) => "no"',
    tier="T2",
)
def rejected(message: str) -> AsyncPromise:
    promise = AsyncPromise()
    promise.reject(EvalError(message))
    return promise


@builtin(
    "async/run",
    doc="Lets all other tasks run as far as they can.",
    example="(async/run) => nil",
    tier="T2",
    waits=True,
    owned=True,
)
def run(context: Context) -> AsyncPromise:
    return context.scheduler.when_idle()


@builtin(
    "async/sleep",
    doc="Waits for so many milliseconds, while other tasks run.",
    example="(async/sleep 0) => nil",
    tier="T2",
    waits=True,
    owned=True,
)
def sleep(context: Context, milliseconds: Any) -> AsyncPromise:
    return context.scheduler.sleep(duration(milliseconds, "async/sleep"))


@builtin(
    "sleep",
    doc="Waits for so many milliseconds, while other tasks run; not at all for less than none.",
    example="(sleep 0) => nil",
    waits=True,
    owned=True,
)
def pause(context: Context, milliseconds: int) -> AsyncPromise:
    return context.scheduler.sleep(max(0, milliseconds), "sleep")


@builtin(
    "async/cancel",
    doc="Cancels the task of a promise: #t if it was pending, else #f.",
    example="(async/cancel (async 1)) => #t",
    tier="T2",
    owned=True,
)
def cancel(context: Context, promise: Any) -> bool:
    return context.scheduler.cancel(promise_argument(promise))


@builtin(
    "async/pending?",
    doc="Whether a promise is not settled yet.",
    example="(async/pending? (async/resolved 1)) => #f",
    tier="T2",
)
def is_pending(promise: Any) -> bool:
    return promise_argument(promise).state == State.PENDING


@builtin(
    "async/resolved?",
    doc="Whether a promise has a value.",
    example="(async/resolved? (async/resolved 1)) => #t",
    tier="T2",
)
def is_resolved(promise: Any) -> bool:
    return promise_argument(promise).state == State.RESOLVED


@builtin(
    "async/rejected?",
    doc="Whether a promise has failed.",
    example='(async/rejected? (async/rejected "no")) => #t',
    tier="T2",
)
def is_rejected(promise: Any) -> bool:
    return promise_argument(promise).state == State.REJECTED


@builtin(
    "async/cancelled?",
    doc="Whether the task of a promise was cancelled.",
    example="(async/cancelled? (async/resolved 1)) => #f",
    tier="T2",
)
def is_cancelled(promise: Any) -> bool:
    return promise_argument(promise).state == State.CANCELLED


@builtin(
    "__vm-cancelled?",
    doc="Whether the running task has been cancelled.",
    example="(__vm-cancelled?) => #f",
    owned=True,
)
def is_running_cancelled(context: Context) -> bool:
    return context.scheduler.is_cancelled()


# --- Several promises -----------------------------------------------------------------------------


def pass_on(promise: AsyncPromise, to: AsyncPromise) -> None:
    """Settle another promise as this one is."""
    if promise.state == State.RESOLVED:
        to.resolve(promise.value)
    else:
        to.reject(promise.error())


@builtin(
    "async/all",
    doc="The values of a list or vector of promises, in order; fails as soon as one fails.",
    example="(async/all (list (async 1) (async 2))) => (1 2)",
    tier="T2",
    waits=True,
)
def all_of(promises: Any) -> Any:
    awaited = promise_arguments(promises)
    values: list[Any] = [None] * len(awaited)
    together = AsyncPromise()
    n_pending = len(awaited)

    def note(i: int, promise: AsyncPromise) -> None:
        nonlocal n_pending
        if promise.state != State.RESOLVED:
            pass_on(promise, together)
            return
        values[i] = promise.value
        n_pending -= 1
        if not n_pending:
            together.resolve(make_list(values))

    for i, promise in enumerate(awaited):
        promise.when_settled(partial(note, i))
    return together if awaited else make_list([])


@builtin(
    "async/race",
    doc="The outcome of the first of some promises to be settled.",
    example="(async/race (list (async 1) (async (async/sleep 1000)))) => 1",
    tier="T2",
    waits=True,
)
def race(promises: Any) -> AsyncPromise:
    awaited = promise_arguments(promises)
    if not awaited:
        raise EvalError("async/race: requires at least one promise")
    first = AsyncPromise()
    for promise in awaited:
        promise.when_settled(lambda settled: pass_on(settled, first))
    return first


@builtin(
    "async/timeout",
    doc="The value of a promise, or a :timeout error if it is not there in so many milliseconds.",
    example="(async/timeout 1000 (async 1)) => 1",
    tier="T2",
    waits=True,
    owned=True,
)
def timeout(context: Context, milliseconds: Any, promise: Any) -> AsyncPromise:
    return within(context, milliseconds, promise, "async/timeout")


@builtin(
    "__vm-within",
    doc="The same for the function of that name.",
    example='(__vm-within 1000 (async 1) "async/with-timeout") => 1',
    waits=True,
    owned=True,
)
def within(context: Context, milliseconds: Any, promise: Any, who: str) -> AsyncPromise:
    limit = duration(milliseconds, who)
    awaited = promise_argument(promise)
    timer = context.scheduler.sleep(limit, "async/timeout")
    either = AsyncPromise(None, "async/timeout")

    def settled(promise: AsyncPromise) -> None:
        pass_on(promise, either)
        timer.resolve(None)

    def expired(_: AsyncPromise) -> None:
        either.reject(TimeoutExpired("async/timeout", int(limit)))

    awaited.when_settled(settled)
    timer.when_settled(expired)
    return either
