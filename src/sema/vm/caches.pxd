"""Call-site caches; see ``caches.pyx``."""

from sema.vm.code cimport Code
from sema.vm.machine cimport Machine
from sema.vm.word cimport Word

cdef int learn(Machine vm, Code code, Word* at, Word callee, Word* entry) except -1
cdef int remember_in_machine(Machine vm, Word callee, Py_ssize_t n, Word* entry) except -1
cdef int remember_in_table(
    Machine vm, Code code, Word* at, Word callee, Py_ssize_t n, Word* entry
) except -1
cdef int count_miss(Code code, Word* at, Word callee) except -1
