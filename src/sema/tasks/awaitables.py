"""Awaitables of Python as promises."""

from __future__ import annotations

import asyncio

from sema.errors import CancelledError
from sema.tasks.promise import EXPLICIT, AsyncPromise
from sema.vm.foreign import accepted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any

    from sema.embed.namespace import Context


def adopted(context: Context, awaitable: Awaitable[Any]) -> AsyncPromise:
    """The promise of an awaitable's result.

    It runs in the event loop that gives the tasks their turns; if there is none, in a loop of its
    own, in a thread. Who gives up waiting for it cancels it.
    """
    scheduler, wrapped = context.scheduler, context.machine.host.wrapped
    if not scheduler.is_driven or scheduler.current is None:
        return scheduler.outside(_run, (awaitable, wrapped), "async/await")
    future = asyncio.ensure_future(awaitable)
    promise = AsyncPromise(None, "async/await", future.cancel)

    def settle(done: asyncio.Future[Any]) -> None:
        if done.cancelled():
            promise.reject(CancelledError("the awaitable was cancelled", reason=EXPLICIT))
        elif (error := done.exception()) is not None:
            promise.reject(wrapped(error))
        else:
            promise.resolve(accepted(done.result()))
        scheduler.bring_news()

    scheduler.expect_news()
    future.add_done_callback(settle)
    return promise


def _run(awaitable: Awaitable[Any], wrapped: Callable[[BaseException], BaseException]) -> Any:
    async def result() -> Any:
        return await awaitable

    try:
        return accepted(asyncio.run(result()))
    except Exception as error:
        raise wrapped(error) from error
