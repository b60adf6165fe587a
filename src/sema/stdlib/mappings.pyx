# cython: language_level=3
"""Functions on maps that take no callback."""

from cpython.object cimport PyObject

from sema.errors import EvalError, SemaTypeError
from sema.stdlib.registry cimport declare
from sema.stdlib.sequences cimport (
    Cursor, Words, cursor_on, is_sequence, next_item, type_error,
)
from sema.vm.equality cimport equal_words
from sema.vm.keys cimport check_key
from sema.vm.maps cimport (
    AnyMap, HashMap, Map, is_hashmap, is_map, like, map_drop, map_entries, map_get, map_put,
    map_size, map_slot, map_word, new_map, put_all, track, writable,
)
from sema.vm.tree cimport TreeCursor, find, first_entry, next_entry
from sema.vm.types cimport word_type_name
from sema.vm.values cimport (
    cons, is_list, is_pair, is_string, is_vector, list_length, may_be_in_cycle, pair_head,
    pair_tail, type_of, vector_size,
)
from sema.vm.word cimport (
    ABSENT, EMPTY, FALSE, NIL, Word, bool_word, decref, incref, int_word, ptr_word, word_ptr,
)


cdef int need_map(Word m) except -1:
    if not is_map(m):
        hint = "use (nth coll i) to access an element by position" if is_sequence(m) else None
        raise SemaTypeError("map or hashmap", word_type_name(m), hint=hint)
    return 0


cdef int need_hashmap(Word m) except -1:
    if not is_hashmap(m):
        type_error("hashmap", m)
    return 0


cdef Cursor elements(Word seq) except *:
    """The beginning of an argument that must be a list or vector."""
    if not is_sequence(seq):
        type_error("list or vector", seq)
    return cursor_on(seq)


cdef Word with_pairs(AnyMap m, Word* pairs, Py_ssize_t n) except ABSENT:
    """Alternating keys and values put into a map that is ours; its word."""
    cdef Py_ssize_t i
    for i in range(0, n, 2):
        map_put(m, pairs[i], pairs[i + 1])
    return map_word(m)


# --- Making -----------------------------------------------------------------------------------

cdef Word map_of(str name, PyObject* kind, Word* args, Py_ssize_t n) except ABSENT:
    if n % 2:
        raise EvalError(f"{name}: requires an even number of arguments")
    return with_pairs(new_map(kind), args, n)


cdef Word make_map(Word* args, Py_ssize_t n) except ABSENT:
    return map_of("hash-map", <PyObject*>Map, args, n)


cdef Word make_hashmap(Word* args, Py_ssize_t n) except ABSENT:
    return map_of("hashmap/new", <PyObject*>HashMap, args, n)


cdef Word from_entries(Word* args, Py_ssize_t n) except ABSENT:
    cdef AnyMap made = new_map(<PyObject*>Map)
    cdef Cursor rest = elements(args[0])
    cdef Cursor entry
    cdef Word key
    while rest.left:
        entry = elements(next_item(&rest))
        if entry.left != 2:
            raise EvalError("map/from-entries: each entry must be a (key value) pair")
        key = next_item(&entry)
        map_put(made, key, next_item(&entry))
    return map_word(made)


cdef Word zip_map(Word* args, Py_ssize_t n) except ABSENT:
    cdef AnyMap made = new_map(<PyObject*>Map)
    cdef Cursor names = elements(args[0])
    cdef Cursor values = elements(args[1])
    while names.left and values.left:
        map_put(made, next_item(&names), next_item(&values))
    return map_word(made)


declare(make_map, "hash-map", "entries...", "A sorted map of alternating keys and values.",
        "(hash-map :a 1) => {:a 1}", ("map/new",))
declare(make_hashmap, "hashmap/new", "entries...", "A hashmap of alternating keys and values.",
        "(hashmap/new :a 1) => {:a 1}")
declare(from_entries, "map/from-entries", "pairs:sequence", "A sorted map of a sequence of pairs.",
        "(map/from-entries '((:a 1))) => {:a 1}")
