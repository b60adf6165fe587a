# cython: language_level=3
"""Text → tokens, all of a unit at once: a lexical error anywhere comes before any form.

Tokens know their place as offsets into the text; lines and columns are computed when somebody
asks. The expressions inside f-strings are lexed where they stand, so their places are true too;
only errors in texts that a program reads count lines and columns from the expression's start.
"""

from cpython.mem cimport PyMem_Free, PyMem_Realloc
from cpython.unicode cimport PyUnicode_FromKindAndData
from libc.math cimport INFINITY, NAN
from libc.stdint cimport uint32_t

from sema.reader.chars cimport CONTINUE, DIGIT, SPACE, START, CodePoint, has_class
from sema.reader.numerals cimport Numeral, scan_number, scan_prefixed
from sema.vm.values cimport intern_keyword, intern_symbol, to_word
from sema.vm.word cimport (
    CHAR_TAG, FALSE, NIL, TRUE, Word, decref, double_word, incref,
)

from sema.reader.numerals import NumeralError
from sema.reader.spans import span_between

cdef extern from "Python.h":
    const int PyUnicode_4BYTE_KIND
    CodePoint* PyUnicode_AsUCS4Copy(object) except NULL
    bint is_letter "Py_UNICODE_ISALPHA"(CodePoint)
    bint is_any_space "Py_UNICODE_ISSPACE"(CodePoint)

cdef enum:
    MAX_SCALAR = 0x10FFFF
    FIRST_SURROGATE = 0xD800
    LAST_SURROGATE = 0xDFFF

cdef uint32_t LONGEST_TEXT = 0xFFFFFFFF


# --- Names --------------------------------------------------------------------------------------

# Most names of a program occur many times. This direct-mapped cache finds the value of a spelling
# without making a string of it; its entries live as long as the program, like all symbols.
cdef enum:
    NAME_CACHE_SIZE = 4096

cdef struct Name:
    uint32_t hash
    TokenKind kind
    Word value

cdef Name names[NAME_CACHE_SIZE]
cdef list spellings = [None] * NAME_CACHE_SIZE

cdef dict reserved_floats = {
    "inf": INFINITY, "+inf": INFINITY, "Inf": INFINITY, "Infinity": INFINITY,
    "+Infinity": INFINITY, "-inf": -INFINITY, "-Infinity": -INFINITY,
    "nan": NAN, "NaN": NAN, "NAN": NAN, "+nan": NAN, "-nan": NAN,
}

cdef dict character_names = {"space": 32, "newline": 10, "tab": 9, "return": 13, "nul": 0}


cdef Name* find_name(const CodePoint* s, Py_ssize_t n, uint32_t hash) except NULL:
    """The meaning of a spelling, which starts with a colon if it is a keyword's."""
    cdef Py_ssize_t slot = hash & (NAME_CACHE_SIZE - 1)
    cdef Name* name = &names[slot]
    cdef str spelling
    if name.hash == hash and spellings[slot] is not None and same_text(spellings[slot], s, n):
        return name
    spelling = <str>PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, s, n)
    cdef Name found = meaning(spelling)
    decref(name.value)
    found.hash = hash
    names[slot] = found
    spellings[slot] = spelling
    return name


cdef bint same_text(str text, const CodePoint* s, Py_ssize_t n) noexcept:
    cdef Py_ssize_t i
    if len(text) != n:
        return False
    for i in range(n):
        if <CodePoint>text[i] != s[i]:
            return False
    return True


cdef Name meaning(str spelling) except *:
    cdef Name name
    name.hash = 0
    name.kind = T_ATOM
    if spelling[0] == u":":
        name.value = to_word(intern_keyword(spelling[1:]))
    elif spelling == "true":
        name.value = TRUE
    elif spelling == "false":
        name.value = FALSE
    elif spelling == "nil":
        name.value = NIL
    elif spelling in reserved_floats:
        name.value = double_word(reserved_floats[spelling])
    else:
        name.value = to_word(intern_symbol(spelling))
        name.kind = T_SYMBOL
        if spelling == ".":
            name.kind = T_DOT
        elif spelling[0] == u"%" and is_parameter(spelling):
            name.kind = T_PARAMETER
    return name


