# cython: language_level=3
"""JSON: Python's parser, and what turns its objects into values; values as text."""

import re
from json import JSONDecodeError, loads

from cpython.object cimport PyObject

from sema.collector import collector_paused
from sema.errors import EvalError
from sema.reader.digits import text_to_integer
from sema.recursion import deep_recursion
from sema.stdlib.json_writer cimport json_text
from sema.stdlib.registry cimport declare
from sema.stdlib.sequences cimport string_argument
from sema.vm.maps cimport AnyMap, Map, map_put, map_word, new_map
from sema.vm.values cimport Keyword, cons, intern_keyword, to_word
from sema.vm.word cimport ABSENT, EMPTY, NIL, Word, decref, ptr_word

# Parsing nested data takes the C stack.
cdef Py_ssize_t MAX_DEPTH = 10_000

STRING = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
NOT_A_NUMBER = re.compile(r'"(?:[^"\\]|\\.)*+"|(-?Infinity|NaN)', re.DOTALL)


# --- Text to values -------------------------------------------------------------------------------

cdef Word adopted(object parsed) except ABSENT:
    """The word of what the parser made."""
    cdef object kind = type(parsed)
    cdef AnyMap m
    cdef Keyword name
    cdef Word value
    cdef Word made = EMPTY
    cdef Py_ssize_t i
    if kind is dict:
        m = new_map(<PyObject*>Map)
        for key, item in (<dict>parsed).items():
            value = adopted(item)
            name = intern_keyword(<str>key)
            try:
                map_put(m, ptr_word(<PyObject*>name), value)
            finally:
                decref(value)
        return map_word(m)
    if kind is list:
        for i in range(len(<list>parsed) - 1, -1, -1):
            try:
                value = adopted((<list>parsed)[i])
            except MemoryError:
                decref(made)
                raise
            made = cons(value, made)
        return made
    if kind is float and parsed - parsed != 0:  # too large for a double
        return NIL
    return to_word(parsed)


class NotJSON(Exception):
    """Something that Python reads and JSON does not know."""


def reject_constant(name):
    raise NotJSON(name)


def read_integer(text):
    """An integer of any length."""
    return -text_to_integer(text[1:]) if text[0] == "-" else text_to_integer(text)


cdef object parsed_of(str text):
    try:
        return loads(text, parse_constant=reject_constant)
    except JSONDecodeError:
        raise
    except ValueError:  # an integer of more digits than Python likes
        return loads(text, parse_constant=reject_constant, parse_int=read_integer)


cdef Py_ssize_t depth_of(str text) noexcept:
    """How deep the arrays and objects of a text nest."""
    cdef Py_ssize_t depth = 0, deepest = 0
    cdef bint in_string = False, is_escaped = False
    cdef Py_UCS4 c
    for c in text:
        if in_string:
            if is_escaped:
                is_escaped = False
            elif c == u"\\":
                is_escaped = True
            elif c == u'"':
                in_string = False
        elif c == u'"':
            in_string = True
        elif c == u"[" or c == u"{":
            depth += 1
            deepest = max(deepest, depth)
        elif c == u"]" or c == u"}":
            depth -= 1
    return deepest


cdef object decoded(str text):
    try:
        return parsed_of(text)
    except RecursionError:
        if depth_of(text) > MAX_DEPTH:
            raise JSONDecodeError("Nesting is too deep", text, 0) from None
    with deep_recursion:
        return parsed_of(text)


cdef int check_surrogates(str text) except -1:
    """Escapes may name half of a character only beside its other half."""
    if SURROGATE.search(text) is None:
        return 0
    for found in STRING.finditer(text):
        try:
            loads(found[0]).encode()
        except UnicodeEncodeError:
            raise JSONDecodeError("Lone surrogate in an escape", text, found.start()) from None


cdef Word decode(Word* args, Py_ssize_t n) except ABSENT:
    cdef str text = string_argument(args[0])
    try:
        with collector_paused:
            parsed = decoded(text)
            check_surrogates(text)
            return adopted(parsed)
    except NotJSON:
        at = next(found.start() for found in NOT_A_NUMBER.finditer(text) if found[1])
        error = JSONDecodeError("Expecting value", text, at)
    except RecursionError:
        error = JSONDecodeError("Nesting is too deep", text, 0)
    except JSONDecodeError as failure:
        error = failure
    problem = error.msg[0].lower() + error.msg[1:].removesuffix(" at").rstrip(": ")
    raise EvalError(
        f"json/decode: parse error at line {error.lineno} column {error.colno}: {problem}")


declare(decode, "json/decode", "s:string",
        "The value of a JSON text: objects become maps with keywords, arrays lists.",
        r'(json/decode "{\"a\": [1, null]}") => {:a (1 nil)}')


# --- Values to text -------------------------------------------------------------------------------

cdef Word encode(Word* args, Py_ssize_t n) except ABSENT:
    return to_word(json_text(args[0], "json/encode", False))


cdef Word encode_pretty(Word* args, Py_ssize_t n) except ABSENT:
    return to_word(json_text(args[0], "json/encode-pretty", True))


declare(encode, "json/encode", "x", "The JSON text of a value, without blanks.",
        r'(json/encode {:a [1 nil]}) => "{\"a\":[1,null]}"')
declare(encode_pretty, "json/encode-pretty", "x", "The JSON text of a value, indented by two.",
        r'(json/encode-pretty [1]) => "[\n  1\n]"')
