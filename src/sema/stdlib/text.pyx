# cython: language_level=3
"""The strings that every program needs: joining, measuring, indexing, converting."""

from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.object cimport PyObject
from libc.stdint cimport int64_t

from sema.errors import EvalError
from sema.stdlib.registry cimport declare
from sema.stdlib.sequences cimport (
    Cursor, Words, count_argument, cursor_on, int_argument, is_sequence, next_item,
    string_argument, type_error,
)
from sema.stdlib.text_search cimport find_text, is_ascii, is_searchable, replace_text
from sema.vm.values cimport (
    Keyword, Symbol, append_text, cons, intern_keyword, intern_symbol, is_list, is_string, list_of,
    to_object, to_word, type_of,
)
from sema.vm.word cimport (
    ABSENT, CHAR_TAG, EMPTY, NIL, Word, bool_word, decref, int_word, is_char, is_int, is_ref,
    ptr_word, rc_inc, word_int, word_ptr,
)

cdef extern from *:
    """
    /* The upper or lower case of an ASCII text, whose letters differ in one bit. */
    static PyObject* sema_ascii_case(PyObject* text, unsigned char first) {
        Py_ssize_t n = PyUnicode_GET_LENGTH(text);
        PyObject* made = PyUnicode_New(n, 127);
        if (made == NULL) return NULL;
        const unsigned char* from = PyUnicode_1BYTE_DATA(text);
        unsigned char* to = PyUnicode_1BYTE_DATA(made);
        for (Py_ssize_t i = 0; i < n; i++)
            to[i] = from[i] ^ ((unsigned char)(from[i] - first) < 26) << 5;
        return made;
    }
    /* ASCII texts, at least one, so long together, with a separator. */
    static PyObject* sema_join(
        const uint64_t* parts, Py_ssize_t n, PyObject* separator, Py_ssize_t length
    ) {
        Py_ssize_t n_between = PyUnicode_GET_LENGTH(separator);
        const unsigned char* between = PyUnicode_1BYTE_DATA(separator);
        if (n_between > (PY_SSIZE_T_MAX - length) / n) return PyErr_NoMemory();
        PyObject* made = PyUnicode_New(length + (n - 1) * n_between, 127);
        if (made == NULL) return NULL;
        unsigned char* to = PyUnicode_1BYTE_DATA(made);
        for (Py_ssize_t i = 0; i < n; i++) {
            PyObject* part = (PyObject*)(parts[i] & SEMA_PAYLOAD);
            length = PyUnicode_GET_LENGTH(part);
            memcpy(to, PyUnicode_1BYTE_DATA(part), length);
            to += length;
            if (i == n - 1) break;
            if (n_between == 1) *to = *between; else memcpy(to, between, n_between);
            to += n_between;
        }
        return made;
    }
    /* The decimal digits of an integer. */
    static PyObject* sema_decimal(int64_t value) {
        unsigned char digits[24];
        unsigned char* at = digits + sizeof digits;
        uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;
        do { *--at = '0' + left % 10; left /= 10; } while (left);
        if (value < 0) *--at = '-';
        PyObject* made = PyUnicode_New(digits + sizeof digits - at, 127);
        if (made != NULL)
            memcpy(PyUnicode_1BYTE_DATA(made), at, digits + sizeof digits - at);
        return made;
    }
    """
    Py_ssize_t PyUnicode_GET_LENGTH(PyObject*)
    str join_parts "sema_join"(Word*, Py_ssize_t, str, Py_ssize_t)
    str ascii_case "sema_ascii_case"(str, unsigned char)
    str decimal "sema_decimal"(int64_t)
    Py_ssize_t find_char "PyUnicode_FindChar"(str, Py_UCS4, Py_ssize_t, Py_ssize_t, int) except -2
    str PyUnicode_Substring(str, Py_ssize_t, Py_ssize_t)

cdef object display = None


cdef inline Word text_word(str text) noexcept:
    """The word of a text, owned by the caller."""
    rc_inc(<PyObject*>text)
    return ptr_word(<PyObject*>text)


cdef str displayed(Word w):
    """The display form of a value."""
    global display
    if is_string(w):
        return <str>word_ptr(w)
    if is_int(w):
        return decimal(word_int(w))
    if display is None:
        from sema.reader.printer import display
    return display(to_object(w))


# --- Joining and formatting -------------------------------------------------------------------

