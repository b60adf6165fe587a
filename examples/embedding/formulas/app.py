"""A web service that computes formulas of its users: an ASGI application.

    POST /  {"formula": "(* price (+ 1 tax))", "values": {"price": 100, "tax": 0.19}}
    200     {"value": 119.0}
    422     {"error": "Unbound variable: prise", "hint": "Did you mean 'price'?"}

Any ASGI server runs it: ``uvicorn examples.embedding.formulas.app:app``. A formula sees the library of
``library.sema`` and its values, nothing else: no files, no network, no Python. It may use so much
fuel, time and memory, and not more. Each request gets a copy of one prepared interpreter, which
takes a fraction of a millisecond, so that no request sees anything of another.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import sema

LIMITS = sema.Sandbox(fuel=1_000_000, timeout=1.0, memory=16 << 20, max_depth=10_000)
MOST_BYTES = 10_000

template = sema.Interpreter(sandbox=LIMITS)
template.eval((Path(__file__).parent / "library.sema").read_text(encoding="utf-8"))


def computed(formula: str, values: dict[str, Any]) -> Any:
    """The value of a formula as plain data. Raises sema.SemaError."""
    with template.copy() as interpreter:
        interpreter.update(values)
        return sema.to_python(interpreter.eval(formula, "formula"))


def answer(body: bytes) -> tuple[int, dict[str, Any]]:
    """The status and the content of the answer to a request."""
    try:
        request = json.loads(body)
        formula, values = str(request["formula"]), dict(request.get("values", {}))
    except (ValueError, KeyError, TypeError):
        return 400, {"error": "expected an object with a formula, and values by name"}
    try:
        content = {"value": computed(formula, values)}
        json.dumps(content)
    except sema.SemaError as error:
        return 422, {"error": str(error), "hint": error.hint}
    except (TypeError, ValueError):
        return 422, {"error": "the value of the formula is no plain data", "hint": None}
    return 200, content


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """The application."""
    if scope["type"] != "http":
        raise ValueError(f"this application does not speak {scope['type']}")
    body, more = b"", True
    while more and len(body) <= MOST_BYTES:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    if scope["method"] != "POST" or len(body) > MOST_BYTES:
        status, content = 400, {"error": "expected a small POST request"}
    else:
        status, content = answer(body)
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(content).encode()})
