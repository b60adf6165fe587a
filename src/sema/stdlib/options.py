"""Option maps: what is unknown in them, or of a wrong type, does not count."""

from __future__ import annotations

from sema.vm.maps import Map
from sema.vm.values import intern_keyword

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def option(options: Any, name: str, default: Any) -> Any:
    """The entry of an option map that is of the default's type, else the default."""
    value = options.get(intern_keyword(name)) if type(options) is Map else None
    return value if type(value) is type(default) else default
