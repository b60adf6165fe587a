"""Sema: the fast, safe, friendly Lisp that a Python program embeds."""

from __future__ import annotations

from sema.embed.interpreter import Interpreter
from sema.embed.sandbox import Sandbox
from sema.errors import (
    ArityError,
    CompileError,
    DepthExceeded,
    EvalError,
    FuelExhausted,
    LimitExceeded,
    MemoryExceeded,
    OutputExceeded,
    ReadError,
    SandboxError,
    SemaError,
    SemaIOError,
    SemaPermissionError,
    SemaTypeError,
    Span,
    TimeoutExceeded,
    UnboundError,
    UserError,
)
from sema.reader import display, pretty, read_many, read_one, write
from sema.vm.crossing import from_python, to_python

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sema.embed.program import Program
    from sema.embed.scale import Failure, map
    from sema.tools.formatter import format_source
    from sema.vm.arrays import F64Array, I64Array

__version__ = "0.1.0"

__all__ = [
    "ArityError",
    "CompileError",
    "DepthExceeded",
    "EvalError",
    "F64Array",
    "Failure",
    "FuelExhausted",
    "I64Array",
    "Interpreter",
    "LimitExceeded",
    "MemoryExceeded",
    "OutputExceeded",
    "Program",
    "ReadError",
    "Sandbox",
    "SandboxError",
    "SemaError",
    "SemaIOError",
    "SemaPermissionError",
    "SemaTypeError",
    "Span",
    "TimeoutExceeded",
    "UnboundError",
    "UserError",
    "__version__",
    "display",
    "format_source",
    "from_python",
    "map",
    "pretty",
    "read_many",
    "read_one",
    "to_python",
    "write",
]

_ON_DEMAND = {
    "Program": "embed.program",
    "Failure": "embed.scale",
    "map": "embed.scale",
    "F64Array": "vm.arrays",
    "I64Array": "vm.arrays",
    "format_source": "tools.formatter",
}


def __getattr__(name: str) -> Any:
    module = _ON_DEMAND.get(name)
    if module is None:
        raise AttributeError(f"module 'sema' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"sema.{module}"), name)


def load_ipython_extension(shell: Any) -> None:
    """What ``%load_ext sema`` calls."""
    from sema.tools.ipython import load

    load(shell)
