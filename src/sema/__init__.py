"""Sema: the fast, safe, friendly Lisp that a Python program embeds."""

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
from sema.vm.crossing import to_python

__version__ = "0.1.0"

__all__ = [
    "ArityError",
    "CompileError",
    "DepthExceeded",
    "EvalError",
    "FuelExhausted",
    "Interpreter",
    "LimitExceeded",
    "MemoryExceeded",
    "OutputExceeded",
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
    "to_python",
]
