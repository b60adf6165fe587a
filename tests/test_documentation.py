"""What is documented of a name, and what is said about names without documentation."""

from __future__ import annotations

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from sema.tools.completer import NameCompleter
from sema.tools.documentation import describe, documented_forms, documented_names, entry, missing


def test_builtin() -> None:
    assert describe("string-trim") == (
        "(string/trim s:string)\n\n"
        "The string without blanks at its ends.\n\n"
        "function; tier T1; also string-trim\n\n"
        '(string/trim " a ") => "a"'
    )


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("string/pad-left", "(string/pad-left s:string columns:int [pad:string])"),
        ("zip", "(zip seq:elements other:elements more:elements...)"),
        ("take-while", "(take-while pred:function seq:elements)"),
        ("newline", "(newline)"),
        ("pi", "pi"),
    ],
)
def test_call_form(name: str, call: str) -> None:
    found = entry(name)
    assert found is not None
    assert found.calls == [call]


def test_capability() -> None:
    described = describe("sema/check-file")
    assert described is not None
    assert "function; tier T2; needs the capability fs-read" in described


def test_special_form() -> None:
    described = describe("progn")
    assert described is not None
    assert described.startswith("(begin form ...)\n\nOne after the other; ")
    assert described.endswith("special form; tier T1; also progn")


def test_forms_have_calls_and_a_text() -> None:
    for found in documented_forms():
        assert found.calls[0].startswith((f"({found.name} ", f"({found.name})"))
        assert found.text.endswith("."), found.name


def test_every_name_is_documented() -> None:
    assert all(entry(name) for name in documented_names())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("strng/trim", "no documentation for 'strng/trim'; see string/trim, "),
        ("duplicates", "no documentation for 'duplicates'; see list/duplicates"),
        ("xyzzy-plugh", "no documentation for 'xyzzy-plugh'"),
        ("zip/list", "no documentation for 'zip/list'\n  hint: Python has it (zipfile, "),
        ("llm/chat", "no documentation for 'llm/chat'\n  hint: language models: not part of "),
    ],
)
def test_names_without_documentation(name: str, said: str) -> None:
    assert describe(name) is None
    assert missing(name).startswith(said)


def test_completion_at_the_prompt() -> None:
    def completions(text: str) -> list[tuple[str, str]]:
        completer = NameCompleter(lambda: ["string/mine"])
        found = completer.get_completions(Document(text), CompleteEvent())
        return [(completion.text, completion.display_meta_text) for completion in found]

    assert completions("(println (string/m") == [
        ("string/map", "(string/map f:function s:string)"),
        ("string/mine", ""),
    ]
    assert completions("(println ") == []
