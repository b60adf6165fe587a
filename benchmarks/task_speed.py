"""Tasks of Sema beside those of Python's asyncio: spawning, waiting, handing values over.

Rounds are interleaved, the shortest of each counts; in brackets the ratio to asyncio.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import sema

N = 20_000
ROUNDS = 5

PROGRAM = f"""
(define (spawned)
  (async/all (map (fn (i) (async i)) (range {N}))))
(define (awaited)
  (let loop ((i 0)) (if (= i {N}) i (begin (await (async i)) (loop (+ i 1))))))
(define (handed-over)
  (let ((c (channel/new 1)))
    (async (for-each (fn (i) (channel/send c i)) (range {N})) (channel/close c))
    (await (async (let loop ((n 0)) (if (nil? (channel/recv c)) n (loop (+ n 1))))))))
(define (asleep)
  (async/all (map (fn (i) (async (async/sleep 1) i)) (range {N}))))
"""


async def identity(value: int) -> int:
    return value


async def spawned() -> None:
    await asyncio.gather(*(identity(i) for i in range(N)))


async def awaited() -> None:
    for i in range(N):
        await asyncio.ensure_future(identity(i))


async def handed_over() -> None:
    queue: asyncio.Queue[int | None] = asyncio.Queue(1)

    async def send() -> None:
        for i in range(N):
            await queue.put(i)
        await queue.put(None)

    async def receive() -> None:
        while await queue.get() is not None:
            pass

    await asyncio.gather(send(), receive())


async def asleep() -> None:
    await asyncio.gather(*(asyncio.sleep(0.001) for _ in range(N)))


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(work())


def nanoseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter_ns()
    work()
    return (time.perf_counter_ns() - start) / N


def main() -> None:
    interpreter = sema.Interpreter()
    interpreter.eval(PROGRAM)
    cases = {
        "tasks spawned at once and awaited": ("spawned", spawned),
        "tasks awaited one by one": ("awaited", awaited),
        "values through a channel for one": ("handed-over", handed_over),
        "tasks asleep at once": ("asleep", asleep),
    }
    times: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in cases}
    for _ in range(ROUNDS):
        for name, (function, coroutine) in cases.items():
            times[name][0].append(nanoseconds(interpreter[function]))
            times[name][1].append(nanoseconds(partial(run, coroutine)))
    print(f"ns each; Sema {sema.__version__}, CPython {sys.version.split()[0]}")
    for name, (ours, peers) in times.items():
        print(f"{name:36} {min(ours):8.0f} ({min(ours) / min(peers):.2f}) {min(peers):8.0f}")


if __name__ == "__main__":
    main()
