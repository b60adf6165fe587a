"""The expander: forms with macros and dozens of special forms become the few core nodes."""

from sema.expander.unit import expand_each, expand_unit, macroexpand_once

__all__ = ["expand_each", "expand_unit", "macroexpand_once"]
