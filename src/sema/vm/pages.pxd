"""The memory of pairs; see ``pages.pyx``."""

from cpython.object cimport PyTypeObject

from sema.vm.values cimport PairCell


cdef PairCell* take_cells(PyTypeObject* kind, int* n) except NULL
cdef void give_back(PairCell* cell) noexcept
cdef Py_ssize_t cells_taken() noexcept
cdef void free_empty_arenas() noexcept
