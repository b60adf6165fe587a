# cython: language_level=3
"""Functions on whole sequences that take no callback: parts, searches, groups, summaries."""

from sema.errors import EvalError
from sema.stdlib.registry cimport declare
from sema.stdlib.sequences cimport (
    Cursor, Words, count_argument, cursor, cursor_on, int_argument, is_sequence, need_room,
    next_item, sequence, string_argument, tail_of, type_error,
)
from sema.vm.equality cimport equal_words
from sema.vm.dict_keys cimport key_object, object_key
from sema.vm.maps cimport Map, is_map, map_get
from sema.vm.numbers cimport FLOAT, GT, LT, NumberKind, SMALL, add, as_double, compare, number_kind
from sema.vm.values cimport cons, to_object, to_word
from sema.vm.word cimport (
    ABSENT, EMPTY, NIL, Word, bool_word, decref, double_word, incref, int_word,
)


cdef Words collected(Word seq, str name):
    """The elements of a sequence argument."""
    cdef Words items = Words()
    items.add_all(sequence(seq, name))
    return items


cdef Word slice_of(Words items, Py_ssize_t start, Py_ssize_t end) except ABSENT:
    """A list of the words from one position up to another, which stay where they are."""
    cdef Word made = EMPTY
    cdef Py_ssize_t i
    for i in range(min(end, items.size) - 1, start - 1, -1):
        incref(items.items[i])
        made = cons(items.items[i], made)
    return made


cdef Word two(Word first, Word second) except ABSENT:
    """A list of two words, taken over."""
    return cons(first, cons(second, EMPTY))


# --- Parts ------------------------------------------------------------------------------------

cdef Word first_elements(object seq, Py_ssize_t n) except ABSENT:
    cdef Words items = Words()
    cdef Cursor at = cursor(seq)
    if at.left <= n and at.items == NULL:
        incref(at.rest)
        return at.rest
    while at.left and n:
        items.add_borrowed(next_item(&at))
        n -= 1
    return items.take_list()


cdef Word after_elements(object seq, Py_ssize_t n) except ABSENT:
    """The elements from a position on; the rest of a list is shared."""
    cdef Words items
    cdef Cursor at = cursor(seq)
    cdef Word rest
    n = min(n, at.left)
    if at.items == NULL:
        rest = tail_of(at.rest, n)
        incref(rest)
        return rest
    items = Words()
    at.items += n
    at.left -= n
    while at.left:
        items.add_borrowed(next_item(&at))
    return items.take_list()


cdef Word take(Word* args, Py_ssize_t n) except ABSENT:
    count = count_argument(args[0], "take")
    return first_elements(sequence(args[1], "take"), count)


cdef Word drop(Word* args, Py_ssize_t n) except ABSENT:
    count = count_argument(args[0], "drop")
    return after_elements(sequence(args[1], "drop"), count)


cdef Word take_last(Word* args, Py_ssize_t n) except ABSENT:
    cdef Py_ssize_t count = count_argument(args[0], "list/take-last")
    seq = sequence(args[1], "list/take-last")
    return after_elements(seq, max(0, <Py_ssize_t>len(seq) - count))


cdef Word drop_last(Word* args, Py_ssize_t n) except ABSENT:
    cdef Py_ssize_t count = count_argument(args[0], "list/drop-last")
    seq = sequence(args[1], "list/drop-last")
    return first_elements(seq, max(0, <Py_ssize_t>len(seq) - count))


cdef Word split_at(Word* args, Py_ssize_t n) except ABSENT:
    seq = sequence(args[0], "list/split-at")
    cdef Py_ssize_t at = count_argument(args[1], "list/split-at")
    return two(first_elements(seq, at), after_elements(seq, at))


cdef Word windows(Words items, Py_ssize_t size, Py_ssize_t step, bint partial) except ABSENT:
    cdef Words made = Words()
    cdef Py_ssize_t start = 0
    # Sums with larger ones could overflow.
    size = min(size, items.size + 1)
    step = min(step, items.size + 1)
    while start + (1 if partial else size) <= items.size:
        made.add(slice_of(items, start, start + size))
        start += step
    return made.take_list()


cdef Word chunk(Word* args, Py_ssize_t n) except ABSENT:
    cdef Py_ssize_t size = count_argument(args[0], "list/chunk")
    if size == 0:
        raise EvalError("list/chunk: size must be positive")
    return windows(collected(args[1], "list/chunk"), size, size, True)


