"""Patterns as text → nodes. The dialect is that of Rust's ``regex``."""

from __future__ import annotations

from sema.stdlib.regex.charsets import (
    ASCII_CLASSES,
    EVERYTHING,
    POSIX_CLASSES,
    UNICODE_CLASSES,
    Charset,
    ranges,
    unicode_property,
    variants,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn, TypeAlias

    Node: TypeAlias = "Literal | OneOf | Assertion | Sequence | Choice | Repetition | Group"

MAX_NESTING = 250


class PatternError(Exception):
    """A text that is no pattern; the argument says why and where."""


class Literal:
    """One character."""

    def __init__(self, code: int) -> None:
        self.code = code


class OneOf:
    """One character of a set."""

    def __init__(self, charset: Charset) -> None:
        self.charset = charset


class Assertion:
    """A place in the text; ``kind`` is one of :data:`ASSERTIONS`."""

    def __init__(self, kind: str) -> None:
        self.kind = kind


class Sequence:
    """All of the items in turn."""

    def __init__(self, items: list[Node]) -> None:
        self.items = items


class Choice:
    """The first branch that leads to a match."""

    def __init__(self, branches: list[Node]) -> None:
        self.branches = branches


class Repetition:
    """An item from ``least`` to ``most`` times (None: no limit), preferably often or seldom."""

    def __init__(self, item: Node, least: int, most: int | None, is_greedy: bool) -> None:
        self.item = item
        self.least = least
        self.most = most
        self.is_greedy = is_greedy


class Group:
    """An item whose place is remembered."""

    def __init__(self, item: Node, index: int) -> None:
        self.item = item
        self.index = index


ASSERTIONS = (
    "text-start", "text-end", "line-start", "line-end", "crlf-line-start", "crlf-line-end",
    "word-boundary", "not-word-boundary", "word-start", "word-end", "word-start-half",
    "word-end-half", "ascii-word-boundary", "ascii-not-word-boundary", "ascii-word-start",
    "ascii-word-end", "ascii-word-start-half", "ascii-word-end-half",
)  # fmt: skip
CONTROLS = {"a": 7, "f": 12, "t": 9, "n": 10, "r": 13, "v": 11}
WORD_BRACES = {
    "start": "word-start",
    "end": "word-end",
    "start-half": "word-start-half",
    "end-half": "word-end-half",
}
HEXADECIMAL = {"x": 2, "u": 4, "U": 8}
CLASS_OPERATORS = ("&&", "--", "~~")


class Parser:
    """Reads one pattern. ``names`` has the numbers of the named groups."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.flags = frozenset("u")
        self.n_groups = 0
        self.names: dict[str, int] = {}
        self.nesting = 0

    def parse(self) -> Node:
        """The whole pattern. Raises PatternError."""
        node = self.choice()
        if self.at < len(self.pattern):
            self.fail("unopened group")
        return node

    # --- Characters -----------------------------------------------------------------------------

    def fail(self, problem: str, at: int | None = None) -> NoReturn:
        place = self.at if at is None else at
        raise PatternError(f"{problem} at position {place} of {self.pattern}")

    def peek(self) -> str:
        """The next character, nothing at the end."""
        return self.pattern[self.at : self.at + 1]

    def take(self, text: str) -> bool:
        """Whether this text comes next; then it is read."""
        found = self.pattern.startswith(text, self.at)
        if found:
            self.at += len(text)
        return found

    def until(self, end: str, problem: str) -> str:
        """What comes before an end that must come."""
        found = self.pattern.find(end, self.at)
        if found < 0:
            self.fail(problem)
        text = self.pattern[self.at : found]
        self.at = found + len(end)
        return text

    def skip_blanks(self) -> None:
        """Blanks and comments, where the pattern may have them."""
        while "x" in self.flags and (c := self.peek()) and (c.isspace() or c == "#"):
            if c == "#":
                end = self.pattern.find("\n", self.at)
                self.at = len(self.pattern) if end < 0 else end
            else:
                self.at += 1

    def enter(self) -> None:
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            self.fail(f"nesting of more than {MAX_NESTING} levels")

    # --- Expressions ----------------------------------------------------------------------------

    def choice(self) -> Node:
        branches = [self.sequence()]
        while self.take("|"):
            branches.append(self.sequence())
        return branches[0] if len(branches) == 1 else Choice(branches)

    def sequence(self) -> Node:
        items: list[Node] = []
        can_repeat = False
        while True:
            self.skip_blanks()
            c = self.peek()
            if not c or c in "|)":
                return items[0] if len(items) == 1 else Sequence(items)
            if c in "*+?{":
                if not can_repeat:
                    self.fail("repetition operator missing expression")
                items[-1] = self.repetition(items[-1])
                continue
            item = self.item(c)
            can_repeat = item is not None
            if item is not None:
                items.append(item)

    def repetition(self, item: Node) -> Node:
        start = self.at
        operator = self.peek()
        self.at += 1
        least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(operator, (0, 0))
        if operator == "{":
            least, most = self.counts(start)
        self.skip_blanks()
        is_greedy = self.take("?") == ("U" in self.flags)
        return Repetition(item, least, most, is_greedy)

    def counts(self, start: int) -> tuple[int, int | None]:
        first, comma, second = self.until("}", "unclosed counted repetition").partition(",")
        least = self.count(first, start)
        most = least if not comma else None if not second.strip() else self.count(second, start)
        if most is not None and most < least:
            self.fail("invalid repetition count range", start)
        return least, most

    def count(self, digits: str, start: int) -> int:
        digits = digits.strip()
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 10):
            self.fail("repetition quantifier expects a valid decimal", start)
        return int(digits)

    def item(self, c: str) -> Node | None:
        """The next item, or None if only flags were set."""
        self.at += 1
        if c == "(":
            return self.group()
        if c == "[":
            return OneOf(self.cased(self.charset()))
        if c == "\\":
            return self.escape()
        if c == ".":
            return OneOf(self.dot())
        if c in "^$":
            side = "start" if c == "^" else "end"
            if "m" not in self.flags:
                return Assertion(f"text-{side}")
            return Assertion(f"crlf-line-{side}" if "R" in self.flags else f"line-{side}")
        return self.literal(ord(c))

    def literal(self, code: int) -> Node:
        if "i" in self.flags and len(variants(code)) > 1:
            return OneOf(ranges([(code, code)]).any_case())
        return Literal(code)

    def dot(self) -> Charset:
        if "s" in self.flags:
            return EVERYTHING
        return ~ranges([(10, 10)] + [(13, 13)] * ("R" in self.flags))

    def cased(self, charset: Charset) -> Charset:
        return charset.any_case() if "i" in self.flags else charset

    # --- Groups ---------------------------------------------------------------------------------

    def group(self) -> Node | None:
        start = self.at - 1
        for look in ("?=", "?!", "?<=", "?<!"):
            if self.pattern.startswith(look, self.at):
                self.fail("look-around, including look-ahead and look-behind, is not supported")
        flags = self.flags
        index = None
        if self.take("?P<") or self.take("?<"):
            index = self.name()
        elif self.take("?"):
            self.set_flags()
            if self.take(")"):
                return None
            self.at += 1  # the colon
        else:
            self.n_groups += 1
            index = self.n_groups
        self.enter()
        node = self.choice()
        self.nesting -= 1
        self.flags = flags
        if not self.take(")"):
            self.fail("unclosed group", start)
        return node if index is None else Group(node, index)

    def name(self) -> int:
        """The number of the group whose name comes next."""
        start = self.at
        name = self.until(">", "unclosed group name")
        plain = name.replace(".", "_").replace("[", "_").replace("]", "_")
        if not plain.isidentifier() or not (name[0].isalpha() or name[0] == "_"):
            self.fail(
                "empty capture group name" if not name else "invalid capture group name", start
            )
        if name in self.names:
            self.fail("duplicate capture group name", start)
        self.n_groups += 1
        self.names[name] = self.n_groups
        return self.n_groups

    def set_flags(self) -> None:
        start = self.at
        on = True
        while (c := self.peek()) and c not in ":)":
            if c == "-" and on:
                on = False
            elif c in "imsRUux":
                self.flags = self.flags | {c} if on else self.flags - {c}
            else:
                self.fail("unrecognized flag")
            self.at += 1
        if not self.peek():
            self.fail("unclosed group", start)
        if self.pattern[start : self.at] == "" and self.peek() == ")":
            self.fail("repetition operator missing expression", start)
        if self.pattern[self.at - 1] == "-":
            self.fail("dangling flag negation operator", start)

    # --- Escapes --------------------------------------------------------------------------------

    def escape(self) -> Node:
        """What follows a backslash outside of brackets."""
        c = self.peek()
        charset = self.class_escape()
        if charset is not None:
            return OneOf(self.cased(charset))
        self.at += 1
        if c in "bB":
            kind = "word-boundary" if c == "b" else "not-word-boundary"
            if c == "b" and self.peek() == "{":
                self.at += 1
                kind = WORD_BRACES.get(self.until("}", "unclosed word boundary"), "")
                if not kind:
                    self.fail("unrecognized word boundary assertion")
            return self.word_assertion(kind)
        if c in "<>":
            return self.word_assertion("word-start" if c == "<" else "word-end")
        if c in "Az":
            return Assertion("text-start" if c == "A" else "text-end")
        self.at -= 1
        return self.literal(self.escaped_code())

    def word_assertion(self, kind: str) -> Assertion:
        return Assertion(kind if "u" in self.flags else f"ascii-{kind}")

    def class_escape(self) -> Charset | None:
        """The set that the letter after a backslash stands for, or None, and nothing is read."""
        c = self.peek()
        if not c:
            self.fail("incomplete escape sequence, reached end of pattern prematurely")
        known = UNICODE_CLASSES if "u" in self.flags else ASCII_CLASSES
        if c.lower() in known:
            self.at += 1
            return known[c] if c in known else ~known[c.lower()]
        if c not in "pP":
            return None
        start = self.at
        self.at += 1
        name = self.until("}", "unclosed Unicode class") if self.take("{") else self.peek()
        if self.at == start + 1:
            self.at += 1
        is_negated = (c == "P") != name.startswith("^")
        charset = unicode_property(name.removeprefix("^"))
        if charset is None:
            self.fail("Unicode property not found", start)
        return ~charset if is_negated else charset

    def escaped_code(self) -> int:
        """The character that is meant by what follows a backslash."""
        start = self.at
        c = self.peek()
        self.at += 1
        if c in CONTROLS:
            return CONTROLS[c]
        if c in HEXADECIMAL:
            return self.hexadecimal(HEXADECIMAL[c], start)
        if c.isdigit():
            self.fail("backreferences are not supported", start)
        if not c.isascii() or c.isalnum() or c in "<>":
            self.fail("unrecognized escape sequence", start)
        return ord(c)

    def hexadecimal(self, n_digits: int, start: int) -> int:
        if self.take("{"):
            digits = self.until("}", "incomplete escape sequence")
        else:
            digits = self.pattern[self.at : self.at + n_digits]
            self.at += n_digits
            if len(digits) < n_digits:
                self.fail("incomplete escape sequence", start)
        try:
            code = int(digits, 16) if digits.isalnum() else -1
        except ValueError:
            code = -1
        if not 0 <= code < 0x110000 or 0xD800 <= code < 0xE000:
            self.fail("invalid hexadecimal escape", start)
        return code

    # --- Sets in brackets -----------------------------------------------------------------------

    def charset(self) -> Charset:
        """What follows an opening bracket, up to the closing one."""
        start = self.at - 1
        self.enter()
        is_negated = self.take("^")
        self.skip_blanks()
        pairs: list[tuple[int, int]] = []
        parts: list[Charset] = []
        while self.peek() == "-" and not self.pattern.startswith("--", self.at):
            self.at += 1
            pairs.append((45, 45))
        if not pairs and self.take("]"):
            pairs.append((93, 93))
        left: Charset | None = None
        operator = ""
        while True:
            self.skip_blanks()
            if not self.peek():
                self.fail("unclosed character class", start)
            following = next((x for x in CLASS_OPERATORS if self.take(x)), "")
            if following or self.take("]"):
                right = ranges(pairs)
                for part in parts:
                    right |= part
                left = right if left is None else _combined(left, operator, right)
                if not following:
                    break
                operator, pairs, parts = following, [], []
            elif self.take("["):
                named = self.posix_class()
                parts.append(self.charset() if named is None else named)
            else:
                self.class_item(pairs, parts)
        self.nesting -= 1
        # Negation comes after case: [^a] without regard to case is neither a nor A.
        return ~self.cased(left) if is_negated else left

    def posix_class(self) -> Charset | None:
        """The set of ``[:name:]``, whose first bracket is read, or None, and nothing is read."""
        end = self.pattern.find(":]", self.at)
        if self.peek() != ":" or end < 0:
            return None
        name = self.pattern[self.at + 1 : end]
        charset = POSIX_CLASSES.get(name.removeprefix("^"))
        if charset is None:
            return None
        self.at = end + 2
        return ~charset if name.startswith("^") else charset

    def class_item(self, pairs: list[tuple[int, int]], parts: list[Charset]) -> None:
        """One character, range or escape."""
        start = self.at
        first = self.class_code(parts)
        self.skip_blanks()
        after = self.pattern[self.at + 1 : self.at + 2]
        if self.peek() != "-" or after in ("]", "-", ""):
            if first is not None:
                pairs.append((first, first))
            return
        self.at += 1
        self.skip_blanks()
        last = self.class_code([])
        if first is None or last is None:
            self.fail("invalid range boundary, must be a literal", start)
        if last < first:
            self.fail("invalid character class range", start)
        pairs.append((first, last))

    def class_code(self, parts: list[Charset]) -> int | None:
        """The next character; if it is an escape that stands for a set, that is added and None."""
        if not self.take("\\"):
            code = ord(self.peek())
            self.at += 1
            return code
        charset = self.class_escape()
        if charset is not None:
            parts.append(charset)
            return None
        return self.escaped_code()


def _combined(left: Charset, operator: str, right: Charset) -> Charset:
    if operator == "&&":
        return left & right
    return left - right if operator == "--" else left ^ right
