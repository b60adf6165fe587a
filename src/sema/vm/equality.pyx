# cython: language_level=3
"""When two values are equal, which comes first, and a hash that agrees with equality.

Nothing here recurses: nested values wait on a stack of our own, so that data may be as deep as
memory allows. Types defined elsewhere take part by a method ``__sema_parts__`` that returns a tag
(None, or a number or text to be compared first) and the sequence of the values inside. Objects
with a true ``__sema_mutable__`` may contain themselves, and are no keys.
"""

from cpython.mem cimport PyMem_Free, PyMem_Realloc
from cpython.object cimport PyObject
from libc.stdint cimport uint64_t
from libc.string cimport memcpy

from sema.errors import SemaTypeError
from sema.vm.limits cimport spend
from sema.vm.maps cimport AnyMap, HashMap, Map, flattened, is_map, map_size
from sema.vm.types cimport type_name
from sema.vm.values cimport (
    Builtin, Closure, Keyword, Pair, Symbol, Vector, list_length, new_vector, pair_head, pair_tail,
    refcount, to_object, to_word, type_of, vector_items, vector_ready, vector_size,
)
from sema.vm.word cimport (
    EMPTY, NIL, Word, decref, double_word, is_char, is_double, is_int, is_ref, word_double,
    word_int, word_ptr,
)


cdef dict RANKS = {
    "record": RECORD_RANK,
    "bytevector": BYTEVECTOR_RANK,
    "f64-array": F64_ARRAY_RANK,
    "i64-array": I64_ARRAY_RANK,
    "stream": STREAM_RANK,
    "rational": RATIONAL_RANK,
    "complex": COMPLEX_RANK,
    "mutable-array": MUTABLE_ARRAY_RANK,
    "mutable-cell": MUTABLE_CELL_RANK,
}


cdef Rank rank(Word w) except *:
    """The place of a value's kind in the total order."""
    if is_int(w):
        return INT_RANK
    if is_double(w):
        return FLOAT_RANK
    if is_char(w):
        return CHAR_RANK
    if w == EMPTY:
        return LIST_RANK
    if w == NIL:
        return NIL_RANK
    if not is_ref(w):
        return BOOL_RANK
    cdef PyObject* kind = type_of(w)
    if kind == <PyObject*>str:
        return STRING_RANK
    if kind == <PyObject*>Keyword:
        return KEYWORD_RANK
    if kind == <PyObject*>Symbol:
        return SYMBOL_RANK
    if kind == <PyObject*>Pair:
        return LIST_RANK
    if kind == <PyObject*>Vector:
        return VECTOR_RANK
    if kind == <PyObject*>int:
        return INT_RANK
    if kind == <PyObject*>Map:
        return MAP_RANK
    if kind == <PyObject*>HashMap:
        return HASHMAP_RANK
    return RANKS.get(type_name(to_object(w)), OTHER_RANK)


# --- Walking two nested values side by side ---------------------------------------------------

# What comparing the outsides of two values may say besides the answer itself.
cdef enum:
    DESCEND = 2

ctypedef int (*Comparer)(Word x, Word y) except -2


cdef enum:
    # Most data is not nested deeper.
    FLAT = 8


cdef enum:
    # What is shared may be walked any number of times: the limits hold here as well.
    STEPS_BETWEEN_LOOKS = 1024

cdef struct Frame:
    Word x
    Word y
    Py_ssize_t index
    # Whether the words are vectors made for this frame.
    bint owned


