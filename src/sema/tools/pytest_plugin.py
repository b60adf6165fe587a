"""A plugin of pytest: tests written in Sema, in files ``*_test.sema``.

A test is a function without arguments whose name begins with ``test-``; it fails if it raises an
error, such as that of ``assert``. Each runs in a copy of the interpreter that has loaded the file,
so that none sees what another one has changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from sema.embed.interpreter import Interpreter
from sema.errors import SemaError
from sema.vm.values import Closure

SUFFIX = "_test.sema"
PREFIX = "test-"


def pytest_collect_file(parent: pytest.Collector, file_path: Path) -> pytest.Collector | None:
    """See pytest."""
    if not file_path.name.endswith(SUFFIX):
        return None
    collector: pytest.Collector = SemaFile.from_parent(parent, path=file_path)
    return collector


class SemaFile(pytest.File):
    """A file of tests."""

    def collect(self) -> Iterable[pytest.Item]:
        """Its tests, in the order of their names."""
        interpreter = Interpreter()
        interpreter.load_file(self.path)
        for name, value in sorted(interpreter.user_definitions().items()):
            if name.startswith(PREFIX) and type(value) is Closure:
                yield SemaTest.from_parent(self, name=name, interpreter=interpreter)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What is shown if the file cannot be loaded."""
        return _shown(excinfo.value) or super().repr_failure(excinfo)


class SemaTest(pytest.Item):
    """One test."""

    def __init__(self, *, interpreter: Interpreter, **options: Any) -> None:
        super().__init__(**options)
        self._interpreter = interpreter

    def runtest(self) -> None:
        """Run it in an interpreter of its own."""
        with self._interpreter.copy() as interpreter:
            interpreter.call(self.name)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What is shown if it fails."""
        return _shown(excinfo.value) or super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """What it is called."""
        function = self._interpreter[self.name]
        span = function.code_object.span_at(0)
        return self.path, span.line - 1 if span is not None else None, self.name


def _shown(error: BaseException) -> str | None:
    if not isinstance(error, SemaError):
        return None
    from sema.tools.report import render

    return render(error, None, None, colour=False)
