# cython: language_level=3
"""Values as JSON, written straight from words into one piece of memory.

Unfinished arrays and objects wait on a stack of our own: data may be nested to any depth.
"""

from cpython.mem cimport PyMem_Free, PyMem_Realloc
from cpython.object cimport PyObject
from libc.stdint cimport int64_t
from libc.string cimport memcpy

from sema.errors import EvalError
from sema.reader.digits import integer_to_text
from sema.reader.printer import write
from sema.stdlib.sequences cimport Cursor, cursor_on, is_sequence, next_item
from sema.vm.maps cimport is_map, map_entries, map_size
from sema.vm.tree cimport TreeCursor, next_entry
from sema.vm.types import type_name
from sema.vm.values import make_vector
from sema.vm.values cimport Keyword, Symbol, is_string, name_of, to_object, to_word, type_of
from sema.vm.word cimport (
    FALSE, NIL, TRUE, Word, decref, is_double, is_int, is_ref, word_double, word_int, word_ptr,
)

cdef extern from "Python.h":
    bint PyUnicode_IS_ASCII(str)
    const char* PyUnicode_DATA(str)
    Py_ssize_t PyUnicode_GET_LENGTH(str)
    str PyUnicode_DecodeUTF8(const char*, Py_ssize_t, const char*)

cdef enum:
    MOST_DIGITS = 24


# An array, or an object whose entries stand in the order of their names as text; or, if they did
# not, an object as a sequence of names and values.
cdef struct Level:
    bint is_object
    bint in_order
    bint has_begun
    Py_ssize_t left
    Cursor items
    TreeCursor entries


cdef const char* HEXADECIMAL = b"0123456789abcdef"


