"""The objects that words refer to: lists, vectors, functions, names; made, freed and collected.

Pairs, vectors, boxes and closures hold plain words, which Cython's own support for the cycle
collector does not see. Their type slots are therefore set by hand when the module loads (at the
end of this file). Such an object is tracked by the collector only if it holds something that
could be part of a cycle, as CPython does for tuples: a list of numbers costs the collector nothing.
"""

from _collections_abc import Sequence

from cpython.list cimport PyList_GET_SIZE
from cpython.long cimport PyLong_AsLongLongAndOverflow, PyLong_FromLongLong
from cpython.mem cimport PyMem_Free, PyMem_Realloc
from cpython.object cimport PyObject, PyTypeObject
from cpython.ref cimport Py_INCREF
from libc.math cimport NAN

from sema.vm.pages cimport cells_taken, free_empty_arenas, give_back, take_cells
from sema.vm.word cimport (
    ABSENT, CHAR_TAG, EMPTY, FALSE, NIL, TRUE, Word, decref, double_word, fits_word, incref,
    int_word, is_double, is_int, is_ref, ptr_word, rc_dec, rc_inc, word_double, word_int, word_ptr,
)

cdef extern from "Python.h":
    void PyUnicode_Append(PyObject** text, PyObject* more) noexcept
    ctypedef struct TypeSlots "PyTypeObject":
        void (*tp_dealloc)(PyObject*) noexcept
        int (*tp_traverse)(PyObject*, visitor, void*) noexcept
        int (*tp_clear)(PyObject*) noexcept
        void (*tp_free)(void*) noexcept
        unsigned long tp_flags
        Py_ssize_t tp_itemsize
        Py_ssize_t tp_vectorcall_offset
        PyObject* (*tp_call)(PyObject*, PyObject*, PyObject*)
    const unsigned long Py_TPFLAGS_HAVE_GC
    const unsigned long Py_TPFLAGS_HEAPTYPE
    const unsigned long Py_TPFLAGS_HAVE_VECTORCALL
    bint type_is_gc "PyType_IS_GC"(PyTypeObject*) noexcept
    void set_refcount "Py_SET_REFCNT"(PyObject*, Py_ssize_t) noexcept
    object PyFloat_FromDouble(double)
    double PyFloat_AS_DOUBLE(object)
    bint PyLong_CheckExact(object)
    bint PyFloat_CheckExact(object)
    PyObject* PyVectorcall_Call(PyObject*, PyObject*, PyObject*)


# --- Names and singletons -------------------------------------------------------------------

cdef dict symbols = {}
cdef dict keywords = {}


cdef class Symbol:
    """An interned name: two symbols of one spelling are one object."""

    def __init__(self):
        raise TypeError("use sema.vm.values.intern_symbol(name)")

    def __repr__(self):
        return self.name

    def __reduce__(self):
        return intern_symbol, (self.name,)


cdef class Keyword:
    """An interned keyword; ``name`` has no colon. ``keyword(map)`` looks itself up."""

    def __init__(self):
        raise TypeError("use sema.vm.values.intern_keyword(name)")

    def __repr__(self):
        return ":" + self.name

    def __reduce__(self):
        return intern_keyword, (self.name,)


cpdef Symbol intern_symbol(str name):
    """The symbol of that spelling."""
    found = symbols.get(name)
    if found is None:
        found = Symbol.__new__(Symbol)
        (<Symbol>found).name = name
        symbols[name] = found
    return <Symbol>found


cpdef Keyword intern_keyword(str name):
    """The keyword of that spelling, given without its colon."""
    found = keywords.get(name)
    if found is None:
        found = Keyword.__new__(Keyword)
        (<Keyword>found).name = name
        keywords[name] = found
    return <Keyword>found


def interned_names():
    """All names of symbols and keywords, those that are both twice."""
    return [*symbols, *keywords]


cdef class Char:
    """One Unicode scalar value."""

    def __init__(self, code):
        self.code = ord(code) if isinstance(code, str) else code

    def __repr__(self):
        return f"Char({chr(self.code)!r})"

    def __str__(self):
        return chr(self.code)

    def __eq__(self, other):
        return isinstance(other, Char) and (<Char>other).code == self.code

    def __hash__(self):
        return hash((Char, self.code))

    def __reduce__(self):
        return Char, (self.code,)


