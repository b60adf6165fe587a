"""The objects that words refer to; see ``values.pyx``."""

from cpython.object cimport PyObject, PyTypeObject

from sema.vm.word cimport ABSENT, EMPTY, REF_TAG, Word, is_ref, word_ptr

# A builtin in C: borrows its arguments, returns an owned word, or ABSENT with an exception set.
# The builtin itself is the word `args[-2]`.
ctypedef Word (*CEntry)(Word* args, Py_ssize_t n) except ABSENT


cdef extern from "Python.h":
    ctypedef PyObject* (*vectorcallfunc)(PyObject*, PyObject* const*, size_t, PyObject*) except NULL
    ctypedef int (*visitor "visitproc")(PyObject*, void*) noexcept
    ctypedef struct Header "PyObject":
        void* ob_type
    PyObject* gc_new "(PyObject*)_PyObject_GC_New"(PyTypeObject*) except NULL
    PyObject* gc_new_var "(PyObject*)_PyObject_GC_NewVar"(PyTypeObject*, Py_ssize_t) except NULL
    void gc_free "PyObject_GC_Del"(void*) noexcept
    void gc_track "PyObject_GC_Track"(PyObject*) noexcept
    void gc_untrack "PyObject_GC_UnTrack"(PyObject*) noexcept
    Py_ssize_t refcount "Py_REFCNT"(PyObject*) noexcept


cdef extern from *:
    """
    /* PyObject_GC_IsTracked without the call: the collector's list link is the first of the two
       words before the object, and null while it is not tracked. */
    static inline int sema_gc_is_tracked(PyObject* object) {
    #ifdef Py_GIL_DISABLED
        return PyObject_GC_IsTracked(object);
    #else
        return ((uintptr_t*)object)[-2] != 0;
    #endif
    }
    """
    bint gc_is_tracked "sema_gc_is_tracked"(PyObject*) noexcept


cdef class Symbol:
    cdef readonly str name

cdef class Keyword:
    cdef readonly str name

cdef class Char:
    cdef readonly Py_UCS4 code

cdef class EmptyList:
    pass

cdef class Pair:
    cdef Py_ssize_t length
    cdef Word head
    cdef Word tail

cdef class Vector:
    # Variable-size: the words follow, and `size` is the object's ob_size.
    cdef Py_ssize_t size

cdef class Box:
    cdef Word value

cdef class Cell:
    cdef Word value
    cdef readonly str name
    cdef object watcher

cdef class Builtin:
    cdef vectorcallfunc vectorcall
    cdef CEntry entry
    cdef readonly object function
    cdef readonly str name
    cdef str reported
    cdef readonly int min_args
    cdef readonly int max_args
    cdef readonly bint spreads
    cdef readonly str doc
    cdef readonly tuple checks
    cdef readonly bint blocking
    cdef readonly bint waits
    cdef readonly bint owned
    cdef readonly object owner

cdef class Closure:
    # Variable-size: the captured words follow, and `size` is the object's ob_size.
    cdef Py_ssize_t size
    cdef vectorcallfunc vectorcall
    cdef PyObject* code


# The same layouts as plain C, for code that must not count references.

cdef struct NameCell:
    Py_ssize_t refcount
    void* ob_type
    PyObject* name

cdef struct PairCell:
    Py_ssize_t refcount
    void* ob_type
    Py_ssize_t length
    Word head
    Word tail

cdef struct VectorCell:
    Py_ssize_t refcount
    void* ob_type
    Py_ssize_t size

cdef struct BoxCell:
    Py_ssize_t refcount
    void* ob_type
    Word value

cdef struct ClosureCell:
    Py_ssize_t refcount
    void* ob_type
    Py_ssize_t size
    vectorcallfunc vectorcall
    PyObject* code


cdef inline PyObject* type_of(Word w) noexcept nogil:
    """The Python type of a word known to be a reference."""
    return <PyObject*>(<Header*>word_ptr(w)).ob_type

cdef inline bint is_pair(Word w) noexcept:
    return is_ref(w) and type_of(w) == <PyObject*>Pair

cdef inline bint is_vector(Word w) noexcept:
    return is_ref(w) and type_of(w) == <PyObject*>Vector

cdef inline bint is_closure(Word w) noexcept:
    return is_ref(w) and type_of(w) == <PyObject*>Closure

