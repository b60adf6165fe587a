# cython: language_level=3
"""Bytevectors: immutable bytes. Those that "set" a byte make a copy with that byte changed."""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cpython.object cimport PyObject
from libc.stdint cimport int64_t
from libc.string cimport memcpy, memset

from sema.errors import EvalError
from sema.stdlib.registry cimport declare
from sema.stdlib.sequences cimport (
    Cursor, count_argument, cursor_on, int_argument, next_item, string_argument, type_error,
)
from sema.vm.values cimport Builtin, CEntry, cons, is_list, is_string, to_word, type_of
from sema.vm.word cimport (
    ABSENT, EMPTY, NIL, Word, int_word, is_int, is_ref, mul_overflows, sub_overflows, word_ptr,
)

ctypedef unsigned char Byte


cdef int enter(
    CEntry entry, str name, str signature, str doc, str example, tuple aliases=(),
) except -1:
    """Declare a builtin; the whole family is of the second tier."""
    return declare(entry, name, signature, doc, example, aliases, False, None, "T2")


# --- Arguments ------------------------------------------------------------------------------------

cdef bytes bytes_argument(Word w):
    if not is_ref(w) or type_of(w) != <PyObject*>bytes:
        type_error("bytevector", w)
    return <bytes>word_ptr(w)


cdef int byte_argument(Word w, str name) except -1:
    cdef int64_t value = int_argument(w)
    if not 0 <= value <= 255:
        raise EvalError(f"{name}: byte value {value} out of range 0..255")
    return <int>value


cdef str name_of(Word* args):
    """The name of the builtin that has these arguments."""
    return (<Builtin>word_ptr(args[-2])).name


cdef Py_ssize_t index_argument(Word w, bytes b, str name) except -1:
    """The index of a byte that is there."""
    cdef Py_ssize_t i = count_argument(w, name)
    if i >= PyBytes_GET_SIZE(b):
        raise EvalError(f"{name}: index {i} out of bounds (length {len(b)})")
    return i


cdef int read_range(
    Word* args, Py_ssize_t n, bytes b, Py_ssize_t* start, Py_ssize_t* end,
) except -1:
    """The range that the arguments behind the bytevector say: ``[start=0] [end=length]``."""
    cdef str name = name_of(args)
    start[0] = count_argument(args[1], name) if n > 1 else 0
    end[0] = count_argument(args[2], name) if n > 2 else PyBytes_GET_SIZE(b)
    if start[0] > end[0] or end[0] > PyBytes_GET_SIZE(b):
        raise EvalError(
            f"{name}: range {start[0]}..{end[0]} out of bounds (length {PyBytes_GET_SIZE(b)})")
    return 0


# --- Making ---------------------------------------------------------------------------------------

cdef Word from_arguments(Word* args, Py_ssize_t n) except ABSENT:
    cdef bytes made = PyBytes_FromStringAndSize(NULL, n)
    cdef Byte* data = <Byte*>PyBytes_AS_STRING(made)
    cdef Py_ssize_t i
    for i in range(n):
        data[i] = <Byte>byte_argument(args[i], "bytevector")
    return to_word(made)


cdef Word repeated(Word* args, Py_ssize_t n) except ABSENT:
    cdef Py_ssize_t size = count_argument(args[0], "make-bytevector")
    cdef int fill = byte_argument(args[1], "make-bytevector") if n == 2 else 0
    cdef bytes made = PyBytes_FromStringAndSize(NULL, size)
    memset(PyBytes_AS_STRING(made), fill, size)
    return to_word(made)


cdef Word from_list(Word* args, Py_ssize_t n) except ABSENT:
    if not is_list(args[0]):
        type_error("list", args[0])
    cdef Cursor at = cursor_on(args[0])
    cdef bytes made = PyBytes_FromStringAndSize(NULL, at.left)
    cdef Byte* data = <Byte*>PyBytes_AS_STRING(made)
    while at.left:
        data[0] = <Byte>byte_argument(next_item(&at), "list->bytevector")
        data += 1
    return to_word(made)


cdef Word appended(Word* args, Py_ssize_t n) except ABSENT:
    cdef Py_ssize_t i
    return to_word(b"".join([bytes_argument(args[i]) for i in range(n)]))