cdef class EmptyList:
    """The type of the one empty list."""

    def __len__(self):
        return 0

    def __iter__(self):
        return iter(())

    def __getitem__(self, index):
        return ()[index]

    def index(self, value, *bounds):
        """Fails: there are no elements."""
        return [].index(value, *bounds)

    def count(self, value):
        """Nothing is in it."""
        return 0

    def __eq__(self, other):
        return other is self or (isinstance(other, list) and not other)

    def __hash__(self):
        return hash(EmptyList)

    def __repr__(self):
        return "()"

    def __reduce__(self):
        return "EMPTY_LIST"


EMPTY_LIST = EmptyList()


# --- Crossing between words and Python objects ----------------------------------------------

cdef Word to_word(object value):
    """The word of a Python object, owned by the caller."""
    cdef int overflow = 0
    cdef long long small
    if PyLong_CheckExact(value):
        small = PyLong_AsLongLongAndOverflow(value, &overflow)
        if not overflow and fits_word(small):
            return int_word(small)
    elif PyFloat_CheckExact(value):
        return from_double(PyFloat_AS_DOUBLE(value))
    elif value is None:
        return NIL
    elif value is True:
        return TRUE
    elif value is False:
        return FALSE
    elif value is EMPTY_LIST:
        return EMPTY
    elif type(value) is Char:
        return CHAR_TAG | <Word>(<Char>value).code
    Py_INCREF(value)
    return ptr_word(<PyObject*>value)


cdef inline Word from_double(double d) noexcept:
    """A double's word; every NaN from outside becomes the one that is not a tag."""
    return double_word(d) if d == d else double_word(NAN)


cdef object to_object(Word w):
    """The Python object of a word, which stays the caller's."""
    if is_ref(w):
        return <object>word_ptr(w)
    if is_int(w):
        return PyLong_FromLongLong(word_int(w))
    if is_double(w):
        return PyFloat_FromDouble(word_double(w))
    if w == NIL:
        return None
    if w == TRUE:
        return True
    if w == FALSE:
        return False
    if w == EMPTY:
        return EMPTY_LIST
    if w == ABSENT:
        raise SystemError("an absent word escaped from the machine")
    return Char(<Py_UCS4>(w & 0x1FFFFF))


cdef PyObject* owned_object(Word w) except NULL:
    """The same as a counted pointer, for calls of C functions that want one."""
    cdef PyObject* p
    if is_ref(w):
        p = word_ptr(w)
    else:
        value = to_object(w)
        p = <PyObject*>value
    rc_inc(p)
    return p


# --- Making and freeing -----------------------------------------------------------------------

cdef bint may_be_in_cycle(Word w) noexcept:
    """Whether a holder of `w` must be tracked. What never changes knows it of itself, and has
    nothing to clear: pairs, vectors, maps, Python's tuples."""
    if not is_ref(w):
        return False
    cdef PyObject* kind = type_of(w)
    if not type_is_gc(<PyTypeObject*>kind):
        return False
    return (<TypeSlots*>kind).tp_clear != NULL or gc_is_tracked(word_ptr(w))


# Freeing must not recurse with the depth of the data: beyond a few levels an object whose count
# fell to zero waits here, and the outermost deallocation takes it up again.
cdef enum:
    FREE_DEPTH = 64
    SPARE_SLOTS = 5

cdef extern from *:
    """
    /* Under a memory checker nothing is kept for reuse, so that it sees what is used too late. */
    #ifdef __SANITIZE_ADDRESS__
    #define SEMA_SPARE_PAIRS 0
    #define SEMA_SPARE_CLOSURES 0
    #else
    #define SEMA_SPARE_PAIRS 1024
    #define SEMA_SPARE_CLOSURES 256
    #endif
    """
    const int SPARE_PAIRS "SEMA_SPARE_PAIRS"
    const int SPARE_CLOSURES "SEMA_SPARE_CLOSURES"

cdef int free_depth = 0
cdef PyObject* waiting = NULL

cdef struct Counted:
    PyObject* link

spare_pairs = NULL
n_spare_pairs = 0
cdef ClosureCell* spare_closures[SPARE_SLOTS]
cdef int n_spare_closures[SPARE_SLOTS]


