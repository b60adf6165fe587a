"""What a call site does after a miss: the four strategies' slow half.

The fast half, one comparison, is in the loop (``machine.pyx``). Whatever an entry compares with is
kept alive by the entry's code object (or by the machine, for its one entry), where the collector
sees it: no closure can appear at the address of a remembered one.

A patched site rewrites its own instruction; its states, and when it leaves them:

``_LINK``    unlinked: to monomorphic or native at its first call
``_MONO``    this very closure: to same-code when another closure of the lambda comes; a global that
             was redefined is linked again; otherwise to polymorphic
``_CODE``    different closures of one lambda: to polymorphic when another lambda comes
``_POLY``    two to four lambdas: to megamorphic when a fifth comes
``_NATIVE``  this very builtin, keyword or Python callable
generic      megamorphic: no more bookkeeping
"""

from cpython.mem cimport PyMem_Calloc
from cpython.object cimport PyObject
from cpython.ref cimport Py_XDECREF

from sema.vm.code cimport Code, Entry
from sema.vm.machine cimport Machine
from sema.vm.values cimport Closure, ClosureCell, is_closure, to_object
from sema.vm.word cimport Word, rc_inc, word_ptr

from sema.vm.opcodes import CALL_FORMS, STATES

include "opcodes.pxi"

cdef enum:
    POLY_SIZE = 4
    # A global called at a site may be redefined this often before the site gives up.
    RELINKS = 8

cdef dict form_states = {offset: STATES[form] for form, offset in CALL_FORMS.items()}


cdef int learn(Machine vm, Code code, Word* at, Word callee, Word* entry) except -1:
    """Rewrite a patched call that missed. `entry` is NULL for a native callee."""
    cdef int op = at[0] & 0xFF
    cdef int form = (op - OP_CALL) & ~3
    cdef bint is_global = (op - OP_CALL) & 1
    cdef Py_ssize_t number = code.site_number(at - code.words)
    cdef bint again = is_global and code.counters[number].relinks < RELINKS
    cdef Code old, new
    code.counters[number].relinks += 1
    # A callee that something else has taken the place of may be gone.
    target = to_object(callee) if vm.learnable else None
    if not vm.learnable:
        become(code, number, at, FORM_GENERIC)
    elif entry == NULL:
        if form == FORM_LINK or again:
            become(code, number, at, FORM_NATIVE, target, callee, <Word>vm.native)
        else:
            become(code, number, at, FORM_GENERIC)
    else:
        new = <Code><object>(<ClosureCell*>word_ptr(callee)).code
        if form == FORM_LINK:
            become(code, number, at, FORM_MONO, target, callee, <Word>entry)
        elif form == FORM_NATIVE:
            if again:
                become(code, number, at, FORM_MONO, target, callee, <Word>entry)
            else:
                become(code, number, at, FORM_GENERIC)
        elif form == FORM_POLY:
            add_lambda(code, number, at, new)
        else:
            old = remembered_code(code, number)
            if old is new:
                become(code, number, at, FORM_CODE, new, <Word><PyObject*>new, <Word>entry)
            elif form == FORM_MONO and again:
                become(code, number, at, FORM_MONO, target, callee, <Word>entry)
            else:
                start_polymorphic(code, number, at, old, new)
    if vm.call_stats:
        note_change(code, number, form, at, vm.learnable)
    return 0


cdef become(Code code, Py_ssize_t number, Word* at, int form,
            object target=None, Word guard=0, Word entry=0):
    """Rewrite the instruction and its entry; the target lives as long as the entry."""
    cdef int kind = ((at[0] & 0xFF) - OP_CALL) & 3
    if target is None:
        code.remembered.pop(number, None)
    else:
        code.remembered[number] = target
    at[2] = guard
    at[3] = entry
    at[0] = (at[0] & ~<Word>0xFF) | <Word>(OP_CALL + form + kind)


