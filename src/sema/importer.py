"""``import rules`` finds ``rules.sema``.

Once :func:`install` was called, or ``sema.hook`` imported, a module that Python itself does not
find may be a file of Sema: ``rules.sema``, or ``pricing-rules.sema`` for ``pricing_rules``, on the
module search path or in a package. All such modules live in one interpreter; their compiled code is
cached as ever. What a file exports are the module's attributes, by Python's spelling of the names:
``is-valid?`` is ``is_valid``, ``list->vector`` is ``list_to_vector``.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from sema.embed.interpreter import Interpreter

_interpreter: Interpreter | None = None


def interpreter() -> Interpreter:
    """The interpreter of all imported files."""
    global _interpreter
    if _interpreter is None:
        from sema.embed.interpreter import Interpreter

        _interpreter = Interpreter()
    return _interpreter


def install() -> None:
    """Let ``import`` find files of Sema. Doing it twice is no error."""
    if not any(isinstance(finder, Finder) for finder in sys.meta_path):
        sys.meta_path.append(Finder())


def uninstall() -> None:
    """Let ``import`` be as it was; modules that were imported stay."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, Finder)]


def python_name(name: str) -> str:
    """A Sema name as Python spells it; it may be no identifier even so."""
    spelled = name.replace("->", "_to_").rstrip("?!*")
    for char in "-/.":
        spelled = spelled.replace(char, "_")
    return spelled


class Finder:
    """Finds files of Sema on the module search path."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """See :class:`importlib.abc.MetaPathFinder`."""
        name = fullname.rpartition(".")[2]
        for directory in sys.path if path is None else path:
            for spelled in (name, name.replace("_", "-")):
                file = os.path.join(directory or os.getcwd(), spelled + ".sema")
                if os.path.isfile(file):
                    return spec_from_file_location(fullname, file, loader=Loader(file))  # type: ignore[arg-type]
        return None


class Loader:
    """Runs a file of Sema for Python's ``import``."""

    def __init__(self, file: str) -> None:
        self._file = os.path.realpath(file)

    def create_module(self, spec: ModuleSpec) -> None:
        """See :class:`importlib.abc.Loader`."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the file, also if it was before, and give the module what it exports.

        Raises :class:`sema.SemaError`.
        """
        exported = interpreter().import_file(self._file)
        for name, value in exported.items():
            setattr(module, python_name(name), value)
        module.__sema_exports__ = exported  # type: ignore[attr-defined]
