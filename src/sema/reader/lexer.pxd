"""Tokens; see ``lexer.pyx``."""

from libc.stdint cimport uint32_t

from sema.reader.chars cimport CodePoint
from sema.vm.word cimport Word


cdef enum TokenKind:
    T_END
    # Atoms; the value is the token's.
    T_SYMBOL
    T_PARAMETER  # a symbol `%` or `%N`, which a short lambda may claim
    T_INTEGER
    T_ATOM
    T_DOT
    T_PREFIX  # the value is the symbol that the prefix stands for
    # Openers and, in the same order, closers.
    T_LIST
    T_VECTOR
    T_MAP
    T_LAMBDA
    T_BYTES
    T_CLOSE_LIST
    T_CLOSE_VECTOR
    T_CLOSE_MAP
    # An f-string holds string atoms and holes; a hole holds the tokens of its expression.
    T_FSTRING
    T_HOLE
    T_HOLE_END
    T_FSTRING_END


cdef struct Token:
    TokenKind kind
    uint32_t start
    uint32_t end
    Word value  # owned


# Where the lexer is when it comes back from a hole to the f-string around it.
cdef struct Hole:
    Py_ssize_t close
    Py_ssize_t fstring
    Py_ssize_t outer_limit
    Py_ssize_t outer_fragment


cdef class Lexer:
    cdef readonly str text
    cdef readonly object file
    cdef Token* tokens
    cdef Py_ssize_t count
    cdef Py_ssize_t capacity
    cdef CodePoint* s
    cdef Py_ssize_t pos
    cdef Py_ssize_t limit
    cdef Hole* holes
    cdef Py_ssize_t n_holes
    cdef Py_ssize_t holes_capacity
    cdef dict braces
    cdef bint by_fragment
    cdef Py_ssize_t fragment  # where the expression inside an f-string starts, or the text

    cdef object error(self, str message, Py_ssize_t start, Py_ssize_t end, str hint=*)
    cdef int run(self) except -1
    cdef int emit(self, TokenKind kind, Py_ssize_t start, Word value) except -1
    cdef bint skip_blank(self) except -1
    cdef void to_line_end(self) noexcept
    cdef int punctuation(self, Py_ssize_t start, CodePoint c) except -1
    cdef int prefix(self, Py_ssize_t start, str name) except -1
    cdef int number(self, Py_ssize_t start, bint prefixed) except -1
    cdef int symbol(self, Py_ssize_t start) except -1
    cdef int keyword(self, Py_ssize_t start) except -1
    cdef int name(self, Py_ssize_t start, Py_ssize_t pos) except -1
    cdef int hash_sign(self, Py_ssize_t start) except -1
    cdef int character(self, Py_ssize_t start) except -1
    cdef int regex(self, Py_ssize_t start) except -1
    cdef int string(self, Py_ssize_t start) except -1
    cdef str unescape(self, Py_ssize_t pos, Py_ssize_t end, Py_ssize_t place)
    cdef CodePoint hex_escape(self, Py_ssize_t* pos, Py_ssize_t end, Py_ssize_t place) except? 0
    cdef CodePoint fixed_escape(
        self, Py_ssize_t* pos, Py_ssize_t end, Py_ssize_t place, str letter, int digits
    ) except? 0
    cdef CodePoint scalar(
        self, Py_ssize_t first, Py_ssize_t stop, Py_ssize_t place, str escape
    ) except? 0
    cdef int open_fstring(self, Py_ssize_t start) except -1
    cdef int continue_fstring(self, Py_ssize_t fstring) except -1
    cdef int open_hole(self, Py_ssize_t fstring) except -1
    cdef int close_hole(self) except -1
    cdef Py_ssize_t closing_brace(self, Py_ssize_t opening) except -1
