"""The pages of docs/reference/ say what the declarations say."""

from __future__ import annotations

import re

from scripts.reference_pages import DIRECTORY, outdated, pages


def test_pages_are_up_to_date() -> None:
    assert outdated() == [], "run: make docs"


def test_every_link_has_its_target() -> None:
    texts = pages()
    for name, text in texts.items():
        for file, anchor in re.findall(r"\]\(([\w-]+\.md)(?:#([^)\s]+))?\)", text):
            assert file in texts, (name, file)
            assert not anchor or f'<a id="{anchor}"></a>' in texts[file], (name, anchor)


def test_an_entry() -> None:
    text = (DIRECTORY / "strings.md").read_text(encoding="utf-8")
    assert (
        '## <a id="string/trim"></a>`string/trim`\n\n'
        '```lisp\n(string/trim s:string)\n\n(string/trim " a ") => "a"\n```\n\n'
        "The string without blanks at its ends.\n\n"
        "Also `string-trim`.\n"
    ) in text
