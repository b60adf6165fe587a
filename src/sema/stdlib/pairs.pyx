# cython: language_level=3
"""The core of lists: making them, taking them apart, finding and counting elements; vectors."""

from libc.stdint cimport int64_t, uint64_t

from sema.errors import EvalError, SemaTypeError
from sema.stdlib.registry cimport declare
from sema.stdlib.sequences cimport (
    Cursor, Words, count_argument, cursor, cursor_on, in_front, int_argument, is_sequence,
    need_room, next_item, sequence, tail_of, type_error,
)
from sema.vm.equality cimport equal_words
from sema.vm.types cimport word_type_name
from sema.vm.values cimport (
    cell_at, cons, is_list, is_pair, is_string, is_vector, list_length, new_vector, pair_head,
    pair_tail, to_object, to_word, vector_items, vector_ready, vector_size,
)
from sema.vm.word cimport (
    ABSENT, EMPTY, FALSE, NIL, Word, decref, fits_word, incref, int_word, is_int, word_int,
    word_ptr,
)


# --- Making -----------------------------------------------------------------------------------

cdef Word make_list(Word* args, Py_ssize_t n) except ABSENT:
    cdef Word made = EMPTY
    cdef Py_ssize_t i
    for i in range(n - 1, -1, -1):
        incref(args[i])
        made = cons(args[i], made)
    return made


cdef Word construct(Word* args, Py_ssize_t n) except ABSENT:
    incref(args[0])
    if args[1] == NIL:
        return cons(args[0], EMPTY)
    incref(args[1])
    return cons(args[0], args[1] if is_list(args[1]) else cons(args[1], EMPTY))


cdef Word append(Word* args, Py_ssize_t n) except ABSENT:
    cdef Word made = EMPTY
    cdef Py_ssize_t i
    for i in range(n):
        if not is_sequence(args[i]):
            type_error("list or vector", args[i])
    for i in range(n - 1, -1, -1):
        if made == EMPTY and is_list(args[i]):  # the last list is shared, not copied
            made = args[i]
            incref(made)
        else:
            made = in_front(args[i], made)
    return made


cdef Word repeat(Word* args, Py_ssize_t n) except ABSENT:
    cdef Py_ssize_t left = count_argument(args[0], "list/repeat")
    cdef Word made = EMPTY
    need_room(left)
    while left:
        incref(args[1])
        made = cons(args[1], made)
        left -= 1
    return made


cdef Word count_up(int64_t start, int64_t step, int64_t count) except ABSENT:
    """`count` integers from `start` on."""
    cdef Word made = EMPTY
    cdef int64_t limit
    cdef object value
    need_room(count)
    if count > 0 and fits_word(start):
        limit = (<int64_t>1 << 46) // count
        if -limit <= step <= limit and fits_word(start + step * count):
            while count > 0:
                count -= 1
                made = cons(int_word(start + step * count), made)
            return made
    while count > 0:
        count -= 1
        value = <object>start + <object>step * count
        made = cons(to_word(value), made)
    return made


cdef Word range_list(Word* args, Py_ssize_t n) except ABSENT:
    start = int_argument(args[0]) if n > 1 else 0
    end = int_argument(args[1 if n > 1 else 0])
    step = int_argument(args[2]) if n > 2 else 1
    if step == 0:
        raise EvalError("range: step cannot be 0")
    try:
        return count_up(start, step, len(range(start, end, step)))
    except OverflowError:
        raise MemoryError() from None


cdef Word iota(Word* args, Py_ssize_t n) except ABSENT:
    cdef int64_t count = int_argument(args[0])
    cdef int64_t start = int_argument(args[1]) if n > 1 else 0
    return count_up(start, int_argument(args[2]) if n > 2 else 1, count)


declare(make_list, "list", "xs...", "A list of the arguments.", "(list 1 2) => (1 2)")
declare(construct, "cons", "x tail", "The list with a value put in front.",
        "(cons 1 '(2)) => (1 2)")
declare(append, "append", "seqs:sequence...", "One list of all elements of lists and vectors.",
        "(append '(1) [2 3]) => (1 2 3)")
declare(repeat, "list/repeat", "n:count x", "A list of so many times a value.",
        "(list/repeat 3 0) => (0 0 0)", ("make-list",))
