from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from sema.stdlib.signature import Parameter

F = TypeVar("F", bound=Callable[..., Any])

STARTED: int

class Declaration:
    @property
    def name(self) -> str: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...
    @property
    def min_args(self) -> int: ...
    @property
    def max_args(self) -> int: ...
    @property
    def doc(self) -> str: ...
    @property
    def example(self) -> str: ...
    @property
    def capability(self) -> str | None: ...
    @property
    def tier(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def value(self) -> Any: ...
    @property
    def parameters(self) -> list[Parameter] | None: ...
    @property
    def call_form(self) -> str: ...

def builtin(
    name: str,
    *,
    doc: str,
    example: str,
    aliases: tuple[str, ...] = (),
    capability: str | None = None,
    tier: str = "T1",
    spreads: bool = False,
    blocking: bool = False,
    waits: bool = False,
    owned: bool = False,
) -> Callable[[F], F]: ...
def declare_constant(
    name: str,
    value: Any,
    doc: str,
    example: str,
    aliases: tuple[str, ...] = (),
    tier: str = "T1",
    capability: str | None = None,
) -> None: ...
def declare_elsewhere(
    name: str,
    aliases: tuple[str, ...],
    signature: str,
    doc: str,
    example: str,
    capability: str | None = None,
    tier: str = "T1",
) -> None: ...
def find(name: str) -> Any: ...
def declaration(name: str) -> Declaration | None: ...
def names() -> Iterable[str]: ...
def declared_by(family: str) -> dict[str, Declaration]: ...
