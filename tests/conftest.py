"""What all tests share."""

from __future__ import annotations

import os

import hypothesis
import pytest

# Programs of the repository run without leaving compiled code next to them.
os.environ["SEMA_NO_CACHE"] = "1"

# The same examples each time: a run that fails fails again.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.load_profile("repeatable")


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--machine-code=eager`` runs the tests with everything compiled at its first call."""
    parser.addoption("--machine-code", choices=("default", "off", "eager"), default="default")


def pytest_configure(config: pytest.Config) -> None:
    """Set what interpreters do unless a test says otherwise."""
    import sema.embed.interpreter

    wanted = config.getoption("--machine-code")
    if wanted != "default":
        sema.embed.interpreter.HOT_AFTER = -1 if wanted == "off" else 0
    if wanted == "eager":
        from sema.jit import Jit

        # What goes wrong in compiling is kept from programs, but not from tests.
        Jit.tolerant = False
