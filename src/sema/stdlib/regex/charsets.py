"""Sets of characters: one bit for each ASCII character, a test for all others."""

from __future__ import annotations

from functools import lru_cache
from unicodedata import category, name

from sema.reader.lexer import is_alphabetic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Test = Callable[[int], bool]

ASCII = (1 << 128) - 1
LOWER_BITS = sum(1 << c for c in range(97, 123))
UPPER_BITS = LOWER_BITS >> 32


class Charset:
    """A set of code points: ``bits`` says which are in it below 128, ``beyond`` from there on."""

    __slots__ = ("beyond", "bits")

    def __init__(self, bits: int, beyond: Test) -> None:
        self.bits = bits
        self.beyond = beyond

    def __contains__(self, code: int) -> bool:
        return bool(self.bits >> code & 1) if code < 128 else self.beyond(code)

    def __invert__(self) -> Charset:
        return Charset(self.bits ^ ASCII, lambda c: not self.beyond(c))

    def __or__(self, other: Charset) -> Charset:
        return Charset(self.bits | other.bits, lambda c: self.beyond(c) or other.beyond(c))

    def __and__(self, other: Charset) -> Charset:
        return Charset(self.bits & other.bits, lambda c: self.beyond(c) and other.beyond(c))

    def __sub__(self, other: Charset) -> Charset:
        return self & ~other

    def __xor__(self, other: Charset) -> Charset:
        return Charset(self.bits ^ other.bits, lambda c: self.beyond(c) != other.beyond(c))

    def any_case(self) -> Charset:
        """What is in the set up to case."""
        bits = self.bits
        bits |= (bits & UPPER_BITS) << 32 | (bits & LOWER_BITS) >> 32
        for code, letters in ((0x17F, "Ss"), (0x212A, "Kk")):  # long s and the sign for kelvin
            if self.beyond(code):
                bits |= sum(1 << ord(letter) for letter in letters)
        return Charset(bits, lambda c: any(variant in self for variant in variants(c)))


def variants(code: int) -> set[int]:
    """The characters that differ from one in case only, itself among them."""
    found = {chr(code)}
    for _ in range(2):
        found |= {cased for c in found for cased in (c.lower(), c.upper(), c.casefold())}
        found = {c for c in found if len(c) == 1}
    return set(map(ord, found))


def ranges(pairs: Iterable[tuple[int, int]]) -> Charset:
    """The set of all characters from the first to the last one of some pair."""
    pairs = tuple(pairs)
    bits = 0
    for first, last in pairs:
        bits |= (1 << last + 1) - (1 << min(first, last + 1))
    return Charset(bits & ASCII, lambda c: any(first <= c <= last for first, last in pairs))


def satisfying(test: Callable[[str], bool]) -> Charset:
    """The set of the characters that pass a test."""
    bits = sum(1 << c for c in range(128) if test(chr(c)))
    return Charset(bits, lambda c: test(chr(c)))


def of_ascii(characters: str) -> Charset:
    """The set of some ASCII characters."""
    return Charset(sum(1 << ord(c) for c in characters), lambda c: False)


DIGITS = "0123456789"
LOWER = "abcdefghijklmnopqrstuvwxyz"
UPPER = LOWER.upper()
PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

EVERYTHING = Charset(ASCII, lambda c: True)
SPACES = (0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)
JOINERS = "\u200c\u200d"

ASCII_CLASSES = {
    "d": of_ascii(DIGITS),
    "s": of_ascii("\t\n\v\f\r "),
    "w": of_ascii(DIGITS + LOWER + UPPER + "_"),
}
UNICODE_CLASSES = {
    "d": satisfying(lambda c: category(c) == "Nd"),
    "s": Charset(ASCII_CLASSES["s"].bits, SPACES.__contains__),
    "w": satisfying(
        lambda c: category(c) in ("Nd", "Nl", "Pc") or category(c)[0] in "LM" or c in JOINERS
    ),
}
"""What the escapes of one letter stand for."""

