"""What is done with an input, and what must hold then; see ``TARGETS``.

Each function returns what is wrong, or the empty text. It runs in a process of its own: see
``worker.py``.
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import sema
from sema.errors import LimitExceeded, ReadError, SandboxError, SemaError
from sema.jit import Jit
from sema.reader import is_incomplete, pretty, read_many, read_one, read_recovering, write

CACHES = ("none", "vm", "site", "patched")
MEMORY = 48 << 20
LIMITS: dict[str, Any] = {
    "fuel": 2_000_000,
    "timeout": 1.0,
    "memory": MEMORY,
    "max_depth": 50_000,
    "max_output": 20_000,
}
LONGEST_TIME = 4.0
"""Seconds of the processor after which a run, whose limit is LIMITS, has come too late."""
MOST_MEMORY = 4 * MEMORY
"""Bytes by which a process may grow; what Python itself needs is not the program's."""
SHOWN = 20_000

UNSTEADY = re.compile(
    r"""time|random|shuffle|sample|uuid|gensym|elapsed|sleep|timeout|within|clock|date|log/|memory
    |gc/|hash|address|async|await|promise|channel|task|pid|retry|__vm-|call-|caught|trace|procedure
    |json/decode|regex|within|sys/|perf|python|cancel|pipeline|parallel""",
    re.VERBOSE,
)
"""Programs with such words may do something else each time."""
ADDRESS = re.compile(r"0x[0-9a-f]+|#[0-9]+|__[0-9]+")

Outcome = tuple[str, str]
"""What a program did: the class of its error or "value", and all that could be seen."""


class Wrong(Exception):
    """Something that must hold does not."""


# --- Running -------------------------------------------------------------------------------------


def outcome(interpreter: sema.Interpreter, run: Callable[[], Any]) -> Outcome:
    """What a program does. Raises Wrong if it is anything but a value or an error of ours."""
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            try:
                value = run()
                seen = "value", interpreter.call(write, value)[:SHOWN]
            except SemaError as error:
                trace = " ".join(frame.name for frame in error.trace[:20])
                seen = type(error).__name__, f"{str(error)[:SHOWN]} {error.span} {trace}"
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        raise Wrong("not an error of ours: " + _shown(error)) from None
    return seen[0], f"{seen[1]}\n{output.getvalue()}"


def _shown(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = " ".join(f"{Path(frame.filename).name}:{frame.name}" for frame in frames)
    return f"{type(error).__name__}: {error} ({places})"


def _peak() -> int:
    """The largest size of the process in bytes since the last call."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return int(found[1]) << 10 if found else 0


def confined(run: Callable[[sema.Interpreter], Any], **options: Any) -> Outcome:
    """What a program does in a sandbox, after which the interpreter must work."""
    before = _peak()
    interpreter = sema.Interpreter(sandbox=sema.Sandbox(**LIMITS), **options)
    started = time.process_time()
    seen = outcome(interpreter, lambda: run(interpreter))
    spent = time.process_time() - started
    if spent > LONGEST_TIME:
        raise Wrong(f"the limit of time came after {spent:.1f} s")
    try:
        works = interpreter.eval("7") == 7
    except sema.MemoryExceeded:
        # What the program has defined is still there.
        works = seen[0] == "MemoryExceeded"
    if not works:
        raise Wrong("the interpreter does not work any more")
    grown = _peak() - before
    if grown > MOST_MEMORY:
        raise Wrong(f"the process has grown by {grown >> 20} MB")
    return seen


# --- Targets -------------------------------------------------------------------------------------


def sandbox(text: str) -> None:
    """In a strict sandbox with small limits, under each call cache: they agree."""
    expected = confined(lambda interpreter: interpreter.eval(text))
    for call_cache in CACHES[:3]:
        found = confined(lambda interpreter: interpreter.eval(text), call_cache=call_cache)
        _compare(text, expected, found, call_cache)


def native(text: str) -> None:
    """As machine code, where the program is known to end: it does what the interpreter does."""
    expected = confined(lambda interpreter: interpreter.eval(text))
    if issubclass(getattr(sema, expected[0], Exception), LimitExceeded):
        return
    Jit.tolerant = False
    for call_cache in CACHES:
        interpreter = sema.Interpreter(call_cache=call_cache, jit_threshold=0)
        # Without powers, but also without limits: with those there is no machine code.
        interpreter._context.sandbox = sema.Sandbox()
        found = outcome(interpreter, partial(interpreter.eval, text))
        _compare(text, expected, found, f"{call_cache}, machine code")


def _compare(text: str, expected: Outcome, found: Outcome, how: str) -> None:
    limited = [
        issubclass(getattr(sema, name, int), SandboxError) for name in (expected[0], found[0])
    ]
    if any(limited) or UNSTEADY.search(text):
        return
    a, b = (ADDRESS.sub("#", " ".join(seen)) for seen in (expected, found))
    if a != b:
        raise Wrong(f"{how} disagrees: {_difference(a, b)}")


def _difference(a: str, b: str) -> str:
    at = next(
        (i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b))
    )
    start = max(0, at - 40)
    return f"{a[start : at + 60]!r} / {b[start : at + 60]!r}"


def text(text: str) -> None:
    """Read, print and read again: what is printed reads as the same."""
    is_incomplete(text)
    try:
        read_recovering(text)
        forms = read_many(text)
    except ReadError:
        return
    for form in forms:
        for printer in (write, pretty):
            printed = printer(form)
            again = write(read_one(printed))
            if again != write(form):
                raise Wrong(f"reads as something else: {_difference(write(form), again)}")


def compiled(data: bytes) -> None:
    """A compiled file: it is refused, or runs safely."""
    confined(lambda interpreter: interpreter.run_compiled(data))


def cached(text: str) -> None:
    """Cached code that somebody has damaged is not used, and code that is read from the cache or a
    pickle does what it did before."""
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "program.sema"
        file.write_bytes(text.encode("utf-8", "surrogatepass"))
        limited = confined(lambda interpreter: interpreter.eval(text, str(file)))
        if issubclass(getattr(sema, limited[0], Exception), LimitExceeded):
            return
        expected = None
        for turn in range(4):
            # The first time without the cache, the second time it is written.
            interpreter = sema.Interpreter(cache=turn > 0)
            interpreter._context.sandbox = sema.Sandbox(capabilities={"fs-read"}, paths=[directory])
            found = outcome(interpreter, partial(interpreter.load_file, file))
            _compare(text, expected or found, found, f"turn {turn}")
            expected = found
            if turn == 2:
                for stored in file.parent.glob("__semacache__/*"):
                    data = bytearray(stored.read_bytes())
                    data[len(text) * 7919 % len(data)] ^= 1 << len(text) % 8
                    stored.write_bytes(data)


TARGETS: dict[str, Callable[[Any], None]] = {
    "sandbox": sandbox,
    "native": native,
    "text": text,
    "compiled": compiled,
    "cached": cached,
}


def verdict(target: str, data: bytes) -> str:
    """What is wrong after the input was tried; empty if nothing is."""
    try:
        TARGETS[target](data if target == "compiled" else data.decode("utf-8", "surrogatepass"))
    except Wrong as problem:
        return str(problem)
    except Exception as error:
        return "not an error of ours: " + _shown(error)
    finally:
        sys.stdout.flush()
    return ""
