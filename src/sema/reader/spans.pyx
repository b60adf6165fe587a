# cython: language_level=3
"""Where in the text each form stands.

Forms are ordinary values and carry no place, so this table finds the place by the identity of
the form. Numbers, names and other atoms have no identity of their own; they are found through
the list or vector that holds them. The table stores offsets and makes spans when asked.
"""

from cpython.list cimport PyList_GET_ITEM
from cpython.mem cimport PyMem_Calloc, PyMem_Free, PyMem_Realloc
from cpython.object cimport PyObject
from libc.stdint cimport uint32_t, uint64_t

from sema.vm.values cimport Pair, Vector


def span_between(str text, Py_ssize_t start, Py_ssize_t end, file):
    """The span between two offsets; its end is the place after its last character."""
    from sema.errors import Span
    return Span(
        text.count("\n", 0, start) + 1,
        start - text.rfind("\n", 0, start),
        text.count("\n", 0, end) + 1,
        end - text.rfind("\n", 0, end),
        file,
    )


cdef class SpanTable:
    """The places of the forms of one unit, and of forms that macros make of them."""

    def __cinit__(self, str text="", file=None):
        self.text = text
        self.file = file
        self.forms = []

    def __dealloc__(self):
        PyMem_Free(self.records)
        PyMem_Free(self.children)
        PyMem_Free(self.slots)

    def of(self, form):
        """The span of a compound form, or None if it is an atom or unknown."""
        if self.given is not None:
            span = self.given.get(id(form))
            if span is not None:
                return span
        cdef Record* record = self.find(<PyObject*>form) if form is not None else NULL
        return None if record == NULL else self.span_of(record.extent)

    def child(self, form, Py_ssize_t index):
        """The span of the element at an index of a list or vector, or None.

        The elements of ``None`` are the forms of the unit.
        """
        cdef Record* record = self.find(<PyObject*>form)
        if record != NULL and 0 <= index < record.n_children:
            return self.span_of(self.children[record.first_child + index])
        if isinstance(form, (Pair, Vector)) and 0 <= index < len(form):
            return self.of(form[index])
        return None

    def between(self, uint32_t start, uint32_t end):
        """The span from one offset of the text to another."""
        return self.span_of(Extent(start, end))

    def set(self, form, span):
        """Say where a form is, whatever was known before. Atoms and None as a span do nothing."""
        if span is None or not is_compound(form):
            return
        if self.given is None:
            self.given = {}
            self.given_forms = []
        self.given[id(form)] = span
        self.given_forms.append(form)

    def copy(self, from_form, to_form):
        """Give a form without a place that of another one."""
        if is_compound(to_form) and self.of(to_form) is None:
            self.set(to_form, self.of(from_form))

    cdef int record(
        self, object form, uint32_t start, uint32_t end, const Item* items, Py_ssize_t n
    ) except -1:
        """Note the extent of a form that was just read, and those of its elements."""
        cdef Py_ssize_t count = len(self.forms)
        cdef Record* larger
        cdef Extent* longer
        cdef Py_ssize_t i
        if count == self.capacity:
            larger = <Record*>PyMem_Realloc(self.records, (2 * count + 16) * sizeof(Record))
            if larger == NULL:
                raise MemoryError
            self.records = larger
            self.capacity = 2 * count + 16
        if self.n_children + n > self.children_capacity:
            longer = <Extent*>PyMem_Realloc(
                self.children, (2 * (self.n_children + n) + 16) * sizeof(Extent)
            )
            if longer == NULL:
                raise MemoryError
            self.children = longer
            self.children_capacity = 2 * (self.n_children + n) + 16
        for i in range(n):
            self.children[self.n_children + i] = Extent(items[i].start, items[i].end)
        self.records[count] = Record(Extent(start, end), <uint32_t>self.n_children, <uint32_t>n)
        self.n_children += n
        self.forms.append(form)
        return 0

    cdef Record* find(self, PyObject* form) except? NULL:
        cdef Py_ssize_t slot
        if self.n_indexed < len(self.forms):
            self.index()
        if self.n_slots == 0:
            return NULL
        slot = first_slot(form, self.n_slots)
        while self.slots[slot]:
            if PyList_GET_ITEM(self.forms, self.slots[slot] - 1) == form:
                return &self.records[self.slots[slot] - 1]
            slot = (slot + 1) & (self.n_slots - 1)
        return NULL

    cdef int index(self) except -1:
        """Build the hash table anew: all forms are usually read before the first is sought."""
        cdef Py_ssize_t count = len(self.forms)
        cdef Py_ssize_t slot, i
        self.n_slots = 16
        while self.n_slots < 2 * count:
            self.n_slots *= 2
        PyMem_Free(self.slots)
        self.slots = <uint32_t*>PyMem_Calloc(self.n_slots, sizeof(uint32_t))
        if self.slots == NULL:
            self.n_slots = 0
            raise MemoryError
        for i in range(count):
            slot = first_slot(PyList_GET_ITEM(self.forms, i), self.n_slots)
            while self.slots[slot]:
                slot = (slot + 1) & (self.n_slots - 1)
            self.slots[slot] = <uint32_t>(i + 1)
        self.n_indexed = count
        return 0

    cdef object span_of(self, Extent extent):
        from bisect import bisect_right
        from sema.errors import Span
        cdef Py_ssize_t pos
        if self.line_starts is None:
            self.line_starts = [0]
            pos = self.text.find("\n")
            while pos >= 0:
                self.line_starts.append(pos + 1)
                pos = self.text.find("\n", pos + 1)
        line = bisect_right(self.line_starts, extent.start)
        end_line = bisect_right(self.line_starts, extent.end)
        return Span(
            line,
            extent.start - self.line_starts[line - 1] + 1,
            end_line,
            extent.end - self.line_starts[end_line - 1] + 1,
            self.file,
        )


cdef inline Py_ssize_t first_slot(PyObject* form, Py_ssize_t n_slots) noexcept:
    return <Py_ssize_t>((<uint64_t>form * <uint64_t>0x9E3779B97F4A7C15) >> 32) & (n_slots - 1)


cdef bint is_compound(object form):
    """Whether the form has an identity: it was made for one place, unlike atoms."""
    if isinstance(form, (Pair, Vector)):
        return True
    from sema.vm.maps import Map
    return isinstance(form, Map)
