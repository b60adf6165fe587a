"""Compiled files: what ``sema compile`` writes, to skip reading and compiling.

A file is for the very instruction set that wrote it, not for interchange. Little-endian::

    magic 00 53 45 4D · format u16 · "Py" · CRC-32 of the instruction set · of the source ·
    of the payload u32 each · three lengths u32: 64-bit words, 32-bit numbers, bytes of text
    payload: these three columns

The numbers say in this order: the lengths of the texts; the constants (see ``pool.py``); the
functions, inner ones in front of those that contain them, the top level last. The words are those
of the constants, then the functions' instructions, whose inline words name constants, globals
(by text) and functions (by number).

The checksums tell accidents apart from what the compiler wrote. They are no protection against
somebody who writes a file by hand, but the verifier is: code from a file is checked before it
runs, and a malformed file is an error, never a crash. What the program then does is another
matter; run only files that you would run as source.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any
from zlib import crc32

from sema.compiler.pool import Columns, Damaged, PoolWriter, read_constants
from sema.compiler.unit import CodeUnit, Handler
from sema.compiler.verify import Unsound, instructions, verify
from sema.errors import CompileError, SemaError, Span
from sema.vm.opcodes import OPCODES, SITE_WORDS

MAGIC = b"\0SEM"
FORMAT = 1
_IMPLEMENTATION = b"Py"
_HEADER = struct.Struct("<4sH2s6I")
_POSITION_FIELDS = 6  # offset, file, line, column, end line, end column
_SOURCE_AGAIN = "compile the source again"


@cache
def instruction_set() -> int:
    """A number that changes with the instruction set."""
    table = [(op.name, op.operands, op.words, op.operator) for op in OPCODES]
    return crc32(repr((table, SITE_WORDS)).encode())


# --- Writing --------------------------------------------------------------------------------------


def serialise(unit: CodeUnit, source: str) -> bytes:
    """The contents of the compiled file of a unit and its source text.

    Raises :class:`CompileError` if the code contains a value that only exists at run time.
    """
    columns = Columns()
    pool = PoolWriter(columns)
    functions = _inner_first(unit)
    numbers = {id(function): i for i, function in enumerate(functions)}
    records: list[int] = [len(functions)]
    code = array("Q")
    for function in functions:
        records += _record(function, columns, pool)
        code += _named_words(function, columns, pool, numbers)
    columns.numbers.extend([len(columns.texts), *map(len, columns.texts), pool.count])
    columns.numbers += pool.entries
    columns.numbers.extend(records)
    columns.words += code
    text = b"".join(columns.texts)
    payload = _little_endian(columns.words) + _little_endian(columns.numbers) + text
    sizes = len(columns.words), len(columns.numbers), len(text)
    checksums = instruction_set(), crc32(source.encode()), crc32(payload)
    return _HEADER.pack(MAGIC, FORMAT, _IMPLEMENTATION, *checksums, *sizes) + payload


def _inner_first(unit: CodeUnit) -> list[CodeUnit]:
    found = []
    pending = [unit]
    while pending:
        function = pending.pop()
        found.append(function)
        pending.extend(inner for _, inner in function.functions)
    return found[::-1]


def _record(function: CodeUnit, columns: Columns, pool: PoolWriter) -> Iterator[int]:
    """Everything about a function but its words."""
    text = columns.text
    yield from (text(function.name), text(function.file), function.n_params, function.has_rest)
    yield from (function.n_registers, len(function.words))
    positions = function.positions
    yield len(positions)
    yield from (offset for offset, _ in positions)
    yield from (text(span.file) for _, span in positions)
    yield from (span.line for _, span in positions)
    yield from (span.column for _, span in positions)
    yield from (span.end_line for _, span in positions)
    yield from (span.end_column for _, span in positions)
    yield len(function.handlers)
    for handler in function.handlers:
        yield from (handler.start, handler.end, handler.target, handler.register)
        yield pool.entry(handler.keep)
    yield len(function.operators)
    for offset, names, folded in function.operators:
        yield from (offset, text(names))
        yield 0 if folded is None else len(folded) + 1
        yield from (pool.entry(value) for value in folded or ())


def _named_words(
    function: CodeUnit, columns: Columns, pool: PoolWriter, numbers: dict[int, int]
) -> array[int]:
    """A function's words; the inline ones are the numbers of what they stand for."""
    words = array("Q", function.words)
    for at, value in function.constants:
        words[at] = pool.entry(value)
    for at, name in function.globals:
        words[at] = columns.text(name)
    for at, inner in function.functions:
        words[at] = numbers[id(inner)]
    return words


def _little_endian(column: array[int]) -> bytes:
    if sys.byteorder == "big":
        column = column[:]
        column.byteswap()
    return column.tobytes()


# --- Reading --------------------------------------------------------------------------------------


def deserialise(data: bytes, path: str | None = None) -> CodeUnit:
    """The unit in the contents of a compiled file, verified.

    ``path`` is named in errors. Raises :class:`CompileError` for anything else than the contents
    of a file that this version of Sema has written.
    """
    try:
        unit = _Reader(*_columns(data)).read()
        verify(unit)
    except CompileError as error:
        if path is not None:
            error = CompileError(f"{path}: {error.message}")
        raise error from None
    except (Unsound, Damaged) as error:
        raise _damaged(str(error), path) from None
    except (StopIteration, LookupError):
        raise _damaged("a table is cut off", path) from None
    except (ValueError, TypeError, OverflowError, SemaError) as error:
        raise _damaged(f"a table is malformed ({error})", path) from None
    return unit


