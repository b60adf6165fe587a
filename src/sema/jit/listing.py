"""What LLVM made of a group, as text that knows which instruction each line stands for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sema.jit.locations import LEAVES
from sema.jit.runtime import LAYOUT
from sema.jit.values import ABSENT, EMPTY, FALSE, INT_TAG, NIL, PAYLOAD, REF_TAG, TRUE
from sema.vm import native
from sema.vm.values import Closure

if TYPE_CHECKING:
    from sema.jit.group import Group, Version
    from sema.vm.code import Code

_DEFINITION = re.compile(r'^define .*?@("(?:[^"\\]|\\..)*"|[\w.$-]+)\(')
_LOCATION = re.compile(r"!(\d+) = (?:distinct )?!DILocation\(line: (\d+)(?:, column: (\d+))?, "
                       r"scope: !(\d+)")  # fmt: skip
_SCOPE = re.compile(r'!(\d+) = distinct !DISubprogram\(name: "((?:[^"\\]|\\..)*)"')
_METADATA = re.compile(r", !(\w+) !(\d+)")
_FILE = re.compile(r'\t\.file\t(\d+) .*?"((?:[^"\\]|\\.)*)"(?: md5 .*)?$')
_PLACE = re.compile(r"\t\.loc\t(\d+) (\d+) (\d+)")
_NUMBER = re.compile(r"(?<=[\s$])-?\d{6,}\b")
_LINK = re.compile(
    r"getelementptr (?:inbounds )?\(i8, ptr @(link\d+), i64 (-?\d+)\)|@?\b(link\d+)([+-]\d+)?\b"
)
_CAST = re.compile(r"ptrtoint \(ptr (\S+) to i64\)")


@dataclass(slots=True)
class Line:
    """A line of LLVM's code or of assembly. It stands for the instruction at ``offset`` of the
    version, or belongs to the group's guard of that number (-1: none) in front of it; then it may
    be of the code that ``leaves`` where the guard fails."""

    text: str
    version: str
    offset: int
    guard: int = -1
    leaves: bool = False

    @property
    def place(self) -> tuple[str, int, int]:
        """What it is shown with: version, offset, and the guard whose failure it follows."""
        return self.version, self.offset, self.guard if self.leaves else -1


@dataclass(slots=True)
class ShownFunction:
    """What is one function of machine code after calls were replaced by their callees' code."""

    name: str
    llvm: list[Line] = field(default_factory=list)
    assembly: list[Line] = field(default_factory=list)

    def versions(self) -> set[str]:
        """The versions of functions whose code is in it."""
        return {line.version for line in (*self.llvm, *self.assembly)}


class Shown:
    """A group that was compiled, and its code as text."""

    def __init__(self, group: Group, listing: tuple[str, str]) -> None:
        self.group = group
        names = _Names(group)
        llvm, assembly = listing
        self.functions = list(_read_llvm(llvm, names))
        _read_assembly(assembly, self.functions, names)

    def version(self, name: str) -> Version | None:
        """The version of that name; None for ``run``, by which the interpreter enters."""
        return next((v for v in self.group.versions if v.name == name), None)

    def code_of(self, name: str) -> Code:
        """The code of a version, or what is entered by ``run``."""
        version = self.version(name)
        return self.group.root_code if version is None else version.code


def _read_llvm(text: str, names: _Names) -> Iterator[ShownFunction]:
    lines = text.split("\n")
    scopes = {m[1]: _plain(m[2]) for line in lines if (m := _SCOPE.match(line))}
    places = {
        m[1]: _place(scopes[m[4]], m[2], m[3]) for line in lines if (m := _LOCATION.match(line))
    }
    function = None
    for line in lines:
        definition = _DEFINITION.match(line)
        if definition:
            function = ShownFunction(_plain(definition[1].strip('"')))
            pending: list[str] = []
            place = _place(function.name, "1", "0")
        elif line == "}" and function is not None:
            yield function
            function = None
        elif function is not None and line:
            metadata = dict(_METADATA.findall(line))
            shown = _METADATA.sub("", line.partition(" ; preds")[0]).rstrip()
            pending.append(_CAST.sub(r"\1", _named(shown, names)))
            found = places.get(metadata.get("dbg", ""))
            if found is not None and found[1] >= 0:
                place = found
            if line.startswith(" "):  # a label belongs to what follows it
                function.llvm += (Line(each, *place) for each in pending)
                pending = []


