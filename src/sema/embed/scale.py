"""Rules at scale: a function of a program over many records, in one process or in many.

The function's interpreter is pickled once, and each worker unpickles it once; its sandbox's limits
hold for every record there. Records go in chunks, of which only a few are under way at a time, so
that they may come from an endless stream.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from collections import deque
from collections.abc import Sized
from hashlib import blake2b
from itertools import islice
from typing import NamedTuple

from sema.embed.environment import environment_of
from sema.errors import SemaError
from sema.vm.values import Closure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from sema.embed.interpreter import Interpreter

    Outcome = tuple[bool, Any]
    """Whether a record was mapped, and to what, or else the error."""
    Submit = Callable[[list[Any]], Callable[[], bytes]]
    """Hands a chunk over; what it gives waits for the pickled outcomes."""

RULE = "__vm-mapped"
"""The global by which a pickled interpreter knows the function."""


class Failure(NamedTuple):
    """A record that could not be mapped: its position, the record, the error."""

    position: int
    record: Any
    error: SemaError


def map(
    rule: Closure,
    records: Iterable[Any],
    *,
    workers: Any = None,
    chunk: int = 1000,
    progress: bool | None = None,
) -> Iterator[Any]:
    """The values of a Sema function for records, in order, each as soon as it is asked for.

    A record for which the function fails gives a :class:`Failure` in the place of its value.
    ``workers`` says who computes: None for this process; a number of processes; an executor of
    ``concurrent.futures``; a ``distributed.Client``; or the module ``ray``. ``chunk`` is how many
    records a worker gets at a time. ``progress`` shows a bar on standard error, by default if that
    is a terminal.

    Raises TypeError for a rule that is no function of a program, or for unknown workers.
    """
    if type(rule) is not Closure:
        raise TypeError(f"a rule is a function of a Sema program, not {type(rule).__name__}")
    interpreter = environment_of(rule.code_object).owner.context.interpreter
    submit, close = _workers(interpreter, rule, workers)
    return _progress(_values(interpreter, submit, close, records, chunk), records, progress)


def _values(
    interpreter: Interpreter,
    submit: Submit,
    close: Callable[[], None],
    records: Iterable[Any],
    chunk: int,
) -> Iterator[Any]:
    index = 0
    remaining = iter(records)
    under_way: deque[tuple[list[Any], Callable[[], bytes]]] = deque()
    try:
        while True:
            while len(under_way) < 2 * (os.cpu_count() or 1):
                taken = list(islice(remaining, chunk))
                if not taken:
                    break
                under_way.append((taken, submit(taken)))
            if not under_way:
                return
            taken, result = under_way.popleft()
            outcomes: list[Outcome] = interpreter.loads(result())
            for record, (is_mapped, value) in zip(taken, outcomes, strict=True):
                yield value if is_mapped else Failure(index, record, value)
                index += 1
    finally:
        close()


# --- Workers --------------------------------------------------------------------------------------


def _nothing() -> None:
    pass


def _workers(
    interpreter: Interpreter, rule: Closure, workers: Any
) -> tuple[Submit, Callable[[], None]]:
    """How chunks are handed over, and what is to be done at the end."""
    if workers is None:
        return (lambda records: lambda: _mapped(interpreter, rule, records)), _nothing
    prepared = _pickled(interpreter, rule)
    key = blake2b(prepared, digest_size=16).digest()
    if isinstance(workers, int):
        return _own_processes(key, prepared, workers)
    if hasattr(workers, "scatter"):
        future = workers.scatter(prepared, broadcast=True, hash=False)

        def hand_over(records: list[Any]) -> Callable[[], bytes]:
            result: Callable[[], bytes] = workers.submit(
                run, key, future, records, pure=False
            ).result
            return result

        return hand_over, _nothing
    if hasattr(workers, "submit"):
        return (lambda records: workers.submit(run, key, prepared, records).result), _nothing
    if hasattr(workers, "remote") and hasattr(workers, "put"):
        remote, stored = workers.remote(run), workers.put(prepared)

        def call(records: list[Any]) -> Callable[[], bytes]:
            reference = remote.remote(key, stored, records)
            return lambda: bytes(workers.get(reference))

        return call, _nothing
    raise TypeError(f"workers can be a number, an executor or a client, not {workers!r}")


def _own_processes(key: bytes, prepared: bytes, n: int) -> tuple[Submit, Callable[[], None]]:
    from concurrent.futures import ProcessPoolExecutor

    pool = ProcessPoolExecutor(n, initializer=_prepare, initargs=(key, prepared))

    def close() -> None:
        processes = list((getattr(pool, "_processes", None) or {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        # Chunks that nobody waits for any more end at once.
        for process in processes:
            process.terminate()
        pool.shutdown()

    return (lambda records: pool.submit(run, key, b"", records).result), close


def _pickled(interpreter: Interpreter, rule: Closure) -> bytes:
    interpreter[RULE] = rule
    try:
        return pickle.dumps(interpreter)
    finally:
        del interpreter[RULE]


# --- In a worker ----------------------------------------------------------------------------------

_interpreters: dict[bytes, Interpreter] = {}
MOST_PREPARED = 16


def _prepare(key: bytes, prepared: bytes) -> None:
    """Begin a process. On Ctrl-C the one that waits for it ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _interpreters[key] = pickle.loads(prepared)


def run(key: bytes, prepared: bytes, records: list[Any]) -> bytes:
    """The pickled outcomes of some records; ``prepared`` is unpickled if its key is new here."""
    interpreter = _interpreters.get(key)
    if interpreter is None:
        if len(_interpreters) >= MOST_PREPARED:
            _interpreters.clear()
        interpreter = _interpreters[key] = pickle.loads(prepared)
    return _mapped(interpreter, interpreter[RULE], records)


def _mapped(interpreter: Interpreter, rule: Closure, records: list[Any]) -> bytes:
    outcomes = []
    for record in records:
        outcome: Outcome
        try:
            outcome = True, interpreter.call(rule, record)
        except SemaError as error:
            outcome = False, error
        outcomes.append(outcome)
    return interpreter.dumps(outcomes)


# --- Progress -------------------------------------------------------------------------------------


def _progress(values: Iterator[Any], records: Iterable[Any], wanted: bool | None) -> Iterator[Any]:
    if not (sys.stderr.isatty() if wanted is None else wanted):
        return values
    try:
        from rich.console import Console
        from rich.progress import track
    except ImportError:
        return values
    total = len(records) if isinstance(records, Sized) else None
    console = Console(stderr=True)
    shown: Iterator[Any] = iter(track(values, "records", total=total, console=console))
    return shown
