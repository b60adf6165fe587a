# cython: language_level=3
"""Records, and the bundles of ``values``, which are records too.

A record type is known by its name. Its functions are builtins made when the program defines it;
each finds in its own ``function`` what it is for.
"""

from cpython.object cimport PyObject

from sema.errors import ArityError, SemaTypeError
from sema.stdlib.registry cimport declare
from sema.stdlib.sequences cimport count_argument, type_error
from sema.vm.equality import equal, structural_hash
from sema.vm.types import type_name
from sema.vm.values cimport (
    Builtin, Symbol, Vector, cons, new_vector, to_object, to_word, type_of, vector_items,
    vector_ready, vector_size,
)
from sema.vm.word cimport (
    ABSENT, EMPTY, Word, bool_word, decref, incref, is_ref, ptr_word, word_ptr,
)

cdef str MULTIPLE_VALUES = "%multiple-values%"


cdef class Record:
    """An instance of a record type: the type's name and the fields, which never change."""

    cdef readonly str name
    cdef readonly Vector fields

    __sema_type__ = "record"
    __sema_state__ = True

    def __init__(self):
        raise TypeError("records are made by the constructors of their types")

    @property
    def __sema_keyword__(self):
        return self.name

    def __sema_parts__(self):
        return self.name, self.fields

    def __sema_write__(self):
        space = " " if len(self.fields) else ""
        return f"#<record {self.name}{space}", self.fields, ">"

    def __eq__(self, other):
        return equal(self, other)

    def __hash__(self):
        return structural_hash(self)


cdef class Role:
    """What a record type's function is for; ``index`` is the field of an accessor."""

    cdef str type
    cdef Py_ssize_t index
    # What the builtin is: a constructor, predicate or accessor.
    cdef str job

    def __sema_reduce__(self, Builtin builtin):
        return remade_function, (self.job, builtin.name, builtin.min_args, self.type, self.index)

    def __call__(self, *args):
        raise TypeError("only the function of the record type can be called")


cdef inline Role role_of(Word* args):
    return <Role>(<Builtin><object>word_ptr(args[-2])).function


cdef Word vector_of(Word* args, Py_ssize_t n) except ABSENT:
    cdef Word made = new_vector(n)
    cdef Py_ssize_t i
    for i in range(n):
        incref(args[i])
        vector_items(made)[i] = args[i]
    vector_ready(made)
    return made


cdef Word new_record(str name, Word* args, Py_ssize_t n) except ABSENT:
    cdef Record made = Record.__new__(Record)
    cdef Word fields = vector_of(args, n)
    made.name = name
    made.fields = <Vector>word_ptr(fields)
    decref(fields)
    return to_word(made)


cdef inline bint is_record(Word w, str name) except -1:
    """Whether a value is a record of the type of that name."""
    if not is_ref(w) or type_of(w) != <PyObject*>Record:
        return False
    return (<Record>word_ptr(w)).name is name or (<Record>word_ptr(w)).name == name


cdef inline Word fields_of(Word record) noexcept:
    """The vector of a record's fields, borrowed."""
    return ptr_word(<PyObject*>(<Record>word_ptr(record)).fields)


cdef Word construct(Word* args, Py_ssize_t n) except ABSENT:
    return new_record(role_of(args).type, args, n)


