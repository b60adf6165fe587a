"""The instruction set: the one table from which everything else derives.

An instruction is one 64-bit word, ``op:8 flags:8 a:16 b:16 c:16``, followed by the inline words
that its ``words`` name. With 64-bit words a code object is one array in which constants, global
cells and cache entries lie where they are used, aligned; no operand needs a wide form.

Operands (``operands`` has one letter for a, b and c):

====  ==========================================================================================
``w``  register written; it is empty before
``r``  register read; it dies here if the operand's kill flag is set
``t``  register read by a test; it may die on the jump, on the fall-through, or on both
``n``  a count or an index
``i``  a signed integer of 16 bits
``j``  a jump, relative to the next instruction
``J``  a jump of 32 bits that fills b and c
``I``  a signed integer of 32 bits that fills b and c
``-``  unused
====  ==========================================================================================

Inline words: ``k`` a constant, ``g`` the cell of a global, ``f`` a code object, ``*`` one word per
captured variable, ``s`` a call site: three words for the target, the guard and the entry of the
cache.

``operator`` names the builtin that an instruction stands for, if it does.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

KILL_A, KILL_B, KILL_C = 1, 2, 4
JUMP_KILLS_A, JUMP_KILLS_B, FALL_KILLS_A, FALL_KILLS_B = 1, 2, 4, 8
SITE_WORDS = 3
STUB_ROOM = 6
"""Registers above a function's own for the call window of a redefined operator's stub."""

_INLINE_WORDS = {"": 0, "k": 1, "g": 1, "f*": 1, "s": SITE_WORDS}


class Opcode:
    """One instruction; ``code`` is its number, ``doc`` what it does.

    ``inline_words`` is the number of inline words, without those that depend on the instruction;
    ``is_test`` says whether it jumps or falls through.
    """

    __slots__ = (
        "code", "doc", "inline_words", "is_test", "name", "operands", "operator", "words",
    )  # fmt: skip

    def __init__(
        self,
        code: int,
        name: str,
        operands: str,
        words: str,
        doc: str,
        operator: str | None = None,
    ) -> None:
        self.code = code
        self.name = name
        self.operands = operands
        self.words = words
        self.doc = doc
        self.operator = operator
        self.inline_words = _INLINE_WORDS[words]
        self.is_test = "t" in operands

    @property
    def names_global(self) -> bool:
        """Whether its first inline word is a global's cell."""
        return self.words == "g" or (self.words == "s" and "r" not in self.operands)


_DATA = """
MOVE        wr-  -   R[a] takes R[b] over
COPY        wr-  -   R[a] shares R[b]
COPY2       wrr  -   R[a] and R[a+1] share, or take over, R[b] and R[c]
DROP        r--  -   give R[a] up
CONST       w--  k   R[a] is the constant
INT         wI-  -   R[a] is the small integer
GLOBAL      w--  g   R[a] is the value of the global
SETGLOBAL   r--  g   assign R[a] to the global
DEFGLOBAL   r--  g   define the global as R[a]
SELF        w--  -   R[a] is the running closure
UPVALUE     wn-  -   R[a] is captured variable b
BOX         wr-  -   R[a] is a new box that takes R[b] over
UNBOX       wr-  -   R[a] is the value in the box R[b]
SETBOX      rr-  -   the box R[a] takes R[b] over
UPBOX       wn-  -   R[a] is the value in the box that is captured variable b
SETUPBOX    nr-  -   the box that is captured variable a takes R[b] over
CLOSURE     wn-  f*  R[a] is a closure with b captured variables
VECTOR      wnn  -   R[a] is a vector of the c registers from b, taken over
MAP         wnn  -   R[a] is a sorted map of the c keys and values from b, taken over
JUMP        -J-  -   go on elsewhere, forward
LOOP        -J-  -   go back; counts against the budget
JF          t-j  -   jump if R[a] is false
JT          t-j  -   jump if R[a] is true
RETURN      r--  -   the function's value is R[a]
THROW       r--  -   throw R[a]
ENTER       -n-  -   make sure that the frame stack has room for b registers
COUNT       ---  k   a counter of a call site or function (only in code with statistics)
STUB        ---  -   go on at the address in the upper 48 bits
NATIVE      ---  -   run machine code from the function's beginning, entered by the upper 48 bits
NATIVELOOP  ---  -   go back into machine code, entered by the upper 48 bits
BACK        ---  k   go on at the address in the inline word
HALT        ---  -   leave the machine with R[0]
"""