cdef bint must_wait(PyObject* dead) noexcept:
    """Enter a deallocation; true if it is too deep and `dead` was queued instead.

    The queue takes no memory: the count of a dead object is the link to the next one.
    """
    global free_depth, waiting
    if free_depth < FREE_DEPTH:
        free_depth += 1
        return False
    (<Counted*>dead).link = waiting
    waiting = dead
    return True


cdef void leave_free() noexcept:
    """Leave a deallocation; the outermost one frees what waits."""
    global free_depth, waiting
    cdef PyObject* dead
    if free_depth == 1:
        while waiting != NULL:
            dead = waiting
            waiting = (<Counted*>dead).link
            (<Counted*>dead).link = NULL
            (<TypeSlots*>(<Header*>dead).ob_type).tp_dealloc(dead)
    free_depth -= 1


cdef int make_spares() except -1:
    global spare_pairs
    spare_pairs = take_cells(<PyTypeObject*>Pair, &n_spare_pairs)
    return 0


cdef inline PairCell* new_cell() except NULL:
    """A cell whose words the caller sets."""
    global spare_pairs, n_spare_pairs
    cdef PairCell* cell
    if spare_pairs == NULL:
        make_spares()
    cell = spare_pairs
    spare_pairs = <PairCell*>cell.head
    n_spare_pairs -= 1
    cell.refcount = 1
    return cell


cdef Word cons(Word head, Word tail) except ABSENT:
    """A new cell. Takes over both words, even if there is no memory; `tail` must be a list."""
    cdef PairCell* cell = spare_pair(head, tail)
    return cons_slowly(head, tail) if cell == NULL else cons_spare(cell, head, tail)


cdef Word cons_slowly(Word head, Word tail) except ABSENT:
    """The same where there is no spare cell, or perhaps something to be tracked."""
    cdef PairCell* cell
    if spare_pairs == NULL:
        try:
            make_spares()
        except MemoryError:
            decref(head)
            decref(tail)
            raise
    cell = new_cell()
    cell.head = head
    cell.tail = tail
    cell.length = list_length(tail) + 1
    if may_be_in_cycle(head) or (tail != EMPTY and gc_is_tracked(word_ptr(tail))):
        gc_track(<PyObject*>cell)
    return ptr_word(<PyObject*>cell)


cdef void give_up_spares() noexcept:
    """Free the cells that are kept for reuse: each of them may hold a whole arena of memory."""
    global spare_pairs, n_spare_pairs
    cdef PairCell* cell
    cdef ClosureCell* closure
    cdef int size
    while spare_pairs != NULL:
        cell = spare_pairs
        spare_pairs = <PairCell*>cell.head
        give_back(cell)
    n_spare_pairs = 0
    free_empty_arenas()
    for size in range(SPARE_SLOTS):
        while spare_closures[size] != NULL:
            closure = spare_closures[size]
            spare_closures[size] = <ClosureCell*>closure.code
            gc_free(closure)
        n_spare_closures[size] = 0


cdef void pair_dealloc(PyObject* self) noexcept:
    global spare_pairs, n_spare_pairs
    cdef PairCell* cell = <PairCell*>self
    cdef Word head, tail
    if gc_is_tracked(self):
        gc_untrack(self)
    if must_wait(self):
        return
    while True:
        head = cell.head
        tail = cell.tail
        if cell == finger.list_:
            finger.list_ = NULL
        if n_spare_pairs < SPARE_PAIRS:
            cell.head = <Word>spare_pairs
            spare_pairs = cell
            n_spare_pairs += 1
        else:
            give_back(cell)
        decref(head)
        if tail == EMPTY:
            break
        # The rest of the list goes in this loop as far as nobody else holds it.
        if refcount(word_ptr(tail)) > 1:
            rc_dec(word_ptr(tail))
            break
        cell = <PairCell*>word_ptr(tail)
        if gc_is_tracked(<PyObject*>cell):
            gc_untrack(<PyObject*>cell)
    leave_free()


cdef int pair_traverse(PyObject* self, visitor visit, void* arg) noexcept:
    cdef PairCell* cell = <PairCell*>self
    cdef int stop
    if is_ref(cell.head):
        stop = visit(word_ptr(cell.head), arg)
        if stop:
            return stop
    if is_ref(cell.tail):
        return visit(word_ptr(cell.tail), arg)
    return 0


cdef struct Finger:
    # A list, a position in it and the cell there.
    PairCell* list_
    Py_ssize_t position
    Word cell

