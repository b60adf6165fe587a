"""How a family declares its builtins written in C; see ``registry.pyx``."""

from sema.vm.values cimport CEntry

cdef int declare(
    CEntry entry, str name, str signature, str doc, str example,
    tuple aliases=*, bint spreads=*, str reported=*, str tier=*,
) except -1
