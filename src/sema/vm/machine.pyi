from collections.abc import Callable

from sema.compiler.unit import CodeUnit
from sema.embed.host import Host, NoJit
from sema.jit import Jit
from sema.tasks.scheduler import Scheduler
from sema.vm.limits import Limits
from sema.vm.redefinition import OperatorWatch
from sema.vm.values import Cell, Closure

class Machine:
    scheduler: Scheduler | None
    jit: Jit | NoJit | None
    hot_after: int
    recalls: bool
    awaits: bool
    @property
    def ticks(self) -> int: ...
    eager: bool
    def __init__(
        self,
        call_cache: str = "patched",
        call_stats: bool = False,
        max_depth: int = 10_000_000,
        host: Host | None = None,
        hot_after: int = -1,
        limits: Limits | None = None,
    ) -> None: ...
    @property
    def limits(self) -> Limits | None: ...
    @property
    def call_cache(self) -> str: ...
    @property
    def call_stats(self) -> bool: ...
    @property
    def max_depth(self) -> int: ...
    @property
    def host(self) -> Host: ...
    @property
    def operators(self) -> OperatorWatch: ...
    @property
    def thrash(self) -> int: ...
    @property
    def running(self) -> bool: ...
    def link(self, unit: CodeUnit, cell_of: Callable[[str], Cell]) -> Closure: ...
    def reset_thrash(self) -> None: ...