# Where a list was looked into last. The list is alive: its deallocation takes the finger away.
cdef Finger finger


cdef Word cell_at(Word items, Py_ssize_t position) noexcept:
    """The cell at a position of a list, which has one there; borrowed.

    One position after the other takes no longer than to go through the list.
    """
    cdef Word cell = items
    cdef Py_ssize_t left = position
    if finger.list_ == <PairCell*>word_ptr(items) and finger.position <= position:
        cell = finger.cell
        left -= finger.position
    while left:
        cell = pair_tail(cell)
        left -= 1
    global finger
    finger = Finger(<PairCell*>word_ptr(items), position, cell)
    return cell


cdef Word list_from(Word* items, Py_ssize_t n, Word tail) except ABSENT:
    """A list of `n` words, taken over, in front of the list `tail`, taken over."""
    cdef Py_ssize_t i, k
    i = n - 1
    try:
        while i >= 0:
            tail = cons(items[i], tail)
            i -= 1
    except MemoryError:
        for k in range(i):
            decref(items[k])
        raise
    return tail


cdef Word list_of(list objects, Word tail=EMPTY) except ABSENT:
    """A list of Python objects in front of the list `tail`, taken over."""
    cdef Py_ssize_t i
    for i in range(len(objects) - 1, -1, -1):
        tail = cons(to_word(objects[i]), tail)
    return tail


cdef Word copied(Word items, Word tail) except ABSENT:
    """The elements of a list, borrowed, in front of the list `tail`, taken over."""
    cdef bint tracked = tail != EMPTY and gc_is_tracked(word_ptr(tail))
    cdef Py_ssize_t beyond = list_length(tail)
    cdef PairCell* source
    cdef PairCell* made
    cdef Word result = tail
    cdef Word* place = &result
    try:
        while items != EMPTY:
            source = <PairCell*>word_ptr(items)
            made = new_cell()
            incref(source.head)
            made.head = source.head
            made.tail = tail
            made.length = source.length + beyond
            place[0] = ptr_word(<PyObject*>made)
            place = &made.tail
            if tracked or gc_is_tracked(<PyObject*>source):
                gc_track(<PyObject*>made)
            items = source.tail
    except MemoryError:
        decref(result)
        raise
    return result


cdef Word turned_round(Word items) except ABSENT:
    """The elements of a list, taken over, from last to first: in its own cells as far as nobody
    else holds them."""
    finger.list_ = NULL
    cdef Word result = EMPTY
    cdef Word rest
    cdef PairCell* cell
    cdef Py_ssize_t length = 0
    cdef bint tracked = False
    while items != EMPTY and refcount(word_ptr(items)) == 1:
        cell = <PairCell*>word_ptr(items)
        rest = cell.tail
        length += 1
        cell.tail = result
        cell.length = length
        # A cell is tracked if any cell after it is: the order of "after" has changed.
        if gc_is_tracked(<PyObject*>cell):
            if not tracked and not may_be_in_cycle(cell.head):
                gc_untrack(<PyObject*>cell)
            else:
                tracked = True
        elif tracked:
            gc_track(<PyObject*>cell)
        result = items
        items = rest
    rest = items
    try:
        while rest != EMPTY:
            incref(pair_head(rest))
            result = cons(pair_head(rest), result)
            rest = pair_tail(rest)
    finally:
        decref(items)
    return result


cdef Word new_vector(Py_ssize_t size) except ABSENT:
    """A vector whose words the caller sets, before `vector_ready`."""
    return ptr_word(gc_new_var(<PyTypeObject*>Vector, size))


cdef void vector_ready(Word vector) noexcept:
    """Let the collector know a vector whose words are set."""
    cdef Word* items = vector_items(vector)
    cdef Py_ssize_t i
    for i in range(vector_size(vector)):
        if may_be_in_cycle(items[i]):
            gc_track(word_ptr(vector))
            return


cdef void vector_dealloc(PyObject* self) noexcept:
    cdef Word* items = vector_items(ptr_word(self))
    cdef Py_ssize_t i
    if gc_is_tracked(self):
        gc_untrack(self)
    if must_wait(self):
        return
    for i in range((<VectorCell*>self).size):
        decref(items[i])
    gc_free(self)
    leave_free()


