"""From core forms to what the code generator wants: loops, operators and folded constants.

* ``while``, and local functions that are only called from their own tail positions, become
  :class:`Loop`.
* ``letrec`` becomes ``let``, around assignments where something mentions a variable too early.
* A call of a builtin that has an instruction becomes :class:`Operate`, if the unit does not
  define that name and nobody has redefined it. A later redefinition rewrites the instruction
  (see ``vm/redefinition.py``), so the guess costs nothing and is never wrong.
* Operators on constants are folded, under the same guard.
"""

from __future__ import annotations

from sema.compiler.nodes import Again, Folded, Loop, Operate, children
from sema.expander.core import (
    Call,
    Const,
    DefineGlobal,
    GlobalRef,
    If,
    Lambda,
    Let,
    Letrec,
    LocalRef,
    MakeMap,
    MakeVector,
    Node,
    Seq,
    SetGlobal,
    SetLocal,
    Throw,
    Try,
    Variable,
    While,
)
from sema.vm.opcodes import OPCODES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# Builtins with an instruction, by name and number of arguments.
OPERATORS: dict[tuple[str, int], str] = {
    (op.operator, len(op.operands.strip("-")) - 1): op.name
    for op in OPCODES
    if op.operator and op.operands.startswith("w") and not op.operands.endswith("i")
}
ALIASES = {"first": "car", "rest": "cdr", "modulo": "mod"}

_FOLDS: dict[str, Callable[[float, float], float]] = {
    "+": lambda x, y: x + y,
    "-": lambda x, y: x - y,
    "*": lambda x, y: x * y,
    "<": lambda x, y: x < y,
    ">": lambda x, y: x > y,
    "<=": lambda x, y: not x > y,
    ">=": lambda x, y: not x < y,
    "=": lambda x, y: x == y,
}


def defined_names(nodes: list[Node]) -> set[str]:
    """The globals that some node defines or assigns."""
    names: set[str] = set()
    pending = list(nodes)
    while pending:
        node = pending.pop()
        if isinstance(node, (DefineGlobal, SetGlobal)):
            names.add(node.name)
        pending.extend(children(node))
    return names


