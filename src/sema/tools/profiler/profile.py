"""What was seen of a program while it ran, as plain data."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import sema.stdlib
from sema.embed.call_report import SiteReport
from sema.vm.code import LIBRARY_FILE, Code
from sema.vm.sampler import Sampler

if TYPE_CHECKING:
    from sema import Interpreter

FORMAT = 1
INPUT = "<input>"
TOP_LEVEL = "<main>"
COMPILED = "compiled"
"""The state of a site that was called in machine code before the interpreter came to it."""


@dataclass(slots=True)
class Callee:
    """What a site called. ``misses`` is how often the cache did not know it; ``line`` is 0 for
    what is not written in Sema."""

    name: str
    file: str | None
    line: int
    misses: int


@dataclass(slots=True)
class Transition:
    """A state that a site got into when it had made so many calls."""

    state: str
    calls: int


@dataclass(slots=True)
class Site:
    """A call site. Several pieces of code that were compiled from one place count as one."""

    file: str
    line: int
    column: int
    kind: str
    function: str
    calls: int
    hits: int
    misses: int
    state: str
    transitions: list[Transition]
    callees: list[Callee]
    source: str
    advice: str | None = None

    @property
    def hit_rate(self) -> float:
        """Hits in proportion to calls."""
        return self.hits / self.calls if self.calls else 0.0


@dataclass(slots=True)
class Function:
    """A function. ``self_seconds`` passed in it and ``total_seconds`` in what it called as well;
    ``calls`` counts how often it was entered, None for a builtin."""

    name: str
    file: str | None
    line: int
    calls: int | None
    self_seconds: float = 0.0
    total_seconds: float = 0.0
    source: str = ""

    @property
    def place(self) -> str:
        """Where it is written, for people."""
        if self.line:
            return f"{self.file}:{self.line}"
        return "" if self.file or self.name.startswith("<") else "builtin"


@dataclass(slots=True)
class Strategy:
    """One run under one call cache; ``seconds`` without statistics, ``thrash`` counts the valid
    entries that were thrown out (None where there are none to throw out)."""

    call_cache: str
    seconds: float
    calls: int
    hits: int
    misses: int
    thrash: int | None


@dataclass(slots=True)
class Profile:
    """A run. ``stacks`` holds (names of functions from the outermost, seconds); sites and
    functions are sorted, the hottest first. ``machine_code`` is what the interpreter's
    ``jit_stats`` says, None if everything was interpreted."""

    program: str
    arguments: list[str]
    call_cache: str
    seconds: float
    looks: int
    sites: list[Site]
    functions: list[Function]
    stacks: list[tuple[list[str], float]]
    line_seconds: dict[str, dict[int, float]]
    thrash: int | None = None
    machine_code: dict[str, Any] | None = None
    strategies: list[Strategy] = field(default_factory=list)
    site_codes: list[tuple[Code, int]] = field(default_factory=list, repr=False)

    def to_data(self) -> dict[str, Any]:
        """The profile for other programs; ``docs/profiling.md`` describes it."""
        data = {"format": FORMAT, "version": sema.__version__}
        for name in self.__slots__:
            if name != "site_codes":
                data[name] = getattr(self, name)
        data["sites"] = [asdict(site) | {"hit_rate": site.hit_rate} for site in self.sites]
        data["functions"] = [asdict(function) for function in self.functions]
        data["strategies"] = [asdict(strategy) for strategy in self.strategies]
        data["stacks"] = [{"frames": names, "seconds": s} for names, s in self.stacks]
        return data


class Sources:
    """The lines of the files that a program consists of."""

    def __init__(self) -> None:
        self._files: dict[str, list[str]] = {}

    def lines(self, file: str | None) -> list[str]:
        """All lines of a file; none if it cannot be read."""
        if file is None:
            return []
        if file not in self._files:
            path = file
            if file == LIBRARY_FILE:
                path = os.path.join(sema.stdlib.__path__[0], "prelude.sema")
            try:
                with open(path, encoding="utf-8", newline="") as opened:
                    text = opened.read()
            except (OSError, ValueError):
                text = ""
            self._files[file] = [line.rstrip("\r") for line in text.split("\n")]
        return self._files[file]

    def line(self, file: str | None, number: int) -> str:
        """One line without its indentation."""
        lines = self.lines(file)
        return lines[number - 1].strip() if 1 <= number <= len(lines) else ""


def profile_of(
    interpreter: Interpreter, sampler: Sampler, program: str, arguments: list[str]
) -> Profile:
    """What an interpreter's call sites and a sampler have seen."""
    from sema.tools.profiler.advice import advise

    report = interpreter.call_report()
    machine = interpreter.machine
    is_compiled = machine.hot_after > 0 or machine.jit is not None
    sources = Sources()
    merged = _merged(site for site in report.sites if site.calls)
    sites = [_site(reports, sources) for reports in merged]
    order = sorted(range(len(sites)), key=lambda i: -sites[i].calls)
    profile = Profile(
        program=program,
        arguments=arguments,
        call_cache=interpreter.call_cache,
        seconds=sum(seconds for seconds, _ in sampler.stacks.values()),
        looks=sum(looks for _, looks in sampler.stacks.values()),
        sites=[sites[i] for i in order],
        functions=_functions(report.functions, sampler, sources),
        stacks=_stacks(sampler),
        line_seconds=_line_seconds(sampler),
        thrash=report.thrash,
        machine_code=interpreter.jit_stats() if is_compiled else None,
        site_codes=[(code, merged[i][0].offset) for i in order if (code := merged[i][0].code)],
    )
    for site, i in zip(profile.sites, order, strict=True):
        site.advice = advise(site, merged[i], interpreter.call_cache)
    return profile


