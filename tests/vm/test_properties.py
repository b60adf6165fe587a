"""Random programs: all call-site caches agree, with each other and with a second evaluator."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from reference_evaluator import Condition, Evaluator, Fault, OutOfSteps, Text, written

import sema
from sema.vm.maps import Map
from sema.vm.values import Keyword, Pair

STRATEGIES = ("none", "vm", "site", "patched")
OPERATORS = ["+", "-", "*", "<", "<=", ">", ">=", "=", "cons"]
PREDICATES = ["not", "null?", "pair?", "car", "cdr"]
LOCALS = ["a", "b", "c"]
GLOBALS = ["f", "g", "h", "x", "y"]
EDGES = [0, 1, -1, 2, 3, 10, 32767, -32769, 2**47 - 1, -(2**47), 2**64]


class Programs:
    """Draws programs; ``draw`` is Hypothesis's."""

    def __init__(self, draw: Any) -> None:
        self._draw = draw
        self._names = 0

    def program(self) -> list[Any]:
        """Some definitions, then forms that use and change them."""
        forms: list[Any] = [["define", name, self._function()] for name in ("f", "g", "h")]
        forms += [["define", "x", 0], ["define", "y", ["list", 1, 2]]]
        for _ in range(self._number(1, 6)):
            forms.append(self._statement())
        return forms

    def _number(self, least: int, most: int) -> int:
        number: int = self._draw(st.integers(least, most))
        return number

    def _one_of(self, choices: list[Any]) -> Any:
        return choices[self._number(0, len(choices) - 1)]

    def _fresh(self, kind: str) -> str:
        self._names += 1
        return f"{kind}{self._names}"

    def _statement(self) -> Any:
        match self._number(0, 7):
            case 0:
                return ["define", self._one_of(["f", "g", "h"]), self._function()]
            case 1:
                names = self._one_of([OPERATORS, PREDICATES])
                value = self._one_of([self._function(), self._one_of(names)])
                return [self._one_of(["set!", "define"]), self._one_of(names), value]
            case _:
                caught = [":type", "e"] if self._number(0, 1) else ["list", ["throw", "e"], 1]
                caught = ["try", caught, ["catch", "e2", [":type", "e2"]]]
                value = self._expression(4, [], [])
                logged = ["try", value, ["catch", "e", caught]]
                return ["set!", "y", ["list", logged, ["if", ["pair?", "y"], 1, "y"]]]

    def _function(self) -> Any:
        names = LOCALS[: self._number(0, 3)]
        rest = [".", "r"] if self._number(0, 4) == 0 else []
        return ["fn", [*names, *rest], *self._body(3, [*names, *rest[1:]], [])]

    def _body(self, depth: int, scope: list[str], loops: list[tuple[str, int]]) -> list[Any]:
        forms = [self._expression(depth, scope, []) for _ in range(self._number(0, 1))]
        return [*forms, self._expression(depth, scope, loops)]

    def _leaf(self, scope: list[str]) -> Any:
        match self._number(0, 5):
            case 0:
                return self._one_of(EDGES)
            case 1:
                return self._one_of([None, True, False, Text("s"), ":type", ["list"]])
            case 2:
                return self._one_of([*GLOBALS, "nowhere"])
            case _:
                return self._one_of(scope) if scope else self._number(-5, 5)

    def _expression(self, depth: int, scope: list[str], loops: list[tuple[str, int]]) -> Any:
        if depth <= 0:
            return self._leaf(scope)
        kind = self._number(0, 19)
        if loops and kind < 6:
            name, arity = self._one_of(loops)
            return [name, *(self._expression(depth - 2, scope, []) for _ in range(arity))]
        make = self._KINDS[kind % len(self._KINDS)]
        return make(self, depth - 1, scope, loops)

    def _operation(self, depth: int, scope: list[str], loops: Any) -> Any:
        left = self._expression(depth, scope, [])
        return [self._one_of(OPERATORS), left, self._expression(depth, scope, [])]

    def _predicate(self, depth: int, scope: list[str], loops: Any) -> Any:
        return [self._one_of(PREDICATES), self._expression(depth, scope, [])]

    def _call(self, depth: int, scope: list[str], loops: Any) -> Any:
        function = self._one_of(["f", "g", "h", *scope])
        if self._number(0, 3) == 0:
            function = self._expression(depth, scope, [])
        return [function, *(self._expression(depth, scope, []) for _ in range(self._number(0, 3)))]

    def _if(self, depth: int, scope: list[str], loops: Any) -> Any:
        test = self._test(depth, scope)
        then = self._expression(depth, scope, loops)
        return ["if", test, then, self._expression(depth, scope, loops)]

    def _test(self, depth: int, scope: list[str]) -> Any:
        match self._number(0, 4):
            case 0:
                return ["not", self._operation(depth - 1, scope, [])]
            case 1:
                name = self._one_of(["and", "or"])
                return [name, self._test(depth - 1, scope), self._test(depth - 1, scope)]
            case 2:
                return self._expression(depth - 1, scope, [])
            case _:
                return self._operation(depth - 1, scope, [])

    def _and_or(self, depth: int, scope: list[str], loops: Any) -> Any:
        first = self._expression(depth, scope, [])
        return [self._one_of(["and", "or"]), first, self._expression(depth, scope, loops)]

    def _let(self, depth: int, scope: list[str], loops: Any) -> Any:
        names = LOCALS[: self._number(1, 3)]
        bindings = [[name, self._expression(depth, scope, [])] for name in names]
        return ["let", bindings, *self._body(depth, [*scope, *names], loops)]

    def _closure(self, depth: int, scope: list[str], loops: Any) -> Any:
        names = LOCALS[: self._number(0, 2)]
        return ["fn", names, *self._body(depth, [*scope, *names], [])]

    def _letrec(self, depth: int, scope: list[str], loops: Any) -> Any:
        names = [self._fresh("r"), self._fresh("r")]
        inner = [*scope, *names]
        inits = [[name, self._expression(depth, inner, [])] for name in names]
        return ["letrec", inits, *self._body(depth, inner, loops)]

    def _loop(self, depth: int, scope: list[str], loops: Any) -> Any:
        name, counter = self._fresh("l"), self._fresh("i")
        names = [counter, *LOCALS[: self._number(0, 2)]]
        inits = [[counter, self._number(0, 4)]]
        inits += [[other, self._expression(depth, scope, [])] for other in names[1:]]
        inner = [*scope, *names]
        others = [self._expression(depth, inner, []) for _ in names[1:]]
        turn: Any = [name, ["-", counter, 1], *others]
        if self._number(0, 1):
            turn = ["begin", self._expression(depth, inner, []), turn]
        if self._number(0, 2) == 0:
            turn = ["if", self._test(depth, inner), turn, self._expression(depth, inner, [])]
        if self._number(0, 3) == 0:
            turn = ["try", ["throw", turn[1:]], ["catch", "e", turn]] if turn[0] == name else turn
        end = self._expression(depth, inner, [])
        return ["let", name, inits, ["if", ["<=", counter, 0], end, turn]]

    def _while(self, depth: int, scope: list[str], loops: Any) -> Any:
        name = self._fresh("w")
        inner = [*scope, name]
        body = self._expression(depth, inner, [])
        turn = ["set!", name, ["-", name, 1]]
        test = ["and", [">", name, 0], self._test(depth, inner)]
        return ["let", [[name, 3]], ["while", test, body, turn], self._expression(depth, inner, [])]

    def _set(self, depth: int, scope: list[str], loops: Any) -> Any:
        name = self._one_of([*scope, "x"])
        return ["set!", name, self._expression(depth, scope, [])]

    def _begin(self, depth: int, scope: list[str], loops: Any) -> Any:
        return ["begin", *self._body(depth, scope, loops)]

    def _try(self, depth: int, scope: list[str], loops: Any) -> Any:
        name = self._fresh("e")
        handler = self._body(depth, [*scope, name], loops)
        return ["try", *self._body(depth, scope, []), ["catch", name, *handler]]

    def _throw(self, depth: int, scope: list[str], loops: Any) -> Any:
        return ["throw", self._expression(depth, scope, [])]

    def _list(self, depth: int, scope: list[str], loops: Any) -> Any:
        items = [self._expression(depth, scope, []) for _ in range(self._number(1, 4))]
        return ["list", *items]

    _KINDS = (
        _operation, _operation, _operation, _predicate, _call, _call, _if, _if, _and_or, _let,
        _closure, _letrec, _loop, _while, _set, _set, _begin, _try, _throw, _list,
    )  # fmt: skip


