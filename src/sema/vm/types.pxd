"""The names of types; see ``types.pyx``."""

from sema.vm.word cimport Word

cpdef str type_name(object value)
cpdef str type_keyword(object value)
cdef str word_type_name(Word w)
cdef object fraction_type()
