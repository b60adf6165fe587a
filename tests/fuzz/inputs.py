"""Inputs by number: the same seed and number give the same input."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random

import sema
from sema.stdlib import registry
from tests.fuzz.grammar import Grammar
from tests.fuzz.mutation import LONGEST, damaged, mutated
from tests.sandbox.attacks import ATTACKS

ROOT = Path(__file__).parent.parent.parent
PLAN = ("sandbox",) * 9 + ("native",) * 5 + ("compiled",) * 4 + ("text",) * 3 + ("cached",)
"""The targets in turn."""


@cache
def seeds() -> list[str]:
    """Programs to begin with: those of the tests, examples of builtins, attacks."""
    files = sorted([*(ROOT / "tests").rglob("*.sema"), *(ROOT / "examples").rglob("*.sema")])
    texts = [file.read_text(encoding="utf-8") for file in files]
    return texts + _examples() + [program for _, program in ATTACKS]


def _examples() -> list[str]:
    found = []
    for name in sorted(registry.names()):
        declared = registry.declaration(name)
        if declared is not None and declared.name == name and declared.capability is None:
            found.append(declared.example)
    return found


@cache
def compiled_seeds() -> list[bytes]:
    """Compiled files to begin with."""
    return list(_compiled_seeds())


def _compiled_seeds() -> Iterator[bytes]:
    from sema.compiler.files import serialise

    for file in sorted((ROOT / "tests" / "language").rglob("*.sema")):
        text = file.read_text(encoding="utf-8")
        if len(text) > LONGEST:
            continue
        namespace = sema.Interpreter().namespace
        try:
            unit = namespace.compile(*sema.reader.read_all(text), None, count_calls=False)
            yield serialise(unit, text)
        except sema.SemaError:
            continue


def drawn(seed: int, number: int) -> tuple[str, bytes]:
    """A target and an input for it."""
    rng = Random(f"{seed}/{number}")
    target = PLAN[number % len(PLAN)]
    if target == "compiled":
        return target, damaged(rng, rng.choice(compiled_seeds()))
    grammar = Grammar(rng)
    how = rng.random()
    if how < 0.35:
        program = grammar.program()
    elif how < 0.6:
        program = grammar.calls()
    else:
        other = grammar.program() if rng.random() < 0.3 else rng.choice(seeds())
        program = mutated(rng, rng.choice(seeds()), other)
    return target, program.encode("utf-8", "surrogatepass")
