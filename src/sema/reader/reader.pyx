# cython: language_level=3
"""Tokens → forms. The nesting lives on a stack of our own, so its depth is bounded by memory."""

from cpython.mem cimport PyMem_Free, PyMem_Realloc
from libc.stdint cimport uint32_t

from sema.vm.limits cimport spend
from sema.reader.lexer cimport (
    T_ATOM, T_BYTES, T_CLOSE_LIST, T_CLOSE_MAP, T_CLOSE_VECTOR, T_DOT, T_END, T_FSTRING,
    T_FSTRING_END, T_HOLE, T_HOLE_END, T_INTEGER, T_LAMBDA, T_LIST, T_MAP, T_PARAMETER, T_PREFIX,
    T_SYMBOL, T_VECTOR, Lexer, Token, TokenKind,
)
from sema.reader.spans cimport Item, SpanTable
from sema.vm.values cimport (
    Char, Keyword, Symbol, cons, intern_symbol, new_vector, to_object, to_word, vector_items,
    vector_ready,
)
from sema.vm.word cimport EMPTY, NIL, Word, decref, incref, is_ref

from sema.reader.spans import span_between

cdef extern from "Python.h":
    bint PyGC_Disable()
    bint PyGC_Enable()

cdef enum:
    MAX_DEPTH = 1_000_000
    MAX_PARAMETERS = 1024
    NO_LAMBDA = -1

cdef enum Dot:
    NO_DOT
    AFTER_DOT
    AFTER_REST

cdef Word LAMBDA = to_word(intern_symbol("lambda"))
cdef Word FN = to_word(intern_symbol("fn"))
cdef Word STR = to_word(intern_symbol("str"))
cdef Word DOT = to_word(intern_symbol("."))

cdef list parameters = [None]


# A form that is not complete yet.
cdef struct Frame:
    TokenKind kind
    Dot dot
    uint32_t start
    uint32_t end  # of the opening token
    Py_ssize_t base  # where its elements start on the stack of items
    Py_ssize_t owner  # the frame of the short lambda whose `%` it may mention, or NO_LAMBDA
    int n_parameters  # of a short lambda, as far as seen
    Word head  # of a prefix: its symbol, borrowed from the token


