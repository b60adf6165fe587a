"""What machine code did: compilations, what they cost, and where it was left, and why."""

from __future__ import annotations

from sema.jit.bytecode import Instruction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, TypeAlias

    from sema.jit.group import Exit, Group
    from sema.vm.code import Code

    Place: TypeAlias = "tuple[str, str, str | None, int, int, int, str, int]"

STEPS = ("building", "optimising", "emitting", "linking")
"""The steps of a compilation: LLVM code written, made better, turned into machine code, loaded."""


class Guards:
    """The guards of one place and cause: in how many versions of the function they are now, how
    often machine code has left there, and what was learnt from that."""

    def __init__(self) -> None:
        self.copies = 0
        self.count = 0
        self.learnt: dict[str, None] = {}

    def copy(self) -> Guards:
        made = Guards()
        made.copies, made.count, made.learnt = self.copies, self.count, dict(self.learnt)
        return made


class Statistics:
    """The numbers of one machine. They keep no code alive: what is known of groups that are out of
    use is kept by the places in the source."""

    def __init__(self) -> None:
        self.compiled = 0
        self.recalled = 0
        self.size = 0
        self.seconds = dict.fromkeys(STEPS, 0.0)
        self._past: dict[Place, Guards] = {}
        self._given_up: dict[tuple[str, str | None, int], str] = {}

    def note_compiled(self, group: Group, is_recalled: bool) -> None:
        """A group has been compiled; ``is_recalled`` says that its machine code was kept from an
        earlier run."""
        self.compiled += 1
        self.recalled += is_recalled
        self.size += group.size
        for step, seconds in group.seconds.items():
            self.seconds[step] += seconds

    def note_given_up(self, code: Code, why: str) -> None:
        """A function has been left to the interpreter for good."""
        self._given_up.setdefault((code.title, code.unit.file, code.line), why)

    def note_learnt(self, exit_: Exit, what: str) -> None:
        """Exits at a place have taught something."""
        self._past.setdefault(place_of(exit_), Guards()).learnt[what] = None

    def note_end(self, group: Group) -> None:
        """A group is out of use; what happened at its exits shall not be forgotten with it."""
        for exit_ in group.exits:
            if exit_.count:
                self._past.setdefault(place_of(exit_), Guards()).count += exit_.count
                exit_.forget()

    def to_data(
        self, groups: Iterable[Group] = (), trouble: BaseException | None = None
    ) -> dict[str, Any]:
        """See :meth:`sema.Interpreter.jit_stats`; ``groups`` are those that there are, ``trouble``
        is what made an end of compiling."""
        groups = list(groups)
        versions: dict[str, int] = {}
        for group in groups:
            for version in group.versions if group.alive else ():
                title = version.code.title
                versions[title] = versions.get(title, 0) + 1
        guards: list[dict[str, Any]] = [
            dict(zip(PLACE, place, strict=True))
            | {"copies": found.copies, "count": found.count, "learnt": list(found.learnt)}
            for place, found in self._guards(groups).items()
        ]
        exits: dict[str, int] = {}
        for guard in guards:
            if guard["count"]:
                exits[guard["cause"]] = exits.get(guard["cause"], 0) + guard["count"]
        return {
            "compiled": self.compiled,
            "recalled": self.recalled,
            "seconds": sum(self.seconds.values()),
            "steps": dict(self.seconds),
            "bytes": self.size,
            "functions": dict(sorted(versions.items())),
            "exits": dict(sorted(exits.items(), key=lambda pair: -pair[1])),
            "guards": sorted(guards, key=lambda guard: (-guard["count"], guard["offset"])),
            "given_up": [
                {"function": function, "file": file, "line": line, "why": why}
                for (function, file, line), why in self._given_up.items()
            ],
            "trouble": None if trouble is None else f"{type(trouble).__name__}: {trouble}",
        }

    def _guards(self, groups: list[Group]) -> dict[Place, Guards]:
        found = {place: guards.copy() for place, guards in self._past.items()}
        for group in groups:
            for exit_ in group.exits:
                guards = found.setdefault(place_of(exit_), Guards())
                guards.copies += group.alive
                guards.count += exit_.count
        return found


PLACE = ("cause", "function", "file", "line", "column", "offset", "instruction", "register")


def place_of(exit_: Exit) -> Place:
    """Why and where an exit is, in the order of ``PLACE``."""
    code, offset = exit_.code, exit_.offset
    span = code.span_at(offset)
    line, column = (span.line, span.column) if span is not None else (0, 0)
    instruction = Instruction(offset, code.word_at(offset)).name
    return (
        exit_.reason, code.title, code.unit.file, line, column, offset, instruction,
        exit_.register,
    )  # fmt: skip
