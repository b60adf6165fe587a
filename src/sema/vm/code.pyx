"""Linked code: the words that the machine executes, for one machine and one environment."""

from bisect import bisect_right

from cpython.mem cimport PyMem_Calloc, PyMem_Free, PyMem_Malloc
from cpython.object cimport PyObject
from cpython.ref cimport Py_XDECREF

from sema.vm.values cimport Builtin, to_word
from sema.vm.word cimport NO_KEY, Word, decref, is_ref

from sema.errors import TraceFrame
from sema.vm.opcodes import CALLED_OPERATORS, OPCODES

include "opcodes.pxi"

LIBRARY_FILE = "<prelude>"
"""The file of the library's functions that are written in Sema, as positions have it."""

cdef enum:
    TABLE_SIZE = 32
    # The keys of `vm` and `site` have room for so many; calls with more stay generic.
    MOST_KEYED_ARGUMENTS = 15


cdef class Stub:
    """Instructions outside a code object's own that replace one of them; see ``redefinition.py``.

    ``start`` and ``end`` are addresses, ``origin`` the offset of the instruction replaced.
    """

    cdef Word* words
    cdef list kept
    cdef readonly size_t start
    cdef readonly size_t end
    cdef readonly Py_ssize_t origin

    def __dealloc__(self):
        PyMem_Free(self.words)


cdef class Patch:
    def __cinit__(self, Py_ssize_t offset, size_t run, owner):
        self.offset = offset
        self.entry.run = <Word (*)(Word*, int64_t) noexcept>run
        self.owner = owner


