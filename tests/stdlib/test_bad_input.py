"""Every builtin, called with too few, too many and wrong arguments.

Whatever a program gives to a builtin, there is a value or an error of ours, at once; and what a
signature says of an argument is what the builtin insists on. Arguments that are right come from
the builtin's example. What is found in the registry is tested: a new builtin needs no test here.
"""

from __future__ import annotations

import contextlib
import io
import signal
import sys
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from types import FrameType
from typing import Any

import pytest

import sema
from scripts.reference_index import table
from sema.errors import ArityError, SemaError
from sema.stdlib import registry
from sema.stdlib.kinds import KINDS
from sema.stdlib.registry import Declaration
from sema.vm.maps import HashMap, Map
from sema.vm.numbers import Complex
from sema.vm.values import (
    EMPTY_LIST,
    Char,
    intern_keyword,
    intern_symbol,
    make_list,
    make_vector,
)

PATIENCE = 2.0
"""Seconds of the processor's time that a call may take."""

LONGEST_WAIT = 30.0
"""Seconds that it may wait for others besides."""

OUTSIDE = {
    "network": "would talk to other machines",
    "process": "would start, stop or leave processes",
    "shell": "would run commands",
}
"""Capabilities whose functions are only called with arguments that their signatures reject."""

UNHURRIED = {
    "list/times": "calls a function as often as it is told",
    "sleep": "waits as long as it is told",
}
"""Functions that do not return at once, as they should; they are called in the same way."""


def public() -> Iterator[Declaration]:
    for name in sorted(registry.names()):
        declared = registry.declaration(name)
        assert declared is not None
        if name == declared.name and not name.startswith("__vm-"):
            yield declared


DECLARED = {declared.name: declared for declared in public() if declared.parameters is not None}

REPORTED_AS = {row["name"]: row["reported_as"] for row in table("aliases.tsv")}


# --- The values -----------------------------------------------------------------------------------


def nested_list(depth: int) -> Any:
    value: Any = EMPTY_LIST
    for _ in range(depth):
        value = make_list([value])
    return value


def pool(interpreter: sema.Interpreter) -> list[Any]:
    """Values of all types, the extreme ones among them."""
    made = [
        "(mutable-array/new 2 1)",
        "(f64-array 1 2.5)",
        "(i64-array)",
        "(let ((cell (mutable-cell/new 1))) (mutable-cell/set! cell (list cell)))",
        "(delay 1)",
        "(delay (car 5))",
        "(fn (x) x)",
        "(fn () (throw 1))",
        "(make-parameter 1)",
        "(begin (define-record-type point (make-point x) point? (x point-x)) (make-point 1))",
    ]
    return [
        None,
        True,
        False,
        0,
        3,
        -1,
        -(2**63),
        2**62,
        2**80,
        -(2**80),
        1.5,
        1e308,
        float("nan"),
        float("-inf"),
        Fraction(1, 2),
        Complex(1, 2),
        Char("a"),
        "ab",
        "",
        "é\0\n",
        intern_symbol("a"),
        intern_keyword("k"),
        EMPTY_LIST,
        make_list([1, "b"]),
        make_vector([1, 2]),
        Map.from_pairs([(intern_keyword("a"), 1)]),
        HashMap.from_pairs([(1, 2)]),
        b"ab",
        registry.find("list"),
        nested_list(10_000),
        object(),
        *(interpreter.eval(text) for text in made),
    ]


def example_arguments(declared: Declaration) -> list[Any]:
    """The arguments of the first call in a builtin's example, which is not carried out.

    Nil, where the example is about something that only its reader has.
    """
    calls: list[list[Any]] = []

    def record(*args: Any) -> None:
        calls.append(list(args))
        raise SemaError("recorded")

    interpreter = sema.Interpreter()
    for name in (declared.name, *declared.aliases):
        interpreter[name] = record
    with contextlib.suppress(SemaError):
        interpreter.eval(declared.example.rpartition(" => ")[0] or declared.example)
    return calls[0] if calls else [None] * declared.min_args


# --- The calls ------------------------------------------------------------------------------------