declare(zip_map, "map/zip", "keys:sequence values:sequence",
        "A sorted map of keys and values from two sequences.",
        "(map/zip '(:a :b) '(1 2)) => {:a 1 :b 2}")


# --- Looking up -------------------------------------------------------------------------------

cdef Word get(Word* args, Py_ssize_t n) except ABSENT:
    need_map(args[0])
    cdef Word found = map_get(args[0], args[1])
    if found == ABSENT:
        found = args[2] if n == 3 else NIL
    incref(found)
    return found


cdef Word get_in(Word* args, Py_ssize_t n) except ABSENT:
    cdef Word at = args[0]
    cdef Cursor path = elements(args[1])
    cdef Word key
    while path.left and at != ABSENT:
        key = next_item(&path)
        at = map_get(at, key) if is_map(at) else ABSENT
    if at == ABSENT:
        at = args[2] if n == 3 else NIL
    incref(at)
    return at


cdef Word contains(Word* args, Py_ssize_t n) except ABSENT:
    need_map(args[0])
    return bool_word(map_get(args[0], args[1]) != ABSENT)


cdef Word keys(Word* args, Py_ssize_t n) except ABSENT:
    need_map(args[0])
    cdef Words made = Words()
    cdef TreeCursor cursor = map_entries(args[0])
    cdef Word key, value
    while next_entry(&cursor, &key, &value):
        made.add_borrowed(key)
    return made.take_list()


cdef Word vals(Word* args, Py_ssize_t n) except ABSENT:
    need_map(args[0])
    cdef Words made = Words()
    cdef TreeCursor cursor = map_entries(args[0])
    cdef Word key, value
    while next_entry(&cursor, &key, &value):
        made.add_borrowed(value)
    return made.take_list()


cdef Word entries(Word* args, Py_ssize_t n) except ABSENT:
    need_map(args[0])
    cdef Words made = Words()
    cdef TreeCursor cursor = map_entries(args[0])
    cdef Word key, value
    while next_entry(&cursor, &key, &value):
        incref(key)
        incref(value)
        made.add(cons(key, cons(value, EMPTY)))
    return made.take_list()


cdef Py_ssize_t size_of(Word coll) except -1:
    if coll == NIL:
        return 0
    if is_list(coll):
        return list_length(coll)
    if is_vector(coll):
        return vector_size(coll)
    if is_map(coll):
        return map_size(coll)
    if not is_string(coll):
        type_error("collection", coll)
    return len(<str>word_ptr(coll))


cdef Word count(Word* args, Py_ssize_t n) except ABSENT:
    return int_word(size_of(args[0]))


