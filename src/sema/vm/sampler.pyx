"""Where the time goes: a look at the stack about once a millisecond, at one of the machine's ticks.

A thread that needs no lock says when a look is due. Code of Sema is looked at when its budget is
spent, in machine code, which is left for that, as in the interpreter. While a sampler is there the
budget is so many calls or backward jumps as take about a twentieth of the interval: fewer would
cost time, as machine code makes a hundred thousand of them meanwhile, and more would blur the
picture. It varies, or a loop would always be met at the same place. A builtin that runs when a look
is due is noted, and the tick comes right after it.

Each look counts for the time since the one before it.
"""

from cpython.object cimport PyObject
from libc.stdint cimport int64_t, uint64_t
from posix.time cimport CLOCK_MONOTONIC, clock_gettime, nanosleep, timespec

import threading

from sema.vm.code cimport Code
from sema.vm.instruction cimport leave_frame
from sema.vm.machine cimport Activation, Machine
from sema.vm.values cimport ClosureCell
from sema.vm.word cimport Word, word_ptr

include "opcodes.pxi"

cdef enum:
    INTERVAL_NS = 1_000_000
    TICK_NS = INTERVAL_NS // 20
    LEAST_BUDGET = 512
    MOST_BUDGET = 32768
    # So many times more often does a tick come than without a sampler.
    MORE_TICKS = 4
    # Of a stack so many innermost frames are looked at, and so many different ones kept.
    MOST_FRAMES = 4096
    MOST_KEPT = 192


cdef int64_t now() noexcept nogil:
    cdef timespec time
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec


cdef class Sampler:
    """A context manager: looks at the stack of a machine while the block runs.

    ``stacks`` maps each stack seen to ``[seconds, looks]``. A stack is a tuple of
    ``(code, offset)`` from the outermost frame to the innermost; a recursive call is folded into
    its caller's frame, a builtin that was running follows as its name, and a stack that was too
    deep begins with None. What passed after the last look is under ``<end>``, the making of machine
    code under ``<compiling>``. ``lines`` maps each
    ``(file, line)`` that a frame stood on to the seconds for which one did.
    """

    cdef Machine vm
    cdef readonly dict stacks
    cdef readonly dict lines
    cdef object thread
    cdef bint watching
    cdef bint started
    cdef bint due
    cdef int64_t last
    cdef int64_t ticked
    cdef int64_t budget
    cdef uint64_t random
    # The frame that had called a builtin when a look became due, and its call.
    cdef Word* native_registers
    cdef Word* native_at

    def __init__(self, Machine machine):
        self.vm = machine
        self.stacks = {}
        self.lines = {}
        self.random = 0x9E3779B97F4A7C15

    def __enter__(self):
        self.watching = True
        self.started = False
        self.budget = LEAST_BUDGET
        self.vm.sampler = self
        self.vm.budget = 0
        self.vm.hot_after *= MORE_TICKS
        self.thread = threading.Thread(target=self._watch, name="sema-sampler", daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *error):
        self.watching = False
        self.vm.sampler = None
        self.vm.hot_after //= MORE_TICKS
        if self.started:
            self._take(("<end>",), ())
        self.thread.join()

    def _watch(self):
        cdef Machine vm = self.vm
        cdef timespec interval
        interval.tv_sec = 0
        interval.tv_nsec = INTERVAL_NS
        with nogil:
            while self.watching:
                nanosleep(&interval, NULL)
                if vm.top != NULL:
                    self.native_registers = vm.registers
                    self.native_at = vm.at
                    vm.budget = 0
                self.due = True

    def look(self):
        """Look at the stack if that is due; the machine's budget until the next tick."""
        cdef int64_t time = now()
        if not self.started:
            # The program begins; what was before, its compilation, is not its time.
            self.started = True
            self.last = time
        else:
            if time - self.ticked < TICK_NS:
                self.budget = min(self.budget * 2, MOST_BUDGET)
            else:
                self.budget = max(self.budget // 2, LEAST_BUDGET)
            if self.due:
                self.due = False
                self._take(*self._stack())
                time = now()
        self.ticked = time
        self.random ^= self.random << 13
        self.random ^= self.random >> 7
        self.random ^= self.random << 17
        return self.budget // 2 + self.random % self.budget

    def apart(self, str name, function, tuple arguments):
        """Call a function; the time that takes is no part of the program and counts by itself."""
        cdef int64_t start = now()
        cdef int64_t time
        try:
            function(*arguments)
        finally:
            time = now() - start
            self._add((name,), time)
            self.last += time

    cdef _add(self, tuple stack, int64_t time):
        seen = self.stacks.get(stack)
        if seen is None:
            seen = self.stacks[stack] = [0.0, 0]
        seen[0] += time / 1e9
        seen[1] += 1

    def _take(self, tuple stack, lines):
        cdef int64_t time = now()
        cdef double seconds = (time - self.last) / 1e9
        self._add(stack, time - self.last)
        for line in lines:
            self.lines[line] = self.lines.get(line, 0.0) + seconds
        self.last = time
        self.native_registers = NULL

    cdef tuple _stack(self):
        """The stack, and the set of its lines before recursion was folded."""
        cdef Machine vm = self.vm
        cdef Activation* activation = vm.activation
        cdef Word* regs = vm.registers
        cdef Word* at = vm.at
        cdef list frames = []
        cdef set lines = set()
        cdef Word* last_at = NULL
        cdef PyObject* code
        cdef PyObject* last = NULL
        cdef int looked = 0
        while activation != NULL:
            while regs != activation.base and looked < MOST_FRAMES and len(frames) < MOST_KEPT:
                code = (<ClosureCell*>word_ptr(regs[-2])).code
                if regs == self.native_registers:
                    # What has been entered since then has taken no time.
                    frames = native_frame(<Code>code, self.native_at)
                    at = self.native_at
                    last = NULL
                if code != last or at != last_at:
                    offset = max((<Code>code).offset_of(at), 0)
                    span = (<Code>code).span_at(offset)
                    if span is not None:
                        lines.add((span.file, span.line))
                    if code != last:
                        frames.append((<object>code, offset))
                last = code
                last_at = at
                looked += 1
                leave_frame(&regs, &at)
            if regs != activation.base:
                frames.append(None)
                break
            if activation.coroutine != NULL:
                break
            regs, at = activation.registers, activation.at
            activation = activation.outer
        frames.reverse()
        return tuple(frames), lines


cdef list native_frame(Code code, Word* at):
    """The name of the builtin that the call at `at` calls by a global name, in a list."""
    cdef Py_ssize_t offset = code.offset_of(at)
    if offset < 0:
        return []
    return [name for place, name in code.unit.globals if place == offset + 1]
