"""Text → forms with their places, and values → text."""

from sema.reader.pretty import pretty
from sema.reader.printer import display, write
from sema.reader.reader import (
    is_incomplete,
    parse_number,
    read_all,
    read_many,
    read_one,
    read_recovering,
    written_symbols,
    written_tokens,
)
from sema.reader.spans import SpanTable

__all__ = [
    "SpanTable",
    "display",
    "is_incomplete",
    "parse_number",
    "pretty",
    "read_all",
    "read_many",
    "read_one",
    "read_recovering",
    "write",
    "written_symbols",
    "written_tokens",
]