cdef inline bint is_list(Word w) noexcept:
    return w == EMPTY or is_pair(w)

cdef inline bint is_string(Word w) noexcept:
    return is_ref(w) and type_of(w) == <PyObject*>str

cdef inline Word pair_head(Word w) noexcept nogil:
    return (<PairCell*>word_ptr(w)).head

cdef inline Word pair_tail(Word w) noexcept nogil:
    return (<PairCell*>word_ptr(w)).tail

cdef inline Py_ssize_t list_length(Word w) noexcept nogil:
    """Length of a word known to be a list."""
    return 0 if w == EMPTY else (<PairCell*>word_ptr(w)).length

cdef inline Py_ssize_t vector_size(Word w) noexcept nogil:
    return (<VectorCell*>word_ptr(w)).size

cdef inline Word* vector_items(Word w) noexcept nogil:
    """The words of a vector, borrowed."""
    return <Word*>(<char*>word_ptr(w) + sizeof(VectorCell))

cdef inline Word* closure_slots(PyObject* c) noexcept nogil:
    return <Word*>(<char*>c + sizeof(ClosureCell))

cdef inline Word* box_value(Word w) noexcept nogil:
    return &(<BoxCell*>word_ptr(w)).value


cdef inline PyObject* name_of(Word w) noexcept nogil:
    """The spelling of a word known to be a symbol or a keyword, borrowed."""
    return (<NameCell*>word_ptr(w)).name


cpdef Symbol intern_symbol(str name)
cpdef Keyword intern_keyword(str name)

cdef Word to_word(object value)
cdef object to_object(Word w)
cdef PyObject* owned_object(Word w) except NULL
cdef object call_function(Builtin builtin, list args)
cdef Word append_text(Word* text, str more) except ABSENT

# What a type of words needs to take part in the cycle collection and to be freed in a loop.
cdef bint may_be_in_cycle(Word w) noexcept
cdef int visit_words(Word* words, Py_ssize_t n, visitor visit, void* arg) noexcept
cdef bint must_wait(PyObject* dead) noexcept
cdef void leave_free() noexcept
cdef void take_part(PyObject* type_, bint variable_size,
                    void (*dealloc)(PyObject*) noexcept,
                    int (*traverse)(PyObject*, visitor, void*) noexcept,
                    int (*clear)(PyObject*) noexcept)

cdef void give_up_spares() noexcept

# Freed pairs, linked by `head`, for `cons` to take.
cdef PairCell* spare_pairs
cdef int n_spare_pairs

cdef Word cons(Word head, Word tail) except ABSENT

cdef inline PairCell* spare_pair(Word head, Word tail) noexcept:
    """The cell to make a pair in without further ado, if there is one: it need not be tracked."""
    if is_ref(head) or (tail != EMPTY and gc_is_tracked(word_ptr(tail))):
        return NULL
    return spare_pairs

cdef inline Word cons_spare(PairCell* cell, Word head, Word tail) noexcept:
    """A pair of both words, taken over, in a cell that :func:`spare_pair` gave."""
    global spare_pairs, n_spare_pairs
    spare_pairs = <PairCell*>cell.head
    n_spare_pairs -= 1
    cell.refcount = 1
    cell.head = head
    cell.tail = tail
    cell.length = 1 if tail == EMPTY else (<PairCell*>word_ptr(tail)).length + 1
    return REF_TAG | <Word>cell

cdef Word cell_at(Word items, Py_ssize_t position) noexcept
cdef Word list_from(Word* items, Py_ssize_t n, Word tail) except ABSENT
cdef Word list_of(list objects, Word tail=*) except ABSENT
cdef Word copied(Word items, Word tail) except ABSENT
cdef Word turned_round(Word items) except ABSENT
cdef Word new_vector(Py_ssize_t size) except ABSENT
cdef void vector_ready(Word vector) noexcept
cdef Word new_box(Word value) except ABSENT
cdef PyObject* new_closure(PyObject* code, Py_ssize_t size) except NULL
cdef void on_closure_call(vectorcallfunc call) noexcept

cdef int replace_value(Cell cell, Word value) except -1
cdef void count_running(int change) noexcept
cdef Py_ssize_t retired_count() noexcept
cdef int keep_retired(set borrowed) except -1
