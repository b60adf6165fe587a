# cython: language_level=3
"""Coroutines: runs of the loop that can stand still and go on later.

There is one stack. A frame knows its neighbours by distances, never by addresses, so the frames of
a coroutine that stands still are moved off the stack, and back to wherever it ends when the
coroutine goes on. That costs a copy of the words in use, which are few; a coroutine that waits
takes no more memory than they do.

Only a coroutine whose loop is the innermost can stand still: others have frames of C above them.
"""

from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.object cimport PyObject
from libc.stdint cimport int64_t, uint32_t
from libc.string cimport memcpy

from sema.vm.code cimport Code
from sema.vm.instruction cimport A, leave_frame
from sema.vm.machine cimport (
    PARKED_AT_CALL, Activation, Machine, enter, execute, leave, write_entry,
)
from sema.vm.unwinding cimport raise_current, unwind
from sema.vm.values cimport ClosureCell, to_object, to_word
from sema.vm.word cimport (
    ABSENT, PAYLOAD, REF_TAG, Word, decref, is_ref, rc_inc, word_ptr,
)

include "opcodes.pxi"

cdef extern from "Python.h":
    ctypedef int (*visitor "visitproc")(PyObject*, void*) noexcept
    ctypedef struct TypeSlots "PyTypeObject":
        int (*tp_traverse)(PyObject*, visitor, void*) noexcept
        int (*tp_clear)(PyObject*) noexcept

# They set the error, or not; the caller looks at the result itself.
ctypedef Word (*QuietRun)(Machine, Word*, Word*, Word*) noexcept
ctypedef int (*QuietRaise)(object) noexcept


cdef class Coroutine:
    """A call of a function without arguments, run in stretches."""

    def __cinit__(self, Machine machine, function):
        self.machine = machine
        write_entry(self.entry, 0)
        self.frames = new_words(1)
        self.frames[0] = to_word(function)
        self.owned = <uint32_t*>new_words(1)
        self.owned[0] = 0
        self.n_owned = 1
        self.n_words = 1
        self.registers = self.frames
        self.at = self.entry

    def __dealloc__(self):
        give_up(self)

    def place(self):
        """Where it stands in the source, or None."""
        cdef Code code
        if self.frames == NULL or not self.started:
            return None
        code = frame_code(self.registers)
        return code.span_at(code.offset_of(self.at))

    cpdef close(self):
        """Give up what it holds; it never goes on."""
        give_up(self)

    cdef bint resume(self, Word value, object error) except -1:
        """Go on: with the value, taken over, of the call at which it stands, or with an error.

        Gives whether it has ended; `result` is then what its function has returned. Raises what
        that raises.
        """
        cdef Machine vm = self.machine
        cdef Activation activation
        cdef int64_t depth = vm.depth
        cdef Word result
        cdef Word* base
        try:
            base = enter(vm, &activation, self.n_words, <void*>self)
        except BaseException:
            decref(value)
            raise
        memcpy(base, self.frames, self.n_words * sizeof(Word))
        vm.registers = base + (self.registers - self.frames)
        vm.at = self.at
        vm.depth = depth + self.depth
        vm.refill()
        forget(self)
        self.started = True
        try:
            if error is not None:
                (<QuietRaise>raise_error)(error)
                unwind(vm, base)
                result = (<QuietRun>execute)(vm, base, vm.registers, vm.at)
            elif self.at_call:
                vm.registers[A(vm.at[0])] = value
                result = (<QuietRun>execute)(vm, base, vm.registers, vm.at + 1 + SITE_WORDS)
            else:
                result = (<QuietRun>execute)(vm, base, vm.registers, next_instruction(vm, base))
            if result == ABSENT:
                if not vm.parked:
                    raise_current()
                take_off(self, base, depth)
        finally:
            vm.parked = 0
            vm.depth = depth
            leave(vm)
        if result == ABSENT:
            return False
        self.result = to_object(result)
        decref(result)
        return True


cdef bint may_park(Machine vm, Word* args, Py_ssize_t n) noexcept:
    """Whether the loop that calls a builtin with these arguments is a coroutine's."""
    return (vm.activation != NULL and vm.activation.coroutine != NULL and args + n == vm.top)


