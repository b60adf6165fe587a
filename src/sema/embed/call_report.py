"""What the call sites did, for people: the numbers of every site of an interpreter's code."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sema.vm.code import Code
from sema.vm.opcodes import BY_NAME, CALL_FORMS, FIRST_CALL, STATES

_KINDS = ("call", "global call", "tail call", "global tail call")
_FORM_STATES = {offset: STATES[form] for form, offset in CALL_FORMS.items()}


@dataclass(slots=True)
class SiteReport:
    """One call site, the instruction at ``offset`` of ``code``.

    ``hits`` and ``misses`` add up to ``calls``. ``changes`` are the states it has been in, the
    present one, ``state``, last; ``times`` says how many calls there had been when each began.
    ``missed`` maps each callee that the cache did not know, a code object or the name of what is
    not written in Sema, to how often that was.
    """

    file: str | None
    line: int
    column: int
    kind: str
    calls: int
    hits: int
    misses: int
    state: str
    changes: list[str] = field(default_factory=list)
    callees: list[str] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    missed: dict[Code | str, int] = field(default_factory=dict)
    code: Code | None = field(default=None, repr=False)
    offset: int = 0


@dataclass(slots=True)
class CallReport:
    """All sites, and the code of all ``functions``; for the strategies ``vm`` and ``site`` how
    often a miss threw a valid entry out (``thrash``, for the former also ``vm_thrash``), and for
    ``vm`` how often its one entry hit."""

    sites: list[SiteReport]
    functions: list[Code] = field(default_factory=list, repr=False)
    thrash: int | None = None
    vm_hit_rate: float | None = None
    vm_thrash: int | None = None


def all_functions(codes: list[Code]) -> list[Code]:
    """Code objects and the functions inside them."""
    found = []
    pending = list(codes)
    while pending:
        code = pending.pop()
        pending.extend(code.functions)
        found.append(code)
    return found


def report_sites(functions: list[Code]) -> list[SiteReport]:
    """The sites of functions."""
    return [
        _site(code, number, *facts)
        for code in functions
        for number, facts in enumerate(code.site_facts())
    ]


def _site(code: Code, number: int, offset: int, opcode: str, calls: int, misses: int) -> SiteReport:
    form, kind = divmod(BY_NAME[opcode].code - FIRST_CALL, len(_KINDS))
    span = code.span_at(offset)
    seen: dict[str, Any] = code.reports.get(number, {"callees": {}, "changes": [], "times": []})
    state = _FORM_STATES[form * len(_KINDS)]
    if state == "generic" and seen["changes"]:
        state = seen["changes"][-1]
    return SiteReport(
        file=code.unit.file,
        line=span.line if span else 0,
        column=span.column if span else 0,
        kind=_KINDS[kind],
        calls=calls,
        hits=calls - misses,
        misses=misses,
        state=state,
        changes=list(seen["changes"]),
        callees=[callee_name(callee) for callee in seen["callees"]],
        times=list(seen["times"]),
        missed=dict(seen["callees"]),
        code=code,
        offset=offset,
    )


def callee_name(callee: object) -> str:
    """A callee for people."""
    return callee.title if isinstance(callee, Code) else str(callee)
