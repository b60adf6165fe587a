"""What starting loads: slow modules of the standard library and most of Sema come on demand."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

SLOW = frozenset(
    """
    argparse ast asyncio contextlib copy dataclasses decimal enum fractions functools
    importlib.resources inspect json logging pathlib prompt_toolkit random re rich shutil
    statistics tempfile threading typing unicodedata weakref
    """.split()
)
ON_DEMAND = frozenset(
    """
    sema.compiler.disassembler sema.compiler.files sema.embed.call_report sema.expander.environment
    sema.tools.commands sema.tools.repl sema.tools.report
    """.split()
)


def loaded_by(statements: str) -> set[str]:
    """The modules that a fresh process loads for these statements, besides what Python itself
    loads when it starts."""
    program = f"""
import sys
before = set(sys.modules)
{statements}
after = set(sys.modules)
import json
json.dump(sorted(after - before), sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    return set(json.loads(done.stderr))


@pytest.mark.parametrize(
    "statements",
    ["import sema", "from sema.tools.cli import main\nassert main(['-e', '1']) == 0"],
    ids=["import", "expression"],
)
def test_start(statements: str) -> None:
    loaded = loaded_by(statements)
    assert not loaded & SLOW
    assert not loaded & ON_DEMAND
    assert {name for name in loaded if name.startswith("sema.stdlib.")} == {
        "sema.stdlib.index",
        "sema.stdlib.registry",
    }


def test_prelude_is_read_when_one_of_its_functions_is_mentioned() -> None:
    watch = """
opened = []
sys.addaudithook(lambda event, details: event == "open" and opened.append(str(details[0])))
import sema
interpreter = sema.Interpreter()
interpreter.eval("(define (twice x) (* 2 x))")
assert not any(name.endswith("prelude.sema") for name in opened)
interpreter.eval("(map twice (list 1 2))")
assert any(name.endswith("prelude.sema") for name in opened)
"""
    assert "sema.stdlib.prelude" in loaded_by(watch)
