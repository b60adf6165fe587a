"""The pages of docs/reference/, from the declarations: ``python -m scripts.reference_pages``."""

from __future__ import annotations

import sys

from scripts.reference_index import EXTENSIONS, FAMILIES, ROOT, rows
from sema.stdlib import registry
from sema.stdlib.kinds import KINDS
from sema.stdlib.unavailable import LEFT_TO_PYTHON, OUT_OF_SCOPE
from sema.tools.documentation import Entry, documented_forms, entry

DIRECTORY = ROOT / "docs" / "reference"

INDEX, FORMS, UNAVAILABLE = "README", "forms", "unavailable"


def pages() -> dict[str, str]:
    """The text of every page by its file's name."""
    families = _entries_by_family()
    forms = documented_forms()
    texts = {
        family: _page(title, families[family])
        for family, title in FAMILIES.items()
        if family in families
    }
    texts[FORMS] = _page("Special forms and macros", forms)
    texts[UNAVAILABLE] = _unavailable()
    texts[INDEX] = _index({FORMS: forms, **families})
    return {f"{name}.md": text for name, text in texts.items()}


def _entries_by_family() -> dict[str, list[Entry]]:
    """The builtins that programs may use, each once, in order of their names.

    Raises KeyError for a name that the index and EXTENSIONS do not know.
    """
    family_of = EXTENSIONS | {row.name: row.family for row in rows()}
    entries: dict[str, list[Entry]] = {}
    for name in sorted(registry.names()):
        found = entry(name)
        if found is not None and found.name == name and not name.startswith("__vm-"):
            entries.setdefault(family_of[name], []).append(found)
    return entries


def _page(title: str, entries: list[Entry]) -> str:
    parts = [f"# {title}", f"[All names]({INDEX}.md)"]
    for found in entries:
        parts.append(f'## <a id="{found.name}"></a>`{found.name}`')
        parts.append(_code("\n".join(found.calls), found.example))
        parts.append(found.text)
        facts = [f"Also `{'`, `'.join(found.aliases)}`."] if found.aliases else []
        if found.what == "macro":
            facts.append("A macro.")
        if found.capability:
            facts.append(f"Needs: {_names(found.capability)}.")
        if facts:
            parts.append(" ".join(facts))
    return "\n\n".join(parts) + "\n"


def _code(calls: str, example: str) -> str:
    return f"```lisp\n{calls}\n\n{example}\n```" if example else f"```lisp\n{calls}\n```"


def _index(families: dict[str, list[Entry]]) -> str:
    titles = {FORMS: "Special forms and macros", **FAMILIES}
    parts = [
        "# Reference",
        "These pages are made from the declarations of the builtins by `make docs`; "
        "`sema doc NAME` shows the same.",
        "| page | names |\n| --- | --- |\n"
        + "\n".join(
            f"| [{title}]({family}.md) | {len(families[family])} |"
            for family, title in titles.items()
            if family in families
        )
        + f"\n\n[Names that are not available]({UNAVAILABLE}.md)",
        "## Call forms",
        "`(take n:count seq:elements)` is called with two arguments. `[x]` may be left out, `x...` "
        "stands for any number of arguments. What stands behind a colon is what the argument must "
        "be; without one, any value will do:",
        "| kind | is |\n| --- | --- |\n"
        + "\n".join(f"| `{name}` | {kind.text} |" for name, kind in sorted(KINDS.items())),
        "## Names",
    ]
    links = {
        name: f"[`{name}`]({family}.md#{found.name})"
        for family, entries in families.items()
        for found in entries
        for name in (found.name, *found.aliases)
    }
    parts.append(" ·\n".join(links[name] for name in sorted(links)))
    return "\n\n".join(parts) + "\n"


def _unavailable() -> str:
    parts = [
        "# Names that are not available",
        "## Left to Python",
        "A program that uses one of these fails with `NAME is not available in Sema for Python`, "
        "unless it, or the host, defines the name.",
        "| | in Python | names |\n| --- | --- | --- |\n"
        + "\n".join(
            f"| {title} | {modules} | {_names(names)} |"
            for title, (modules, names) in LEFT_TO_PYTHON.items()
        ),
        "## Out of scope",
        "These are unbound like any other name that nothing defines.",
        "| | names |\n| --- | --- |\n"
        + "\n".join(f"| {title} | {_names(names)} |" for title, names in OUT_OF_SCOPE.items()),
    ]
    return "\n\n".join(parts) + "\n"


def _names(text: str) -> str:
    return " ".join(f"`{name}`" for name in text.split())


def outdated() -> list[str]:
    """The files that are not as they would be written now, superfluous ones included."""
    expected = pages()
    present = {path.name: path.read_text(encoding="utf-8") for path in DIRECTORY.glob("*")}
    return sorted(
        name for name in expected.keys() | present.keys() if expected.get(name) != present.get(name)
    )


def main() -> int:
    """Write the pages and remove those that are no more."""
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    for name in outdated():
        path = DIRECTORY / name
        text = pages().get(name)
        if text is None:
            path.unlink()
        else:
            path.write_text(text, encoding="utf-8")
        print(f"{path.relative_to(ROOT)} {'removed' if text is None else 'written'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
