"""Flame graphs: as a picture, and in the format of speedscope."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

import sema
from sema.tools.profiler.profile import Profile

WIDTH, ROW, MARGIN = 1200, 18, 30
LEAST_WIDTH = 0.3
CHARACTER = 7.2
"""What a character of the labels takes, in pixels."""

_STYLE = """\
svg { background: #fff; color: #222; font: 12px ui-monospace, monospace; }
rect { stroke: #fff; stroke-width: 0.5; } rect:hover { stroke: #000; stroke-width: 1; }
text { fill: currentColor; pointer-events: none; } g text { fill: #222; }
@media (prefers-color-scheme: dark) {
  svg { background: #1b1d21; color: #ddd; } rect { stroke: #1b1d21; }
  rect:hover { stroke: #fff; }
}"""


@dataclass(slots=True)
class _Node:
    """A function in the context of its callers."""

    name: str
    seconds: float = 0.0
    inside: dict[str, _Node] = field(default_factory=dict)


def flame_svg(profile: Profile) -> str:
    """The flame graph as an SVG picture, the outermost functions below."""
    root = _tree(profile)
    rows = _depth(root)
    height = rows * ROW + 2 * MARGIN
    pieces: list[str] = []
    if root.seconds:
        scale = (WIDTH - 20) / root.seconds
        _draw(root, 10.0, height - MARGIN - ROW, scale, root.seconds, pieces)
    title = f"{profile.program}: {profile.seconds:.2f} s"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'width="{WIDTH}" height="{height}" role="img">',
            f"<title>{escape(title)}</title>",
            f"<style>{_STYLE}</style>",
            f'<text x="10" y="18">{escape(title)}</text>',
            *pieces,
            "</svg>\n",
        ]
    )


def _tree(profile: Profile) -> _Node:
    root = _Node("all", sum(seconds for _, seconds in profile.stacks))
    for names, seconds in profile.stacks:
        node = root
        for name in names:
            node = node.inside.setdefault(name, _Node(name))
            node.seconds += seconds
    return root


def _depth(node: _Node) -> int:
    depth, level = 0, [node]
    while level:
        depth += 1
        level = [inner for each in level for inner in each.inside.values()]
    return depth


def _draw(
    root: _Node, left: float, bottom: float, scale: float, whole: float, pieces: list[str]
) -> None:
    pending = [(root, left, bottom)]
    while pending:
        node, x, y = pending.pop()
        width = node.seconds * scale
        if width < LEAST_WIDTH:
            continue
        share = f"{node.name}: {node.seconds * 1000:.1f} ms, {node.seconds / whole:.1%}"
        label = node.name
        room = int((width - 6) / CHARACTER)
        if len(label) > room:
            label = label[: room - 1] + "…" if room > 2 else ""
        pieces.append(
            f"<g><title>{escape(share)}</title>"
            f'<rect x="{x:.2f}" y="{y:.0f}" width="{width:.2f}" height="{ROW - 1}" rx="2" '
            f'fill="{_colour(node.name)}"/>'
            + (f'<text x="{x + 3:.2f}" y="{y + 13:.0f}">{escape(label)}</text>' if label else "")
            + "</g>"
        )
        for name in sorted(node.inside):
            pending.append((node.inside[name], x, y - ROW))
            x += node.inside[name].seconds * scale


def _colour(name: str) -> str:
    """A warm colour, always the same for the same name."""
    number = hashlib.blake2b(name.encode(), digest_size=2).digest()
    return f"hsl({10 + number[0] % 45}, 85%, {62 + number[1] % 16}%)"


def speedscope(profile: Profile) -> dict[str, Any]:
    """The samples in the file format of speedscope.app."""
    numbers: dict[str, int] = {}
    samples = [
        [numbers.setdefault(name, len(numbers)) for name in names] for names, _ in profile.stacks
    ]
    weights = [seconds for _, seconds in profile.stacks]
    return {
        "$schema": "https://www.speedscope.app/file-format-schema.json",
        "exporter": f"sema {sema.__version__}",
        "name": profile.program,
        "activeProfileIndex": 0,
        "shared": {"frames": [{"name": name} for name in numbers]},
        "profiles": [
            {
                "type": "sampled",
                "name": profile.program,
                "unit": "seconds",
                "startValue": 0,
                "endValue": sum(weights),
                "samples": samples,
                "weights": weights,
            }
        ],
    }
