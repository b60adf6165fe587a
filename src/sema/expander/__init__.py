"""The expander: forms with macros and dozens of special forms become the few core nodes."""

from sema.expander.unit import (
    batch_length,
    expand_alone,
    expand_each,
    expand_unit,
    macroexpand_once,
    separate_forms,
)

__all__ = [
    "batch_length",
    "expand_alone",
    "expand_each",
    "expand_unit",
    "macroexpand_once",
    "separate_forms",
]