cdef Word is_empty(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(size_of(args[0]) == 0)


declare(get, "get", "m:any-map key [default]", "The value at a key of a map, or a default (nil).",
        "(get {:a 1} :a) => 1", ("hash-ref",))
declare(get_in, "get-in", "m path:sequence [default]",
        "The value at a path of keys, or a default (nil).",
        "(get-in {:a {:b 1}} [:a :b]) => 1", ("map/get-in",))
declare(contains, "contains?", "m:any-map key", "Whether a map has a key.",
        "(contains? {:a 1} :a) => #t")
declare(keys, "keys", "m:any-map", "The keys of a map as a list.", "(keys {:a 1 :b 2}) => (:a :b)")
declare(vals, "vals", "m:any-map", "The values of a map as a list.", "(vals {:a 1 :b 2}) => (1 2)")
declare(entries, "map/entries", "m:any-map", "Lists of key and value, in key order.",
        "(map/entries {:a 1}) => ((:a 1))")
declare(count, "count", "coll", "How many elements a collection has; nil has none.",
        "(count {:a 1}) => 1")
declare(is_empty, "empty?", "coll", "Whether a collection has no elements.", "(empty? {}) => #t")


# --- Changing ---------------------------------------------------------------------------------

cdef Word assoc(Word* args, Py_ssize_t n) except ABSENT:
    cdef Word rest
    if n == 2 and is_list(args[1]):
        rest = args[1]
        while rest != EMPTY:
            if is_pair(pair_head(rest)) and equal_words(pair_head(pair_head(rest)), args[0]):
                incref(pair_head(rest))
                return pair_head(rest)
            rest = pair_tail(rest)
        return FALSE
    if n % 2 == 0:
        raise EvalError("assoc: requires (key alist) or (map key val ...)")
    need_map(args[0])
    return with_pairs(writable(args[0]), args + 1, n - 1)


cdef Word dissoc(Word* args, Py_ssize_t n) except ABSENT:
    cdef Py_ssize_t i
    need_map(args[0])
    cdef AnyMap made = writable(args[0])
    for i in range(1, n):
        map_drop(made, args[i])
    return map_word(made)


cdef Word assoc_in(Word* args, Py_ssize_t n) except ABSENT:
    cdef Cursor path = elements(args[1])
    cdef bint tracked = may_be_in_cycle(args[2])
    cdef Word* place = &args[0]
    cdef AnyMap made = None
    cdef AnyMap level
    cdef Word key, old
    while path.left:
        key = next_item(&path)
        check_key(key)
        tracked = tracked or may_be_in_cycle(key)
    path = cursor_on(args[1])
    while path.left:
        level = writable(place[0]) if is_map(place[0]) else new_map(<PyObject*>Map)
        if made is None:
            made = level
        elif ptr_word(<PyObject*>level) != place[0]:
            old = place[0]
            place[0] = map_word(level)
            decref(old)
        place = map_slot(level, next_item(&path), tracked)
    incref(args[2])
    if made is None:
        return args[2]
    old = place[0]
    place[0] = args[2]
    decref(old)
    return map_word(made)


cdef Word merge(Word* args, Py_ssize_t n) except ABSENT:
    cdef Py_ssize_t i
    cdef AnyMap made
    for i in range(n):
        need_map(args[i])
    if n <= 1:
        if n:
            incref(args[0])
        return args[0] if n else map_word(new_map(<PyObject*>Map))
    made = writable(args[0])
    for i in range(1, n):
        put_all(made, <AnyMap>word_ptr(args[i]))
    return map_word(made)


cdef AnyMap merged_deeply(AnyMap left, AnyMap right):
    """A sorted map of the entries of both, at any depth.

    The levels still to be merged wait on a list: maps may be nested to any depth.
    """
    cdef AnyMap target, source, inner
    cdef TreeCursor cursor
    cdef Word key, value, old
    cdef AnyMap result = like(<PyObject*>Map, left)
    cdef list waiting = [(result, right)]
    while waiting:
        target, source = waiting.pop()
        cursor = first_entry(source.tree)
        while next_entry(&cursor, &key, &value):
            old = find(target.tree, key)
            if is_map(old) and is_map(value):
                inner = like(<PyObject*>Map, <AnyMap>word_ptr(old))
                waiting.append((inner, <AnyMap>word_ptr(value)))
                # Nobody can say yet what it will hold.
                track(inner)
                map_put(target, key, ptr_word(<PyObject*>inner))
            else:
                map_put(target, key, value)
    return result


cdef Word deep_merge(Word* args, Py_ssize_t n) except ABSENT:
    cdef Py_ssize_t i
    cdef AnyMap made = new_map(<PyObject*>Map)
    for i in range(n):
        if not is_map(args[i]):
            made = None
        elif made is None:
            made = like(<PyObject*>Map, <AnyMap>word_ptr(args[i]))
        else:
            made = merged_deeply(made, <AnyMap>word_ptr(args[i]))
    if made is not None:
        return map_word(made)
    incref(args[n - 1])
    return args[n - 1]


cdef Word select_keys(Word* args, Py_ssize_t n) except ABSENT:
    need_map(args[0])
    cdef AnyMap made = new_map(type_of(args[0]))
    cdef Cursor names = elements(args[1])
    cdef Word key, value
    while names.left:
        key = next_item(&names)
        value = map_get(args[0], key)
        if value != ABSENT:
            map_put(made, key, value)
    return map_word(made)


cdef Word except_keys(Word* args, Py_ssize_t n) except ABSENT:
    need_map(args[0])
    cdef Cursor names = elements(args[1])
    cdef AnyMap made = writable(args[0])
    while names.left:
        map_drop(made, next_item(&names))
    return map_word(made)


cdef Word sort_keys(Word* args, Py_ssize_t n) except ABSENT:
    need_map(args[0])
    return map_word(like(<PyObject*>Map, <AnyMap>word_ptr(args[0])))


declare(assoc, "assoc", "m key more...",
        "A map with keys given new values; or `assq` on a list of lists.",
        "(assoc {:a 1} :b 2) => {:a 1 :b 2}")
declare(dissoc, "dissoc", "m:any-map key keys...", "A map without some keys.",
        "(dissoc {:a 1 :b 2} :a) => {:b 2}")
declare(assoc_in, "assoc-in", "m path:sequence value",
        "A map with the value at a path of keys replaced.",
        "(assoc-in {} [:a :b] 1) => {:a {:b 1}}", ("map/assoc-in",))
declare(merge, "merge", "maps:any-map...", "The entries of several maps; the last one wins.",
        "(merge {:a 1} {:a 2}) => {:a 2}")
declare(deep_merge, "deep-merge", "maps...", "Maps merged at every level.",
        "(deep-merge {:a {:b 1}} {:a {:c 2}}) => {:a {:b 1 :c 2}}", ("map/deep-merge",))
declare(select_keys, "map/select-keys", "m:any-map keys:sequence",
        "The entries of a map at some keys.",
        "(map/select-keys {:a 1 :b 2} [:a]) => {:a 1}")
declare(except_keys, "map/except", "m:any-map keys:sequence",
        "The entries of a map but for some keys.",
        "(map/except {:a 1 :b 2} [:a]) => {:b 2}")
declare(sort_keys, "map/sort-keys", "m:any-map", "The sorted map of a map's entries.",
        "(map/sort-keys (hashmap/new :a 1)) => {:a 1}")


# --- Hashmaps alone ---------------------------------------------------------------------------

cdef Word hashmap_assoc(Word* args, Py_ssize_t n) except ABSENT:
    if n % 2 == 0:
        raise EvalError("hashmap/assoc: requires (map key val ...)")
    need_hashmap(args[0])
    return with_pairs(writable(args[0]), args + 1, n - 1)


cdef Word hashmap_keys(Word* args, Py_ssize_t n) except ABSENT:
    need_hashmap(args[0])
    return keys(args, n)


cdef Word hashmap_contains(Word* args, Py_ssize_t n) except ABSENT:
    need_hashmap(args[0])
    return contains(args, n)


cdef Word hashmap_to_map(Word* args, Py_ssize_t n) except ABSENT:
    need_hashmap(args[0])
    return sort_keys(args, n)


declare(get, "hashmap/get", "m:any-map key [default]", "The value at a key, or a default (nil).",
        "(hashmap/get (hashmap/new :a 1) :a) => 1")
declare(hashmap_assoc, "hashmap/assoc", "m:hashmap key value more...",
        "A hashmap with keys given new values.",
        "(hashmap/assoc (hashmap/new) :a 1) => {:a 1}")
declare(hashmap_keys, "hashmap/keys", "m:hashmap", "The keys of a hashmap, in no certain order.",
        "(hashmap/keys (hashmap/new :a 1)) => (:a)")
declare(hashmap_contains, "hashmap/contains?", "m:hashmap key", "Whether a hashmap has a key.",
        "(hashmap/contains? (hashmap/new :a 1) :a) => #t")
declare(hashmap_to_map, "hashmap/to-map", "m:hashmap", "The sorted map of a hashmap's entries.",
        "(hashmap/to-map (hashmap/new :a 1)) => {:a 1}")
