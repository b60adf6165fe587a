"""Reading instructions and frames; what the words mean is said in ``opcodes.py``."""

from libc.stdint cimport int16_t, int64_t, uint64_t

from sema.vm.word cimport INT_TAG, Word

include "opcodes.pxi"


cdef inline Py_ssize_t A(uint64_t i) noexcept nogil:
    return (i >> 16) & 0xFFFF

cdef inline Py_ssize_t B(uint64_t i) noexcept nogil:
    return (i >> 32) & 0xFFFF

cdef inline Py_ssize_t C(uint64_t i) noexcept nogil:
    return i >> 48

cdef inline int FLAGS(uint64_t i) noexcept nogil:
    return (i >> 8) & 0xFF

cdef inline int64_t SIGNED_B(uint64_t i) noexcept nogil:
    return <int16_t>(i >> 32)

cdef inline int64_t SIGNED_C(uint64_t i) noexcept nogil:
    return (<int64_t>i) >> 48

cdef inline int64_t WIDE(uint64_t i) noexcept nogil:
    return (<int64_t>i) >> 32

cdef inline int64_t shifted(Word w) noexcept nogil:
    """An integer word as a machine word that compares and adds like the integer."""
    return <int64_t>(w << 16)

cdef inline Word unshifted(int64_t i) noexcept nogil:
    return INT_TAG | (<Word>i >> 16)

cdef inline void leave_frame(Word** regs, Word** at) noexcept:
    """From a frame to its caller's, at the call instruction."""
    at[0] = <Word*>regs[0][-1] - 1 - SITE_WORDS
    regs[0] -= ((at[0][0] >> 16) & 0xFFFF) + 2
