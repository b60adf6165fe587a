"""The magic ``%sema`` of IPython: ``%load_ext sema``.

``%sema (+ 1 2)`` evaluates the rest of the line, ``%%sema x y`` the cell, in which the Python
variables x and y are globals then. All of them use one interpreter, ``sema_interpreter`` in Python.
"""

from __future__ import annotations

import sys

from IPython.core.magic import Magics, line_cell_magic, magics_class

from sema.embed.interpreter import Interpreter
from sema.errors import SemaError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@magics_class
class SemaMagics(Magics):  # type: ignore[misc]
    """The magics, for one shell."""

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self.interpreter = Interpreter()
        shell.push({"sema_interpreter": self.interpreter})

    @line_cell_magic  # type: ignore[untyped-decorator]
    def sema(self, line: str, cell: str | None = None) -> Any:
        """Evaluate a line or a cell of Sema."""
        text = line if cell is None else cell
        if cell is not None:
            for name in line.split():
                self.interpreter[name] = self.shell.user_ns[name]
        try:
            return self.interpreter.eval(text)
        except SemaError as error:
            from sema.tools.report import render

            print(render(error, text, None, colour=False), file=sys.stderr)
            return None


def load(shell: Any) -> None:
    """Give a shell the magics."""
    shell.register_magics(SemaMagics(shell))
