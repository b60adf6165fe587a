"""The machine; see ``machine.pyx``."""

from libc.stdint cimport int64_t

from sema.vm.limits cimport Limits
from sema.vm.values cimport CEntry
from sema.vm.word cimport ABSENT, Word


cdef struct Activation:
    # A run of the loop; where the one that called out to it stood.
    Activation* outer
    Word* base
    Word* registers
    Word* at
    # The coroutine that it runs, if it is one; only that can be parked.
    void* coroutine


cdef enum:
    # The words of a run's entry.
    ENTRY_WORDS = 5
    # Why a coroutine stands still: at a call whose value is not there yet, or its turn is over.
    PARKED_AT_CALL = 1
    PARKED_AT_TICK = 2


cdef struct Exit:
    # What machine code says when it leaves in the middle of a function: the innermost frame is
    # `vm.registers`, at `vm.at`. `depth` is the number of frames it made, `failed` whether an
    # error is set (or the coroutine parked), `counter` counts down the exits at that place.
    int64_t depth
    int64_t failed
    int64_t* counter
    # The window of the frame through which machine code was entered last, and how much of the C
    # stack it may use.
    Word* base
    char* c_limit
    int64_t running
    # Whether it left because a tick is due.
    bint ticked


cdef class Machine:
    cdef Word* stack
    cdef Word* stack_end
    # Where a call from outside may put its frame; NULL while the loop itself runs.
    cdef Word* top
    cdef Word* registers
    cdef Word* at
    cdef Word* limit
    cdef int64_t depth
    cdef readonly int64_t max_depth
    cdef int64_t budget
    cdef Activation* activation
    cdef unsigned long owner
    cdef readonly str call_cache
    cdef readonly bint call_stats
    # What `resolve` found out besides the entry.
    cdef CEntry native
    cdef Py_ssize_t n_args
    cdef bint learnable
    # The one entry of the strategy `vm`.
    cdef Word vm_key
    cdef Word* vm_entry
    cdef object vm_target
    # How often a miss threw a valid entry out: of the machine's one, of the tables of `site`.
    cdef readonly long long thrash
    cdef bint stretched
    # Set by who parks the running coroutine, see `coroutine.pyx`.
    cdef int parked
    # Who has tasks that wait for their turn, or None; see `tasks/scheduler.pyx`.
    cdef public object scheduler
    # Who looks at the stack now and then, or None; see `sampler.pyx`.
    cdef object sampler
    cdef readonly object operators
    cdef readonly object host
    # Who compiles what is hot, or None; the ticks so far, and after how many that begins.
    cdef public object jit
    cdef readonly int64_t ticks
    cdef public int hot_after
    # Whether an earlier run has left word of what is hot; whether machine code is being made in the
    # background.
    cdef public bint recalls
    cdef public bint awaits
    # Whether everything is compiled when it is first called.
    cdef public bint eager
    # How machine code left for the interpreter, see `native.pyx`.
    cdef Exit exit
    cdef unsigned long native_thread
    # Machine code that comes back at the next tick.
    cdef list aside
    # Those of a sandbox, or None.
    cdef readonly Limits limits

    cdef void set_limit(self, Word* regs) noexcept
    cdef void refill(self) noexcept
    cdef void settle(self) noexcept


cdef Word* enter(Machine vm, Activation* activation, Py_ssize_t n, void* coroutine) except NULL
cdef void leave(Machine vm) noexcept
cdef void write_entry(Word* entry, Py_ssize_t n) noexcept
cdef Word execute(Machine vm, Word* base, Word* registers, Word* start) except ABSENT
cdef Word call_word(Machine vm, Word callee, Word* args, Py_ssize_t n) except ABSENT
cdef Word call_light(
    Machine vm, Word (*native)(Word*, Py_ssize_t) noexcept, Word* window, Py_ssize_t n
) noexcept
cdef int gather_rest(Word* args, Py_ssize_t n_params, Py_ssize_t n) noexcept
cdef Word call_python_builtin(Word* args, Py_ssize_t n) except ABSENT
cdef Word call_keyword(Word* args, Py_ssize_t n) except ABSENT
