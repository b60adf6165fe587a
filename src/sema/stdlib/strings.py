"""Strings beyond the everyday ones of ``text``: cases, slices, edits, layout."""

from __future__ import annotations

from sema.errors import EvalError, SemaTypeError
from sema.stdlib.kinds import non_negative
from sema.stdlib.registry import builtin
from sema.stdlib.text import list_of_lines
from sema.stdlib.width import clusters, cut, width
from sema.vm.types import type_name
from sema.vm.values import make_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from sema.stdlib.kinds import Count, ListOrVector, Name

# --- Making and measuring -------------------------------------------------------------------------


@builtin(
    "string/from-codepoints",
    doc="The string of a sequence of code points.",
    example='(string/from-codepoints [97 98]) => "ab"',
)
def from_codepoints(codes: ListOrVector) -> str:
    for code in codes:
        if type(code) is not int:
            raise SemaTypeError("int", type_name(code))
        if not 0 <= code <= 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            raise EvalError(f"string/from-codepoints: invalid codepoint {code}")
    return "".join(map(chr, codes))


@builtin("string/intern", doc="An equal string.", example='(string/intern "a") => "a"')
def intern(s: str) -> str:
    return s


@builtin(
    "string/byte-length",
    doc="How many bytes a string takes in UTF-8.",
    example='(string/byte-length "é") => 2',
)
def byte_length(s: str) -> int:
    return len(s.encode())


@builtin(
    "string/width",
    doc="How many columns a string takes on a terminal.",
    example='(string/width "abc") => 3',
)
def columns(s: str) -> int:
    return width(s)


@builtin(
    "string/last-index-of",
    doc="Where a string contains another last, or nil.",
    example='(string/last-index-of "hello" "l") => 3',
)
def last_index_of(s: str, part: str) -> int | None:
    found = s.rfind(part)
    return None if found < 0 else found


@builtin(
    "string/number?",
    doc="Whether a string denotes an integer or a float.",
    example='(string/number? "1.5") => #t',
)
def is_number(s: str) -> bool:
    if "_" in s or s != s.strip() or not s.isascii():
        return False
    try:
        float(s)
    except ValueError:
        return False
    return True


# --- Slices ---------------------------------------------------------------------------------------


@builtin(
    "string/take",
    doc="The first so many characters; the last ones if the number is negative.",
    example='(string/take "hello" 2) => "he"',
)
def take(s: str, n: int) -> str:
    return s[:n] if n >= 0 else s[n:]


@builtin(
    "string/before",
    doc="The part before the first occurrence of another string.",
    example='(string/before "a.b.c" ".") => "a"',
)
def before(s: str, needle: str) -> str:
    found = s.find(needle)
    return s if found < 0 else s[:found]


@builtin(
    "string/before-last",
    doc="The part before the last occurrence of another string.",
    example='(string/before-last "a.b.c" ".") => "a.b"',
)
def before_last(s: str, needle: str) -> str:
    found = s.rfind(needle)
    return s if found < 0 else s[:found]


@builtin(
    "string/after",
    doc="The part after the first occurrence of another string.",
    example='(string/after "a.b.c" ".") => "b.c"',
)
def after(s: str, needle: str) -> str:
    found = s.find(needle)
    return s if found < 0 else s[found + len(needle) :]


@builtin(
    "string/after-last",
    doc="The part after the last occurrence of another string.",
    example='(string/after-last "a.b.c" ".") => "c"',
)
def after_last(s: str, needle: str) -> str:
    found = s.rfind(needle)
    return s if found < 0 else s[found + len(needle) :]


@builtin(
    "string/between",
    doc="The text between two delimiters.",
    example='(string/between "a[b]c" "[" "]") => "b"',
)
def between(s: str, opening: str, closing: str) -> str:
    start = s.find(opening)
    if start < 0:
        return ""
    start += len(opening)
    end = s.find(closing, start)
    return s[start:] if end < 0 else s[start:end]


@builtin(
    "string/chop-start",
    doc="The string without a prefix.",
    example='(string/chop-start "hello" "he") => "llo"',
)
def chop_start(s: str, affix: str) -> str:
    return s.removeprefix(affix)


