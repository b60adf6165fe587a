"""Decimal text of integers of any size.

Python refuses to convert integers of more than some thousand digits (and its host may set that
limit as low as 640); Sema has no such limit. Longer texts are converted by halves.
"""

from __future__ import annotations

from sema.vm.limits import spend_on_text, spend_units

CHUNK_DIGITS = 600
CHUNK_BITS = 1990


def text_to_integer(digits: str, radix: int = 10) -> int:
    """The integer of a run of digits that are all valid in ``radix``, without a sign."""
    if len(digits) <= CHUNK_DIGITS:
        return int(digits, radix)
    spend_units(len(digits) ** 1.6 // 50)
    low = len(digits) // 2
    scale: int = radix**low
    return text_to_integer(digits[:-low], radix) * scale + text_to_integer(digits[-low:], radix)


def integer_to_text(value: int) -> str:
    """The decimal text of an integer."""
    if value.bit_length() <= CHUNK_BITS:
        return str(value)
    if value < 0:
        return "-" + integer_to_text(-value)
    spend_on_text(value)
    low = value.bit_length() * 3 // 20  # about half of the digits: log10(2) / 2
    high_part, low_part = divmod(value, 10**low)
    return integer_to_text(high_part) + integer_to_text(low_part).zfill(low)
