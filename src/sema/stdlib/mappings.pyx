# cython: language_level=3
"""Functions on maps that take no callback."""

from sema.errors import EvalError, SemaTypeError
from sema.stdlib.registry cimport declare
from sema.stdlib.sequences cimport Words, is_sequence, type_error
from sema.vm.equality cimport equal_words
from sema.vm.maps cimport AnyMap, HashMap, Map, is_map, map_get, writable
from sema.vm.types cimport word_type_name
from sema.vm.values cimport (
    cons, is_list, is_pair, is_string, is_vector, list_length, pair_head, pair_tail, to_object,
    to_word, vector_size,
)
from sema.vm.word cimport (
    ABSENT, EMPTY, FALSE, NIL, Word, bool_word, decref, incref, int_word, word_ptr,
)


cdef AnyMap need_map(Word m):
    if not is_map(m):
        hint = "use (nth coll i) to access an element by position" if is_sequence(m) else None
        raise SemaTypeError("map or hashmap", word_type_name(m), hint=hint)
    return <AnyMap>word_ptr(m)


cdef HashMap need_hashmap(Word m):
    if not is_map(m) or type(<object>word_ptr(m)) is not HashMap:
        type_error("hashmap", m)
    return <HashMap>word_ptr(m)


cdef object need_sequence(Word seq):
    if not is_sequence(seq):
        type_error("list or vector", seq)
    return to_object(seq)


cdef Word put_pairs(AnyMap m, Word* pairs, Py_ssize_t n) except ABSENT:
    """Alternating keys and values put into a map that is ours; its word."""
    cdef Py_ssize_t i
    for i in range(0, n, 2):
        m.put(pairs[i], pairs[i + 1])
    return to_word(m)


# --- Making -----------------------------------------------------------------------------------

cdef Word new_map(str name, AnyMap made, Word* args, Py_ssize_t n) except ABSENT:
    if n % 2:
        raise EvalError(f"{name}: requires an even number of arguments")
    return put_pairs(made, args, n)


cdef Word make_map(Word* args, Py_ssize_t n) except ABSENT:
    return new_map("hash-map", Map.__new__(Map), args, n)


cdef Word make_hashmap(Word* args, Py_ssize_t n) except ABSENT:
    return new_map("hashmap/new", HashMap.__new__(HashMap), args, n)


cdef Word from_entries(Word* args, Py_ssize_t n) except ABSENT:
    cdef list pairs = []
    for entry in need_sequence(args[0]):
        held = to_word(entry)
        decref(held)
        if len(need_sequence(held)) != 2:
            raise EvalError("map/from-entries: each entry must be a (key value) pair")
        pairs.append((entry[0], entry[1]))
    return to_word(Map.from_pairs(pairs))


cdef Word zip_map(Word* args, Py_ssize_t n) except ABSENT:
    return to_word(Map.from_pairs(zip(need_sequence(args[0]), need_sequence(args[1]))))


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
    cdef Word key
    for name in need_sequence(args[1]):
        key = to_word(name)
        try:
            at = map_get(at, key) if is_map(at) else ABSENT
        finally:
            decref(key)
        if at == ABSENT:
            at = args[2] if n == 3 else NIL
            break
    incref(at)
    return at


cdef Word contains(Word* args, Py_ssize_t n) except ABSENT:
    need_map(args[0])
    return bool_word(map_get(args[0], args[1]) != ABSENT)


cdef Word list_of(object values) except ABSENT:
    cdef Words made = Words()
    for value in values:
        made.add_object(value)
    return made.take_list()


cdef Word keys(Word* args, Py_ssize_t n) except ABSENT:
    return list_of(need_map(args[0]).keys())


cdef Word vals(Word* args, Py_ssize_t n) except ABSENT:
    return list_of(need_map(args[0]).values())


cdef Word entries(Word* args, Py_ssize_t n) except ABSENT:
    cdef Words made = Words()
    for key, value in need_map(args[0]).sorted_items():
        made.add(cons(to_word(key), cons(to_word(value), EMPTY)))
    return made.take_list()


