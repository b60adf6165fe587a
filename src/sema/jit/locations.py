"""Which instruction each piece of LLVM's code stands for, as debug locations that LLVM carries on
through inlining, optimisation and assembly.

A location's scope is a version of a function, its line the instruction's offset and its column the
guard's number, each plus one as 0 means unknown. The column of the code that leaves when a guard
fails is greater by ``LEAVES``.
"""

from __future__ import annotations

from llvmlite import ir

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_I32 = ir.IntType(32)
_TAKE_OVER = ir.Constant(_I32, 2)
_VERSION = ir.Constant(_I32, 3)
LEAVES = 1 << 15


class Locations:
    """The debug locations of a module."""

    def __init__(self, module: ir.Module) -> None:
        self._module = module
        self._scopes: dict[str, Any] = {}
        flag = module.add_metadata([_TAKE_OVER, "Debug Info Version", _VERSION])
        module.add_named_metadata("llvm.module.flags", flag)
        self._unit = self._info(
            "DICompileUnit",
            language=ir.DIToken("DW_LANG_C"),
            file=self._info("DIFile", filename="sema", directory=""),
            isOptimized=True,
            runtimeVersion=0,
            # The locations alone, without sections of tables for a debugger.
            emissionKind=ir.DIToken("DebugDirectivesOnly"),
        )
        module.add_named_metadata("llvm.dbg.cu", self._unit)

    def declare(self, function: ir.Function) -> None:
        """A function that is to have locations."""
        name = function.name
        self._scopes[name] = self._info(
            "DISubprogram",
            name=name,
            scope=(file := self._info("DIFile", filename=name, directory="")),
            file=file,
            line=1,
            isLocal=True,
            isDefinition=True,
            isOptimized=True,
            unit=self._unit,
        )
        function.set_metadata("dbg", self._scopes[name])

    def at(self, function: ir.Function, offset: int, guard: int = -1, leaves: bool = False) -> Any:
        """The location of an instruction, of a guard in front of it, or of what follows if that
        fails."""
        column = guard + 1 + LEAVES * leaves
        scope = self._scopes[function.name]
        return self._info("DILocation", line=offset + 1, column=column, scope=scope)

    def _info(self, kind: str, **operands: Any) -> Any:
        is_distinct = kind in ("DICompileUnit", "DISubprogram")
        return self._module.add_debug_info(kind, operands, is_distinct=is_distinct)
