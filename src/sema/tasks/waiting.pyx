# cython: language_level=3
"""Builtins that wait: for a promise, or for the world outside."""

from sema.tasks.promise cimport AsyncPromise
from sema.tasks.scheduler cimport Scheduler
from sema.vm.limits cimport Limits
from sema.vm.machine cimport Machine
from sema.vm.values cimport Builtin, call_function, to_object, to_word
from sema.vm.word cimport ABSENT, Word, word_ptr

from sema.vm.limits import in_thread_of


def bound(Builtin builtin, owner):
    """The builtin for the interpreter whose namespaces share ``owner``, which has a ``scheduler``
    and a ``machine``."""
    cdef Builtin made = builtin.bound_to(owner)
    if made.waits:
        made.entry = call_and_wait
    elif made.blocking:
        made.entry = call_aside
    return made


cdef Word call_and_wait(Word* args, Py_ssize_t n) except ABSENT:
    """Call a builtin; if it returns a promise, its outcome is the result."""
    cdef Builtin builtin = <Builtin>word_ptr(args[-2])
    cdef Scheduler scheduler
    result = call_function(builtin, [to_object(args[i]) for i in range(n)])
    if type(result) is AsyncPromise:
        scheduler = builtin.owner.scheduler
        if scheduler.parks(<AsyncPromise>result, args, n):
            return ABSENT
        result = (<AsyncPromise>result).outcome()
    return to_word(result)


cdef Word call_aside(Word* args, Py_ssize_t n) except ABSENT:
    """Call a builtin that waits for the world; where there are other tasks, in a thread."""
    cdef Builtin builtin = <Builtin>word_ptr(args[-2])
    cdef Machine machine = builtin.owner.machine
    cdef Limits limits = machine.limits
    cdef Scheduler scheduler = machine.scheduler
    cdef list objects = [to_object(args[i]) for i in range(n)]
    cdef AsyncPromise promise
    if limits is not None and limits.timeout is not None:
        # Whoever stands in a thread of its own can be left there when the time is over.
        scheduler = builtin.owner.scheduler
    elif scheduler is None or not scheduler.has_others():
        return to_word(call_function(builtin, objects))
    promise = scheduler.outside(call_from_thread, (builtin, objects, limits), builtin.name)
    if scheduler.parks(promise, args, n):
        return ABSENT
    return to_word(promise.outcome())


def call_from_thread(Builtin builtin, list objects, Limits limits):
    return in_thread_of(limits, call_function_of, builtin, objects)


def call_function_of(Builtin builtin, list objects):
    return call_function(builtin, objects)
