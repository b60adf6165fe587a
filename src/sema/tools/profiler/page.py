"""The page: one file of HTML with the source, its calls coloured and sized, and tables.

What is on it comes as JSON inside; ``page.js`` draws it and ``page.css`` says how it looks.
"""

from __future__ import annotations

import json
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from sema.compiler.disassembler import Instruction, Listing
from sema.tools.profiler.profile import INPUT, Profile, Sources
from sema.vm.code import Code

# The policy lets nothing be loaded from anywhere.
_PAGE = Template("""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>$title</title>
<style>
$style
</style>
</head>
<body>
<script type="application/json" id="data">$data</script>
<noscript>This page draws its data with JavaScript.</noscript>
<script>
$script
</script>
</body>
</html>
""")


def page(profile: Profile) -> str:
    """The whole page of a profile."""
    directory = files("sema.tools.profiler")
    data = json.dumps(page_data(profile), ensure_ascii=False, separators=(",", ":"))
    return _PAGE.substitute(
        title=escape(f"{profile.program} · call sites"),
        style=directory.joinpath("page.css").read_text(encoding="utf-8"),
        script=directory.joinpath("page.js").read_text(encoding="utf-8"),
        data=data.replace("<", "\\u003c"),
    )


def page_data(profile: Profile) -> dict[str, Any]:
    """What the page shows: the profile, the texts of its files, and instructions.

    Each site has the number of its function's listing and its offset there.
    """
    data = profile.to_data()
    del data["stacks"]
    sources = Sources()
    names = dict.fromkeys([profile.program, *(site.file for site in profile.sites)])
    data["files"] = {name: lines for name in names if (lines := sources.lines(name))}
    listings: dict[Code, int] = {}
    shown: list[dict[str, Any]] = []
    for site, (code, offset) in zip(data["sites"], profile.site_codes, strict=True):
        if code not in listings:
            listings[code] = len(shown)
            shown.append({"name": code.title, "rows": _rows(code)})
        site["listing"] = listings[code]
        site["offset"] = offset
    data["listings"] = shown
    for guard in data["machine_code"]["guards"] if data["machine_code"] else ():
        guard["file"] = guard["file"] or INPUT
    return data


def _rows(code: Code) -> list[tuple[int, int, str, str | None]]:
    """The instructions of a function: offset, line, as compiled, and as they are now if that is
    something else. Those that only count are left out."""
    rows = []
    compiled = Listing(code.unit).instructions()
    linked = Listing(code.unit, code).instructions()
    for before, after in zip(compiled, linked, strict=True):
        if before.op.name != "COUNT":
            line = before.span.line if before.span else 0
            texts = _text(before), _text(after)
            rows.append((before.offset, line, texts[0], texts[1] if len(set(texts)) > 1 else None))
    return rows


def _text(instruction: Instruction) -> str:
    operands = ", ".join(instruction.operands)
    comments = f"  ; {', '.join(instruction.comments)}" if instruction.comments else ""
    return f"{instruction.op.name} {operands}{comments}"
