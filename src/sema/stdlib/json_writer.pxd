"""Values as JSON; see ``json_writer.pyx``."""

from sema.vm.word cimport Word


cdef str json_text(Word value, str who, bint is_pretty)