declare(range_list, "range", "[start:int] end:int [step:int]",
        "The integers from a start (0) up to but excluding an end.",
        "(range 3) => (0 1 2)")
declare(iota, "iota", "count:int [start:int] [step:int]",
        "So many integers from a start (0), by a step (1).",
        "(iota 3 1) => (1 2 3)")


# --- Taking apart -----------------------------------------------------------------------------

cdef Word head(Word seq) except ABSENT:
    """The first element, borrowed; nil of an empty sequence."""
    if is_pair(seq):
        return pair_head(seq)
    if seq == EMPTY:
        return NIL
    if not is_vector(seq):
        type_error("list or vector", seq)
    return vector_items(seq)[0] if vector_size(seq) else NIL


cdef Word vector_from(Word vector, Py_ssize_t start) except ABSENT:
    """A new vector of the elements from a position on."""
    cdef Py_ssize_t size = max(0, vector_size(vector) - start)
    cdef Word made = new_vector(size)
    cdef Py_ssize_t i
    for i in range(size):
        vector_items(made)[i] = vector_items(vector)[start + i]
        incref(vector_items(made)[i])
    vector_ready(made)
    return made


cdef Word tail(Word seq) except ABSENT:
    """All but the first, owned; empty of an empty sequence."""
    cdef Word rest
    if is_list(seq):
        rest = EMPTY if seq == EMPTY else pair_tail(seq)
        incref(rest)
        return rest
    if not is_vector(seq):
        type_error("list or vector", seq)
    return vector_from(seq, 1)


cdef Word car(Word* args, Py_ssize_t n) except ABSENT:
    cdef Word first = head(args[0])
    incref(first)
    return first


cdef Word cdr(Word* args, Py_ssize_t n) except ABSENT:
    return tail(args[0])


cdef Word composed(const char* path, Word seq) except ABSENT:
    """What `c…r` gives, whose letters are in `path` in the order of application."""
    cdef Word made = NIL
    cdef Word rest
    while path[0]:
        if path[0] == c"a":
            seq = head(seq)
        elif is_list(seq):
            seq = EMPTY if seq == EMPTY else pair_tail(seq)
        else:
            rest = tail(seq)
            decref(made)
            made = seq = rest
        path += 1
    incref(seq)
    decref(made)
    return seq


cdef Word caar(Word* args, Py_ssize_t n) except ABSENT:
    return composed(b"aa", args[0])


cdef Word cadr(Word* args, Py_ssize_t n) except ABSENT:
    return composed(b"da", args[0])


cdef Word cdar(Word* args, Py_ssize_t n) except ABSENT:
    return composed(b"ad", args[0])


cdef Word cddr(Word* args, Py_ssize_t n) except ABSENT:
    return composed(b"dd", args[0])


cdef Word caaar(Word* args, Py_ssize_t n) except ABSENT:
    return composed(b"aaa", args[0])


cdef Word caadr(Word* args, Py_ssize_t n) except ABSENT:
    return composed(b"daa", args[0])


cdef Word cadar(Word* args, Py_ssize_t n) except ABSENT:
    return composed(b"ada", args[0])


cdef Word caddr(Word* args, Py_ssize_t n) except ABSENT:
    return composed(b"dda", args[0])


cdef Word cdaar(Word* args, Py_ssize_t n) except ABSENT:
    return composed(b"aad", args[0])


cdef Word cdadr(Word* args, Py_ssize_t n) except ABSENT:
    return composed(b"dad", args[0])


cdef Word cddar(Word* args, Py_ssize_t n) except ABSENT:
    return composed(b"add", args[0])


cdef Word cdddr(Word* args, Py_ssize_t n) except ABSENT:
    return composed(b"ddd", args[0])


declare(car, "car", "seq:sequence", "The first element of a list or vector, nil if there is none.",
        "(car '(1 2)) => 1", ("first",))
declare(cdr, "cdr", "seq:sequence", "All but the first element, of the same kind.",
        "(cdr '(1 2)) => (2)", ("rest",))
# The first function that a composition calls reports a wrong number of arguments.
declare(caar, "caar", "seq:sequence", "The `car` of the `car`.",
        "(caar '((1) 2)) => 1", (), False, "car")
declare(cadr, "cadr", "seq:sequence", "The second element: the `car` of the `cdr`.",
        "(cadr '(1 2)) => 2", (), False, "cdr")
