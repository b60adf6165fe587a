"""What machine code knows of the machine: addresses, layouts, and C functions to call.

Machine code runs a frame of the machine's stack as the interpreter would, with the registers in
those of the processor. Where it cannot go on it *leaves*: it writes what the frame's registers
hold to the stack, says where the interpreter is to go on, and returns ``ABSENT``; its callers in
machine code then write theirs and do the same, until the interpreter, which called the first one,
finds nothing but ordinary frames.
"""

from cpython.object cimport PyObject
from libc.stdint cimport int64_t

from sema.vm.code cimport Code
from sema.vm.instruction cimport leave_frame
from sema.vm.machine cimport (
    Machine, call_keyword, call_light, call_python_builtin, gather_rest,
)
from sema.vm.mutables cimport ArrayCell, MutableArray, MutableCell
from sema.vm.operators cimport make_closure, make_map, make_vector, operate, slow_test
from sema.vm.values cimport (
    BoxCell, Builtin, Cell, Closure, ClosureCell, Keyword, Pair, PairCell, Symbol, Vector,
    VectorCell, closure_slots, cons, cons_spare, is_closure, new_box, spare_pair, to_object,
    type_of,
)
from sema.vm.word cimport (
    PAYLOAD, Word, decref, is_double, is_int, is_ref, rc_inc, word_ptr,
)

cdef extern from "Python.h":
    void dealloc "_Py_Dealloc"(PyObject*) noexcept


cdef Word quick_cons(Word head, Word tail) noexcept:
    """A pair of both words, taken over; ABSENT with an error set where there is no memory."""
    cdef PairCell* cell = spare_pair(head, tail)
    return (<Word (*)(Word, Word) noexcept>cons)(head, tail) if cell == NULL \
        else cons_spare(cell, head, tail)


cdef int set_quietly(PyObject* cell, Word value, int shared) noexcept:
    """Assign to a global that nobody watches and that holds no function, or say no with 0."""
    cdef Word old = (<BoxCell*>cell).value
    if (<Cell>cell).watcher is not None or is_closure(old):
        return 0
    if shared and is_ref(value):
        rc_inc(word_ptr(value))
    (<BoxCell*>cell).value = value
    decref(old)
    return 1


cdef void leave(
    Machine vm, Word* regs, int64_t budget, Word* at, int64_t* counter, int64_t failed,
) noexcept:
    """Machine code leaves its innermost frame: where the interpreter goes on."""
    vm.registers = regs
    vm.budget = budget
    vm.at = at
    vm.exit.counter = counter
    vm.exit.failed = failed
    vm.exit.depth = 0


cdef void follow(Machine vm, Word* window, Word* behind, Word callee) noexcept:
    """Machine code leaves a frame whose callee has left, behind the call with the window.

    A callee that is owned is the frame's from now on, unless a tail call has put another one in
    its place; zero if it is not owned.
    """
    window[1] = <Word>behind
    vm.exit.depth += 1
    if callee:
        if window[0] == callee & PAYLOAD:
            window[0] = callee
        else:
            decref(callee)


def addresses(Machine vm):
    """Where machine code finds the machine's fields and the C functions it calls: a dict of
    addresses by name."""
    return {
        "registers": <size_t>&vm.registers,
        "at": <size_t>&vm.at,
        "budget": <size_t>&vm.budget,
        "limit": <size_t>&vm.limit,
        "exit.base": <size_t>&vm.exit.base,
        "exit.c_limit": <size_t>&vm.exit.c_limit,
        "machine": <size_t><PyObject*>vm,
        "operate": <size_t><void*>operate,
        "slow_test": <size_t><void*>slow_test,
        "make_closure": <size_t><void*>make_closure,
        "make_vector": <size_t><void*>make_vector,
        "make_map": <size_t><void*>make_map,
        "new_box": <size_t><void*>new_box,
        "cons": <size_t><void*>quick_cons,
        "set_quietly": <size_t><void*>set_quietly,
        "call_builtin": <size_t><void*>call_light,
        "gather_rest": <size_t><void*>gather_rest,
        "dealloc": <size_t><void*>dealloc,
        "leave": <size_t><void*>leave,
        "follow": <size_t><void*>follow,
        "type Pair": <size_t><PyObject*>Pair,
        "type Vector": <size_t><PyObject*>Vector,
        "type MutableArray": <size_t><PyObject*>MutableArray,
        "type MutableCell": <size_t><PyObject*>MutableCell,
        "type Symbol": <size_t><PyObject*>Symbol,
        "type str": <size_t><PyObject*>str,
        "type Closure": <size_t><PyObject*>Closure,
    }


