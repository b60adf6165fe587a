"""What instructions do that the loop does not do itself: make objects, and operate on operands
that are neither two small integers nor two doubles."""

from cpython.object cimport PyObject
from libc.stdint cimport uint64_t

from sema.vm.instruction cimport (
    A, B, C, FLAGS, JUMP_KILLS_A, JUMP_KILLS_B, KILL_B, KILL_C, OP_ADD, OP_ADDI,
    OP_CAR, OP_CDR, OP_DIV, OP_EQ, OP_GE, OP_GT, OP_JLT, OP_JLTI, OP_LE, OP_LT, OP_MOD, OP_MUL,
    OP_NEG, OP_SUB, OP_SUBI, SIGNED_B, SIGNED_C,
)
from sema.vm.maps cimport AnyMap, Map, map_put, map_word, new_map
from sema.vm.numbers cimport EQ, GE, GT, LE, LT, add, compare, div, mod, mul, negate, sub
from sema.vm.values cimport (
    append_text, closure_slots, cons, is_string, is_vector, new_closure, new_vector, to_object,
    vector_items, vector_ready, vector_size,
)
from sema.vm.word cimport (
    ABSENT, EMPTY, NIL, PAYLOAD, REF_TAG, Word, bool_word, decref, incref, int_word, ptr_word,
    word_ptr,
)

from sema.errors import SemaTypeError
from sema.vm.types import type_name


cdef Word make_closure(Word* regs, uint64_t i, Word* words) except ABSENT:
    """A closure of the code in the first inline word; each further word says what to capture:
    a register shared (0) or taken over (1), a captured variable (2), the running closure (3)."""
    cdef Py_ssize_t size = B(i)
    cdef PyObject* closure = new_closure(<PyObject*>words[0], size)
    cdef Word* slots = closure_slots(closure)
    cdef Py_ssize_t k, place
    cdef int how
    cdef Word w
    for k in range(size):
        how = words[1 + k] & 0xFF
        place = words[1 + k] >> 8
        if how == 0 or how == 1:
            w = regs[place]
        elif how == 2:
            w = closure_slots(word_ptr(regs[-2]))[place]
        else:
            w = REF_TAG | (regs[-2] & PAYLOAD)
        if how != 1:
            incref(w)
        slots[k] = w
    return ptr_word(closure)


cdef Word make_vector(Word* items, Py_ssize_t n) except ABSENT:
    """A vector of `n` words, taken over."""
    cdef Word vector = new_vector(n)
    cdef Py_ssize_t k
    for k in range(n):
        vector_items(vector)[k] = items[k]
    vector_ready(vector)
    return vector


cdef Word make_map(Word* items, Py_ssize_t n) except ABSENT:
    """A sorted map of `n` keys and values, which stay the registers' until it is made."""
    cdef Py_ssize_t k
    cdef AnyMap made = new_map(<PyObject*>Map)
    for k in range(n):
        map_put(made, items[2 * k], items[2 * k + 1])
    for k in range(2 * n):
        decref(items[k])
    return map_word(made)


