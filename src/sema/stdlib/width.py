"""How wide text is on a terminal, and where it may be cut."""

from __future__ import annotations

from unicodedata import category, east_asian_width

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

ZERO_WIDTH_JOINER = "\u200d"
REGIONAL_INDICATORS = range(0x1F1E6, 0x1F200)


def _escape_end(text: str, start: int) -> int:
    """The position after an ANSI escape sequence that starts at ``start``."""
    end = start + 1
    if text[end : end + 1] == "[":
        end += 1
        while end < len(text) and not "@" <= text[end] <= "~":
            end += 1
    elif text[end : end + 1] == "]":
        while end < len(text) and text[end] not in "\a\x1b":
            end += 1
        if text[end : end + 2] == "\x1b\\":
            end += 1
    return min(end + 1, len(text))


def _extends(c: str) -> bool:
    return c == ZERO_WIDTH_JOINER or category(c).startswith("M") or 0x1F3FB <= ord(c) <= 0x1F3FF


def clusters(text: str) -> Iterator[str]:
    """The pieces that a reader takes for one character each; escape sequences are pieces too."""
    start = 0
    while start < len(text):
        if text[start] == "\x1b":
            end = _escape_end(text, start)
        else:
            end = start + 1
            if (
                ord(text[start]) in REGIONAL_INDICATORS
                and end < len(text)
                and ord(text[end]) in REGIONAL_INDICATORS
            ):
                end += 1
            while end < len(text) and (_extends(text[end]) or text[end - 1] == ZERO_WIDTH_JOINER):
                end += 1
        yield text[start:end]
        start = end


def cluster_width(cluster: str) -> int:
    """The columns of one piece of :func:`clusters`."""
    first = cluster[0]
    if first == "\x1b" or category(first) in ("Mn", "Me", "Cf", "Cc"):
        return 0
    if east_asian_width(first) in "WF" or "\ufe0f" in cluster:
        return 2
    return 2 if len(cluster) == 2 and ord(first) in REGIONAL_INDICATORS else 1


def width(text: str) -> int:
    """The columns that a text takes on a terminal."""
    if text.isascii() and text.isprintable():
        return len(text)
    return sum(cluster_width(cluster) for cluster in clusters(text))


def cut(text: str, columns: int) -> str:
    """As much of the beginning of a text as fits."""
    used = 0
    kept: list[str] = []
    for cluster in clusters(text):
        used += cluster_width(cluster)
        if used > columns:
            break
        kept.append(cluster)
    return "".join(kept)