cdef class Parser:
    """Reads the forms of one text, one after the other."""

    cdef Lexer lexer
    cdef SpanTable spans
    cdef Py_ssize_t at
    cdef Frame* frames
    cdef Py_ssize_t depth
    cdef Py_ssize_t frames_capacity
    cdef Item* items
    cdef Py_ssize_t n_items
    cdef Py_ssize_t items_capacity

    def __cinit__(self, Lexer lexer, SpanTable spans=None):
        self.lexer = lexer
        self.spans = spans

    def __dealloc__(self):
        self.forget(0)
        PyMem_Free(self.frames)
        PyMem_Free(self.items)

    cdef void forget(self, Py_ssize_t keep) noexcept:
        """Drop the items beyond the first `keep`."""
        while self.n_items > keep:
            self.n_items -= 1
            decref(self.items[self.n_items].value)

    # --- The loop -------------------------------------------------------------------------------

    cdef bint read_form(self) except -1:
        """Read one form onto the stack of items; false at the end. Raises ReadError."""
        cdef Py_ssize_t wanted = self.n_items + 1
        cdef Token* token
        cdef TokenKind kind
        self.depth = 0
        while self.n_items < wanted or self.depth:
            token = &self.lexer.tokens[self.at]
            kind = token.kind
            if kind == T_END and self.depth == 0:
                return False
            if self.depth:
                self.check_place(&self.frames[self.depth - 1], token)
            if kind == T_SYMBOL or kind == T_INTEGER or kind == T_ATOM:
                self.at += 1
                incref(token.value)
                self.deliver(token.value, token.start, token.end)
            elif kind == T_LIST or kind == T_PREFIX or T_VECTOR <= kind <= T_BYTES:
                self.open(token)
            elif kind == T_PARAMETER:
                self.at += 1
                self.deliver(self.parameter(token), token.start, token.end)
            elif T_CLOSE_LIST <= kind <= T_CLOSE_MAP:
                self.close(token)
            elif kind == T_DOT:
                self.dot(token)
            elif kind == T_FSTRING or kind == T_HOLE:
                self.open(token)
            elif kind == T_FSTRING_END:
                self.close_fstring(token)
            else:
                self.close_hole(token)
        return True

    cdef int open(self, Token* token) except -1:
        cdef Frame* frame
        if self.depth == self.frames_capacity:
            if self.depth >= MAX_DEPTH:
                raise self.problem(f"input nested too deeply (limit {MAX_DEPTH})", token)
            self.frames_capacity = min(2 * self.frames_capacity + 32, <Py_ssize_t>MAX_DEPTH)
            frame = <Frame*>PyMem_Realloc(self.frames, self.frames_capacity * sizeof(Frame))
            if frame == NULL:
                raise MemoryError
            self.frames = frame
        cdef Py_ssize_t owner = self.owner()
        frame = &self.frames[self.depth]
        frame.kind = token.kind
        frame.dot = NO_DOT
        frame.start = token.start
        frame.end = token.end
        frame.base = self.n_items
        frame.n_parameters = 0
        frame.head = token.value
        if token.kind == T_LAMBDA:
            frame.owner = self.depth
        else:
            frame.owner = NO_LAMBDA if token.kind == T_MAP else owner
        self.depth += 1
        self.at += 1
        return 0

    cdef int deliver(self, Word value, uint32_t start, uint32_t end) except -1:
        """Make a complete form, taken over, an element of the frame; complete its prefixes."""
        cdef Frame* frame
        while True:
            self.push(value, start, end)
            if self.depth == 0:
                return 0
            frame = &self.frames[self.depth - 1]
            if frame.kind != T_PREFIX:
                if frame.dot == AFTER_DOT:
                    frame.dot = AFTER_REST
                return 0
            start = frame.start
            self.depth -= 1
            value = self.prefixed(frame, end)

    cdef int push(self, Word value, uint32_t start, uint32_t end) except -1:
        cdef Item* larger
        if self.n_items == self.items_capacity:
            self.items_capacity = 2 * self.items_capacity + 64
            larger = <Item*>PyMem_Realloc(self.items, self.items_capacity * sizeof(Item))
            if larger == NULL:
                decref(value)
                raise MemoryError
            self.items = larger
        self.items[self.n_items] = Item(value, start, end)
        self.n_items += 1
        return 0

    # --- Completing forms -----------------------------------------------------------------------

    cdef Word take_list(self, Py_ssize_t base, uint32_t start, uint32_t end) except? NIL:
        """The list of the items from `base` on, which leave the stack."""
        cdef Py_ssize_t n = self.n_items - base
        cdef Word result = EMPTY
        cdef Py_ssize_t i
        for i in range(self.n_items - 1, base - 1, -1):
            self.n_items = i
            result = cons(self.items[i].value, result)
        return self.noted(result, start, end, base, n)

    cdef Word noted(
        self, Word form, uint32_t start, uint32_t end, Py_ssize_t base, Py_ssize_t n
    ) except? NIL:
        """The form, its place written down; the items at `base` were its elements."""
        if self.spans is not None and is_ref(form):
            self.spans.record(to_object(form), start, end, self.items + base, n)
        return form

    cdef Word prefixed(self, Frame* frame, uint32_t end) except? NIL:
        cdef Item form = self.items[frame.base]
        incref(frame.head)
        self.items[frame.base] = Item(frame.head, frame.start, frame.end)
        self.push(form.value, form.start, form.end)
        return self.take_list(frame.base, frame.start, end)

    cdef int close(self, Token* token) except -1:
        cdef TokenKind opener
        cdef Frame* frame
        cdef Word value
        if self.depth == 0:
            raise self.problem(f"unexpected closing `{self.shown(token)}`", token)
        frame = &self.frames[self.depth - 1]
        opener = frame.kind
        if opener == T_PREFIX or opener == T_HOLE:
            raise self.problem(f"unexpected closing `{self.shown(token)}`", token)
        if token.kind != closer_of(opener):
            raise self.mismatch(frame, token)
        if frame.dot == AFTER_DOT:
            raise self.problem(
                f"unexpected closing `{self.shown(token)}`", token, "one form must follow the dot"
            )
        if opener == T_LIST:
            value = self.take_list(frame.base, frame.start, token.end)
        elif opener == T_VECTOR:
            value = self.take_vector(frame, token.end)
        elif opener == T_MAP:
            value = self.take_map(frame, token)
        elif opener == T_BYTES:
            value = self.take_bytes(frame)
        else:
            value = self.take_lambda(frame, token.end)
        self.depth -= 1
        self.at += 1
        return self.deliver(value, frame.start, token.end)

    cdef Word take_vector(self, Frame* frame, uint32_t end) except? NIL:
        cdef Py_ssize_t n = self.n_items - frame.base
        cdef Word vector = new_vector(n)
        cdef Py_ssize_t i
        for i in range(n):
            vector_items(vector)[i] = self.items[frame.base + i].value
        self.n_items = frame.base
        vector_ready(vector)
        return self.noted(vector, frame.start, end, frame.base, n)

    cdef Word take_map(self, Frame* frame, Token* token) except? NIL:
        from sema.vm.maps import Map
        cdef Py_ssize_t n = self.n_items - frame.base
        cdef Item* items = self.items + frame.base
        cdef Py_ssize_t i
        if n % 2:
            raise self.problem("map literal must have even number of forms", token)
        made = Map.from_pairs(
            [(to_object(items[i].value), to_object(items[i + 1].value)) for i in range(0, n, 2)]
        )
        self.forget(frame.base)
        return self.noted(to_word(made), frame.start, token.end, frame.base, 0)

    cdef Word take_bytes(self, Frame* frame) except? NIL:
        cdef Py_ssize_t i
        made = bytes([to_object(self.items[i].value) for i in range(frame.base, self.n_items)])
        self.forget(frame.base)
        return to_word(made)

    cdef Word take_lambda(self, Frame* frame, uint32_t end) except? NIL:
        """`(lambda (%1 … %max) BODY)` of the body's elements."""
        cdef Py_ssize_t base = frame.base
        cdef Word body = self.take_list(base, frame.start + 1, end)
        cdef int i
        incref(LAMBDA)
        self.push(LAMBDA, frame.start, frame.start + 1)
        for i in range(1, frame.n_parameters + 1):
            self.push(parameter_word(i), frame.start, frame.start + 1)
        cdef Word names = self.take_list(base + 1, frame.start, frame.start + 1)
        self.push(names, frame.start, frame.start + 1)
        self.push(body, frame.start + 1, end)
        return self.take_list(base, frame.start, end)

    cdef int close_fstring(self, Token* token) except -1:
        """`(str PART …)`, whose `str` is put under its parts now."""
        cdef Frame* frame = &self.frames[self.depth - 1]
        cdef Py_ssize_t i
        self.push(NIL, 0, 0)
        for i in range(self.n_items - 1, frame.base, -1):
            self.items[i] = self.items[i - 1]
        incref(STR)
        self.items[frame.base] = Item(STR, frame.start, frame.start + 1)
        cdef Word form = self.take_list(frame.base, frame.start, token.end)
        self.depth -= 1
        self.at += 1
        return self.deliver(form, frame.start, token.end)

    cdef int close_hole(self, Token* token) except -1:
        """The end of a hole or of the text: whatever is open there stays incomplete."""
        cdef Frame* frame = &self.frames[self.depth - 1]
        if frame.kind != T_HOLE:
            raise self.unterminated(frame, token)
        if self.n_items != frame.base + 1:
            raise self.problem_at(
                "f-string interpolation must contain exactly one expression",
                self.frames[self.depth - 2].start,
                self.frames[self.depth - 2].end,
            )
        self.depth -= 1
        self.at += 1
        return 0

    # --- Dots and parameters --------------------------------------------------------------------

    cdef int dot(self, Token* token) except -1:
        cdef Frame* frame
        if self.depth:
            frame = &self.frames[self.depth - 1]
            if frame.kind == T_LIST and frame.dot == NO_DOT:
                self.at += 1
                incref(DOT)
                self.push(DOT, token.start, token.end)
                frame.dot = AFTER_DOT
                return 0
        raise self.problem("unexpected `.`", token)

    cdef int check_place(self, Frame* frame, Token* token) except -1:
        """Refuse what may not stand in the innermost form at this place."""
        if frame.dot == AFTER_REST:
            if T_END < token.kind < T_CLOSE_LIST or token.kind == T_FSTRING:
                raise self.problem(f"expected `)`, got `{token_name(self, token)}`", token)
        elif frame.kind == T_BYTES:
            if not T_CLOSE_LIST <= token.kind <= T_CLOSE_MAP:
                self.check_byte(token)
        return 0

    cdef int check_byte(self, Token* token) except -1:
        if token.kind == T_END or token.kind == T_HOLE_END:
            return 0
        if token.kind != T_INTEGER:
            raise self.problem("#u8(...): expected integer byte value", token)
        value = to_object(token.value)
        if not 0 <= value <= 255:
            from sema.reader.digits import integer_to_text
            raise self.problem(
                f"#u8(...): byte value {integer_to_text(value)} out of range 0..255", token
            )
        return 0

    cdef Py_ssize_t owner(self) noexcept:
        """The frame of the short lambda to which a `%` at this place belongs, or NO_LAMBDA."""
        cdef Frame* frame
        cdef Word head
        if self.depth == 0:
            return NO_LAMBDA
        frame = &self.frames[self.depth - 1]
        if frame.kind == T_LIST and self.n_items > frame.base:
            head = self.items[frame.base].value
            if head == LAMBDA or head == FN:
                return NO_LAMBDA
        return frame.owner

    cdef Word parameter(self, Token* token) except? NIL:
        """What a `%` or `%N` stands for."""
        cdef Py_ssize_t owner = self.owner()
        cdef Frame* frame
        cdef int number = 1
        if owner == NO_LAMBDA:
            incref(token.value)
            return token.value
        if token.end - token.start > 1:
            digits = self.shown(token)[1:].lstrip("0")
            number = int(digits) if len(digits) <= 4 else MAX_PARAMETERS + 1
            if number > MAX_PARAMETERS:
                raise self.problem(
                    f"short lambda has no parameter {self.shown(token)} (limit {MAX_PARAMETERS})",
                    token,
                )
        frame = &self.frames[owner]
        frame.n_parameters = max(frame.n_parameters, number)
        return parameter_word(number)

    # --- Errors ---------------------------------------------------------------------------------

    cdef str shown(self, Token* token):
        return self.lexer.text[token.start:token.end]

    cdef object problem(self, str message, Token* token, str hint=None):
        return self.problem_at(message, token.start, token.end, hint)

    cdef object problem_at(self, str message, uint32_t start, uint32_t end, str hint=None):
        """The error to raise: that of the outermost prefix, if one waits for its form."""
        cdef Frame* frame
        cdef Py_ssize_t i
        for i in range(self.depth):
            frame = &self.frames[i]
            if frame.kind == T_PREFIX:
                name = (<Symbol>to_object(frame.head)).name
                prefix = self.lexer.text[frame.start:frame.end]
                if self.depth > i + 1 or self.lexer.tokens[self.at].kind != T_END:
                    hint = f"{message} at {self.position(start)}" + (f"; {hint}" if hint else "")
                return self.error(
                    f"{name} ({prefix}) requires an expression after it", frame.start, frame.end,
                    hint,
                )
        return self.error(message, start, end, hint)

    cdef object error(self, str message, uint32_t start, uint32_t end, str hint):
        cdef Py_ssize_t i
        for i in range(self.depth):
            if self.frames[i].kind == T_HOLE and self.frames[i].start < start:
                self.lexer.fragment = self.frames[i].end
        return self.lexer.error(message, start, end, hint)

    cdef str position(self, uint32_t offset):
        span = span_between(self.lexer.text, offset, offset, None)
        return f"{span.line}:{span.column}"

    cdef object mismatch(self, Frame* frame, Token* token):
        opener = self.lexer.text[frame.start:frame.end]
        closer = closer_text(frame.kind)
        return self.problem(
            f"mismatched bracket: expected `{closer}` to close `{opener}`, "
            f"found `{self.shown(token)}`",
            token,
            f"the `{opener}` at {self.position(frame.start)} is closed by `{closer}`",
        )

    cdef object unterminated(self, Frame* frame, Token* token):
        if frame.kind == T_PREFIX or frame.dot == AFTER_DOT:
            return self.problem("unexpected end of input", token)
        if frame.kind == T_LIST:
            what = "list"
        elif frame.kind == T_VECTOR:
            what = "vector"
        elif frame.kind == T_MAP:
            what = "map"
        elif frame.kind == T_BYTES:
            what = "bytevector"
        else:
            what = "short lambda #(...)"
        return self.problem_at(
            f"unterminated {what}", frame.start, frame.end, f"add `{closer_text(frame.kind)}`"
            f" to close the `{self.lexer.text[frame.start:frame.end]}`"
        )

    cdef int resume(self) except -1:
        """After an error, go on to the token where the next form of the unit may begin."""
        cdef Py_ssize_t open_brackets = 0
        cdef Py_ssize_t fstrings = 0
        cdef Py_ssize_t i
        cdef TokenKind kind
        for i in range(self.depth):
            kind = self.frames[i].kind
            if kind == T_FSTRING:
                fstrings += 1
            elif not fstrings and kind != T_PREFIX:
                open_brackets += 1
        while self.lexer.tokens[self.at].kind != T_END:
            kind = self.lexer.tokens[self.at].kind
            self.at += 1
            if kind == T_FSTRING:
                fstrings += 1
            elif kind == T_FSTRING_END:
                fstrings -= 1
            elif not fstrings:
                if T_LIST <= kind <= T_BYTES:
                    open_brackets += 1
                elif T_CLOSE_LIST <= kind <= T_CLOSE_MAP and open_brackets:
                    open_brackets -= 1
            if not fstrings and not open_brackets:
                return 0
        return 0


