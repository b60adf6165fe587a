"""A kernel of Jupyter for notebooks in Sema.

``python -m sema.tools.kernel install`` makes it known to Jupyter; Jupyter starts it.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from typing import Any

try:
    from ipykernel.kernelapp import IPKernelApp
    from ipykernel.kernelbase import Kernel
except ImportError as missing:
    raise SystemExit(f"{missing.name} is missing: pip install 'sema-lisp[jupyter]'") from None

from sema import __version__
from sema.embed.interpreter import Interpreter
from sema.errors import SemaError
from sema.reader import is_incomplete, pretty

SPECIFICATION = {
    "argv": [sys.executable, "-m", "sema.tools.kernel", "-f", "{connection_file}"],
    "display_name": "Sema",
    "language": "sema",
}


class SemaKernel(Kernel):  # type: ignore[misc]
    """One notebook: an interpreter."""

    implementation = "sema"
    implementation_version = __version__
    banner = f"Sema {__version__}"
    language_info = {  # noqa: RUF012  # an attribute that Jupyter reads
        "name": "sema",
        "version": __version__,
        "mimetype": "text/x-sema",
        "file_extension": ".sema",
        "codemirror_mode": "scheme",
        "pygments_lexer": "scheme",
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._interpreter = Interpreter()

    async def do_execute(
        self,
        code: str,
        silent: bool,
        store_history: bool = True,
        user_expressions: Any = None,
        allow_stdin: bool = False,
        **_: Any,
    ) -> dict[str, Any]:
        """Evaluate a cell."""
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "set_parent"):
                # What is printed belongs to this cell.
                stream.set_parent(self.get_parent())
        try:
            value = await self._interpreter.eval_async(code)
        except SemaError as error:
            return self._failure(error, code, silent)
        sys.stdout.flush()
        if not silent and value is not None:
            content = {
                "execution_count": self.execution_count,
                "data": {"text/plain": pretty(value)},
                "metadata": {},
            }
            self.send_response(self.iopub_socket, "execute_result", content)
        return {
            "status": "ok",
            "execution_count": self.execution_count,
            "payload": [],
            "user_expressions": {},
        }

    def _failure(self, error: SemaError, code: str, silent: bool) -> dict[str, Any]:
        from sema.tools.report import render

        sys.stdout.flush()
        content = {
            "ename": type(error).__name__,
            "evalue": error.message,
            "traceback": render(error, code, None, colour=False).splitlines(),
        }
        if not silent:
            self.send_response(self.iopub_socket, "error", content)
        return {"status": "error", "execution_count": self.execution_count, **content}

    def do_complete(self, code: str, cursor_pos: int) -> dict[str, Any]:
        """The names that begin with what stands in front of the cursor."""
        start = cursor_pos
        while start and not (code[start - 1].isspace() or code[start - 1] in "()[]{}'`,@\""):
            start -= 1
        prefix = code[start:cursor_pos]
        return {
            "status": "ok",
            "matches": [name for name in self._interpreter.names() if name.startswith(prefix)],
            "cursor_start": start,
            "cursor_end": cursor_pos,
            "metadata": {},
        }

    def do_is_complete(self, code: str) -> dict[str, str]:
        """Whether a cell can be evaluated as it is."""
        return (
            {"status": "incomplete", "indent": "  "}
            if is_incomplete(code)
            else {"status": "complete"}
        )


def install() -> None:
    """Make the kernel known to the user's Jupyter."""
    from jupyter_client.kernelspec import KernelSpecManager

    with tempfile.TemporaryDirectory() as directory:
        with open(os.path.join(directory, "kernel.json"), "w", encoding="utf-8") as file:
            json.dump(SPECIFICATION, file)
        place = KernelSpecManager().install_kernel_spec(directory, "sema", user=True)
    print(f"installed: {place}")


if __name__ == "__main__":
    if sys.argv[1:] == ["install"]:
        install()
    else:
        IPKernelApp.launch_instance(kernel_class=SemaKernel)
