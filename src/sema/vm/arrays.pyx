# cython: language_level=3
"""Packed arrays of numbers, doubles or integers of 64 bits, that share their memory with Python.

Python reads and writes them as buffers, without copying: ``numpy.asarray(array)``. The other way
round, ``F64Array(buffer)`` is an array in the memory of somebody else. To programs in Sema they
are values that do not change: what "sets" an element makes a copy, unless nobody could notice.
"""

from cpython.buffer cimport (
    PyBUF_FORMAT, PyBUF_SIMPLE, PyBUF_STRIDES, PyBUF_WRITABLE, PyBuffer_IsContiguous,
    PyBuffer_Release, PyObject_CheckBuffer, PyObject_GetBuffer,
)
from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc
from cpython.number cimport PyNumber_Index
from libc.math cimport NAN
from libc.stdint cimport INT64_MAX, uint64_t
from libc.string cimport memcmp, memcpy

from sema.vm.values cimport to_object, to_word
from sema.vm.word cimport (
    ABSENT, Word, double_word, fits_word, int_word, is_double, is_int, word_double, word_int,
)

import sys

from sema.errors import SemaTypeError
from sema.vm.types import type_name

cdef enum:
    ITEM_SIZE = sizeof(int64_t)

cdef Py_ssize_t stride = ITEM_SIZE
cdef str NATIVE = "@=<" if sys.byteorder == "little" else "@=>"
# What NumPy calls int64.
cdef char* INTEGER_FORMAT = "l" if sizeof(long) == ITEM_SIZE else "q"
cdef char* FLOAT_FORMAT = "d"


cdef class TypedArray:
    """What both kinds of array have in common: all that does not ask what the bits mean."""

    def __init__(self, source=()):
        if self.items != NULL:
            raise TypeError(f"this {type(self).__name__} has its memory already")
        if PyObject_CheckBuffer(source):
            self.wrap(source)
            return
        cdef list numbers = list(source)
        cdef Py_ssize_t i
        self.allocate(len(numbers))
        for i in range(self.size):
            self.put_object(i, numbers[i])

    def __dealloc__(self):
        if self.is_foreign:
            PyBuffer_Release(&self.foreign)
        else:
            PyMem_RawFree(self.items)

    cdef int allocate(self, Py_ssize_t size) except -1:
        """Get memory for an array that has none. Raises MemoryError."""
        if size > INT64_MAX // ITEM_SIZE:
            raise MemoryError()
        self.items = <int64_t*>PyMem_RawMalloc(max(size, 1) * ITEM_SIZE)
        if self.items == NULL:
            raise MemoryError()
        self.size = size
        return 0

    cdef int wrap(self, object source) except -1:
        """Use the memory of a buffer. Raises ValueError for one of another shape or type."""
        PyObject_GetBuffer(source, &self.foreign, PyBUF_FORMAT | PyBUF_STRIDES)
        self.is_foreign = True
        cdef str format = self.foreign.format.decode() if self.foreign.format != NULL else "B"
        if format and format[0] in NATIVE:
            format = format[1:]
        if format not in type(self).formats or self.foreign.itemsize != ITEM_SIZE:
            raise ValueError(f"expected a buffer of {type(self).element}, got format '{format}'")
        if self.foreign.ndim != 1 or not PyBuffer_IsContiguous(&self.foreign, c"C"):
            raise ValueError("expected a buffer of one dimension without gaps")
        self.items = <int64_t*>self.foreign.buf
        self.size = self.foreign.len // ITEM_SIZE
        return 0

    # --- Elements as words; the two kinds differ in these ----------------------------------------

    cdef Word word_at(self, Py_ssize_t i) except ABSENT:
        raise NotImplementedError

    cdef int put(self, Py_ssize_t i, Word w) except -1:
        """Store a number, borrowed. Raises SemaTypeError if it is none for this array."""
        raise NotImplementedError

    cdef int put_object(self, Py_ssize_t i, object number) except -1:
        """Store a number of Python. Raises TypeError, OverflowError."""
        raise NotImplementedError

    cdef str text_at(self, Py_ssize_t i):
        raise NotImplementedError

    cdef bint is_ours(self):
        """Whether no Python program can see the memory."""
        return not self.is_foreign and not self.exports

    # --- Python ----------------------------------------------------------------------------------

    def __getbuffer__(self, Py_buffer* buffer, int flags):
        cdef bint is_readonly = self.is_foreign and self.foreign.readonly
        if is_readonly and flags & PyBUF_WRITABLE:
            raise BufferError("the memory of this array is read-only")
        buffer.buf = self.items
        buffer.obj = self
        buffer.len = self.size * ITEM_SIZE
        buffer.readonly = is_readonly
        buffer.itemsize = ITEM_SIZE
        buffer.format = NULL
        if flags & PyBUF_FORMAT:
            buffer.format = FLOAT_FORMAT if type(self) is F64Array else INTEGER_FORMAT
        buffer.ndim = 1
        buffer.shape = &self.size
        buffer.strides = &stride
        buffer.suboffsets = NULL
        buffer.internal = NULL
        self.exports += 1

    def __releasebuffer__(self, Py_buffer* buffer):
        self.exports -= 1

    def __len__(self):
        return self.size

    def __getitem__(self, index):
        return memoryview(self)[index]

    def __iter__(self):
        return iter(memoryview(self))

    def tolist(self):
        """The numbers as a list of Python."""
        return memoryview(self).tolist()

    def __repr__(self):
        return f"<sema {self.__sema_write__()}>"

    def __reduce_ex__(self, protocol):
        if protocol < 5:
            return array_of_bytes, (type(self), bytes(self))
        from pickle import PickleBuffer
        return array_of_bytes, (type(self), PickleBuffer(self))

    # --- Equality and order ----------------------------------------------------------------------

    def __eq__(self, other):
        if type(self) is not type(other):
            return NotImplemented
        cdef TypedArray array = <TypedArray>other
        return self.size == array.size and memcmp(
            self.items, array.items, self.size * ITEM_SIZE) == 0

    def __lt__(self, other):
        return self.compare(other) < 0 if type(self) is type(other) else NotImplemented

    def __gt__(self, other):
        return self.compare(other) > 0 if type(self) is type(other) else NotImplemented

    def __hash__(self):
        cdef uint64_t h = <uint64_t>self.size
        cdef Py_ssize_t i
        for i in range(self.size):
            h = (h ^ <uint64_t>self.items[i]) * <uint64_t>0x9E3779B97F4A7C15
            h ^= h >> 29
        return <Py_hash_t>(h >> 1)

    cdef int compare(self, TypedArray other) noexcept:
        """-1, 0 or 1: element by element, in the total order of the bits."""
        cdef Py_ssize_t i
        cdef int64_t a, b
        for i in range(min(self.size, other.size)):
            a, b = rank(self, i), rank(other, i)
            if a != b:
                return -1 if a < b else 1
        return (self.size > other.size) - (self.size < other.size)

    def __sema_write__(self):
        cdef Py_ssize_t i
        texts = [self.text_at(i) for i in range(self.size)]
        return f"#{type(self).prefix}({' '.join(texts)})"


