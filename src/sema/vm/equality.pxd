"""Structural equality, the total order of values, and hashes; see ``equality.pyx``."""

from sema.vm.word cimport Word

cdef int equal_words(Word x, Word y) except -1
cdef int order_words(Word x, Word y) except -2
cdef Py_hash_t hash_word(Word w) except -1
cdef Py_hash_t hash_key(Word w) except -1
