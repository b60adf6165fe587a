"""The grammar of numbers; see ``numerals.pyx``."""

from sema.reader.chars cimport CodePoint
from sema.vm.word cimport ABSENT, Word


cdef struct Numeral:
    Py_ssize_t end  # where the number stops; where it would have started if there is none
    bint plain  # an integer written as one


cdef Word scan_number(
    const CodePoint* s, Py_ssize_t pos, Py_ssize_t limit, Numeral* found
) except ABSENT
cdef Word scan_prefixed(
    const CodePoint* s, Py_ssize_t pos, Py_ssize_t limit, Numeral* found
) except ABSENT
