"""From core forms to code: scopes, registers, instructions, files."""

from __future__ import annotations

from sema.compiler.captures import Captures
from sema.compiler.codegen import Generator
from sema.compiler.simplify import Simplifier, defined_names
from sema.compiler.unit import CodeUnit
from sema.errors import CompileError
from sema.expander.core import Const, Lambda, Node, Seq
from sema.recursion import deep_recursion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["CodeUnit", "compile_unit"]


def compile_unit(
    nodes: list[Node],
    *,
    file: str | None = None,
    is_original: Callable[[str], bool] = lambda name: True,
    count_calls: bool = False,
    name: str = "<main>",
    keeps_frame: bool = False,
) -> CodeUnit:
    """Compile the forms of one unit into the code of a function without parameters.

    It ``keeps_frame`` if stack traces are to end with the unit also where it ends with a call.
    ``is_original`` says whether a builtin's name still means the builtin; ``count_calls`` adds the
    counters of call statistics. Raises :class:`sema.errors.CompileError`.
    """
    try:
        with deep_recursion:
            simplifier = Simplifier(is_original, defined_names(nodes))
            body = [simplifier.simplify(node) for node in nodes] or [Const(None, None)]
            unit = Lambda(None, name)
            unit.body = body[0] if len(body) == 1 else Seq(None, body)
            return Generator(unit, Captures(unit), file, count_calls).generate(name, keeps_frame)
    except RecursionError:
        too_deep = CompileError("maximum nesting depth of forms exceeded")
    raise too_deep
