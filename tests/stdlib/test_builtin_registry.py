"""The registry: what is declared is what the index and the reference say."""

from __future__ import annotations

import subprocess
import sys

import pytest

from scripts.builtins import differs, is_missing, report
from scripts.reference_index import EXTENSIONS, rows, table
from sema.errors import ArityError
from sema.stdlib import registry
from sema.stdlib.index import FAMILIES, INDEX
from sema.stdlib.signature import parse_signature
from sema.stdlib.unavailable import LEFT_TO_PYTHON, OUT_OF_SCOPE

VARIABLES = {"pi", "e", "math/nan", "math/infinity", "*stdin*", "*stdout*", "*stderr*"}


@pytest.mark.parametrize("family", FAMILIES)
def test_index_is_what_the_family_declares(family: str) -> None:
    assert sorted(registry.declared_by(family)) == sorted(FAMILIES[family].split())


def test_no_name_is_in_two_families() -> None:
    assert len(INDEX) == sum(len(names.split()) for names in FAMILIES.values())


def test_nothing_is_missing() -> None:
    assert [row.name for row in rows() if row.tier != "T3" and is_missing(row)] == []


def test_arities_are_those_of_the_reference() -> None:
    assert [row for row in rows() if differs(row)] == []


def test_names_are_those_of_the_reference() -> None:
    known = {row.name for row in rows()} | EXTENSIONS.keys()
    assert {name for name in INDEX if not name.startswith("__vm-")} <= known


def test_coverage_is_reported_by_family_and_tier() -> None:
    lines = report().splitlines()
    assert lines[0].split() == ["family", "T1", "T2", "T3"]
    assert ["lists", "69/69"] in [line.split() for line in lines]
    assert any(line.startswith("missing, T3: diff/apply ") for line in lines)


def test_aliases_share_the_declaration() -> None:
    for row in table("aliases.tsv"):
        if row["alias_of"] and row["name"] in INDEX:
            assert registry.declaration(row["name"]) is registry.declaration(row["alias_of"])


def test_everything_is_documented() -> None:
    for name in INDEX:
        declared = registry.declaration(name)
        assert declared is not None
        assert declared.doc.endswith(".") and declared.example


def test_unknown_names_are_not_found() -> None:
    assert registry.find("no-such-builtin") is None
    assert registry.declaration("no-such-builtin") is None


def test_functions_of_the_prelude_have_no_value_here() -> None:
    assert registry.find("map") is None
    assert registry.declaration("mapcar") is registry.declaration("map")


def test_arity_errors_name_the_function_and_not_its_alias() -> None:
    with pytest.raises(ArityError, match="pow expects 2 args, got 1"):
        registry.find("expt")(1)
    with pytest.raises(ArityError, match="get expects 2-3 args, got 1"):
        registry.find("get")(1)
    with pytest.raises(ArityError, match=r"- expects 1\+ args, got 0"):
        registry.find("-")()


def test_the_registry_loads_no_family() -> None:
    program = (
        "import sys, sema.stdlib.registry as r; list(r.names());"
        "print(*[m.removeprefix('sema.stdlib.') for m in sys.modules])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    ).stdout
    assert "registry" in printed.split()
    assert not FAMILIES.keys() & set(printed.split())


def test_a_signature_says_what_there_is_to_say() -> None:
    parameters = parse_signature("s:string x [n:count] more:any-map...")
    assert [(p.name, p.kind, p.is_optional, p.is_rest) for p in parameters] == [
        ("s", "string", False, False),
        ("x", "", False, False),
        ("n", "count", True, False),
        ("more", "any-map", False, True),
    ]
    assert " ".join(map(str, parameters)) == "s:string x [n:count] more:any-map..."


@pytest.mark.parametrize("name", sorted(INDEX.keys() - VARIABLES))
def test_arity_follows_from_the_parameters(name: str) -> None:
    declared = registry.declaration(name)
    assert declared is not None and declared.parameters is not None
    required = [p for p in declared.parameters if not p.is_optional and not p.is_rest]
    has_rest = any(p.is_rest for p in declared.parameters)
    assert declared.min_args == len(required)
    assert declared.max_args == (-1 if has_rest else len(declared.parameters))


def test_what_is_not_available_is_exactly_what_is_niche_and_missing() -> None:
    niche = {row.name for row in rows() if row.tier == "T3"}
    left = {name for _, names in LEFT_TO_PYTHON.values() for name in names.split()}
    out_of_scope = {name for names in OUT_OF_SCOPE.values() for name in names.split()}
    assert left == niche - INDEX.keys()
    assert not out_of_scope & (INDEX.keys() | {row.name for row in rows()})


def test_tiers_are_those_of_the_reference() -> None:
    for row in rows():
        declared = registry.declaration(row.name) if row.name in INDEX else None
        assert declared is None or (row.name, declared.tier) == (row.name, row.tier)