POSIX_CLASSES = {
    "alnum": of_ascii(DIGITS + LOWER + UPPER),
    "alpha": of_ascii(LOWER + UPPER),
    "ascii": Charset(ASCII, lambda c: False),
    "blank": of_ascii("\t "),
    "cntrl": ranges([(0, 31), (127, 127)]),
    "digit": of_ascii(DIGITS),
    "graph": ranges([(33, 126)]),
    "lower": of_ascii(LOWER),
    "print": ranges([(32, 126)]),
    "punct": of_ascii(PUNCTUATION),
    "space": ASCII_CLASSES["s"],
    "upper": of_ascii(UPPER),
    "word": ASCII_CLASSES["w"],
    "xdigit": of_ascii(DIGITS + "abcdefABCDEF"),
}
"""What may stand between ``[:`` and ``:]``."""

# The general categories, by their long names.
CATEGORIES = """
    L letter LC casedletter Lu uppercaseletter Ll lowercaseletter Lt titlecaseletter
    Lm modifierletter Lo otherletter M mark Mn nonspacingmark Mc spacingmark Me enclosingmark
    N number Nd decimalnumber Nl letternumber No othernumber P punctuation
    Pc connectorpunctuation Pd dashpunctuation Ps openpunctuation Pe closepunctuation
    Pi initialpunctuation Pf finalpunctuation Po otherpunctuation S symbol Sm mathsymbol
    Sc currencysymbol Sk modifiersymbol So othersymbol Z separator Zs spaceseparator
    Zl lineseparator Zp paragraphseparator C other Cc control Cf format Cs surrogate
    Co privateuse Cn unassigned
""".split()
SHORT_NAMES = dict(zip(CATEGORIES[1::2], CATEGORIES[::2], strict=True))

PROPERTIES: dict[str, Callable[[str], bool]] = {
    "any": lambda c: True,
    "assigned": lambda c: category(c) != "Cn",
    "ascii": str.isascii,
    "alphabetic": lambda c: is_alphabetic(ord(c)),
    "alpha": lambda c: is_alphabetic(ord(c)),
    "lowercase": str.islower,
    "lower": str.islower,
    "uppercase": str.isupper,
    "upper": str.isupper,
    "whitespace": lambda c: ord(c) in UNICODE_CLASSES["s"],
    "space": lambda c: ord(c) in UNICODE_CLASSES["s"],
}

# Scripts, by the words with which the names of their characters begin.
SCRIPTS = {
    script.lower(): script + " "
    for script in """
        ARABIC ARMENIAN BENGALI BOPOMOFO BRAILLE CHEROKEE COPTIC CYRILLIC DEVANAGARI ETHIOPIC
        GEORGIAN GOTHIC GREEK GUJARATI GURMUKHI HANGUL HEBREW HIRAGANA KANNADA KATAKANA KHMER
        LAO LATIN MALAYALAM MONGOLIAN MYANMAR OGHAM ORIYA RUNIC SINHALA SYRIAC TAMIL TELUGU
        THAANA THAI TIBETAN
    """.split()
} | {"han": "CJK "}


@lru_cache
def unicode_property(spelling: str) -> Charset | None:
    """The set that ``\\p{spelling}`` stands for, or None if it is unknown."""
    kind, equals, value = spelling.partition("=")
    if equals and _plain(kind) not in ("gc", "generalcategory", "sc", "script", "scx"):
        return None
    wanted = _plain(value if equals else kind)
    short = SHORT_NAMES.get(wanted) or next((x for x in CATEGORIES[::2] if x.lower() == wanted), "")
    if short == "LC":
        return satisfying(lambda c: category(c) in ("Lu", "Ll", "Lt"))
    if short:
        return satisfying(lambda c: category(c).startswith(short))
    if wanted in SCRIPTS:
        beginning = SCRIPTS[wanted]
        return satisfying(lambda c: category(c)[0] in "LMN" and name(c, "").startswith(beginning))
    return satisfying(PROPERTIES[wanted]) if wanted in PROPERTIES else None


def _plain(spelling: str) -> str:
    """A name of Unicode without what does not matter in it."""
    return spelling.lower().translate({ord(c): None for c in "_- "})
