# cython: language_level=3
"""The limits of a sandbox while a program runs: fuel, time, memory, output; in one place.

A run begins when Python enters a sandboxed interpreter, to read, to compile or to call, and ends
when it leaves it; tasks belong to the run in which they were spawned. Each run has its own fuel,
time and output; memory is what the interpreter holds of all its runs.

The unit of fuel is one call or backward jump, about 5 ns. The machine counts its budget down
anyway; with limits the budget is handed out in portions of what fuel is left, and
:meth:`Limits.checkpoint` looks at everything when a portion is spent. Builtins whose work is out
of proportion to a call :func:`spend` units as well, and where that is much, they do so before
they begin.

A limit that is reached stays so for the rest of the run: whatever swallows the error, the next
call or jump raises it again.
"""

import gc

from cpython.object cimport PyObject, PyTypeObject
from libc.math cimport pow
from libc.stdint cimport uintptr_t
from posix.time cimport CLOCK_MONOTONIC, clock_gettime, timespec

from sema.vm.allocation cimport Account, charge, charge_to, close_account, open_account, uncharge
from sema.vm.values cimport give_up_spares
from sema.vm.word cimport Word, is_ref, word_ptr

from sema.errors import (
    DepthExceeded, FuelExhausted, MemoryExceeded, OutputExceeded, TimeoutExceeded,
)

cdef extern from *:
    """
    static __thread PyObject* sema_limits = NULL;
    """
    # Those of the interpreter that runs in this thread, borrowed.
    PyObject* in_force "sema_limits"

cdef extern from "Python.h":
    ctypedef struct SequenceSlots "PySequenceMethods":
        Py_ssize_t (*sq_length)(PyObject*)
    ctypedef struct MappingSlots "PyMappingMethods":
        Py_ssize_t (*mp_length)(PyObject*)
    ctypedef struct SizedType "PyTypeObject":
        SequenceSlots* tp_as_sequence
        MappingSlots* tp_as_mapping
        unsigned long tp_flags
    const unsigned long HEAP_TYPE "Py_TPFLAGS_HEAPTYPE"
    int PyErr_CheckSignals() except -1
    PyTypeObject* type_of "Py_TYPE"(PyObject*) noexcept

cdef enum:
    UNIT_NS = 5
    STACK_STEP = 256 << 10
    # What a builtin costs: a call, and a unit for so many elements of its arguments.
    NATIVE_UNITS = 4
    ELEMENTS_PER_UNIT = 16
    # Steps of the arithmetic of long integers, about 1 ns each.
    DIGITS_PER_UNIT = 5
    # Work of so many units is worth a look at the clock before it begins.
    MUCH = 200_000


cdef int64_t now() noexcept:
    """Nanoseconds of a clock that never goes back."""
    cdef timespec time
    clock_gettime(CLOCK_MONOTONIC, &time)
    return <int64_t>time.tv_sec * 1_000_000_000 + time.tv_nsec


cdef class Run:
    """What one run of a program has used."""

    @property
    def fuel_used(self):
        """Units of fuel, as far as they have been counted."""
        return self.fuel

    @property
    def seconds(self):
        """Seconds since it began."""
        return (now() - self.started) / 1e9


