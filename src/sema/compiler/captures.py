"""Which function owns which variable, and what each closure captures.

Sets ``Variable.function`` and ``Variable.captured`` anew, because simplification moves variables
from one function to another, and finds for each lambda the variables of outer functions that it,
or a lambda inside it, needs.

A variable that is captured and assigned lives in a box, which the closures share. Others are
copied into the closure: nobody can tell the difference.
"""

from __future__ import annotations

from sema.compiler.nodes import Loop, children
from sema.expander.core import Lambda, Let, LocalRef, Node, SetLocal, Try, Variable


class Captures:
    """What the lambdas of one unit capture.

    ``slots`` maps each lambda to its captured variables and their slots; ``self_variable`` maps a
    lambda to the variable bound to it, which is the running closure there and needs no slot.
    """

    def __init__(self, unit: Lambda) -> None:
        self.slots: dict[Lambda, dict[Variable, int]] = {}
        self.self_variable: dict[Lambda, Variable] = {}
        self._function(unit, ())

    def boxed(self, variable: Variable) -> bool:
        """Whether the variable's register holds a box."""
        return variable.captured and variable.assigned

    def _function(self, function: Lambda, outer: tuple[Lambda, ...]) -> None:
        self.slots[function] = {}
        self._bind(function.params, function)
        if function.rest:
            self._bind([function.rest], function)
        self._walk(function.body, (*outer, function))

    def _bind(self, variables: list[Variable], function: Lambda) -> None:
        for variable in variables:
            variable.function = function
            variable.captured = False

    def _walk(self, node: Node, path: tuple[Lambda, ...]) -> None:
        match node:
            case LocalRef():
                self._mention(node.variable, path)
            case SetLocal():
                self._mention(node.variable, path)
                self._walk(node.value, path)
            case Lambda():
                self._function(node, path)
            case _:
                if isinstance(node, (Let, Loop)):
                    self._bind(node.variables, path[-1])
                    for variable, init in zip(node.variables, node.inits, strict=True):
                        if isinstance(init, Lambda) and not variable.assigned:
                            self.self_variable[init] = variable
                elif isinstance(node, Try):
                    self._bind([node.variable], path[-1])
                for child in children(node):
                    self._walk(child, path)

    def _mention(self, variable: Variable, path: tuple[Lambda, ...]) -> None:
        owner = variable.function
        for function in reversed(path):
            if function is owner:
                variable.captured = variable.captured or function is not path[-1]
                return
            slots = self.slots[function]
            if variable in slots or self.self_variable.get(function) is variable:
                return
            slots[variable] = len(slots)
