"""The limits of a sandbox while a program runs; see ``limits.pyx``."""

from libc.stdint cimport int64_t

from sema.vm.allocation cimport Account
from sema.vm.word cimport Word


cdef enum:
    # Calls and backward jumps between two ticks. The next is at the TICK + 1st, a prime: a loop
    # of a few calls would otherwise be met at the same one of them each time.
    TICK = 20_010


cdef class Run:
    cdef int64_t fuel
    cdef int64_t started
    # 0 for none.
    cdef int64_t deadline
    cdef readonly int64_t output
    # The error of the limit that it has reached: it can do nothing any more.
    cdef readonly object breach


cdef class Limits:
    # The machine's counter, and what it stood at when it was filled last.
    cdef int64_t* budget
    cdef int64_t granted
    # Units that builtins have spent since they were counted last.
    cdef int64_t debt
    cdef readonly object fuel
    cdef readonly object timeout
    cdef readonly object memory
    cdef readonly object max_depth
    cdef readonly object max_output
    cdef Account* account
    cdef int64_t collect_above
    cdef int64_t stack_bytes
    cdef readonly Run run
    cdef int nesting
    # What held in this thread before.
    cdef Limits outer
    cdef Account* outer_account

    cdef void attach(self, int64_t* budget) noexcept
    cdef int begin(self) except -1
    cdef void end(self) noexcept
    cdef Run switch(self, Run run)
    cdef void count_fuel(self) noexcept
    cdef void grant(self) noexcept
    cdef int checkpoint(self) except -1
    cdef int check(self) except -1
    cdef int check_deadline(self, int64_t ahead) except -1
    cdef int check_memory(self) except -1
    cdef object overdraft(self)
    cdef int fail(self, error) except -1
    cdef object breach_of(self, error)
    cdef int write(self, int64_t n) except -1
    cdef int hold_stack(self, int64_t n) except -1
    cdef void give_up_stack(self) noexcept

cdef bint are_limited() noexcept
cdef int spend(int64_t n) except -1
cdef int spend_on_product(object x, object y) except -1
cdef int spend_on_quotient(object x, object y) except -1
cdef int charge_call(Limits limits, Word* args, Py_ssize_t n) except -1
