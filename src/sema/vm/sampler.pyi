from types import TracebackType

from sema.vm.code import Code
from sema.vm.machine import Machine

Stack = tuple[tuple[Code, int] | str | None, ...]

class Sampler:
    stacks: dict[Stack, tuple[float, int]]
    lines: dict[tuple[str | None, int], float]
    def __init__(self, machine: Machine) -> None: ...
    def __enter__(self) -> Sampler: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...
    def look(self) -> int: ...
