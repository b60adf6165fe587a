"""The study says what was measured, and nothing else."""

from __future__ import annotations

import json

from benchmarks.study.measure import machine_code, sites
from benchmarks.study.render import DATA, DIRECTORY, PAGE, TEMPLATE, plots, render
from sema.tools.bench.suite import CALLS

RESULTS = json.loads(DATA.read_text(encoding="utf-8"))


def test_text_is_what_the_results_give() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(RESULTS), "run: make study"


def test_plots_are_what_the_results_give() -> None:
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, picture in plots(RESULTS).items():
        assert (DIRECTORY / name).read_text(encoding="utf-8") == picture
        assert f"study/{name}" in text


def test_verdicts_follow_the_numbers() -> None:
    changed = json.loads(json.dumps(RESULTS))
    for benchmark in changed["times"]["benchmarks"]:
        benchmark["subjects"]["patched"]["ratio"] = 0.85
        benchmark["subjects"]["vm"]["ratio"] = 0.9
    text = render(changed)
    assert "15% less | confirmed |" in text
    assert "refuted: it still pays" in text


def test_what_sites_do_is_exact() -> None:
    alternating = next(b for b in CALLS.benchmarks if b.name == "2 callees")
    facts = {cache: sites(alternating, cache) for cache in ("none", "vm", "site", "patched")}
    assert facts["none"]["hits"] == 0
    for cache in ("vm", "site"):
        assert facts[cache]["misses"] == facts[cache]["thrash"] >= 6400
    assert facts["patched"]["misses"] == 0


def test_what_becomes_of_sites_in_machine_code() -> None:
    benchmarks = {benchmark.name: benchmark for benchmark in CALLS.benchmarks}
    facts = machine_code(benchmarks["2 callees"])
    assert facts["versions"] > 0
    assert facts["guards"]["tick"] > 0
    assert "callee" not in facts["exits"]
    facts = machine_code(benchmarks["8 callees"])
    assert facts["exits"]["unknown callee"] >= 30
    assert "general" in facts["learnt"]