_OPERATORS = """
ADD    wrr  +      R[a] = R[b] + R[c]
SUB    wrr  -      R[a] = R[b] - R[c]
MUL    wrr  *      R[a] = R[b] * R[c]
DIV    wrr  /      R[a] = R[b] / R[c]
MOD    wrr  mod    R[a] = R[b] mod R[c]
ADDI   wri  +      R[a] = R[b] + c
SUBI   wri  -      R[a] = R[b] - c
NEG    wr-  -      R[a] = -R[b]
LT     wrr  <      R[a] = R[b] < R[c]
LE     wrr  <=     R[a] = R[b] <= R[c]
GT     wrr  >      R[a] = R[b] > R[c]
GE     wrr  >=     R[a] = R[b] >= R[c]
EQ     wrr  =      R[a] = R[b] = R[c]
NOT    wr-  not    R[a] = whether R[b] is false
CAR    wr-  car    R[a] = the first element of R[b]
CDR    wr-  cdr    R[a] = R[b] without its first element
CONS   wrr  cons   R[a] = R[b] in front of the list R[c]
NULL   wr-  null?  R[a] = whether R[b] is nil or the empty list
PAIR   wr-  pair?  R[a] = whether R[b] is a list with elements
JLT    ttj  <      jump if R[a] < R[b]
JNLT   ttj  <      jump unless R[a] < R[b]
JLE    ttj  <=     jump if R[a] <= R[b]
JNLE   ttj  <=     jump unless R[a] <= R[b]
JGT    ttj  >      jump if R[a] > R[b]
JNGT   ttj  >      jump unless R[a] > R[b]
JGE    ttj  >=     jump if R[a] >= R[b]
JNGE   ttj  >=     jump unless R[a] >= R[b]
JEQ    ttj  =      jump if R[a] = R[b]
JNEQ   ttj  =      jump unless R[a] = R[b]
JLTI   tij  <      jump if R[a] < b
JNLTI  tij  <      jump unless R[a] < b
JLEI   tij  <=     jump if R[a] <= b
JNLEI  tij  <=     jump unless R[a] <= b
JGTI   tij  >      jump if R[a] > b
JNGTI  tij  >      jump unless R[a] > b
JGEI   tij  >=     jump if R[a] >= b
JNGEI  tij  >=     jump unless R[a] >= b
JEQI   tij  =      jump if R[a] = b
JNEQI  tij  =      jump unless R[a] = b
JNULL  t-j  null?  jump if R[a] is nil or the empty list
JNNULL t-j  null?  jump unless R[a] is nil or the empty list
JPAIR  t-j  pair?  jump if R[a] is a list with elements
JNPAIR t-j  pair?  jump unless R[a] is a list with elements
"""

# The four calls and the forms that the cache strategies rewrite them to. CALL and TAIL find the
# callee in R[b], CALLG and TAILG in a global's cell; arguments are in R[a+2] and what follows.
_CALLS = {
    "CALL": ("wrn", "R[a] = R[b](R[a+2], ... c arguments)"),
    "CALLG": ("w-n", "R[a] = global(R[a+2], ... c arguments)"),
    "TAIL": ("wrn", "the function's value is R[b](R[a+2], ... c arguments)"),
    "TAILG": ("w-n", "the function's value is global(R[a+2], ... c arguments)"),
}
_CALL_FORMS = {
    "": "no cache, or megamorphic: the generic path",
    "_VM": "cache: one entry for the whole machine",
    "_SITE": "cache: a direct-mapped table per code object",
    "_LINK": "patched cache: not executed yet",
    "_MONO": "patched cache: monomorphic, this very closure",
    "_CODE": "patched cache: different closures of one lambda",
    "_POLY": "patched cache: polymorphic, two to four lambdas",
    "_NATIVE": "patched cache: monomorphic, a builtin or other native callee",
}