cdef void park(Machine vm) noexcept:
    """The coroutine shall stand still as soon as the builtin that it calls returns ABSENT."""
    vm.parked = PARKED_AT_CALL


cdef int raise_error(object error) except -1:
    raise error


cdef Word* new_words(Py_ssize_t n) except NULL:
    cdef Word* words = <Word*>PyMem_Malloc(n * sizeof(Word))
    if words == NULL:
        raise MemoryError
    return words


cdef inline Code frame_code(Word* regs):
    return <Code><object>(<ClosureCell*>word_ptr(regs[-2])).code


cdef Word* next_instruction(Machine vm, Word* base):
    """Where a coroutine goes on that stands still because its turn was over: at the jump that it
    had come to, or at the beginning of a function, which it then stands in front of."""
    if vm.registers != base and vm.at + 1 == frame_code(vm.registers).words:
        return vm.at + 1
    return vm.at


cdef int take_off(Coroutine self, Word* base, int64_t outer_depth) except -1:
    """Move the frames of a coroutine that is parked off the stack, and note what they own: when it
    is dropped by the collector, the tables that tell it may be gone."""
    cdef Machine vm = self.machine
    cdef Word* regs = vm.registers
    cdef Word* at = vm.at
    cdef Code code
    self.n_words = regs + frame_code(regs).n_registers - base
    self.frames = new_words(self.n_words)
    self.owned = <uint32_t*>new_words((self.n_words + 1) // 2)
    self.n_owned = 0
    self.registers = self.frames + (regs - base)
    self.at = at
    self.at_call = vm.parked == PARKED_AT_CALL
    self.depth = vm.depth - outer_depth
    # The collector may look at what has been noted at any time.
    memcpy(self.frames, base, self.n_words * sizeof(Word))
    while regs != base:
        code = frame_code(regs)
        # While a run is on, frames may borrow closures; see `retired` in `values.pyx`.
        if not is_ref(regs[-2]):
            rc_inc(word_ptr(regs[-2]))
            self.frames[regs - 2 - base] = REF_TAG | (regs[-2] & PAYLOAD)
        note_owned(self, regs - 2 - base)
        note_registers(self, regs, regs - base, code.live_mask(code.offset_of(at)))
        leave_frame(&regs, &at)
    return 0


cdef inline void note_owned(Coroutine self, size_t place) noexcept:
    """The word at that place of the frames is owned."""
    self.owned[self.n_owned] = <uint32_t>place
    self.n_owned += 1


cdef void note_registers(Coroutine self, Word* regs, size_t place, object mask):
    """The registers in the mask are owned."""
    cdef Py_ssize_t register
    while mask:
        low = mask & -mask
        register = low.bit_length() - 1
        if is_ref(regs[register]):
            note_owned(self, place + register)
        mask ^= low


# --- What it owns, for the collector --------------------------------------------------------------

cdef void forget(Coroutine self) noexcept:
    """Free the memory of the frames, which are somewhere else or given up."""
    PyMem_Free(self.frames)
    PyMem_Free(self.owned)
    self.frames = NULL
    self.owned = NULL
    self.n_owned = 0


cdef void give_up(Coroutine self) noexcept:
    """Give up what the frames own; they are never run again."""
    cdef Word* frames = self.frames
    while self.n_owned:
        self.n_owned -= 1
        decref(frames[self.owned[self.n_owned]])
    forget(self)


cdef int (*traverse_objects)(PyObject*, visitor, void*) noexcept
cdef int (*clear_objects)(PyObject*) noexcept


cdef int traverse(PyObject* self, visitor visit, void* arg) noexcept:
    cdef Coroutine coroutine = <Coroutine>self
    cdef Py_ssize_t i
    cdef int stop
    for i in range(coroutine.n_owned):
        stop = visit(word_ptr(coroutine.frames[coroutine.owned[i]]), arg)
        if stop:
            return stop
    return traverse_objects(self, visit, arg)


cdef int clear(PyObject* self) noexcept:
    give_up(<Coroutine>self)
    return clear_objects(self)


traverse_objects = (<TypeSlots*><PyObject*>Coroutine).tp_traverse
clear_objects = (<TypeSlots*><PyObject*>Coroutine).tp_clear
(<TypeSlots*><PyObject*>Coroutine).tp_traverse = traverse
(<TypeSlots*><PyObject*>Coroutine).tp_clear = clear
