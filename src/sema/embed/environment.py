"""Global environments: the cells of names, and where their first values come from."""

from __future__ import annotations

from sema.vm.values import Cell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, Protocol

    from sema.embed.namespace import Context
    from sema.vm.code import Code

    class Owner(Protocol):
        """Whose global variables they are."""

        def first_value(self, name: str) -> Any:
            """The value of a name that is mentioned for the first time, or None."""

        context: Context
        place: str
        """What the environment is called in pickles."""

        def definitions(self) -> dict[str, Any]:
            """The globals that a program has defined or redefined, with their values."""

        def removed(self) -> Iterator[str]:
            """The names of the library whose values a program has taken away."""


class Globals:
    """The global variables of one environment, each a cell of its own for good."""

    __slots__ = ("_cells", "_due", "_inherited", "_is_binding", "_renew", "owner")

    def __init__(self, owner: Owner) -> None:
        self.owner = owner
        self._cells: dict[str, Cell] = {}
        self._inherited: dict[str, Any] = {}
        self._due: list[Cell] = []
        self._is_binding = False
        self._renew: Callable[[Any], Any]

    def cell(self, name: str) -> Cell:
        """The cell of a name, which may be unbound."""
        cell = self._cells.get(name)
        if cell is None:
            cell = self._cells[name] = Cell(name)
            if name in self._inherited:
                self._bind_inherited(cell)
            else:
                value = self.owner.first_value(name)
                if value is not None:
                    cell.set(value)
        return cell

    def inherit(self, definitions: dict[str, Any], renew: Callable[[Any], Any]) -> None:
        """Take definitions over from another environment: ``renew`` makes of each value one of this
        environment, when its name is first mentioned here."""
        self._inherited = definitions
        self._renew = renew
        for name in [name for name in definitions if name in self._cells]:
            self._bind_inherited(self._cells[name])

    def _bind_inherited(self, cell: Cell) -> None:
        # To renew a function is to mention the names in it. These wait for their turn here, so
        # that a long chain of functions takes no deep recursion.
        self._due.append(cell)
        if self._is_binding:
            return
        self._is_binding = True
        try:
            while self._due:
                cell = self._due.pop()
                cell.set(self._renew(self._inherited.pop(cell.name)))
        finally:
            self._is_binding = False

    def __contains__(self, name: str) -> bool:
        return self.cell(name).bound

    def defined(self) -> Iterator[tuple[str, Any]]:
        """The names that have been mentioned and have a value, with it."""
        for name in list(self._inherited):
            self.cell(name)
        for name, cell in self._cells.items():
            if cell.bound:
                yield name, cell.get()

    def clear(self) -> None:
        """Take all values away."""
        self._inherited.clear()
        for cell in self._cells.values():
            cell.watch(None)
            cell.clear()

    def unbound(self) -> Iterator[str]:
        """The names that have been mentioned and have no value."""
        return (name for name, cell in self._cells.items() if not cell.bound)


def environment_of(code: Code) -> Globals:
    """The environment that code is linked with."""
    found: Globals = code.cell_of.__self__  # type: ignore[attr-defined]
    return found
