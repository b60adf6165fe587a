"""``sema disasm --jit``: what a program became as machine code, beside its instructions."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext, redirect_stdout
from itertools import groupby, zip_longest
from textwrap import wrap
from typing import Any, TextIO, TypeAlias

from sema.compiler.disassembler import Instruction, Listing
from sema.embed.call_report import all_functions
from sema.jit import Jit
from sema.jit.group import Exit
from sema.jit.listing import Line, Shown, ShownFunction
from sema.tools.cli import FAILED, OK
from sema.tools.session import Session
from sema.tools.tables import print_table
from sema.vm.code import Code
from sema.vm.values import Closure

Place: TypeAlias = tuple[str, int, int]
Band: TypeAlias = tuple[Place, list[Line], list[Line]]

HOT_AFTER = 1
"""Ticks: whoever asks for machine code need not wait for it."""
SIDE_BY_SIDE = 120
"""The width from which on the three stand side by side."""
INSTRUCTION_WIDTH = 34
GUARD_HEADINGS = ("guard", "of", "instruction", "place", "cause", "exits", "then")


def run(session: Session, path: str, function: str | None) -> tuple[list[Shown], int]:
    """Run a program; the groups that are in use at its end, and the exit status.

    With ``function`` they are those with code of a function of that name; a function that was not
    hot is compiled then, as all of the program's are if nothing was hot.
    """
    machine = session.interpreter.machine
    machine.hot_after = HOT_AFTER
    machine.jit = jit = Jit(machine)
    shown: list[Shown] = []
    jit.shown = shown
    status = OK if session.run_file(path) else FAILED
    found = list(_wanted(shown, function))
    if not found:
        for code in _functions(session):
            if function in (None, code.title):
                jit.compile_cold(code)
        found = list(_wanted(shown, function))
    return found, status


def _wanted(shown: list[Shown], function: str | None) -> Iterator[Shown]:
    for each in shown:
        titles = {code.title for code in each.group.codes}
        if each.group.alive and (function is None or function in titles):
            yield each


def _functions(session: Session) -> list[Code]:
    """The functions of the program, with those inside them."""
    values = session.interpreter.user_definitions().values()
    return all_functions([value.code_object for value in values if isinstance(value, Closure)])


# --- As data -------------------------------------------------------------------------------------


def to_data(groups: Iterable[Shown], function: str | None) -> dict[str, Any]:
    """Everything that is shown, as plain data; ``docs/machine-code.md`` describes it."""
    return {"groups": [_group_data(shown, function) for shown in groups]}


def _group_data(shown: Shown, function: str | None) -> dict[str, Any]:
    group = shown.group
    return {
        "function": group.root_code.title,
        "file": group.root_code.unit.file,
        "line": group.root_code.line,
        "offset": group.start,
        "bytes": group.size,
        "versions": [
            {
                "name": version.name,
                "function": version.code.title,
                "offset": version.start,
                "registers": {f"r{register}": str(kind) for register, kind in version.entry},
                "returns": str(version.ret),
            }
            for version in group.versions
        ],
        "guards": [
            {
                "number": exit_.number,
                "version": exit_.version.name,
                "offset": exit_.offset,
                "cause": exit_.reason,
                "register": exit_.register,
                "count": exit_.count,
            }
            for exit_ in group.exits
        ],
        "functions": [
            {
                "name": each.name,
                "llvm": [_line_data(line) for line in each.llvm],
                "assembly": [_line_data(line) for line in each.assembly],
            }
            for each in _shown_functions(shown, function)
        ],
    }


def _line_data(line: Line) -> dict[str, Any]:
    guard = None if line.guard < 0 else line.guard
    return {"text": line.text, "version": line.version, "offset": line.offset, "guard": guard}


def _shown_functions(shown: Shown, function: str | None) -> list[ShownFunction]:
    """The machine functions that contain code of a function."""
    names = {v.name for v in shown.group.versions if function in (None, v.code.title)}
    return [each for each in shown.functions if each.versions() & names]


# --- As text -------------------------------------------------------------------------------------


def print_groups(groups: Iterable[Shown], function: str | None, stream: TextIO) -> None:
    """Print the groups, in three columns if the terminal is wide enough."""
    for shown in groups:
        _print_group(shown, stream)
        for each in _shown_functions(shown, function):
            print(f"\n-- {each.name} --", file=stream)
            for line in _Page(shown).lines(each):
                print(line.rstrip(), file=stream)
        print(file=stream)


def _print_group(shown: Shown, stream: TextIO) -> None:
    group = shown.group
    root = group.root_code
    place = _place(root, group.start)
    start = f", entered at the loop at {group.start:04}" if group.start else ""
    print(f"== {root.title} == {place}{start}; {group.size:,} bytes", file=stream)
    for version in group.versions:
        registers = ", ".join(f"r{register} {kind}" for register, kind in version.entry)
        entered = f" from {version.start:04} on" if version.start else ""
        print(
            f"{version.name}: {version.code.title}{entered}, {registers or 'no registers'}"
            f" -> {version.ret}",
            file=stream,
        )
    if group.exits:
        print(file=stream)
        print_table(GUARD_HEADINGS, [_guard_row(exit_) for exit_ in group.exits], stream)


def _guard_row(exit_: Exit) -> tuple[str, ...]:
    listing = Listing(exit_.code.unit, exit_.code)
    names = {each.offset: each.op.name for each in listing.instructions()}
    return (
        str(exit_.number),
        exit_.version.name,
        f"{exit_.offset:04} {names[exit_.offset]}",
        _place(exit_.code, exit_.offset),
        named_cause(exit_),
        f"{exit_.count:,}",
        _then(exit_),
    )


def named_cause(exit_: Exit) -> str:
    """An exit's cause, and the register that it is about."""
    return exit_.reason if exit_.register < 0 else f"{exit_.reason} of r{exit_.register}"


