# cython: language_level=3
"""The hidden functions that the prelude and expanded code are built on: ``__vm-…``.

``sema.expander.primitives`` lists those that expanded code calls. They have names of their own so
that a program that redefines ``cons`` or ``append`` breaks neither.
"""

from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.object cimport PyObject
from libc.stdint cimport int64_t
from libc.string cimport memcpy

from sema.errors import ArityError, EvalError
from sema.reader.printer import write
from sema.stdlib.registry import declaration
from sema.stdlib.registry cimport declare
from sema.vm.limits cimport spend
from sema.stdlib.sequences cimport (
    Cursor, Words, count_argument, cursor, in_front, is_sequence, next_item, sequence,
    string_argument, tail_of, type_error,
)
from sema.vm.dict_keys cimport key_object, object_key
from sema.vm.equality cimport equal_words, order_words
from sema.vm.maps cimport (
    AnyMap, HashMap, Map, is_hashmap, is_map, map_entries, map_get, map_put, map_word, new_map,
)
from sema.vm.numbers cimport COMPLEX, EQ, LT, NOT_A_NUMBER, compare, number_kind
from sema.vm.tree cimport TreeCursor, next_entry
from sema.vm.types cimport word_type_name
from sema.vm.values cimport (
    Builtin, Closure, Keyword, cons, is_list, is_string, is_vector, list_length, pair_head,
    pair_tail, to_object, to_word, turned_round, type_of, vector_items, vector_size,
)
from sema.vm.word cimport (
    ABSENT, EMPTY, NIL, TRUE, Word, bool_word, decref, incref, int_word, is_char, is_double,
    is_int, is_ref, word_double, word_int, word_ptr,
)

cdef extern from "Python.h":
    Py_ssize_t refcount "Py_REFCNT"(PyObject*) noexcept


cdef int need_list(Word w) except -1:
    """Programs can call these functions too, with anything."""
    if not is_list(w):
        type_error("list", w)
    return 0


# --- Building ---------------------------------------------------------------------------------

cdef Word make_list(Word* args, Py_ssize_t n) except ABSENT:
    cdef Word made = EMPTY
    cdef Py_ssize_t i
    for i in range(n - 1, -1, -1):
        incref(args[i])
        made = cons(args[i], made)
    return made


cdef Word construct(Word* args, Py_ssize_t n) except ABSENT:
    need_list(args[1])
    incref(args[0])
    incref(args[1])
    return cons(args[0], args[1])


cdef Word append(Word* args, Py_ssize_t n) except ABSENT:
    if not is_sequence(args[0]):
        type_error("list or vector", args[0])
    need_list(args[1])
    incref(args[1])
    return in_front(args[0], args[1])


cdef Word list_to_vector(Word* args, Py_ssize_t n) except ABSENT:
    cdef Words items
    if not is_sequence(args[0]):
        type_error("list or vector", args[0])
    if not is_list(args[0]):
        incref(args[0])
        return args[0]
    items = Words()
    items.add_all(to_object(args[0]))
    return items.take_vector()


cdef Word append_reversed(Word* args, Py_ssize_t n) except ABSENT:
    """The elements of the first list, from last to first, in front of the second list."""
    cdef Word rest = args[0]
    cdef Word made = args[1]
    need_list(rest)
    need_list(made)
    incref(made)
    while rest != EMPTY:
        incref(pair_head(rest))
        made = cons(pair_head(rest), made)
        rest = pair_tail(rest)
    return made


cdef Word reverse_private(Word* args, Py_ssize_t n) except ABSENT:
    """The list turned round: in place as far as the argument is the only reference."""
    cdef Word items = args[0]
    need_list(items)
    args[0] = NIL
    return turned_round(items)


declare(make_list, "__vm-list", "xs...", "The list of the items.", "(__vm-list 1 2) => (1 2)")
declare(construct, "__vm-cons", "x tail", "The list with an item in front.",
        "(__vm-cons 1 '(2)) => (1 2)")
declare(append, "__vm-append", "xs:sequence tail",
        "The items of a list or vector in front of a list.",
        "(__vm-append [1] '(2)) => (1 2)")