# --- Sites ---------------------------------------------------------------------------------------


def _merged(reports: Iterable[SiteReport]) -> list[list[SiteReport]]:
    """The reports of each place, the busiest first."""
    places: dict[tuple[object, ...], list[SiteReport]] = {}
    for report in reports:
        name = report.code.name if report.code else None
        key = (report.file, report.line, report.column, report.offset, report.kind, name)
        places.setdefault(key, []).append(report)
    return [sorted(group, key=lambda report: -report.calls) for group in places.values()]


def _site(reports: list[SiteReport], sources: Sources) -> Site:
    first = reports[0]
    assert first.code is not None
    callees: dict[tuple[str, str | None, int], Callee] = {}
    for report in reports:
        for callee, misses in report.missed.items():
            name, file, line = _described(callee)
            known = callees.setdefault((name, file, line), Callee(name, file, line, 0))
            known.misses += misses
    if not callees:
        # A cache of the whole machine may have known the callee from elsewhere.
        for at, name in first.code.unit.globals:
            if at == first.offset + 1:
                callees[name, None, 0] = Callee(name, None, 0, 0)
    return Site(
        file=first.file or INPUT,
        line=first.line,
        column=first.column,
        kind=first.kind,
        function=first.code.title,
        calls=sum(report.calls for report in reports),
        hits=sum(report.hits for report in reports),
        misses=sum(report.misses for report in reports),
        state=COMPILED if first.state == "unlinked" else first.state,
        transitions=list(map(Transition, first.changes, first.times)),
        callees=sorted(callees.values(), key=lambda callee: -callee.misses),
        source=sources.line(first.file, first.line),
    )


def _described(callee: Code | str) -> tuple[str, str | None, int]:
    """The name of a callee and where it is written."""
    if isinstance(callee, str):
        return callee, None, 0
    return callee.title, callee.unit.file, callee.line


# --- Functions and stacks ------------------------------------------------------------------------


def _functions(codes: list[Code], sampler: Sampler, sources: Sources) -> list[Function]:
    functions: dict[tuple[str, str | None, int], Function] = {}

    def function(frame: tuple[Code, int] | str | None) -> Function:
        if not isinstance(frame, tuple):
            name = frame_label(frame)
            return functions.setdefault((name, None, 0), Function(name, None, 0, None))
        code = frame[0]
        name, file, line = code.title, code.unit.file or INPUT, code.line
        found = functions.get((name, file, line))
        if found is None:
            source = "" if name == TOP_LEVEL else sources.line(file, line)
            found = Function(name, file, line, 0, source=source)
            functions[name, file, line] = found
        return found

    for code in codes:
        found = function((code, 0))
        found.calls = (found.calls or 0) + code.entered
    for stack, (seconds, _) in sampler.stacks.items():
        on_stack = [function(frame) for frame in stack]
        for each in {id(found): found for found in on_stack}.values():
            each.total_seconds += seconds
        if on_stack:
            on_stack[-1].self_seconds += seconds
    ran = (f for f in functions.values() if f.calls or f.total_seconds)
    return sorted(ran, key=lambda f: (-f.self_seconds, -(f.calls or 0)))


def _stacks(sampler: Sampler) -> list[tuple[list[str], float]]:
    merged: dict[tuple[str, ...], float] = {}
    for stack, (seconds, _) in sampler.stacks.items():
        names = tuple(map(frame_label, stack))
        merged[names] = merged.get(names, 0.0) + seconds
    return [(list(names), seconds) for names, seconds in merged.items()]


def frame_label(frame: tuple[Code, int] | str | None) -> str:
    """What a frame is called in a flame graph."""
    if frame is None:
        return "…"
    return frame if isinstance(frame, str) else frame[0].title


def _line_seconds(sampler: Sampler) -> dict[str, dict[int, float]]:
    """The time that passed on each line of each file, in what it called as well."""
    files: dict[str, dict[int, float]] = {}
    for (file, line), seconds in sampler.lines.items():
        files.setdefault(file or INPUT, {})[line] = seconds
    return files
