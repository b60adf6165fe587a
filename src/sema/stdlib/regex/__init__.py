"""Regular expressions in linear time: no pattern can make a program hang."""

from __future__ import annotations

import re

from sema.stdlib.regex.program import compiled
from sema.stdlib.registry import builtin
from sema.vm.maps import Map
from sema.vm.values import intern_keyword, make_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from sema.stdlib.regex.program import Pattern

MATCH, GROUPS, START, END = map(intern_keyword, ("match", "groups", "start", "end"))
REFERENCE = re.compile(r"\$(?:(\$)|\{([^}]*)\}|([0-9A-Za-z_]+))")


def _group(text: str, spans: Sequence[int], index: int) -> str | None:
    start, end = spans[2 * index : 2 * index + 2]
    return text[start:end] if end >= 0 else None


def _offset(text: str, position: int) -> int:
    """A position in bytes of UTF-8."""
    return position if text.isascii() else len(text[:position].encode())


@builtin(
    "regex/match?",
    doc="Whether a pattern matches anywhere in a string.",
    example=r'(regex/match? #"\d+" "a12") => #t',
)
def matches(pattern: str, s: str) -> bool:
    return compiled(pattern).matcher.test(s)


@builtin(
    "regex/match",
    doc="The first match of a pattern: its text, its groups, where it is in bytes; or nil.",
    example=r'(regex/match #"a(.)" "xab") => {:end 3 :groups ("b") :match "ab" :start 1}',
)
def match(pattern: str, s: str) -> Map | None:
    found = compiled(pattern).matcher.search(s)
    if found is None:
        return None
    groups = [_group(s, found, i) for i in range(1, len(found) // 2)]
    return Map.from_pairs(
        [
            (MATCH, _group(s, found, 0)),
            (GROUPS, make_list(groups)),
            (START, _offset(s, found[0])),
            (END, _offset(s, found[1])),
        ]
    )


@builtin(
    "regex/find-all",
    doc="The texts of all matches of a pattern, from left to right.",
    example=r'(regex/find-all #"\d+" "1 a 23") => ("1" "23")',
)
def find_all(pattern: str, s: str) -> Any:
    found = compiled(pattern).matcher.search_all(s, False)
    return make_list([s[start:end] for start, end in found])


def _expanded(replacement: str, pattern: Pattern, s: str, spans: Sequence[int]) -> str:
    """A replacement with the groups of a match in place of their numbers and names."""

    def referred(found: re.Match[str]) -> str:
        if found[1]:
            return "$"
        name: str = found[3] if found[2] is None else found[2]
        is_number = name.isascii() and name.isdigit()
        index = (
            int(name[-9:]) if is_number and not name[:-9].strip("0") else pattern.names.get(name)
        )
        if index is None or 2 * index >= len(spans):
            return ""
        return _group(s, spans, index) or ""

    return REFERENCE.sub(referred, replacement)


def _replaced(pattern: str, replacement: str, s: str, at_most: int | None) -> str:
    known = compiled(pattern)
    refers = "$" in replacement
    if at_most == 1:
        first = known.matcher.search(s)
        found = [] if first is None else [first]
    else:
        found = known.matcher.search_all(s, refers)
    parts = []
    end = 0
    for spans in found:
        parts.append(s[end : spans[0]])
        parts.append(_expanded(replacement, known, s, spans) if refers else replacement)
        end = spans[1]
    return "".join([*parts, s[end:]])


@builtin(
    "regex/replace",
    doc="The string with the first match replaced; $1 and $name stand for groups, $$ for a dollar.",
    example=r'(regex/replace #"(\d)" "<$1>" "a1b2") => "a<1>b2"',
)
def replace(pattern: str, replacement: str, s: str) -> str:
    return _replaced(pattern, replacement, s, 1)


@builtin(
    "regex/replace-all",
    doc="The string with every match replaced, as by `regex/replace`.",
    example=r'(regex/replace-all #"(\d)" "<$1>" "a1b2") => "a<1>b<2>"',
)
def replace_all(pattern: str, replacement: str, s: str) -> str:
    return _replaced(pattern, replacement, s, None)


@builtin(
    "regex/split",
    doc="The parts of a string between the matches of a pattern, empty ones too.",
    example=r'(regex/split #",\s*" "a, b,,c") => ("a" "b" "" "c")',
)
def split(pattern: str, s: str) -> Any:
    parts = []
    last = 0
    for start, end in compiled(pattern).matcher.search_all(s, False):
        parts.append(s[last:start])
        last = end
    return make_list([*parts, s[last:]])
