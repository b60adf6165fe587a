# cython: language_level=3
"""JSON: Python's parser, and what turns its objects into values; values written as text."""

import re
from json import JSONDecodeError, loads
from json.encoder import encode_basestring

from sema.collector import collector_paused
from sema.errors import EvalError
from sema.reader.digits import integer_to_text, text_to_integer
from sema.reader.printer import write
from sema.recursion import deep_recursion
from sema.stdlib.registry cimport declare
from sema.stdlib.sequences cimport string_argument
from sema.vm.maps import HashMap, Map
from sema.vm.types import type_name
from sema.vm.values import make_list
from sema.vm.values cimport (
    EmptyList, Keyword, Pair, Symbol, Vector, intern_keyword, to_object, to_word,
)
from sema.vm.word cimport ABSENT, Word

# Parsing nested data takes the C stack.
cdef Py_ssize_t MAX_DEPTH = 10_000

STRING = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
NOT_A_NUMBER = re.compile(r'"(?:[^"\\]|\\.)*+"|(-?Infinity|NaN)', re.DOTALL)


# --- Text to values -------------------------------------------------------------------------------

cdef object adopted(object parsed):
    """The value of what the parser made."""
    cdef object kind = type(parsed)
    if kind is dict:
        return Map.from_pairs([
            (intern_keyword(<str>key), adopted(item)) for key, item in (<dict>parsed).items()
        ])
    if kind is list:
        return make_list([adopted(item) for item in <list>parsed])
    if kind is float and parsed - parsed != 0:  # too large for a double
        return None
    return parsed


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
            return to_word(adopted(parsed))
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

cdef class Level:
    """An array or object that is being written; the items of an object are pairs."""

    cdef list items
    cdef Py_ssize_t next
    cdef bint is_object


cdef str float_text(double value):
    """The shortest digits; with an exponent from 1e16 up and below 1e-5."""
    cdef str text = repr(value)
    mantissa, small, exponent = text.partition("e-")
    if not small:
        return text
    return write(value) if abs(value) >= 1e-5 else f"{mantissa}e-{int(exponent)}"


cdef str leaf_text(object value):
    """The text of a value without parts, or None."""
    cdef object kind = type(value)
    if kind is str:
        return encode_basestring(value)
    if kind is int:
        return integer_to_text(value)
    if kind is float:
        return float_text(value) if value - value == 0 else None
    if kind is Keyword:
        return encode_basestring((<Keyword>value).name)
    if kind is Symbol:
        return encode_basestring((<Symbol>value).name)
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    if type_name(value) in ("rational", "complex"):
        return encode_basestring(write(value))
    return None


cdef str key_text(object key):
    cdef object kind = type(key)
    if kind is Keyword:
        return (<Keyword>key).name
    if kind is str:
        return <str>key
    return write(key)


cdef list parts_of(object value, str who):
    """The items of an array, or the sorted entries of an object."""
    cdef object kind = type(value)
    if kind is Pair or kind is Vector or kind is EmptyList:
        return list(value)
    if kind is Map or kind is HashMap:
        entries = {key_text(key): item for key, item in value.items()}
        return sorted(entries.items())
    shown = write(value) if kind is float else type_name(value)
    raise EvalError(f"{who}: Eval error: cannot encode {shown}")


cdef str encoded(object value, str who, bint is_pretty):
    cdef list out = []
    cdef list levels = []
    cdef str text
    cdef Level level
    while True:
        text = leaf_text(value)
        if text is None:
            level = Level.__new__(Level)
            level.items = parts_of(value, who)
            level.is_object = type(value) is Map or type(value) is HashMap
            levels.append(level)
            text = "{" if level.is_object else "["
        out.append(text)
        while levels:
            level = <Level>levels[len(levels) - 1]
            if level.next < len(level.items):
                break
            levels.pop()
            if is_pretty and level.items:
                out.append("\n" + "  " * len(levels))
            out.append("}" if level.is_object else "]")
        else:
            return "".join(out)
        if level.next:
            out.append(",")
        if is_pretty:
            out.append("\n" + "  " * len(levels))
        value = level.items[level.next]
        level.next += 1
        if level.is_object:
            key, value = value
            out.append(encode_basestring(key))
            out.append(": " if is_pretty else ":")


cdef Word encode(Word* args, Py_ssize_t n) except ABSENT:
    with collector_paused:
        return to_word(encoded(to_object(args[0]), "json/encode", False))


cdef Word encode_pretty(Word* args, Py_ssize_t n) except ABSENT:
    with collector_paused:
        return to_word(encoded(to_object(args[0]), "json/encode-pretty", True))


declare(encode, "json/encode", "x", "The JSON text of a value, without blanks.",
        r'(json/encode {:a [1 nil]}) => "{\"a\":[1,null]}"')
declare(encode_pretty, "json/encode-pretty", "x", "The JSON text of a value, indented by two.",
        r'(json/encode-pretty [1]) => "[\n  1\n]"')