cdef TokenKind closer_of(TokenKind opener) noexcept:
    if opener == T_VECTOR:
        return T_CLOSE_VECTOR
    return T_CLOSE_MAP if opener == T_MAP else T_CLOSE_LIST


cdef str closer_text(TokenKind opener):
    return {T_CLOSE_VECTOR: "]", T_CLOSE_MAP: "}"}.get(closer_of(opener), ")")


cdef Word parameter_word(int number) except? NIL:
    while len(parameters) <= number:
        parameters.append(intern_symbol(f"%{len(parameters)}"))
    return to_word(parameters[number])


cdef str token_name(Parser parser, Token* token):
    """What kind of token it is, as the message for a surplus form after a dot says it."""
    if token.kind == T_SYMBOL or token.kind == T_PARAMETER:
        return "symbol"
    if token.kind == T_INTEGER:
        return "integer"
    if token.kind == T_FSTRING:
        return "f-string"
    if token.kind != T_ATOM:
        return parser.shown(token)
    value = to_object(token.value)
    if value is None:
        return "nil"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    if isinstance(value, Keyword):
        return "keyword"
    return "character" if isinstance(value, Char) else "number"


cdef frozenset OPEN_LITERALS = frozenset({
    "unterminated string", "unterminated regex literal", "unterminated f-string",
    "unterminated interpolation in f-string",
})


