# cython: language_level=3
"""Calls of functions of Python, and what programs make of the results."""

from cpython.long cimport PyLong_CheckExact
from cpython.object cimport PyObject

from sema.vm.types cimport fraction_type
from sema.vm.values cimport Builtin, owned_object, to_object, to_word
from sema.vm.word cimport ABSENT, Word, rc_dec, word_ptr

from sema.vm.crossing import from_python

cdef extern from "Python.h":
    PyObject* PyObject_Vectorcall(PyObject*, PyObject**, size_t, PyObject*) except NULL
    const size_t PY_VECTORCALL_ARGUMENTS_OFFSET
    bint PyUnicode_CheckExact(object)

cdef enum:
    FEW = 8


cdef Word call_python(Word* args, Py_ssize_t n) except ABSENT:
    """Any callable of Python that is no builtin."""
    return call_object(word_ptr(args[-2]), args, n)


cdef Word call_registered(Word* args, Py_ssize_t n) except ABSENT:
    """A builtin that is a function of the embedding program."""
    return call_object(<PyObject*>(<Builtin>word_ptr(args[-2])).function, args, n)


cdef Word call_object(PyObject* function, Word* args, Py_ssize_t n) except ABSENT:
    # The callee may use the place in front of the arguments.
    cdef PyObject* objects[FEW + 1]
    cdef PyObject* result
    cdef Py_ssize_t i
    if n > FEW:
        return to_word(accept((<object>function)(*[to_object(args[i]) for i in range(n)])))
    objects[0] = NULL
    for i in range(n):
        objects[i + 1] = owned_object(args[i])
    try:
        result = PyObject_Vectorcall(
            function, objects + 1, n | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL)
    finally:
        for i in range(n):
            rc_dec(objects[i + 1])
    value = <object>result
    rc_dec(result)
    return to_word(accept(value))


cdef object accept(object value):
    """A Python value as programs want it: containers and numbers of Python become Sema's."""
    if PyLong_CheckExact(value) or PyUnicode_CheckExact(value):
        return value
    kind = type(value)
    if kind is list or kind is tuple or kind is dict or kind is complex or kind is fraction_type():
        return from_python(value)
    return value


def accepted(value):
    """A Python value as programs want it; see ``accept``."""
    return accept(value)


def registered(function, str name, int least, int most, str doc):
    """A function of the embedding program as a builtin of its programs, which takes from ``least``
    to ``most`` arguments, -1 for any number."""
    cdef Builtin made = Builtin(name, function, least, most, doc)
    made.entry = call_registered
    return made
