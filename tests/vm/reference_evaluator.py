"""A second, independent evaluator of the core of the language: slow, small and easy to check.

Forms are Python data: ``str`` is a symbol (or, with a colon, a keyword), :class:`Text` a string
literal, ``int`` a number, ``True`` and ``False`` the booleans, ``None`` nil, and a ``list`` a
compound form. Values are the same, but lists are tuples and functions are Python callables.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

MOST_STEPS = 20_000


class OutOfSteps(Exception):
    """The program runs too long to be of use in a test."""


@dataclass(frozen=True)
class Text:
    """A string."""

    content: str


@dataclass(frozen=True)
class Condition:
    """What ``catch`` binds: the class of the error and, if it was thrown, the value."""

    kind: str
    value: Any = None


class Fault(Exception):
    """An error of the program."""

    def __init__(self, kind: str, value: Any = None) -> None:
        self.condition = Condition(kind, value)


@dataclass
class Scope:
    """Variables and, outside of them, others."""

    outer: Scope | None
    variables: dict[str, Any] = field(default_factory=dict)

    def find(self, name: str) -> dict[str, Any]:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.variables:
                return scope.variables
            scope = scope.outer
        raise Fault("unbound")


def is_true(value: Any) -> bool:
    return value is not None and value is not False


def arithmetic(operation: Callable[[int, int], int]) -> Callable[..., Any]:
    def operator(x: Any, y: Any) -> Any:
        if type(x) is int and type(y) is int:
            return operation(x, y)
        raise Fault("type-error")

    return operator


def add(x: Any, y: Any) -> Any:
    if type(x) is Text and type(y) is Text:
        return Text(x.content + y.content)
    return arithmetic(lambda a, b: a + b)(x, y)


def comparison(operation: Callable[[Any, Any], bool]) -> Callable[..., Any]:
    def operator(x: Any, y: Any) -> bool:
        if type(x) is int and type(y) is int:
            return operation(x, y)
        if type(x) is Text and type(y) is Text:
            return operation(x.content, y.content)
        raise Fault("type-error")

    return operator


def equal(x: Any, y: Any) -> bool:
    return type(x) is type(y) and x == y


def first(x: Any) -> Any:
    if type(x) is not tuple:
        raise Fault("type-error")
    return x[0] if x else None


def rest(x: Any) -> Any:
    if type(x) is not tuple:
        raise Fault("type-error")
    return x[1:]


def prepend(x: Any, y: Any) -> Any:
    return (x, *y) if type(y) is tuple else (x,) if y is None else (x, y)


BUILTINS: dict[str, tuple[int, Callable[..., Any]]] = {
    "+": (2, add),
    "-": (2, arithmetic(lambda a, b: a - b)),
    "*": (2, arithmetic(lambda a, b: a * b)),
    "<": (2, comparison(lambda a, b: a < b)),
    "<=": (2, comparison(lambda a, b: a <= b)),
    ">": (2, comparison(lambda a, b: a > b)),
    ">=": (2, comparison(lambda a, b: a >= b)),
    "=": (2, equal),
    "not": (1, lambda x: not is_true(x)),
    "car": (1, first),
    "cdr": (1, rest),
    "cons": (2, prepend),
    "null?": (1, lambda x: x is None or x == ()),
    "pair?": (1, lambda x: type(x) is tuple and x != ()),
    "list": (-1, lambda *xs: xs),
}


class Evaluator:
    """Evaluates forms; ``globals`` starts with the builtins that programs may use."""

    def __init__(self) -> None:
        self.globals = Scope(None)
        self._steps = 0
        for name, (arity, function) in BUILTINS.items():
            self.globals.variables[name] = self._function(arity, function)

    def run(self, forms: list[Any]) -> Any:
        """The value of the last form. Raises :class:`Fault`, :class:`OutOfSteps`."""
        value = None
        for form in forms:
            value = self._eval(form, self.globals)
        return value

    @staticmethod
    def _function(arity: int, body: Callable[..., Any]) -> Callable[..., Any]:
        def function(*args: Any) -> Any:
            if (arity >= 0 and len(args) != arity) or len(args) < -1 - arity:
                raise Fault("arity")
            return body(*args)

        return function

    def _eval(self, form: Any, scope: Scope) -> Any:
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise OutOfSteps
        if type(form) is str:
            return form if form.startswith(":") else scope.find(form)[form]
        if type(form) is not list:
            return form
        special = self._SPECIAL.get(form[0]) if type(form[0]) is str else None
        if special is not None:
            return special(self, form, scope)
        if self._is_global(form[0], scope):
            # Looked up when the arguments are there.
            args = [self._eval(arg, scope) for arg in form[1:]]
            return self._call(self._eval(form[0], scope), args)
        function = self._eval(form[0], scope)
        return self._call(function, [self._eval(arg, scope) for arg in form[1:]])

    def _is_global(self, form: Any, scope: Scope) -> bool:
        if type(form) is not str or form.startswith(":"):
            return False
        try:
            return scope.find(form) is self.globals.variables
        except Fault:
            return True

    def _call(self, function: Any, args: list[Any]) -> Any:
        if type(function) is str:
            if len(args) != 1:
                raise Fault("arity")
            if type(args[0]) is not Condition:
                raise Fault("type-error")
            return {":type": ":" + args[0].kind, ":value": args[0].value}.get(function)
        if not callable(function):
            raise Fault("eval")
        return function(*args)

    def _body(self, forms: list[Any], scope: Scope) -> Any:
        value = None
        for form in forms:
            value = self._eval(form, scope)
        return value

    def _if(self, form: list[Any], scope: Scope) -> Any:
        return self._eval(form[2 if is_true(self._eval(form[1], scope)) else 3], scope)

    def _and(self, form: list[Any], scope: Scope) -> Any:
        value: Any = True
        for part in form[1:]:
            value = self._eval(part, scope)
            if not is_true(value):
                break
        return value

    def _or(self, form: list[Any], scope: Scope) -> Any:
        value: Any = False
        for part in form[1:]:
            value = self._eval(part, scope)
            if is_true(value):
                break
        return value

    def _fn(self, form: list[Any], scope: Scope) -> Any:
        names = form[1]
        n = names.index(".") if "." in names else len(names)

        def body(*args: Any) -> Any:
            variables = dict(zip(names[:n], args[:n], strict=True))
            if n < len(names):
                variables[names[-1]] = args[n:]
            return self._body(form[2:], Scope(scope, variables))

        return self._function(n if n == len(names) else -1 - n, body)

    def _let(self, form: list[Any], scope: Scope) -> Any:
        if type(form[1]) is str:
            inner = Scope(scope)
            names = [name for name, _ in form[2]]
            function = inner.variables[form[1]] = self._fn(["fn", names, *form[3:]], inner)
            return self._call(function, [self._eval(init, scope) for _, init in form[2]])
        values = {name: self._eval(init, scope) for name, init in form[1]}
        return self._body(form[2:], Scope(scope, values))

    def _letrec(self, form: list[Any], scope: Scope) -> Any:
        inner = Scope(scope, {name: None for name, _ in form[1]})
        for name, init in form[1]:
            inner.variables[name] = self._eval(init, inner)
        return self._body(form[2:], inner)

    def _begin(self, form: list[Any], scope: Scope) -> Any:
        return self._body(form[1:], scope)

    def _while(self, form: list[Any], scope: Scope) -> Any:
        while is_true(self._eval(form[1], scope)):
            self._body(form[2:], Scope(scope))

    def _define(self, form: list[Any], scope: Scope) -> Any:
        scope.variables[form[1]] = self._eval(form[2], scope)

    def _set(self, form: list[Any], scope: Scope) -> Any:
        value = self._eval(form[2], scope)
        try:
            scope.find(form[1])[form[1]] = value
        except Fault:
            self.globals.variables[form[1]] = value
        return value

    def _throw(self, form: list[Any], scope: Scope) -> Any:
        value = self._eval(form[1], scope)
        fault = Fault("user", value)
        if type(value) is Condition:
            fault.condition = value
        raise fault

    def _try(self, form: list[Any], scope: Scope) -> Any:
        try:
            return self._body(form[1:-1], Scope(scope))
        except Fault as fault:
            _, name, *handler = form[-1]
            return self._body(handler, Scope(scope, {name: fault.condition}))

    _SPECIAL: ClassVar[dict[str, Callable[[Evaluator, list[Any], Scope], Any]]] = {
        "if": _if,
        "and": _and,
        "or": _or,
        "fn": _fn,
        "let": _let,
        "letrec": _letrec,
        "begin": _begin,
        "while": _while,
        "define": _define,
        "set!": _set,
        "throw": _throw,
        "try": _try,
    }


def written(form: Any) -> str:
    """The text of a form."""
    if type(form) is list:
        return f"({' '.join(written(part) for part in form)})"
    if type(form) is Text:
        return f'"{form.content}"'
    if form is None or type(form) is bool:
        return {None: "nil", True: "#t", False: "#f"}[form]
    return str(form)