def layout():
    """Distances, in bytes, of fields from the beginning of their objects."""
    return {
        "ob_type": sizeof(Py_ssize_t),
        "cell value": <size_t>&(<BoxCell*>NULL).value,
        "pair head": <size_t>&(<PairCell*>NULL).head,
        "pair tail": <size_t>&(<PairCell*>NULL).tail,
        "pair length": <size_t>&(<PairCell*>NULL).length,
        "vector size": <size_t>&(<VectorCell*>NULL).size,
        "vector items": sizeof(VectorCell),
        "array size": <size_t>&(<ArrayCell*>NULL).size,
        "array items": <size_t>&(<ArrayCell*>NULL).items,
        "closure code": <size_t>&(<ClosureCell*>NULL).code,
        "closure slots": <size_t>closure_slots(NULL),
    }


def caller_outside_library(Machine vm):
    """The code of the innermost frame of a function that is not the library's; None if the machine
    was entered in the library."""
    cdef Word* regs = vm.registers
    cdef Word* at = vm.at
    cdef Code code
    while regs != vm.activation.base:
        code = <Code><object>(<ClosureCell*>word_ptr(regs[-2])).code
        if not code.in_library:
            return code
        leave_frame(&regs, &at)
    return None


def address_of(object value):
    """The address of an object."""
    return <size_t><PyObject*>value


def words_of(Code code):
    """The address of a code object's first instruction."""
    return <size_t>code.words


def raw_word(Code code, Py_ssize_t offset):
    """An inline word of a code object."""
    return code.words[offset]


def raw_at(size_t cell):
    """The raw word of the value of the global whose cell is at the address."""
    return (<BoxCell*>cell).value


def object_at(size_t address):
    """The object at an address."""
    return <object><PyObject*>address


def is_patched(Code code, Py_ssize_t offset):
    """Whether machine code takes over at an instruction."""
    return offset in code.patches


def is_running(Machine vm):
    """Whether machine code is running."""
    return vm.exit.running > 0


def captured(closure, Py_ssize_t number):
    """The raw word of what a closure has captured."""
    return closure_slots(<PyObject*>closure)[number]


def code_of(closure):
    """The code object of a closure."""
    return <object>(<ClosureCell*><PyObject*>closure).code


def native_entry_of(function):
    """The address of a builtin's C function, or of what calls its Python function, or a keyword."""
    if isinstance(function, Keyword):
        return <size_t><void*>call_keyword
    return <size_t><void*>(<Builtin>function).entry if (<Builtin>function).entry != NULL \
        else <size_t><void*>call_python_builtin


def is_simple(function):
    """Whether a builtin or keyword neither runs Sema code nor waits when it is called."""
    if isinstance(function, Keyword):
        return True
    return (<Builtin>function).entry != NULL and (<Builtin>function).function is None


def takes(function, Py_ssize_t n):
    """Whether a builtin or keyword can be called with so many arguments."""
    cdef Builtin builtin
    if isinstance(function, Keyword):
        return n == 1
    builtin = function
    return not builtin.spreads and builtin.min_args <= n \
        and (builtin.max_args < 0 or n <= builtin.max_args)


def object_of(Word w):
    """The object of a word that refers to one, which somebody must own; otherwise None."""
    return to_object(w) if is_ref(w) else None


def live_registers(Code code, Py_ssize_t offset):
    """The mask of the registers that own something if the instruction at the offset fails."""
    return code.live_mask(offset)


def kind_in_frame(Machine vm, Py_ssize_t register):
    """What kind of value a register of the frame that the machine stands in holds: ``int``,
    ``float``, ``plain`` (no reference), the name of a kind of objects, a closure's code, or
    ``any``.

    The register must be live.
    """
    cdef Word w = vm.registers[register]
    if is_int(w):
        return "int"
    if is_double(w):
        return "float"
    if not is_ref(w):
        return "plain"
    if type_of(w) == <PyObject*>Pair:
        return "pair"
    if type_of(w) == <PyObject*>Vector:
        return "vector"
    if type_of(w) == <PyObject*>MutableArray:
        return "mutable-array"
    if type_of(w) == <PyObject*>MutableCell:
        return "mutable-cell"
    if type_of(w) == <PyObject*>Closure:
        return <object>(<ClosureCell*>word_ptr(w)).code
    return "any"


def callee_in_frame(Machine vm, Py_ssize_t register):
    """The value of a live register."""
    return to_object(vm.registers[register])
