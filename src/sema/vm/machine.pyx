"""The machine: its stack of frames and the dispatch loop.

A frame is a window on one stack of words::

    regs[-2]   the running closure, owned, or borrowed (then without the tag of a reference)
    regs[-1]   where to return to: the address behind the call
    regs[0]    the first argument, ...

The callee's window lies inside its caller's: callee and arguments are where the call put them,
so nothing is copied. The stack is one reservation of address space that never moves; memory is
taken as frames first touch it. Neither Sema calls nor tail calls use the C stack.

Everything periodic (Ctrl-C, other threads, depth) happens in :meth:`Machine.tick`, when the budget
is spent or the stack has passed the limit: one test per call for both.
"""

import gc
from array import array

from cpython.object cimport PyObject
from libc.stdint cimport int64_t, uint64_t
from posix.time cimport CLOCK_MONOTONIC, clock_gettime, nanosleep, timespec

from sema.vm.caches cimport count_miss, learn, remember_in_machine, remember_in_table
from sema.vm.code cimport Code, Entry, NativeEntry, Patch
from sema.vm.foreign cimport accept, call_python
from sema.vm.instruction cimport (
    A, B, C, FLAGS, SIGNED_B, SIGNED_C, WIDE, leave_frame, shifted, unshifted,
)
from sema.vm.limits cimport TICK, Limits, charge_call
from sema.vm.maps cimport is_map, map_get
from sema.vm.operators cimport (
    cons_registers, make_closure, make_map, make_vector, operate, slow_test,
)
from sema.vm.unwinding cimport unwind
from sema.vm.values cimport (
    BoxCell, Builtin, Cell, Closure, ClosureCell, Keyword, PairCell, box_value, call_function,
    closure_slots, cons, cons_spare, count_running, is_closure, is_list, is_pair, is_vector,
    keep_retired, list_length, new_box, new_closure, on_closure_call, pair_head, pair_tail,
    replace_value, retired_count, spare_pair, to_object, to_word, type_of, vector_items,
    vector_size,
)
from sema.vm.word cimport (
    ABSENT, EMPTY, NIL, NO_KEY, PAYLOAD, REF_TAG, Word, add_overflows, bool_word, both_ints, decref,
    double_word, incref, int_min, int_word, is_double, is_false, is_int, is_ref, likely,
    mul_overflows, ptr_word, rc_dec, rc_inc, sub_overflows, unlikely, word_double, word_int,
    word_ptr,
)

from sema.errors import ArityError, EvalError, SemaTypeError, UnboundError
from sema.vm.conditions import thrown
from sema.vm.limits import Unlimited
from sema.vm.opcodes import CALL_FORMS
from sema.vm.redefinition import OperatorWatch
from sema.vm.types import type_name

include "opcodes.pxi"

cdef extern from "sys/mman.h":
    void* mmap(void*, size_t, int, int, int, long) noexcept
    int munmap(void*, size_t) noexcept
    int madvise(void*, size_t, int) noexcept
    int PROT_READ, PROT_WRITE, MAP_PRIVATE, MAP_ANONYMOUS, MAP_NORESERVE, MADV_DONTNEED
    void* MAP_FAILED

cdef extern from "Python.h":
    unsigned long PyThread_get_thread_ident() noexcept
    int PyErr_CheckSignals() except -1
    void PyErr_SetInterrupt() noexcept
    void PyErr_Fetch(PyObject**, PyObject**, PyObject**) noexcept
    void PyErr_Restore(PyObject*, PyObject*, PyObject*) noexcept
    PyObject* PyErr_Occurred() noexcept
    ctypedef PyObject* (*vectorcallfunc)(PyObject*, PyObject* const*, size_t, PyObject*) except NULL
    object PyObject_Vectorcall(object, PyObject**, size_t, void*)
    void unreachable "__builtin_unreachable"() noexcept

# Not in an enum, whose values are C ints.
cdef size_t STACK_BYTES = <size_t>2 << 30

cdef enum:
    LEAST_STACK_BYTES = 16 << 20
    # Words beyond the limit that every frame may use without asking; functions that need more
    # begin with ENTER.
    RED_ZONE = 1024
    RELEASE_EVERY_NS = 10_000_000
    YIELD_EVERY_NS = 1_000_000
    YIELD_NS = 20_000
    # A tall stack's memory is given back when its run ends.
    KEPT_STACK_BYTES = 8 << 20
    MOST_RETIRED = 10_000
    # A function is hot with one out of so many of the ticks after which anything is compiled.
    SHARE = 20
    # What was hot in an earlier run is machine code after this share of those ticks.
    RECALL_SHARE = 10
    # Whether machine code has been made in the background is asked every so many ticks.
    ASK_EVERY = 8
    # The C stack that machine code leaves alone, and what it takes where the size is unknown.
    C_STACK_KEPT = 512 << 10
    C_STACK_UNKNOWN = 128 << 10

cdef extern from *:
    """
    #define SEMA_GENERIC ((uint64_t*)1)
    #define SEMA_MISS ((uint64_t*)2)
    #define SEMA_NATIVE ((uint64_t*)3)
    #define SEMA_TICK ((uint64_t*)4)
    #define SEMA_LEFT ((uint64_t*)5)
    """
    # What may stand in the place of a callee's entry.
    Word* GENERIC "SEMA_GENERIC"
    Word* MISS "SEMA_MISS"
    Word* NATIVE "SEMA_NATIVE"
    Word* TICK_NOW "SEMA_TICK"
    # Not an entry: machine code has left, and the interpreter goes on.
    Word* LEFT "SEMA_LEFT"

cdef extern from *:
    """
    #include <pthread.h>
    /* The lowest address of this thread's stack, or NULL where nobody says. */
    static char* sema_stack_start(void) {
        void* start = NULL;
        size_t size = 0;
    #if defined(__APPLE__)
        start = pthread_get_stackaddr_np(pthread_self());
        size = pthread_get_stacksize_np(pthread_self());
        return (char*)start - size;
    #elif defined(__GLIBC__) || defined(__linux__)
        pthread_attr_t attributes;
        if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
            pthread_attr_getstack(&attributes, &start, &size);
            pthread_attr_destroy(&attributes);
        }
    #endif
        return (char*)start;
    }
    """
    char* stack_start "sema_stack_start"() noexcept

ctypedef Word* (*QuietEnter)(Machine, Activation*, Py_ssize_t, void*) noexcept
ctypedef Word (*QuietExecute)(Machine, Word*, Word*, Word*) noexcept
ctypedef Word (*QuietEntry)(Word*, Py_ssize_t) noexcept
ctypedef Word (*Quiet1)(Word) noexcept


cdef inline bint short_of(int64_t budget, Word* limit, Word* regs) noexcept nogil:
    """Whether the budget is spent or the stack is past its limit: one test for both."""
    return (budget | (limit - regs)) < 0

cdef inline Word* callee_code(Word callee) noexcept:
    """What same-code and polymorphic sites compare: a closure's code, or NULL."""
    return <Word*>(<ClosureCell*>word_ptr(callee)).code if is_closure(callee) else NULL