class TooSlow(BaseException):
    pass


def expire(_signal: int, _frame: FrameType | None) -> None:
    raise TooSlow


@pytest.fixture(scope="module")
def interpreter() -> sema.Interpreter:
    return sema.Interpreter()


@pytest.fixture(scope="module")
def values(interpreter: sema.Interpreter) -> list[Any]:
    return pool(interpreter)


@pytest.fixture(autouse=True)
def harmless_world(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[None]:
    """An empty directory, no input, nobody waits, and what is printed does not matter."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    before = {kind: signal.signal(kind, expire) for kind in (signal.SIGPROF, signal.SIGALRM)}
    yield
    for kind, handler in before.items():
        signal.signal(kind, handler)
    capsys.readouterr()


def is_pythons(function: Callable[..., Any]) -> bool:
    """Whether a builtin does what Python does, and raises what Python raises."""
    return function.name.startswith("py/") or function.name in ("__vm-enter", "__vm-leave")


def outcome(function: Callable[..., Any], args: list[Any]) -> SemaError | None:
    """The error of a call, None if it returned a value."""
    signal.setitimer(signal.ITIMER_PROF, PATIENCE)
    signal.setitimer(signal.ITIMER_REAL, LONGEST_WAIT)
    try:
        function(*args)
    except SemaError as error:
        cause = error.__cause__
        is_wrapped = cause is not None and error.message.startswith(type(cause).__name__)
        assert not is_wrapped or is_pythons(function), f"{error.message} for {shown(args)}"
        return error
    except MemoryError:
        return None
    except Exception as error:
        if is_pythons(function):
            return None
        raise AssertionError(f"{error!r} for {shown(args)}") from error
    except TooSlow:
        raise AssertionError(f"too slow for {shown(args)}") from None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
    return None


def shown(args: list[Any]) -> str:
    return ", ".join(repr(arg)[:80] for arg in args)


@pytest.mark.parametrize("name", DECLARED)
def test_wrong_number_of_arguments(name: str, interpreter: sema.Interpreter) -> None:
    declared = DECLARED[name]
    for spelling in (name, *declared.aliases):
        # A name that the index does not know as an alias is a function of its own.
        reported = REPORTED_AS.get(spelling) or (name if spelling[:5] == "__vm-" else spelling)
        wrong = [declared.max_args + 1] if declared.max_args >= 0 else []
        wrong += [declared.min_args - 1] if declared.min_args else []
        for n in wrong:
            with pytest.raises(ArityError) as caught:
                interpreter[spelling](*[None] * n)
            expected = f"{declared.min_args}"
            if declared.max_args != declared.min_args:
                expected += "+" if declared.max_args < 0 else f"-{declared.max_args}"
            assert caught.value.message == f"{reported} expects {expected} args, got {n}"


@pytest.mark.parametrize("name", DECLARED)
def test_wrong_arguments(name: str, interpreter: sema.Interpreter, values: list[Any]) -> None:
    declared = DECLARED[name]
    assert declared.parameters is not None
    function = interpreter[name]
    right = example_arguments(declared)
    capabilities = set((declared.capability or "").split())
    is_harmless = not capabilities & OUTSIDE.keys() and name not in UNHURRIED
    for position in range(len(right)):
        parameter = declared.parameters[min(position, len(declared.parameters) - 1)]
        for value in values:
            args = [*right[:position], value, *right[position + 1 :]]
            if is_rejected(parameter.kind, value):
                assert outcome(function, args) is not None, shown(args)
            elif is_harmless:
                outcome(function, args)
    if is_harmless:
        most = 4 if declared.max_args < 0 else declared.max_args
        for n in range(declared.min_args, most + 1):
            for value in values:
                outcome(function, [value] * n)


def is_rejected(kind: str, value: Any) -> bool:
    """Whether a value is not of a kind."""
    if not kind:
        return False
    exact, refine, _ = KINDS[kind].check("test")
    if exact is not None and type(value) is not exact:
        return True
    try:
        return refine is not None and refine(value) is None
    except SemaError:
        return True
