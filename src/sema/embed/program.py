"""Programs: units that are compiled once and run often."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sema.compiler import CodeUnit


class Program:
    """A unit of text, compiled for one interpreter; :meth:`sema.Interpreter.compile` makes them."""

    __slots__ = ("_run", "_unit", "file")

    def __init__(self, unit: CodeUnit, run: Callable[[], Any], file: str | None) -> None:
        self._unit = unit
        self._run = run
        self.file = file

    def run(self) -> Any:
        """Run it and return its last form's value. Raises :class:`sema.SemaError`."""
        return self._run()

    __call__ = run

    def disassemble(self) -> str:
        """Its instructions."""
        from sema.compiler.disassembler import disassemble

        return disassemble(self._unit, None)

    def __repr__(self) -> str:
        return f"<program {self.file or '<input>'}>"
