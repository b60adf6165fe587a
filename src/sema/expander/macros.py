"""Macros: functions from forms to forms, which are plain global values besides."""

from __future__ import annotations

from sema.errors import ArityError, SemaError, Span, TraceFrame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any


class Macro:
    """A macro: its transformer is called with the unevaluated operands and returns a form.

    ``max_args`` is None for any number of operands from ``min_args`` on.
    """

    __slots__ = ("doc", "max_args", "min_args", "name", "transformer")
    __sema_type__ = "macro"
    __sema_state__ = True

    def __init__(
        self,
        name: str,
        transformer: Callable[..., object],
        min_args: int = 0,
        max_args: int | None = None,
        doc: str = "",
    ) -> None:
        self.name = name
        self.transformer = transformer
        self.min_args = min_args
        self.max_args = max_args
        self.doc = doc

    def expand(self, operands: Sequence[object], span: Span | None) -> object:
        """The form that a use at ``span`` with those operands stands for.

        Raises ArityError for a wrong number of operands, and whatever the transformer raises:
        the error's place is that of the use, its trace tells where in the transformer it arose.
        """
        n = len(operands)
        try:
            if n < self.min_args or (self.max_args is not None and n > self.max_args):
                raise ArityError(self.name, arity_text(self.min_args, self.max_args), n)
            return self.transformer(*operands)
        except SemaError as error:
            if span is not None:
                error.span = span
            if not error.trace:
                error.trace.append(TraceFrame(self.name, span))
            elif error.note is None:
                error.note = f"in the expansion of macro {self.name}"
            raise

    def __sema_write__(self) -> str:
        return f"<macro {self.name}>"

    def __reduce__(self) -> tuple[Any, ...]:
        from sema.embed.pickling import reduced_macro

        return reduced_macro(self)

    def __repr__(self) -> str:
        return self.__sema_write__()


def arity_text(least: int, most: int | None) -> str:
    """How error messages say a range of argument counts: ``2``, ``2+`` or ``1-3``."""
    if most is None:
        return f"{least}+"
    return str(least) if least == most else f"{least}-{most}"