cdef int vector_traverse(PyObject* self, visitor visit, void* arg) noexcept:
    return visit_words(vector_items(ptr_word(self)), (<VectorCell*>self).size, visit, arg)


cdef int visit_words(Word* words, Py_ssize_t n, visitor visit, void* arg) noexcept:
    cdef Py_ssize_t i
    cdef int stop
    for i in range(n):
        if is_ref(words[i]):
            stop = visit(word_ptr(words[i]), arg)
            if stop:
                return stop
    return 0


cdef Word new_box(Word value) except ABSENT:
    """A shared variable; takes the value over."""
    cdef BoxCell* box = <BoxCell*>gc_new(<PyTypeObject*>Box)
    box.value = value
    gc_track(<PyObject*>box)
    return ptr_word(<PyObject*>box)


cdef void box_dealloc(PyObject* self) noexcept:
    gc_untrack(self)
    if must_wait(self):
        return
    decref((<BoxCell*>self).value)
    gc_free(self)
    leave_free()


cdef int box_traverse(PyObject* self, visitor visit, void* arg) noexcept:
    return visit_words(&(<BoxCell*>self).value, 1, visit, arg)


cdef int box_clear(PyObject* self) noexcept:
    cdef Word old = (<BoxCell*>self).value
    (<BoxCell*>self).value = NIL
    decref(old)
    return 0


cdef vectorcallfunc closure_call = NULL


cdef void on_closure_call(vectorcallfunc call) noexcept:
    """What a closure does when Python calls it; the machine says it once, when it loads."""
    global closure_call
    closure_call = call


cdef PyObject* new_closure(PyObject* code, Py_ssize_t size) except NULL:
    """A closure of `code` (counted here) whose `size` captured words the caller sets.

    The caller must track it with the collector's eyes open: all words are set before anything
    else is allocated.
    """
    cdef ClosureCell* closure = NULL
    if size < SPARE_SLOTS:
        closure = spare_closures[size]
    if closure != NULL:
        spare_closures[size] = <ClosureCell*>closure.code
        n_spare_closures[size] -= 1
        set_refcount(<PyObject*>closure, 1)
    else:
        closure = <ClosureCell*>gc_new_var(<PyTypeObject*>Closure, size)
        closure.vectorcall = closure_call
    rc_inc(code)
    closure.code = code
    gc_track(<PyObject*>closure)
    return <PyObject*>closure


cdef void closure_dealloc(PyObject* self) noexcept:
    cdef ClosureCell* closure = <ClosureCell*>self
    cdef Word* slots = closure_slots(self)
    cdef Py_ssize_t size = closure.size
    cdef Py_ssize_t i
    cdef PyObject* code = closure.code
    gc_untrack(self)
    if must_wait(self):
        return
    for i in range(size):
        decref(slots[i])
    if size < SPARE_SLOTS and n_spare_closures[size] < SPARE_CLOSURES:
        closure.code = <PyObject*>spare_closures[size]
        spare_closures[size] = closure
        n_spare_closures[size] += 1
    else:
        gc_free(self)
    rc_dec(code)
    leave_free()


cdef int closure_traverse(PyObject* self, visitor visit, void* arg) noexcept:
    cdef ClosureCell* closure = <ClosureCell*>self
    cdef int stop = visit(closure.code, arg)
    if stop:
        return stop
    return visit_words(closure_slots(self), closure.size, visit, arg)


cdef int (*cell_traverse_objects)(PyObject*, visitor, void*) noexcept
cdef int (*cell_clear_objects)(PyObject*) noexcept


cdef int cell_traverse(PyObject* self, visitor visit, void* arg) noexcept:
    cdef int stop = visit_words(&(<BoxCell*>self).value, 1, visit, arg)
    return stop if stop else cell_traverse_objects(self, visit, arg)


cdef int cell_clear(PyObject* self) noexcept:
    cdef Word old = (<BoxCell*>self).value
    (<BoxCell*>self).value = ABSENT
    decref(old)
    return cell_clear_objects(self)


# --- Lists and vectors, as Python sees them -----------------------------------------------------

