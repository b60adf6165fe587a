"""Key-value stores: values by name in a file of JSON, which is written at each change."""

from __future__ import annotations

from math import isfinite
from threading import Lock
from typing import Any

from sema.errors import EvalError, SemaIOError
from sema.reader.printer import display
from sema.stdlib.files import replace_contents
from sema.stdlib.outside import io_errors
from sema.stdlib.registry import builtin, find
from sema.vm.maps import HashMap, Map
from sema.vm.values import EmptyList, Pair, Vector, intern_keyword, make_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sema.embed.namespace import Context
    from sema.stdlib.kinds import Path


def _storable(value: Any) -> Any:
    """A value that JSON can express: what it cannot becomes text, and NaN nil."""
    if isinstance(value, (Pair, EmptyList, Vector)):
        return make_list([_storable(element) for element in value])
    if isinstance(value, (Map, HashMap)):
        return type(value).from_pairs((key, _storable(each)) for key, each in value.items())
    if type(value) is float and not isfinite(value):
        return None
    try:
        find("json/encode")(value)
    except EvalError:
        return display(value)
    return value


class _Store:
    """A store; ``entries`` are what its file says, by keywords."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = Lock()
        self.entries = _read(path)

    def set(self, key: str, value: Any) -> None:
        """Set a key to what JSON makes of a value, and write the file."""
        try:
            kept = find("json/decode")(find("json/encode")(_storable(value)))
        except RecursionError:
            raise EvalError("kv/set: the value is nested too deeply") from None
        with self._lock:
            self._replace("kv/set", self.entries.assoc(intern_keyword(key), kept))

    def delete(self, key: str) -> bool:
        """Remove a key and write the file; whether there was such a key."""
        keyword = intern_keyword(key)
        with self._lock:
            existed = keyword in self.entries
            self._replace("kv/delete", self.entries.dissoc(keyword))
        return existed

    def _replace(self, name: str, entries: Map) -> None:
        with io_errors(name, self._path):
            replace_contents(self._path, find("json/encode-pretty")(entries).encode())
        self.entries = entries


def _read(path: str) -> Map:
    with io_errors("kv/open", path):
        try:
            with open(path, encoding="utf-8") as file:
                text = file.read()
        except FileNotFoundError:
            return Map.from_pairs(())
    try:
        entries = find("json/decode")(text)
    except EvalError as error:
        raise SemaIOError(f"kv/open {path}: {error.message}") from error
    if type(entries) is not Map:
        raise SemaIOError(f"kv/open {path}: not a JSON object")
    return entries


class Stores:
    """The stores that an interpreter has opened, by name."""

    def __init__(self) -> None:
        self.by_name: dict[str, _Store] = {}


def _store(context: Context, who: str, name: str) -> _Store:
    store = context.kept(Stores).by_name.get(name)
    if store is None:
        raise EvalError(f"{who}: kv store '{name}' not open")
    return store


@builtin(
    "kv/open",
    doc="Opens the store in a file of JSON under a name, which is returned. The file is made "
    "when a value is set.",
    example='(kv/open "settings" "settings.json")',
    capability="fs-read fs-write",
    tier="T2",
    blocking=True,
    owned=True,
)
def open_store(context: Context, name: str, path: Path) -> str:
    context.kept(Stores).by_name[name] = _Store(path)
    return name


@builtin(
    "kv/get",
    doc="The value of a key in a store, or nil.",
    example='(kv/get "settings" "colour")',
    tier="T2",
    owned=True,
)
def get(context: Context, name: str, key: str) -> Any:
    return _store(context, "kv/get", name).entries.get(intern_keyword(key))


@builtin(
    "kv/set",
    doc="Sets the value of a key in a store and writes its file; the value.",
    example='(kv/set "settings" "colour" "blue")',
    tier="T2",
    blocking=True,
    owned=True,
)
def set_(context: Context, name: str, key: str, value: Any) -> Any:
    _store(context, "kv/set", name).set(key, value)
    return value


@builtin(
    "kv/delete",
    doc="Removes a key from a store and writes its file; whether there was such a key.",
    example='(kv/delete "settings" "colour")',
    tier="T2",
    blocking=True,
    owned=True,
)
def delete(context: Context, name: str, key: str) -> bool:
    return _store(context, "kv/delete", name).delete(key)


@builtin(
    "kv/keys",
    doc="The keys of a store in order.",
    example='(kv/keys "settings")',
    tier="T2",
    owned=True,
)
def keys(context: Context, name: str) -> Any:
    entries = _store(context, "kv/keys", name).entries
    return make_list([key.name for key in entries])


@builtin(
    "kv/close",
    doc="Closes a store, if it is open.",
    example='(kv/close "no such store") => nil',
    tier="T2",
    owned=True,
)
def close(context: Context, name: str) -> None:
    context.kept(Stores).by_name.pop(name, None)
