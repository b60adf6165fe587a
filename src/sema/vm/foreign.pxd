"""Calls of Python functions; see ``foreign.pyx``."""

from sema.vm.word cimport ABSENT, Word

cdef Word call_python(Word* args, Py_ssize_t n) except ABSENT
cdef object accept(object value)