cdef Code remembered_code(Code code, Py_ssize_t number):
    target = code.remembered[number]
    if type(target) is Closure:
        return <Code><object>(<Closure>target).code
    return target


cdef start_polymorphic(Code code, Py_ssize_t number, Word* at, Code old, Code new):
    cdef Entry* entries
    if code.polymorphic == NULL:
        code.polymorphic = <Entry*>PyMem_Calloc(len(code.site_offsets) * POLY_SIZE, sizeof(Entry))
        if code.polymorphic == NULL:
            raise MemoryError
    entries = &code.polymorphic[number * POLY_SIZE]
    entries[0].key = <Word><PyObject*>old
    entries[0].entry = old.words
    entries[1].key = <Word><PyObject*>new
    entries[1].entry = new.words
    become(code, number, at, FORM_POLY, (old, new), 2, <Word>entries)


cdef add_lambda(Code code, Py_ssize_t number, Word* at, Code new):
    cdef Py_ssize_t n = at[2]
    cdef Entry* entries = <Entry*>at[3]
    if n == POLY_SIZE:
        become(code, number, at, FORM_GENERIC)
        return
    entries[n].key = <Word><PyObject*>new
    entries[n].entry = new.words
    become(code, number, at, FORM_POLY, (*code.remembered[number], new), n + 1, <Word>entries)


cdef int remember_in_machine(Machine vm, Word callee, Py_ssize_t n, Word* entry) except -1:
    """Strategy `vm`: the machine's one entry. The key holds the number of arguments as well, so
    that a hit needs no test of the arity: in the low bits, which are zero in every address, so
    that no other value with any number of arguments has the same key."""
    if vm.vm_target is not None:
        vm.thrash += 1
    vm.vm_target = to_object(callee)
    vm.vm_key = callee ^ <Word>n
    vm.vm_entry = entry
    return 0


cdef int remember_in_table(
    Machine vm, Code code, Word* at, Word callee, Py_ssize_t n, Word* entry
) except -1:
    """Strategy `site`: the entry that the call's pc falls on."""
    cdef Entry* slot = <Entry*>at[3]
    cdef PyObject* before = slot.target
    if before != NULL:
        vm.thrash += 1
    slot.target = word_ptr(callee)
    rc_inc(slot.target)
    slot.key = callee ^ <Word>n
    slot.entry = entry
    Py_XDECREF(before)
    return 0


# --- Statistics ----------------------------------------------------------------------------------

cdef dict report_of(Code code, Py_ssize_t number):
    report = code.reports.get(number)
    if report is None:
        report = code.reports[number] = {"callees": {}, "changes": [], "times": []}
    return report


cdef int count_miss(Code code, Word* at, Word callee) except -1:
    """A call that took the generic path, in a program that keeps statistics."""
    if not code.words <= at < code.words + code.n_words:
        # A redefined operator's; it is no site of the program's.
        return 0
    cdef Py_ssize_t number = code.site_number(at - code.words)
    code.counters[number].misses += 1
    callees = report_of(code, number)["callees"]
    if is_closure(callee):
        target = <object>(<ClosureCell*>word_ptr(callee)).code
    else:
        value = to_object(callee)
        target = getattr(value, "name", None) or getattr(value, "__name__", type(value).__name__)
    callees[target] = callees.get(target, 0) + 1
    return 0


cdef note_change(Code code, Py_ssize_t number, int before, Word* at, bint learnable):
    cdef int after = ((at[0] & 0xFF) - OP_CALL) & ~3
    report = report_of(code, number)
    changes = report["changes"]
    if not changes:
        changes.append(form_states[before])
        report["times"].append(0)
    if after != FORM_GENERIC:
        state = form_states[after]
    else:
        # What depends on the arguments, `apply` and rest parameters, is not cached.
        state = "megamorphic" if learnable else "variadic"
    if changes[-1] != state:
        changes.append(state)
        report["times"].append(code.counters[number].calls)