# --- The door -----------------------------------------------------------------------------------

cdef enum:
    # What a sandbox charges for reading.
    UNITS_PER_CHARACTER = 8


cdef list read_forms(Parser parser):
    """All forms. The cycle collector rests meanwhile: reading makes no garbage, only cells."""
    cdef list forms = []
    cdef bint collector_was_on = PyGC_Disable()
    try:
        while parser.read_form():
            forms.append(to_object(parser.items[parser.n_items - 1].value))
    finally:
        if collector_was_on:
            PyGC_Enable()
    return forms


def read_all(str text, file=None):
    """The forms of a unit and their places. Raises ReadError."""
    spend(UNITS_PER_CHARACTER * len(text))
    cdef SpanTable spans = SpanTable(text, file)
    cdef Parser parser = Parser(Lexer(text, file), spans)
    forms = read_forms(parser)
    spans.record(None, 0, len(text), parser.items, parser.n_items)
    return forms, spans


def read_many(str text):
    """The forms of a text, without places. Raises ReadError."""
    spend(UNITS_PER_CHARACTER * len(text))
    return read_forms(Parser(Lexer(text, None, True)))


def read_one(str text):
    """The first form of a text, or None if there is none. Raises ReadError.

    What follows the first form must be made of tokens, but not of forms.
    """
    cdef Parser parser = Parser(Lexer(text, None, True))
    return to_object(parser.items[0].value) if parser.read_form() else None