cdef class Stack:
    """What is still to be compared or hashed: rests of lists, and vectors with a position."""

    cdef Frame* frames
    cdef Py_ssize_t size
    cdef Py_ssize_t capacity
    cdef Py_ssize_t steps
    cdef Frame[FLAT] few
    cdef list alive
    cdef set seen

    def __cinit__(self):
        self.frames = self.few
        self.capacity = FLAT

    def __dealloc__(self):
        while self.size:
            self.pop()
        if self.frames != self.few:
            PyMem_Free(self.frames)

    cdef inline int count(self, Py_ssize_t n) except -1:
        """Count so many steps at the expense of the program."""
        cdef Py_ssize_t before = self.steps
        self.steps += n
        if before // STEPS_BETWEEN_LOOKS != self.steps // STEPS_BETWEEN_LOOKS:
            spend(2 * max(n, STEPS_BETWEEN_LOOKS))
        return 0

    cdef int push(self, Word x, Word y) except -1:
        cdef Py_ssize_t capacity
        cdef Frame* larger
        if self.size == self.capacity:
            capacity = 4 * self.capacity
            larger = <Frame*>PyMem_Realloc(
                NULL if self.frames == self.few else self.frames, capacity * sizeof(Frame))
            if larger == NULL:
                raise MemoryError()
            if self.frames == self.few:
                memcpy(larger, self.few, sizeof(self.few))
            self.frames = larger
            self.capacity = capacity
        self.frames[self.size] = Frame(x, y, 0, False)
        self.size += 1
        return 0

    cdef inline void pop(self) noexcept:
        cdef Frame* top
        self.size -= 1
        top = &self.frames[self.size]
        if top.owned:
            decref(top.x)
            decref(top.y)

    cdef int push_entries(self, Word x, Word y) except -1:
        """The keys and values of two maps, or of one beside NIL."""
        cdef Frame* top
        self.count(map_size(x))
        self.push(NIL, NIL)
        top = &self.frames[self.size - 1]
        top.owned = True
        top.x = flattened(<AnyMap>word_ptr(x))
        if y != NIL:
            top.y = flattened(<AnyMap>word_ptr(y))
        return 0

    cdef Word parts(self, object values) except? NIL:
        """A vector of the values, alive as long as this stack."""
        cdef Py_ssize_t i = 0
        cdef Word vector = new_vector(len(values))
        for value in values:
            vector_items(vector)[i] = to_word(value)
            i += 1
        vector_ready(vector)
        if self.alive is None:
            self.alive = []
        self.alive.append(to_object(vector))
        decref(vector)
        return vector

    cdef bint meet_again(self, Word x, Word y) except -1:
        """Whether two values were compared already, as far as that went without a difference, or
        are under comparison."""
        met = (<size_t>x, <size_t>y)
        if self.seen is None:
            self.seen = set()
        if met in self.seen:
            return True
        self.seen.add(met)
        return False


cdef int enter(Stack stack, Word x, Word y) except -2:
    """Put the insides of two values of one kind on the stack; the order of their tags."""
    if x == EMPTY or y == EMPTY:
        stack.push(x, y)
        return 0
    # What only one place holds is met once; in small data it may as well be met again.
    cdef bint is_large = stack.steps >= STEPS_BETWEEN_LOOKS
    if is_large and (refcount(word_ptr(x)) > 1 or refcount(word_ptr(y)) > 1):
        if stack.meet_again(x, y):
            return 0
    if type_of(x) in (<PyObject*>Pair, <PyObject*>Vector):
        stack.push(x, y)
        return 0
    if is_map(x):
        stack.push_entries(x, y)
        return 0
    cdef object a = to_object(x)
    cdef object b = to_object(y)
    if not is_large and getattr(a, "__sema_mutable__", False) and stack.meet_again(x, y):
        return 0
    tag, parts = a.__sema_parts__()
    other_tag, other_parts = b.__sema_parts__()
    if tag != other_tag:
        return -1 if tag < other_tag else 1
    stack.push(stack.parts(parts), stack.parts(other_parts))
    return 0


cdef int walk(Comparer compare, Word x, Word y) except -2:
    """The first answer other than 0 that `compare` gives on corresponding parts."""
    cdef Stack stack = Stack()
    cdef Frame* top
    cdef Word a, b
    cdef Py_ssize_t shorter
    cdef int answer = enter(stack, x, y)
    while stack.size and not answer:
        stack.count(1)
        top = &stack.frames[stack.size - 1]
        if top.x == top.y:
            stack.pop()
            continue
        if top.x == EMPTY or top.y == EMPTY:
            return -1 if top.x == EMPTY else 1
        if type_of(top.x) == <PyObject*>Pair:
            a, b = pair_head(top.x), pair_head(top.y)
            top.x, top.y = pair_tail(top.x), pair_tail(top.y)
        else:
            shorter = min(vector_size(top.x), vector_size(top.y))
            if top.index == shorter:
                if vector_size(top.x) != vector_size(top.y):
                    return -1 if vector_size(top.x) == shorter else 1
                stack.pop()
                continue
            a, b = vector_items(top.x)[top.index], vector_items(top.y)[top.index]
            top.index += 1
        answer = compare(a, b)
        if answer == DESCEND:
            answer = enter(stack, a, b)
    return answer