enter(from_arguments, "bytevector", "bytes:int...", "A bytevector of the given bytes.",
      "(bytevector 1 2) => #u8(1 2)")
enter(repeated, "make-bytevector", "n:count [fill:int]",
      "A bytevector of so many equal bytes, 0 by default.",
      "(make-bytevector 2 7) => #u8(7 7)", ("bytevector/new", "bytevector/make"))
enter(from_list, "list->bytevector", "bytes:list", "The bytevector of a list of bytes.",
      "(list->bytevector '(1 2)) => #u8(1 2)",
      ("list/to-bytevector", "bytevector/from-list"))
enter(appended, "bytevector-append", "bs:bytevector...", "Bytevectors joined to one.",
      "(bytevector-append #u8(1) #u8(2 3)) => #u8(1 2 3)", ("bytevector/append",))


# --- Bytes and ranges -----------------------------------------------------------------------------

cdef Word size_of(Word* args, Py_ssize_t n) except ABSENT:
    return int_word(PyBytes_GET_SIZE(bytes_argument(args[0])))


cdef Word byte_at(Word* args, Py_ssize_t n) except ABSENT:
    cdef bytes b = bytes_argument(args[0])
    cdef Py_ssize_t i = index_argument(args[1], b, name_of(args))
    return int_word((<Byte*>PyBytes_AS_STRING(b))[i])


cdef Word with_byte(Word* args, Py_ssize_t n) except ABSENT:
    cdef bytes b = bytes_argument(args[0])
    cdef Py_ssize_t i = index_argument(args[1], b, "bytevector-u8-set!")
    cdef int value = byte_argument(args[2], "bytevector-u8-set!")
    cdef bytes made = PyBytes_FromStringAndSize(NULL, PyBytes_GET_SIZE(b))
    cdef Byte* data = <Byte*>PyBytes_AS_STRING(made)
    memcpy(data, PyBytes_AS_STRING(b), PyBytes_GET_SIZE(b))
    data[i] = <Byte>value
    return to_word(made)


cdef Word part(Word* args, Py_ssize_t n) except ABSENT:
    cdef bytes b = bytes_argument(args[0])
    cdef Py_ssize_t start, end
    read_range(args, n, b, &start, &end)
    return to_word(b[start:end])


cdef Word to_list(Word* args, Py_ssize_t n) except ABSENT:
    cdef bytes b = bytes_argument(args[0])
    cdef Word made = EMPTY
    cdef Py_ssize_t i
    for i in range(PyBytes_GET_SIZE(b) - 1, -1, -1):
        made = cons(int_word((<Byte*>PyBytes_AS_STRING(b))[i]), made)
    return made


enter(size_of, "bytevector-length", "b:bytevector", "The number of bytes.",
      "(bytevector-length #u8(1 2)) => 2", ("bytevector/length",))
enter(size_of, "bytes/length", "b:bytevector",
      "The number of bytes.", "(bytes/length #u8(1 2)) => 2")
enter(byte_at, "bytevector-u8-ref", "b:bytevector i:count", "The byte at an index.",
      "(bytevector-u8-ref #u8(7 8) 1) => 8", ("bytevector/ref", "bytevector/u8-ref"))
enter(byte_at, "bytes/ref", "b:bytevector i:count",
      "The byte at an index.", "(bytes/ref #u8(7 8) 1) => 8")
enter(with_byte, "bytevector-u8-set!", "b:bytevector i:count byte:int",
      "A copy with the byte at an index replaced; the bytevector itself stays as it is.",
      "(bytevector-u8-set! #u8(7 8) 1 9) => #u8(7 9)",
      ("bytevector/set!", "bytevector/u8-set!"))
enter(part, "bytevector-copy", "b:bytevector [start:count] [end:count]",
      "The bytes from a start up to an end.",
      "(bytevector-copy #u8(1 2 3) 1) => #u8(2 3)", ("bytevector/copy",))
enter(part, "bytes/slice", "b:bytevector start:count [end:count]",
      "The bytes from a start up to an end.",
      "(bytes/slice #u8(1 2 3) 0 2) => #u8(1 2)")
enter(to_list, "bytevector->list", "b:bytevector", "The list of the bytes.",
      "(bytevector->list #u8(1 2)) => (1 2)", ("bytevector/to-list",))


# --- Text -----------------------------------------------------------------------------------------

