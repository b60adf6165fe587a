"""Errors that leave frames: their stack traces, their handlers, what the frames own."""

from libc.stdint cimport uint64_t

from sema.vm.code cimport Code
from sema.vm.instruction cimport leave_frame
from sema.vm.machine cimport Activation, Machine
from sema.vm.values cimport ClosureCell, to_word
from sema.vm.word cimport NIL, Word, decref, word_ptr

from sema.errors import Interrupted, SemaError, TraceFrame
from sema.vm.conditions import caught

include "opcodes.pxi"

cdef enum:
    TRACE_FRAMES = 100
    # Frames that are walked in the time of a call.
    FRAMES_PER_UNIT = 2


cdef int unwind(Machine vm, Word* base) except -1:
    """Find who handles the error that is set; it stays set, and the result is -1, if nobody does.

    The loop goes on at `vm.registers` and `vm.at`.
    """
    cdef Word* regs = vm.registers
    cdef Word* at = vm.at
    cdef Word* handler_regs = base
    cdef Code code
    cdef Py_ssize_t offset
    cdef Word* known_at = NULL
    cdef uint64_t known = 0
    error = current_error(vm)
    handler = None
    if isinstance(error, SemaError) and not is_uncatchable(error):
        handler = find_handler(vm, base, &handler_regs)
    if handler is None or not is_ignored(handler, handler_regs):
        add_trace(vm, error, regs, at)
    while regs != handler_regs:
        # The frames of a deep recursion are all at the same call.
        if at != known_at or known >> 63:
            code = <Code><object>(<ClosureCell*>word_ptr(regs[-2])).code
            mask = code.live_mask(code.offset_of(at))
            known_at = at
            known = mask if mask < 1 << 63 else <uint64_t>1 << 63
            drop_registers(regs, mask)
        else:
            drop_few(regs, known)
        leave_frame(&regs, &at)
        decref(regs[(at[0] >> 16) & 0xFFFF])
        vm.depth -= 1
    vm.registers = regs
    if handler is None:
        raise error
    code = <Code><object>(<ClosureCell*>word_ptr(regs[-2])).code
    offset = code.offset_of(at)
    drop_registers(regs, code.live_mask(offset) & ~handler.keep)
    regs[<Py_ssize_t>handler.register] = NIL if is_ignored(handler, regs) \
        else to_word(caught(error))
    vm.at = code.words + <Py_ssize_t>handler.target
    return 1


cdef object find_handler(Machine vm, Word* base, Word** handler_regs):
    """The innermost handler of an error, and its frame; None if there is none above the base."""
    cdef Word* regs = vm.registers
    cdef Word* at = vm.at
    cdef Code code
    cdef Py_ssize_t offset
    cdef long long walked = 0
    while regs != base:
        code = <Code><object>(<ClosureCell*>word_ptr(regs[-2])).code
        if code.handlers:
            offset = code.offset_of(at)
            for handler in code.handlers:
                if handler.start <= offset < handler.end:
                    vm.budget -= walked // FRAMES_PER_UNIT
                    handler_regs[0] = regs
                    return handler
        walked += 1
        leave_frame(&regs, &at)
    return None


cdef bint is_ignored(handler, Word* regs):
    """Whether a handler gives the map of the error up at once: then nobody has to make it."""
    cdef Code code = <Code><object>(<ClosureCell*>word_ptr(regs[-2])).code
    cdef Word word = code.words[<Py_ssize_t>handler.target]
    return word & 0xFF == OP_DROP and (word >> 16) & 0xFFFF == <Word>handler.register


cdef add_trace(Machine vm, error, Word* regs, Word* at):
    """Give an error that has none its position and its stack trace.

    Functions that the library has in Sema are builtins like the others: they have no frames.
    """
    cdef Activation* activation = vm.activation
    cdef Code code
    cdef Py_ssize_t offset
    cdef Word* last_at = NULL
    cdef long long omitted = 0
    cdef long long walked = 0
    cdef long long repeated = 0
    cdef list trace
    cdef bint is_innermost = True
    if not hasattr(error, "trace"):
        return
    if error.trace:
        if getattr(error, "span", None) is None:
            error.span = nearest_span(activation, regs, at)
        return
    trace = error.trace
    while activation != NULL:
        while regs != activation.base:
            walked += 1
            if at == last_at:
                repeated += 1
            elif len(trace) >= TRACE_FRAMES:
                omitted += 1
            else:
                code = <Code><object>(<ClosureCell*>word_ptr(regs[-2])).code
                if not code.in_library:
                    repeated = fold(trace, repeated)
                    offset = code.offset_of(at)
                    operator = code.operator_at(offset) if is_innermost else None
                    if operator is not None:
                        trace.append(code.frame_at(offset, operator))
                    trace.append(code.frame_at(offset, None))
                    last_at = at
            is_innermost = False
            leave_frame(&regs, &at)
        if activation.coroutine != NULL:
            # What is below it has nothing to do with it.
            break
        regs, at = activation.registers, activation.at
        activation = activation.outer
    # A program that catches one deep error after the other is to come to its ticks all the same.
    vm.budget -= walked // FRAMES_PER_UNIT
    fold(trace, repeated)
    if omitted:
        trace.append(TraceFrame("...", None, omitted))
    if getattr(error, "span", None) is None:
        for frame in trace:
            if frame.span is not None:
                error.span = frame.span
                break


cdef long long fold(list trace, long long repeated) except -1:
    """Let the last line of a trace stand for so many more frames; 0."""
    if repeated:
        frame = trace[-1]
        trace[-1] = TraceFrame(frame.name, frame.span, repeated + 1)
    return 0


cdef nearest_span(Activation* activation, Word* regs, Word* at):
    """The place of the innermost frame that has one."""
    cdef Code code
    while activation != NULL:
        while regs != activation.base:
            code = <Code><object>(<ClosureCell*>word_ptr(regs[-2])).code
            span = code.span_at(code.offset_of(at))
            if span is not None and not code.in_library:
                return span
            leave_frame(&regs, &at)
        regs, at = activation.registers, activation.at
        activation = activation.outer
    return None


cdef object current_error(Machine vm):
    """The error that is set, taken over, as a Sema error where it is any other exception."""
    try:
        raise_current()
    except KeyboardInterrupt as error:
        return error if isinstance(error, Interrupted) else Interrupted([])
    except BaseException as error:
        wrapped = vm.host.wrapped(error)
        return wrapped if vm.limits is None else vm.limits.breach_of(wrapped)


cdef int raise_current() except -1:
    """Let Cython see the error that is already set."""
    return -1


cdef bint is_uncatchable(error):
    return getattr(error, "uncatchable", False)


cdef void drop_registers(Word* regs, object mask):
    cdef Py_ssize_t register
    while mask:
        low = mask & -mask
        register = low.bit_length() - 1
        decref(regs[register])
        mask ^= low


cdef inline void drop_few(Word* regs, uint64_t mask) noexcept:
    cdef int register = 0
    while mask:
        if mask & 1:
            decref(regs[register])
        mask >>= 1
        register += 1