cdef Word join_all(Word* args, Py_ssize_t n) except ABSENT:
    cdef Py_ssize_t i
    if n == 1:
        return to_word(displayed(args[0]))
    if n == 2 and is_string(args[0]):
        return append_text(args, displayed(args[1]))
    return to_word("".join([displayed(args[i]) for i in range(n)]))


cdef Word join_with(Word* args, Py_ssize_t n) except ABSENT:
    cdef Cursor at
    cdef list texts = []
    if not is_sequence(args[0]):
        type_error("list or vector", args[0])
    separator = string_argument(args[1])
    joined = join_ascii(cursor_on(args[0]), separator)
    if joined is not None:
        return to_word(joined)
    at = cursor_on(args[0])
    while at.left:
        texts.append(displayed(next_item(&at)))
    return to_word(separator.join(texts))


cdef str join_ascii(Cursor at, str separator):
    """A sequence of ASCII strings with a separator; None if other values are in it."""
    cdef Py_ssize_t n = at.left
    cdef Py_ssize_t length = 0
    cdef Py_ssize_t i
    cdef Word* parts = <Word*>PyMem_Malloc(n * sizeof(Word))
    if parts == NULL:
        raise MemoryError()
    try:
        for i in range(n):
            parts[i] = next_item(&at)
            if not is_string(parts[i]) or not is_ascii(<str>word_ptr(parts[i])):
                return None
            length += PyUnicode_GET_LENGTH(word_ptr(parts[i]))
        if n and is_ascii(separator):
            return join_parts(parts, n, separator, length)
    finally:
        PyMem_Free(parts)


cdef Word format_text(Word* args, Py_ssize_t n) except ABSENT:
    cdef list pieces = string_argument(args[0]).split("~")
    cdef list made = [pieces[0]]
    cdef Py_ssize_t used = 1
    cdef Py_ssize_t i = 1
    cdef str piece, directive
    while i < len(pieces):
        piece = pieces[i]
        directive = piece[:1].lower()
        i += 1
        if directive == "a" or directive == "s":
            if used < n:
                made.append(displayed(args[used]) if directive == "a" else written(args[used]))
                used += 1
            made.append(piece[1:])
        elif directive == "%":
            made.append("\n" + piece[1:])
        elif not directive and i < len(pieces):
            made.append("~" + <str>pieces[i])
            i += 1
        else:
            made.append("~" + piece)
    return to_word("".join(made))


cdef str written(Word w):
    from sema.reader.printer import write
    return write(to_object(w))


cdef Word repeated(Word* args, Py_ssize_t n) except ABSENT:
    text = string_argument(args[0])
    try:
        return to_word(text * count_argument(args[1], "string/repeat"))
    except OverflowError:
        raise MemoryError() from None


declare(join_all, "string-append", "xs...", "The display forms of its arguments joined.",
        '(string-append "a" 1) => "a1"', ("string/append", "str"))
declare(join_with, "string/join", "seq:sequence separator:string",
        "The display forms of a sequence with a separator.",
        '(string/join \'("a" 1) ", ") => "a, 1"', ("string-join",))
declare(format_text, "format", "template:string args...",
        "A template filled in: ~a displays and ~s writes an argument, ~% is a newline.",
        '(format "~a-~s" "x" "y") => "x-\\"y\\""')
declare(repeated, "string/repeat", "s:string n:count", "So many copies of a string.",
        '(string/repeat "ab" 2) => "abab"', ("make-string",))


# --- Measuring and indexing -------------------------------------------------------------------

cdef Word string_length(Word* args, Py_ssize_t n) except ABSENT:
    return int_word(len(string_argument(args[0])))


cdef Word string_ref(Word* args, Py_ssize_t n) except ABSENT:
    cdef str text = string_argument(args[0])
    cdef Py_ssize_t index = int_argument(args[1])
    if index < 0:
        raise EvalError(f"string-ref: index must be non-negative, got {index}")
    if index >= len(text):
        raise EvalError(f"string-ref: index {index} out of bounds (string length {len(text)})")
    return CHAR_TAG | <Word><Py_UCS4>text[index]


cdef Word substring(Word* args, Py_ssize_t n) except ABSENT:
    cdef str text = string_argument(args[0])
    cdef Py_ssize_t start = count_argument(args[1], "substring")
    cdef Py_ssize_t end = count_argument(args[2], "substring") if n == 3 else len(text)
    if start > end or end > len(text):
        raise EvalError(
            "substring: index out of bounds",
            hint=f"start {start}, end {end}: the string has {len(text)} characters")
    return to_word(text[start:end])