def _place(code: Code, offset: int) -> str:
    span = code.span_at(offset)
    return f"{code.unit.file or '<input>'}" + (f":{span.line}:{span.column}" if span else "")


class _Page:
    """The lines of machine functions of a group. What stands for one instruction is a band; the
    bands are in the order of the machine code."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown
        self._instructions: dict[Code, dict[int, Instruction]] = {}
        width = shutil.get_terminal_size().columns
        self._columns = None
        if width >= SIDE_BY_SIDE:
            rest = width - INSTRUCTION_WIDTH - 6
            self._columns = (INSTRUCTION_WIDTH, rest - rest // 2, rest // 2)

    def lines(self, function: ShownFunction) -> Iterator[str]:
        """The text of a function."""
        for place, llvm, assembly in _bands(function):
            cells = self._meaning(place, llvm), _noted(llvm), _noted(assembly)
            yield from self._side_by_side(*cells) if self._columns else _in_turn(*cells)

    def _meaning(self, place: Place, llvm: list[Line]) -> list[str]:
        """What a band stands for."""
        name, offset, guard = place
        exits = self._shown.group.exits
        if guard >= 0:
            failed = exits[guard]
            return [f"guard {guard} fails, {named_cause(failed)}:", f"     {_then(failed)}"]
        if self._shown.version(name) is None:
            texts = [f"{name}:"]
        else:
            texts = self._instruction(self._shown.code_of(name), name, offset)
        guards = dict.fromkeys(line.guard for line in llvm if line.guard >= 0)
        return texts + [f"     guard {n}: {named_cause(exits[n])}" for n in guards]

    def _instruction(self, code: Code, name: str, offset: int) -> list[str]:
        if code not in self._instructions:
            listing = Listing(code.unit, code).instructions()
            self._instructions[code] = {each.offset: each for each in listing}
        found = self._instructions[code][offset]
        span = code.span_at(offset)
        line = f" line {span.line}" if span is not None else ""
        texts = [f"{name}{line}:", f"{offset:04} {found.op.name} {', '.join(found.operands)}"]
        return texts + [f"     ; {comment}" for comment in found.comments]

    def _side_by_side(self, *cells: list[str]) -> Iterator[str]:
        assert self._columns is not None
        wrapped = [
            [part for text in cell for part in _wrapped(text, width)]
            for cell, width in zip(cells, self._columns, strict=True)
        ]
        for row in zip_longest(*wrapped, fillvalue=""):
            yield " │ ".join(map(str.ljust, row, self._columns))
        yield ""


def _wrapped(text: str, width: int) -> list[str]:
    indent = " " * (len(text) - len(text.lstrip()) + 4)
    return wrap(text, width, subsequent_indent=indent, drop_whitespace=False) or [""]


def _in_turn(*cells: list[str]) -> Iterator[str]:
    for cell, margin in zip(cells, ("", "    | ", "    > "), strict=True):
        yield from (margin + text for text in cell)
    yield ""


def _then(exit_: Exit) -> str:
    """What the interpreter does after an exit."""
    if exit_.reason == "error":
        return f"the error of {exit_.offset:04}"
    return f"goes on at {exit_.offset:04}"


def _noted(lines: list[Line]) -> list[str]:
    return [
        line.text if line.guard < 0 or line.leaves else f"{line.text}  ; guard {line.guard}"
        for line in lines
    ]


def _bands(function: ShownFunction) -> Iterator[Band]:
    """For each stretch of assembly of one place: the place and, at the first of them, LLVM's code.
    Code of which no assembly is left stands before that which followed it."""
    llvm: dict[Place, list[Line]] = {}
    for line in function.llvm:
        llvm.setdefault(line.place, []).append(line)
    order = list(llvm)
    with_assembly = {line.place for line in function.assembly}
    for place, lines in groupby(function.assembly, key=lambda line: line.place):
        for other in order[: order.index(place)] if place in llvm else ():
            if other in llvm and other not in with_assembly:
                yield other, llvm.pop(other), []
        yield place, llvm.pop(place, []), list(lines)
    for place in list(llvm):
        yield place, llvm.pop(place), []


def show(session: Session, path: str, function: str | None, as_json: bool) -> int:
    """The command: run the program and print what became of it; the exit status."""
    with redirect_stdout(sys.stderr) if as_json else nullcontext():
        groups, status = run(session, path, function)
    if not groups:
        print(_nothing(function), file=sys.stderr)
        return FAILED
    if as_json:
        print(json.dumps(to_data(groups, function), ensure_ascii=False, indent=1))
    else:
        print_groups(groups, function, sys.stdout)
    return status


def _nothing(function: str | None) -> str:
    if function is None:
        return "error: the program defines no function that can be compiled"
    return f"error: no function '{function}' that can be compiled"
