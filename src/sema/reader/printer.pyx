# cython: language_level=3
"""Values → text, without recursion: lists of any depth print.

A type that the printer does not know prints itself by a method ``__sema_write__()``, which
returns its text, or ``(prefix, items, suffix)`` whose items are printed with spaces between them.
"""

from cpython.mem cimport PyMem_Free, PyMem_Realloc
from cpython.unicode cimport PyUnicode_FromKindAndData
from libc.stdint cimport int64_t, uint64_t
from libc.string cimport strchr, strlen

from sema.reader.chars cimport CodePoint
from sema.vm.limits cimport spend
from sema.vm.values cimport (
    Builtin, Closure, Keyword, Symbol, is_pair, is_vector, pair_head, pair_tail, to_object,
    to_word, vector_items, vector_size,
)
from sema.vm.word cimport (
    EMPTY, FALSE, NIL, TRUE, Word, decref, is_char, is_double, is_int, is_ref, word_double,
    word_int,
)

import sys

cdef extern from "Python.h":
    const int PyUnicode_4BYTE_KIND
    int PyUnicode_KIND(object)
    const void* PyUnicode_DATA(object)
    Py_UCS4 PyUnicode_READ(int kind, const void* data, Py_ssize_t index)
    char* PyOS_double_to_string(double, char, int, int, int*) except NULL

cdef enum:
    UNLIMITED = -1

cdef enum LevelKind:
    IN_LIST
    IN_VECTOR
    IN_ITEMS

# A collection that is being printed.
cdef struct Level:
    LevelKind kind
    Word rest  # of a list: what is to be printed; of a vector: the vector. Borrowed
    Py_ssize_t next  # of a vector, or of the items at `items` in `Writer.held`
    Py_ssize_t items


