"""Global environments: the cells of names, and where their first values come from."""

from __future__ import annotations

from sema.vm.values import Cell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any


class Globals:
    """The global variables of one environment, each a cell of its own for good.

    ``origin(name)`` gives the value of a name that is mentioned for the first time, or None.
    """

    def __init__(self, origin: Callable[[str], Any]) -> None:
        self._cells: dict[str, Cell] = {}
        self._origin = origin

    def cell(self, name: str) -> Cell:
        """The cell of a name, which may be unbound."""
        cell = self._cells.get(name)
        if cell is None:
            cell = self._cells[name] = Cell(name)
            value = self._origin(name)
            if value is not None:
                cell.set(value)
        return cell

    def __contains__(self, name: str) -> bool:
        return self.cell(name).bound

    def defined(self) -> Iterator[tuple[str, Any]]:
        """The names that have been mentioned and have a value, with it."""
        for name, cell in self._cells.items():
            if cell.bound:
                yield name, cell.get()
