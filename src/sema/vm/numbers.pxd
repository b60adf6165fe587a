"""Arithmetic on words; see ``numbers.pyx``."""

from libc.stdint cimport int64_t

from sema.vm.word cimport ABSENT, Word


cdef class Complex:
    cdef readonly object re
    cdef readonly object im


cdef enum Comparison:
    LT
    LE
    GT
    GE
    EQ


cdef enum NumberKind:
    NOT_A_NUMBER
    SMALL
    BIG
    RATIONAL
    FLOAT
    COMPLEX


cdef NumberKind number_kind(Word w) except *
cdef object make_rational(object numerator, object denominator)
cdef object normal_rational(object q)
cpdef object make_complex(object re, object im)
cdef double as_double(object real) except? -1.0

cdef object add_objects(object x, object y)
cdef object sub_objects(object x, object y)
cdef object mul_objects(object x, object y)
cdef object div_objects(object x, object y)

cdef Word add(Word x, Word y) except ABSENT
cdef Word sub(Word x, Word y) except ABSENT
cdef Word mul(Word x, Word y) except ABSENT
cdef Word div(Word x, Word y) except ABSENT
cdef Word mod(Word x, Word y) except ABSENT
cdef Word negate(Word x) except ABSENT
cdef int compare(int op, Word x, Word y) except -1

cdef Word wide_int(int64_t i) except ABSENT