cdef void* reserve_stack(size_t* size) noexcept:
    """Address space for a frame stack, as much as there is; MAP_FAILED if there is too little."""
    cdef void* memory = MAP_FAILED
    size[0] = STACK_BYTES
    while memory == MAP_FAILED and size[0] >= LEAST_STACK_BYTES:
        memory = mmap(NULL, size[0], PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        if memory == MAP_FAILED:
            size[0] //= 2
    return memory


cdef class Machine:
    """One machine: one stack, one strategy of call-site caching.

    ``host`` is what the machine needs from its interpreter (see ``embed/host.py``): what ``catch``
    binds for an error, the Sema error for an exception of Python, and who compiles to machine
    code. ``hot_after`` says after how many ticks that begins: 0 is at the first
    call, -1 never. ``limits`` are a sandbox's.
    """

    def __cinit__(self, str call_cache="patched", bint call_stats=False, max_depth=10_000_000,
                  host=None, int hot_after=-1, Limits limits=None):
        cdef size_t size
        cdef void* memory
        if call_cache not in FORMS_OF_STRATEGIES:
            names = ", ".join(FORMS_OF_STRATEGIES)
            raise ValueError(f"unknown call cache {call_cache!r}; there are {names}")
        self.vm_key = NO_KEY
        memory = reserve_stack(&size)
        if memory == MAP_FAILED:
            # The stacks of interpreters that nobody uses any more may wait for the collector.
            gc.collect()
            memory = reserve_stack(&size)
        if memory == MAP_FAILED:
            raise MemoryError("no address space for the frame stack")
        self.stack = <Word*>memory
        self.stack_end = self.stack + size // sizeof(Word)
        self.top = self.stack
        self.call_cache = call_cache
        self.call_stats = call_stats
        self.max_depth = max_depth
        self.host = host
        self.operators = OperatorWatch(self)
        self.aside = []
        self.budget = TICK
        self.hot_after = max(hot_after, 0)
        self.eager = hot_after == 0
        self.limits = limits
        if limits is not None:
            limits.attach(&self.budget)
        self.set_limit(self.stack)

    def __dealloc__(self):
        if self.stack != NULL:
            munmap(self.stack, (self.stack_end - self.stack) * sizeof(Word))

    def link(self, unit, cell_of):
        """The closure of a unit's code: ready to be called without arguments."""
        cdef Code code = Code(unit, self, cell_of, FORMS_OF_STRATEGIES[self.call_cache],
                              self.call_stats)
        cdef PyObject* closure = new_closure(<PyObject*>code, 0)
        made = <object>closure
        rc_dec(closure)
        return made

    def reset_thrash(self):
        """Count anew how often valid entries are thrown out."""
        self.thrash = 0

    @property
    def running(self):
        """Whether some code of this machine is running."""
        return self.activation != NULL

    cdef void set_limit(self, Word* regs) noexcept:
        """The limit is where the stack ends, or where as many of the smallest frames as are
        still allowed would end, or, at first, where a usual program's stack ends."""
        cdef Word* end = self.stack_end - 2 * RED_ZONE
        cdef Word* usual = self.stack + KEPT_STACK_BYTES // sizeof(Word)
        cdef Word* granted
        cdef int64_t frames = self.max_depth - self.depth
        if regs < usual < end:
            end = usual
        elif regs >= usual:
            self.stretched = True
        if self.limits is not None and self.limits.account != NULL:
            granted = self.stack + self.limits.stack_bytes // <int64_t>sizeof(Word)
            end = min(end, max(granted, regs))
        self.limit = regs + 2 * frames if frames < (end - regs) // 2 else end

    cdef void settle(self) noexcept:
        """Nothing runs any more: give a tall stack's memory back."""
        self.depth = 0
        if self.stretched:
            madvise(<char*>self.stack + KEPT_STACK_BYTES,
                    (self.stack_end - self.stack) * sizeof(Word) - KEPT_STACK_BYTES, MADV_DONTNEED)
            self.stretched = False
        if self.limits is not None:
            self.limits.give_up_stack()
        self.set_limit(self.stack)

    cdef void refill(self) noexcept:
        """Begin another turn: the budget is that of a whole one."""
        if self.limits is None:
            self.budget = TICK
        else:
            self.limits.count_fuel()
            self.limits.grant()


FORMS_OF_STRATEGIES = {
    "none": CALL_FORMS[""],
    "vm": CALL_FORMS["_VM"],
    "site": CALL_FORMS["_SITE"],
    "patched": CALL_FORMS["_LINK"],
}


# --- Ticks and errors -------------------------------------------------------------------------

cdef int64_t last_release = 0


cdef void let_others_run(bint awaits) noexcept:
    """Give other Python threads a turn, now and then.

    Not at every tick: a thread that waits asks for its turn only after 5 ms in which the lock was
    never free, and gets none from a holder that takes the lock back at once. Who awaits machine
    code sleeps, for a moment and more often, so that the thread that makes it gets the lock.
    """
    global last_release
    cdef timespec time
    cdef int64_t now
    clock_gettime(CLOCK_MONOTONIC, &time)
    now = time.tv_sec * 1_000_000_000 + time.tv_nsec
    if now - last_release > (YIELD_EVERY_NS if awaits else RELEASE_EVERY_NS):
        with nogil:
            if awaits:
                time.tv_sec = 0
                time.tv_nsec = YIELD_NS
                nanosleep(&time, NULL)
        last_release = now


cdef int tick(Machine vm, Word* regs) except -1:
    """Everything periodic. `regs` is the window of the frame that runs or is to begin.

    A coroutine whose turn is over is parked: then the result is -1, and no error is set.
    """
    if vm.budget <= 0:
        if vm.limits is None:
            vm.budget = TICK
        else:
            vm.limits.checkpoint()
        PyErr_CheckSignals()
        let_others_run(vm.awaits)
        if vm.aside:
            come_back(vm)
        if vm.hot_after:
            with Unlimited():
                warm_up(vm, regs)
        if vm.sampler is not None:
            vm.budget = vm.sampler.look()
        if vm.scheduler is not None and vm.scheduler.turn_is_over():
            if vm.activation.coroutine != NULL:
                vm.parked = PARKED_AT_TICK
                return -1
            take_turns(vm, regs)
    if regs > vm.limit:
        if vm.limits is not None:
            vm.limits.hold_stack((regs - vm.stack) * sizeof(Word))
        vm.set_limit(regs)
        if regs > vm.limit or vm.depth >= vm.max_depth:
            if vm.limits is not None:
                vm.limits.deepen()
            raise EvalError(
                "stack overflow: maximum call depth exceeded",
                hint="a call in tail position does not use the stack",
            )
    return 0


cdef int warm_up(Machine vm, Word* regs) except -1:
    """A tick found some function at work: where that happens often, it is hot.

    Compiling costs as much as some millions of calls, so that nothing is compiled in a program that
    has not made many times as many.
    """
    cdef Code code = <Code><object>(<ClosureCell*>word_ptr(regs[-2])).code
    vm.ticks += 1
    if vm.awaits and vm.ticks % ASK_EVERY == 0:
        ask_jit(vm, "install", ())
    if vm.exit.ticked:
        vm.exit.ticked = False
        return 0
    code.heat += 1
    if code.heat > 0 and vm.ticks >= vm.hot_after and code.heat >= vm.hot_after // SHARE:
        code.heat = 0
        ask_jit(vm, "hot", (code, hot_place(vm, code)))
    elif vm.recalls and not code.recalled and code.heat > 1 \
            and vm.hot_after // RECALL_SHARE <= vm.ticks < vm.hot_after:
        ask_jit(vm, "recall", (code, hot_place(vm, code)))
    return 0


cdef Py_ssize_t hot_place(Machine vm, Code code) noexcept:
    """The offset of the LOOP at which the machine stands; -1 for the function's beginning."""
    cdef Py_ssize_t offset = code.offset_of(vm.at)
    if offset >= 0 and code.words[offset] & 0xFF not in (OP_LOOP, OP_NATIVELOOP):
        offset = -1
    return offset


cdef int ask_jit(Machine vm, str what, tuple arguments) except -1:
    """Let machine code be made. A Ctrl-C that comes meanwhile comes at the next tick."""
    try:
        if vm.jit is None:
            vm.jit = vm.host.new_jit(vm)
        if vm.sampler is None:
            getattr(vm.jit, what)(*arguments)
        else:
            vm.sampler.apart("<compiling>", getattr(vm.jit, what), arguments)
        if not vm.jit.interrupted:
            return 0
        vm.jit.interrupted = False
    except KeyboardInterrupt:
        pass
    PyErr_SetInterrupt()
    return 0


cdef int take_turns(Machine vm, Word* regs) except -1:
    """Let each ready task have its turn, on the stack above the frame at `regs`."""
    vm.top = regs + (<Code><object>(<ClosureCell*>word_ptr(regs[-2])).code).n_registers
    try:
        vm.scheduler.take_turns()
    finally:
        vm.top = NULL
    return 0


# --- Calls that are not a frame ---------------------------------------------------------------

cdef Word* resolve(Machine vm, Word callee, Word* args, Py_ssize_t n) except NULL:
    """The generic path: what a callee is and whether it takes `n` arguments.

    Gives the entry of a closure's code, with the arguments in `args` as its frame wants them; or
    NATIVE, `vm.native` then being the C function to call with `vm.n_args` words.
    `vm.learnable` says whether the same callee with as many arguments always resolves alike.
    """
    cdef PyObject* p
    cdef PyObject* kind
    cdef Code code
    cdef Builtin builtin
    cdef Builtin spread_by = None
    vm.learnable = True
    while True:
        vm.n_args = n
        if not is_ref(callee):
            raise not_callable(callee, spread_by)
        p = word_ptr(callee)
        kind = type_of(callee)
        if kind == <PyObject*>Closure:
            if takes((<ClosureCell*>p).code, n):
                return (<Code>(<ClosureCell*>p).code).words
            code = <Code><object>(<ClosureCell*>p).code
            vm.learnable = False
            if not code.has_rest or n < code.n_params:
                raise ArityError(code.shown_name(), f"{code.n_params}{'+' * code.has_rest}", n)
            collect_rest(args, code.n_params, n)
            return code.words
        if kind == <PyObject*>Builtin:
            builtin = <Builtin><object>p
            if n < builtin.min_args or (0 <= builtin.max_args < n):
                raise builtin.arity_error(n)
            if builtin.spreads:
                spread_by = builtin
                callee = spread(vm, args, &n)
                vm.learnable = False
                continue
            vm.native = builtin.entry if builtin.entry != NULL else call_python_builtin
            return NATIVE
        if kind == <PyObject*>Keyword:
            if n != 1:
                raise ArityError((<Keyword><object>p).name, "1", n)
            vm.native = call_keyword
            return NATIVE
        if hasattr(<object>kind, "__sema_function__"):
            callee = become(args, (<object>p).__sema_function__)
            vm.learnable = False
            continue
        if callable(<object>p):
            vm.native = call_python
            return NATIVE
        raise not_callable(callee, spread_by)


cdef Word become(Word* args, object function) except ABSENT:
    """An object that stands for a function of the program: that moves to the callee's place."""
    decref(args[-2])
    args[-2] = to_word(function)
    return args[-2]


cdef inline bint takes(PyObject* code, Py_ssize_t n) noexcept:
    """Whether a function takes exactly `n` arguments; counts no references."""
    return (<Code>code).n_params == n and not (<Code>code).has_rest


cdef object not_callable(Word callee, Builtin spread_by):
    from sema.reader.printer import write
    value = to_object(callee)
    if spread_by is not None and spread_by.name == "apply":
        return SemaTypeError("callable", type_name(value))
    return EvalError(
        f"not callable: {write(value)} ({type_name(value)})",
        hint="only a function, a lambda, or a keyword can be called",
    )


cdef int collect_rest(Word* args, Py_ssize_t n_params, Py_ssize_t n) except -1:
    """Turn the arguments beyond the parameters into the rest parameter's list."""
    cdef Word rest = EMPTY
    cdef Py_ssize_t i
    for i in range(n - 1, n_params - 1, -1):
        incref(args[i])
        rest = cons(args[i], rest)
    for i in range(n_params, n):
        decref(args[i])
    args[n_params] = rest
    return 0


cdef Word spread(Machine vm, Word* args, Py_ssize_t* n) except ABSENT:
    """``apply``: the function moves to the callee's place and the last argument's elements become
    arguments. The callee stays owned by the window."""
    cdef Word last = args[n[0] - 1]
    cdef Word rest = last
    cdef Py_ssize_t given = n[0] - 2
    cdef Py_ssize_t length, i
    cdef Word callee = args[0]
    if is_list(last):
        length = list_length(last)
    else:
        if not is_vector(last):
            last = args[n[0] - 1] = elements_now(last)
        length = vector_size(last)
    if args + given + length + RED_ZONE > vm.stack_end:
        raise EvalError("stack overflow: apply with too many arguments")
    decref(args[-2])
    args[-2] = callee
    for i in range(given):
        args[i] = args[i + 1]
    for i in range(length):
        if is_list(last):
            args[given + i] = pair_head(rest)
            rest = pair_tail(rest)
        else:
            args[given + i] = vector_items(last)[i]
        incref(args[given + i])
    decref(last)
    n[0] = given + length
    return callee


cdef Word elements_now(Word given) except ABSENT:
    """The elements of a mutable array, which is given up, as a vector."""
    value = to_object(given)
    if not hasattr(value, "__sema_snapshot__"):
        raise SemaTypeError("list, vector, or mutable-array", f"{type_name(value)} in apply")
    cdef Word elements = to_word(value.__sema_snapshot__())
    decref(given)
    return elements


cdef Word call_keyword(Word* args, Py_ssize_t n) except ABSENT:
    """A keyword as a function: look itself up in a map."""
    cdef Word found
    if not is_map(args[0]):
        raise SemaTypeError("map or hashmap", type_name(to_object(args[0])))
    found = map_get(args[0], REF_TAG | (args[-2] & PAYLOAD))
    if found == ABSENT:
        return NIL
    incref(found)
    return found


cdef Word call_python_builtin(Word* args, Py_ssize_t n) except ABSENT:
    """A builtin that is written in Python."""
    cdef list objects = [to_object(args[i]) for i in range(n)]
    return to_word(call_function(<Builtin><object>word_ptr(args[-2]), objects))


cdef void write_entry(Word* entry, Py_ssize_t n) noexcept:
    """The little program that is the caller of a run's first frame: its only register is the call
    window; it calls what lies there with `n` arguments, and stops."""
    entry[0] = OP_CALL | <Word>n << 48
    entry[1] = <Word>-1
    entry[2] = 0
    entry[3] = 0
    entry[4] = OP_HALT


cdef Word* enter(Machine vm, Activation* activation, Py_ssize_t n, void* coroutine) except NULL:
    """Begin a run of the loop whose first `n` words are known. Gives where its stack begins."""
    cdef Word* base = vm.top
    cdef unsigned long thread = PyThread_get_thread_ident()
    if base == NULL or (vm.activation != NULL and vm.owner != thread):
        if vm.owner != thread:
            raise RuntimeError("this interpreter is running in another thread")
        raise RuntimeError("this interpreter is busy; it cannot be called from here")
    if base + n + RED_ZONE > vm.stack_end:
        raise EvalError("stack overflow: maximum call depth exceeded")
    if vm.limits is not None:
        vm.limits.begin()
    if vm.activation == NULL:
        count_running(1)
    activation.outer = vm.activation
    activation.base = base
    activation.registers = vm.registers
    activation.at = vm.at
    activation.coroutine = coroutine
    vm.activation = activation
    vm.owner = thread
    vm.top = NULL
    return base


cdef void leave(Machine vm) noexcept:
    """End the run of the loop that was begun last."""
    cdef Activation* activation = vm.activation
    vm.activation = activation.outer
    vm.registers = activation.registers
    vm.at = activation.at
    vm.top = activation.base
    if vm.activation == NULL:
        vm.settle()
        count_running(-1)
    if vm.limits is not None:
        vm.limits.end()


cdef Word call_word(Machine vm, Word callee, Word* args, Py_ssize_t n) except ABSENT:
    """Run a function from outside the loop. Takes over callee and arguments."""
    cdef Word[ENTRY_WORDS] entry
    cdef Activation activation
    cdef Word* base
    cdef Word result
    cdef Py_ssize_t i
    cdef PyObject* kind
    cdef PyObject* error
    cdef PyObject* traceback
    # Errors are passed on as they are: `try` would cost as much as the rest of a short call.
    base = (<QuietEnter>enter)(vm, &activation, n + 2, NULL)
    if unlikely(base == NULL):
        decref(callee)
        for i in range(n):
            decref(args[i])
        return ABSENT
    write_entry(entry, n)
    base[0] = callee
    for i in range(n):
        base[2 + i] = args[i]
    result = (<QuietExecute>execute)(vm, base, base, entry)
    if unlikely(result == ABSENT):
        # What is given up may run code that would take the error away.
        PyErr_Fetch(&kind, &error, &traceback)
        leave(vm)
        PyErr_Restore(kind, error, traceback)
        return ABSENT
    leave(vm)
    if vm.scheduler is not None and vm.activation == NULL:
        try:
            vm.scheduler.drain()
        except BaseException:
            decref(result)
            raise
    if vm.limits is not None and vm.limits.breach_of(None) is not None:
        decref(result)
        raise vm.limits.run.breach
    return result


cdef PyObject* closure_called(
    PyObject* self, PyObject* const* args, size_t nargsf, PyObject* names
) except NULL:
    """A closure called from Python."""
    cdef Word[8] few
    cdef Py_ssize_t n = <Py_ssize_t>(nargsf & ~(<size_t>1 << 63))
    cdef Py_ssize_t i
    cdef Machine vm = (<Code><object>(<ClosureCell*>self).code).machine
    cdef Word result
    cdef PyObject* returned
    if names != NULL:
        raise TypeError("a Sema function takes no keyword arguments")
    if n > 8:
        return call_with_many(vm, self, args, n)
    for i in range(n):
        few[i] = to_word(accept(<object>args[i]))
    rc_inc(self)
    result = call_word(vm, ptr_word(self), few, n)
    value = to_object(result)
    decref(result)
    returned = <PyObject*>value
    rc_inc(returned)
    return returned


cdef PyObject* call_with_many(
    Machine vm, PyObject* self, PyObject* const* args, Py_ssize_t n
) except NULL:
    cdef Word[::1] words = array("Q", bytes(8 * n))
    cdef Py_ssize_t i
    cdef Word result
    cdef PyObject* returned
    for i in range(n):
        words[i] = to_word(accept(<object>args[i]))
    rc_inc(self)
    result = call_word(vm, ptr_word(self), &words[0], n)
    value = to_object(result)
    decref(result)
    returned = <PyObject*>value
    rc_inc(returned)
    return returned


on_closure_call(closure_called)


# --- The slow halves of instructions ----------------------------------------------------------

# Each of them sets the error and returns its error value; the loop looks at it itself.
ctypedef int (*QuietDefine)(Machine, PyObject*, Word) noexcept
ctypedef int (*QuietUnbound)(PyObject*) noexcept
ctypedef Word (*QuietClosure)(Word*, uint64_t, Word*) noexcept
ctypedef Word (*QuietMake)(Word*, Py_ssize_t) noexcept
ctypedef int (*QuietOperate)(Word*, uint64_t) noexcept
ctypedef int (*QuietThrow)(Word) noexcept
ctypedef int (*QuietTick)(Machine, Word*) noexcept
ctypedef Word* (*QuietResolve)(Machine, Word, Word*, Py_ssize_t) noexcept
ctypedef Word* (*QuietMiss)(Machine, Word*, Word*, Word, Word*) noexcept
ctypedef int (*QuietCharge)(Limits, Word*, Py_ssize_t) noexcept
ctypedef Word (*QuietNative)(Machine, Word*) noexcept
ctypedef int (*QuietRest)(Word*, Py_ssize_t, Py_ssize_t) noexcept
ctypedef int (*QuietNotice)(Machine, PyObject*) noexcept
ctypedef int (*QuietLearn)(Machine, size_t) noexcept


cdef int unbound(PyObject* cell) except -1:
    raise UnboundError((<Cell>cell).name)


cdef int define_global(Machine vm, PyObject* cell, Word value) except -1:
    """Assign to a global; takes the value over."""
    replace_value(<Cell>cell, value)
    if retired_count() > MOST_RETIRED and not vm.exit.running:
        give_up_retired(vm)
    return 0


cdef give_up_retired(Machine vm):
    """Let go of redefined closures that no frame of the one running machine borrows."""
    cdef set borrowed = set()
    cdef Activation* activation = vm.activation
    cdef Word* regs = vm.registers
    cdef Word* at = vm.at
    while activation != NULL:
        while regs != activation.base:
            borrowed.add(<size_t>word_ptr(regs[-2]))
            leave_frame(&regs, &at)
        regs, at = activation.registers, activation.at
        activation = activation.outer
    keep_retired(borrowed)


cdef int throw(Word value) except -1:
    raise thrown(to_object(value))


cdef int overflow(Machine vm, Word* regs) except -1:
    raise EvalError("stack overflow: the frame stack is full")


cdef inline void shift_down(Word* regs, Word* new, Py_ssize_t n) noexcept:
    """A tail call's callee and arguments take the place of the running frame's."""
    cdef Word old = regs[-2]
    cdef Py_ssize_t k
    regs[-2] = new[-2]
    for k in range(n):
        regs[k] = new[k]
    decref(old)


cdef Py_ssize_t frame_arguments(Word callee) noexcept:
    cdef PyObject* code = (<ClosureCell*>word_ptr(callee)).code
    return (<Code>code).n_params + (<Code>code).has_rest


cdef void abandon(Word* window, Py_ssize_t n) noexcept:
    """A call failed before it began: give up its callee and arguments."""
    cdef Py_ssize_t k
    decref(window[-2])
    for k in range(n):
        decref(window[k])


cdef inline Word* look_up(Entry* entries, Py_ssize_t n, Word callee) noexcept:
    """A polymorphic site's entry for the callee's lambda."""
    cdef Word* code = callee_code(callee)
    cdef Py_ssize_t k
    for k in range(n):
        if entries[k].key == <Word>code:
            return entries[k].entry
    return MISS


cdef Word* miss(Machine vm, Word* regs, Word* at, Word callee, Word* window) except NULL:
    """A call whose cache does not know the callee: the generic path, then learn."""
    cdef uint64_t i = at[0]
    cdef int op = i & 0xFF
    cdef int form = (op - OP_CALL) & ~3
    cdef PyObject* code = (<ClosureCell*>word_ptr(regs[-2])).code
    cdef Word* entry
    vm.n_args = C(i)
    if callee == ABSENT:
        window[-2] = NIL
        unbound(<PyObject*>at[1])
    if vm.call_stats:
        count_miss(<Code>code, at, callee)
    entry = resolve(vm, callee, window, C(i))
    if form >= FORM_LINK:
        learn(vm, <Code>code, at, callee, NULL if entry == NATIVE else entry)
    elif entry != NATIVE and vm.learnable and form != FORM_GENERIC:
        if form == FORM_VM:
            remember_in_machine(vm, callee, C(i), entry)
        else:
            remember_in_table(vm, <Code>code, at, callee, C(i), entry)
    return entry


cdef char* c_stack_limit() noexcept:
    """How far down this thread's C stack machine code may go: builtins need some, too."""
    cdef char here
    cdef char* start = stack_start()
    return start + C_STACK_KEPT if start != NULL else &here - C_STACK_UNKNOWN


cdef Word run_native(Machine vm, NativeEntry* entry, Word* regs, Word* at) noexcept:
    """Run machine code that goes on with the frame at `regs`: the frame's value, or ABSENT when it
    left and the interpreter goes on as `vm.exit`, `vm.registers` and `vm.at` say."""
    cdef Word* base = vm.exit.base
    cdef Word callee = regs[-2]
    cdef Word value
    cdef char here
    if unlikely(vm.owner != vm.native_thread):
        vm.native_thread = vm.owner
        vm.exit.c_limit = c_stack_limit()
    vm.registers = regs
    vm.at = at
    vm.exit.depth = 0
    vm.exit.failed = 0
    vm.exit.counter = NULL
    if unlikely(entry.run == NULL or &here < vm.exit.c_limit):
        if at[0] & 0xFF == OP_NATIVELOOP:
            vm.at = at + 1 + WIDE(entry.replaced)
        return ABSENT
    # A reference here is one that machine code has put here.
    regs[-2] = callee & PAYLOAD
    vm.exit.base = regs
    vm.exit.running += 1
    value = entry.run(regs, vm.budget)
    vm.exit.running -= 1
    vm.exit.base = base
    if value != ABSENT:
        decref(callee)
    elif is_ref(regs[-2]) or (regs[-2] ^ callee) & PAYLOAD:
        # A tail call put another function in this one's place, perhaps with a reference of its own.
        decref(callee)
    else:
        regs[-2] = callee
    return value


cdef void after_exit(Machine vm, Word* regs) noexcept:
    """Machine code left in the middle of a function. Where it would enter again at once, the
    interpreter runs one instruction; where that happens often, there is something to learn."""
    cdef PyObject* closure = word_ptr(regs[-2])
    cdef int64_t* counter = vm.exit.counter
    # What a tick then finds at work is machine code already.
    vm.exit.ticked = vm.budget <= 0
    if not vm.exit.failed and vm.at[0] & 0xFF == OP_NATIVE:
        (<QuietNotice>step_aside)(vm, closure)
    if counter != NULL:
        counter[0] -= 1
        if counter[0] == 0 and not vm.exit.failed:
            (<QuietLearn>notice_exit)(vm, <size_t>counter)


cdef int come_back(Machine vm) except -1:
    """Machine code that stepped aside takes over again."""
    cdef Code code
    while vm.aside:
        code, patch = vm.aside.pop()
        if patch.owner.alive and 0 not in code.patches:
            code.patch(patch)
    return 0


cdef int step_aside(Machine vm, PyObject* closure) except -1:
    """Let the interpreter run a function's first instruction, which machine code has replaced."""
    cdef Code code = <Code><object>(<ClosureCell*>closure).code
    patch = code.unpatch(0)
    if (<Patch>patch).owner is None:
        with Unlimited():
            ask_jit(vm, "first_call", (code,))
    elif (<Patch>patch).owner.alive:
        vm.aside.append((code, patch))
    return 0


cdef int notice_exit(Machine vm, size_t counter) except -1:
    ask_jit(vm, "exited", (counter,))
    return 0


cdef Word call_native(Machine vm, Word* window) except ABSENT:
    """Call what `resolve` found, then give up the window."""
    return call_linked(vm, <QuietEntry>vm.native, window, vm.n_args)


cdef inline Word call_linked(Machine vm, QuietEntry native, Word* window, Py_ssize_t n) noexcept:
    """Call a C function with a window's arguments, then give up the window."""
    cdef Word result = ABSENT
    vm.top = window + n
    if likely(vm.limits is None) or (<QuietCharge>charge_call)(vm.limits, window, n) == 0:
        result = native(window, n)
    vm.top = NULL
    abandon(window, n)
    return result


cdef Word call_light(Machine vm, QuietEntry native, Word* window, Py_ssize_t n) noexcept:
    """A call of a builtin in C by machine code; see :func:`call_linked`."""
    return call_linked(vm, native, window, n)


cdef int gather_rest(Word* args, Py_ssize_t n_params, Py_ssize_t n) noexcept:
    """:func:`collect_rest` for machine code."""
    return (<QuietRest>collect_rest)(args, n_params, n)


# --- The loop ---------------------------------------------------------------------------------

cdef Word execute(Machine vm, Word* base, Word* registers, Word* start) except ABSENT:
    """Run from `start`, where a frame's registers are `registers`, to the HALT of the run's entry,
    whose registers begin at `base`; or until the run is parked, which is no error."""
    cdef Word* regs = registers
    cdef Word* pc = start
    cdef Word* limit = vm.limit
    cdef int64_t budget = vm.budget
    cdef int64_t depth = vm.depth
    cdef uint64_t i = 0
    cdef int op
    cdef int64_t sum_ = 0
    cdef Word x, y
    cdef Word* new
    cdef Word* entry
    cdef PairCell* cell
    cdef int verdict
    # Calls without a cache are not told to anyone, unless they are counted.
    cdef Word* uncounted = NULL if vm.call_stats else GENERIC
    # Three levels: an error leaves the inner two, a call that enters a frame the innermost.
    while True:
        while True:
            entry = NULL
            while True:
                i = pc[0]
                pc += 1
                op = i & 0xFF
                if op == OP_MOVE:
                    regs[A(i)] = regs[B(i)]
                elif op == OP_COPY:
                    x = regs[B(i)]
                    incref(x)
                    regs[A(i)] = x
                elif op == OP_COPY2:
                    x = regs[B(i)]
                    y = regs[C(i)]
                    if is_ref(x) and not FLAGS(i) & KILL_B:
                        rc_inc(word_ptr(x))
                    if is_ref(y) and not FLAGS(i) & KILL_C:
                        rc_inc(word_ptr(y))
                    regs[A(i)] = x
                    regs[A(i) + 1] = y
                elif op == OP_DROP:
                    decref(regs[A(i)])
                elif op == OP_CONST:
                    x = pc[0]
                    pc += 1
                    incref(x)
                    regs[A(i)] = x
                elif op == OP_INT:
                    regs[A(i)] = int_word(WIDE(i))
                elif op == OP_GLOBAL:
                    x = (<BoxCell*>pc[0]).value
                    if unlikely(x == ABSENT):
                        (<QuietUnbound>unbound)(<PyObject*>pc[0])
                        break
                    pc += 1
                    incref(x)
                    regs[A(i)] = x
                elif op == OP_SETGLOBAL or op == OP_DEFGLOBAL:
                    vm.registers = regs
                    vm.at = pc - 1
                    x = regs[A(i)]
                    if not FLAGS(i) & KILL_A:
                        incref(x)
                    if (<QuietDefine>define_global)(vm, <PyObject*>pc[0], x) < 0:
                        break
                    pc += 1
                elif op == OP_SELF:
                    x = REF_TAG | (regs[-2] & PAYLOAD)
                    rc_inc(word_ptr(x))
                    regs[A(i)] = x
                elif op == OP_UPVALUE:
                    x = closure_slots(word_ptr(regs[-2]))[B(i)]
                    incref(x)
                    regs[A(i)] = x
                elif op == OP_BOX:
                    x = (<Quiet1>new_box)(regs[B(i)])
                    if unlikely(x == ABSENT):
                        break
                    regs[A(i)] = x
                elif op == OP_UNBOX:
                    y = regs[B(i)]
                    x = box_value(y)[0]
                    incref(x)
                    if FLAGS(i) & KILL_B:
                        rc_dec(word_ptr(y))
                    regs[A(i)] = x
                elif op == OP_SETBOX:
                    y = regs[A(i)]
                    x = box_value(y)[0]
                    box_value(y)[0] = regs[B(i)]
                    decref(x)
                    if FLAGS(i) & KILL_A:
                        rc_dec(word_ptr(y))
                elif op == OP_UPBOX:
                    x = box_value(closure_slots(word_ptr(regs[-2]))[B(i)])[0]
                    incref(x)
                    regs[A(i)] = x
                elif op == OP_SETUPBOX:
                    new = box_value(closure_slots(word_ptr(regs[-2]))[A(i)])
                    x = new[0]
                    new[0] = regs[B(i)]
                    decref(x)
                elif op == OP_CLOSURE:
                    x = (<QuietClosure>make_closure)(regs, i, pc)
                    if unlikely(x == ABSENT):
                        break
                    pc += 1 + B(i)
                    regs[A(i)] = x
                elif op == OP_VECTOR:
                    x = (<QuietMake>make_vector)(regs + B(i), C(i))
                    if unlikely(x == ABSENT):
                        break
                    regs[A(i)] = x
                elif op == OP_MAP:
                    x = (<QuietMake>make_map)(regs + B(i), C(i))
                    if unlikely(x == ABSENT):
                        break
                    regs[A(i)] = x
                elif op == OP_JUMP:
                    pc += WIDE(i)
                elif op == OP_LOOP:
                    budget -= 1
                    if unlikely(budget < 0):
                        vm.budget = 0
                        vm.registers = regs
                        vm.at = pc - 1
                        vm.depth = depth
                        if (<QuietTick>tick)(vm, regs) < 0:
                            break
                        budget = vm.budget
                        limit = vm.limit
                    pc += WIDE(i)
                elif op == OP_JF:
                    x = regs[A(i)]
                    if is_false(x):
                        pc += SIGNED_C(i)
                    elif is_ref(x) and FLAGS(i) & FALL_KILLS_A:
                        rc_dec(word_ptr(x))
                elif op == OP_JT:
                    x = regs[A(i)]
                    if not is_false(x):
                        pc += SIGNED_C(i)
                        if is_ref(x) and FLAGS(i) & JUMP_KILLS_A:
                            rc_dec(word_ptr(x))
                elif op == OP_JNULL:
                    x = regs[A(i)]
                    if x == EMPTY or x == NIL:
                        pc += SIGNED_C(i)
                    elif is_ref(x) and FLAGS(i) & FALL_KILLS_A:
                        rc_dec(word_ptr(x))
                elif op == OP_JNNULL:
                    x = regs[A(i)]
                    if x != EMPTY and x != NIL:
                        pc += SIGNED_C(i)
                        if is_ref(x) and FLAGS(i) & JUMP_KILLS_A:
                            rc_dec(word_ptr(x))
                elif op == OP_JPAIR or op == OP_JNPAIR:
                    x = regs[A(i)]
                    if is_pair(x) == (op == OP_JPAIR):
                        pc += SIGNED_C(i)
                        if FLAGS(i) & JUMP_KILLS_A:
                            decref(x)
                    elif FLAGS(i) & FALL_KILLS_A:
                        decref(x)
                elif op == OP_RETURN:
                    x = regs[A(i)]
                    pc = <Word*>regs[-1]
                    y = regs[-2]
                    regs[-2] = x
                    regs -= A(pc[-1 - SITE_WORDS]) + 2
                    depth -= 1
                    if is_ref(y):
                        rc_dec(word_ptr(y))
                elif op == OP_ADD:
                    x = regs[B(i)]
                    y = regs[C(i)]
                    if both_ints(x, y) and not add_overflows(shifted(x), shifted(y), &sum_):
                        regs[A(i)] = unshifted(sum_)
                    elif is_double(x) and is_double(y):
                        regs[A(i)] = double_word(word_double(x) + word_double(y))
                    elif (<QuietOperate>operate)(regs, i) < 0:
                        break
                elif op == OP_SUB:
                    x = regs[B(i)]
                    y = regs[C(i)]
                    if both_ints(x, y) and not sub_overflows(shifted(x), shifted(y), &sum_):
                        regs[A(i)] = unshifted(sum_)
                    elif is_double(x) and is_double(y):
                        regs[A(i)] = double_word(word_double(x) - word_double(y))
                    elif (<QuietOperate>operate)(regs, i) < 0:
                        break
                elif op == OP_MUL:
                    x = regs[B(i)]
                    y = regs[C(i)]
                    if both_ints(x, y) and not mul_overflows(shifted(x), word_int(y), &sum_):
                        regs[A(i)] = unshifted(sum_)
                    elif is_double(x) and is_double(y):
                        regs[A(i)] = double_word(word_double(x) * word_double(y))
                    elif (<QuietOperate>operate)(regs, i) < 0:
                        break
                elif op == OP_ADDI:
                    x = regs[B(i)]
                    if is_int(x) and not add_overflows(shifted(x), SIGNED_C(i) << 16, &sum_):
                        regs[A(i)] = unshifted(sum_)
                    elif (<QuietOperate>operate)(regs, i) < 0:
                        break
                elif op == OP_SUBI:
                    x = regs[B(i)]
                    if is_int(x) and not sub_overflows(shifted(x), SIGNED_C(i) << 16, &sum_):
                        regs[A(i)] = unshifted(sum_)
                    elif (<QuietOperate>operate)(regs, i) < 0:
                        break
                elif op == OP_DIV:
                    x = regs[B(i)]
                    y = regs[C(i)]
                    if is_double(x) and is_double(y):
                        regs[A(i)] = double_word(word_double(x) / word_double(y))
                    elif (<QuietOperate>operate)(regs, i) < 0:
                        break
                elif op == OP_MOD:
                    x = regs[B(i)]
                    y = regs[C(i)]
                    if both_ints(x, y) and word_int(y) > 0:
                        sum_ = word_int(x) % word_int(y)
                        regs[A(i)] = int_word(sum_ + word_int(y) if sum_ < 0 else sum_)
                    elif (<QuietOperate>operate)(regs, i) < 0:
                        break
                elif op == OP_NEG:
                    x = regs[B(i)]
                    if is_int(x) and word_int(x) != int_min:
                        regs[A(i)] = int_word(-word_int(x))
                    elif (<QuietOperate>operate)(regs, i) < 0:
                        break
                elif op == OP_LT:
                    x = regs[B(i)]
                    y = regs[C(i)]
                    if likely(both_ints(x, y)):
                        regs[A(i)] = bool_word(shifted(x) < shifted(y))
                    elif (<QuietOperate>operate)(regs, i) < 0:
                        break
                elif op == OP_LE:
                    x = regs[B(i)]
                    y = regs[C(i)]
                    if likely(both_ints(x, y)):
                        regs[A(i)] = bool_word(shifted(x) <= shifted(y))
                    elif (<QuietOperate>operate)(regs, i) < 0:
                        break
                elif op == OP_GT:
                    x = regs[B(i)]
                    y = regs[C(i)]
                    if likely(both_ints(x, y)):
                        regs[A(i)] = bool_word(shifted(x) > shifted(y))
                    elif (<QuietOperate>operate)(regs, i) < 0:
                        break
                elif op == OP_GE:
                    x = regs[B(i)]
                    y = regs[C(i)]
                    if likely(both_ints(x, y)):
                        regs[A(i)] = bool_word(shifted(x) >= shifted(y))
                    elif (<QuietOperate>operate)(regs, i) < 0:
                        break
                elif op == OP_EQ:
                    x = regs[B(i)]
                    y = regs[C(i)]
                    if likely(both_ints(x, y)):
                        regs[A(i)] = bool_word(x == y)
                    elif (<QuietOperate>operate)(regs, i) < 0:
                        break
                elif op == OP_NOT:
                    x = regs[B(i)]
                    if FLAGS(i) & KILL_B:
                        decref(x)
                    regs[A(i)] = bool_word(is_false(x))
                elif op == OP_CAR:
                    x = regs[B(i)]
                    if likely(is_pair(x)):
                        y = pair_head(x)
                        incref(y)
                        regs[A(i)] = y
                        if FLAGS(i) & KILL_B:
                            rc_dec(word_ptr(x))
                    elif (<QuietOperate>operate)(regs, i) < 0:
                        break
                elif op == OP_CDR:
                    x = regs[B(i)]
                    if likely(is_pair(x)):
                        y = pair_tail(x)
                        incref(y)
                        regs[A(i)] = y
                        if FLAGS(i) & KILL_B:
                            rc_dec(word_ptr(x))
                    elif (<QuietOperate>operate)(regs, i) < 0:
                        break
                elif op == OP_CONS:
                    x = regs[B(i)]
                    y = regs[C(i)]
                    if likely(is_list(y)):
                        cell = spare_pair(x, y)
                        if unlikely(cell == NULL):
                            if (<QuietOperate>cons_registers)(regs, i) < 0:
                                break
                        else:
                            if is_ref(x) and not FLAGS(i) & KILL_B:
                                rc_inc(word_ptr(x))
                            if is_ref(y) and not FLAGS(i) & KILL_C:
                                rc_inc(word_ptr(y))
                            regs[A(i)] = cons_spare(cell, x, y)
                    elif (<QuietOperate>operate)(regs, i) < 0:
                        break
                elif op == OP_NULL:
                    x = regs[B(i)]
                    if FLAGS(i) & KILL_B:
                        decref(x)
                    regs[A(i)] = bool_word(x == EMPTY or x == NIL)
                elif op == OP_PAIR:
                    x = regs[B(i)]
                    verdict = is_pair(x)
                    if FLAGS(i) & KILL_B:
                        decref(x)
                    regs[A(i)] = bool_word(verdict)
                elif op == OP_JLT:
                    x = regs[A(i)]
                    y = regs[B(i)]
                    if likely(both_ints(x, y)):
                        if shifted(x) < shifted(y):
                            pc += SIGNED_C(i)
                    else:
                        verdict = (<QuietOperate>slow_test)(regs, i)
                        if verdict > 0:
                            pc += SIGNED_C(i)
                        elif verdict < 0:
                            break
                elif op == OP_JNLT:
                    x = regs[A(i)]
                    y = regs[B(i)]
                    if likely(both_ints(x, y)):
                        if not (shifted(x) < shifted(y)):
                            pc += SIGNED_C(i)
                    else:
                        verdict = (<QuietOperate>slow_test)(regs, i)
                        if verdict > 0:
                            pc += SIGNED_C(i)
                        elif verdict < 0:
                            break
                elif op == OP_JLTI:
                    x = regs[A(i)]
                    if likely(is_int(x)):
                        if shifted(x) < SIGNED_B(i) << 16:
                            pc += SIGNED_C(i)
                    else:
                        verdict = (<QuietOperate>slow_test)(regs, i)
                        if verdict > 0:
                            pc += SIGNED_C(i)
                        elif verdict < 0:
                            break
                elif op == OP_JNLTI:
                    x = regs[A(i)]
                    if likely(is_int(x)):
                        if not (shifted(x) < SIGNED_B(i) << 16):
                            pc += SIGNED_C(i)
                    else:
                        verdict = (<QuietOperate>slow_test)(regs, i)
                        if verdict > 0:
                            pc += SIGNED_C(i)
                        elif verdict < 0:
                            break
                elif op == OP_JLE:
                    x = regs[A(i)]
                    y = regs[B(i)]
                    if likely(both_ints(x, y)):
                        if shifted(x) <= shifted(y):
                            pc += SIGNED_C(i)
                    else:
                        verdict = (<QuietOperate>slow_test)(regs, i)
                        if verdict > 0:
                            pc += SIGNED_C(i)
                        elif verdict < 0:
                            break
                elif op == OP_JNLE:
                    x = regs[A(i)]
                    y = regs[B(i)]
                    if likely(both_ints(x, y)):
                        if not (shifted(x) <= shifted(y)):
                            pc += SIGNED_C(i)
                    else:
                        verdict = (<QuietOperate>slow_test)(regs, i)
                        if verdict > 0:
                            pc += SIGNED_C(i)
                        elif verdict < 0:
                            break
                elif op == OP_JLEI:
                    x = regs[A(i)]
                    if likely(is_int(x)):
                        if shifted(x) <= SIGNED_B(i) << 16:
                            pc += SIGNED_C(i)
                    else:
                        verdict = (<QuietOperate>slow_test)(regs, i)
                        if verdict > 0:
                            pc += SIGNED_C(i)
                        elif verdict < 0:
                            break
                elif op == OP_JNLEI:
                    x = regs[A(i)]
                    if likely(is_int(x)):
                        if not (shifted(x) <= SIGNED_B(i) << 16):
                            pc += SIGNED_C(i)
                    else:
                        verdict = (<QuietOperate>slow_test)(regs, i)
                        if verdict > 0:
                            pc += SIGNED_C(i)
                        elif verdict < 0:
                            break
                elif op == OP_JGT:
                    x = regs[A(i)]
                    y = regs[B(i)]
                    if likely(both_ints(x, y)):
                        if shifted(x) > shifted(y):
                            pc += SIGNED_C(i)
                    else:
                        verdict = (<QuietOperate>slow_test)(regs, i)
                        if verdict > 0:
                            pc += SIGNED_C(i)
                        elif verdict < 0:
                            break
                elif op == OP_JNGT:
                    x = regs[A(i)]
                    y = regs[B(i)]
                    if likely(both_ints(x, y)):
                        if not (shifted(x) > shifted(y)):
                            pc += SIGNED_C(i)
                    else:
                        verdict = (<QuietOperate>slow_test)(regs, i)
                        if verdict > 0:
                            pc += SIGNED_C(i)
                        elif verdict < 0:
                            break
                elif op == OP_JGTI:
                    x = regs[A(i)]
                    if likely(is_int(x)):
                        if shifted(x) > SIGNED_B(i) << 16:
                            pc += SIGNED_C(i)
                    else:
                        verdict = (<QuietOperate>slow_test)(regs, i)
                        if verdict > 0:
                            pc += SIGNED_C(i)
                        elif verdict < 0:
                            break
                elif op == OP_JNGTI:
                    x = regs[A(i)]
                    if likely(is_int(x)):
                        if not (shifted(x) > SIGNED_B(i) << 16):
                            pc += SIGNED_C(i)
                    else:
                        verdict = (<QuietOperate>slow_test)(regs, i)
                        if verdict > 0:
                            pc += SIGNED_C(i)
                        elif verdict < 0:
                            break
                elif op == OP_JGE:
                    x = regs[A(i)]
                    y = regs[B(i)]
                    if likely(both_ints(x, y)):
                        if shifted(x) >= shifted(y):
                            pc += SIGNED_C(i)
                    else:
                        verdict = (<QuietOperate>slow_test)(regs, i)
                        if verdict > 0:
                            pc += SIGNED_C(i)
                        elif verdict < 0:
                            break
                elif op == OP_JNGE:
                    x = regs[A(i)]
                    y = regs[B(i)]
                    if likely(both_ints(x, y)):
                        if not (shifted(x) >= shifted(y)):
                            pc += SIGNED_C(i)
                    else:
                        verdict = (<QuietOperate>slow_test)(regs, i)
                        if verdict > 0:
                            pc += SIGNED_C(i)
                        elif verdict < 0:
                            break
                elif op == OP_JGEI:
                    x = regs[A(i)]
                    if likely(is_int(x)):
                        if shifted(x) >= SIGNED_B(i) << 16:
                            pc += SIGNED_C(i)
                    else:
                        verdict = (<QuietOperate>slow_test)(regs, i)
                        if verdict > 0:
                            pc += SIGNED_C(i)
                        elif verdict < 0:
                            break
                elif op == OP_JNGEI:
                    x = regs[A(i)]
                    if likely(is_int(x)):
                        if not (shifted(x) >= SIGNED_B(i) << 16):
                            pc += SIGNED_C(i)
                    else:
                        verdict = (<QuietOperate>slow_test)(regs, i)
                        if verdict > 0:
                            pc += SIGNED_C(i)
                        elif verdict < 0:
                            break
                elif op == OP_JEQ:
                    x = regs[A(i)]
                    y = regs[B(i)]
                    if likely(both_ints(x, y)):
                        if shifted(x) == shifted(y):
                            pc += SIGNED_C(i)
                    else:
                        verdict = (<QuietOperate>slow_test)(regs, i)
                        if verdict > 0:
                            pc += SIGNED_C(i)
                        elif verdict < 0:
                            break
                elif op == OP_JNEQ:
                    x = regs[A(i)]
                    y = regs[B(i)]
                    if likely(both_ints(x, y)):
                        if not (shifted(x) == shifted(y)):
                            pc += SIGNED_C(i)
                    else:
                        verdict = (<QuietOperate>slow_test)(regs, i)
                        if verdict > 0:
                            pc += SIGNED_C(i)
                        elif verdict < 0:
                            break
                elif op == OP_JEQI:
                    x = regs[A(i)]
                    if likely(is_int(x)):
                        if shifted(x) == SIGNED_B(i) << 16:
                            pc += SIGNED_C(i)
                    else:
                        verdict = (<QuietOperate>slow_test)(regs, i)
                        if verdict > 0:
                            pc += SIGNED_C(i)
                        elif verdict < 0:
                            break
                elif op == OP_JNEQI:
                    x = regs[A(i)]
                    if likely(is_int(x)):
                        if not (shifted(x) == SIGNED_B(i) << 16):
                            pc += SIGNED_C(i)
                    else:
                        verdict = (<QuietOperate>slow_test)(regs, i)
                        if verdict > 0:
                            pc += SIGNED_C(i)
                        elif verdict < 0:
                            break
                elif op == OP_CALL:
                    new = regs + A(i) + 2
                    x = regs[B(i)]
                    new[-2] = x & pc[0]
                    entry = GENERIC
                    break
                elif op == OP_CALLG:
                    new = regs + A(i) + 2
                    x = (<BoxCell*>pc[0]).value
                    new[-2] = x & PAYLOAD
                    entry = GENERIC
                    break
                elif op == OP_TAIL:
                    new = regs + A(i) + 2
                    x = new[-2]
                    entry = GENERIC
                    break
                elif op == OP_TAILG:
                    new = regs + A(i) + 2
                    x = (<BoxCell*>pc[0]).value
                    new[-2] = x & PAYLOAD
                    entry = GENERIC
                    break
                elif op == OP_CALL_VM:
                    new = regs + A(i) + 2
                    x = regs[B(i)]
                    new[-2] = x & pc[0]
                    if likely(x ^ <Word>C(i) == vm.vm_key):
                        new[-1] = <Word>(pc + SITE_WORDS)
                        pc = vm.vm_entry
                        regs = new
                        depth += 1
                        budget -= 1
                        if likely(not short_of(budget, limit, regs)):
                            continue
                        entry = TICK_NOW
                        break
                    entry = MISS
                    break
                elif op == OP_CALLG_VM:
                    new = regs + A(i) + 2
                    x = (<BoxCell*>pc[0]).value
                    new[-2] = x & PAYLOAD
                    if likely(x ^ <Word>C(i) == vm.vm_key):
                        new[-1] = <Word>(pc + SITE_WORDS)
                        pc = vm.vm_entry
                        regs = new
                        depth += 1
                        budget -= 1
                        if likely(not short_of(budget, limit, regs)):
                            continue
                        entry = TICK_NOW
                        break
                    entry = MISS
                    break
                elif op == OP_TAIL_VM:
                    new = regs + A(i) + 2
                    x = new[-2]
                    if likely(x ^ <Word>C(i) == vm.vm_key):
                        pc = vm.vm_entry
                        shift_down(regs, new, C(i))
                        budget -= 1
                        if likely(not short_of(budget, limit, regs)):
                            continue
                        entry = TICK_NOW
                        break
                    entry = MISS
                    break
                elif op == OP_TAILG_VM:
                    new = regs + A(i) + 2
                    x = (<BoxCell*>pc[0]).value
                    new[-2] = x & PAYLOAD
                    if likely(x ^ <Word>C(i) == vm.vm_key):
                        pc = vm.vm_entry
                        shift_down(regs, new, C(i))
                        budget -= 1
                        if likely(not short_of(budget, limit, regs)):
                            continue
                        entry = TICK_NOW
                        break
                    entry = MISS
                    break
                elif op == OP_CALL_SITE:
                    new = regs + A(i) + 2
                    x = regs[B(i)]
                    new[-2] = x & pc[0]
                    if likely(x ^ <Word>C(i) == (<Entry*>pc[2]).key):
                        new[-1] = <Word>(pc + SITE_WORDS)
                        pc = (<Entry*>pc[2]).entry
                        regs = new
                        depth += 1
                        budget -= 1
                        if likely(not short_of(budget, limit, regs)):
                            continue
                        entry = TICK_NOW
                        break
                    entry = MISS
                    break
                elif op == OP_CALLG_SITE:
                    new = regs + A(i) + 2
                    x = (<BoxCell*>pc[0]).value
                    new[-2] = x & PAYLOAD
                    if likely(x ^ <Word>C(i) == (<Entry*>pc[2]).key):
                        new[-1] = <Word>(pc + SITE_WORDS)
                        pc = (<Entry*>pc[2]).entry
                        regs = new
                        depth += 1
                        budget -= 1
                        if likely(not short_of(budget, limit, regs)):
                            continue
                        entry = TICK_NOW
                        break
                    entry = MISS
                    break
                elif op == OP_TAIL_SITE:
                    new = regs + A(i) + 2
                    x = new[-2]
                    if likely(x ^ <Word>C(i) == (<Entry*>pc[2]).key):
                        pc = (<Entry*>pc[2]).entry
                        shift_down(regs, new, C(i))
                        budget -= 1
                        if likely(not short_of(budget, limit, regs)):
                            continue
                        entry = TICK_NOW
                        break
                    entry = MISS
                    break
                elif op == OP_TAILG_SITE:
                    new = regs + A(i) + 2
                    x = (<BoxCell*>pc[0]).value
                    new[-2] = x & PAYLOAD
                    if likely(x ^ <Word>C(i) == (<Entry*>pc[2]).key):
                        pc = (<Entry*>pc[2]).entry
                        shift_down(regs, new, C(i))
                        budget -= 1
                        if likely(not short_of(budget, limit, regs)):
                            continue
                        entry = TICK_NOW
                        break
                    entry = MISS
                    break
                elif op == OP_CALL_LINK:
                    new = regs + A(i) + 2
                    x = regs[B(i)]
                    new[-2] = x & pc[0]
                    entry = MISS
                    break
                elif op == OP_CALLG_LINK:
                    new = regs + A(i) + 2
                    x = (<BoxCell*>pc[0]).value
                    new[-2] = x & PAYLOAD
                    entry = MISS
                    break
                elif op == OP_TAIL_LINK:
                    new = regs + A(i) + 2
                    x = new[-2]
                    entry = MISS
                    break
                elif op == OP_TAILG_LINK:
                    new = regs + A(i) + 2
                    x = (<BoxCell*>pc[0]).value
                    new[-2] = x & PAYLOAD
                    entry = MISS
                    break
                elif op == OP_CALL_MONO:
                    new = regs + A(i) + 2
                    x = regs[B(i)]
                    new[-2] = x & pc[0]
                    if likely(x == pc[1]):
                        new[-1] = <Word>(pc + SITE_WORDS)
                        pc = <Word*>pc[2]
                        regs = new
                        depth += 1
                        budget -= 1
                        if likely(not short_of(budget, limit, regs)):
                            continue
                        entry = TICK_NOW
                        break
                    entry = MISS
                    break
                elif op == OP_CALLG_MONO:
                    new = regs + A(i) + 2
                    x = (<BoxCell*>pc[0]).value
                    new[-2] = x & PAYLOAD
                    if likely(x == pc[1]):
                        new[-1] = <Word>(pc + SITE_WORDS)
                        pc = <Word*>pc[2]
                        regs = new
                        depth += 1
                        budget -= 1
                        if likely(not short_of(budget, limit, regs)):
                            continue
                        entry = TICK_NOW
                        break
                    entry = MISS
                    break
                elif op == OP_TAIL_MONO:
                    new = regs + A(i) + 2
                    x = new[-2]
                    if likely(x == pc[1]):
                        pc = <Word*>pc[2]
                        shift_down(regs, new, C(i))
                        budget -= 1
                        if likely(not short_of(budget, limit, regs)):
                            continue
                        entry = TICK_NOW
                        break
                    entry = MISS
                    break
                elif op == OP_TAILG_MONO:
                    new = regs + A(i) + 2
                    x = (<BoxCell*>pc[0]).value
                    new[-2] = x & PAYLOAD
                    if likely(x == pc[1]):
                        pc = <Word*>pc[2]
                        shift_down(regs, new, C(i))
                        budget -= 1
                        if likely(not short_of(budget, limit, regs)):
                            continue
                        entry = TICK_NOW
                        break
                    entry = MISS
                    break
                elif op == OP_CALL_CODE:
                    new = regs + A(i) + 2
                    x = regs[B(i)]
                    new[-2] = x & pc[0]
                    if likely(callee_code(x) == <Word*>pc[1]):
                        new[-1] = <Word>(pc + SITE_WORDS)
                        pc = <Word*>pc[2]
                        regs = new
                        depth += 1
                        budget -= 1
                        if likely(not short_of(budget, limit, regs)):
                            continue
                        entry = TICK_NOW
                        break
                    entry = MISS
                    break
                elif op == OP_CALLG_CODE:
                    new = regs + A(i) + 2
                    x = (<BoxCell*>pc[0]).value
                    new[-2] = x & PAYLOAD
                    if likely(callee_code(x) == <Word*>pc[1]):
                        new[-1] = <Word>(pc + SITE_WORDS)
                        pc = <Word*>pc[2]
                        regs = new
                        depth += 1
                        budget -= 1
                        if likely(not short_of(budget, limit, regs)):
                            continue
                        entry = TICK_NOW
                        break
                    entry = MISS
                    break
                elif op == OP_TAIL_CODE:
                    new = regs + A(i) + 2
                    x = new[-2]
                    if likely(callee_code(x) == <Word*>pc[1]):
                        pc = <Word*>pc[2]
                        shift_down(regs, new, C(i))
                        budget -= 1
                        if likely(not short_of(budget, limit, regs)):
                            continue
                        entry = TICK_NOW
                        break
                    entry = MISS
                    break
                elif op == OP_TAILG_CODE:
                    new = regs + A(i) + 2
                    x = (<BoxCell*>pc[0]).value
                    new[-2] = x & PAYLOAD
                    if likely(callee_code(x) == <Word*>pc[1]):
                        pc = <Word*>pc[2]
                        shift_down(regs, new, C(i))
                        budget -= 1
                        if likely(not short_of(budget, limit, regs)):
                            continue
                        entry = TICK_NOW
                        break
                    entry = MISS
                    break
                elif op == OP_CALL_POLY:
                    new = regs + A(i) + 2
                    x = regs[B(i)]
                    new[-2] = x & pc[0]
                    entry = look_up(<Entry*>pc[2], pc[1], x)
                    break
                elif op == OP_CALLG_POLY:
                    new = regs + A(i) + 2
                    x = (<BoxCell*>pc[0]).value
                    new[-2] = x & PAYLOAD
                    entry = look_up(<Entry*>pc[2], pc[1], x)
                    break
                elif op == OP_TAIL_POLY:
                    new = regs + A(i) + 2
                    x = new[-2]
                    entry = look_up(<Entry*>pc[2], pc[1], x)
                    if likely(entry != MISS):
                        pc = entry
                        entry = NULL
                        shift_down(regs, new, C(i))
                        budget -= 1
                        if likely(not short_of(budget, limit, regs)):
                            continue
                        entry = TICK_NOW
                    break
                elif op == OP_TAILG_POLY:
                    new = regs + A(i) + 2
                    x = (<BoxCell*>pc[0]).value
                    new[-2] = x & PAYLOAD
                    entry = look_up(<Entry*>pc[2], pc[1], x)
                    if likely(entry != MISS):
                        pc = entry
                        entry = NULL
                        shift_down(regs, new, C(i))
                        budget -= 1
                        if likely(not short_of(budget, limit, regs)):
                            continue
                        entry = TICK_NOW
                    break
                elif op == OP_CALL_NATIVE or op == OP_TAIL_NATIVE:
                    new = regs + A(i) + 2
                    x = regs[B(i)]
                    new[-2] = x & pc[0]
                    if likely(x == pc[1]):
                        vm.registers = regs
                        vm.at = pc - 1
                        vm.depth = depth
                        vm.budget = budget
                        y = call_linked(vm, <QuietEntry>pc[2], new, C(i))
                        budget = vm.budget
                        limit = vm.limit
                        if unlikely(y == ABSENT):
                            break
                        new[-2] = y
                        pc += SITE_WORDS
                        continue
                    entry = MISS
                    break
                elif op == OP_CALLG_NATIVE or op == OP_TAILG_NATIVE:
                    new = regs + A(i) + 2
                    x = (<BoxCell*>pc[0]).value
                    new[-2] = x & PAYLOAD
                    if likely(x == pc[1]):
                        vm.registers = regs
                        vm.at = pc - 1
                        vm.depth = depth
                        vm.budget = budget
                        y = call_linked(vm, <QuietEntry>pc[2], new, C(i))
                        budget = vm.budget
                        limit = vm.limit
                        if unlikely(y == ABSENT):
                            break
                        new[-2] = y
                        pc += SITE_WORDS
                        continue
                    entry = MISS
                    break
                elif op == OP_NATIVE or op == OP_NATIVELOOP:
                    if op == OP_NATIVELOOP:
                        budget -= 1
                        if unlikely(budget < 0):
                            vm.budget = 0
                            vm.registers = regs
                            vm.at = pc - 1
                            vm.depth = depth
                            if (<QuietTick>tick)(vm, regs) < 0:
                                break
                            budget = vm.budget
                            limit = vm.limit
                            # The tick may have taken the machine code away.
                            i = pc[-1]
                            if i & 0xFF != OP_NATIVELOOP:
                                pc += WIDE(i)
                                continue
                    vm.budget = budget
                    vm.depth = depth
                    x = run_native(vm, <NativeEntry*>(i >> 16), regs, pc - 1)
                    budget = vm.budget
                    limit = vm.limit
                    if unlikely(x == ABSENT):
                        entry = LEFT
                        break
                    pc = <Word*>regs[-1]
                    regs[-2] = x
                    regs -= A(pc[-1 - SITE_WORDS]) + 2
                    depth -= 1
                elif op == OP_THROW:
                    (<QuietThrow>throw)(regs[A(i)])
                    break
                elif op == OP_COUNT:
                    (<uint64_t*>pc[0])[0] += 1
                    pc += 1
                elif op == OP_STUB:
                    pc = <Word*>(i >> 16)
                elif op == OP_BACK:
                    pc = <Word*>pc[0]
                elif op == OP_ENTER:
                    if regs + WIDE(i) + RED_ZONE > vm.stack_end:
                        vm.depth = depth
                        (<QuietTick>overflow)(vm, regs)
                        break
                elif op == OP_HALT:
                    vm.budget = budget
                    vm.depth = depth
                    return regs[0]
                else:
                    unreachable()
            # Why the instruction loop was left: an error, a tick that is due, or a call.
            if entry == NULL:
                break
            if entry == LEFT:
                regs = vm.registers
                pc = vm.at
                depth += vm.exit.depth
                vm.depth = depth
                after_exit(vm, regs)
                if vm.exit.failed:
                    pc += 1
                    break
                continue
            if entry == TICK_NOW:
                vm.budget = budget
                vm.depth = depth
                vm.registers = regs
                vm.at = pc - 1
                if (<QuietTick>tick)(vm, regs) < 0:
                    break
                budget = vm.budget
                limit = vm.limit
                continue
            if entry <= MISS:
                if (entry == uncounted or regs == base) and likely(x != ABSENT):
                    entry = (<QuietResolve>resolve)(vm, x, new, C(i))
                else:
                    entry = (<QuietMiss>miss)(vm, regs, pc - 1, x, new)
                if unlikely(entry == NULL):
                    abandon(new, vm.n_args)
                    break
                if entry == NATIVE:
                    vm.registers = regs
                    vm.at = pc - 1
                    vm.depth = depth
                    vm.budget = budget
                    y = (<QuietNative>call_native)(vm, new)
                    budget = vm.budget
                    limit = vm.limit
                    if unlikely(y == ABSENT):
                        break
                    new[-2] = y
                    pc += SITE_WORDS
                    continue
                if (op - OP_CALL) & 2:
                    pc = entry
                    shift_down(regs, new, frame_arguments(new[-2]))
                    new = regs
            if pc != entry:
                new[-1] = <Word>(pc + SITE_WORDS)
                regs = new
                pc = entry
                depth += 1
            budget -= 1
            if unlikely(short_of(budget, limit, regs)):
                vm.budget = budget
                vm.depth = depth
                vm.registers = regs
                vm.at = pc - 1
                if (<QuietTick>tick)(vm, regs) < 0:
                    break
                budget = vm.budget
                limit = vm.limit
        vm.registers = regs
        vm.at = pc - 1
        vm.budget = budget
        vm.depth = depth
        if vm.parked:
            return ABSENT
        if (<QuietTick>unwind)(vm, base) < 0:
            return ABSENT
        regs = vm.registers
        pc = vm.at
        depth = vm.depth
        limit = vm.limit
        budget = vm.budget
