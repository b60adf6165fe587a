"""Structural equality, the total order of values, and hashes; see ``equality.pyx``."""

from sema.vm.word cimport Word

cdef enum Rank:
    NIL_RANK
    BOOL_RANK
    INT_RANK
    FLOAT_RANK
    CHAR_RANK
    STRING_RANK
    SYMBOL_RANK
    KEYWORD_RANK
    LIST_RANK
    VECTOR_RANK
    MAP_RANK
    HASHMAP_RANK
    RECORD_RANK
    BYTEVECTOR_RANK
    F64_ARRAY_RANK
    I64_ARRAY_RANK
    STREAM_RANK
    OTHER_RANK
    RATIONAL_RANK
    COMPLEX_RANK
    MUTABLE_ARRAY_RANK
    MUTABLE_CELL_RANK

cdef Rank rank(Word w) except *
cdef int equal_words(Word x, Word y) except -1
cdef int order_words(Word x, Word y) except -2
cdef Py_hash_t hash_word(Word w) except -1
cdef Py_hash_t hash_key(Word w) except -1