cdef Word is_empty(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(not string_argument(args[0]))


cdef Word contains(Word* args, Py_ssize_t n) except ABSENT:
    part, text = string_argument(args[1]), string_argument(args[0])
    if is_searchable(text, part):
        return bool_word(find_text(text, part) >= 0)
    return bool_word(part in text)


cdef Word index_of(Word* args, Py_ssize_t n) except ABSENT:
    text, part = string_argument(args[0]), string_argument(args[1])
    cdef Py_ssize_t found
    found = find_text(text, part) if is_searchable(text, part) else text.find(part)
    return NIL if found < 0 else int_word(found)


cdef Word starts_with(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(string_argument(args[0]).startswith(string_argument(args[1])))


cdef Word ends_with(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(string_argument(args[0]).endswith(string_argument(args[1])))


declare(string_length, "string-length", "s:string", "How many characters a string has.",
        '(string-length "abc") => 3', ("string/length",))
declare(string_ref, "string-ref", "s:string i:count", "The character at a position.",
        r'(string-ref "abc" 1) => #\b', ("string/ref",))
declare(substring, "substring", "s:string start:count [end:count]",
        "The characters from one position up to another.",
        '(substring "hello" 1 3) => "el"', ("string/slice",))
declare(is_empty, "string/empty?", "s:string", "Whether a string has no characters.",
        '(string/empty? "") => #t')
declare(contains, "string/contains?", "s:string part:string", "Whether a string contains another.",
        '(string/contains? "hello" "ell") => #t')
declare(index_of, "string/index-of", "s:string part:string",
        "Where a string contains another first, or nil.", '(string/index-of "hello" "l") => 2')
declare(starts_with, "string/starts-with?", "s:string part:string",
        "Whether a string begins with another.",
        '(string/starts-with? "hello" "he") => #t')
declare(ends_with, "string/ends-with?", "s:string part:string",
        "Whether a string ends with another.",
        '(string/ends-with? "hello" "lo") => #t')


# --- Edits ------------------------------------------------------------------------------------

cdef Word upper(Word* args, Py_ssize_t n) except ABSENT:
    cdef str text = string_argument(args[0])
    return text_word(ascii_case(text, c"a") if is_ascii(text) else text.upper())


cdef Word lower(Word* args, Py_ssize_t n) except ABSENT:
    cdef str text = string_argument(args[0])
    return text_word(ascii_case(text, c"A") if is_ascii(text) else text.lower())


cdef Word trim(Word* args, Py_ssize_t n) except ABSENT:
    return to_word(string_argument(args[0]).strip())


cdef Word trim_left(Word* args, Py_ssize_t n) except ABSENT:
    return to_word(string_argument(args[0]).lstrip())


cdef Word trim_right(Word* args, Py_ssize_t n) except ABSENT:
    return to_word(string_argument(args[0]).rstrip())


cdef Word replace(Word* args, Py_ssize_t n) except ABSENT:
    text, old, new = string_argument(args[0]), string_argument(args[1]), string_argument(args[2])
    if is_searchable(text, old) and is_ascii(new):
        return text_word(replace_text(text, old, new))
    return text_word(text.replace(old, new))


declare(upper, "string/upper", "s:string", "The string in upper case.",
        '(string/upper "abc") => "ABC"', ("string-upcase",))
declare(lower, "string/lower", "s:string", "The string in lower case.",
        '(string/lower "ABC") => "abc"', ("string-downcase",))
declare(trim, "string/trim", "s:string", "The string without blanks at its ends.",
        '(string/trim " a ") => "a"', ("string-trim",))
declare(trim_left, "string/trim-left", "s:string", "The string without blanks at its beginning.",
        '(string/trim-left " a ") => "a "')
declare(trim_right, "string/trim-right", "s:string", "The string without blanks at its end.",
        '(string/trim-right " a ") => " a"')
declare(replace, "string/replace", "s:string old:string new:string",
        "The string with every occurrence of a text replaced.",
        '(string/replace "hello" "l" "L") => "heLLo"')


# --- Characters and other types ---------------------------------------------------------------

cdef Word split_at(str text, Py_UCS4 separator, Py_ssize_t end) except ABSENT:
    """The parts of a text up to a position between separators; the last one is made first."""
    cdef Word made = EMPTY
    cdef Py_ssize_t at
    cdef str part
    while True:
        at = find_char(text, separator, 0, end, -1)
        try:
            part = PyUnicode_Substring(text, at + 1, end)
        except MemoryError:
            decref(made)
            raise
        made = cons(text_word(part), made)
        if at < 0:
            return made
        end = at


cdef Word split(Word* args, Py_ssize_t n) except ABSENT:
    cdef str text = string_argument(args[0])
    cdef str separator = string_argument(args[1])
    if len(separator) == 1:
        return split_at(text, separator[0], len(text))
    return list_of(text.split(separator) if separator else ["", *text, ""])


def list_of_lines(str text):
    """The list of a text's lines, which end with a line feed; the last one may lack it."""
    cdef Py_ssize_t end = len(text)
    cdef Word made = EMPTY
    if end:
        made = split_at(text, u"\n", end - 1 if text[end - 1] == u"\n" else end)
    lines = to_object(made)
    decref(made)
    return lines


cdef Word chars(Word* args, Py_ssize_t n) except ABSENT:
    cdef Words made = Words()
    cdef Py_UCS4 c
    for c in string_argument(args[0]):
        made.add(CHAR_TAG | <Word>c)
    return made.take_list()


cdef Word codepoints(Word* args, Py_ssize_t n) except ABSENT:
    cdef Words made = Words()
    cdef Py_UCS4 c
    for c in string_argument(args[0]):
        made.add(int_word(<int>c))
    return made.take_list()


cdef Word list_to_string(Word* args, Py_ssize_t n) except ABSENT:
    cdef list texts = []
    cdef Cursor at
    cdef Word item
    if not is_list(args[0]):
        type_error("list", args[0])
    at = cursor_on(args[0])
    while at.left:
        item = next_item(&at)
        if not is_char(item):
            type_error("char", item)
        texts.append(chr(<Py_UCS4>(item & 0x1FFFFF)))
    return to_word("".join(texts))


cdef Word string_to_symbol(Word* args, Py_ssize_t n) except ABSENT:
    return to_word(intern_symbol(string_argument(args[0])))


cdef Word string_to_keyword(Word* args, Py_ssize_t n) except ABSENT:
    return to_word(intern_keyword(string_argument(args[0])))


cdef Word symbol_to_string(Word* args, Py_ssize_t n) except ABSENT:
    if not is_ref(args[0]) or type_of(args[0]) != <PyObject*>Symbol:
        type_error("symbol", args[0])
    return to_word((<Symbol>word_ptr(args[0])).name)


cdef Word keyword_to_string(Word* args, Py_ssize_t n) except ABSENT:
    if not is_ref(args[0]) or type_of(args[0]) != <PyObject*>Keyword:
        type_error("keyword", args[0])
    return to_word((<Keyword>word_ptr(args[0])).name)


declare(split, "string/split", "s:string separator:string",
        "The parts of a string between separators.",
        '(string/split "a,b" ",") => ("a" "b")', ("string-split",))
declare(chars, "string->list", "s:string", "The characters of a string as a list.",
        r'(string->list "ab") => (#\a #\b)', ("string/to-list",))
declare(chars, "string/chars", "s:string", "The characters of a string as a list.",
        r'(string/chars "ab") => (#\a #\b)')
declare(codepoints, "string/codepoints", "s:string", "The code points of a string as a list.",
        '(string/codepoints "ab") => (97 98)')
declare(list_to_string, "list->string", "chars:list", "The string of a list of characters.",
        r'(list->string (list #\a #\b)) => "ab"')
declare(string_to_symbol, "string->symbol", "s:string", "The symbol of a spelling.",
        '(string->symbol "a") => a', ("string/to-symbol",))
declare(string_to_keyword, "string->keyword", "s:string", "The keyword of a spelling.",
        '(string->keyword "a") => :a', ("string/to-keyword",))
declare(symbol_to_string, "symbol->string", "symbol:symbol", "The spelling of a symbol.",
        "(symbol->string 'a) => \"a\"", ("symbol/to-string",))
declare(keyword_to_string, "keyword->string", "k:keyword",
        "The spelling of a keyword, without colon.",
        '(keyword->string :a) => "a"', ("keyword/to-string",))
