"""Completion at the prompt: every name of the session and of the language, with its call form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from sema.tools.documentation import documented_names, entry

_WORD = re.compile(r"[^\s()\[\]{}'`,\"]+")


class NameCompleter(Completer):
    """``defined()`` gives the names that the session knows; only what matches is looked up."""

    def __init__(self, defined: Callable[[], Iterable[str]]) -> None:
        self._defined = defined

    def get_completions(
        self, document: Document, _complete_event: CompleteEvent
    ) -> Iterator[Completion]:
        word = document.get_word_before_cursor(pattern=_WORD)
        if not word:
            return
        for name in sorted({*self._defined(), *documented_names()}):
            if name.startswith(word):
                found = entry(name)
                meta = found.calls[0] if found else ""
                yield Completion(name, start_position=-len(word), display_meta=meta)
