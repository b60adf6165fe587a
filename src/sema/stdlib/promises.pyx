# cython: language_level=3
"""Promises of values that are computed when they are first needed."""

cimport cython

from cpython.object cimport PyObject

from sema.errors import EvalError, SemaTypeError
from sema.stdlib.registry cimport declare
from sema.vm.machine cimport Machine
from sema.vm.types cimport word_type_name
from sema.vm.values cimport Closure, to_object, to_word, type_of
from sema.vm.word cimport ABSENT, NIL, Word, incref, is_ref, word_ptr


@cython.trashcan(True)
cdef class Promise:
    """What ``delay`` makes. ``forcer`` is who computes its value just now: a task, or the program
    itself as True; ``news`` a task's promise for the others that wait for it meanwhile."""

    cdef object thunk
    cdef object value
    cdef object forcer
    cdef object news
    cdef readonly bint forced

    __sema_type__ = "promise"
    __sema_state__ = True

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
    forcer = running_task(promise.thunk)
    if promise.forcer is None:
        promise.forcer = forcer
        return to_word(promise.thunk)
    if promise.forcer is forcer:
        raise EvalError("force: the promise is already being forced: it depends on itself")
    if promise.news is None:
        from sema.tasks.promise import AsyncPromise
        promise.news = AsyncPromise(None, "force")
    return to_word(promise.news)


cdef object running_task(thunk):
    """The task that is running, or True for the program itself."""
    cdef Machine machine = thunk.code_object.machine if type(thunk) is Closure else None
    if machine is None or machine.scheduler is None or machine.scheduler.current is None:
        return True
    return machine.scheduler.current


cdef int end(Promise promise) except -1:
    """Nobody computes the value any more."""
    news, promise.news = promise.news, None
    promise.forcer = None
    if news is not None:
        news.resolve(None)
    return 0


cdef Word value_of(Word* args, Py_ssize_t n) except ABSENT:
    return to_word(promise_argument(args[0]).value)


cdef Word settle(Word* args, Py_ssize_t n) except ABSENT:
    cdef Promise promise = promise_argument(args[0])
    promise.value = to_object(args[1])
    promise.forced = True
    promise.thunk = None
    end(promise)
    incref(args[1])
    return args[1]


cdef Word retry(Word* args, Py_ssize_t n) except ABSENT:
    end(promise_argument(args[0]))
    return NIL


declare(delay, "__vm-delay", "thunk", "A promise.", "(promise? (__vm-delay list)) => #t")
declare(begin, "__vm-promise-thunk", "p",
        "What computes the value of a promise, or what to wait for while another task does; nil if "
        "it has the value already.",
        "(__vm-promise-thunk (__vm-delay list)) => <native-fn list>")
declare(value_of, "__vm-promise-value", "p", "The value of a promise that has it.",
        "(__vm-promise-value (__vm-delay list)) => nil")
declare(settle, "__vm-promise-settle", "p value", "Gives a promise its value, which is returned.",
        "(__vm-promise-settle (__vm-delay list) 1) => 1")
declare(retry, "__vm-promise-retry", "p",
        "Lets a promise whose computation failed be forced again.",
        "(__vm-promise-retry (__vm-delay list)) => nil")