declare(cdar, "cdar", "seq:sequence", "The `cdr` of the `car`.",
        "(cdar '((1 2) 3)) => (2)", (), False, "car")
declare(cddr, "cddr", "seq:sequence", "All but the first two elements.",
        "(cddr '(1 2 3)) => (3)", (), False, "cdr")
declare(caaar, "caaar", "seq:sequence", "The `car` of the `caar`.",
        "(caaar '(((1)))) => 1", (), False, "car")
declare(caadr, "caadr", "seq:sequence", "The `car` of the `cadr`.",
        "(caadr '(1 (2))) => 2", (), False, "cdr")
declare(cadar, "cadar", "seq:sequence", "The `car` of the `cdar`.",
        "(cadar '((1 2))) => 2", (), False, "car")
declare(caddr, "caddr", "seq:sequence", "The third element.",
        "(caddr '(1 2 3)) => 3", (), False, "cdr")
declare(cdaar, "cdaar", "seq:sequence", "The `cdr` of the `caar`.",
        "(cdaar '(((1 2)))) => (2)", (), False, "car")
declare(cdadr, "cdadr", "seq:sequence", "The `cdr` of the `cadr`.",
        "(cdadr '(1 (2 3))) => (3)", (), False, "cdr")
declare(cddar, "cddar", "seq:sequence", "The `cdr` of the `cdar`.",
        "(cddar '((1 2 3))) => (3)", (), False, "car")
declare(cdddr, "cdddr", "seq:sequence", "All but the first three elements.",
        "(cdddr '(1 2 3 4)) => (4)", (), False, "cdr")


# --- Positions --------------------------------------------------------------------------------

cdef inline Word quick_nth(Word* args) noexcept:
    """The element of a list or vector at a position, borrowed, or ABSENT if it takes longer."""
    cdef uint64_t index = <uint64_t>word_int(args[1])
    if not is_int(args[1]):
        return ABSENT
    if is_pair(args[0]):
        if index < <uint64_t>list_length(args[0]):
            return pair_head(cell_at(args[0], index))
    elif is_vector(args[0]) and index < <uint64_t>vector_size(args[0]):
        return vector_items(args[0])[index]
    return ABSENT


cdef Word nth_or(str name, Word* args, Word default) except? ABSENT:
    """The element at a position, or the default if there are not so many; borrowed."""
    cdef int64_t index
    cdef Py_ssize_t length
    cdef Word quick = quick_nth(args)
    if quick != ABSENT:
        return quick
    if not is_sequence(args[0]) and is_sequence(args[1]):
        raise SemaTypeError(
            "int", word_type_name(args[1]), hint=f"the arguments are swapped: ({name} coll index)")
    seq = sequence(args[0], name)
    index = int_argument(args[1])
    if index < 0:
        raise EvalError(f"{name}: index must be non-negative, got {index}")
    cdef Cursor at = cursor(seq)
    length = at.left
    if index >= length:
        if default != ABSENT:
            return default
        raise EvalError(f"index {index} out of bounds (length {length})")
    if at.items != NULL:
        return at.items[index]
    return pair_head(cell_at(at.rest, index))


cdef Word nth(Word* args, Py_ssize_t n) except ABSENT:
    cdef Word item = nth_or("nth", args, ABSENT)
    incref(item)
    return item


cdef Word nth_or_default(Word* args, Py_ssize_t n) except ABSENT:
    cdef Word item = nth_or("list/nth-or", args, args[2])
    incref(item)
    return item


cdef Word last(Word* args, Py_ssize_t n) except ABSENT:
    seq = sequence(args[0], "last")
    cdef Cursor at = cursor(seq)
    cdef Word item = NIL
    if at.left:
        item = at.items[at.left - 1] if at.items != NULL else pair_head(
            tail_of(at.rest, at.left - 1))
    incref(item)
    return item


cdef Word length(Word* args, Py_ssize_t n) except ABSENT:
    cdef Word coll = args[0]
    if is_list(coll):
        return int_word(list_length(coll))
    if is_vector(coll):
        return int_word(vector_size(coll))
    if is_string(coll):
        return int_word(len(<str>word_ptr(coll)))
    if word_type_name(coll) not in SIZED:
        type_error("list, vector, string, map, or bytevector", coll)
    return int_word(len(<object>word_ptr(coll)))


