"""Nodes → a program for the matcher: a list of instructions ``(operation, x, y)``."""

from __future__ import annotations

from sema.errors import EvalError
from sema.recursion import deep_recursion
from sema.stdlib.regex.charsets import ASCII_CLASSES, UNICODE_CLASSES
from sema.stdlib.regex.matcher import Matcher
from sema.stdlib.regex.syntax import (
    ASSERTIONS,
    Assertion,
    Choice,
    Group,
    Literal,
    OneOf,
    Parser,
    PatternError,
    Repetition,
    Sequence,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sema.stdlib.regex.charsets import Charset
    from sema.stdlib.regex.syntax import Node

# The operations; the matcher knows them by these numbers.
CHARACTER, SET, SPLIT, SAVE, ASSERT, MATCH = range(6)

MAX_INSTRUCTIONS = 50_000
MAX_PLACES = 4_000_000  # of groups, in all threads


class Compiler:
    """Collects the instructions of one pattern, and its sets.

    ``SPLIT x y`` goes on at x, or failing that at y; the other instructions at the next one.
    The first two sets are those of word characters, in Unicode and in ASCII.
    """

    def __init__(self) -> None:
        self.code: list[tuple[int, int, int]] = []
        self.charsets: list[Charset] = [UNICODE_CLASSES["w"], ASCII_CLASSES["w"]]

    def emit(self, operation: int, x: int = 0, y: int = 0) -> int:
        if len(self.code) >= MAX_INSTRUCTIONS:
            raise PatternError("compiled regex exceeds its size limit")
        self.code.append((operation, x, y))
        return len(self.code) - 1

    def put(self, node: Node) -> None:
        """Add what matches a node."""
        if isinstance(node, Literal):
            self.emit(CHARACTER, node.code)
        elif isinstance(node, OneOf):
            self.charsets.append(node.charset)
            self.emit(SET, len(self.charsets) - 1)
        elif isinstance(node, Assertion):
            self.emit(ASSERT, ASSERTIONS.index(node.kind))
        elif isinstance(node, Sequence):
            for item in node.items:
                self.put(item)
        elif isinstance(node, Choice):
            self.put_choice(node.branches)
        elif isinstance(node, Repetition):
            self.put_repetition(node)
        else:
            self.emit(SAVE, 2 * node.index)
            self.put(node.item)
            self.emit(SAVE, 2 * node.index + 1)

    def put_choice(self, branches: list[Node]) -> None:
        *others, last = branches
        jumps = []
        for branch in others:
            split = self.emit(SPLIT)
            self.put(branch)
            jumps.append(self.emit(SPLIT))
            self.code[split] = (SPLIT, split + 1, len(self.code))
        self.put(last)
        for jump in jumps:
            self.code[jump] = (SPLIT, len(self.code), len(self.code))

    def put_repetition(self, node: Repetition) -> None:
        """``x*`` is made as ``(x+)?``: a last turn that matches nothing must not be preferred."""
        exits = []
        for _ in range(node.least - (node.most is None and node.least > 0)):
            self.put(node.item)
        for _ in range((node.least == 0) if node.most is None else node.most - node.least):
            exits.append(self.emit(SPLIT))
            if node.most is not None:
                self.put(node.item)
        if node.most is None:
            start = len(self.code)
            self.put(node.item)
            split = self.emit(SPLIT)
            self.code[split] = self.fork(start, split + 1, node.is_greedy)
        for at in exits:
            self.code[at] = self.fork(at + 1, len(self.code), node.is_greedy)

    @staticmethod
    def fork(again: int, onwards: int, is_greedy: bool) -> tuple[int, int, int]:
        return (SPLIT, again, onwards) if is_greedy else (SPLIT, onwards, again)


class Pattern:
    """A compiled pattern: the matcher and the numbers of the named groups."""

    def __init__(self, matcher: Matcher, names: dict[str, int]) -> None:
        self.matcher = matcher
        self.names = names


def compiled(pattern: str) -> Pattern:
    """The compiled form of a pattern. Raises EvalError."""
    parser = Parser(pattern)
    compiler = Compiler()
    try:
        with deep_recursion:
            compiler.put(Group(parser.parse(), 0))
        compiler.emit(MATCH)
        if 2 * (parser.n_groups + 1) * len(compiler.code) > MAX_PLACES:
            raise PatternError("compiled regex exceeds its size limit")
    except PatternError as error:
        raise EvalError(f"invalid regex pattern: {error}") from None
    return Pattern(Matcher(compiler.code, compiler.charsets, parser.n_groups), parser.names)
