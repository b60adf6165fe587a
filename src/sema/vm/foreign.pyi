from collections.abc import Callable
from typing import Any

from sema.vm.values import Builtin

def accepted(value: Any) -> Any: ...
def registered(
    function: Callable[..., Any], name: str, least: int, most: int, doc: str
) -> Builtin: ...
