"""The keys of maps: which are allowed, and their order made fast; see ``keys.pyx``."""

from cpython.object cimport PyObject
from libc.stdint cimport uint64_t

from sema.vm.equality cimport KEYWORD_RANK, STRING_RANK
from sema.vm.values cimport Keyword, Symbol, type_of
from sema.vm.word cimport Word, is_double, is_ref


cdef enum:
    # How many bits of a brief key say more than the rank; how many bytes of a text are among them,
    # behind which their number stands in the last three bits.
    DETAIL = 59
    LETTERS = 7


cdef inline bint tells_all(uint64_t brief) noexcept:
    """Whether keys that have this brief key are equal."""
    cdef uint64_t kind = brief >> DETAIL
    return STRING_RANK <= kind and kind <= KEYWORD_RANK and (brief & 7) < LETTERS


cdef inline bint is_plain(uint64_t brief) noexcept:
    """Whether a key of this brief key is a number, a text or a name, or simpler still."""
    return brief >> DETAIL <= KEYWORD_RANK


cdef inline bint told_by_word(Word key) noexcept:
    """Whether only a key of the very same bits can be equal."""
    if not is_ref(key):
        return not is_double(key)
    return type_of(key) == <PyObject*>Keyword or type_of(key) == <PyObject*>Symbol


cdef int check_key(Word key) except -1
cdef uint64_t brief_key(Word key) except? 0
cdef int compare_keys(Word x, Word y) except -2