cdef class Limits:
    """The limits of one interpreter; None is no limit. ``fuel`` is in units, ``timeout`` in
    seconds, ``memory`` and ``max_output`` in bytes, ``max_depth`` in frames."""

    def __init__(self, fuel=None, timeout=None, memory=None, max_depth=None, max_output=None):
        self.fuel = fuel
        self.timeout = timeout
        self.memory = memory
        self.max_depth = max_depth
        self.max_output = max_output
        self.run = Run()
        self.budget = &self.granted
        if memory is not None:
            self.account = open_account(memory)

    def __dealloc__(self):
        if self.account != NULL:
            close_account(self.account)

    @property
    def memory_used(self):
        """Bytes that the interpreter's programs hold; None without a limit."""
        return self.account.used if self.account != NULL else None

    def __enter__(self):
        self.begin()
        return self

    def __exit__(self, kind, error, traceback):
        breach = self.breach_of(error)
        self.end()
        if breach is not error:
            raise breach from None

    # --- Runs ------------------------------------------------------------------------------------

    cdef void attach(self, int64_t* budget) noexcept:
        """The machine's counter, which is at most as large as what is granted."""
        self.budget = budget

    cdef int begin(self) except -1:
        """Python enters the interpreter: if it is not inside already, a run begins."""
        if self.nesting == 0:
            self.run = Run()
            self.run.started = now()
            if self.timeout is not None:
                self.run.deadline = self.run.started + <int64_t>(self.timeout * 1e9)
            self.outer = <Limits>in_force if in_force != NULL else None
            # Who has no limit of its own may work for somebody who has.
            self.outer_account = charge_to(self.account)
            if self.account == NULL:
                charge_to(self.outer_account)
            take_force(self)
            self.grant()
            if self.account != NULL:
                self.account.overdrawn = False
                self.collect_above = self.account.used + (self.memory - self.account.used) // 2
        self.nesting += 1
        return 0

    cdef void end(self) noexcept:
        """Python leaves the interpreter."""
        self.nesting -= 1
        if self.nesting == 0:
            self.count_fuel()
            if self.account != NULL and self.account.used > self.memory // 2:
                give_up_spares()
            charge_to(self.outer_account)
            take_force(self.outer)
            self.outer = None

    cdef Run switch(self, Run run):
        """Go on with a task of another run; gives the one that it interrupts."""
        cdef Run before = self.run
        if run is not before:
            self.count_fuel()
            self.run = run
            self.grant()
        return before

    cdef void count_fuel(self) noexcept:
        """Add to the run what of the budget was spent."""
        self.run.fuel += self.granted - self.budget[0] + self.debt
        self.granted = self.budget[0]
        self.debt = 0

    cdef void grant(self) noexcept:
        """Fill the machine's counter: with one turn's units, or what fuel there is left."""
        self.granted = TICK
        if self.run.breach is not None:
            self.granted = 0
        elif self.fuel is not None:
            self.granted = min(self.granted, max(0, self.fuel - self.run.fuel))
        self.budget[0] = self.granted

    # --- Limits ----------------------------------------------------------------------------------

    cdef int checkpoint(self) except -1:
        """The portion is spent: look at all limits and grant the next one."""
        self.count_fuel()
        self.check()
        self.grant()
        return 0

    cdef int check(self) except -1:
        """Look at all limits. Raises the error of one that is reached."""
        if self.run.breach is not None:
            raise self.run.breach.with_traceback(None)
        if self.fuel is not None and self.run.fuel >= self.fuel:
            self.fail(FuelExhausted(self.run.fuel, self.fuel))
        if self.run.deadline:
            self.check_deadline(0)
        if self.account != NULL:
            self.check_memory()
        return 0

    cdef int check_deadline(self, int64_t ahead) except -1:
        """Fail if so many nanoseconds from now are too late."""
        if self.run.deadline and now() + ahead >= self.run.deadline:
            self.fail(TimeoutExceeded(self.run.seconds, self.timeout))
        return 0

    cdef int check_memory(self) except -1:
        """Collect cycles of garbage when half of what was left is used, and fail if memory was
        refused to somebody who did not say so."""
        if self.account.used > self.collect_above and not self.account.overdrawn:
            give_up_spares()
            gc.collect()
            self.collect_above = self.account.used + (self.memory - self.account.used) // 2
        if self.account.overdrawn:
            self.fail(self.overdraft())
        return 0

    cdef object overdraft(self):
        return MemoryExceeded(max(self.account.asked, self.account.used), self.memory)

    cdef int fail(self, error) except -1:
        """The run has reached a limit."""
        self.run.breach = error
        self.budget[0] = self.granted = 0
        raise error

    def deepen(self):
        """Fail, because there are too many frames. Returns if their number has no limit here."""
        if self.max_depth is not None:
            self.fail(DepthExceeded(self.max_depth, self.max_depth))

    def expire(self):
        """Fail if the time is over."""
        self.check_deadline(0)

    @property
    def seconds_left(self):
        """Seconds until the time of the run is over, None without a limit."""
        return max(0.0, (self.run.deadline - now()) / 1e9) if self.run.deadline else None

    cdef object breach_of(self, error):
        """What an error, or none, means: the limit that the run has reached, if it has."""
        if error is not None and not isinstance(error, Exception):
            return error
        refused = isinstance(getattr(error, "__cause__", None) or error, MemoryError)
        if self.run.breach is None and self.account != NULL and (self.account.overdrawn or refused):
            self.run.breach = self.overdraft()
            self.budget[0] = self.granted = 0
        return error if self.run.breach is None else self.run.breach

    cdef int write(self, int64_t n) except -1:
        self.run.output += n
        if self.max_output is not None and self.run.output > self.max_output:
            self.fail(OutputExceeded(self.run.output, self.max_output))
        return 0

    # --- The machine's stack ---------------------------------------------------------------------

    cdef int hold_stack(self, int64_t n) except -1:
        """Charge a frame stack of so many bytes, rounded up."""
        cdef int64_t size
        if self.account == NULL or n <= self.stack_bytes:
            return 0
        size = (n // STACK_STEP + 1) * STACK_STEP
        if not charge(self.account, size - self.stack_bytes):
            self.fail(self.overdraft())
        self.stack_bytes = size
        return 0

    cdef void give_up_stack(self) noexcept:
        """The frames are gone."""
        if self.account != NULL:
            uncharge(self.account, self.stack_bytes)
            self.stack_bytes = 0


cdef void take_force(Limits limits) noexcept:
    """Let limits, or none, hold in this thread."""
    global in_force
    in_force = <PyObject*>limits if limits is not None else NULL


# --- What builtins say ----------------------------------------------------------------------------

cdef bint are_limited() noexcept:
    """Whether the program that runs in this thread has limits."""
    return in_force != NULL


cdef int spend(int64_t n) except -1:
    """Count so many units of work. Raises the error of a limit that is reached, also when the work
    would last longer than there is time."""
    if in_force == NULL:
        return 0
    return spend_of(<Limits>in_force, n)


cdef int spend_of(Limits limits, int64_t n) except -1:
    limits.debt += n
    if limits.debt > TICK:
        # The machine knows what is left of its own budget; here it cannot be changed.
        limits.run.fuel += limits.debt
        limits.debt = 0
        PyErr_CheckSignals()
        if n > MUCH:
            limits.check_deadline(n * UNIT_NS)
        limits.check()
    return 0


cdef inline int64_t digits_of(object n) except -1:
    """The size of an integer in the digits of 30 bits that Python calculates with."""
    return <int64_t>n.bit_length() // 30 + 1


cdef int spend_on_product(object x, object y) except -1:
    """Count the multiplication of two integers, as Python does: from 70 digits on Karatsuba's."""
    cdef int64_t n, m
    if in_force == NULL or type(x) is not int or type(y) is not int:
        return 0
    n, m = digits_of(x), digits_of(y)
    if n > m:
        n, m = m, n
    if n < 70:
        return spend(n * m // DIGITS_PER_UNIT)
    return spend(<int64_t>(<double>m * pow(n, 0.585) * 4) // DIGITS_PER_UNIT)


cdef int spend_on_quotient(object x, object y) except -1:
    """Count a division of integers, or what takes as long: the product of their sizes."""
    cdef int64_t n, m
    if in_force == NULL or type(x) is not int or type(y) is not int:
        return 0
    n, m = digits_of(x), digits_of(y)
    return spend(m * max(n - m, 1) // DIGITS_PER_UNIT)


def spend_on_text(value):
    """Count the conversion of a long integer to text."""
    if in_force != NULL:
        spend_on_product(value, value)


def spend_units(n):
    """:func:`spend`, for builtins in Python."""
    spend(n)


def count_output(str text):
    """Count text that a program writes for its host to see. Raises OutputExceeded before it is
    written."""
    if in_force != NULL:
        (<Limits>in_force).write(len(text) if text.isascii() else len(text.encode()))


def count_output_bytes(n):
    """The same for so many bytes."""
    if in_force != NULL:
        (<Limits>in_force).write(n)


cdef int charge_call(Limits limits, Word* args, Py_ssize_t n) except -1:
    """Count the call of a builtin, and the size of what it is given."""
    cdef int64_t size = 0
    cdef Py_ssize_t i
    for i in range(n):
        if is_ref(args[i]):
            size += size_of(word_ptr(args[i]))
    return spend_of(limits, NATIVE_UNITS + size // ELEMENTS_PER_UNIT)


cdef Py_ssize_t size_of(PyObject* value) noexcept:
    """How many elements a value has, as far as it knows that by itself."""
    cdef SizedType* kind = <SizedType*>type_of(value)
    if kind.tp_flags & HEAP_TYPE:
        return 0
    if kind.tp_as_sequence != NULL and kind.tp_as_sequence.sq_length != NULL:
        return kind.tp_as_sequence.sq_length(value)
    if kind.tp_as_mapping != NULL and kind.tp_as_mapping.mp_length != NULL:
        return kind.tp_as_mapping.mp_length(value)
    return 0


class Unlimited:
    """A stretch in which nothing is charged to the program, and no limit holds: what the
    interpreter does once for all programs, such as loading a family of builtins."""

    __slots__ = ("_account", "_limits")

    def __enter__(self):
        self._account = <uintptr_t>charge_to(NULL)
        self._limits = <Limits>in_force if in_force != NULL else None
        take_force(None)

    def __exit__(self, kind, error, traceback):
        charge_to(<Account*><uintptr_t>self._account)
        take_force(self._limits)


def in_thread_of(Limits limits, function, *args):
    """Call a function in a thread of its own, at the expense of the program."""
    if limits is None:
        return function(*args)
    cdef Account* before = charge_to(limits.account)
    take_force(limits)
    try:
        return function(*args)
    finally:
        take_force(None)
        charge_to(before)