cdef class Code:
    """A function's code, ready to run.

    ``unit`` is the :class:`sema.compiler.CodeUnit` it comes from; ``cell_of(name)`` gives the
    environment's cell of a global. ``call_form`` is the offset by which the strategy moves the
    generic call instructions (``opcodes.CALL_FORMS``). Functions inside are linked with it.
    """

    def __cinit__(self, unit, machine, cell_of, int call_form, bint statistics):
        cdef Py_ssize_t i
        cdef Word[::1] source
        self.unit = unit
        self.machine = machine
        self.handlers = unit.handlers
        self.in_library = unit.file == LIBRARY_FILE
        self.name = unit.name
        self.n_params = unit.n_params
        self.has_rest = unit.has_rest
        self.n_registers = unit.n_registers
        self.n_words = len(unit.words)
        self.cell_of = cell_of
        self.kept = []
        self.remembered = {}
        self.reports = {}
        self.stubs = []
        self.patches = {}
        self.frames = {}
        self.words = <Word*>PyMem_Malloc(self.n_words * sizeof(Word))
        if self.words == NULL:
            raise MemoryError
        source = unit.words
        for i in range(self.n_words):
            self.words[i] = source[i]
        for i, value in unit.constants:
            self.words[i] = self._constant(value)
        for i, name in unit.globals:
            cell = cell_of(name)
            self.kept.append(cell)
            self.words[i] = <Word><PyObject*>cell
        for i, inner in unit.functions:
            code = Code(inner, machine, cell_of, call_form, statistics)
            self.kept.append(code)
            self.words[i] = <Word><PyObject*>code
        self._link_sites(call_form, statistics)
        if machine.eager:
            self.patch(Patch(0, 0, None))
        if unit.operators:
            machine.operators.rely(self, cell_of)

    cdef Word _constant(self, value):
        cdef Word w = to_word(value)
        if is_ref(w):
            self.kept.append(value)
            decref(w)
        return w

    cdef _link_sites(self, int call_form, bint statistics):
        cdef Py_ssize_t number, at
        cdef Py_ssize_t n = len(self.unit.sites)
        cdef Py_ssize_t begin = 1 if self.words[0] & 0xFF == OP_ENTER else 0
        cdef bint keyed
        if statistics and self.words[begin] & 0xFF == OP_COUNT:
            self.words[begin + 1] = <Word>&self.entered
        self.site_offsets = self.unit.sites
        self.site_numbers = None
        if not n:
            return
        self.counters = <SiteCounters*>PyMem_Calloc(n, sizeof(SiteCounters))
        if self.counters == NULL:
            raise MemoryError
        if call_form == FORM_SITE:
            self.table = <Entry*>PyMem_Calloc(TABLE_SIZE, sizeof(Entry))
            if self.table == NULL:
                raise MemoryError
            for number in range(TABLE_SIZE):
                self.table[number].key = NO_KEY
        keyed = call_form == FORM_VM or call_form == FORM_SITE
        number = 0
        for at in self.site_offsets:
            if not keyed or self.words[at] >> 48 <= MOST_KEYED_ARGUMENTS:
                self.words[at] += call_form
            if call_form == FORM_SITE:
                self.words[at + 3] = <Word>&self.table[at % TABLE_SIZE]
            if statistics and at >= 2 and self.words[at - 2] & 0xFF == OP_COUNT:
                self.words[at - 1] = <Word>&self.counters[number].calls
            number += 1

    def __dealloc__(self):
        cdef int i
        if self.table != NULL:
            for i in range(TABLE_SIZE):
                Py_XDECREF(self.table[i].target)
        PyMem_Free(self.words)
        PyMem_Free(self.counters)
        PyMem_Free(self.table)
        PyMem_Free(self.polymorphic)

    cdef Py_ssize_t offset_of(self, Word* at) noexcept:
        """The offset of an instruction; of a redefined operator's stub, that of the operator."""
        if self.words <= at < self.words + self.n_words:
            return at - self.words
        for stub in self.stubs:
            if (<Stub>stub).start <= <size_t>at and <size_t>at < (<Stub>stub).end:
                return (<Stub>stub).origin
        # A frame that was entered but has not begun stands one word before its code.
        return -1

    cdef object live_mask(self, Py_ssize_t offset):
        """The mask of the registers that own something if the instruction there fails."""
        if offset < 0:
            return (1 << (self.n_params + self.has_rest)) - 1
        if self.live_offsets is None:
            live = self.unit.live
            self.live_offsets = [offset for offset, _ in live]
            self.live_masks = [mask for _, mask in live]
        position = bisect_right(self.live_offsets, offset) - 1
        return self.live_masks[position] if position >= 0 else 0

    cdef Py_ssize_t site_number(self, Py_ssize_t offset) except -1:
        """The number of the call site whose instruction is at the offset."""
        cdef Py_ssize_t i
        if self.site_numbers is None:
            self.site_numbers = {at: i for i, at in enumerate(self.site_offsets)}
        return self.site_numbers[offset]

    @property
    def line(self):
        """The line on which the function is written, 0 if it is on none."""
        span = self.unit.span or self.span_at(0)
        return 0 if span is None else span.line

    @property
    def title(self):
        """The function's name, or for an anonymous one what says where it stands."""
        return self.name or (f"<lambda>@{self.line}" if self.line else "<lambda>")

    def span_at(self, Py_ssize_t offset):
        """The place in the source of the instruction at the offset, or None."""
        positions = self.unit.positions
        position = bisect_right(positions, offset, key=first) - 1
        return positions[max(position, 0)][1] if positions else None

    def operator_at(self, Py_ssize_t offset):
        """The operator that the instruction at the offset stands for, or None.

        Operators are what may be an instruction of its own; here some of them are calls.
        """
        if offset < 0:
            return None
        cdef Word word = self.words[offset]
        cdef int op = word & 0xFF
        if op == OP_THROW:
            return "throw"
        if self.operator_names is None:
            self.operator_names = {at: name.split()[-1] for at, name, _ in self.unit.operators}
            for at, name in self.unit.globals:
                if name in CALLED_OPERATORS:
                    self.operator_names.setdefault(at - 1, name)
        called = self.operator_names.get(offset)
        if called is None or op < OP_CALL:
            return called
        if CALLED_OPERATORS.get(called) != word >> 48:
            return None
        cell = self.cell_of(called)
        return called if cell.bound and isinstance(cell.get(), Builtin) else None

    cdef object frame_at(self, Py_ssize_t offset, str operator):
        """The line of a stack trace for the instruction at the offset: the function's, or that of
        an operator in it. Errors share it."""
        key = offset if operator is None else (offset, operator)
        frame = self.frames.get(key)
        if frame is None:
            name = self.shown_name() if operator is None else operator
            frame = self.frames[key] = TraceFrame(name, self.span_at(offset))
        return frame

    cdef str shown_name(self):
        """The function's name in stack traces and errors."""
        return "<lambda>" if self.name is None or self.name == "<main>" else self.name

    @property
    def functions(self):
        """The code objects of the functions inside."""
        return [kept for kept in self.kept if isinstance(kept, Code)]

    def operator_cell(self, str name):
        """The cell of a builtin's name in the environment that the code is linked with."""
        return self.cell_of(name)

    def replace(self, Py_ssize_t origin, list words):
        """Replace the instruction at an offset by others elsewhere.

        Each of ``words`` is an instruction or a pair: ``("k", constant)``, ``("g", cell)`` or
        ``("to", offset)`` for the address of an instruction of this code.
        """
        cdef Stub stub = Stub.__new__(Stub)
        cdef Py_ssize_t i
        stub.words = <Word*>PyMem_Malloc(len(words) * sizeof(Word))
        if stub.words == NULL:
            raise MemoryError
        stub.kept = []
        stub.origin = origin
        stub.start = <size_t>stub.words
        stub.end = <size_t>(stub.words + len(words))
        for i, word in enumerate(words):
            if isinstance(word, int):
                stub.words[i] = word
            elif word[0] == "k":
                stub.kept.append(word[1])
                stub.words[i] = self._constant(word[1])
            elif word[0] == "g":
                stub.kept.append(word[1])
                stub.words[i] = <Word><PyObject*>word[1]
            else:
                stub.words[i] = <Word>(self.words + <Py_ssize_t>word[1])
        self.stubs.append(stub)
        self.unpatch_all()
        self.words[origin] = OP_STUB | <Word>stub.words << 16

    def patch(self, Patch patch):
        """Let machine code take over at an instruction: the function's first, or a LOOP."""
        cdef Word* at = self.words + patch.offset
        self.unpatch(patch.offset)
        patch.entry.replaced = at[0]
        self.patches[patch.offset] = patch
        at[0] = (OP_NATIVELOOP if at[0] & 0xFF == OP_LOOP else OP_NATIVE) | <Word>&patch.entry << 16

    def unpatch(self, Py_ssize_t offset):
        """Let the interpreter run the instruction again. Gives the patch that was there."""
        patch = self.patches.pop(offset, None)
        if patch is not None:
            self.words[offset] = (<Patch>patch).entry.replaced
        return patch

    def unpatch_all(self):
        """Give up all machine code that the interpreter enters here, and what contains a copy."""
        for owner in {patch.owner for patch in self.patches.values()} | set(self.copies or ()):
            if owner is not None:
                owner.invalidate()
        for offset in list(self.patches):
            self.unpatch(offset)

    def word_at(self, Py_ssize_t offset):
        """One word as it is now; where machine code begins, that of the instruction replaced."""
        if not 0 <= offset < self.n_words:
            raise IndexError(offset)
        patch = self.patches.get(offset)
        return self.words[offset] if patch is None else (<Patch>patch).entry.replaced

    def site_facts(self):
        """(offset, opcode name, calls, misses) of each call site."""
        facts = []
        for number, at in enumerate(self.site_offsets):
            facts.append((
                at,
                OPCODES[self.words[at] & 0xFF].name,
                self.counters[number].calls,
                self.counters[number].misses,
            ))
        return facts

    def known_at(self, Py_ssize_t offset):
        """What the entry of the patched call site at an offset knows: closures' code objects or
        the one closure or native callee. Empty for the other strategies."""
        known = ()
        if self.words[offset] & 0xFF >= OP_CALL + FORM_LINK:
            known = self.remembered.get(self.site_number(offset), ())
        return known if isinstance(known, tuple) else (known,)

    def reset_counters(self):
        """Start counting anew."""
        cdef Py_ssize_t i
        self.entered = 0
        for i in range(len(self.site_offsets)):
            self.counters[i].calls = 0
            self.counters[i].misses = 0
        self.reports.clear()

    def __repr__(self):
        return f"<code {self.name or '<lambda>'}>"

    def __reduce__(self):
        from sema.embed.pickling import reduced_code
        return reduced_code(self)


