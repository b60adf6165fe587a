"""Expanding text, and core nodes shown as S-expressions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from sema.expander import core, expand_unit, primitives
from sema.expander.core import Node, Variable
from sema.expander.gensym import fresh_symbol
from sema.expander.macros import Macro
from sema.expander.prelude import BUILTIN_MACROS
from sema.reader import read_all, write
from sema.vm.maps import Map
from sema.vm.values import (
    EMPTY_LIST,
    Pair,
    Symbol,
    Vector,
    make_list,
    make_vector,
)

PYTHON_PRIMITIVES: Mapping[str, Callable[..., object]] = {
    primitives.LIST: lambda *items: make_list(items),
    primitives.CONS: lambda item, rest: make_list([item, *rest]),
    primitives.APPEND: lambda seq, rest: make_list([*seq, *rest]),
    primitives.LIST_TO_VECTOR: make_vector,
    primitives.GENSYM: fresh_symbol,
    primitives.DEFINE_MACRO: lambda name, function: None,
    "list": lambda *items: make_list(items),
    "cons": lambda item, rest: make_list([item, *rest]),
    "car": lambda items: items[0],
    "cdr": lambda items: items.rest,
    "+": lambda *numbers: sum(numbers),
    "null?": lambda items: items is None or items is EMPTY_LIST,
    "map": lambda f, items: make_list([f(item) for item in items]),
}


class World:
    """An environment whose transformers are run by a tiny evaluator of core nodes."""

    def __init__(self) -> None:
        self.globals: dict[str, Any] = {**PYTHON_PRIMITIVES, **BUILTIN_MACROS}

    def lookup_macro(self, name: str) -> Macro | None:
        value = self.globals.get(name)
        return value if isinstance(value, Macro) else None

    def define_macro(self, name: str, macro: Macro) -> None:
        self.globals[name] = macro

    def make_transformer(self, node: core.Lambda) -> Callable[..., object]:
        return self.run(node, {})  # type: ignore[no-any-return]

    def run(self, node: Node, variables: dict[Variable, Any]) -> Any:
        match node:
            case core.Const(value=value):
                return value
            case core.LocalRef(variable=variable):
                return variables[variable]
            case core.GlobalRef(name=name):
                return self.globals[name]
            case core.If():
                value = self.run(node.test, variables)
                branch = node.otherwise if value is None or value is False else node.then
                return self.run(branch, variables)
            case core.Let():
                values = [self.run(init, variables) for init in node.inits]
                inner = dict(zip(node.variables, values, strict=True))
                return self.run(node.body, variables | inner)
            case core.Lambda():

                def function(*args: object) -> Any:
                    inner = dict(zip(node.params, args, strict=False))
                    if node.rest is not None:
                        inner[node.rest] = make_list(args[len(node.params) :])
                    return self.run(node.body, variables | inner)

                return function
            case core.Call():
                called = self.run(node.function, variables)
                return called(*[self.run(arg, variables) for arg in node.args])
            case core.DefineGlobal():
                self.globals[node.name] = self.run(node.value, variables)
        return None


def expand(text: str, world: World | None = None) -> list[Node]:
    """The nodes of a text's forms."""
    forms, spans = read_all(text, "test.sema")
    return expand_unit(forms, spans, world or World())


def expand_one(text: str) -> Any:
    """The node of a text's last form."""
    return expand(text)[-1]


def shape(text: str, world: World | None = None) -> str:
    """The node of a text's last form as an S-expression.

    Variables are shown with ``!`` if assigned and ``^`` if captured, and numbered from the second
    one of a name on.
    """
    return show(expand(text, world)[-1])


def value(text: str, world: World | None = None) -> str:
    """What a text's last form gives after the others have run, in written form."""
    world = world or World()
    nodes = expand(text, world)
    for node in nodes[:-1]:
        world.run(node, {})
    return write(world.run(nodes[-1], {}))


def show(node: Node) -> str:
    names: dict[Variable, str] = {}
    used: dict[str, count[int]] = {}

    def name(variable: Variable | None) -> str:
        assert variable is not None
        if variable not in names:
            number = next(used.setdefault(variable.name, count(1)))
            names[variable] = variable.name + (str(number) if number > 1 else "")
        flags = "!" * variable.assigned + "^" * variable.captured
        return names[variable] + flags

    def bindings(variables: list[Variable], inits: list[Node]) -> str:
        pairs = zip(variables, inits, strict=True)
        return " ".join(f"({name(v)} {walk(init)})" for v, init in pairs)

    def walk(node: Node) -> str:
        match node:
            case core.Const(value=value):
                shown = write(value)
                return f"'{shown}" if type(value) in (Symbol, Pair, Vector, Map) else shown
            case core.LocalRef():
                return name(node.variable)
            case core.GlobalRef():
                return f"@{node.name}"
            case core.SetLocal():
                return f"(set {name(node.variable)} {walk(node.value)})"
            case core.SetGlobal():
                return f"(set @{node.name} {walk(node.value)})"
            case core.DefineGlobal():
                return f"(define @{node.name} {walk(node.value)})"
            case core.If():
                return f"(if {walk(node.test)} {walk(node.then)} {walk(node.otherwise)})"
            case core.Seq():
                return f"(seq {' '.join(map(walk, node.forms))})"
            case core.Let():
                return f"(let ({bindings(node.variables, node.inits)}) {walk(node.body)})"
            case core.Letrec():
                return f"(letrec ({bindings(node.variables, node.inits)}) {walk(node.body)})"
            case core.Lambda():
                params = [name(param) for param in node.params]
                if node.rest is not None:
                    params += [".", name(node.rest)]
                return f"(fn {node.name or '_'} ({' '.join(params)}) {walk(node.body)})"
            case core.Call():
                return f"({' '.join(map(walk, [node.function, *node.args]))})"
            case core.While():
                return f"(while {walk(node.test)} {walk(node.body)})"
            case core.Try():
                handler = f"(catch {name(node.variable)} {walk(node.handler)})"
                return f"(try {walk(node.body)} {handler})"
            case core.Throw():
                return f"(throw {walk(node.value)})"
            case core.MakeVector():
                return f"[{' '.join(map(walk, node.items))}]"
            case core.MakeMap():
                entries = zip(node.keys, node.values, strict=True)
                return "{" + " ".join(f"{walk(k)} {walk(v)}" for k, v in entries) + "}"
        raise AssertionError(node)

    return walk(node)