cdef class Pair:
    """A cell of an immutable proper list; a sequence for Python."""

    def __init__(self):
        raise TypeError("use sema.vm.values.make_list(items)")

    def __len__(self):
        return self.length

    def __iter__(self):
        cdef Word rest = ptr_word(<PyObject*>self)
        while rest != EMPTY:
            yield to_object(pair_head(rest))
            rest = pair_tail(rest)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return make_list(list(self)[index])
        cdef Py_ssize_t i = index
        if i < 0:
            i += self.length
        if not 0 <= i < self.length:
            raise IndexError("list index out of range")
        return to_object(pair_head(cell_at(ptr_word(<PyObject*>self), i)))

    @property
    def first(self):
        """The first element."""
        return to_object(self.head)

    @property
    def rest(self):
        """The list after the first element."""
        return to_object(self.tail)

    def index(self, value, *bounds):
        """The position of the first equal element, as of a Python list."""
        return list(self).index(value, *bounds)

    def count(self, value):
        """How many elements are equal to the value."""
        return list(self).count(value)

    def __eq__(self, other):
        if isinstance(other, list):
            return list(self) == other
        return equal(self, other)

    def __hash__(self):
        return structural_hash(self)

    def __repr__(self):
        return written(self)

    def __reduce__(self):
        return make_list, (list(self),)


cdef class Vector:
    """An immutable vector; a sequence for Python."""

    def __init__(self):
        raise TypeError("use sema.vm.values.make_vector(items)")

    def __len__(self):
        return self.size

    def __getitem__(self, index):
        if isinstance(index, slice):
            return make_vector(list(self)[index])
        cdef Py_ssize_t i = index
        if i < 0:
            i += self.size
        if not 0 <= i < self.size:
            raise IndexError("vector index out of range")
        return to_object(vector_items(ptr_word(<PyObject*>self))[i])

    def index(self, value, *bounds):
        """The position of the first equal element, as of a Python list."""
        return list(self).index(value, *bounds)

    def count(self, value):
        """How many elements are equal to the value."""
        return list(self).count(value)

    def __eq__(self, other):
        if isinstance(other, list):
            return list(self) == other
        return equal(self, other)

    def __hash__(self):
        return structural_hash(self)

    def __repr__(self):
        return written(self)

    def __reduce__(self):
        return make_vector, (list(self),)


def pairs_in_use():
    """How many pairs there are."""
    return cells_taken() - n_spare_pairs


def make_list(items, tail=EMPTY_LIST):
    """The Sema list of the objects of a Python iterable, in front of the list `tail`."""
    cdef list objects = items if type(items) is list else list(items)
    cdef Word result = list_of(objects, to_word(tail))
    cdef object made = to_object(result)
    decref(result)
    return made


def make_vector(items):
    """The Sema vector of the objects of a Python iterable."""
    cdef list objects = items if type(items) is list else list(items)
    cdef Word result = new_vector(len(objects))
    cdef Py_ssize_t i
    for i in range(len(objects)):
        vector_items(result)[i] = to_word(objects[i])
    vector_ready(result)
    cdef object made = to_object(result)
    decref(result)
    return made


cdef object equal(object x, object y):
    from sema.vm.equality import equal
    return equal(x, y)


cdef object structural_hash(object x):
    from sema.vm.equality import structural_hash
    return structural_hash(x)


cdef object written(object x):
    from sema.reader.printer import write
    return write(x)


# --- Variables and functions ----------------------------------------------------------------------

cdef class Box:
    """A variable shared by closures, because somebody assigns to it."""

    def __init__(self):
        raise TypeError("boxes belong to the machine")

    def __reduce__(self):
        from sema.embed.pickling import reduced_box
        return reduced_box(self)


cdef class Cell:
    """A global variable: one cell per name and environment, wherever it is mentioned.

    ``watcher``, if set, is called with the cell after each change of its value: compiled code
    that relies on the value is told so.
    """

    def __cinit__(self, str name):
        self.name = name
        self.value = ABSENT

    def __dealloc__(self):
        decref(self.value)

    @property
    def bound(self):
        """Whether the variable has a value."""
        return self.value != ABSENT

    def get(self):
        """The value as a Python object; the variable must be bound."""
        return to_object(self.value)

    def set(self, value):
        """Give the variable a value."""
        replace_value(self, to_word(value))

    def clear(self):
        """Take the value away."""
        replace_value(self, ABSENT)

    def watch(self, watcher):
        """Set who is told of changes, or nobody with None."""
        self.watcher = watcher

    def __repr__(self):
        return f"<cell {self.name}>"


