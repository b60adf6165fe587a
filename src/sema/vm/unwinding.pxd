"""Errors that leave frames; see ``unwinding.pyx``."""

from sema.vm.code cimport Code
from sema.vm.machine cimport Machine
from sema.vm.word cimport Word

cdef int unwind(Machine vm, Word* base) except -1
cdef str frame_name(Code code)
cdef int raise_current() except -1
