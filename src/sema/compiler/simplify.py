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
    "<=": lambda x, y: x <= y,
    ">=": lambda x, y: x >= y,
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

    def _value(self, node: SetLocal | SetGlobal | DefineGlobal | Throw) -> Node:
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
        forms = [f for f in forms[:-1] if not isinstance(f, (Const, LocalRef))] + forms[-1:]
        if len(forms) == 1:
            return forms[0]
        node.forms = forms
        return node

    def _let(self, node: Let) -> Node:
        node.inits = self._all(node.inits)
        node.body = self.simplify(node.body)
        return node if node.variables else node.body

    def _letrec(self, node: Letrec) -> Node:
        node.inits = self._all(node.inits)
        node.body = self.simplify(node.body)
        return as_loop(node) or as_lets(node)

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
    LocalRef: Simplifier._leaf,
    GlobalRef: Simplifier._leaf,
    SetLocal: Simplifier._value,
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


def as_loop(node: Letrec) -> Loop | None:
    """The loop that a local function is, if it is one."""
    if len(node.variables) != 1 or not isinstance(node.body, Call):
        return None
    variable, function, call = node.variables[0], node.inits[0], node.body
    if (
        not isinstance(function, Lambda)
        or not isinstance(call.function, LocalRef)
        or call.function.variable is not variable
        or variable.assigned
        or function.rest is not None
        or len(call.args) != len(function.params)
        or any(mentions(arg, variable) for arg in call.args)
        or not only_tail_calls(function.body, variable, len(function.params), True)
    ):
        return None
    loop = Loop(call.span, function.params, call.args, function.body)
    loop.body = replace_tail_calls(function.body, variable, loop)
    return loop


def as_lets(node: Letrec) -> Node:
    """The same with ``let``: a function may mention itself there, see ``captures.py``.

    A variable that is mentioned before it has its value is bound to nil first.
    """
    early: set[Variable] = set()
    mentioned: set[Variable] = set()
    for variable, init in zip(node.variables, node.inits, strict=True):
        before = variable in mentioned
        in_init = mentioned_variables(init)
        if before or (variable in in_init and (variable.assigned or not isinstance(init, Lambda))):
            early.add(variable)
        mentioned |= in_init
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


def tail_children(node: Node) -> list[Node]:
    """The children whose value is the node's own, in the same activation."""
    match node:
        case If():
            return [node.then, node.otherwise]
        case Seq():
            return node.forms[-1:]
        case Let() | Loop():
            return [node.body]
        case Try():
            return [node.handler]
        case _:
            return []


def only_tail_calls(node: Node, variable: Variable, n_args: int, tail: bool) -> bool:
    """Whether a function's name occurs only in tail calls of the right arity."""
    if isinstance(node, LocalRef):
        return node.variable is not variable
    if (
        tail
        and isinstance(node, Call)
        and isinstance(node.function, LocalRef)
        and node.function.variable is variable
    ):
        return len(node.args) == n_args and not any(mentions(arg, variable) for arg in node.args)
    tails = tail_children(node) if tail else []
    # A loop, not all(...): that would recurse on the C stack, which deep programs overflow.
    for child in children(node):
        if not only_tail_calls(child, variable, n_args, any(child is t for t in tails)):
            return False
    return True


def replace_tail_calls(node: Node, variable: Variable, loop: Loop) -> Node:
    """Turn the tail calls of a function that is a loop into :class:`Again`."""
    if isinstance(node, Call):
        if isinstance(node.function, LocalRef) and node.function.variable is variable:
            return Again(node.span, loop, node.args)
        return node
    match node:
        case If():
            node.then = replace_tail_calls(node.then, variable, loop)
            node.otherwise = replace_tail_calls(node.otherwise, variable, loop)
        case Seq():
            node.forms[-1] = replace_tail_calls(node.forms[-1], variable, loop)
        case Let() | Loop():
            node.body = replace_tail_calls(node.body, variable, loop)
        case Try():
            node.handler = replace_tail_calls(node.handler, variable, loop)
        case _:
            pass
    return node
