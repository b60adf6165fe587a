"""Lexical scope: which variable a symbol means at the place being expanded."""

from __future__ import annotations

from sema.errors import Span
from sema.expander.core import GlobalRef, Lambda, LocalRef, Node, SetGlobal, SetLocal, Variable
from sema.vm.values import Symbol


class Scope:
    """The bindings in force, changed and restored as the expander walks in and out of forms.

    ``function`` is the lambda being expanded. ``block`` holds the variables that the innermost
    block binds or defines; None means the top level, where ``define`` makes globals.
    """

    __slots__ = ("_bindings", "_shadowed", "block", "function")

    def __init__(self) -> None:
        self.function: Lambda | None = None
        self.block: dict[Symbol, Variable] | None = None
        self._bindings: dict[Symbol, Variable] = {}
        self._shadowed: list[tuple[Symbol, Variable | None]] = []

    def variable(self, name: Symbol | None = None, hidden: str = "") -> Variable:
        """A new variable of the current function, not bound to any symbol yet."""
        return Variable(hidden if name is None else name.name, self.function)

    def block_variable(self, name: Symbol) -> Variable:
        """The current block's variable of that name; made, and bound, if there is none yet."""
        assert self.block is not None
        variable = self.block.get(name)
        if variable is None:
            variable = self.block[name] = Variable(name.name, self.function)
            self.bind(name, variable)
        return variable

    def mark(self) -> int:
        """The present state, for :meth:`release`."""
        return len(self._shadowed)

    def bind(self, name: Symbol, variable: Variable) -> None:
        """Let the symbol mean the variable until the scope is released."""
        self._shadowed.append((name, self._bindings.get(name)))
        self._bindings[name] = variable

    def release(self, mark: int) -> None:
        """Forget all bindings made since the mark."""
        shadowed = self._shadowed
        while len(shadowed) > mark:
            name, before = shadowed.pop()
            if before is None:
                del self._bindings[name]
            else:
                self._bindings[name] = before

    def lookup(self, name: Symbol) -> Variable | None:
        """The lexical variable that the symbol means, or None for a global."""
        return self._bindings.get(name)

    def refer(self, variable: Variable, span: Span | None) -> Node:
        """The value of a variable."""
        if variable.function is not self.function:
            variable.captured = True
        return LocalRef(span, variable)

    def reference(self, name: Symbol, span: Span | None) -> Node:
        """The value of whatever the symbol means."""
        variable = self._bindings.get(name)
        if variable is None:
            return GlobalRef(span, name.name)
        if variable.function is not self.function:
            variable.captured = True
        return LocalRef(span, variable)

    def assign(self, variable: Variable, value: Node, span: Span | None) -> Node:
        """An assignment to a variable."""
        variable.assigned = True
        if variable.function is not self.function:
            variable.captured = True
        return SetLocal(span, variable, value)

    def assignment(self, name: Symbol, value: Node, span: Span | None) -> Node:
        """``set!`` of whatever the symbol means."""
        variable = self._bindings.get(name)
        if variable is None:
            return SetGlobal(span, name.name, value)
        return self.assign(variable, value, span)
