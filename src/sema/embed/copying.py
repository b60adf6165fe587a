"""Copies of prepared interpreters, which share with them all that never changes.

Compiled code, and values in which nothing can change, are shared. A function that has captured
nothing is linked anew when the copy first mentions its name; what can change (mutable arrays and
cells, shared variables, promises, multimethods), and whatever refers to it, is copied. So is every
module. Objects of Python, and what is open to the world outside, stay one.
"""

from __future__ import annotations

import operator
from gc import is_tracked

from sema.collector import collector_paused
from sema.embed.environment import environment_of
from sema.recursion import deep_recursion
from sema.vm.maps import HashMap, Map
from sema.vm.state import blank_box, blank_closure, box_content, capture, captured, set_box
from sema.vm.values import Box, Builtin, Closure, Pair, Vector, make_list, make_vector

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sema.embed.environment import Globals
    from sema.embed.namespace import Context
    from sema.vm.code import Code


def copy_programs(source: Context, target: Context, user: Globals, new_user: Globals) -> None:
    """Give a new interpreter what the programs of another one have defined.

    ``user`` and ``new_user`` are the environments that their users see.
    """
    copier = _Copier(source, target)
    copier.adopt(user, new_user)
    target.modules.copy_from(source.modules, copier.copy)
    copier.finish()


class _Copier:
    """Copies values from one interpreter to another; each of them once."""

    def __init__(self, source: Context, target: Context) -> None:
        self._source = source
        self._target = target
        self._globals = {id(source.library.globals): target.library.globals}
        self._adopted: list[tuple[Globals, Globals]] = []
        self._unfinished: list[tuple[Globals, Globals]] = []
        # Copies by the addresses of the originals, which are kept alive meanwhile.
        self._copies: dict[int, Any] = {}
        self._originals: list[Any] = []

    def adopt(self, old: Globals, new: Globals) -> None:
        """Let ``new`` be the copy of an environment."""
        self._globals[id(old)] = new
        self._adopted.append((old, new))
        self._unfinished.append((old, new))

    def finish(self) -> None:
        """Copy the definitions of all environments that have been met."""
        with deep_recursion:
            while self._unfinished:
                self._copy_definitions(*self._unfinished.pop())

    def _copy_definitions(self, old: Globals, new: Globals) -> None:
        constant, others = {}, {}
        for name, value in old.owner.definitions().items():
            if type(value) is Closure and not captured(value):
                self._environment_of(value.code_object)
                constant[name] = value
            else:
                others[name] = value
        new.inherit(constant, self.copy)
        for name, value in others.items():
            new.cell(name).set(self.copy(value))
        for name in old.owner.removed():
            new.cell(name).clear()

    def _environment_of(self, code: Code) -> Globals | None:
        """The copy of the environment of some code, or None if it is another interpreter's."""
        old = environment_of(code)
        new = self._globals.get(id(old))
        if new is None and code.machine is self._source.machine:
            new = self._target.modules.add_namespace(old.owner.place).globals
            self.adopt(old, new)
        return new

    def copy(self, value: Any) -> Any:
        """The copy of a value: itself if nothing in it can change."""
        if not is_tracked(value):
            return value
        kind = type(value)
        found = self._copies.get(id(value))
        if found is not None:
            return found
        make = _COPIERS.get(kind)
        if make is not None:
            copied = make(self, value)
        elif hasattr(kind, "__sema_state__"):
            copied = self._copy_state(value)
        else:
            return value
        return self._remember(value, copied)

    def _remember(self, value: Any, copied: Any) -> Any:
        self._originals.append(value)
        self._copies[id(value)] = copied
        return copied

    def _copy_elements(self, values: Pair | Vector) -> Any:
        copies = [self.copy(value) for value in values]
        if all(map(operator.is_, copies, values)):
            return values
        return make_list(copies) if type(values) is Pair else make_vector(copies)

    def _copy_map(self, values: Map | HashMap) -> Any:
        items = values.items()
        copies = [(self.copy(key), self.copy(value)) for key, value in items]
        if all(
            new[0] is old[0] and new[1] is old[1] for new, old in zip(copies, items, strict=True)
        ):
            return values
        return type(values).from_pairs(copies)

    def _copy_box(self, box: Box) -> Box:
        copied: Box = self._remember(box, blank_box())
        set_box(copied, self.copy(box_content(box)))
        return copied

    def _copy_closure(self, closure: Closure) -> Any:
        code = closure.code_object
        environment = self._environment_of(code)
        if environment is None:
            return closure
        values = captured(closure)
        if environment is self._target.library.globals and not values and code.name is not None:
            return self._target.library.find(code.name)
        copied: Closure = self._remember(
            closure, blank_closure(self._linked(code, environment), len(values))
        )
        capture(copied, [self.copy(value) for value in values])
        return copied

    def _linked(self, code: Code, environment: Globals) -> Any:
        found = self._copies.get(id(code))
        if found is not None:
            return found
        with collector_paused:
            linked = self._target.machine.link(code.unit, environment.cell).code_object
        if self._target.machine.call_stats:
            self._target.codes.append(linked)
        return self._remember(code, linked)

    def _copy_builtin(self, value: Builtin) -> Any:
        """A builtin that belongs to an interpreter is the other one's of the same name."""
        name = value.name
        if value is self._source.library.find(name):
            return self._target.library.find(name)
        for old, new in self._adopted:
            if value is old.owner.first_value(name):
                return new.owner.first_value(name)
        return value

    def _copy_state(self, value: Any) -> Any:
        """A copy in the way of Python's ``copy`` module."""
        make, arguments, state = value.__reduce_ex__(4)[:3]
        copied = self._remember(value, make(*arguments))
        if type(state) is list:
            copied.__setstate__([self.copy(part) for part in state])
        elif hasattr(copied, "__setstate__"):
            copied.__setstate__(tuple([self.copy(part) for part in state]))
        else:
            for name, part in state[1].items():
                setattr(copied, name, self.copy(part))
        return copied


_COPIERS: dict[type, Callable[[_Copier, Any], Any]] = {
    Pair: _Copier._copy_elements,
    Vector: _Copier._copy_elements,
    Map: _Copier._copy_map,
    HashMap: _Copier._copy_map,
    Box: _Copier._copy_box,
    Closure: _Copier._copy_closure,
    Builtin: _Copier._copy_builtin,
}
