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
    """One call site. ``hits`` and ``misses`` add up to ``calls``; ``changes`` are the states it
    has been in, the present one, ``state``, last."""

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


@dataclass(slots=True)
class CallReport:
    """All sites; for the strategy ``vm`` also how often its one entry hit, and how often a miss
    threw a valid entry out (``vm_thrash``)."""

    sites: list[SiteReport]
    vm_hit_rate: float | None = None
    vm_thrash: int | None = None


def report_sites(codes: list[Code]) -> list[SiteReport]:
    """The sites of code objects and of the functions inside them."""
    sites = []
    pending = list(codes)
    while pending:
        code = pending.pop()
        pending.extend(code.functions)
        for number, facts in enumerate(code.site_facts()):
            sites.append(_site(code, number, *facts))
    return sites


def _site(code: Code, number: int, offset: int, opcode: str, calls: int, misses: int) -> SiteReport:
    form, kind = divmod(BY_NAME[opcode].code - FIRST_CALL, len(_KINDS))
    span = code.span_at(offset)
    seen: dict[str, Any] = code.reports.get(number, {"callees": {}, "changes": []})
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
        callees=[_callee(callee) for callee in seen["callees"]],
    )


def _callee(callee: object) -> str:
    if isinstance(callee, Code):
        span = callee.span_at(0)
        place = f"@{span.line}" if span else ""
        return (callee.name or "<lambda>") + ("" if callee.name else place)
    return str(callee)