class Simplifier:
    """Rewrites the nodes of one unit, in place where that is possible."""

    def __init__(self, is_original: Callable[[str], bool], defined: set[str]) -> None:
        self._is_original = is_original
        self._defined = defined
        # How often each variable occurs in what has been simplified so far and is still there.
        self._mentions: dict[Variable, int] = {}

    def simplify(self, node: Node) -> Node:
        """The node that takes the place of this one."""
        return _REWRITES[type(node)](self, node)

    def test(self, node: Node) -> Node:
        """The same for a node of which only the truth is wanted."""
        node = self.simplify(node)
        if (
            isinstance(node, Let)
            and len(node.variables) == 1
            and isinstance(node.body, If)
            and isinstance(node.body.test, LocalRef)
            and isinstance(node.body.then, LocalRef)
            and node.body.test.variable is node.body.then.variable is node.variables[0]
        ):
            # (or a b): the value of a is not needed, only that it is true.
            return If(node.span, node.inits[0], Const(node.span, True), node.body.otherwise)
        return node

    def _all(self, nodes: list[Node]) -> list[Node]:
        return [self.simplify(node) for node in nodes]

    def _leaf(self, node: Node) -> Node:
        return node

    def _count(self, variable: Variable, change: int) -> None:
        self._mentions[variable] = self._mentions.get(variable, 0) + change

    def _local(self, node: LocalRef) -> Node:
        self._count(node.variable, 1)
        return node

    def _set_local(self, node: SetLocal) -> Node:
        self._count(node.variable, 1)
        node.value = self.simplify(node.value)
        return node

    def _value(self, node: SetGlobal | DefineGlobal | Throw) -> Node:
        node.value = self.simplify(node.value)
        return node

    def _if(self, node: If) -> Node:
        test = self.test(node.test)
        if isinstance(test, Const):
            chosen = node.otherwise if test.value is None or test.value is False else node.then
            return self.simplify(chosen)
        node.test = test
        node.then = self.simplify(node.then)
        node.otherwise = self.simplify(node.otherwise)
        return node

    def _seq(self, node: Seq) -> Node:
        forms: list[Node] = []
        for form in self._all(node.forms):
            forms.extend(form.forms if isinstance(form, Seq) else [form])
        kept: list[Node] = []
        for form in forms[:-1]:
            if isinstance(form, LocalRef):
                self._count(form.variable, -1)
            elif not isinstance(form, Const):
                kept.append(form)
        if not kept:
            return forms[-1]
        node.forms = [*kept, forms[-1]]
        return node

    def _let(self, node: Let) -> Node:
        node.inits = self._all(node.inits)
        node.body = self.simplify(node.body)
        return node if node.variables else node.body

    def _letrec(self, node: Letrec) -> Node:
        mentions = self._mentions
        inits: list[Node] = []
        # The variables that are mentioned before they have their values.
        early: set[Variable] = set()
        for variable, init in zip(node.variables, node.inits, strict=True):
            before = mentions.get(variable)
            init = self.simplify(init)
            inits.append(init)
            is_function = isinstance(init, Lambda) and not variable.assigned
            if before or (mentions.get(variable) and not is_function):
                early.add(variable)
        node.inits = inits
        node.body = self.simplify(node.body)
        return self._as_loop(node) or as_lets(node, early)

    def _as_loop(self, node: Letrec) -> Loop | None:
        """The loop that a local function is, if it is one: if its name occurs only in the call
        that is the body, and in tail calls of its own."""
        if len(node.variables) != 1:
            return None
        variable, function, call = node.variables[0], node.inits[0], node.body
        if (
            not isinstance(call, Call)
            or not isinstance(function, Lambda)
            or function.rest is not None
            or variable.assigned
            or not is_call_of(variable, call, len(function.params))
        ):
            return None
        wanted = self._mentions[variable] - 1
        places = tail_calls(function, variable, wanted)
        if len(places) < wanted:
            return None
        loop = Loop(call.span, function.params, call.args, function)  # the body follows
        for again, replace in places:
            replace(Again(again.span, loop, again.args))
        loop.body = function.body
        return loop

    def _lambda(self, node: Lambda) -> Node:
        node.body = self.simplify(node.body)
        return node

    def _call(self, node: Call) -> Node:
        function = node.function
        node.args = self._all(node.args)
        if isinstance(function, GlobalRef):
            name = ALIASES.get(function.name, function.name)
            if (
                (name, len(node.args)) in OPERATORS
                and function.name not in self._defined
                and self._is_original(function.name)
            ):
                return self._operate(node, function.name)
            return node
        node.function = function = self.simplify(function)
        if (
            isinstance(function, Lambda)
            and function.rest is None
            and len(function.params) == len(node.args)
        ):
            # ((lambda (x) body) e) is (let ((x e)) body).
            return Let(node.span, function.params, node.args, function.body)
        return node

    def _operate(self, node: Call, name: str) -> Node:
        constants = [
            arg.value
            for arg in node.args
            if isinstance(arg, Const) and type(arg.value) in (int, float)
        ]
        fold = _FOLDS.get(name)
        if fold and len(constants) == len(node.args) == 2:
            try:
                return Folded(node.span, fold(*constants), name, constants)
            except OverflowError:
                pass  # an integer that no float can hold: the machine knows what then
        return Operate(node.span, name, node.args)

    def _while(self, node: While) -> Node:
        loop = Loop(node.span, [], [], node)  # the body follows, because it mentions the loop
        again = Again(node.span, loop, [])
        test = self.test(node.test)
        loop.body = If(
            node.span,
            test,
            Seq(node.span, [self.simplify(node.body), again]),
            Const(node.span, None),
        )
        return loop

    def _try(self, node: Try) -> Node:
        node.body = self.simplify(node.body)
        node.handler = self.simplify(node.handler)
        return node

    def _vector(self, node: MakeVector) -> Node:
        node.items = self._all(node.items)
        return node

    def _map(self, node: MakeMap) -> Node:
        node.keys = self._all(node.keys)
        node.values = self._all(node.values)
        return node


