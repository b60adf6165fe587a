"""Results as a page: one file of HTML with a bar for each subject and its confidence interval."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from string import Template

from sema.tools.bench.table import Results, caption_of, suite_of, table_of, versions_of
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
<p>$caption</p>
<div class="scroll">$table</div>
</body>
</html>
""")


def page(document: Results) -> str:
    """The whole page of a run's results."""
    suite = suite_of(document)
    about = (
        f"Medians of {document['rounds']} interleaved rounds with their 95 % confidence intervals, "
        f"in {suite.unit} {'a call' if suite.per_call else 'a run'}. "
        f"{document['machine']['processor']}, {document['date'][:10]}. {versions_of(document)}."
    )
    means = [Bar(name, mean) for name, mean in document["geometric_means"].items() if mean]
    charts = [_chart(f"geometric mean of the ratios to {document['baseline']}", means, "")]
    for benchmark in document["benchmarks"]:
        charts.append(_chart(benchmark["what"], bars_of(benchmark, suite.scale), suite.unit))
    return _PAGE.substitute(
        title=suite.text,
        about=escape(about),
        charts="\n".join(charts),
        caption=escape(caption_of(document)),
        table=_table(document),
    )


def bars_of(benchmark: Results, scale: float = 1.0) -> list[Bar]:
    """One bar a subject; ``scale`` nanoseconds are one."""
    return [
        Bar(name, subject["ns"] / scale, tuple(end / scale for end in subject["interval"]))
        for name, subject in benchmark["subjects"].items()
    ]


def _chart(heading: str, bars: Sequence[Bar], unit: str) -> str:
    return f"<h2>{escape(heading)}</h2>\n{bar_chart(bars, unit)}"


def _table(document: Results) -> str:
    headings, rows = table_of(document)
    lines = [f"<tr>{''.join(f'<th>{escape(heading)}</th>' for heading in headings)}</tr>"]
    for name, *cells in rows:
        row = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        lines.append(f"<tr><th>{escape(name)}</th>{row}</tr>")
    return f"<table>{''.join(lines)}</table>"
