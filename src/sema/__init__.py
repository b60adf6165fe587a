"""Sema: the fast, safe, friendly Lisp that a Python program embeds."""

from sema.embed.interpreter import Interpreter
from sema.errors import (
    ArityError,
    CompileError,
    EvalError,
    ReadError,
    SandboxError,
    SemaError,
    SemaIOError,
    SemaPermissionError,
    SemaTypeError,
    Span,
    UnboundError,
    UserError,
)
from sema.vm.crossing import to_python

__version__ = "0.1.0"

__all__ = [
    "ArityError",
    "CompileError",
    "EvalError",
    "Interpreter",
    "ReadError",
    "SandboxError",
    "SemaError",
    "SemaIOError",
    "SemaPermissionError",
    "SemaTypeError",
    "Span",
    "UnboundError",
    "UserError",
    "__version__",
    "to_python",
]