_REWRITES: dict[type[Node], Callable[[Simplifier, Any], Node]] = {
    Const: Simplifier._leaf,
    LocalRef: Simplifier._local,
    GlobalRef: Simplifier._leaf,
    SetLocal: Simplifier._set_local,
    SetGlobal: Simplifier._value,
    DefineGlobal: Simplifier._value,
    Throw: Simplifier._value,
    If: Simplifier._if,
    Seq: Simplifier._seq,
    Let: Simplifier._let,
    Letrec: Simplifier._letrec,
    Lambda: Simplifier._lambda,
    Call: Simplifier._call,
    While: Simplifier._while,
    Try: Simplifier._try,
    MakeVector: Simplifier._vector,
    MakeMap: Simplifier._map,
}


def as_lets(node: Letrec, early: set[Variable]) -> Node:
    """The same with ``let``: a function may mention itself there, see ``captures.py``.

    The early variables are bound to nil first.
    """
    body = node.body
    for variable, init in zip(reversed(node.variables), reversed(node.inits), strict=True):
        if variable in early:
            variable.assigned = True
            body = Seq(node.span, [SetLocal(init.span, variable, init), body])
        else:
            body = Let(node.span, [variable], [init], body)
    if not early:
        return body
    bound_early = [variable for variable in node.variables if variable in early]
    return Let(node.span, bound_early, [Const(node.span, None) for _ in bound_early], body)


def mentions(node: Node, variable: Variable) -> bool:
    """Whether the variable occurs anywhere in the node."""
    return variable in mentioned_variables(node)


def mentioned_variables(node: Node) -> set[Variable]:
    """The variables that occur anywhere in the node."""
    found = set()
    pending = [node]
    while pending:
        node = pending.pop()
        if isinstance(node, (LocalRef, SetLocal)):
            found.add(node.variable)
        pending.extend(children(node))
    return found


def is_call_of(variable: Variable, node: Node, n_args: int) -> bool:
    """Whether the node calls the variable with so many arguments."""
    return (
        isinstance(node, Call)
        and isinstance(node.function, LocalRef)
        and node.function.variable is variable
        and len(node.args) == n_args
    )


def tail_calls(
    function: Lambda, variable: Variable, wanted: int
) -> list[tuple[Call, Callable[[Node], None]]]:
    """The calls of the variable in tail position of the function, no more than are wanted.

    Each comes with what puts another node in its place.
    """
    found: list[tuple[Call, Callable[[Node], None]]] = []
    n_args = len(function.params)
    pending: list[tuple[Node, Callable[[Node], None]]] = [tail_of(function, "body")]
    # From outside in, so that the search does not go far into loops that lie further inside.
    for node, replace in pending:
        if len(found) == wanted:
            break
        match node:
            case Call() if is_call_of(variable, node, n_args):
                found.append((node, replace))
            case If():
                pending += [tail_of(node, "then"), tail_of(node, "otherwise")]
            case Seq():
                pending.append((node.forms[-1], last_of(node)))
            case Let() | Loop():
                pending.append(tail_of(node, "body"))
            case Try():
                pending.append(tail_of(node, "handler"))
            case _:
                pass
    return found


def tail_of(node: Node, name: str) -> tuple[Node, Callable[[Node], None]]:
    """The node in an attribute of another one, and what puts another one there."""
    return getattr(node, name), lambda new: setattr(node, name, new)


def last_of(node: Seq) -> Callable[[Node], None]:
    """What puts another node behind the others."""

    def replace(new: Node) -> None:
        node.forms[-1] = new

    return replace