def _table() -> list[Opcode]:
    rows: list[tuple[str, str, str, str, str | None]] = []
    for line in _DATA.strip().splitlines():
        name, operands, words, doc = line.split(None, 3)
        rows.append((name, operands, words.replace("-", ""), doc, None))
    for line in _OPERATORS.strip().splitlines():
        name, operands, operator, doc = line.split(None, 3)
        rows.append((name, operands, "", doc, operator))
    for form, form_doc in _CALL_FORMS.items():
        for call, (operands, doc) in _CALLS.items():
            rows.append((call + form, operands, "s", f"{doc} ({form_doc})", None))
    return [Opcode(code, *row) for code, row in enumerate(rows)]


OPCODES = _table()
BY_NAME = {op.name: op for op in OPCODES}

# How far a call's form lies from its generic opcode, and what reports call the state.
CALL_FORMS = {form: len(_CALLS) * i for i, form in enumerate(_CALL_FORMS)}
FIRST_CALL = BY_NAME["CALL"].code
STATES = {
    "": "generic",
    "_VM": "vm",
    "_SITE": "site",
    "_LINK": "unlinked",
    "_MONO": "monomorphic",
    "_CODE": "same-code",
    "_POLY": "polymorphic",
    "_NATIVE": "native",
}

CALLED_OPERATORS = {
    "-": 1, "append": 2, "contains?": 2, "get": 2, "length": 1, "mutable-array/get": 2,
    "mutable-array/set!": 3, "not": 1, "nth": 2, "string-append": 2, "string-length": 1,
    "string-ref": 2,
}  # fmt: skip
"""Builtins without an instruction that stack traces show as operators, when called with so many
arguments."""


def size_of(op: Opcode, word: int) -> int:
    """The number of words of an instruction, itself included."""
    size = 1 + _INLINE_WORDS[op.words]
    return size + (word >> 32 & 0xFFFF) if op.words == "f*" else size


def encode(op: int, a: int = 0, b: int = 0, c: int = 0, flags: int = 0) -> int:
    """One instruction word; b and c may be negative."""
    return op | flags << 8 | (a & 0xFFFF) << 16 | (b & 0xFFFF) << 32 | (c & 0xFFFF) << 48


def encode_wide(op: int, a: int, wide: int, flags: int = 0) -> int:
    """One instruction word whose operand fills b and c."""
    return op | flags << 8 | a << 16 | (wide & 0xFFFFFFFF) << 32


def write_cython_enum(path: Path) -> None:
    """Write the numbers as a Cython enum, if they are not what the file already says."""
    lines = ["# Written by opcodes.py when the package is built.", "cdef enum:"]
    lines += [f"    OP_{op.name} = {op.code}" for op in OPCODES]
    lines += [f"    FORM{form or '_GENERIC'} = {offset}" for form, offset in CALL_FORMS.items()]
    lines += [
        f"    KILL_A = {KILL_A}",
        f"    KILL_B = {KILL_B}",
        f"    KILL_C = {KILL_C}",
        f"    JUMP_KILLS_A = {JUMP_KILLS_A}",
        f"    JUMP_KILLS_B = {JUMP_KILLS_B}",
        f"    FALL_KILLS_A = {FALL_KILLS_A}",
        f"    FALL_KILLS_B = {FALL_KILLS_B}",
        f"    SITE_WORDS = {SITE_WORDS}",
        f"    N_OPCODES = {len(OPCODES)}",
    ]
    text = "\n".join(lines) + "\n"
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
