"""The Sema programs that tests run, and what they print.

``tests/language`` holds small programs about one part of the language each, ``examples`` useful
ones. ``NAME.expected`` is what ``NAME.sema`` prints; an error that ends a program is its last line.
"""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parent.parent
LANGUAGE = ROOT / "tests" / "language"
EXAMPLES = sorted(
    path for path in (ROOT / "examples").glob("**/*.sema") if "embedding" not in path.parts
)
PROGRAMS = sorted(
    [
        *(path for path in LANGUAGE.glob("**/*.sema") if path.parent.name != "modules"),
        *EXAMPLES,
    ]
)
DEPTH_LIMIT = 300_000
TIMING = "elapsed: "


def name(program: Path) -> str:
    """What a program is called in the names of tests: ``values/sorting``."""
    directory = LANGUAGE if program.is_relative_to(LANGUAGE) else ROOT
    return program.relative_to(directory).with_suffix("").as_posix()


def expected(program: Path) -> list[str]:
    """The lines that a program prints."""
    return program.with_suffix(".expected").read_text(encoding="utf-8").splitlines()


def compared(printed: str) -> list[str]:
    """The lines of an output, without those that are never the same."""
    return [line for line in printed.splitlines() if not line.startswith(TIMING)]
