"""Fresh symbols: one counter for auto-gensyms, hygiene and the ``gensym`` builtin."""

from __future__ import annotations

from itertools import count

from sema.vm.values import Symbol, intern_symbol

_numbers = count(1)


def fresh_symbol(prefix: str = "g") -> Symbol:
    """A symbol ``PREFIX__N`` that no earlier call has given."""
    return intern_symbol(f"{prefix}__{next(_numbers)}")
