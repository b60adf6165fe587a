"""Errors, fresh symbols, reading data, the clock and the collector."""

from __future__ import annotations

import sys

from sema.errors import ArityError, EvalError, ReadError, SemaTypeError
from sema.reader.printer import display, write
from sema.stdlib.kinds import elements
from sema.stdlib.registry import builtin
from sema.vm.conditions import raised, rethrown, thrown
from sema.vm.equality import equal
from sema.vm.limits import count_output, spend_units
from sema.vm.maps import Map
from sema.vm.types import type_name
from sema.vm.values import Pair, Symbol, intern_keyword

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sema.stdlib.kinds import Elements, Function

# --- Errors -------------------------------------------------------------------------------------


@builtin(
    "raise",
    doc="Throws a value, as `throw` does.",
    example="(try (raise 1) (catch e (:value e))) => 1",
)
def raise_value(value: Any) -> Any:
    raise thrown(value)


@builtin(
    "__vm-rethrow",
    doc="Goes on with an error that was caught as this map.",
    example='(try (try (error "no") (catch e (__vm-rethrow e))) (catch e (:message e))) => "no"',
)
def rethrow(condition: Any) -> Any:
    raise rethrown(condition)


@builtin(
    "__vm-raised",
    doc="What was thrown, given what was caught.",
    example="(try (raise 1) (catch e (__vm-raised e))) => 1",
)
def raised_value(condition: Any) -> Any:
    return raised(condition)


@builtin(
    "error",
    doc="Fails with a message.",
    example='(try (error "no") (catch e (:message e))) => "no"',
)
def error(*arguments: Any) -> Any:
    raise EvalError(display(arguments[0]) if arguments else "error called with no message")


@builtin(
    "assert",
    doc="#t if the condition is true, else an error with the message.",
    example="(assert (= 1 1)) => #t",
)
def check(condition: Any, message: Any = "assertion failed") -> bool:
    if condition is None or condition is False:
        raise EvalError(display(message))
    return True


@builtin(
    "assert=",
    doc="#t if two values are equal?, else an error that shows both.",
    example="(assert= 2 (+ 1 1)) => #t",
)
def check_equal(expected: Any, actual: Any) -> bool:
    if not equal(expected, actual):
        raise EvalError(f"assertion failed: expected {write(expected)}, got {write(actual)}")
    return True


@builtin(
    "apply",
    doc="Calls a function with the given arguments and then the elements of the last one.",
    example="(apply + 1 '(2 3)) => 6",
    spreads=True,
)
def apply(function: Function, first: Any, *more: Any) -> Any:
    *given, last = (first, *more)
    return function(*given, *elements(last, "apply"))


@builtin(
    "__vm-apply",
    doc="The same where a program has written a call: errors are those of calls.",
    example="(__vm-apply + '(2 3)) => 5",
    spreads=True,
)
def call_with_elements(function: Function, values: Any) -> Any:
    return function(*elements(values, "apply"))


@builtin(
    "__vm-too-many",
    doc="The arity error of a function with optional parameters.",
    example='(try (__vm-too-many "f" 1 2 \'(2 3)) (catch e (:message e)))'
    ' => "f expects 1-2 args, got 3"',
)
def too_many(name: str, least: int, most: int, rest: Elements) -> Any:
    got = least + len(list(rest))
    raise ArityError(name, f"{least}-{most}", got)


# --- Symbols, reading -----------------------------------------------------------------


@builtin("gensym", doc="A symbol that is new.", example="(symbol? (gensym)) => #t")
def gensym(prefix: str = "g") -> Symbol:
    from sema.expander.gensym import fresh_symbol

    return fresh_symbol(prefix)


@builtin("__vm-gensym", doc="A symbol that is new.", example='(symbol? (__vm-gensym "g")) => #t')
def gensym_with_prefix(prefix: str) -> Any:
    return gensym(prefix)


@builtin(
    "__vm-syntax-rules",
    doc="The macro of that name that a syntax-rules form describes.",
    example="(__vm-syntax-rules 'm '(syntax-rules () ((_ x) x))) => <macro m>",
)
def syntax_rules(name: Symbol, rules: Any) -> Any:
    from sema.expander.syntax_rules import rules_macro

    if type(rules) is not Pair:
        raise SemaTypeError("list", type_name(rules))
    return rules_macro(name, rules)


@builtin(
    "read", doc="The first datum of a text, nil if there is none.", example='(read "1 2") => 1'
)
def read(text: str) -> Any:
    from sema.reader import read_one

    return _read(read_one, text)


@builtin(
    "read/string",
    doc="The first datum of a text, nil if there is none.",
    example='(read/string "1 2") => 1',
)
def read_string(text: str) -> Any:
    return read(text)


def _read_all(text: str) -> Any:
    from sema.reader import read_many
    from sema.vm.values import make_list

    return make_list(_read(read_many, text))


def _read(reader: Callable[[str], Any], text: str) -> Any:
    try:
        return reader(text)
    except ReadError as error:
        # That is a place in the text, which is not the program's.
        error.span = None
        raise


@builtin(
    "read-many",
    aliases=("io/read-many",),
    doc="All data of a text as a list.",
    example='(read-many "1 2") => (1 2)',
)
def read_many_data(text: str) -> Any:
    return _read_all(text)


@builtin("read/all", doc="All data of a text as a list.", example='(read/all "1 2") => (1 2)')
def read_all_data(text: str) -> Any:
    return _read_all(text)


# --- The clock, the process, debugging ------------------------------------------------------------


@builtin(
    "time-ms",
    aliases=("time/now-ms",),
    doc="Milliseconds since 1970.",
    example="(> (time-ms) 0) => #t",
    capability="clock",
)
def time_ms() -> int:
    from time import time_ns

    return time_ns() // 1_000_000


@builtin("exit", doc="Ends the program.", example="(exit 0)", capability="process", tier="T2")
def leave(code: Any = 0) -> Any:
    if type(code) not in (int, float):
        raise SemaTypeError("integer", type_name(code))
    raise SystemExit(int(code))


@builtin(
    "spy",
    doc="Shows a labelled value on standard error and returns it.",
    example='(spy "x" 1) => 1',
)
def spy(label: str, value: Any) -> Any:
    line = f"[{label}] {write(value)}"
    count_output(line)
    print(line, file=sys.stderr)
    return value


_last_pass = {"candidates": 0, "traced": 0, "collected": 0, "pruned": 0}


def _counters(**more: int) -> Map:
    return Map.from_pairs((intern_keyword(k), v) for k, v in (_last_pass | more).items())


@builtin(
    "gc/collect",
    doc="Runs the cycle collector; counters of the pass as a map.",
    example="(map? (gc/collect)) => #t",
)
def collect() -> Map:
    import gc

    spend_units(1_000_000)
    tracked = len(gc.get_objects())
    collected = gc.collect()
    _last_pass.update(candidates=tracked, traced=tracked, collected=collected)
    return _counters()


@builtin(
    "gc/stats",
    doc="The counters of the last pass of the cycle collector as a map.",
    example="(map? (gc/stats)) => #t",
)
def collector_statistics() -> Map:
    import gc

    return _counters(**{"registry-size": sum(gc.get_count())})


_FOREVER = 10**12
"""Some decades in milliseconds: as long as the system can wait."""


@builtin(
    "__vm-clock",
    doc="Nanoseconds of a clock that only goes forward.",
    example="(> (__vm-clock) 0) => #t",
    capability="clock",
)
def clock() -> int:
    from time import perf_counter_ns

    return perf_counter_ns()