@st.composite
def programs(draw: Any) -> list[Any]:
    return Programs(draw).program()


def plain(value: Any) -> Any:
    """A value of either evaluator in a form that can be compared."""
    if isinstance(value, (tuple, Pair)) or value == sema_empty:
        return tuple(plain(item) for item in value)
    if isinstance(value, Text):
        return repr(value.content)
    if isinstance(value, str):
        return value if value.startswith(":") else repr(value)
    if isinstance(value, Keyword):
        return f":{value.name}"
    if isinstance(value, (Condition, Map)):
        return "condition"
    if callable(value):
        return "function"
    return (type(value).__name__, value)


sema_empty = sema.Interpreter().eval("'()")


def referred(forms: list[Any]) -> Any:
    """What the second evaluator makes of a program."""
    try:
        return plain(Evaluator().run([*forms, "y"]))
    except Fault as fault:
        return "error", fault.condition.kind
    except (OutOfSteps, RecursionError):
        return assume(False)


def result(call_cache: str, forms: list[Any], one_unit: bool) -> tuple[Any, str]:
    """What an interpreter makes of a program, and the text of its error."""
    interpreter = sema.Interpreter(call_cache=call_cache, call_stats=one_unit)
    texts = [written(form) for form in [*forms, "y"]]
    value = None
    try:
        for text in ["\n".join(texts)] if one_unit else texts:
            value = interpreter.eval(text)
        return plain(value), interpreter.eval_to_string("(list x y)")
    except sema.SemaError as error:
        return ("error", error.kind), f"{error} {error.span} {error.trace}"


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(forms=programs(), one_unit=st.booleans())
def test_all_evaluators_agree(forms: list[Any], one_unit: bool) -> None:
    expected = referred(forms)
    results = [result(call_cache, forms, one_unit) for call_cache in STRATEGIES]
    assert results[0][0] == expected
    assert results[1:] == results[:1] * 3