cdef int operate(Word* regs, uint64_t i) except -1:
    """An operator whose operands are not what the loop handles itself."""
    cdef int op = i & 0xFF
    cdef Word x = regs[B(i)]
    cdef Word y = NIL
    cdef Word result
    cdef bint immediate = op == OP_ADDI or op == OP_SUBI
    cdef bint unary = op == OP_NEG or op == OP_CAR or op == OP_CDR
    if immediate:
        y = int_word(SIGNED_C(i))
    elif not unary:
        y = regs[C(i)]
    if op == OP_ADD and FLAGS(i) & KILL_B and is_string(x) and is_string(y):
        result = append_text(&regs[B(i)], <str>word_ptr(y))
        x = NIL
    elif op == OP_ADD or op == OP_ADDI:
        result = add(x, y)
    elif op == OP_SUB or op == OP_SUBI:
        result = sub(x, y)
    elif op == OP_MUL:
        result = mul(x, y)
    elif op == OP_DIV:
        result = div(x, y)
    elif op == OP_MOD:
        result = mod(x, y)
    elif op == OP_NEG:
        result = negate(x)
    elif op == OP_LT:
        result = bool_word(compare(LT, x, y))
    elif op == OP_LE:
        result = bool_word(holds(LE, x, y))
    elif op == OP_GT:
        result = bool_word(compare(GT, x, y))
    elif op == OP_GE:
        result = bool_word(holds(GE, x, y))
    elif op == OP_EQ:
        result = bool_word(compare(EQ, x, y))
    elif op == OP_CAR:
        result = head_of(x)
    elif op == OP_CDR:
        result = rest_of(x)
    else:
        result = cons_any(x, y)
    if FLAGS(i) & KILL_B:
        decref(x)
    if not immediate and not unary and FLAGS(i) & KILL_C:
        decref(y)
    regs[A(i)] = result
    return 0


cdef int slow_test(Word* regs, uint64_t i) except -1:
    """A comparison whose operands are not two integers: whether to jump. Operands that die on the
    way taken are given up here; integers need none of that."""
    cdef int op = (i & 0xFF) - OP_JLT
    cdef bint immediate = op >= OP_JLTI - OP_JLT
    cdef Word x = regs[A(i)]
    cdef Word y = int_word(SIGNED_B(i)) if immediate else regs[B(i)]
    cdef int which = (op - (OP_JLTI - OP_JLT) if immediate else op) >> 1
    cdef int flags = FLAGS(i)
    cdef bint jump = holds(test_order[which], x, y)
    if op & 1:
        jump = not jump
    if not jump:
        flags >>= 2
    if flags & JUMP_KILLS_A:
        decref(x)
    if not immediate and flags & JUMP_KILLS_B:
        decref(y)
    return jump


cdef int holds(int op, Word x, Word y) except -1:
    """A comparison as an instruction: `<=` is "not greater" and `>=` "not less", so that both hold
    for NaN. The functions of these names say no."""
    if op == LE:
        return not compare(GT, x, y)
    if op == GE:
        return not compare(LT, x, y)
    return compare(op, x, y)


cdef int[5] test_order
test_order[:] = [LT, LE, GT, GE, EQ]


cdef Word head_of(Word x) except ABSENT:
    cdef Word head
    if x == EMPTY:
        return NIL
    if not is_vector(x):
        raise SemaTypeError("list or vector", type_name(to_object(x)))
    if not vector_size(x):
        return NIL
    head = vector_items(x)[0]
    incref(head)
    return head


cdef Word rest_of(Word x) except ABSENT:
    cdef Word rest
    cdef Py_ssize_t k
    if x == EMPTY:
        return EMPTY
    if not is_vector(x):
        raise SemaTypeError("list or vector", type_name(to_object(x)))
    rest = new_vector(max(vector_size(x) - 1, 0))
    for k in range(vector_size(rest)):
        vector_items(rest)[k] = vector_items(x)[k + 1]
        incref(vector_items(x)[k + 1])
    vector_ready(rest)
    return rest


cdef int cons_registers(Word* regs, uint64_t i) except -1:
    """``cons`` onto a list where no cell is at hand."""
    cdef Word x = regs[B(i)]
    cdef Word y = regs[C(i)]
    incref(x)
    incref(y)
    cdef Word made = cons(x, y)
    if FLAGS(i) & KILL_B:
        decref(x)
    if FLAGS(i) & KILL_C:
        decref(y)
    regs[A(i)] = made
    return 0


cdef Word cons_any(Word x, Word y) except ABSENT:
    """``cons`` onto what is no list: nil counts as the empty list, anything else becomes the
    second element."""
    cdef Word tail = EMPTY
    if y != NIL:
        incref(y)
        tail = cons(y, EMPTY)
    incref(x)
    return cons(x, tail)
