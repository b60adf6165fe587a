"""Files being loaded: their steps; see ``embed/modules.py``."""

from __future__ import annotations

from sema.stdlib.registry import builtin

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
def next_step(steps: Generator[Any, None, None]) -> Any:
    return next(steps, None)


@builtin(
    "__vm-end-steps",
    doc="Ends the loading of a file, be it done or not.",
    example="(__vm-end-steps steps)",
)
def end_steps(steps: Generator[Any, None, None]) -> None:
    steps.close()
