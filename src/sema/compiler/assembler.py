"""Instructions in, words and side tables out: labels, jump distances, inline words."""

from __future__ import annotations

from array import array

from sema.compiler.unit import CodeUnit, Handler
from sema.errors import Span
from sema.vm.opcodes import BY_NAME, Opcode, encode, encode_wide

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_INVERSE = {
    name: other
    for name in BY_NAME
    if BY_NAME[name].is_test
    for other in (name.replace("JN", "J", 1), name.replace("J", "JN", 1))
    if other != name and other in BY_NAME
} | {"JF": "JT", "JT": "JF"}


class Label:
    """A place in the code; ``owned`` is what every way there owns."""

    __slots__ = ("owned", "place")

    def __init__(self) -> None:
        self.place = -1
        self.owned: int | None = None


class _Item:
    """An instruction; its offset is known once the code is laid out."""

    __slots__ = (
        "a", "b", "c", "extra", "flags", "folded", "live", "offset", "op", "operator", "size",
        "span", "target",
    )  # fmt: skip

    def __init__(
        self,
        op: Opcode,
        a: int = 0,
        b: int = 0,
        c: int = 0,
        flags: int = 0,
        target: Label | None = None,
        extra: tuple[tuple[str, Any], ...] = (),
        span: Span | None = None,
        live: int = 0,
        operator: str | None = None,
        folded: list[Any] | None = None,
    ) -> None:
        self.op = op
        self.a = a
        self.b = b
        self.c = c
        self.flags = flags
        self.target = target
        self.extra = extra
        self.span = span
        self.live = live
        self.operator = operator
        self.folded = folded
        self.size = 1 + len(extra)
        self.offset = 0


class Assembler:
    """Collects the instructions of one function."""

    def __init__(self) -> None:
        self._items: list[_Item] = []
        self._handlers: list[tuple[Label, Label, Label, int, int]] = []

    def emit(
        self,
        name: str,
        a: int = 0,
        b: int = 0,
        c: int = 0,
        *,
        flags: int = 0,
        target: Label | None = None,
        extra: tuple[tuple[str, Any], ...] = (),
        span: Span | None = None,
        live: int = 0,
        operator: str | None = None,
        folded: list[Any] | None = None,
    ) -> None:
        """Append an instruction.

        ``extra`` are its inline words, each a kind (``k`` constant, ``g`` global, ``f`` code,
        ``w`` plain word) and a value; ``live`` the registers owned if it fails.
        """
        op = BY_NAME[name]
        self._items.append(_Item(op, a, b, c, flags, target, extra, span, live, operator, folded))

    def prepend(self, name: str, **details: Any) -> None:
        """Put an instruction in front of all others."""
        for label in self._labels():
            label.place += 1
        self.emit(name, **details)
        self._items.insert(0, self._items.pop())

    def place(self, label: Label) -> None:
        """Put the label here."""
        label.place = len(self._items)

    def handler(self, start: Label, end: Label, target: Label, register: int, keep: int) -> None:
        """Declare a ``try``; inner ones first."""
        self._handlers.append((start, end, target, register, keep))

    def finish(self, unit: CodeUnit) -> None:
        """Lay the instructions out into ``unit``."""
        if self._items and self._items[0].op.words == "s":
            # A function's first word may be replaced by machine code, while callees find their
            # way back by the word of the call.
            self.prepend("JUMP", span=self._items[0].span, live=self._items[0].live)
        end = self._layout()
        while self._lengthen_jumps():
            end = self._layout()
        offsets = [item.offset for item in self._items]
        offsets.append(end)
        unit.words = array("Q", bytes(8 * end))
        for item in self._items:
            self._write(item, unit, offsets)
        unit.handlers = [
            Handler(offsets[s.place], offsets[e.place], offsets[t.place], register, keep)
            for s, e, t, register, keep in self._handlers
        ]

    def _layout(self) -> int:
        offset = 0
        for item in self._items:
            item.offset = offset
            offset += item.size
        return offset

    def _distance(self, item: _Item) -> int:
        assert item.target is not None
        place = item.target.place
        if place == len(self._items):
            last = self._items[-1]
            return last.offset + last.size - item.offset - item.size
        return self._items[place].offset - item.offset - item.size

    def _lengthen_jumps(self) -> bool:
        """Replace tests that jump too far by the inverse test over a long jump."""
        far = [
            item
            for item in self._items
            if item.target and item.op.is_test and not -32768 <= self._distance(item) < 32768
        ]
        labels = self._labels()
        lengthened = set(far)
        items: list[_Item] = []
        new_places = []
        for item in self._items:
            new_places.append(len(items))
            items.append(item)
            if item in lengthened:
                jump = _Item(BY_NAME["JUMP"], target=item.target, span=item.span, live=item.live)
                items.append(jump)
                item.op = BY_NAME[_INVERSE[item.op.name]]
                item.flags = (item.flags & 3) << 2 | item.flags >> 2
                item.target = Label()
                item.target.place = len(items)
        new_places.append(len(items))
        for label in labels:
            label.place = new_places[label.place]
        self._items = items
        return bool(far)

    def _labels(self) -> set[Label]:
        found = {item.target for item in self._items if item.target}
        for start, end, target, _, _ in self._handlers:
            found |= {start, end, target}
        return found

    def _write(self, item: _Item, unit: CodeUnit, offsets: list[int]) -> None:
        at, op = item.offset, item.op
        if item.target is not None:
            distance = offsets[item.target.place] - at - item.size
            if op.is_test:
                word = encode(op.code, item.a, item.b, distance, item.flags)
            else:
                word = encode_wide(op.code, item.a, distance, item.flags)
        elif "I" in op.operands:
            word = encode_wide(op.code, item.a, item.b, item.flags)
        else:
            word = encode(op.code, item.a, item.b, item.c, item.flags)
        unit.words[at] = word
        for i, (kind, value) in enumerate(item.extra, at + 1):
            if kind == "k":
                unit.constants.append((i, value))
            elif kind == "g":
                unit.globals.append((i, value))
            elif kind == "f":
                unit.functions.append((i, value))
            else:
                unit.words[i] = value
        if op.words == "s":
            unit.sites.append(at)
        if item.span and (not unit.positions or unit.positions[-1][1] is not item.span):
            unit.positions.append((at, item.span))
        if not unit.live or unit.live[-1][1] != item.live:
            unit.live.append((at, item.live))
        if item.operator:
            unit.operators.append((at, item.operator, item.folded))
