"""What machine code refers to in this process, by symbols that are bound when it is linked.

Nothing of this process is in the code's text, so that the same program gives the same text in
every process: machine code that is kept on disk is found by it.
"""

from __future__ import annotations

from llvmlite import ir

from sema.jit.values import I64, POINTER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_SOMETHING = ir.ArrayType(ir.IntType(8), 0)


class Links:
    """The symbols of a module. No two stand for the same, because LLVM relies on that."""

    def __init__(self, module: ir.Module) -> None:
        self._module = module
        self._symbols: dict[int, ir.GlobalVariable] = {}

    def word(self, base: int, distance: int = 0) -> Any:
        """A word that means something in this process only: an address so many bytes from
        ``base``, or a reference."""
        return self._place(base, distance).ptrtoint(I64)

    def pointer(self, base: int, distance: int = 0) -> Any:
        """The same as a pointer to a word."""
        return self._place(base, distance).bitcast(POINTER)

    def _place(self, base: int, distance: int) -> Any:
        symbol = self._symbols.get(base)
        if symbol is None:
            symbol = ir.GlobalVariable(self._module, _SOMETHING, f"link{len(self._symbols)}")
            self._symbols[base] = symbol
        if not distance:
            return symbol
        moved = f"getelementptr (i8, ptr {symbol.get_reference()}, i64 {distance})"
        return ir.FormattedConstant(symbol.type, moved)

    @property
    def bound(self) -> dict[str, int]:
        """What the symbols stand for, by their names."""
        return {symbol.name: base for base, symbol in self._symbols.items()}
