"""What ``sema doc`` and ``,doc`` say of a builtin."""

from __future__ import annotations


def describe(name: str) -> str | None:
    """The documentation of the builtin ``name``, or None if there is no such builtin."""
    from sema.stdlib import registry

    declaration = registry.declaration(name)
    if declaration is None:
        return None
    lines = [f"{declaration.name}  ({_arity(declaration.min_args, declaration.max_args)})"]
    lines += ["", declaration.doc]
    if declaration.aliases:
        lines += ["", f"also: {', '.join(declaration.aliases)}"]
    if declaration.capability:
        lines += ["", f"needs the capability {declaration.capability}"]
    if declaration.example:
        lines += ["", declaration.example]
    return "\n".join(lines)


def _arity(fewest: int, most: int) -> str:
    if fewest == most:
        return f"{fewest} argument{'' if fewest == 1 else 's'}"
    if most < 0:
        return f"{fewest} or more arguments"
    return f"{fewest} to {most} arguments"