declare(list_to_vector, "__vm-list->vector", "xs", "The vector of a list's items.",
        "(__vm-list->vector '(1)) => [1]")
declare(append_reversed, "__vm-append-reversed", "xs tail",
        "The first list turned round, in front of the second.",
        "(__vm-append-reversed '(2 1) '(3)) => (1 2 3)")
declare(reverse_private, "__vm-reverse!", "xs",
        "The list turned round, in place where nobody can see it.",
        "(__vm-reverse! (list 1 2)) => (2 1)")


# --- Checking ---------------------------------------------------------------------------------

cdef Word as_list(Word* args, Py_ssize_t n) except ABSENT:
    """The elements of a sequence argument of the function named second, as a list."""
    cdef Words items
    if is_list(args[0]):
        incref(args[0])
        return args[0]
    items = Words()
    items.add_all(sequence(args[0], string_argument(args[1])))
    return items.take_list()


cdef Word need_callable(Word* args, Py_ssize_t n) except ABSENT:
    """The first argument itself; the second is what the error says instead of ``callable``."""
    cdef PyObject* kind
    if is_ref(args[0]):
        kind = type_of(args[0])
        if (kind == <PyObject*>Closure or kind == <PyObject*>Builtin or kind == <PyObject*>Keyword
                or (callable(<object>word_ptr(args[0])) and not is_map(args[0]))):
            incref(args[0])
            return args[0]
    type_error(string_argument(args[1]) if n == 2 else "callable", args[0])


cdef Word need_count(Word* args, Py_ssize_t n) except ABSENT:
    """The argument, which is a non-negative integer, of the function named second."""
    return int_word(count_argument(args[0], string_argument(args[1])))


cdef Word entries_of(Word* args, Py_ssize_t n) except ABSENT:
    """The entries of a map as a list of (key value) lists."""
    if not is_map(args[0]):
        type_error("map or hashmap", args[0])
    cdef Words items = Words()
    cdef TreeCursor at = map_entries(args[0])
    cdef Word key, value
    while next_entry(&at, &key, &value):
        incref(key)
        incref(value)
        items.add(cons(key, cons(value, EMPTY)))
    return items.take_list()


cdef Word same_kind_of_map(Word* args, Py_ssize_t n) except ABSENT:
    """A map of the first argument's type with the entries of a list of (key value) lists."""
    cdef AnyMap made = new_map(<PyObject*>HashMap if is_hashmap(args[0]) else <PyObject*>Map)
    cdef Word rest = args[1]
    cdef Word entry
    need_list(rest)
    while rest != EMPTY:
        entry = pair_head(rest)
        if not is_list(entry) or list_length(entry) != 2:
            type_error("list of two", entry)
        map_put(made, pair_head(entry), pair_head(pair_tail(entry)))
        rest = pair_tail(rest)
    return map_word(made)