cdef class Writer:
    """Collects the text of one value; gives up when it is longer than `limit` bytes of UTF-8."""

    cdef CodePoint* out
    cdef Py_ssize_t n
    cdef Py_ssize_t capacity
    cdef Py_ssize_t extra_bytes  # of UTF-8, beyond one for each character
    cdef Py_ssize_t limit
    cdef Level* levels
    cdef Py_ssize_t depth
    cdef Py_ssize_t levels_capacity
    cdef list held  # the items of each IN_ITEMS level, and its suffix

    def __cinit__(self, Py_ssize_t limit=UNLIMITED):
        self.limit = limit
        self.held = []

    def __dealloc__(self):
        PyMem_Free(self.out)
        PyMem_Free(self.levels)

    cdef str text(self):
        return <str>PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, self.out, self.n)

    # --- Characters -----------------------------------------------------------------------------

    cdef inline int put(self, CodePoint c) except -1:
        if self.n == self.capacity:
            self.grow(1)
        self.out[self.n] = c
        self.n += 1
        if c >= 0x80:
            self.extra_bytes += 1 + (c >= 0x800) + (c >= 0x10000)
        return 0

    cdef int grow(self, Py_ssize_t wanted) except -1:
        cdef Py_ssize_t capacity = 2 * self.capacity + wanted + 64
        cdef CodePoint* larger = <CodePoint*>PyMem_Realloc(self.out, capacity * sizeof(CodePoint))
        if larger == NULL:
            raise MemoryError
        self.out = larger
        self.capacity = capacity
        return 0

    cdef int put_text(self, str text) except -1:
        cdef int kind = PyUnicode_KIND(text)
        cdef const void* data = PyUnicode_DATA(text)
        cdef Py_ssize_t i
        for i in range(len(text)):
            self.put(<CodePoint>PyUnicode_READ(kind, data, i))
        return 0

    cdef int put_ascii(self, const char* text, Py_ssize_t n) except -1:
        cdef Py_ssize_t i
        for i in range(n):
            self.put(<CodePoint>text[i])
        return 0

    cdef bint is_too_long(self) noexcept:
        return self.limit != UNLIMITED and self.n + self.extra_bytes > self.limit

    # --- Collections ----------------------------------------------------------------------------

    cdef bint write(self, Word value) except -1:
        """Write a value, borrowed; false if it does not fit."""
        cdef Level* level
        cdef Py_ssize_t steps = 0
        self.put_value(value)
        while self.depth:
            steps += 1
            if steps % 1024 == 0:
                spend(8 * 1024)
            if self.is_too_long():
                return False
            level = &self.levels[self.depth - 1]
            if level.kind == IN_LIST:
                if level.rest == EMPTY:
                    self.depth -= 1
                    self.put(c")")
                    continue
                if level.next:
                    self.put(c" ")
                level.next = 1
                value = pair_head(level.rest)
                level.rest = pair_tail(level.rest)
                self.put_value(value)
            elif level.kind == IN_VECTOR:
                if level.next == vector_size(level.rest):
                    self.depth -= 1
                    self.put(c"]")
                    continue
                if level.next:
                    self.put(c" ")
                level.next += 1
                self.put_value(vector_items(level.rest)[level.next - 1])
            else:
                self.put_next_item(level)
        return not self.is_too_long()

    cdef Level* enter(self, LevelKind kind) except NULL:
        cdef Level* larger
        if self.depth == self.levels_capacity:
            self.levels_capacity = 2 * self.levels_capacity + 32
            larger = <Level*>PyMem_Realloc(self.levels, self.levels_capacity * sizeof(Level))
            if larger == NULL:
                raise MemoryError
            self.levels = larger
        self.depth += 1
        larger = &self.levels[self.depth - 1]
        larger.kind = kind
        larger.next = 0
        return larger

    cdef int enter_items(self, str prefix, items, str suffix) except -1:
        """Write a list of objects; an object that only the list holds lives as long as that."""
        cdef Level* level
        self.put_text(prefix)
        level = self.enter(IN_ITEMS)
        level.items = len(self.held)
        self.held.append(list(items))
        self.held.append(suffix)
        return 0

    cdef int put_next_item(self, Level* level) except -1:
        cdef list items = self.held[level.items]
        cdef Word value
        if level.next == len(items):
            self.depth -= 1
            self.put_text(self.held.pop())
            self.held.pop()
            return 0
        if level.next:
            self.put(c" ")
        level.next += 1
        value = to_word(items[level.next - 1])
        try:
            return self.put_value(value)
        finally:
            decref(value)

    # --- Values ---------------------------------------------------------------------------------

    cdef int put_value(self, Word value) except -1:
        """Write an atom, or the start of a collection, which becomes the innermost level."""
        cdef Level* level
        if is_int(value):
            return self.put_integer(word_int(value))
        if is_double(value):
            return self.put_double(word_double(value))
        if is_pair(value):
            self.put(c"(")
            level = self.enter(IN_LIST)
            level.rest = value
            return 0
        if is_vector(value):
            self.put(c"[")
            level = self.enter(IN_VECTOR)
            level.rest = value
            return 0
        if is_ref(value):
            return self.put_object(to_object(value))
        if is_char(value):
            return self.put_char(<CodePoint>(value & 0x1FFFFF))
        if value == NIL:
            return self.put_ascii("nil", 3)
        if value == TRUE:
            return self.put_ascii("#t", 2)
        if value == FALSE:
            return self.put_ascii("#f", 2)
        return self.put_ascii("()", 2)

    cdef int put_integer(self, int64_t value) except -1:
        cdef char digits[24]
        cdef int at = 24
        cdef uint64_t rest = <uint64_t>(-value if value < 0 else value)
        while True:
            at -= 1
            digits[at] = <char>(c"0" + <int>(rest % 10))
            rest //= 10
            if rest == 0:
                break
        if value < 0:
            at -= 1
            digits[at] = c"-"
        return self.put_ascii(digits + at, 24 - at)

    cdef int put_double(self, double value) except -1:
        """The shortest digits that read back as the same number, without an exponent."""
        cdef char* text
        if value != value:
            return self.put_ascii("NaN", 3)
        if value - value != 0:
            return self.put_ascii("-inf", 4) if value < 0 else self.put_ascii("inf", 3)
        text = PyOS_double_to_string(value, c"r", 0, 2, NULL)  # 2: with `.0` if whole
        try:
            if strchr(text, c"e") == NULL:
                return self.put_ascii(text, <Py_ssize_t>strlen(text))
            return self.put_scaled(text.decode("ascii"))
        finally:
            PyMem_Free(text)

    cdef int put_scaled(self, str text) except -1:
        """`[-]D[.DDD]e±NN`, positionally."""
        mantissa, exponent = text.split("e")
        whole, _, fraction = mantissa.lstrip("-").partition(".")
        point = len(whole) + int(exponent)
        digits = whole + fraction
        if text.startswith("-"):
            self.put(c"-")
        if point <= 0:
            return self.put_text("0." + "0" * -point + digits)
        return self.put_text(digits[:point].ljust(point, "0") + "." + (digits[point:] or "0"))

    cdef int put_char(self, CodePoint c) except -1:
        self.put_ascii("#\\", 2)
        if c == c" ":
            return self.put_ascii("space", 5)
        if c == c"\n":
            return self.put_ascii("newline", 7)
        if c == c"\t":
            return self.put_ascii("tab", 3)
        if c == c"\r":
            return self.put_ascii("return", 6)
        if c == 0:
            return self.put_ascii("nul", 3)
        return self.put(c)

    cdef int put_string(self, str text) except -1:
        cdef int kind = PyUnicode_KIND(text)
        cdef const void* data = PyUnicode_DATA(text)
        cdef CodePoint c
        cdef Py_ssize_t i
        self.put(c'"')
        for i in range(len(text)):
            c = <CodePoint>PyUnicode_READ(kind, data, i)
            if c == c"\n":
                self.put_ascii("\\n", 2)
            elif c == c"\t":
                self.put_ascii("\\t", 2)
            elif c == c"\r":
                self.put_ascii("\\r", 2)
            else:
                if c == c'"' or c == c"\\":
                    self.put(c"\\")
                self.put(c)
        return self.put(c'"')

    cdef int put_object(self, object value) except -1:
        if isinstance(value, Symbol):
            return self.put_text((<Symbol>value).name)
        if isinstance(value, str):
            return self.put_string(value)
        if isinstance(value, Keyword):
            self.put(c":")
            return self.put_text((<Keyword>value).name)
        if isinstance(value, (Closure, Builtin)):
            return self.put_text(repr(value))
        if isinstance(value, bytes):
            return self.enter_items("#u8(", value, ")")
        if isinstance(value, int):
            return self.put_text(integer_text(int(value)))
        if isinstance(value, float):
            return self.put_double(value)
        if is_map(value):
            pairs = value.items()
            return self.enter_items("{", [part for pair in pairs for part in pair], "}")
        if hasattr(type(value), "__sema_write__"):
            return self.put_by_itself(value.__sema_write__())
        if is_fraction(value):
            return self.put_ratio(value)
        if is_complex(value):
            return self.put_complex(value)
        return self.put_text(f"<python {type(value).__name__}>")

    cdef int put_by_itself(self, object shown) except -1:
        if isinstance(shown, str):
            return self.put_text(shown)
        prefix, items, suffix = shown
        return self.enter_items(prefix, items, suffix)

    cdef int put_ratio(self, object value) except -1:
        self.put_text(integer_text(value.numerator))
        self.put(c"/")
        return self.put_text(integer_text(value.denominator))

    cdef int put_complex(self, object value) except -1:
        cdef str imaginary = write(value.im)
        self.put_text(write(value.re))
        if imaginary[0] != u"-":
            self.put(c"+")
        self.put_text(imaginary)
        return self.put(c"i")