cdef Word is_instance(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(is_record(args[0], role_of(args).type))


cdef Word access(Word* args, Py_ssize_t n) except ABSENT:
    cdef Role role = role_of(args)
    cdef Word fields
    if not is_record(args[0], role.type):
        raise SemaTypeError(role.type, type_name(to_object(args[0])))
    fields = fields_of(args[0])
    if role.index >= vector_size(fields):
        raise SemaTypeError(role.type, f"{role.type} of an earlier definition")
    incref(vector_items(fields)[role.index])
    return vector_items(fields)[role.index]


cdef Word function_of_type(
    str job, Word* args, Py_ssize_t n_args, Py_ssize_t index
) except ABSENT:
    """The builtin that the second argument names, of the record type that the first one names."""
    return to_word(
        remade_function(job, symbol_name(args[1]), n_args, symbol_name(args[0]), index))


def remade_function(str job, str name, int n_args, str type, Py_ssize_t index):
    """The builtin that does a job for a record type."""
    cdef Role role = Role.__new__(Role)
    cdef Builtin made = Builtin(name, role, n_args, n_args)
    role.type = type
    role.index = index
    role.job = job
    if job == "construct":
        made.entry = construct
    elif job == "test":
        made.entry = is_instance
    else:
        made.entry = access
    return made


cdef str symbol_name(Word w):
    if not is_ref(w) or type_of(w) != <PyObject*>Symbol:
        type_error("symbol", w)
    return (<Symbol>word_ptr(w)).name


cdef Word make_constructor(Word* args, Py_ssize_t n) except ABSENT:
    return function_of_type("construct", args, count_argument(args[2], "define-record-type"), 0)


cdef Word make_predicate(Word* args, Py_ssize_t n) except ABSENT:
    return function_of_type("test", args, 1, 0)


cdef Word make_accessor(Word* args, Py_ssize_t n) except ABSENT:
    return function_of_type("access", args, 1, count_argument(args[2], "define-record-type"))


declare(make_constructor, "__vm-record-constructor", "type name n",
        "The constructor of a record type: type, name, number of fields.",
        "((__vm-record-constructor 'p 'make-p 1) 2) => #<record p 2>")
declare(make_predicate, "__vm-record-predicate", "type name",
        "The predicate of a record type: type, name.",
        "((__vm-record-predicate 'p 'p?) 1) => #f")
declare(make_accessor, "__vm-record-accessor", "type name i",
        "An accessor of a record type: type, name, index of the field.",
        "((__vm-record-accessor 'p 'p-x 0) ((__vm-record-constructor 'p 'make-p 1) 2)) => 2")


# --- Multiple values ----------------------------------------------------------------------------

cdef Word bundle(Word* args, Py_ssize_t n) except ABSENT:
    if n == 1:
        incref(args[0])
        return args[0]
    return new_record(MULTIPLE_VALUES, args, n)


cdef Word values_of(Word value) except ABSENT:
    """The vector of the values that a value counts as."""
    cdef Word fields
    if is_record(value, MULTIPLE_VALUES):
        fields = fields_of(value)
        incref(fields)
        return fields
    return vector_of(&value, 1)


cdef Word list_after(Word values, Py_ssize_t start) except ABSENT:
    cdef Word made = EMPTY
    cdef Py_ssize_t i
    for i in range(vector_size(values) - 1, start - 1, -1):
        incref(vector_items(values)[i])
        made = cons(vector_items(values)[i], made)
    return made


cdef Word value_list(Word* args, Py_ssize_t n) except ABSENT:
    cdef Word values = values_of(args[0])
    try:
        return list_after(values, 0)
    finally:
        decref(values)


cdef Word exact_values(Word* args, Py_ssize_t n) except ABSENT:
    """The vector of exactly so many values."""
    cdef Py_ssize_t wanted = count_argument(args[1], "values")
    cdef Word values = values_of(args[0])
    cdef Py_ssize_t got = vector_size(values)
    if got != wanted:
        decref(values)
        raise ArityError("<lambda>", str(wanted), got)
    return values


cdef Word values_and_rest(Word* args, Py_ssize_t n) except ABSENT:
    """The vector of the first so many values and the list of the others."""
    cdef Py_ssize_t wanted = count_argument(args[1], "values")
    cdef Word values = values_of(args[0])
    cdef Word made
    cdef Py_ssize_t i
    try:
        if vector_size(values) < wanted:
            raise ArityError("<lambda>", f"{wanted}+", vector_size(values))
        made = new_vector(wanted + 1)
        for i in range(wanted):
            incref(vector_items(values)[i])
            vector_items(made)[i] = vector_items(values)[i]
        vector_items(made)[wanted] = list_after(values, wanted)
        vector_ready(made)
        return made
    finally:
        decref(values)


declare(bundle, "values", "xs...", "Several values at once; a single one is itself.",
        "(call-with-values (lambda () (values 1 2)) list) => (1 2)")
declare(value_list, "__vm-values->list", "bundle", "The list of the values in a bundle.",
        "(__vm-values->list (values 1 2)) => (1 2)")
declare(exact_values, "__vm-values", "bundle n", "The vector of exactly so many values.",
        "(__vm-values (values 1 2) 2) => [1 2]")
declare(values_and_rest, "__vm-values-rest", "bundle n",
        "The vector of so many values and the list of the others.",
        "(__vm-values-rest (values 1 2 3) 1) => [1 (2 3)]")
