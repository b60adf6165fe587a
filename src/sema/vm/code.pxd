"""Linked code; see ``code.pyx``."""

from cpython.object cimport PyObject
from libc.stdint cimport int64_t

from sema.vm.word cimport Word


cdef struct SiteCounters:
    unsigned long long calls
    unsigned long long misses
    int relinks


# One entry of a direct-mapped table (`site`), or of a polymorphic site (`patched`).
cdef struct Entry:
    Word key
    Word* entry
    # What the key is the address of, owned, in a table; the site remembers it in `patched`.
    PyObject* target


# Machine code in the place of an instruction: the words of NATIVE and NATIVELOOP point here.
cdef struct NativeEntry:
    # Runs the rest of the frame at `regs`; the value, or ABSENT: see `Exit`. NULL: not compiled.
    Word (*run)(Word* regs, int64_t budget) noexcept
    Word replaced


cdef class Patch:
    """Machine code's way into a code object, at the instruction at ``offset``."""
    cdef NativeEntry entry
    cdef readonly Py_ssize_t offset
    cdef readonly object owner


cdef class Code:
    cdef Word* words
    cdef readonly Py_ssize_t n_words
    cdef readonly int n_params
    cdef readonly int n_registers
    cdef readonly bint has_rest
    cdef readonly str name
    cdef readonly object unit
    cdef readonly object machine
    cdef list handlers
    # Whether it is of the library: its functions are builtins like the others, without frames.
    cdef readonly bint in_library
    # Gives the environment's cell of a global.
    cdef readonly object cell_of
    # What the words point to and what the caches remember, where the collector sees it.
    cdef list kept
    cdef dict remembered
    cdef SiteCounters* counters
    # How often it was entered, if it was compiled for statistics.
    cdef readonly unsigned long long entered
    cdef Entry* table
    cdef Entry* polymorphic
    cdef dict site_numbers
    cdef list site_offsets
    cdef readonly dict reports
    cdef list live_offsets
    cdef list live_masks
    cdef list stubs
    cdef dict patches
    # Lines of stack traces, and builtins that instructions stand for, by offset.
    cdef dict frames
    cdef dict operator_names
    # A weak set of the machine code that contains this code.
    cdef public object copies
    # What machine code's exits taught, by offset; see `jit/`.
    cdef public dict feedback
    # Ticks seen here; negative when it is not to be compiled any more.
    cdef public int heat
    # Whether it was asked what an earlier run knew of it.
    cdef public bint recalled
    cdef object __weakref__

    cdef Word _constant(self, object value)
    cdef object _link_sites(self, int call_form, bint statistics)
    cdef Py_ssize_t offset_of(self, Word* at) noexcept
    cdef object live_mask(self, Py_ssize_t offset)
    cdef str shown_name(self)
    cdef object frame_at(self, Py_ssize_t offset, str operator)
    cdef Py_ssize_t site_number(self, Py_ssize_t offset) except -1
