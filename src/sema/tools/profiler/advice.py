"""Plain advice on call sites that do not do well."""

from __future__ import annotations

from collections import Counter

from sema.embed.call_report import SiteReport
from sema.tools.profiler.profile import Site
from sema.vm.code import LIBRARY_FILE, Code

LEAST_CALLS = 100
"""Sites that were called less often are no trouble."""
POOR = 0.5
"""The hit rate below which a site of the strategies with tables does badly."""
MANY = 3
REMEMBERED = 4


def advise(site: Site, reports: list[SiteReport], call_cache: str) -> str | None:
    """What to do about a site, or None; ``reports`` are what is known of its code."""
    if site.calls < LEAST_CALLS or call_cache == "none" or site.hit_rate > POOR:
        return None
    seen: Counter[Code | str] = Counter()
    for report in reports:
        seen.update(report.missed)
    made_anew = _made_anew(seen)
    if made_anew is not None:
        return made_anew
    if site.state == "variadic":
        if all(callee.file == LIBRARY_FILE for callee in site.callees):
            return None
        return (
            "its callee takes any number of arguments, or is apply: that is worked out at each "
            "call; where the number is known, call a function of so many parameters"
        )
    if call_cache == "patched" and len(seen) > REMEMBERED:
        return (
            f"it calls {len(seen)} different functions, more than the {REMEMBERED} that a site "
            "remembers: if some are called most of the time, test for those and call them directly"
        )
    if call_cache != "patched" and len(seen) == 1 and isinstance(next(iter(seen)), Code):
        return (
            "it calls ever new closures of one lambda, which this strategy takes for different "
            "functions: create the closure once, or use --call-cache=patched"
        )
    if call_cache == "vm" and site.misses:
        return "other calls throw its callee out of the one entry: use --call-cache=patched"
    if call_cache == "site" and site.misses:
        return "its callees, or another site's, throw each other out: use --call-cache=patched"
    if site.kind.startswith("global") and site.misses > 1:
        return "its global is redefined again and again: keep what changes in a variable"
    return None


def _made_anew(seen: Counter[Code | str]) -> str | None:
    """Advice where most callees are lambdas that are compiled at one place again and again."""
    lines = Counter(code.line for code in seen if isinstance(code, Code))
    if not lines:
        return None
    line, n = lines.most_common(1)[0]
    if n < MANY or n * 2 <= len(seen):
        return None
    place = f"created at line {line}" if line else "made by eval"
    return f"this site sees {n} different lambdas {place}: hoist it, so that it is made once"
