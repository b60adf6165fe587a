"""Values in machine code: a kind and what LLVM knows them by; boxing and counting them."""

from __future__ import annotations

from llvmlite import ir

from sema.jit.kinds import FLOAT, INT, PLAIN, UNCOUNTED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sema.jit.kinds import Kind

I1 = ir.IntType(1)
I8 = ir.IntType(8)
I32 = ir.IntType(32)
I64 = ir.IntType(64)
DOUBLE = ir.DoubleType()
POINTER = ir.PointerType(I64)
RESULT = ir.LiteralStructType([I64, I64])
"""What compiled functions return: the value and what is left of the budget."""

INT_TAG = 0xFFFF << 48
REF_TAG = 0xFFFE << 48
FIRST_TAG = 0xFFFA << 48
PAYLOAD = (1 << 48) - 1
NIL = FIRST_TAG
FALSE = FIRST_TAG | 1
TRUE = FIRST_TAG | 2
EMPTY = FIRST_TAG | 3
ABSENT = FIRST_TAG | 0xFF
LEFT_INT = 1
"""What a function that returns integers returns when it left: no shifted integer is odd."""


class Value:
    """A value of a kind; ``ir`` is None while kinds are only inferred.

    A copy need not be counted while the register that it was copied from, its ``lender``, holds
    the value.
    """

    __slots__ = ("ir", "kind", "lender")

    def __init__(self, kind: Kind, value: Any, lender: int | None = None) -> None:
        self.kind = kind
        self.ir = value
        self.lender = lender

    def known_as(self, kind: Kind) -> Value:
        """The same word, of which more is known."""
        return Value(kind, self.ir, self.lender)


def word(number: int) -> ir.Constant:
    return ir.Constant(I64, number)


def type_of_kind(kind: Kind) -> ir.Type:
    return DOUBLE if kind == FLOAT else I64


def box(b: Any, value: Value) -> Any:
    """The word of a value."""
    if value.kind == INT:
        return b.or_(b.lshr(value.ir, word(16)), word(INT_TAG))
    if value.kind == FLOAT:
        return b.bitcast(value.ir, I64)
    return value.ir


def unbox(b: Any, kind: Kind, raw: Any) -> Value:
    """A value known to be of the kind, from its word."""
    if kind == INT:
        return Value(INT, b.shl(raw, word(16)))
    if kind == FLOAT:
        return Value(FLOAT, b.bitcast(raw, DOUBLE))
    return Value(kind, raw)


def convert(b: Any, value: Value, kind: Kind) -> Value:
    """A value as one of a wider kind."""
    if value.kind == kind:
        return value
    if kind in (INT, FLOAT):
        return unbox(b, kind, box(b, value))
    return Value(kind, box(b, value))


def truth(b: Any, condition: Any) -> Value:
    """A condition, which may be known already, as a value."""
    if isinstance(condition, bool):
        return Value(PLAIN, word(TRUE if condition else FALSE))
    return Value(PLAIN, b.select(condition, word(TRUE), word(FALSE)))


def is_reference(raw: int) -> bool:
    """Whether a known word refers to an object."""
    return raw >> 48 == REF_TAG >> 48


def tag(b: Any, raw: Any) -> Any:
    return b.lshr(raw, word(48))


def is_ref(b: Any, raw: Any) -> Any:
    return b.icmp_unsigned("==", tag(b, raw), word(0xFFFE))


def pointer(b: Any, raw: Any) -> Any:
    """Where a reference points."""
    return b.inttoptr(b.and_(raw, word(PAYLOAD)), POINTER)


def counted(value: Value) -> bool:
    """Whether somebody must count the references to it."""
    return value.kind not in UNCOUNTED