cdef Word is_any_map(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(is_map(args[0]))


cdef Word same_case(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(compare(EQ, args[0], args[1]))


declare(as_list, "__vm-seq", "xs:elements who:string",
        "A sequence argument of the named function as a list.",
        '(__vm-seq [1 2] "map") => (1 2)')
declare(need_callable, "__vm-callable", "f [expected:string]",
        "The argument, which must be callable.",
        "(fn? (__vm-callable car)) => #t")
declare(need_count, "__vm-count", "n:count who:string", "A count argument of the named function.",
        '(__vm-count 3 "f") => 3')
declare(entries_of, "__vm-entries", "m:any-map", "The entries of a map as (key value) lists.",
        "(__vm-entries {:a 1}) => ((:a 1))")
declare(same_kind_of_map, "__vm-map-like", "m entries", "A map like the first, with other entries.",
        "(__vm-map-like {} '((:a 1))) => {:a 1}")
declare(is_any_map, "__vm-map?", "x", "Whether a value is a map or hashmap.",
        "(__vm-map? {}) => #t")
declare(same_case, "__vm-eqv", "a b", "Whether two values are `=`.", "(__vm-eqv 1 1.0) => #t")


# --- Destructuring ----------------------------------------------------------------------------

cdef Word elements(Word* args, Py_ssize_t n) except ABSENT:
    cdef Words items
    cdef Py_ssize_t wanted = count_argument(args[1], "destructure")
    cdef Cursor at
    if not is_sequence(args[0]):
        type_error("list or vector", args[0])
    seq = to_object(args[0])
    at = cursor(seq)
    if at.left != wanted:
        raise EvalError(f"destructure: expected {wanted} elements, got {at.left}")
    if at.items != NULL:
        incref(args[0])
        return args[0]
    items = Words()
    items.add_all(seq)
    return items.take_vector()


cdef Word elements_rest(Word* args, Py_ssize_t n) except ABSENT:
    cdef Words items
    cdef Words others
    cdef Py_ssize_t wanted = count_argument(args[1], "destructure")
    cdef Cursor at
    if not is_sequence(args[0]):
        type_error("list or vector", args[0])
    seq = to_object(args[0])
    at = cursor(seq)
    if at.left < wanted:
        raise EvalError(
            f"destructure: expected at least {wanted} elements before `&`, got {at.left}")
    items = Words()
    while wanted:
        items.add_borrowed(next_item(&at))
        wanted -= 1
    if at.items == NULL:
        items.add_borrowed(at.rest)
    else:
        others = Words()
        while at.left:
            others.add_borrowed(next_item(&at))
        items.add(others.take_list())
    return items.take_vector()


cdef Word element(Word* args, Py_ssize_t n) except ABSENT:
    cdef Word item
    if not is_vector(args[0]):
        type_error("vector", args[0])
    if not is_int(args[1]) or not 0 <= word_int(args[1]) < vector_size(args[0]):
        type_error("index", args[1])
    item = vector_items(args[0])[word_int(args[1])]
    incref(item)
    return item


cdef Word lookup(Word* args, Py_ssize_t n) except ABSENT:
    if not is_map(args[0]):
        type_error("map or hashmap", args[0])
    cdef Word found = map_get(args[0], args[1])
    if found == ABSENT:
        return NIL
    incref(found)
    return found


declare(elements, "__vm-elements", "xs n", "A vector of exactly so many elements.",
        "(__vm-elements '(1 2) 2) => [1 2]")
declare(elements_rest, "__vm-elements-rest", "xs n",
        "A vector of the first elements and the list of the others.",
        "(__vm-elements-rest '(1 2 3) 1) => [1 (2 3)]")
declare(element, "__vm-element", "elements i", "The item at an index inside a vector.",
        "(__vm-element [1 2] 1) => 2")
declare(lookup, "__vm-lookup", "m key", "The value at a key of a map, or nil.",
        "(__vm-lookup {:a 1} :a) => 1")


# --- Matching ---------------------------------------------------------------------------------

cdef Py_ssize_t size_of(Word seq) noexcept:
    """How many elements a list or vector has; -1 for anything else."""
    if is_list(seq):
        return list_length(seq)
    return vector_size(seq) if is_vector(seq) else -1


cdef Py_ssize_t position(Word seq, Word at, bint end_too) except -1:
    """An index into a list or vector."""
    if not is_sequence(seq):
        type_error("list or vector", seq)
    if not is_int(at) or not 0 <= word_int(at) < size_of(seq) + end_too:
        type_error("index", at)
    return word_int(at)


cdef Word are_equal(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(equal_words(args[0], args[1]))


cdef Word has_length(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(is_int(args[1]) and size_of(args[0]) == word_int(args[1]))


cdef Word has_at_least(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(is_int(args[1]) and size_of(args[0]) >= word_int(args[1]))


cdef Word item(Word* args, Py_ssize_t n) except ABSENT:
    cdef Py_ssize_t i = position(args[0], args[1], False)
    cdef Word found
    if is_vector(args[0]):
        found = vector_items(args[0])[i]
    else:
        found = pair_head(tail_of(args[0], i))
    incref(found)
    return found


cdef Word items_from(Word* args, Py_ssize_t n) except ABSENT:
    cdef Py_ssize_t start = position(args[0], args[1], True)
    cdef Word made
    cdef Py_ssize_t i
    if is_list(args[0]):
        made = tail_of(args[0], start)
        incref(made)
        return made
    made = EMPTY
    for i in range(vector_size(args[0]) - 1, start - 1, -1):
        incref(vector_items(args[0])[i])
        made = cons(vector_items(args[0])[i], made)
    return made


cdef Word has_key(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(is_map(args[0]) and map_get(args[0], args[1]) != ABSENT)


cdef Word no_match(Word* args, Py_ssize_t n) except ABSENT:
    raise EvalError(
        f"match: no clause matched value: {write(to_object(args[0]))}",
        hint="add a final clause with the pattern _, or use match*, which gives nil",
    )


declare(are_equal, "__vm-equal", "a b", "Whether two values are `equal?`.",
        "(__vm-equal 1 1.0) => #f")
declare(has_length, "__vm-has-length", "xs n", "Whether a list or vector has so many elements.",
        "(__vm-has-length '(1 2) 2) => #t")
declare(has_at_least, "__vm-has-at-least", "xs n",
        "Whether a list or vector has at least so many elements.",
        "(__vm-has-at-least [1 2] 1) => #t")
declare(item, "__vm-item", "xs i", "The element at an index inside a list or vector.",
        "(__vm-item '(a b) 1) => b")
declare(items_from, "__vm-items-from", "xs i", "The list of the elements from an index on.",
        "(__vm-items-from [1 2 3] 1) => (2 3)")
declare(has_key, "__vm-has-key", "m key", "Whether a value is a map that has the key.",
        "(__vm-has-key {:a nil} :a) => #t")
declare(no_match, "__vm-no-match", "x", "The error of a match without a clause for the value.",
        "(__vm-no-match 1)")


# --- Sorting ----------------------------------------------------------------------------------

cdef bint is_real(Word w) except -1:
    kind = number_kind(w)
    return kind != NOT_A_NUMBER and kind != COMPLEX


cdef int by_value(Word x, Word y) except -2:
    """The order of reals, NaN last."""
    if is_double(x) and word_double(x) != word_double(x):
        return 0 if is_double(y) and word_double(y) != word_double(y) else 1
    if is_double(y) and word_double(y) != word_double(y):
        return -1
    return -1 if compare(LT, x, y) else compare(LT, y, x)


cdef enum:
    FEW_ENTRIES = 8

cdef struct Entry:
    Word key
    Word value


cdef int merge_sort(Entry* entries, Entry* spare, Py_ssize_t n, bint numbers) except -1:
    """By key, stable; `spare` has as much room."""
    cdef Py_ssize_t middle = n // 2
    cdef Py_ssize_t i = 0
    cdef Py_ssize_t j = middle
    cdef Py_ssize_t k
    cdef int order
    if n < 2:
        return 0
    merge_sort(entries, spare, middle, numbers)
    merge_sort(entries + middle, spare, n - middle, numbers)
    if is_int(entries[middle - 1].key) and is_int(entries[middle].key):
        if word_int(entries[middle - 1].key) <= word_int(entries[middle].key):
            return 0
    memcpy(spare, entries, n * sizeof(Entry))
    for k in range(n):
        if i == middle or j == n:
            order = i == middle
        elif is_int(spare[i].key) and is_int(spare[j].key):
            order = word_int(spare[i].key) > word_int(spare[j].key)
        elif numbers:
            order = by_value(spare[i].key, spare[j].key)
        else:
            order = order_words(spare[i].key, spare[j].key)
        if order > 0:
            entries[k] = spare[j]
            j += 1
        else:
            entries[k] = spare[i]
            i += 1
    return 0


cdef void sort_by_ints(Entry* entries, Entry* spare, Py_ssize_t n) noexcept nogil:
    """The same for keys that are small integers, shifted to be compared as machine integers."""
    cdef Py_ssize_t middle = n // 2
    if n <= FEW_ENTRIES:
        insert_by_ints(entries, n)
        return
    sort_by_ints(entries, spare, middle)
    sort_by_ints(entries + middle, spare, n - middle)
    if <int64_t>entries[middle - 1].key > <int64_t>entries[middle].key:
        memcpy(spare, entries, n * sizeof(Entry))
        merge_by_ints(spare, entries, n)


cdef void merge_by_ints(Entry* halves, Entry* merged, Py_ssize_t n) noexcept nogil:
    """The two halves of some entries, each in order, merged.

    Which of two entries comes first cannot be guessed, so that there is no branch on it. One half
    of the result is made from its beginning and one from its end, neither of which waits for the
    other; no half of the entries can be used up before.
    """
    cdef Py_ssize_t middle = n // 2
    cdef Entry* left = halves
    cdef Entry* right = halves + middle
    cdef Entry* left_end = halves + middle - 1
    cdef Entry* right_end = halves + n - 1
    cdef Entry* first = merged
    cdef Entry* last = merged + n - 1
    cdef Py_ssize_t goes
    for _ in range(middle):
        goes = <int64_t>right.key < <int64_t>left.key
        first[0] = chosen(goes, right, left)[0]
        right += goes
        left += 1 - goes
        first += 1
        goes = <int64_t>right_end.key < <int64_t>left_end.key
        last[0] = chosen(goes, left_end, right_end)[0]
        left_end -= goes
        right_end -= 1 - goes
        last -= 1
    if first == last:
        first[0] = (left if left <= left_end else right)[0]


cdef inline Entry* chosen(Py_ssize_t is_first, Entry* first, Entry* second) noexcept nogil:
    return <Entry*>(<size_t>second ^ ((<size_t>first ^ <size_t>second) & <size_t>-is_first))


cdef void insert_by_ints(Entry* entries, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i, j
    cdef Entry entry
    for i in range(1, n):
        entry = entries[i]
        j = i
        while j and <int64_t>entry.key < <int64_t>entries[j - 1].key:
            entries[j] = entries[j - 1]
            j -= 1
        entries[j] = entry


cdef Word sorted_list(Word keys, Word values, bint numbers) except ABSENT:
    """The values, as many as there are keys, in the order of the keys."""
    cdef Py_ssize_t n = list_length(keys)
    cdef Entry* entries = <Entry*>PyMem_Malloc((2 * n + 1) * sizeof(Entry))
    cdef Word made = EMPTY
    cdef bint all_ints = True
    cdef Py_ssize_t i
    if entries == NULL:
        raise MemoryError()
    try:
        for i in range(n):
            entries[i] = Entry(pair_head(keys), pair_head(values))
            all_ints = all_ints and is_int(entries[i].key)
            keys, values = pair_tail(keys), pair_tail(values)
        if all_ints:
            for i in range(n):
                entries[i].key <<= 16
            sort_by_ints(entries, entries + n, n)
        else:
            merge_sort(entries, entries + n, n, numbers)
        for i in range(n - 1, -1, -1):
            incref(entries[i].value)
            made = cons(entries[i].value, made)
    finally:
        PyMem_Free(entries)
    return made


cdef Word sort_list(Word* args, Py_ssize_t n) except ABSENT:
    """The elements of a list of one kind in their natural order."""
    cdef Word rest = args[0]
    cdef bint numbers
    need_list(rest)
    if rest == EMPTY:
        return EMPTY
    numbers = is_real(pair_head(rest))
    kind = word_type_name(pair_head(rest))
    while rest != EMPTY:
        if not (is_int(pair_head(rest)) and numbers) and not (
            is_real(pair_head(rest)) if numbers else word_type_name(pair_head(rest)) == kind
        ):
            type_error(kind, pair_head(rest))
        rest = pair_tail(rest)
    spend(list_length(args[0]) * 64)
    return sorted_list(args[0], args[0], numbers)


cdef Word goes_first(Word* args, Py_ssize_t n) except ABSENT:
    """What a comparator's result says: whether its first argument goes first."""
    if args[0] == TRUE:
        return TRUE
    if is_int(args[0]):
        return bool_word(word_int(args[0]) < 0)
    return bool_word(is_ref(args[0]) and type_of(args[0]) == <PyObject*>int
                     and to_object(args[0]) < 0)


cdef int need_equally_long(Word* args) except -1:
    """A list of keys and a list of their values."""
    need_list(args[0])
    need_list(args[1])
    if list_length(args[0]) != list_length(args[1]):
        type_error("list of the same length", args[1])
    return 0


cdef Word sort_by_keys(Word* args, Py_ssize_t n) except ABSENT:
    """The elements of a list in the order of their keys, which are in another list."""
    need_equally_long(args)
    return sorted_list(args[0], args[1], False)


cdef AnyMap group(Word keys, Word items):
    """A sorted map of each key to the list of the items that stand at its places."""
    cdef dict groups = {}
    cdef AnyMap made = new_map(<PyObject*>Map)
    cdef Word key, members
    while keys != EMPTY:
        name = key_object(pair_head(keys))
        found = groups.get(name)
        if found is None:
            groups[name] = found = Words()
        (<Words>found).add_borrowed(pair_head(items))
        keys = pair_tail(keys)
        items = pair_tail(items)
    for name, found in groups.items():
        members = (<Words>found).take_list()
        key = to_word(object_key(name))
        try:
            map_put(made, key, members)
        finally:
            decref(key)
            decref(members)
    return made


cdef Word group_by_keys(Word* args, Py_ssize_t n) except ABSENT:
    need_equally_long(args)
    return to_word(group(args[0], args[1]))


cdef Word map_of(Word* args, Py_ssize_t n) except ABSENT:
    """A sorted map of a list of keys and a list of values."""
    need_equally_long(args)
    return to_word(Map.from_pairs(zip(to_object(args[0]), to_object(args[1]))))


cdef Word join_text(Word* args, Py_ssize_t n) except ABSENT:
    """The text of a list of characters and strings."""
    cdef list texts = []
    cdef Word rest = args[0]
    cdef Word item
    need_list(rest)
    while rest != EMPTY:
        item = pair_head(rest)
        if is_char(item):
            texts.append(chr(<Py_UCS4>(item & 0x1FFFFF)))
        elif is_string(item):
            texts.append(to_object(item))
        else:
            type_error("char or string", item)
        rest = pair_tail(rest)
    return to_word("".join(texts))


cdef Word check_count(Word* args, Py_ssize_t n) except ABSENT:
    """Raises the arity error unless the named function may have these arguments."""
    name = string_argument(args[0])
    given = list_length(args[1]) if is_list(args[1]) else -1
    declared = declaration(name)
    if declared is None:
        raise EvalError(f"no builtin is named {name}")
    if not declared.min_args <= given <= declared.max_args:
        raise ArityError(name, f"{declared.min_args}-{declared.max_args}", given)
    return NIL


declare(sort_list, "__vm-sort", "xs", "A list of values of one kind in their natural order.",
        "(__vm-sort '(2 1)) => (1 2)")
declare(goes_first, "__vm-before?", "result",
        "Whether a comparator's result puts the first element first.", "(__vm-before? -1) => #t")
declare(sort_by_keys, "__vm-sort-by", "keys values",
        "The values of the second list in order of the keys.",
        "(__vm-sort-by '(2 1) '(a b)) => (b a)")
declare(group_by_keys, "__vm-group", "keys values",
        "The values of the second list grouped by the keys.",
        "(__vm-group '(1 1) '(a b)) => {1 (a b)}")
declare(map_of, "__vm-map-of", "keys values", "The map of keys and values.",
        "(__vm-map-of '(1) '(a)) => {1 a}")
declare(join_text, "__vm-join", "parts", "The text of a list of characters and strings.",
        '(__vm-join \'("a" "b")) => "ab"')
declare(check_count, "__vm-check-count", "who arguments",
        "Whether a function of the prelude may be given these arguments; else its arity error.",
        '(__vm-check-count "sort" \'(1 2)) => nil')