cdef Py_ssize_t size_of(Word coll) except -1:
    if coll == NIL:
        return 0
    if is_list(coll):
        return list_length(coll)
    if is_vector(coll):
        return vector_size(coll)
    if not is_string(coll) and not is_map(coll):
        type_error("collection", coll)
    return len(<object>word_ptr(coll))


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
    return put_pairs(writable(args[0]), args + 1, n - 1)


cdef Word dissoc(Word* args, Py_ssize_t n) except ABSENT:
    cdef Py_ssize_t i
    need_map(args[0])
    cdef AnyMap made = writable(args[0])
    for i in range(1, n):
        made.drop(args[i])
    return to_word(made)


cdef Word assoc_in(Word* args, Py_ssize_t n) except ABSENT:
    """Go down the path, then put copies of the levels together on the way back."""
    cdef list path = list(need_sequence(args[1]))
    cdef list levels = []
    cdef object level = to_object(args[0])
    for key in path:
        if not isinstance(level, AnyMap):
            level = Map.__new__(Map)
        levels.append(level)
        level = level.get(key)
    value = to_object(args[2])
    for level, key in zip(reversed(levels), reversed(path)):
        value = level.assoc(key, value)
    return to_word(value)


cdef Word merge(Word* args, Py_ssize_t n) except ABSENT:
    cdef Py_ssize_t i
    cdef AnyMap made
    if n == 0:
        return to_word(Map.__new__(Map))
    for i in range(n):
        need_map(args[i])
    if n == 1:
        incref(args[0])
        return args[0]
    made = writable(args[0])
    for i in range(1, n):
        made.entries.update((<AnyMap>word_ptr(args[i])).entries)
    made.order = None
    return to_word(made)


cdef object merged_deeply(object left, object right):
    """Two values merged: maps key by key at any depth, of other values the right one.

    The levels still to be merged wait on a list: maps may be nested to any depth.
    """
    cdef AnyMap target, source
    cdef list waiting = []
    if not (isinstance(left, AnyMap) and isinstance(right, AnyMap)):
        return right
    result = Map.from_pairs(left.items())
    waiting.append((result, right))
    while waiting:
        target, source = waiting.pop()
        for key, value in source.entries.items():
            old = target.entries.get(key)
            if isinstance(old, AnyMap) and isinstance(value, AnyMap):
                inner = Map.from_pairs((<AnyMap>old).items())
                waiting.append((inner, value))
                value = inner
            target.entries[key] = value
        target.order = None
    return result


cdef Word deep_merge(Word* args, Py_ssize_t n) except ABSENT:
    cdef object result = Map.__new__(Map)
    cdef Py_ssize_t i
    for i in range(n):
        result = merged_deeply(result, to_object(args[i]))
    return to_word(result)


cdef Word select_keys(Word* args, Py_ssize_t n) except ABSENT:
    cdef AnyMap m = need_map(args[0])
    kind = type(m)
    return to_word(kind.from_pairs([(k, m[k]) for k in need_sequence(args[1]) if k in m]))


cdef Word except_keys(Word* args, Py_ssize_t n) except ABSENT:
    cdef AnyMap made = need_map(args[0]).copy()
    cdef Word key
    for name in need_sequence(args[1]):
        key = to_word(name)
        try:
            made.drop(key)
        finally:
            decref(key)
    return to_word(made)


cdef Word sort_keys(Word* args, Py_ssize_t n) except ABSENT:
    return to_word(Map.from_pairs(need_map(args[0]).items()))


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
    need_hashmap(args[0])
    if n % 2 == 0:
        raise EvalError("hashmap/assoc: requires (map key val ...)")
    return put_pairs(writable(args[0]), args + 1, n - 1)


cdef Word hashmap_keys(Word* args, Py_ssize_t n) except ABSENT:
    return list_of(need_hashmap(args[0]).keys())


cdef Word hashmap_contains(Word* args, Py_ssize_t n) except ABSENT:
    need_hashmap(args[0])
    return contains(args, n)


cdef Word hashmap_to_map(Word* args, Py_ssize_t n) except ABSENT:
    return to_word(Map.from_pairs(need_hashmap(args[0]).items()))


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