cdef Word sliding(Word* args, Py_ssize_t n) except ABSENT:
    cdef Words items = collected(args[0], "list/sliding")
    cdef Py_ssize_t size = count_argument(args[1], "list/sliding")
    cdef Py_ssize_t step = count_argument(args[2], "list/sliding") if n == 3 else 1
    if size == 0 or step == 0:
        raise EvalError("list/sliding: size and step must be positive")
    return windows(items, size, step, False)


cdef Word page(Word* args, Py_ssize_t n) except ABSENT:
    cdef Words items = collected(args[0], "list/page")
    number = int_argument(args[1])
    size = count_argument(args[2], "list/page")
    if number < 1:
        raise EvalError(f"list/page: page must be at least 1, got {number}")
    start = min((number - 1) * size, items.size)
    return slice_of(items, start, min(start + size, items.size))


cdef Word pad(Word* args, Py_ssize_t n) except ABSENT:
    cdef Words items = collected(args[0], "list/pad")
    cdef Py_ssize_t size = count_argument(args[1], "list/pad")
    need_room(size)
    while items.size < size:
        items.add_borrowed(args[2])
    return items.take_list()


cdef Word flatten(Word* args, Py_ssize_t n) except ABSENT:
    cdef Words made = Words()
    seq = sequence(args[0], "flatten")
    cdef Cursor at = cursor(seq)
    cdef Word item
    while at.left:
        item = next_item(&at)
        if is_sequence(item):
            made.add_all(to_object(item))
        else:
            made.add_borrowed(item)
    return made.take_list()