cdef bint is_parameter(str spelling) except -1:
    """Whether `%`, or `%` and a positive number."""
    cdef str digits = spelling[1:]
    return not digits or (digits.isascii() and digits.isdigit() and digits.strip("0") != "")


cpdef bint is_alphabetic(CodePoint c) except -1:
    """The Unicode property of that name, but for marks."""
    if c < 128:
        return c"a" <= (c | 32) <= c"z"
    if is_letter(c) or 0x24B6 <= c <= 0x24E9:
        return True
    if 0x1F130 <= c <= 0x1F189:
        return c <= 0x1F149 or 0x1F150 <= c <= 0x1F169 or 0x1F170 <= c
    return category(c) == "Nl"


cdef bint continues_symbol(CodePoint c) except -1:
    """Also vowel signs and combining accents: names of every script, composed or not."""
    if c < 128:
        return has_class(c, CONTINUE)
    return is_alphabetic(c) or category(c) in ("Mn", "Mc")


cdef bint starts_symbol(CodePoint c) except -1:
    return has_class(c, START) if c < 128 else is_alphabetic(c)


cdef str category(CodePoint c):
    import unicodedata
    return unicodedata.category(chr(c))


cdef inline uint32_t mix(uint32_t hash, CodePoint c) noexcept:
    return (hash ^ c) * <uint32_t>16777619


# --- The lexer ----------------------------------------------------------------------------------

