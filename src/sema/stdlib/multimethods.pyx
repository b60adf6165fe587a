# cython: language_level=3
"""Multimethods: functions whose methods are chosen by a dispatch function."""

from cpython.object cimport PyObject

from sema.errors import EvalError
from sema.reader.printer import write
from sema.stdlib.registry cimport declare
from sema.stdlib.sequences cimport type_error
from sema.vm.maps cimport HashMap, map_get, map_put, new_map
from sema.vm.values cimport (
    Builtin, Symbol, intern_keyword, is_closure, to_object, to_word, type_of,
)
from sema.vm.word cimport ABSENT, NIL, Word, incref, is_ref, ptr_word, word_ptr

cdef object DEFAULT = intern_keyword("default")


cdef class Multimethod:
    """A multimethod: its methods by dispatch value, and the function that calls one of them.

    The machine calls that function in its place, so that tail calls stay tail calls.
    """

    cdef readonly str name
    cdef HashMap methods
    cdef object function

    __sema_type__ = "multimethod"
    __sema_state__ = True

    @property
    def __sema_function__(self):
        return self.function

    def __call__(self, *args):
        return self.function(*args)

    def __sema_write__(self):
        return f"<multimethod {self.name}>"


cdef Multimethod multimethod_argument(Word w):
    if not is_ref(w) or type_of(w) != <PyObject*>Multimethod:
        type_error("multimethod", w)
    return <Multimethod>word_ptr(w)


cdef Word new_multimethod(Word* args, Py_ssize_t n) except ABSENT:
    cdef Multimethod made
    if not is_ref(args[0]) or type_of(args[0]) != <PyObject*>Symbol:
        type_error("symbol", args[0])
    made = Multimethod.__new__(Multimethod)
    made.name = (<Symbol>word_ptr(args[0])).name
    made.methods = <HashMap>new_map(<PyObject*>HashMap)
    return to_word(made)


cdef Word call_with(Word* args, Py_ssize_t n) except ABSENT:
    cdef Multimethod multimethod = multimethod_argument(args[0])
    if not is_closure(args[1]) and not (
        is_ref(args[1]) and type_of(args[1]) == <PyObject*>Builtin
    ):
        type_error("function", args[1])
    multimethod.function = to_object(args[1])
    incref(args[0])
    return args[0]


cdef Word add_method(Word* args, Py_ssize_t n) except ABSENT:
    if not is_ref(args[0]) or type_of(args[0]) != <PyObject*>Multimethod:
        raise EvalError("defmethod: first argument is not a multimethod")
    map_put((<Multimethod>word_ptr(args[0])).methods, args[1], args[2])
    return NIL


cdef Word method(Word* args, Py_ssize_t n) except ABSENT:
    cdef Multimethod multimethod = multimethod_argument(args[0])
    cdef Word methods = ptr_word(<PyObject*>multimethod.methods)
    cdef Word found = map_get(methods, args[1])
    if found == ABSENT:
        found = map_get(methods, ptr_word(<PyObject*>DEFAULT))
    if found == ABSENT:
        raise EvalError(
            f"no method in multimethod '{multimethod.name}' for dispatch value: "
            f"{write(to_object(args[1]))}",
            hint="a method for :default takes all other values",
        )
    incref(found)
    return found


declare(new_multimethod, "__vm-new-multimethod", "name:symbol", "A multimethod without methods.",
        "(type (__vm-new-multimethod 'area)) => :multimethod")
declare(call_with, "__vm-call-with", "multimethod function",
        "Gives a multimethod the function that calls its methods, and returns it.",
        "((__vm-call-with (__vm-new-multimethod 'm) list) 1) => (1)")
declare(add_method, "__vm-add-method", "multimethod value method",
        "Gives a multimethod the method for a dispatch value.",
        "(__vm-add-method (__vm-new-multimethod 'm) 1 list) => nil")
declare(method, "__vm-method", "multimethod value",
        "The method of a multimethod for a dispatch value.",
        "(try (__vm-method (__vm-new-multimethod 'm) 1) (catch e (:type e))) => :eval")
