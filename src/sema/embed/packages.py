"""Packages: modules that are imported by name, from ``packages`` in Sema's home directory."""

from __future__ import annotations

import os

from sema.errors import SemaIOError
from sema.home import home

_DEFAULT_ENTRY = "package.sema"


def packages_directory() -> str:
    """Where packages are installed."""
    return os.path.join(home(), "packages")


def find_package(spec: str) -> str | None:
    """The file of a package, or None if the import's text does not name a package.

    Raises SemaIOError for a package that is not installed.
    """
    if spec.startswith(("./", "../", "/")) or spec.endswith(".sema"):
        return None
    if not spec or ":" in spec or "\\" in spec or "\0" in spec:
        return None
    base = packages_directory()
    place = os.path.join(base, *spec.split("/"))
    if "/" not in spec and not (spec not in (".", "..") and os.path.isdir(place)):
        return None
    if any(segment in ("", ".", "..") for segment in spec.split("/")):
        raise SemaIOError(f"import {spec}: invalid package name")
    entry = _configured_entry(place)
    for file in (place + ".sema", entry, os.path.join(place, _DEFAULT_ENTRY)):
        if file is not None and os.path.isfile(file):
            return file
    raise SemaIOError(
        f"package not found: {spec}", hint=f"install it in {base}, or write ./{spec} for a file"
    )


def _configured_entry(place: str) -> str | None:
    """The file that a package's ``sema.toml`` names, or None."""
    path = os.path.join(place, "sema.toml")
    if not os.path.isfile(path):
        return None
    import tomllib

    try:
        with open(path, "rb") as file:
            settings = tomllib.load(file)
    except (OSError, ValueError) as error:
        raise SemaIOError(f"{path}: {error}") from error
    package = settings.get("package")
    entry = package.get("entrypoint") if isinstance(package, dict) else None
    entry = entry or settings.get("entrypoint")
    return os.path.join(place, entry) if isinstance(entry, str) else None
