"""Results as a page: one file of HTML with a bar for each subject and its confidence interval."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from string import Template
from typing import Any

from sema.tools.bench.results import subjects_of
from sema.tools.charts import Bar, bar_chart

_PAGE = Template("""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>$title</title>
<style>
:root { color-scheme: light dark; }
body { margin: 1.5rem auto; max-width: 60rem; padding: 0 1rem; }
body { font: 15px/1.5 system-ui, sans-serif; }
table { border-collapse: collapse; } td, th { padding: .15rem .6rem; text-align: right; }
th:first-child { text-align: left; } tr { border-bottom: 1px solid #8886; }
svg { max-width: 100%; height: auto; } .scroll { overflow-x: auto; }
</style>
</head>
<body>
<h1>$title</h1>
<p>$about</p>
$charts
<h2>Numbers</h2>
<div class="scroll">$table</div>
</body>
</html>
""")


def page(document: Mapping[str, Any]) -> str:
    """The whole page of a run's results."""
    versions = ", ".join(f"{name}: {version}" for name, version in document["versions"].items())
    about = (
        f"Nanoseconds a call: medians of {document['rounds']} interleaved rounds with their "
        f"95 % confidence intervals. {document['machine']['processor']}, "
        f"{document['date'][:10]}. {versions}."
    )
    charts = "\n".join(
        f"<h2>{escape(benchmark['what'])}</h2>\n{bar_chart(bars_of(benchmark), 'ns')}"
        for benchmark in document["benchmarks"]
    )
    return _PAGE.substitute(
        title="What calls cost", about=escape(about), charts=charts, table=_table(document)
    )


def bars_of(benchmark: Mapping[str, Any]) -> list[Bar]:
    """One bar a subject."""
    return [
        Bar(name, subject["ns"], tuple(subject["interval"]))
        for name, subject in benchmark["subjects"].items()
    ]


def _table(document: Mapping[str, Any]) -> str:
    names = subjects_of(document)
    rows = [f"<tr><th>benchmark</th>{''.join(f'<th>{escape(name)}</th>' for name in names)}</tr>"]
    for benchmark in document["benchmarks"]:
        found = [benchmark["subjects"].get(name) for name in names]
        cells = ["" if one is None else f"{one['ns']:.2f}" for one in found]
        row = "".join(f"<td>{cell}</td>" for cell in cells)
        rows.append(f"<tr><th>{escape(benchmark['name'])}</th>{row}</tr>")
    return f"<table>{''.join(rows)}</table>"