# --- Equality -----------------------------------------------------------------------------------

cdef int differ(Word x, Word y) except -2:
    """0 if equal, 1 if not, DESCEND if it depends on what is inside."""
    if is_double(x):
        return not (is_double(y) and word_double(x) == word_double(y))
    if x == y:
        return 0
    if not (is_ref(x) and is_ref(y)):
        return 1
    cdef PyObject* kind = type_of(x)
    if kind != type_of(y):
        return 1
    if kind == <PyObject*>str:
        return <str>word_ptr(x) != <str>word_ptr(y)
    if kind == <PyObject*>Pair:
        return DESCEND if list_length(x) == list_length(y) else 1
    if kind == <PyObject*>Vector:
        return DESCEND if vector_size(x) == vector_size(y) else 1
    if kind == <PyObject*>Map or kind == <PyObject*>HashMap:
        return DESCEND if map_size(x) == map_size(y) else 1
    if kind == <PyObject*>Keyword or kind == <PyObject*>Symbol:
        return 1
    if kind == <PyObject*>Closure or kind == <PyObject*>Builtin:
        return 1
    if hasattr(<object>kind, "__sema_parts__"):
        return DESCEND
    return not bool(<object>word_ptr(x) == <object>word_ptr(y))


cdef int equal_words(Word x, Word y) except -1:
    """Whether two values are ``equal?``: of one type, and the same in structure."""
    cdef int answer = differ(x, y)
    if answer == DESCEND:
        answer = walk(differ, x, y)
    return answer == 0


# --- The total order ------------------------------------------------------------------------------

cdef inline int sign(bint less, bint greater) noexcept:
    return greater - less


cdef int precede(Word x, Word y) except -2:
    """-1, 0 or 1, or DESCEND if it depends on what is inside."""
    cdef Rank mine = rank(x)
    cdef Rank others = rank(y)
    cdef double p, q
    cdef object a, b
    if mine != others:
        return sign(mine < others, mine > others)
    if x == y:
        return 0
    if mine == FLOAT_RANK:
        p, q = word_double(x), word_double(y)
        if p != p or q != q:
            return sign(p == p, q == q)
        return sign(p < q, p > q)
    if mine == INT_RANK and is_int(x) and is_int(y):
        return sign(word_int(x) < word_int(y), word_int(x) > word_int(y))
    if mine == LIST_RANK or mine == VECTOR_RANK or mine == MAP_RANK or mine == HASHMAP_RANK:
        return DESCEND
    if mine != INT_RANK and not is_ref(x):
        return sign(x < y, x > y)
    a, b = to_object(x), to_object(y)
    if mine == SYMBOL_RANK:
        a, b = (<Symbol>a).name, (<Symbol>b).name
    elif mine == KEYWORD_RANK:
        a, b = (<Keyword>a).name, (<Keyword>b).name
    elif mine not in (INT_RANK, STRING_RANK, BYTEVECTOR_RANK, F64_ARRAY_RANK, I64_ARRAY_RANK,
                      RATIONAL_RANK):
        if type(a) is type(b) and hasattr(type(a), "__sema_parts__"):
            return DESCEND
        return by_identity(a, b)
    return sign(a < b, a > b)


cdef int by_identity(object a, object b) except -2:
    """An order of what has none of its own: objects that Python takes for equal are one."""
    cdef Py_hash_t p = identity_hash(a)
    cdef Py_hash_t q = identity_hash(b)
    if p == q and type(a) is type(b) and a == b:
        return 0
    if p == q:
        p, q = <Py_hash_t><PyObject*>a, <Py_hash_t><PyObject*>b
    return sign(p < q, p > q)


cdef Py_hash_t identity_hash(object value) except? -1:
    try:
        return hash(value)
    except TypeError:
        return 0


