"""A profile as tables on a terminal."""

from __future__ import annotations

from typing import TextIO

from sema.tools.jit_table import print_stats
from sema.tools.profiler.profile import Callee, Function, Profile, Site
from sema.tools.tables import print_table

SITE_HEADINGS = ("site", "calls", "hit rate", "state", "callees", "source")
FUNCTION_HEADINGS = ("function", "self ms", "self %", "total ms", "calls", "place", "source")
CALLEES_SHOWN = 3
SOURCE_SHOWN = 40


def print_profile(profile: Profile, stream: TextIO, top: int) -> None:
    """Print the ``top`` hottest sites and functions, and what else is worth knowing."""

    def say(text: str = "") -> None:
        print(text, file=stream)

    say(
        f"{profile.program}: {profile.seconds:.2f} s, {profile.looks} looks at the stack, "
        f"call cache {profile.call_cache}"
    )
    say(f"\nHottest call sites (of {len(profile.sites)} that were called)\n")
    print_table(SITE_HEADINGS, [_site_row(site) for site in profile.sites[:top]], stream)
    say("\nTime by function\n")
    timed = [f for f in profile.functions[:top] if f.self_seconds or f.calls]
    rows = [_function_row(function, profile.seconds) for function in timed]
    print_table(FUNCTION_HEADINGS, rows, stream)
    if profile.thrash is not None:
        say(f"\nValid entries thrown out: {profile.thrash:,}")
    if profile.machine_code:
        say("\nMachine code\n")
        print_stats(profile.machine_code, stream, top)
    if profile.strategies:
        say("\nCall caches\n")
        _print_strategies(profile, stream)
    advised = [site for site in profile.sites if site.advice]
    if advised:
        say("\nAdvice\n")
    for site in advised[:top]:
        say(f"{site.file}:{site.line}:{site.column}: {site.advice}")


def _site_row(site: Site) -> tuple[str, ...]:
    return (
        f"{site.file}:{site.line}:{site.column}",
        f"{site.calls:,}",
        f"{site.hit_rate:.1%}",
        " → ".join(t.state for t in site.transitions) or site.state,
        callee_names(site.callees),
        _shortened(site.source),
    )


def _function_row(function: Function, seconds: float) -> tuple[str, ...]:
    return (
        function.name,
        f"{function.self_seconds * 1000:.0f}",
        f"{function.self_seconds / seconds:.1%}" if seconds else "",
        f"{function.total_seconds * 1000:.0f}",
        "" if function.calls is None else f"{function.calls:,}",
        function.place,
        _shortened(function.source),
    )


def _print_strategies(profile: Profile, stream: TextIO) -> None:
    rows = [
        (
            each.call_cache,
            f"{each.seconds * 1000:.0f}",
            f"{each.hits:,}",
            f"{each.misses:,}",
            "" if each.thrash is None else f"{each.thrash:,}",
        )
        for each in profile.strategies
    ]
    print_table(("call cache", "ms", "hits", "misses", "thrash"), rows, stream)


def callee_names(callees: list[Callee]) -> str:
    """The first few callees."""
    shown = ", ".join(callee.name for callee in callees[:CALLEES_SHOWN])
    more = len(callees) - CALLEES_SHOWN
    return f"{shown}, {more} more" if more > 0 else shown


def _shortened(text: str) -> str:
    return text if len(text) <= SOURCE_SHOWN else text[: SOURCE_SHOWN - 1] + "…"