def describe(data: bytes) -> dict[str, Any]:
    """What a compiled file says of itself, after all checks. Raises :class:`CompileError`."""
    unit = deserialise(data)
    functions = _inner_first(unit)
    return {
        "format": FORMAT,
        "file": unit.file,
        "source_crc": _HEADER.unpack_from(data)[4],
        "functions": len(functions),
        "words": sum(len(function.words) for function in functions),
    }


def _damaged(what: str, path: str | None = None) -> CompileError:
    return CompileError(f"{path + ': ' if path else ''}damaged compiled file: {what}")


def _columns(data: bytes) -> tuple[array[int], array[int], bytes]:
    """Check the header, and cut the payload up."""
    if not data.startswith(MAGIC):
        raise CompileError("not a compiled Sema file")
    if len(data) < _HEADER.size:
        raise _damaged("the header is cut off")
    _, version, implementation, isa, _, checksum, *sizes = _HEADER.unpack_from(data)
    if implementation != _IMPLEMENTATION:
        raise CompileError(
            f"unsupported bytecode format version {version} (expected {FORMAT}). "
            "Recompile from source."
        )
    if version != FORMAT:
        raise CompileError(
            f"compiled by another version of Sema (format {version}, expected {FORMAT}): "
            + _SOURCE_AGAIN
        )
    if isa != instruction_set():
        raise CompileError(
            f"compiled by another version of Sema (other instructions): {_SOURCE_AGAIN}"
        )
    payload = data[_HEADER.size :]
    if len(payload) != 8 * sizes[0] + 4 * sizes[1] + sizes[2]:
        raise _damaged("its length is wrong")
    if crc32(payload) != checksum:
        raise _damaged("its checksum is wrong")
    words, numbers = array("Q"), array("I")
    end = 8 * sizes[0]
    words.frombytes(payload[:end])
    numbers.frombytes(payload[end : end + 4 * sizes[1]])
    if sys.byteorder == "big":
        words.byteswap()
        numbers.byteswap()
    return words, numbers, payload[end + 4 * sizes[1] :]


class _Reader:
    """Reads the columns in order. A column that ends too early raises StopIteration."""

    def __init__(self, words: array[int], numbers: array[int], text: bytes) -> None:
        self._words = iter(words)
        self._numbers = iter(numbers)
        self._texts = self._read_texts(text)
        self._constants = read_constants(self._words, self._numbers, self._texts)
        self._functions: list[CodeUnit | None] = []

    def read(self) -> CodeUnit:
        """The top level."""
        for _ in range(next(self._numbers)):
            self._functions.append(self._read_function())
        *inner, unit = self._functions
        if unit is None or any(inner) or next(self._numbers, None) is not None:
            raise Damaged("something is left over")
        return unit

    def _take(self, count: int) -> list[int]:
        taken = list(islice(self._numbers, count))
        if len(taken) != count:
            raise Damaged("a table is cut off")
        return taken

    def _read_texts(self, blob: bytes) -> list[str | None]:
        texts: list[str | None] = [None]
        start = 0
        for length in self._take(next(self._numbers)):
            texts.append(blob[start : start + length].decode("utf-8", "surrogatepass"))
            start += length
        if start != len(blob):
            raise Damaged("its texts have another length")
        return texts

    def _text(self, number: int) -> str:
        text = self._texts[number]
        if text is None:
            raise Damaged("a text is missing")
        return text

    def _read_function(self) -> CodeUnit:
        name, file, n_params, has_rest, n_registers, n_words = self._take(6)
        unit = CodeUnit(self._texts[name], self._texts[file], n_params, bool(has_rest), n_registers)
        unit.words = array("Q", islice(self._words, n_words))
        if len(unit.words) != n_words:
            raise Damaged("the instructions are cut off")
        self._read_positions(unit)
        for _ in range(next(self._numbers)):
            start, end, target, register, keep = self._take(5)
            mask = self._constants[keep]
            if type(mask) is not int or mask < 0:
                raise Damaged("an exception handler is malformed")
            unit.handlers.append(Handler(start, end, target, register, mask))
        for _ in range(next(self._numbers)):
            offset, names, folded = self._take(3)
            values = [self._constants[i] for i in self._take(folded - 1)] if folded else None
            unit.operators.append((offset, self._text(names), values))
        self._resolve(unit)
        return unit

    def _read_positions(self, unit: CodeUnit) -> None:
        count = next(self._numbers)
        offsets, files, *places = (self._take(count) for _ in range(_POSITION_FIELDS))
        names = map(self._texts.__getitem__, files)
        unit.positions = list(zip(offsets, map(Span, *places, names), strict=True))

    def _resolve(self, unit: CodeUnit) -> None:
        """Turn the inline words back into side tables."""
        words = unit.words
        for at, op in instructions(words):
            if not op.words:
                continue
            value = words[at + 1]
            if op.words == "k":
                unit.constants.append((at + 1, self._constants[value]))
            elif op.words == "f*":
                inner = self._functions[value]
                if inner is None:
                    raise Damaged("a function occurs twice")
                self._functions[value] = None
                unit.functions.append((at + 1, inner))
            else:
                if op.words == "s":
                    unit.sites.append(at)
                if not op.names_global:
                    continue
                unit.globals.append((at + 1, self._text(value)))
            words[at + 1] = 0
