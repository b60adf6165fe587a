"""Keys of Python dicts that are told apart as Sema tells them apart; see ``dict_keys.pyx``."""

from sema.vm.word cimport Word

cdef object key_object(Word key)
cdef object object_key(object key)
