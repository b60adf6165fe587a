# cython: language_level=3
"""Promises of values that are computed when they are first needed."""

cimport cython

from cpython.object cimport PyObject

from sema.errors import EvalError, SemaTypeError
from sema.stdlib.registry cimport declare
from sema.vm.types cimport word_type_name
from sema.vm.values cimport to_object, to_word, type_of
from sema.vm.word cimport ABSENT, NIL, Word, incref, is_ref, word_ptr


@cython.trashcan(True)
cdef class Promise:
    """What ``delay`` makes. ``running`` is true while its value is being computed."""

    cdef object thunk
    cdef object value
    cdef readonly bint forced
    cdef bint running

    __sema_type__ = "promise"

    def __sema_write__(self):
        return "<promise (forced)>" if self.forced else "<promise>"


cdef Promise promise_argument(Word w):
    if not is_ref(w) or type_of(w) != <PyObject*>Promise:
        raise SemaTypeError(
            "thunk", word_type_name(w), hint="force takes a promise, which delay makes")
    return <Promise>word_ptr(w)


cdef Word delay(Word* args, Py_ssize_t n) except ABSENT:
    cdef Promise made = Promise.__new__(Promise)
    made.thunk = to_object(args[0])
    return to_word(made)


cdef Word begin(Word* args, Py_ssize_t n) except ABSENT:
    cdef Promise promise = promise_argument(args[0])
    if promise.forced:
        return NIL
    if promise.running:
        raise EvalError("force: the promise is already being forced: it depends on itself")
    promise.running = True
    return to_word(promise.thunk)


cdef Word value_of(Word* args, Py_ssize_t n) except ABSENT:
    return to_word(promise_argument(args[0]).value)


cdef Word settle(Word* args, Py_ssize_t n) except ABSENT:
    cdef Promise promise = promise_argument(args[0])
    promise.value = to_object(args[1])
    promise.forced = True
    promise.running = False
    promise.thunk = None
    incref(args[1])
    return args[1]


cdef Word retry(Word* args, Py_ssize_t n) except ABSENT:
    promise_argument(args[0]).running = False
    return NIL


declare(delay, "__vm-delay", "thunk", "A promise.", "(promise? (__vm-delay list)) => #t")
declare(begin, "__vm-promise-thunk", "p",
        "What computes the value of a promise, nil if it has it already.",
        "(__vm-promise-thunk (__vm-delay list)) => <native-fn list>")
declare(value_of, "__vm-promise-value", "p", "The value of a promise that has it.",
        "(__vm-promise-value (__vm-delay list)) => nil")
declare(settle, "__vm-promise-settle", "p value", "Gives a promise its value, which is returned.",
        "(__vm-promise-settle (__vm-delay list) 1) => 1")
declare(retry, "__vm-promise-retry", "p",
        "Lets a promise whose computation failed be forced again.",
        "(__vm-promise-retry (__vm-delay list)) => nil")