def first(pair):
    return pair[0]


# --- The table of `site`, where the cycle collector sees it --------------------------------------

cdef extern from "Python.h":
    ctypedef int (*visitor "visitproc")(PyObject*, void*) noexcept
    ctypedef struct TypeSlots "PyTypeObject":
        int (*tp_traverse)(PyObject*, visitor, void*) noexcept
        int (*tp_clear)(PyObject*) noexcept

cdef int (*traverse_objects)(PyObject*, visitor, void*) noexcept
cdef int (*clear_objects)(PyObject*) noexcept


cdef int traverse(PyObject* self, visitor visit, void* arg) noexcept:
    cdef Entry* table = (<Code>self).table
    cdef int i, stop
    if table != NULL:
        for i in range(TABLE_SIZE):
            if table[i].target != NULL:
                stop = visit(table[i].target, arg)
                if stop:
                    return stop
    return traverse_objects(self, visit, arg)


cdef int clear(PyObject* self) noexcept:
    cdef Entry* table = (<Code>self).table
    cdef PyObject* target
    cdef int i
    if table != NULL:
        for i in range(TABLE_SIZE):
            target = table[i].target
            table[i].target = NULL
            table[i].key = NO_KEY
            Py_XDECREF(target)
    return clear_objects(self)


traverse_objects = (<TypeSlots*><PyObject*>Code).tp_traverse
clear_objects = (<TypeSlots*><PyObject*>Code).tp_clear
(<TypeSlots*><PyObject*>Code).tp_traverse = traverse
(<TypeSlots*><PyObject*>Code).tp_clear = clear
