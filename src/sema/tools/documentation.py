"""What ``sema doc`` and ``,doc`` say of a builtin, a special form or a macro."""

from __future__ import annotations


def describe(name: str) -> str | None:
    """The documentation of ``name``, or None if the language has no such name."""
    from sema.stdlib import registry

    declaration = registry.declaration(name)
    if declaration is None:
        return _describe_form(name)
    lines = [f"{declaration.name}  ({_arity(declaration.min_args, declaration.max_args)})"]
    lines += ["", declaration.doc]
    if declaration.aliases:
        lines += ["", f"also: {', '.join(declaration.aliases)}"]
    if declaration.capability:
        lines += ["", f"needs the capability {declaration.capability}"]
    if declaration.example:
        lines += ["", declaration.example]
    return "\n".join(lines)


def _describe_form(name: str) -> str | None:
    from sema.expander import unit  # noqa: F401  # fills the table of special forms
    from sema.expander.forms import SPECIAL_FORMS
    from sema.expander.prelude import BUILTIN_MACROS

    for form in SPECIAL_FORMS.values():
        if name != form.name and name not in form.aliases:
            continue
        lines = [f"{form.name}  (special form)", "", form.doc]
        if form.aliases:
            lines += ["", f"also: {', '.join(form.aliases)}"]
        return "\n".join(lines)
    macro = BUILTIN_MACROS.get(name)
    return f"{name}  (macro)\n\n{macro.doc}" if macro else None


def _arity(fewest: int, most: int) -> str:
    if fewest == most:
        return f"{fewest} argument{'' if fewest == 1 else 's'}"
    if most < 0:
        return f"{fewest} or more arguments"
    return f"{fewest} to {most} arguments"
