"""Files being loaded: their steps; see ``embed/modules.py``."""

from __future__ import annotations

from types import GeneratorType

from sema.errors import SemaTypeError
from sema.stdlib.registry import builtin
from sema.vm.types import type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Any


@builtin(
    "__vm-next-step",
    doc="The next function of a file being loaded, or nil.",
    example="(__vm-next-step steps)",
    waits=True,
)
def next_step(steps: Any) -> Any:
    return next(_steps(steps), None)


@builtin(
    "__vm-end-steps",
    doc="Ends the loading of a file, be it done or not.",
    example="(__vm-end-steps steps)",
)
def end_steps(steps: Any) -> None:
    _steps(steps).close()


def _steps(value: Any) -> Generator[Any, None, None]:
    if type(value) is not GeneratorType:
        raise SemaTypeError("steps", type_name(value))
    return value