def _read_assembly(text: str, functions: list[ShownFunction], names: _Names) -> None:
    files: dict[str, str] = {}
    following = iter(functions)
    function = None
    pending: list[str] = []
    is_code = True
    for line in text.split("\n"):
        if m := _FILE.match(line):
            files[m[1]] = m[2]
        elif m := _PLACE.match(line):
            if m[2] != "0":
                place = _place(files[m[1]], m[2], m[3])
            elif not place[3]:
                place = (*place[:2], -1, False)
        elif line.startswith(("\t.section", "\t.text")):
            is_code = "rodata" not in line and "debug" not in line
        elif line[:1] not in ("", "\t", "#", " ", ".", "L"):
            function = next(following)
            place = _place(function.name, "1", "0")
        elif line.startswith((".LBB", "LBB")):
            pending.append(line.split()[0])
        elif line.startswith("\t") and line[1:2] not in ("", ".", "#") and is_code:
            assert function is not None
            pending.append("  " + _named(line[1:].split("#")[0].rstrip().expandtabs(8), names))
            function.assembly += (Line(each, *place) for each in pending)
            pending = []


def _place(version: str, line: str, column: str | None) -> tuple[str, int, int, bool]:
    """What a debug location stands for: version, offset, guard, and whether that has failed."""
    leaves, guard = divmod(int(column or 0), LEAVES)
    return version, int(line) - 1, guard - 1, bool(leaves)


def _plain(name: str) -> str:
    """A name without LLVM's escapes."""
    octets = re.sub(rb"\\([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), name.encode())
    return octets.decode(errors="replace")


class _Names:
    """What numbers and links of a group's code stand for."""

    def __init__(self, group: Group) -> None:
        self._words = _names(group)
        self._links = group.links.bound

    def number(self, found: re.Match[str]) -> str:
        """The name of a number, or itself."""
        return self._words.get(int(found[0]) % (1 << 64), found[0])

    def link(self, found: re.Match[str]) -> str:
        """The name of a link, or of the place so many bytes behind it, or itself."""
        base = self._links[found[1] or found[3]]
        return self._words.get(base + int(found[2] or found[4] or 0), found[0])


def _named(text: str, names: _Names) -> str:
    """A line whose numbers and links have the names of what they are."""
    return _LINK.sub(names.link, _NUMBER.sub(names.number, text))


def _names(group: Group) -> dict[int, str]:
    """What the numbers in a group's code are: addresses, and words of known values."""
    names = {
        INT_TAG: "INTEGER", REF_TAG: "REFERENCE", PAYLOAD: "PAYLOAD", NIL: "nil", FALSE: "#f",
        TRUE: "#t", EMPTY: "()", ABSENT: "LEFT",
    }  # fmt: skip
    for name, address in group.addresses.items():
        names[address] = name.removeprefix("type ")
    for value in group.kept():
        named = native.code_of(value) if isinstance(value, Closure) else value
        known = getattr(named, "title", None) or getattr(named, "name", None)
        if known is not None:
            names[native.address_of(value)] = f"'{known}"
            names[native.address_of(value) | REF_TAG] = f"'{known}"
    for code in group.codes:
        for at, name in code.unit.globals:
            cell = native.raw_word(code, at)
            names[cell] = f"cell:{name}"
            names[cell + LAYOUT["cell value"]] = f"global:{name}"
        for offset in range(code.n_words):
            names[native.words_of(code) + 8 * offset] = f"{code.title}+{offset:04}"
        names[native.address_of(code)] = f"code:{code.title}"
    names[group.entered.buffer_info()[0]] = "entered"
    for exit_ in group.exits:
        names[exit_.address] = f"exits:{exit_.number}"
    return names
