"""The index of the language's builtins: what every implementation of Sema is expected to have."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

from sema.expander import unit  # noqa: F401  # fills the table of special forms
from sema.expander.forms import BY_SYMBOL
from sema.expander.prelude import BUILTIN_MACROS
from sema.stdlib import registry
from sema.vm.values import intern_symbol

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "stdlib" / "data"

FAMILIES = {
    "numbers": "Numbers",
    "chars": "Characters",
    "strings": "Strings",
    "regex": "Regular expressions",
    "text": "Text processing",
    "lists": "Lists",
    "vectors": "Vectors",
    "maps": "Maps and hashmaps",
    "mutable": "Mutable arrays and cells",
    "bytevectors": "Bytevectors",
    "typed-arrays": "Typed arrays",
    "records": "Multiple values",
    "predicates": "Predicates, equality, types",
    "control": "Functions, errors, parameters",
    "async": "Tasks, promises, channels",
    "context": "Ambient context",
    "io": "Console, files, paths",
    "streams": "Byte streams",
    "serialisation": "JSON, CSV, TOML",
    "database": "SQLite and key-value store",
    "http": "HTTP client",
    "crypto": "Hashing, encoding, identifiers",
    "datetime": "Date and time",
    "system": "System, environment, processes",
    "terminal": "Terminal",
    "logging": "Log lines",
    "reflect": "Programs about programs",
    "python": "Python",
}
"""The families that Sema for Python has, as readers look for them, with their titles."""

EXTENSIONS = {
    "env/names": "reflect",
    "fn/arity": "reflect",
    "fn/doc": "reflect",
    "fn/name": "reflect",
    **dict.fromkeys(
        """
        py/call py/dir py/exception py/from-python py/get py/import py/instance? py/item
        py/iterator py/list py/method py/next py/raise py/set! py/set-item! py/to-python py/trace
        py/type py/with
        """.split(),
        "python",
    ),
}
"""The families of names that only Sema for Python has."""

Arity = tuple[int, int]
"""The least and the most arguments, -1 for no limit."""


class Row(NamedTuple):
    """A line of the index. Tier T1 is the language, T2 the system around it, T3 is niche."""

    name: str
    family: str
    tier: str
    arity: Arity


def table(name: str) -> list[dict[str, str]]:
    """The rows of one of the index's files."""
    with (DATA / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def rows() -> list[Row]:
    """The whole index."""
    return [
        Row(row["name"], row["family"], row["tier"], (int(row["min_args"]), int(row["max_args"])))
        for row in table("index.tsv")
    ]


def arity_here(name: str) -> Arity | None:
    """The arity of a builtin, macro or special form of Sema for Python, None if it has none."""
    declared = registry.declaration(name)
    if declared is not None:
        return declared.min_args, declared.max_args
    form = BUILTIN_MACROS.get(name) or BY_SYMBOL.get(intern_symbol(name))
    if form is None:
        return None
    return form.min_args, -1 if form.max_args is None else form.max_args