# Frames borrow the closures that globals hold. A closure that loses its global while a machine
# runs is kept here until no frame can be running it.
cdef list retired = []
cdef int running_machines = 0


cdef int replace_value(Cell cell, Word value) except -1:
    """Give a global a value, taken over, and tell whoever relies on the old one."""
    cdef Word old = cell.value
    cell.value = value
    if running_machines and is_closure(old):
        retired.append(to_object(old))
    decref(old)
    if cell.watcher is not None:
        cell.watcher(cell)
    return 0


cdef void count_running(int change) noexcept:
    """A machine begins (1) or ends (-1) to run."""
    global running_machines
    running_machines += change
    if not running_machines and PyList_GET_SIZE(retired):
        retired.clear()


cdef Py_ssize_t retired_count() noexcept:
    return len(retired) if running_machines == 1 else 0


cdef int keep_retired(set borrowed) except -1:
    """Give up the retired closures whose addresses are not in the set."""
    global retired
    retired = [value for value in retired if <size_t><PyObject*>value in borrowed]
    return 0


cdef class Builtin:
    """A function of the library, in C (``entry``) or in Python (``function``).

    ``max_args`` is -1 if there is no limit; arity errors say ``reported``. ``spreads`` marks
    ``apply``, which the machine itself performs: the last argument's elements become arguments.
    ``checks`` says what the arguments of ``function`` must be (``stdlib/signature.py``). What the
    other three say is in ``stdlib/registry.pyx``; such a builtin works once it has an owner.
    """

    def __init__(self, str name, function, int min_args=0, int max_args=-1, str doc="",
                 bint spreads=False, tuple checks=None, bint blocking=False, bint waits=False,
                 bint owned=False):
        self.name = self.reported = name
        self.function = function
        self.min_args = min_args
        self.max_args = max_args
        self.doc = doc
        self.spreads = spreads
        self.checks = checks
        self.blocking = blocking
        self.waits = waits
        self.owned = owned
        self.vectorcall = builtin_call

    def bound_to(self, owner):
        """The same builtin for one interpreter: ``owner`` is what its namespaces share."""
        cdef Builtin made = Builtin(
            self.name, self.function, self.min_args, self.max_args, self.doc, self.spreads,
            self.checks, self.blocking, self.waits, self.owned,
        )
        made.reported = self.reported
        made.owner = owner
        made.entry = self.entry
        return made

    @property
    def arity(self):
        """How many arguments it takes, as error messages say it: ``2``, ``1+``, ``1-3``."""
        if self.max_args < 0:
            return f"{self.min_args}+"
        if self.min_args == self.max_args:
            return str(self.min_args)
        return f"{self.min_args}-{self.max_args}"

    def arity_error(self, n):
        """The error of a call with ``n`` arguments, which are too few or too many."""
        from sema.errors import ArityError
        return ArityError(self.reported, self.arity, n)

    def __repr__(self):
        return f"<native-fn {self.name}>"

    def __reduce__(self):
        from sema.embed.pickling import reduced_builtin
        return reduced_builtin(self)


cdef PyObject* builtin_call(
    PyObject* self, PyObject* const* args, size_t nargsf, PyObject* kwnames
) except NULL:
    """A builtin called from Python."""
    cdef Builtin builtin = <Builtin>self
    cdef Py_ssize_t n = <Py_ssize_t>(nargsf & ~(<size_t>1 << 63))
    cdef Py_ssize_t i
    if kwnames != NULL:
        raise TypeError(f"{builtin.name} takes no keyword arguments")
    cdef list words = [<object>args[i] for i in range(n)]
    result = call_builtin_on_objects(builtin, words)
    Py_INCREF(result)
    return <PyObject*>result


cdef object call_builtin_on_objects(Builtin builtin, list args):
    cdef Py_ssize_t n = len(args)
    cdef Word* words
    cdef Word result
    cdef Py_ssize_t i
    if n < builtin.min_args or (0 <= builtin.max_args < n):
        raise builtin.arity_error(n)
    if builtin.entry == NULL:
        return call_function(builtin, args)
    # As in a frame's window, the callee lies two words below the arguments.
    words = <Word*>PyMem_Realloc(NULL, (n + 2) * sizeof(Word))
    if words == NULL:
        raise MemoryError()
    words[0] = to_word(builtin)
    for i in range(n):
        words[i + 2] = to_word(args[i])
    try:
        result = builtin.entry(words + 2, n)
    finally:
        decref(words[0])
        for i in range(n):
            decref(words[i + 2])
        PyMem_Free(words)
    returned = to_object(result)
    decref(result)
    return returned