cdef class F64Array(TypedArray):
    """A packed array of floats. ``F64Array(numbers)`` copies numbers, ``F64Array(buffer)`` shares
    the memory of a buffer of one dimension such as an array of NumPy's float64. Raises
    TypeError for what is no number, ValueError for another kind of buffer."""

    __sema_type__ = "f64-array"
    element = "float64"
    formats = ("d",)
    prefix = "f64"

    cdef Word word_at(self, Py_ssize_t i) except ABSENT:
        cdef double value = (<double*>self.items)[i]
        return double_word(value if value == value else NAN)  # other NaNs mean other things

    cdef int put(self, Py_ssize_t i, Word w) except -1:
        cdef double* items = <double*>self.items
        if is_double(w):
            items[i] = word_double(w)
        elif is_int(w):
            items[i] = <double>word_int(w)
        else:
            items[i] = <double>large_integer(w, "number")
        return 0

    cdef int put_object(self, Py_ssize_t i, object number) except -1:
        (<double*>self.items)[i] = number
        return 0

    cdef str text_at(self, Py_ssize_t i):
        from sema.reader.printer import write
        return write((<double*>self.items)[i]).removesuffix(".0")


cdef class I64Array(TypedArray):
    """A packed array of integers of 64 bits. ``I64Array(integers)`` copies integers,
    ``I64Array(buffer)`` shares the memory of a buffer of one dimension such as an array of NumPy's
    int64. Raises TypeError or OverflowError for other elements, ValueError for another kind of
    buffer."""

    __sema_type__ = "i64-array"
    element = "int64"
    formats = ("l", "q") if sizeof(long) == ITEM_SIZE else ("q",)
    prefix = "i64"

    cdef Word word_at(self, Py_ssize_t i) except ABSENT:
        cdef int64_t value = self.items[i]
        return int_word(value) if fits_word(value) else to_word(value)

    cdef int put(self, Py_ssize_t i, Word w) except -1:
        self.items[i] = word_int(w) if is_int(w) else large_integer(w, "integer")
        return 0

    cdef int put_object(self, Py_ssize_t i, object number) except -1:
        self.items[i] = PyNumber_Index(number)
        return 0

    cdef str text_at(self, Py_ssize_t i):
        return str(self.items[i])


cdef int64_t large_integer(Word w, str expected) except? -1:
    """An integer of 64 bits that is no small one; raises SemaTypeError for other values."""
    value = to_object(w)
    if type(value) is int and -(1 << 63) <= value < 1 << 63:
        return value
    raise SemaTypeError(expected, type_name(value))


cdef inline int64_t rank(TypedArray array, Py_ssize_t i) noexcept:
    """An integer whose order is that of the elements; negative doubles descend in their bits."""
    cdef int64_t bits = array.items[i]
    return bits ^ ((bits >> 63) & INT64_MAX) if type(array) is F64Array else bits


cdef TypedArray new_array(object kind, Py_ssize_t size):
    """An array of so many elements that are still to be set. Raises MemoryError."""
    cdef TypedArray made = kind.__new__(kind)
    made.allocate(size)
    return made


def array_of_bytes(kind, data):
    """An array of a kind with the bytes of a buffer: what pickles consist of."""
    cdef Py_buffer bits
    cdef TypedArray made
    PyObject_GetBuffer(data, &bits, PyBUF_SIMPLE)
    try:
        made = new_array(kind, bits.len // ITEM_SIZE)
        memcpy(made.items, bits.buf, made.size * ITEM_SIZE)
    finally:
        PyBuffer_Release(&bits)
    return made