cdef str integer_text(object value):
    from sema.reader.digits import integer_to_text
    return integer_to_text(value)


cdef bint is_fraction(object value) except -1:
    """Whether a rational; `fractions` is slow to load, and without it there is none."""
    module = sys.modules.get("fractions")
    return module is not None and isinstance(value, module.Fraction)


cdef bint is_complex(object value) except -1:
    from sema.vm.numbers import Complex
    return isinstance(value, Complex)


cpdef bint is_map(object value) except -1:
    """Whether a map or a hash map."""
    from sema.vm.maps import HashMap, Map
    return isinstance(value, (Map, HashMap))


# --- The door -----------------------------------------------------------------------------------

cdef str written(object value, Py_ssize_t limit):
    cdef Writer writer = Writer(limit)
    cdef Word word = to_word(value)
    try:
        return writer.text() if writer.write(word) else None
    finally:
        decref(word)


def write(value):
    """The text of a value as a program would write it."""
    return written(value, UNLIMITED)


def display(value):
    """The text of a value for people: a string as it is, everything else as ``write``."""
    return str(value) if isinstance(value, str) else written(value, UNLIMITED)


def write_within(value, Py_ssize_t limit):
    """As ``write``, but None if the text is longer than `limit` bytes (of UTF-8)."""
    return written(value, max(limit, 0))