@builtin(
    "string/chop-end",
    doc="The string without a suffix.",
    example='(string/chop-end "hello" "lo") => "hel"',
)
def chop_end(s: str, affix: str) -> str:
    return s.removesuffix(affix)


@builtin(
    "string/ensure-start",
    doc="The string with a prefix, unless it has it.",
    example='(string/ensure-start "b" "a") => "ab"',
)
def ensure_start(s: str, affix: str) -> str:
    return s if s.startswith(affix) else affix + s


@builtin(
    "string/ensure-end",
    doc="The string with a suffix, unless it has it.",
    example='(string/ensure-end "a" "b") => "ab"',
)
def ensure_end(s: str, affix: str) -> str:
    return s if s.endswith(affix) else s + affix


@builtin(
    "string/wrap",
    doc="The string between two delimiters.",
    example='(string/wrap "a" "<" ">") => "<a>"',
)
def wrap(s: str, left: str, right: str | None = None) -> str:
    return left + s + (left if right is None else right)


@builtin(
    "string/unwrap",
    doc="The string without its two delimiters, if it has both.",
    example='(string/unwrap "<a>" "<" ">") => "a"',
)
def unwrap(s: str, left: str, right: str | None = None) -> str:
    closing = left if right is None else right
    long_enough = len(s) >= len(left) + len(closing)
    if long_enough and s.startswith(left) and s.endswith(closing):
        return s[len(left) : len(s) - len(closing)]
    return s


# --- Pieces ---------------------------------------------------------------------------------------


@builtin(
    "string/lines",
    doc="The lines of a text.",
    example=r'(string/lines "a\nb\n") => ("a" "b")',
)
def lines(s: str) -> Any:
    if "\r" not in s:
        return list_of_lines(s)
    found = [line.removesuffix("\r") for line in s.split("\n")]
    if not found[-1]:
        found.pop()
    return make_list(found)


def words_of(s: str) -> list[str]:
    """The words of an identifier in any of the usual styles."""
    found: list[str] = []
    word = ""
    for i, c in enumerate(s):
        if c in "_-. ":
            found.append(word)
            word = ""
            continue
        if c.isupper() and word:
            run_ends = word[-1].isupper() and i + 1 < len(s) and s[i + 1].islower()
            if not word[-1].isupper() or run_ends:
                found.append(word)
                word = ""
        word += c
    found.append(word)
    return [word for word in found if word]


@builtin(
    "string/words",
    doc="The words of an identifier or text.",
    example='(string/words "helloWorld") => ("hello" "World")',
)
def words(s: str) -> Any:
    return make_list(words_of(s))


@builtin(
    "string/word-wrap",
    doc="The lines of a text broken at blanks to a width.",
    example='(string/word-wrap "aa bb cc" 5) => ("aa bb" "cc")',
)
def word_wrap(text: str, columns: Count) -> Any:
    limit = max(1, columns)
    made: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split():
            for piece in _pieces(word, limit):
                if line and width(line) + 1 + width(piece) > limit:
                    made.append(line)
                    line = piece
                else:
                    line = f"{line} {piece}" if line else piece
        made.append(line)
    return make_list(made)


def _pieces(word: str, limit: int) -> Iterable[str]:
    """A word in pieces that fit."""
    while width(word) > limit:
        piece = cut(word, limit) or next(iter(clusters(word)))
        yield piece
        word = word[len(piece) :]
    if word:
        yield word


# --- Case -----------------------------------------------------------------------------------------


def capitalized(s: str) -> str:
    """The first character in upper case, the others in lower case."""
    return s[:1].upper() + s[1:].lower()


@builtin(
    "string/capitalize",
    doc="The first character in upper case, the others in lower case.",
    example='(string/capitalize "hELLO") => "Hello"',
)
def capitalize(s: str) -> str:
    return capitalized(s)


@builtin(
    "string/title-case",
    doc="Each word capitalised.",
    example='(string/title-case "hello world") => "Hello World"',
)
def title_case(s: str) -> str:
    return " ".join(map(capitalized, s.split()))


@builtin(
    "string/snake-case",
    doc="The words in lower case, joined with underscores.",
    example='(string/snake-case "helloWorld") => "hello_world"',
)
def snake_case(s: str) -> str:
    return "_".join(words_of(s)).lower()


