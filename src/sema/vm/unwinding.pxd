"""Errors that leave frames; see ``unwinding.pyx``."""

from sema.vm.machine cimport Machine
from sema.vm.word cimport Word

cdef int unwind(Machine vm, Word* base) except -1
cdef int raise_current() except -1
