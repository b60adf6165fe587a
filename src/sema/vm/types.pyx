# cython: language_level=3
"""What the types of values are called, by ``type`` and in error messages.

Types that live in other modules carry their own name: ``__sema_type__`` is what error messages
say, and ``__sema_keyword__``, where it exists, what ``type`` says instead (a record's own name).
"""

import sys

from sema.vm.code import LIBRARY_FILE
from sema.vm.values cimport (
    Builtin, Char, Closure, EmptyList, Keyword, Pair, Symbol, Vector, to_object,
)
from sema.vm.word cimport Word

cdef dict NAMES = {
    type(None): "nil",
    bool: "bool",
    int: "int",
    float: "float",
    Char: "char",
    str: "string",
    Symbol: "symbol",
    Keyword: "keyword",
    EmptyList: "list",
    Pair: "list",
    Vector: "vector",
    bytes: "bytevector",
    Closure: "native-fn",
    Builtin: "native-fn",
}

cdef object known_fraction_type = None


cdef object fraction_type():
    """``fractions.Fraction``, or None as long as nobody has imported that slow module."""
    global known_fraction_type
    if known_fraction_type is None:
        module = sys.modules.get("fractions")
        if module is not None:
            known_fraction_type = getattr(module, "Fraction", None)
    return known_fraction_type


cpdef str type_name(object value):
    """The name of a value's type as error messages have it, such as ``int`` or ``list``."""
    name = NAMES.get(type(value))
    if name is None:
        name = getattr(type(value), "__sema_type__", None)
    if name is None:
        name = "rational" if type(value) is fraction_type() else "python-object"
    return name


cpdef str type_keyword(object value):
    """The name of the keyword that ``type`` gives for a value."""
    if type(value) is Closure:  # functions of the library are builtins, also those in Sema
        return "native-fn" if value.code_object.unit.file == LIBRARY_FILE else "lambda"
    name = getattr(value, "__sema_keyword__", None)
    return type_name(value) if name is None else name


cdef str word_type_name(Word w):
    return type_name(to_object(w))
