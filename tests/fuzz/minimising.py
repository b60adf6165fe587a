"""Smaller inputs with the same problem."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.fuzz.mutation import form_at, tokens_of


def minimised(text: str, is_wrong: Callable[[str], bool], seconds: float) -> str:
    """The text without what can be left out, found within about so many seconds."""
    deadline = time.monotonic() + seconds
    tokens = tokens_of(text)
    changed = True
    while changed:
        changed = False
        length = max(1, len(tokens) // 2)
        while length:
            at = 0
            while at < len(tokens):
                for end in sorted({form_at(tokens, at), at + length}, reverse=True):
                    if time.monotonic() > deadline:
                        return "".join(tokens)
                    shorter = tokens[:at] + tokens[end:]
                    if is_wrong("".join(shorter)):
                        tokens, changed = shorter, True
                        break
                else:
                    at += length
            length //= 2
    return "".join(tokens)