cdef class Writer:
    """JSON that is being written."""

    cdef str who
    cdef bint is_pretty
    cdef char* data
    cdef Py_ssize_t size
    cdef Py_ssize_t capacity
    cdef Level* levels
    cdef Py_ssize_t depth
    cdef Py_ssize_t most_levels
    cdef list sorted_entries  # what the levels' items are in

    def __dealloc__(self):
        PyMem_Free(self.data)
        PyMem_Free(self.levels)

    # --- Pieces of text -------------------------------------------------------------------------

    cdef char* room(self, Py_ssize_t n) except NULL:
        """Where so many more bytes may be written."""
        cdef char* larger
        if self.capacity - self.size < n:
            larger = <char*>PyMem_Realloc(self.data, 2 * self.capacity + n + 256)
            if larger == NULL:
                raise MemoryError()
            self.data = larger
            self.capacity = 2 * self.capacity + n + 256
        return self.data + self.size

    cdef int put(self, const char* bytes, Py_ssize_t n) except -1:
        memcpy(self.room(n), bytes, n)
        self.size += n
        return 0

    cdef int put_char(self, char c) except -1:
        self.room(1)[0] = c
        self.size += 1
        return 0

    cdef int put_ascii(self, str text) except -1:
        return self.put(PyUnicode_DATA(text), PyUnicode_GET_LENGTH(text))

    cdef int put_int(self, int64_t value) except -1:
        cdef char[MOST_DIGITS] digits
        cdef int at = MOST_DIGITS
        cdef int64_t left = -value if value < 0 else value  # it has 48 bits
        while True:
            at -= 1
            digits[at] = c"0" + left % 10
            left //= 10
            if left == 0:
                break
        if value < 0:
            at -= 1
            digits[at] = c"-"
        return self.put(digits + at, MOST_DIGITS - at)

    cdef int put_string(self, str text) except -1:
        """A text between quotation marks."""
        cdef bytes encoded
        if PyUnicode_IS_ASCII(text):
            return self.put_quoted(<const unsigned char*>PyUnicode_DATA(text), len(text))
        encoded = text.encode("utf-8", "surrogatepass")
        return self.put_quoted(<const unsigned char*><const char*>encoded, len(encoded))

    cdef int put_quoted(self, const unsigned char* bytes, Py_ssize_t n) except -1:
        cdef Py_ssize_t start = 0, i
        cdef unsigned char c
        self.put_char(c'"')
        for i in range(n):
            c = bytes[i]
            if c < 0x20 or c == c'"' or c == c"\\":
                self.put(<const char*>bytes + start, i - start)
                self.put_escape(c)
                start = i + 1
        self.put(<const char*>bytes + start, n - start)
        return self.put_char(c'"')

    cdef int put_escape(self, unsigned char c) except -1:
        cdef char* at = self.room(6)
        at[0] = c"\\"
        if c == c'"' or c == c"\\":
            at[1] = c
        elif c == c"\n":
            at[1] = c"n"
        elif c == c"\r":
            at[1] = c"r"
        elif c == c"\t":
            at[1] = c"t"
        elif c == c"\f":
            at[1] = c"f"
        elif c == c"\b":
            at[1] = c"b"
        else:
            memcpy(at + 1, b"u00", 3)
            at[4] = HEXADECIMAL[c >> 4]
            at[5] = HEXADECIMAL[c & 15]
            self.size += 4
        self.size += 2
        return 0

    cdef int new_line(self) except -1:
        if self.is_pretty:
            self.put_char(c"\n")
            for _ in range(self.depth):
                self.put(b"  ", 2)
        return 0

    # --- Values ---------------------------------------------------------------------------------

    cdef int put_value(self, Word value) except -1:
        cdef Level* level
        while True:
            if not self.put_leaf(value):
                self.begin(value)
            while True:
                if self.depth == 0:
                    return 0
                level = &self.levels[self.depth - 1]
                if level.left:
                    break
                self.end(level)
            value = self.next_value(level)

    cdef bint put_leaf(self, Word value) except -1:
        """Write a value without parts; false if it may have some."""
        cdef PyObject* kind
        if is_int(value):
            self.put_int(word_int(value))
        elif is_double(value):
            if word_double(value) - word_double(value) != 0:
                return False
            self.put_ascii(float_text(word_double(value)))
        elif value == NIL:
            self.put(b"null", 4)
        elif value == TRUE:
            self.put(b"true", 4)
        elif value == FALSE:
            self.put(b"false", 5)
        elif is_sequence(value) or is_map(value) or not is_ref(value):
            return False
        else:
            kind = type_of(value)
            if kind == <PyObject*>str:
                self.put_string(<str>word_ptr(value))
            elif kind == <PyObject*>Keyword or kind == <PyObject*>Symbol:
                self.put_string(<str>name_of(value))
            elif kind == <PyObject*>int:
                self.put_ascii(integer_to_text(to_object(value)))
            elif type_name(to_object(value)) in ("rational", "complex"):
                self.put_string(write(to_object(value)))
            else:
                return False
        return True

    cdef int begin(self, Word value) except -1:
        """Write the beginning of an array or object, whose parts wait on the stack."""
        cdef Level* larger
        cdef Level* level
        if self.depth == self.most_levels:
            larger = <Level*>PyMem_Realloc(
                self.levels, (2 * self.most_levels + 8) * sizeof(Level))
            if larger == NULL:
                raise MemoryError()
            self.levels = larger
            self.most_levels = 2 * self.most_levels + 8
        level = &self.levels[self.depth]
        level.has_begun = False
        level.in_order = level.is_object = is_map(value)
        if level.is_object:
            level.entries = map_entries(value)
            level.left = map_size(value)
            if not names_in_order(value):
                self.put_in_order(level, value)
        elif is_sequence(value):
            level.items = cursor_on(value)
            level.left = level.items.left
        else:
            shown = write(to_object(value)) if is_double(value) else type_name(to_object(value))
            raise EvalError(f"{self.who}: Eval error: cannot encode {shown}")
        self.depth += 1
        return self.put_char(c"{" if level.is_object else c"[")

    cdef int put_in_order(self, Level* level, Word m) except -1:
        """Let a level go through the entries of a map in the order of their names."""
        cdef Word entries
        names = {key_text(key): value for key, value in to_object(m).items()}
        held = make_vector([part for name in sorted(names) for part in (name, names[name])])
        if self.sorted_entries is None:
            self.sorted_entries = []
        self.sorted_entries.append(held)
        entries = to_word(held)
        level.in_order = False
        level.items = cursor_on(entries)
        level.left = len(names)
        decref(entries)
        return 0

    cdef Word next_value(self, Level* level) except? 0:
        """The next part, borrowed; what stands before it is written."""
        cdef Word key, value
        if level.has_begun:
            self.put_char(c",")
        level.has_begun = True
        self.new_line()
        level.left -= 1
        if not level.is_object:
            return next_item(&level.items)
        if level.in_order:
            next_entry(&level.entries, &key, &value)
        else:
            key = next_item(&level.items)
            value = next_item(&level.items)
        self.put_string(<str>word_ptr(key) if is_string(key) else <str>name_of(key))
        self.put(b": ", 2 if self.is_pretty else 1)
        return value

    cdef int end(self, Level* level) except -1:
        """Write the end of an array or object."""
        self.depth -= 1
        if level.has_begun:
            self.new_line()
        return self.put_char(c"}" if level.is_object else c"]")


cdef str json_text(Word value, str who, bint is_pretty):
    """The JSON of a value, indented by two if it is to be pretty. Raises EvalError."""
    cdef Writer writer = Writer()
    writer.who = who
    writer.is_pretty = is_pretty
    writer.put_value(value)
    return PyUnicode_DecodeUTF8(writer.data, writer.size, "surrogatepass")


cdef bint names_in_order(Word m) noexcept:
    """Whether all keys are strings, or all keywords, which a map has in order."""
    cdef TreeCursor cursor = map_entries(m)
    cdef PyObject* kind = NULL
    cdef Word key, value
    while next_entry(&cursor, &key, &value):
        if not is_ref(key) or (kind != NULL and type_of(key) != kind):
            return False
        kind = type_of(key)
    return kind == NULL or kind == <PyObject*>str or kind == <PyObject*>Keyword


cdef str key_text(object key):
    cdef object kind = type(key)
    if kind is Keyword:
        return (<Keyword>key).name
    if kind is str:
        return <str>key
    return write(key)


cdef str float_text(double value):
    """The shortest digits; with an exponent from 1e16 up and below 1e-5."""
    cdef str text = repr(value)
    mantissa, small, exponent = text.partition("e-")
    if not small:
        return text
    return write(value) if abs(value) >= 1e-5 else f"{mantissa}e-{int(exponent)}"