def read_recovering(str text, file=None):
    """The forms that can be read, their places, and all errors, for tools.

    After an error the reader goes on where the broken form ends. A lexical error is the only
    error, without forms.
    """
    from sema.errors import ReadError
    cdef SpanTable spans = SpanTable(text, file)
    cdef Parser parser
    cdef Py_ssize_t complete = 0
    forms = []
    errors = []
    try:
        parser = Parser(Lexer(text, file), spans)
    except ReadError as error:
        return forms, spans, [error]
    while True:
        try:
            if not parser.read_form():
                break
            forms.append(to_object(parser.items[complete].value))
            complete += 1
        except ReadError as error:
            errors.append(error)
            parser.forget(complete)
            parser.resume()
    spans.record(None, 0, len(text), parser.items, parser.n_items)
    return forms, spans, errors


def is_incomplete(str text):
    """Whether the text is wrong only because it ends too early: a prompt may ask for more."""
    from sema.errors import ReadError
    cdef Parser parser
    try:
        parser = Parser(Lexer(text))
    except ReadError as error:
        return error.bare_message in OPEN_LITERALS
    try:
        read_forms(parser)
    except ReadError:
        return parser.lexer.tokens[parser.at].kind == T_END
    return False


def written_symbols(str text, file=None):
    """Each symbol that the text spells out, with its span. Raises ReadError for bad tokens."""
    cdef Lexer lexer = Lexer(text, file)
    cdef Py_ssize_t i
    cdef SpanTable spans = SpanTable(text, file)
    found = []
    for i in range(lexer.count):
        if lexer.tokens[i].kind == T_SYMBOL or lexer.tokens[i].kind == T_PARAMETER:
            found.append((
                to_object(lexer.tokens[i].value),
                spans.between(lexer.tokens[i].start, lexer.tokens[i].end),
            ))
    return found


