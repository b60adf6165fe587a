"""The slow halves of instructions; see ``operators.pyx``."""

from libc.stdint cimport uint64_t

from sema.vm.word cimport ABSENT, Word

cdef int cons_registers(Word* regs, uint64_t i) except -1
cdef Word make_closure(Word* regs, uint64_t i, Word* words) except ABSENT
cdef Word make_vector(Word* items, Py_ssize_t n) except ABSENT
cdef Word make_map(Word* items, Py_ssize_t n) except ABSENT
cdef int operate(Word* regs, uint64_t i) except -1
cdef int slow_test(Word* regs, uint64_t i) except -1