cdef class Lexer:
    """The tokens of one text. Making it lexes; raises ReadError."""

    def __cinit__(self, str text not None, file=None, bint by_fragment=False):
        self.text = text
        self.file = file
        self.by_fragment = by_fragment
        self.limit = len(text)
        if self.limit >= LONGEST_TEXT:
            raise self.error("source text too long", 0, 0)
        self.s = PyUnicode_AsUCS4Copy(text)
        self.run()
        self.emit(T_END, self.pos, NIL)

    def __dealloc__(self):
        cdef Py_ssize_t i
        for i in range(self.count):
            decref(self.tokens[i].value)
        PyMem_Free(self.tokens)
        PyMem_Free(self.holes)
        PyMem_Free(self.s)

    cdef object error(self, str message, Py_ssize_t start, Py_ssize_t end, str hint=None):
        from sema.errors import ReadError
        cdef Py_ssize_t origin = self.fragment if self.by_fragment else 0
        span = span_between(self.text[origin:], start - origin, end - origin, self.file)
        return ReadError(message, span=span, hint=hint)

    cdef int emit(self, TokenKind kind, Py_ssize_t start, Word value) except -1:
        """Append the token from `start` to here. Takes the value over."""
        cdef Token* larger
        cdef Token* token
        if self.count == self.capacity:
            self.capacity = 2 * self.capacity + 64
            larger = <Token*>PyMem_Realloc(self.tokens, self.capacity * sizeof(Token))
            if larger == NULL:
                decref(value)
                raise MemoryError
            self.tokens = larger
        token = &self.tokens[self.count]
        token.kind = kind
        token.start = <uint32_t>start
        token.end = <uint32_t>self.pos
        token.value = value
        self.count += 1
        return 0

    cdef int run(self) except -1:
        cdef CodePoint c
        cdef Py_ssize_t start
        if self.limit >= 2 and self.s[0] == c"#" and self.s[1] == c"!":
            self.to_line_end()
        while True:
            if not self.skip_blank():
                if self.n_holes == 0:
                    return 0
                self.close_hole()
                continue
            start = self.pos
            c = self.s[start]
            if c == c"(":
                self.pos += 1
                self.emit(T_LIST, start, NIL)
            elif c == c")":
                self.pos += 1
                self.emit(T_CLOSE_LIST, start, NIL)
            elif c == c"-" or c == c"+":
                self.number(start, False)
                if self.pos == start:
                    self.symbol(start)
            elif has_class(c, DIGIT):
                self.number(start, False)
            elif c == c"f" and start + 1 < self.limit and self.s[start + 1] == c'"':
                self.open_fstring(start)
            elif starts_symbol(c):
                self.symbol(start)
            elif c == c":":
                self.keyword(start)
            elif c == c'"':
                self.string(start)
            elif c == c"#":
                self.hash_sign(start)
            else:
                self.punctuation(start, c)

    cdef int punctuation(self, Py_ssize_t start, CodePoint c) except -1:
        self.pos += 1
        if c == c"[":
            return self.emit(T_VECTOR, start, NIL)
        if c == c"]":
            return self.emit(T_CLOSE_VECTOR, start, NIL)
        if c == c"{":
            return self.emit(T_MAP, start, NIL)
        if c == c"}":
            return self.emit(T_CLOSE_MAP, start, NIL)
        if c == c"'":
            return self.prefix(start, "quote")
        if c == c"`":
            return self.prefix(start, "quasiquote")
        if c == c"@":
            return self.prefix(start, "deref")
        if c == c",":
            if self.pos < self.limit and self.s[self.pos] == c"@":
                self.pos += 1
                return self.prefix(start, "unquote-splicing")
            return self.prefix(start, "unquote")
        raise self.error(f"unexpected character: '{chr(c)}'", start, start + 1)

    cdef int prefix(self, Py_ssize_t start, str name) except -1:
        return self.emit(T_PREFIX, start, to_word(intern_symbol(name)))

    cdef bint skip_blank(self) except -1:
        """Go to the next token; false at the end."""
        cdef const CodePoint* s = self.s
        cdef Py_ssize_t pos = self.pos
        cdef Py_ssize_t limit = self.limit
        while pos < limit:
            if has_class(s[pos], SPACE):
                pos += 1
            elif s[pos] == c";":
                self.pos = pos
                self.to_line_end()
                pos = self.pos
            else:
                self.pos = pos
                return True
        self.pos = limit
        return False

    cdef void to_line_end(self) noexcept:
        while self.pos < self.limit and self.s[self.pos] != c"\n":
            self.pos += 1

    cdef int number(self, Py_ssize_t start, bint prefixed) except -1:
        """A number, if there is one."""
        cdef Numeral found
        cdef Word value
        try:
            if prefixed:
                value = scan_prefixed(self.s, start, self.limit, &found)
            else:
                value = scan_number(self.s, start, self.limit, &found)
        except NumeralError as problem:
            raise self.error(str(problem), start, start + 1) from None
        if found.end == start:
            return 0
        self.pos = found.end
        return self.emit(T_INTEGER if found.plain else T_ATOM, start, value)

    cdef int symbol(self, Py_ssize_t start) except -1:
        return self.name(start, start + 1)

    cdef int keyword(self, Py_ssize_t start) except -1:
        if start + 1 >= self.limit or not continues_symbol(self.s[start + 1]):
            raise self.error("expected keyword name after ':'", start, start + 1)
        return self.name(start, start + 1)

    cdef int name(self, Py_ssize_t start, Py_ssize_t pos) except -1:
        """A symbol, keyword or reserved word whose first character is known to be right."""
        cdef const CodePoint* s = self.s
        cdef uint32_t hash = mix(<uint32_t>2166136261, s[start])
        cdef CodePoint c
        cdef Name* name
        while pos < self.limit:
            c = s[pos]
            if not (has_class(c, CONTINUE) if c < 128 else continues_symbol(c)):
                break
            hash = mix(hash, c)
            pos += 1
        self.pos = pos
        name = find_name(s + start, pos - start, hash ^ (hash >> 15))
        incref(name.value)
        return self.emit(name.kind, start, name.value)

    # --- `#` ------------------------------------------------------------------------------------

    cdef int hash_sign(self, Py_ssize_t start) except -1:
        cdef const CodePoint* s = self.s
        cdef CodePoint c
        if start + 1 >= self.limit:
            raise self.error("unexpected end of input after `#`", start, start + 1)
        c = s[start + 1]
        self.pos = start + 2
        if c == c"t":
            return self.emit(T_ATOM, start, TRUE)
        if c == c"f":
            return self.emit(T_ATOM, start, FALSE)
        if c == c"\\":
            return self.character(start)
        if c == c"(":
            return self.emit(T_LAMBDA, start, NIL)
        if c == c'"':
            return self.regex(start)
        if c == c"u" and start + 3 < self.limit and s[start + 2] == c"8" and s[start + 3] == c"(":
            self.pos = start + 4
            return self.emit(T_BYTES, start, NIL)
        if c < 128 and chr(c) in "xXoObBdDeEiI":
            return self.number(start, True)
        raise self.error(f"unexpected character after #: '{chr(c)}'", start, start + 2)

    cdef int character(self, Py_ssize_t start) except -1:
        cdef Py_ssize_t first = self.pos
        cdef CodePoint c
        cdef str name
        if first >= self.limit:
            raise self.error("unexpected end of input after #\\", start, first)
        c = self.s[first]
        self.pos += 1
        if not is_alphabetic(c):
            return self.emit(T_ATOM, start, CHAR_TAG | c)
        while self.pos < self.limit and continues_symbol(self.s[self.pos]):
            self.pos += 1
        if self.pos > first + 1:
            name = self.text[first:self.pos]
            if name not in character_names:
                raise self.error(f"unknown character name: {name}", start, self.pos)
            c = character_names[name]
        return self.emit(T_ATOM, start, CHAR_TAG | c)

    cdef int regex(self, Py_ssize_t start) except -1:
        cdef const CodePoint* s = self.s
        cdef Py_ssize_t pos = start + 2
        cdef bint quotes = False
        while pos < self.limit and s[pos] != c'"':
            if s[pos] == c"\\" and pos + 1 < self.limit and s[pos + 1] == c'"':
                quotes = True
                pos += 1
            pos += 1
        if pos >= self.limit:
            raise self.error("unterminated regex literal", start, start + 2)
        self.pos = pos + 1
        cdef str body = self.text[start + 2:pos]
        return self.emit(T_ATOM, start, to_word(body.replace('\\"', '"') if quotes else body))

    # --- Strings --------------------------------------------------------------------------------

    cdef int string(self, Py_ssize_t start) except -1:
        cdef const CodePoint* s = self.s
        cdef Py_ssize_t pos = start + 1
        cdef bint escapes = False
        cdef str body
        while pos < self.limit and s[pos] != c'"':
            if s[pos] == c"\\":
                escapes = True
                pos += 1
            pos += 1
        if pos >= self.limit:
            raise self.error("unterminated string", start, start + 1)
        self.pos = pos + 1
        if escapes:
            body = self.unescape(start + 1, pos, start)
        else:
            body = self.text[start + 1:pos]
        return self.emit(T_ATOM, start, to_word(body))

    cdef str unescape(self, Py_ssize_t pos, Py_ssize_t end, Py_ssize_t place):
        """The text between two offsets with its escapes resolved; errors are at `place`."""
        cdef list pieces = []
        cdef Py_ssize_t plain = pos
        cdef CodePoint c
        while pos < end:
            if self.s[pos] != c"\\":
                pos += 1
                continue
            c = self.s[pos + 1]
            if chr(c) not in 'ntr0\\"$xuU':
                pos += 2
                continue
            pieces.append(self.text[plain:pos])
            pos += 2
            if c == c"n":
                c = c"\n"
            elif c == c"t":
                c = c"\t"
            elif c == c"r":
                c = c"\r"
            elif c == c"0":
                c = 0
            elif c == c"x":
                c = self.hex_escape(&pos, end, place)
            elif c == c"u":
                c = self.fixed_escape(&pos, end, place, "u", 4)
            elif c == c"U":
                c = self.fixed_escape(&pos, end, place, "U", 8)
            pieces.append(chr(c))
            plain = pos
        pieces.append(self.text[plain:end])
        return "".join(pieces)

    cdef CodePoint hex_escape(self, Py_ssize_t* pos, Py_ssize_t end, Py_ssize_t place) except? 0:
        cdef Py_ssize_t first = pos[0]
        cdef Py_ssize_t stop = first
        while stop < end and is_hex(self.s[stop]):
            stop += 1
        if stop >= end or self.s[stop] != c";":
            raise self.error("hex escape \\x missing terminating semicolon", place, place + 1)
        if stop == first:
            raise self.error("empty hex escape \\x;", place, place + 1)
        pos[0] = stop + 1
        return self.scalar(first, stop, place, f"\\x{self.text[first:stop]};")

    cdef CodePoint fixed_escape(
        self, Py_ssize_t* pos, Py_ssize_t end, Py_ssize_t place, str letter, int digits
    ) except? 0:
        cdef Py_ssize_t first = pos[0]
        cdef Py_ssize_t stop = first
        while stop < end and stop < first + digits and is_hex(self.s[stop]):
            stop += 1
        if stop < first + digits:
            raise self.error(
                f"\\{letter} escape requires exactly {digits} hex digits", place, place + 1
            )
        pos[0] = stop
        return self.scalar(first, stop, place, f"\\{letter}{self.text[first:stop]}")

    cdef CodePoint scalar(
        self, Py_ssize_t first, Py_ssize_t stop, Py_ssize_t place, str escape
    ) except? 0:
        """The character of a run of hex digits."""
        cdef object code = int(self.text[first:stop], 16)
        if code > MAX_SCALAR or FIRST_SURROGATE <= code <= LAST_SURROGATE:
            raise self.error(f"invalid unicode scalar value {escape}", place, place + 1)
        return <CodePoint>code

    # --- F-strings ------------------------------------------------------------------------------

    cdef int open_fstring(self, Py_ssize_t start) except -1:
        """Check the extent of the f-string as a whole, then lex up to its first hole."""
        cdef const CodePoint* s = self.s
        cdef Py_ssize_t pos = start + 2
        cdef Py_ssize_t close
        while pos < self.limit and s[pos] != c'"':
            if s[pos] == c"\\":
                pos += 2
            elif s[pos] == c"$" and pos + 1 < self.limit and s[pos + 1] == c"{":
                close = self.closing_brace(pos + 1)
                if close >= self.limit:
                    raise self.error("unterminated interpolation in f-string", start, start + 2)
                pos = close + 1
            else:
                pos += 1
        if pos >= self.limit:
            raise self.error("unterminated f-string", start, start + 2)
        self.pos = start + 2
        self.emit(T_FSTRING, start, NIL)
        return self.continue_fstring(start)

    cdef int continue_fstring(self, Py_ssize_t fstring) except -1:
        """Lex the literal text from here to the next hole or the end of the f-string."""
        cdef const CodePoint* s = self.s
        cdef Py_ssize_t start = self.pos
        cdef Py_ssize_t pos = start
        while s[pos] != c'"' and not (s[pos] == c"$" and s[pos + 1] == c"{"):
            pos += 2 if s[pos] == c"\\" else 1
        self.pos = pos
        if pos > start:
            self.emit(T_ATOM, start, to_word(self.unescape(start, pos, fstring)))
        if s[pos] == c"$":
            return self.open_hole(fstring)
        self.pos = pos + 1
        return self.emit(T_FSTRING_END, pos, NIL)

    cdef int open_hole(self, Py_ssize_t fstring) except -1:
        cdef Py_ssize_t start = self.pos
        cdef Py_ssize_t close = self.closing_brace(start + 1)
        cdef Hole* larger
        if self.n_holes == self.holes_capacity:
            self.holes_capacity = 2 * self.holes_capacity + 16
            larger = <Hole*>PyMem_Realloc(self.holes, self.holes_capacity * sizeof(Hole))
            if larger == NULL:
                raise MemoryError
            self.holes = larger
        self.holes[self.n_holes] = Hole(close, fstring, self.limit, self.fragment)
        self.n_holes += 1
        self.pos = start + 2
        self.limit = close
        while self.limit > self.pos and is_any_space(self.s[self.limit - 1]):
            self.limit -= 1
        while self.pos < self.limit and is_any_space(self.s[self.pos]):
            self.pos += 1
        if self.pos == self.limit:
            raise self.error("empty interpolation in f-string", fstring, fstring + 2)
        self.fragment = self.pos
        return self.emit(T_HOLE, start, NIL)

    cdef int close_hole(self) except -1:
        cdef Hole hole
        self.n_holes -= 1
        hole = self.holes[self.n_holes]
        self.limit = hole.outer_limit
        self.fragment = hole.outer_fragment
        self.pos = hole.close + 1
        self.emit(T_HOLE_END, hole.close, NIL)
        return self.continue_fstring(hole.fstring)

    cdef Py_ssize_t closing_brace(self, Py_ssize_t opening) except -1:
        """Where the brace at `opening` is balanced, counting nothing but braces; or the end."""
        cdef Py_ssize_t pos
        cdef list pending = []
        if self.braces is None:
            self.braces = {}
            for pos in range(len(self.text)):
                if self.s[pos] == c"{":
                    pending.append(pos)
                elif self.s[pos] == c"}" and pending:
                    self.braces[pending.pop()] = pos
        return self.braces.get(opening, len(self.text))


cdef bint is_hex(CodePoint c) noexcept:
    return c"0" <= c <= c"9" or c"a" <= (c | 32) <= c"f"