def written_tokens(str text, file=None):
    """The tokens of a text as ``(kind, start, end)``: the kind, ``atom``, ``prefix``, ``open`` or
    ``close``, and offsets. An f-string is one atom. What lies between tokens is white space and
    comments. Raises ReadError for bad tokens."""
    cdef Lexer lexer = Lexer(text, file)
    cdef Token* token
    cdef Py_ssize_t i
    cdef Py_ssize_t fstrings = 0
    cdef uint32_t start = 0
    found = []
    for i in range(lexer.count - 1):
        token = &lexer.tokens[i]
        if token.kind == T_FSTRING:
            if fstrings == 0:
                start = token.start
            fstrings += 1
        elif token.kind == T_FSTRING_END:
            fstrings -= 1
            if fstrings == 0:
                found.append(("atom", start, token.end))
        elif fstrings:
            pass
        elif token.kind == T_PREFIX:
            found.append(("prefix", token.start, token.end))
        elif T_LIST <= token.kind <= T_BYTES:
            found.append(("open", token.start, token.end))
        elif T_CLOSE_LIST <= token.kind <= T_CLOSE_MAP:
            found.append(("close", token.start, token.end))
        else:
            found.append(("atom", token.start, token.end))
    return found


def parse_number(str text, int radix=10):
    """The number that a text is, blanks around it aside, or None if it is none.

    The grammar is the reader's. A radix other than 10 (2 to 36) is for integers only; a prefix
    in the text overrides it.
    """
    from sema.errors import ReadError
    from sema.reader.numerals import NumeralError, integer_in_radix
    cdef Lexer lexer
    text = text.strip()
    try:
        if radix != 10 and not text.startswith("#"):
            return integer_in_radix(text, radix)
        lexer = Lexer(text)
    except (ReadError, NumeralError):
        return None
    if lexer.count != 2 or lexer.tokens[0].end - lexer.tokens[0].start != len(text):
        return None
    if lexer.tokens[0].kind != T_INTEGER and lexer.tokens[0].kind != T_ATOM:
        return None
    value = to_object(lexer.tokens[0].value)
    if value is None or isinstance(value, (bool, str, Keyword, Char)):
        return None
    return value
