"""What is documented of a name: builtins from the registry, forms and macros from their tables.

``sema doc``, the REPL and the pages of the reference show the same entries.
"""

from __future__ import annotations

from collections.abc import Iterator

from sema.errors import UnboundError


class Entry:
    """The documentation of one name.

    ``what`` it is: a function, variable, special form or macro; ``calls`` are its call forms.
    """

    __slots__ = ("aliases", "calls", "capability", "example", "name", "text", "tier", "what")

    def __init__(
        self,
        name: str,
        what: str,
        calls: list[str],
        text: str,
        *,
        aliases: tuple[str, ...] = (),
        capability: str | None = None,
        tier: str = "T1",
        example: str = "",
    ) -> None:
        self.name = name
        self.what = what
        self.calls = calls
        self.text = text
        self.aliases = aliases
        self.capability = capability
        self.tier = tier
        self.example = example


def entry(name: str) -> Entry | None:
    """What is documented of a name or alias, or None if the language has no such name."""
    from sema.stdlib import registry

    declared = registry.declaration(name)
    if declared is None:
        return _forms().get(name)
    return Entry(
        declared.name,
        "variable" if declared.parameters is None else "function",
        [declared.call_form],
        declared.doc,
        aliases=declared.aliases,
        capability=declared.capability,
        tier=declared.tier,
        example=declared.example,
    )


def _forms() -> dict[str, Entry]:
    """The special forms and standard macros by name and alias."""
    from sema.expander import unit  # noqa: F401  # fills the table of special forms
    from sema.expander.forms import SPECIAL_FORMS
    from sema.expander.prelude import BUILTIN_MACROS

    entries = {}
    for form in SPECIAL_FORMS.values():
        made = _form_entry(form.name, "special form", form.doc, form.aliases)
        entries.update(dict.fromkeys((form.name, *form.aliases), made))
    for macro in BUILTIN_MACROS.values():
        entries[macro.name] = _form_entry(macro.name, "macro", macro.doc, ())
    return entries


def _form_entry(name: str, what: str, doc: str, aliases: tuple[str, ...]) -> Entry:
    """From a doc string such as ``(if test then), 'other: what it means``."""
    calls, _, text = " ".join(doc.split()).partition(": ")
    return Entry(name, what, calls.split(", "), f"{text[0].upper()}{text[1:]}", aliases=aliases)


def documented_forms() -> list[Entry]:
    """The special forms and macros, each once."""
    return list({found.name: found for found in _forms().values()}.values())


def documented_names() -> Iterator[str]:
    """All names and aliases that have an entry; loads no family."""
    from sema.stdlib import registry

    yield from (name for name in registry.names() if not name.startswith("__vm-"))
    yield from _forms()


def describe(name: str) -> str | None:
    """The entry of a name as text, or None if there is none."""
    found = entry(name)
    if found is None:
        return None
    facts = [found.what, f"tier {found.tier}"]
    if found.aliases:
        facts.append(f"also {', '.join(found.aliases)}")
    if found.capability:
        facts.append(f"needs the capability {found.capability.replace(' ', ' and ')}")
    parts = ["\n".join(found.calls), found.text, "; ".join(facts)]
    if found.example:
        parts.append(found.example)
    return "\n\n".join(parts)


def missing(name: str) -> str:
    """What to say about a name without an entry: why it has none, or which names are near it."""
    from difflib import get_close_matches

    from sema.stdlib.unavailable import explained

    error = explained(UnboundError(name))
    if error.hint is not None:
        return f"no documentation for '{name}'\n  hint: {error.hint}"
    known = sorted(documented_names())
    near = get_close_matches(name, known, cutoff=0.75)
    near += [other for other in known if len(name) > 2 and name in other and other not in near]
    suggestion = f"; see {', '.join(near[:5])}" if near else ""
    return f"no documentation for '{name}'{suggestion}"
