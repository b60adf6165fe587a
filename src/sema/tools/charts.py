"""Bar charts as SVG, readable on light and dark ground."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

LABELS, BARS, VALUES = 170, 460, 110
ROW = 24

_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#222}rect{fill:#2f6fb7}.whisker{stroke:#222}"
    "@media(prefers-color-scheme:dark){text{fill:#ddd}rect{fill:#6ea8e8}.whisker{stroke:#ddd}}"
)


class Bar(NamedTuple):
    """A bar with its confidence interval, if there is one."""

    label: str
    value: float
    interval: tuple[float, ...] | None = None


def bar_chart(bars: Sequence[Bar], unit: str) -> str:
    """Horizontal bars from zero, each with its value in the unit."""
    most = max((max((bar.value, *(bar.interval or ()))) for bar in bars), default=0) or 1
    scale = BARS / most
    width, height = LABELS + BARS + VALUES, ROW * len(bars) + 8
    pieces = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img">',
        f"<title>{escape(', '.join(_said(bar, unit) for bar in bars))}</title>",
        f"<style>{_STYLE}</style>",
    ]
    for number, bar in enumerate(bars):
        y = 4 + ROW * number
        middle, end = y + ROW / 2, LABELS + bar.value * scale
        label, value = escape(bar.label), escape(f"{_number(bar.value)} {unit}".strip())
        text_y = f"{middle + 4:.0f}"
        pieces.append(f'<text x="{LABELS - 8}" y="{text_y}" text-anchor="end">{label}</text>')
        pieces.append(
            f'<rect x="{LABELS}" y="{y + 4}" width="{end - LABELS:.1f}" height="{ROW - 8}"/>'
        )
        if bar.interval is not None:
            low, high = (LABELS + limit * scale for limit in bar.interval)
            end = max(end, high)
            pieces.append(
                f'<path class="whisker" fill="none" d="M{low:.1f} {middle - 4:.0f}v8m0-4H{high:.1f}'
                f'm0-4v8"/>'
            )
        pieces.append(f'<text x="{end + 6:.1f}" y="{text_y}">{value}</text>')
    return "\n".join([*pieces, "</svg>"])


def _said(bar: Bar, unit: str) -> str:
    return f"{bar.label} {_number(bar.value)} {unit}".strip()


def _number(value: float) -> str:
    return f"{value:,.2f}" if value < 100 else f"{value:,.0f}"
