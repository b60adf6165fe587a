"""CSV: text to rows and back."""

from __future__ import annotations

import csv
from io import StringIO

from sema.errors import EvalError, SemaTypeError
from sema.reader.printer import display
from sema.stdlib.registry import builtin
from sema.vm.maps import Map
from sema.vm.types import type_name
from sema.vm.values import EMPTY_LIST, Pair, Vector, intern_keyword, make_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def rows_of(text: str, who: str) -> list[list[str]]:
    """The rows, all as long as the first one; lines without anything are none."""
    text = text.removeprefix("\ufeff")
    limit = csv.field_size_limit(len(text) + 1)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(StringIO(text, newline="")):
            if not row:
                continue
            rows.append(row)
            if len(row) != len(rows[0]):
                raise EvalError(
                    f"{who}: row {len(rows)} has {len(row)} fields,"
                    f" but the first row has {len(rows[0])}"
                )
    except csv.Error as error:
        raise EvalError(f"{who}: {error}") from None
    finally:
        csv.field_size_limit(limit)
    return rows


@builtin(
    "csv/parse",
    doc="The rows of a CSV text, as lists of strings.",
    example=r'(csv/parse "a,b\n1,\"x,y\"\n") => (("a" "b") ("1" "x,y"))',
    tier="T2",
)
def parse(s: str) -> Any:
    return make_list([make_list(row) for row in rows_of(s, "csv/parse")])


@builtin(
    "csv/parse-maps",
    doc="The rows of a CSV text after the first one, whose fields name the keys, as maps.",
    example=r'(csv/parse-maps "a,b\n1,2\n") => ({:a "1" :b "2"})',
    tier="T2",
)
def parse_maps(s: str) -> Any:
    header, *rows = rows_of(s, "csv/parse-maps") or [[]]
    keys = [intern_keyword(name) for name in header]
    return make_list([Map.from_pairs(zip(keys, row, strict=True)) for row in rows])


class _Lines(list[str]):
    """What a CSV writer writes, a row at a time."""

    write = list.append


@builtin(
    "csv/encode",
    doc="The CSV text of a list of rows, each a list or vector.",
    example=r'(csv/encode \'((a "x,y") [1 nil])) => "a,\"x,y\"\n1,nil\n"'.replace("\\'", "'"),
    tier="T2",
)
def encode(rows: Any) -> str:
    if rows is not EMPTY_LIST and type(rows) is not Pair:
        raise SemaTypeError("list", type_name(rows))
    lines = _Lines()
    writer = csv.writer(lines)
    for row in rows:
        if row is not EMPTY_LIST and type(row) not in (Pair, Vector):
            raise SemaTypeError("list or vector", type_name(row))
        writer.writerow(map(display, row))
    # The writer's own line ends make it quote both characters that end a line for a reader.
    return "".join([line.removesuffix("\r\n") + "\n" for line in lines])