cdef int order_words(Word x, Word y) except -2:
    """-1, 0 or 1: the order of map keys. What has no order of its own goes by its hash."""
    cdef int answer = precede(x, y)
    return walk(precede, x, y) if answer == DESCEND else answer


# --- Hashes ---------------------------------------------------------------------------------------

cdef inline uint64_t mixed(uint64_t h, uint64_t token) noexcept:
    h = (h ^ token) * <uint64_t>0x9E3779B97F4A7C15
    return h ^ (h >> 29)


cdef uint64_t shallow_hash(Stack stack, uint64_t h, Word w, bint as_key) except? 0:
    """`h` mixed with the outside of a value, whose inside goes on the stack."""
    cdef double d
    cdef object value
    cdef PyObject* kind
    if is_double(w):
        d = word_double(w)
        return mixed(h, 0x7FF8000000000000 if d != d else double_word(d + 0.0))
    if w == EMPTY:
        return mixed(mixed(h, LIST_RANK), 0)
    if not is_ref(w):
        return mixed(h, w)
    kind = type_of(w)
    value = <object>word_ptr(w)
    if kind == <PyObject*>Pair:
        stack.push(w, NIL)
        return mixed(mixed(h, LIST_RANK), list_length(w))
    if kind == <PyObject*>Vector:
        stack.push(w, NIL)
        return mixed(mixed(h, VECTOR_RANK), vector_size(w))
    if kind == <PyObject*>str:
        return mixed(h, <uint64_t><Py_hash_t>hash(value))
    if kind == <PyObject*>Map or kind == <PyObject*>HashMap:
        stack.push_entries(w, NIL)
        return mixed(mixed(h, rank(w)), map_size(w))
    if getattr(value, "__sema_mutable__", False):
        if as_key:
            raise SemaTypeError("immutable map key", type_name(value))
        return mixed(h, rank(w))
    if hasattr(<object>kind, "__sema_parts__"):
        tag, parts = value.__sema_parts__()
        stack.push(stack.parts(parts), NIL)
        h = mixed(mixed(h, rank(w)), <uint64_t><Py_hash_t>hash(tag))
        return mixed(h, <uint64_t>len(parts))
    try:
        return mixed(h, <uint64_t><Py_hash_t>hash(value))
    except TypeError:
        if as_key:
            raise SemaTypeError("immutable map key", type_name(value)) from None
        return mixed(h, OTHER_RANK)


cdef Py_hash_t deep_hash(Word w, bint as_key) except -1:
    cdef Stack stack = Stack()
    cdef Frame* top
    cdef Word part
    cdef uint64_t h = shallow_hash(stack, 0x51EA, w, as_key)
    while stack.size:
        stack.count(1)
        top = &stack.frames[stack.size - 1]
        if top.x == EMPTY:
            stack.pop()
            continue
        if type_of(top.x) == <PyObject*>Pair:
            part = pair_head(top.x)
            top.x = pair_tail(top.x)
        else:
            if top.index == vector_size(top.x):
                stack.pop()
                continue
            part = vector_items(top.x)[top.index]
            top.index += 1
        h = shallow_hash(stack, h, part, as_key)
    return -2 if <Py_hash_t>h == -1 else <Py_hash_t>h


cdef Py_hash_t hash_word(Word w) except -1:
    """Equal values have equal hashes."""
    return deep_hash(w, False)


cdef Py_hash_t hash_key(Word w) except -1:
    """The same, for a map key: raises SemaTypeError if anything in it is mutable."""
    return deep_hash(w, True)


# --- The same for Python --------------------------------------------------------------------------

def equal(x, y):
    """Whether two values are ``equal?``."""
    cdef Word a = to_word(x)
    cdef Word b = to_word(y)
    try:
        return bool(equal_words(a, b))
    finally:
        decref(a)
        decref(b)


def order(x, y):
    """-1, 0 or 1: which of two values comes first in the total order."""
    cdef Word a = to_word(x)
    cdef Word b = to_word(y)
    try:
        return order_words(a, b)
    finally:
        decref(a)
        decref(b)


def structural_hash(x):
    """A hash that agrees with :func:`equal`."""
    cdef Word a = to_word(x)
    try:
        return hash_word(a)
    finally:
        decref(a)
