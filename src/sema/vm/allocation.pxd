"""Memory that programs are charged for; see ``allocation.pyx``."""

from libc.stdint cimport int64_t

cdef struct Account:
    # Bytes of the blocks that are charged to it, and the most that they may be; `reserve` is what
    # it may use beyond that once it is overdrawn, to get out of the program in good order.
    int64_t used
    int64_t limit
    int64_t reserve
    bint overdrawn
    # What it would have held then.
    int64_t asked
    # Its blocks; it is freed when there are none and its owner has closed it.
    int64_t n_blocks
    bint closed

cdef Account* open_account(int64_t limit) except NULL
cdef void close_account(Account* account) noexcept
cdef Account* charge_to(Account* account) noexcept nogil
cdef bint charge(Account* account, int64_t n) noexcept nogil
cdef void uncharge(Account* account, int64_t n) noexcept nogil
