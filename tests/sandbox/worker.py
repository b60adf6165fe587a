"""Runs hostile programs, a line of JSON each, until it is told no more; for ``test_attacks.py``."""

import json
import os
import resource
import sys

import sema

LIMITS = {"timeout": 1.0, "memory": 96 << 20, "max_output": 10_000}


def outcome(program: str) -> tuple[str, bool, str]:
    """The class of the error that ends the program, whether the interpreter works afterwards, and
    the error's text."""
    interpreter = sema.Interpreter(sandbox=sema.Sandbox(**LIMITS))
    try:
        interpreter.eval(program)
        name = text = "no error"
    except sema.SemaError as error:
        name, text = type(error).__name__, str(error)
    try:
        works = interpreter.eval("(+ 1 2)") == 3
    except sema.MemoryExceeded:
        # What the program has defined is still there.
        works = name == "MemoryExceeded"
    return name, works, text


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
    for line in sys.stdin:
        print(json.dumps(outcome(json.loads(line))), file=answers, flush=True)


main()
