"""Compiled code before it is linked: what the compiler makes and what files hold."""

from __future__ import annotations

from array import array

from sema.errors import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Handler:
    """A ``try``: errors between two offsets go to ``target`` with the map in ``register``.

    ``keep`` is the mask of the registers that the handler finds as they were.
    """

    __slots__ = ("end", "keep", "register", "start", "target")

    def __init__(self, start: int, end: int, target: int, register: int, keep: int) -> None:
        self.start = start
        self.end = end
        self.target = target
        self.register = register
        self.keep = keep

    def __repr__(self) -> str:
        places = f"{self.start}, {self.end}, {self.target}, {self.register}"
        return f"Handler({places}, {self.keep:#x})"


class CodeUnit:
    """The code of one function (or of a unit's top level, ``name`` then is ``<main>``).

    ``words`` holds the instructions. The inline words that only exist at run time are zero in it;
    ``constants``, ``globals`` and ``functions`` say what belongs where (offset and value). The
    side tables are sorted by offset, and an entry holds up to the next: ``positions`` (offset,
    span), ``live`` (offset, mask of the owned registers if the instruction fails). ``operators``
    says which instruction stands for which builtin, with the arguments where they were folded.
    """

    __slots__ = (
        "constants", "file", "functions", "globals", "handlers", "has_rest", "live", "n_params",
        "n_registers", "name", "operators", "positions", "sites", "span", "words",
    )  # fmt: skip

    def __init__(
        self,
        name: str | None,
        file: str | None,
        n_params: int,
        has_rest: bool,
        n_registers: int = 0,
    ) -> None:
        self.name = name
        self.file = file
        self.n_params = n_params
        self.has_rest = has_rest
        self.n_registers = n_registers
        # Where the function is written; files do not hold it.
        self.span: Span | None = None
        self.words = array("Q")
        self.constants: list[tuple[int, Any]] = []
        self.globals: list[tuple[int, str]] = []
        self.functions: list[tuple[int, CodeUnit]] = []
        self.sites: list[int] = []
        self.positions: list[tuple[int, Span]] = []
        self.live: list[tuple[int, int]] = []
        self.handlers: list[Handler] = []
        self.operators: list[tuple[int, str, list[Any] | None]] = []
