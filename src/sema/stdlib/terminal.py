"""Text in colours and styles for terminals."""

from __future__ import annotations

import re

from sema.errors import EvalError
from sema.stdlib.registry import builtin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sema.vm.values import Keyword

_CODES = {
    "bold": 1,
    "dim": 2,
    "italic": 3,
    "underline": 4,
    "inverse": 7,
    "strikethrough": 9,
    "black": 30,
    "red": 31,
    "green": 32,
    "yellow": 33,
    "blue": 34,
    "magenta": 35,
    "cyan": 36,
    "white": 37,
    "gray": 90,
}

# Control sequences, commands to the system ended by BEL or ST, and escapes of one character.
_SEQUENCE = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-Z\\^-~])"
)


def _styled(text: str, codes: str) -> str:
    return f"\x1b[{codes}m{text}\x1b[0m"


def _declare(name: str, code: int) -> None:
    @builtin(
        f"term/{name}",
        doc=f"The text as a terminal shows it in {name}.",
        example=f'(term/strip (term/{name} "a")) => "a"',
        tier="T2",
    )
    def style_alone(text: str) -> str:
        return _styled(text, str(code))


for name, code in _CODES.items():
    _declare(name, code)


@builtin(
    "term/style",
    doc="The text as a terminal shows it in several styles: :bold, :red and so on.",
    example='(term/strip (term/style "a" :bold :red)) => "a"',
    tier="T2",
)
def style(text: str, *styles: Keyword) -> str:
    for each in styles:
        if each.name not in _CODES:
            raise EvalError(f"term/style: unknown style :{each.name}")
    return _styled(text, ";".join([str(_CODES[each.name]) for each in styles])) if styles else text


@builtin(
    "term/rgb",
    doc="The text as a terminal shows it in a colour of red, green and blue from 0 to 255.",
    example='(term/strip (term/rgb "a" 255 0 0)) => "a"',
    tier="T2",
)
def rgb(text: str, red: int, green: int, blue: int) -> str:
    return _styled(text, f"38;2;{red};{green};{blue}")


@builtin(
    "term/strip",
    doc="The text without the escape sequences of terminals.",
    example='(term/strip (term/bold "a")) => "a"',
    tier="T2",
)
def strip(text: str) -> str:
    return _SEQUENCE.sub("", text)
