"""How a family declares its builtins written in C; see ``registry.pyx``."""

from sema.vm.values cimport CEntry

cdef int declare(
    CEntry entry, str name, int min_args, int max_args, str doc, str example,
    tuple aliases=*, bint spreads=*,
) except -1
