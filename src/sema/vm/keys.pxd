"""Keys of Python dicts that are told apart as Sema tells them apart; see ``keys.pyx``."""

from sema.vm.word cimport Word

cdef int check_key(Word key) except -1
cdef object key_object(Word key)
cdef object object_key(object key)