cdef Word flatten_deep(Word* args, Py_ssize_t n) except ABSENT:
    cdef Words made = Words()
    cdef Words waiting = Words()
    cdef Cursor at
    cdef Py_ssize_t i, before
    cdef Word item
    waiting.add_borrowed(args[0])
    while waiting.size:
        waiting.size -= 1
        item = waiting.items[waiting.size]
        if not is_sequence(item):
            made.add(item)
            continue
        before = waiting.size
        at = cursor_on(item)
        while at.left:
            waiting.add_borrowed(next_item(&at))
        for i in range((waiting.size - before) // 2):
            waiting.items[before + i], waiting.items[waiting.size - 1 - i] = (
                waiting.items[waiting.size - 1 - i], waiting.items[before + i])
        decref(item)
    return made.take_list()


cdef Word interpose(Word* args, Py_ssize_t n) except ABSENT:
    cdef Words made = Words()
    seq = sequence(args[1], "interpose")
    cdef Cursor at = cursor(seq)
    while at.left:
        if made.size:
            made.add_borrowed(args[0])
        made.add_borrowed(next_item(&at))
    return made.take_list()


cdef Word in_step(str name, Word* args, Py_ssize_t n, bint tuples) except ABSENT:
    """Sequences side by side until the shortest ends: as tuples or one after the other."""
    cdef list columns = [collected(args[i], name) for i in range(n)]
    cdef Words made = Words()
    cdef Words row
    cdef Py_ssize_t i, j
    cdef Py_ssize_t shortest = min([(<Words>column).size for column in columns])
    for i in range(shortest):
        row = Words() if tuples else made
        for j in range(n):
            row.add_borrowed((<Words>columns[j]).items[i])
        if tuples:
            made.add(row.take_list())
    return made.take_list()


cdef Word interleave(Word* args, Py_ssize_t n) except ABSENT:
    return in_step("list/interleave", args, n, False)


cdef Word zip_lists(Word* args, Py_ssize_t n) except ABSENT:
    return in_step("zip", args, n, True)


cdef Word enumerated(Word* args, Py_ssize_t n) except ABSENT:
    cdef Words made = Words()
    seq = sequence(args[0], "enumerate")
    cdef Cursor at = cursor(seq)
    cdef Word item
    while at.left:
        item = next_item(&at)
        incref(item)
        made.add(two(int_word(made.size), item))
    return made.take_list()


declare(take, "take", "n:count seq:elements", "The first so many elements.",
        "(take 2 '(1 2 3)) => (1 2)")
declare(drop, "drop", "n:count seq:elements", "All but the first so many elements.",
        "(drop 2 '(1 2 3)) => (3)")
declare(take_last, "list/take-last", "n:count seq:elements", "The last so many elements.",
        "(list/take-last 2 '(1 2 3)) => (2 3)")
declare(drop_last, "list/drop-last", "n:count seq:elements", "All but the last so many elements.",
        "(list/drop-last 2 '(1 2 3)) => (1)")
declare(split_at, "list/split-at", "seq:elements n:count",
        "A list of the part before a position and the rest.",
        "(list/split-at '(1 2 3) 1) => ((1) (2 3))")
declare(chunk, "list/chunk", "n:int seq:elements", "Consecutive lists of so many elements.",
        "(list/chunk 2 '(1 2 3)) => ((1 2) (3))")
declare(sliding, "list/sliding", "seq:elements size:int [step:int]",
        "Every window of a size, by a step (1).",
        "(list/sliding '(1 2 3) 2) => ((1 2) (2 3))")
declare(page, "list/page", "seq:elements page:int per-page:int",
        "One page of a sequence, counted from 1.",
        "(list/page '(1 2 3) 2 2) => (3)")
declare(pad, "list/pad", "seq:elements n:count fill", "A sequence filled up to a length.",
        "(list/pad '(1) 3 0) => (1 0 0)")
declare(flatten, "flatten", "seq:elements",
        "The elements, those of inner sequences in their place.",
        "(flatten '(1 (2 (3)))) => (1 2 (3))")
declare(flatten_deep, "flatten-deep", "x", "All elements of sequences at any depth.",
        "(flatten-deep '(1 (2 (3)))) => (1 2 3)")
declare(interpose, "interpose", "separator seq:elements",
        "The elements with a separator between them.",
        "(interpose 0 '(1 2 3)) => (1 0 2 0 3)")
declare(interleave, "list/interleave", "seq:elements other:elements more:elements...",
        "Elements of several sequences in turn.",
        "(list/interleave '(1 2) '(a b)) => (1 a 2 b)")
declare(zip_lists, "zip", "seq:elements other:elements more:elements...",
        "Lists of the corresponding elements of several sequences.",
        "(zip '(1 2) '(a b)) => ((1 a) (2 b))")
declare(enumerated, "enumerate", "seq:elements", "Lists of position and element.",
        "(enumerate '(a b)) => ((0 a) (1 b))")


# --- Search -----------------------------------------------------------------------------------

cdef Py_ssize_t position(Word seq, Word wanted, str name) except -2:
    """Where a sequence has an equal element first, or -1."""
    held = sequence(seq, name)
    cdef Cursor at = cursor(held)
    cdef Py_ssize_t index = 0
    while at.left:
        if equal_words(next_item(&at), wanted):
            return index
        index += 1
    return -1


cdef Word contains(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(position(args[0], args[1], "list/contains?") >= 0)


cdef Word index_of(Word* args, Py_ssize_t n) except ABSENT:
    cdef Py_ssize_t found = position(args[0], args[1], "list/index-of")
    return int_word(found) if found >= 0 else NIL


declare(contains, "list/contains?", "seq:elements x", "Whether a sequence has an equal element.",
        "(list/contains? '(1 2) 2) => #t")
declare(index_of, "list/index-of", "seq:elements x",
        "The position of the first equal element, or nil.",
        "(list/index-of '(a b) 'b) => 1")


# --- Sets and groups --------------------------------------------------------------------------

cdef dict counts(Word seq, str name):
    """How often each element occurs, by dict key, in the order of first occurrence."""
    cdef dict result = {}
    held = sequence(seq, name)
    cdef Cursor at = cursor(held)
    while at.left:
        key = key_object(next_item(&at))
        result[key] = result.get(key, 0) + 1
    return result


cdef Word unique(Word* args, Py_ssize_t n) except ABSENT:
    cdef Words made = Words()
    for key in counts(args[0], "list/unique"):
        made.add_object(object_key(key))
    return made.take_list()


cdef Word dedupe(Word* args, Py_ssize_t n) except ABSENT:
    cdef Words made = Words()
    seq = sequence(args[0], "list/dedupe")
    cdef Cursor at = cursor(seq)
    cdef Word item
    while at.left:
        item = next_item(&at)
        if made.size == 0 or not equal_words(made.items[made.size - 1], item):
            made.add_borrowed(item)
    return made.take_list()


cdef object count_map(dict occurrences):
    return Map.from_pairs([(object_key(key), count) for key, count in occurrences.items()])


cdef Word frequencies(Word* args, Py_ssize_t n) except ABSENT:
    return to_word(count_map(counts(args[0], "frequencies")))


cdef Word duplicates(Word* args, Py_ssize_t n) except ABSENT:
    cdef Words made = Words()
    for value, count in count_map(counts(args[0], "list/duplicates")).items():
        if count > 1:
            made.add_object(value)
    return made.take_list()


cdef Word mode(Word* args, Py_ssize_t n) except ABSENT:
    cdef Words made = Words()
    cdef list occurrences = count_map(counts(args[0], "list/mode")).items()
    if not occurrences:
        raise EvalError("list/mode: empty list")
    most = max([count for _, count in occurrences])
    for value, count in occurrences:
        if count == most:
            made.add_object(value)
    if made.size == 1:
        incref(made.items[0])
        return made.items[0]
    return made.take_list()


cdef Word kept(str name, Word* args, bint wanted) except ABSENT:
    """The elements of the first sequence that are in the second, or are not."""
    cdef Words made = Words()
    cdef dict others = counts(args[1], name)
    seq = sequence(args[0], name)
    cdef Cursor at = cursor(seq)
    cdef Word item
    while at.left:
        item = next_item(&at)
        if (key_object(item) in others) == wanted:
            made.add_borrowed(item)
    return made.take_list()


cdef Word difference(Word* args, Py_ssize_t n) except ABSENT:
    return kept("list/diff", args, False)


cdef Word intersection(Word* args, Py_ssize_t n) except ABSENT:
    return kept("list/intersect", args, True)


cdef Word cross_join(Word* args, Py_ssize_t n) except ABSENT:
    cdef Words lefts = collected(args[0], "list/cross-join")
    cdef Words rights = collected(args[1], "list/cross-join")
    cdef Words made = Words()
    cdef Py_ssize_t i, j
    for i in range(lefts.size):
        for j in range(rights.size):
            incref(lefts.items[i])
            incref(rights.items[j])
            made.add(two(lefts.items[i], rights.items[j]))
    return made.take_list()


cdef Word pluck(Word* args, Py_ssize_t n) except ABSENT:
    cdef Words made = Words()
    seq = sequence(args[1], "list/pluck")
    cdef Cursor at = cursor(seq)
    cdef Word item, value
    while at.left:
        item = next_item(&at)
        value = map_get(item, args[0]) if is_map(item) else ABSENT
        made.add_borrowed(NIL if value == ABSENT else value)
    return made.take_list()


declare(unique, "list/unique", "seq:elements", "Each value where it occurs first.",
        "(list/unique '(1 2 1)) => (1 2)")
declare(dedupe, "list/dedupe", "seq:elements", "One of each run of equal neighbours.",
        "(list/dedupe '(1 1 2 1)) => (1 2 1)")
declare(frequencies, "frequencies", "seq:elements", "How often each value occurs, as a map.",
        "(frequencies '(a b a)) => {a 2 b 1}")
declare(duplicates, "list/duplicates", "seq:elements",
        "The values that occur more than once, sorted.",
        "(list/duplicates '(2 1 2 1 3)) => (1 2)")
declare(mode, "list/mode", "seq:elements", "The most frequent value, or a list of those that tie.",
        "(list/mode '(1 2 2)) => 2")
declare(difference, "list/diff", "a:elements b:elements",
        "The elements of one sequence that another has not.",
        "(list/diff '(1 2 3) '(2)) => (1 3)")
declare(intersection, "list/intersect", "a:elements b:elements",
        "The elements of one sequence that another has.",
        "(list/intersect '(1 2 3) '(2 3 4)) => (2 3)")
declare(cross_join, "list/cross-join", "a:elements b:elements",
        "All pairs of elements of two sequences.",
        "(list/cross-join '(1 2) '(a)) => ((1 a) (2 a))")
declare(pluck, "list/pluck", "key maps:elements", "The value at a key in each map of a sequence.",
        "(list/pluck :a '({:a 1} {:b 2})) => (1 nil)")


# --- Summaries --------------------------------------------------------------------------------

cdef Words numbers_of(Word seq, str name, bint allow_empty):
    cdef Words items = collected(seq, name)
    cdef NumberKind kind
    cdef Py_ssize_t i
    if items.size == 0 and not allow_empty:
        raise EvalError(f"{name}: empty list")
    for i in range(items.size):
        kind = number_kind(items.items[i])
        if kind != SMALL and kind != FLOAT:
            need_machine_integer(items.items[i])
    return items


cdef int need_machine_integer(Word w) except -1:
    value = to_object(w)
    if type(value) is not int or not -(1 << 63) <= value < 1 << 63:
        type_error("number", w)
    return 0


cdef Word total(Words items) except ABSENT:
    cdef Word result = int_word(0)
    cdef Word larger
    cdef Py_ssize_t i
    for i in range(items.size):
        larger = add(result, items.items[i])
        decref(result)
        result = larger
    return result


cdef Word sum_of(Word* args, Py_ssize_t n) except ABSENT:
    return total(numbers_of(args[0], "list/sum", True))


cdef Word average(Word* args, Py_ssize_t n) except ABSENT:
    cdef Words items = numbers_of(args[0], "list/avg", False)
    cdef Word result = total(items)
    try:
        return double_word(as_double(to_object(result)) / items.size)
    finally:
        decref(result)


cdef Word median(Word* args, Py_ssize_t n) except ABSENT:
    cdef Words items = numbers_of(args[0], "list/median", False)
    cdef list values = sorted([as_double(to_object(items.items[i])) for i in range(items.size)])
    middle = len(values) // 2
    if len(values) % 2:
        return to_word(values[middle])
    return to_word((values[middle - 1] + values[middle]) / 2)


cdef Word extreme(str name, int op, Word* args) except ABSENT:
    cdef Words items = collected(args[0], name)
    cdef Word best
    cdef Py_ssize_t i
    if items.size != 1:
        items = numbers_of(args[0], name, False)
    best = items.items[0]
    for i in range(1, items.size):
        if compare(op, items.items[i], best):
            best = items.items[i]
    incref(best)
    return best


cdef Word smallest(Word* args, Py_ssize_t n) except ABSENT:
    return extreme("list/min", LT, args)


cdef Word largest(Word* args, Py_ssize_t n) except ABSENT:
    return extreme("list/max", GT, args)


declare(sum_of, "list/sum", "ns:elements", "The sum of numbers.", "(list/sum '(1 2 3)) => 6")
declare(average, "list/avg", "ns:elements", "The mean of numbers, a float.",
        "(list/avg '(1 2)) => 1.5")
declare(median, "list/median", "ns:elements", "The middle one of numbers, a float.",
        "(list/median '(3 1 2)) => 2.0")
declare(smallest, "list/min", "seq:elements", "The smallest element.", "(list/min '(3 1 2)) => 1")
declare(largest, "list/max", "seq:elements", "The largest element.", "(list/max '(3 1 2)) => 3")


# --- Chance and text --------------------------------------------------------------------------

cdef Word shuffle(Word* args, Py_ssize_t n) except ABSENT:
    from random import shuffle
    cdef Words made = Words()
    items = list(sequence(args[0], "list/shuffle"))
    shuffle(items)
    for item in items:
        made.add_object(item)
    return made.take_list()


cdef Word pick(Word* args, Py_ssize_t n) except ABSENT:
    from random import choice
    items = list(sequence(args[0], "list/pick"))
    if not items:
        raise EvalError("list/pick: empty list")
    return to_word(choice(items))


cdef Word join(Word* args, Py_ssize_t n) except ABSENT:
    from sema.reader.printer import write
    texts = [write(item) for item in sequence(args[0], "list/join")]
    separator = string_argument(args[1])
    last_separator = string_argument(args[2]) if n == 3 else separator
    if len(texts) < 2:
        return to_word("".join(texts))
    last = texts.pop()
    return to_word(separator.join(texts) + last_separator + last)


declare(shuffle, "list/shuffle", "seq:elements", "The elements in random order.",
        "(list/shuffle '(1)) => (1)")
declare(pick, "list/pick", "seq:elements", "A random element.", "(list/pick '(1)) => 1")
declare(join, "list/join", "seq:elements separator:string [last-separator:string]",
        "The written elements as one text with a separator.",
        '(list/join \'(1 2 3) ", " " and ") => "1, 2 and 3"')
