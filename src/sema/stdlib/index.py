"""Which family declares which name, so that a family need not be loaded before it is used.

A test compares this with what the families really declare.
"""

FAMILIES: dict[str, str] = {}

INDEX: dict[str, str] = {
    name: family for family, names in FAMILIES.items() for name in names.split()
}