cdef Word decoded(bytes b, str name) except ABSENT:
    try:
        return to_word(b.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise EvalError(f"{name}: invalid UTF-8 at byte {error.start}") from None


cdef Word encode(Word* args, Py_ssize_t n) except ABSENT:
    return to_word(string_argument(args[0]).encode("utf-8"))


cdef Word decode(Word* args, Py_ssize_t n) except ABSENT:
    return decoded(bytes_argument(args[0]), "utf8->string")


cdef Word decode_range(Word* args, Py_ssize_t n) except ABSENT:
    cdef bytes b = bytes_argument(args[0])
    cdef Py_ssize_t start, end
    read_range(args, n, b, &start, &end)
    return decoded(b[start:end], "bytes/->string")


cdef Word find(Word* args, Py_ssize_t n) except ABSENT:
    cdef bytes b = bytes_argument(args[0])
    cdef Word needle = args[1]
    cdef Py_ssize_t start = count_argument(args[2], "bytes/find") if n == 3 else 0
    cdef bytes wanted
    if is_int(needle):
        wanted = bytes((byte_argument(needle, "bytes/find"),))
    elif is_string(needle):
        wanted = (<str>word_ptr(needle)).encode("utf-8")
    elif is_ref(needle) and type_of(needle) == <PyObject*>bytes:
        wanted = <bytes>word_ptr(needle)
    else:
        type_error("int, bytevector, or string", needle)
    cdef Py_ssize_t found = b.find(wanted, start)
    return NIL if found < 0 else int_word(found)


enter(encode, "string->utf8", "s:string", "The bytes of a string in UTF-8.",
      '(string->utf8 "é") => #u8(195 169)', ("string/to-utf8", "string->bytevector"))
enter(decode, "utf8->string", "b:bytevector", "The string that bytes are in UTF-8.",
      '(utf8->string #u8(104 105)) => "hi"', ("utf8/to-string", "bytevector->string"))
enter(decode_range, "bytes/->string", "b:bytevector [start:count] [end:count]",
      "The string that the bytes from a start up to an end are in UTF-8.",
      '(bytes/->string #u8(104 105) 1) => "i"')
enter(find, "bytes/find", "b:bytevector needle [start:count]",
      "Where a byte, a bytevector or a string's bytes occur first from a start on, or nil.",
      '(bytes/find #u8(97 98 99) "bc") => 1')


# --- Numbers in bytes -----------------------------------------------------------------------------

cdef int bad_digit(Py_ssize_t position) except -1:
    raise EvalError(f"bytes/parse-int10: invalid digit at byte {position}")


cdef Word parse_tenths(Word* args, Py_ssize_t n) except ABSENT:
    cdef bytes b = bytes_argument(args[0])
    cdef const Byte* data = <const Byte*>PyBytes_AS_STRING(b)
    cdef Py_ssize_t at, end, digits = 0
    cdef int64_t value = 0
    cdef bint negative, overflow = False
    cdef int digit
    read_range(args, n, b, &at, &end)
    negative = at < end and data[at] == c"-"
    if negative:
        at += 1
    # Digits are subtracted: the least integer has no positive counterpart.
    while at < end and data[at] != c".":
        digit = data[at] - <int>c"0"
        if not 0 <= digit <= 9:
            bad_digit(at)
        overflow |= mul_overflows(value, 10, &value) or sub_overflows(value, digit, &value)
        at += 1
        digits += 1
    if digits == 0:
        raise EvalError("bytes/parse-int10: no digits")
    digit = 0
    if at < end:
        if end - at != 2:
            raise EvalError("bytes/parse-int10: expected exactly one digit after the point")
        digit = data[at + 1] - <int>c"0"
        if not 0 <= digit <= 9:
            bad_digit(at + 1)
    overflow |= mul_overflows(value, 10, &value) or sub_overflows(value, digit, &value)
    if not negative:
        overflow |= sub_overflows(0, value, &value)
    if overflow:
        raise EvalError("bytes/parse-int10: number does not fit in 64 bits")
    return to_word(value)


enter(parse_tenths, "bytes/parse-int10", "b:bytevector [start:count] [end:count]",
      "Ten times the decimal number, of at most one fraction digit, that bytes spell in ASCII.",
      '(bytes/parse-int10 (string->utf8 "-4.5")) => -45')
