# cython: language_level=3
"""What functions and shared variables hold, for those who copy programs or write them to disk."""

from cpython.object cimport PyObject

from sema.vm.code cimport Code
from sema.vm.values cimport (
    Box, Closure, closure_slots, new_box, new_closure, to_object, to_word,
)
from sema.vm.word cimport NIL, Word, decref, rc_dec


def captured(Closure closure not None):
    """What a function has captured: values, and boxes that it shares with others."""
    cdef Word* slots = closure_slots(<PyObject*>closure)
    cdef Py_ssize_t i
    return [to_object(slots[i]) for i in range(closure.size)]


def blank_closure(Code code not None, Py_ssize_t size):
    """A function that is to capture so many values, which :func:`capture` gives it."""
    cdef PyObject* made = new_closure(<PyObject*>code, size)
    cdef Py_ssize_t i
    for i in range(size):
        closure_slots(made)[i] = NIL
    closure = <object>made
    rc_dec(made)
    return closure


def capture(Closure closure not None, list values):
    """Let a new function capture values, as many as it was made for."""
    cdef Word* slots = closure_slots(<PyObject*>closure)
    cdef Word old
    cdef Py_ssize_t i
    if len(values) != closure.size:
        raise ValueError(f"{closure.size} values are captured, not {len(values)}")
    for i in range(closure.size):
        old = slots[i]
        slots[i] = to_word(values[i])
        decref(old)


def blank_box():
    """A shared variable, nil as yet."""
    cdef Word made = new_box(NIL)
    box = to_object(made)
    decref(made)
    return box


def box_content(Box box not None):
    """The value of a shared variable."""
    return to_object(box.value)


def set_box(Box box not None, value):
    """Give a shared variable a value."""
    cdef Word old = box.value
    box.value = to_word(value)
    decref(old)