@builtin(
    "string/kebab-case",
    doc="The words in lower case, joined with hyphens.",
    example='(string/kebab-case "helloWorld") => "hello-world"',
)
def kebab_case(s: str) -> str:
    return "-".join(words_of(s)).lower()


@builtin(
    "string/pascal-case",
    doc="The capitalised words, joined.",
    example='(string/pascal-case "hello world") => "HelloWorld"',
)
def pascal_case(s: str) -> str:
    return "".join(map(capitalized, words_of(s)))


@builtin(
    "string/camel-case",
    doc="The words joined, all but the first capitalised.",
    example='(string/camel-case "hello world") => "helloWorld"',
)
def camel_case(s: str) -> str:
    first, *others = words_of(s) or [""]
    return first.lower() + "".join(map(capitalized, others))


@builtin(
    "string/headline",
    doc="The capitalised words, joined with blanks.",
    example='(string/headline "helloWorld") => "Hello World"',
)
def headline(s: str) -> str:
    return " ".join(map(capitalized, words_of(s)))


@builtin(
    "string/foldcase",
    doc="The string folded for comparison without regard to case.",
    example='(string/foldcase "ABC") => "abc"',
)
def foldcase(s: str) -> str:
    return s.casefold()


@builtin(
    "string-ci=?",
    doc="Whether two strings are equal but for case.",
    example='(string-ci=? "Abc" "aBC") => #t',
)
def equal_but_for_case(a: str, b: str) -> bool:
    return a.casefold() == b.casefold()


# --- Edits ----------------------------------------------------------------------------------------


@builtin(
    "string/replace-first",
    doc="The string with the first occurrence of a text replaced.",
    example='(string/replace-first "hello" "l" "L") => "heLlo"',
)
def replace_first(s: str, old: str, new: str) -> str:
    return s.replace(old, new, 1)


@builtin(
    "string/replace-last",
    doc="The string with the last occurrence of a text replaced.",
    example='(string/replace-last "hello" "l" "L") => "helLo"',
)
def replace_last(s: str, old: str, new: str) -> str:
    found = s.rfind(old)
    return s if found < 0 else s[:found] + new + s[found + len(old) :]


@builtin(
    "string/remove",
    doc="The string without a text.",
    example='(string/remove "hello" "l") => "heo"',
)
def remove(s: str, part: str) -> str:
    return s.replace(part, "") if part else s


@builtin(
    "string/reverse",
    doc="The characters from last to first.",
    example='(string/reverse "abc") => "cba"',
)
def reverse(s: str) -> str:
    return s[::-1]


def _padding(s: str, columns: int, pad: str) -> str:
    missing = non_negative(columns, "string/pad") - width(s)
    filler = pad[:1] or " "
    return filler * max(0, missing // max(1, width(filler)))


@builtin(
    "string/pad-left",
    doc="The string filled at its beginning to a width.",
    example='(string/pad-left "7" 3 "0") => "007"',
)
def pad_left(s: str, columns: int, pad: str = " ") -> str:
    return _padding(s, columns, pad) + s


@builtin(
    "string/pad-right",
    doc="The string filled at its end to a width.",
    example='(string/pad-right "7" 3 ".") => "7.."',
)
def pad_right(s: str, columns: int, pad: str = " ") -> str:
    return s + _padding(s, columns, pad)


@builtin(
    "string/truncate-width",
    doc="The string cut to a width, with an ellipsis if it is cut.",
    example='(string/truncate-width "hello" 4 "…") => "hel…"',
)
def truncate_width(s: str, columns: Count, ellipsis: str = "") -> str:
    if width(s) <= columns:
        return s
    end = cut(ellipsis, columns)
    return cut(s, columns - width(end)) + end


@builtin(
    "string/normalize",
    doc="The string in a Unicode normal form: :NFC, :NFD, :NFKC or :NFKD.",
    example='(string/normalize "abc" :nfc) => "abc"',
)
def normalize(s: str, form: Name) -> str:
    from unicodedata import normalize

    match form.upper():
        case "NFC" | "NFD" | "NFKC" | "NFKD" as known:
            return normalize(known, s)
    raise EvalError(f"string/normalize: unknown form {form}")