cdef Word append_text(Word* text, str more) except ABSENT:
    """A string with more behind it. It is taken over, nil is left in its place; where nobody else
    holds it, it grows instead of being copied."""
    cdef PyObject* joined = word_ptr(text[0])
    text[0] = NIL
    PyUnicode_Append(&joined, <PyObject*>more)
    if joined == NULL:
        raise MemoryError()
    return ptr_word(joined)


cdef object call_function(Builtin builtin, list args):
    """Call a builtin that is written in Python; its arguments are checked first."""
    cdef tuple checks = builtin.checks
    cdef tuple check
    cdef Py_ssize_t i, last
    if checks is not None:
        last = len(checks) - 1
        for i in range(len(args)):
            check = <tuple>checks[i if i < last else last]
            if check is None:
                continue
            exact, refine, expected = check
            if exact is not None and type(args[i]) is not exact:
                from sema.errors import SemaTypeError
                from sema.vm.types import type_name
                raise SemaTypeError(expected, type_name(args[i]))
            if refine is not None:
                args[i] = refine(args[i])
    if builtin.owned:
        return builtin.function(builtin.owner, *args)
    return builtin.function(*args)


cdef class Closure:
    """A function of the program; callable from Python."""

    def __init__(self):
        raise TypeError("closures are made by programs")

    @property
    def code_object(self):
        """The code that it runs."""
        return <object>self.code

    @property
    def name(self):
        """Its name, or None."""
        return (<object>self.code).name

    def __repr__(self):
        return f"<native-fn {self.name or '<vm-closure>'}>"

    def __reduce__(self):
        from sema.embed.pickling import reduced_closure
        return reduced_closure(self)


for sequence_type in (Pair, EmptyList, Vector):
    Sequence.register(sequence_type)


# --- The slots that Cython cannot know ---------------------------------------------------------

cdef void take_part(PyObject* type_, bint variable_size,
                    void (*dealloc)(PyObject*) noexcept,
                    int (*traverse)(PyObject*, visitor, void*) noexcept,
                    int (*clear)(PyObject*) noexcept):
    """Make a type of words a citizen of the cycle collector."""
    cdef TypeSlots* slots = <TypeSlots*>type_
    assert not slots.tp_flags & Py_TPFLAGS_HEAPTYPE
    slots.tp_flags |= Py_TPFLAGS_HAVE_GC
    slots.tp_traverse = traverse
    slots.tp_clear = clear
    slots.tp_dealloc = dealloc
    slots.tp_free = gc_free
    if variable_size:
        slots.tp_itemsize = sizeof(Word)


cdef void become_callable(PyObject* type_, Py_ssize_t offset):
    cdef TypeSlots* slots = <TypeSlots*>type_
    slots.tp_flags |= Py_TPFLAGS_HAVE_VECTORCALL
    slots.tp_vectorcall_offset = offset
    slots.tp_call = PyVectorcall_Call


take_part(<PyObject*>Pair, False, pair_dealloc, pair_traverse, NULL)
take_part(<PyObject*>Vector, True, vector_dealloc, vector_traverse, NULL)
take_part(<PyObject*>Box, False, box_dealloc, box_traverse, box_clear)
take_part(<PyObject*>Closure, True, closure_dealloc, closure_traverse, NULL)
become_callable(
    <PyObject*>Closure, sizeof(ClosureCell) - sizeof(PyObject*) - sizeof(vectorcallfunc)
)
become_callable(<PyObject*>Builtin, builtin_vectorcall_offset())

cell_traverse_objects = (<TypeSlots*><PyObject*>Cell).tp_traverse
cell_clear_objects = (<TypeSlots*><PyObject*>Cell).tp_clear
(<TypeSlots*><PyObject*>Cell).tp_traverse = cell_traverse
(<TypeSlots*><PyObject*>Cell).tp_clear = cell_clear


cdef Py_ssize_t builtin_vectorcall_offset():
    cdef Builtin probe = Builtin.__new__(Builtin)
    return <char*>&probe.vectorcall - <char*><PyObject*>probe