cdef set SIZED = {"map", "hashmap", "bytevector", "f64-array", "i64-array", "mutable-array"}


declare(nth, "nth", "seq:elements i:count", "The element at a position, counted from 0.",
        "(nth '(a b) 1) => b")
declare(nth_or_default, "list/nth-or", "seq:elements i:count default",
        "The element at a position, or a default.",
        "(list/nth-or '(a) 5 'z) => z")
declare(last, "last", "seq:elements", "The last element, nil if there is none.",
        "(last '(1 2)) => 2")
declare(length, "length", "coll", "How many elements there are.", "(length '(1 2)) => 2")


# --- Whole lists ------------------------------------------------------------------------------

cdef Word reverse(Word* args, Py_ssize_t n) except ABSENT:
    cdef Cursor at
    cdef Word item, made = EMPTY
    cdef Py_ssize_t i, size
    if is_vector(args[0]):
        size = vector_size(args[0])
        made = vector_from(args[0], 0)
        for i in range(size):
            vector_items(made)[i] = vector_items(args[0])[size - 1 - i]
        return made
    if not is_list(args[0]):
        type_error("list or vector", args[0])
    at = cursor_on(args[0])
    while at.left:
        item = next_item(&at)
        incref(item)
        made = cons(item, made)
    return made


cdef Word member(Word* args, Py_ssize_t n) except ABSENT:
    seq = sequence(args[1], "member")
    cdef Cursor at = cursor(seq)
    cdef Word rest, item
    cdef Words found
    while at.left:
        rest = at.rest
        item = next_item(&at)
        if equal_words(args[0], item):
            if at.items == NULL:
                incref(rest)
                return rest
            found = Words()
            found.add_borrowed(item)
            while at.left:
                found.add_borrowed(next_item(&at))
            return found.take_list()
    return FALSE


cdef Word association(Word key, Word alist, str name) except ABSENT:
    """The first element that is a list beginning with the key, or #f."""
    entries = sequence(alist, name)
    cdef Cursor at = cursor(entries)
    cdef Word entry
    while at.left:
        entry = next_item(&at)
        if is_pair(entry) and equal_words(pair_head(entry), key):
            incref(entry)
            return entry
    return FALSE


cdef Word assq(Word* args, Py_ssize_t n) except ABSENT:
    return association(args[0], args[1], "assq")


cdef Word assv(Word* args, Py_ssize_t n) except ABSENT:
    return association(args[0], args[1], "assv")


declare(reverse, "reverse", "seq:sequence", "The elements from last to first, in the same kind.",
        "(reverse '(1 2)) => (2 1)")
declare(member, "member", "x seq:elements",
        "The rest of a sequence from an equal element on, or #f.",
        "(member 2 '(1 2 3)) => (2 3)")
declare(assq, "assq", "key alist:elements",
        "The first element that is a list beginning with a key, or #f.",
        "(assq 'b '((a 1) (b 2))) => (b 2)")
declare(assv, "assv", "key alist:elements", "The same as `assq`.",
        "(assv 2 '((1 one) (2 two))) => (2 two)")


# --- Vectors ----------------------------------------------------------------------------------

cdef Word make_vector(Word* args, Py_ssize_t n) except ABSENT:
    cdef Word made = new_vector(n)
    cdef Py_ssize_t i
    for i in range(n):
        incref(args[i])
        vector_items(made)[i] = args[i]
    vector_ready(made)
    return made


cdef Word list_to_vector(Word* args, Py_ssize_t n) except ABSENT:
    cdef Words items
    if not is_list(args[0]):
        type_error("list", args[0])
    items = Words()
    items.add_all(to_object(args[0]))
    return items.take_vector()


cdef Word vector_to_list(Word* args, Py_ssize_t n) except ABSENT:
    if not is_vector(args[0]):
        type_error("vector", args[0])
    return make_list(vector_items(args[0]), vector_size(args[0]))


declare(make_vector, "vector", "xs...", "A vector of the arguments.", "(vector 1 2) => [1 2]")
declare(list_to_vector, "list->vector", "xs:list", "The vector of a list's elements.",
        "(list->vector '(1 2)) => [1 2]")
declare(vector_to_list, "vector->list", "xs:vector", "The list of a vector's elements.",
        "(vector->list [1 2]) => (1 2)")
