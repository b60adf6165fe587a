"""Changes at random: of the tokens and bytes of programs, of the bytes of compiled files."""

from __future__ import annotations

import re
import struct
from random import Random
from zlib import crc32

TOKEN = re.compile(
    r"""\s+|;[^\n]*|[()\[\]{}]|,@|['`,]|"(?:\\.|[^"\\])*"?|\#\\.[a-z0-9]*|[^\s()\[\]{}"'`,;]+""",
    re.DOTALL,
)
OPEN, CLOSE = "([{", ")]}"
LONGEST = 4000
"""The characters of a mutated program; more of one takes time and finds nothing."""


def tokens_of(text: str) -> list[str]:
    """The tokens of a text, blanks included: together they are the text."""
    return TOKEN.findall(text)


def form_at(tokens: list[str], start: int) -> int:
    """Where the form ends that begins at a token."""
    depth = 0
    for i in range(start, len(tokens)):
        if tokens[i] in OPEN:
            depth += 1
        elif tokens[i] in CLOSE:
            depth -= 1
        if depth <= 0 and not tokens[i].isspace():
            return i + 1
    return len(tokens)


def mutated(rng: Random, text: str, other: str) -> str:
    """The text with a few changes, some of which bring in parts of the other one."""
    if len(text) > LONGEST:
        text = _part(rng, text)
    tokens = tokens_of(text)
    others = tokens_of(other if len(other) <= LONGEST else _part(rng, other))
    for _ in range(rng.choice([1, 1, 2, 3, 6])):
        _change_tokens(rng, tokens, others)
    changed = "".join(tokens)
    if rng.random() < 0.15:
        changed = _change_characters(rng, changed)
    return changed[: 2 * LONGEST]


def _part(rng: Random, text: str) -> str:
    """Some lines in a row, from where a form of the top level begins."""
    starts = [match.start() for match in re.finditer(r"^\(", text, re.MULTILINE)] or [0]
    start = rng.choice(starts)
    return text[start : start + LONGEST]


def _change_tokens(rng: Random, tokens: list[str], others: list[str]) -> None:
    if not tokens or not others:
        tokens += others
        return
    at = rng.randrange(len(tokens))
    place = rng.randrange(len(others))
    match rng.randrange(8):
        case 0:
            del tokens[at : at + rng.randint(1, 3)]
        case 1:
            tokens[at:at] = tokens[at : at + rng.randint(1, 5)]
        case 2:
            tokens[at] = others[place]
        case 3:
            tokens[at] = rng.choice(tokens)
        case 4:
            tokens[at : form_at(tokens, at)] = others[place : form_at(others, place)]
        case 5:
            form = tokens[at : form_at(tokens, at)]
            there = rng.randrange(len(tokens))
            tokens[there : form_at(tokens, there)] = form
        case 6:
            del tokens[at : form_at(tokens, at)]
        case _:
            tokens[at:at] = ["(", *others[place : form_at(others, place)], " "]
            end = form_at(tokens, at + 1)
            tokens[end:end] = [")"]


def _change_characters(rng: Random, text: str) -> str:
    characters = list(text)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(characters) + 1)
        match rng.randrange(3):
            case 0:
                del characters[at : at + 1]
            case 1:
                characters[at : at + 1] = [chr(rng.randrange(32, 127))]
            case _:
                characters[at:at] = [rng.choice("\0\n\\\"#|;'`,.()\ufeff\u2028λ😀\ud800")]
    return "".join(characters)


# --- Compiled files ---------------------------------------------------------------------------

_HEADER = struct.Struct("<4sH2s6I")


def damaged(rng: Random, data: bytes) -> bytes:
    """A compiled file with a few changes under a right checksum, so that only the verifier is in
    their way."""
    *head, _, n_words, n_numbers, n_text = _HEADER.unpack_from(data)
    payload = bytearray(data[_HEADER.size :])
    for _ in range(rng.choice([1, 1, 1, 2, 3, 5])):
        column = rng.random()
        if column < 0.6 and n_words:
            _change_number(rng, payload, 0, n_words, 8)
        elif column < 0.95 and n_numbers:
            _change_number(rng, payload, 8 * n_words, n_numbers, 4)
        elif n_text:
            payload[8 * n_words + 4 * n_numbers + rng.randrange(n_text)] = rng.randrange(256)
    return _HEADER.pack(*head, crc32(payload), n_words, n_numbers, n_text) + bytes(payload)


def _change_number(rng: Random, payload: bytearray, start: int, count: int, size: int) -> None:
    """Change one of some numbers of so many bytes in a row."""
    at = start + size * rng.randrange(count)
    other = start + size * rng.randrange(count)
    number = int.from_bytes(payload[at : at + size], "little")
    match rng.randrange(6):
        case 0:
            number ^= 1 << rng.randrange(8 * size)
        case 1:
            number = int.from_bytes(payload[other : other + size], "little")
        case 2:
            number += rng.choice([-1, 1, 2, 1 << 16, -(1 << 16)])
        case 3:
            field = 16 * rng.randrange(size // 2)
            number = number & ~(0xFFFF << field) | rng.choice([0, 1, 2, 3, 0xFFFF]) << field
        case 4:
            number = rng.choice([0, 1, 2, 7, (1 << 8 * size) - 1])
        case _:
            payload[at : at + size], payload[other : other + size] = (
                payload[other : other + size], payload[at : at + size]
            )  # fmt: skip
            return
    payload[at : at + size] = (number & (1 << 8 * size) - 1).to_bytes(size, "little")
