# reference: values.md 7
"""Lists, vectors and maps: values, edge cases, messages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import sema
from sema.errors import SemaTypeError
from sema.stdlib.registry import find
from sema.vm.maps import HashMap, Map
from sema.vm.values import EMPTY_LIST, make_list, make_vector

CALLS = """
list => ()
cons 1 nil => (1)
cons 1 (2) => (1 2)
cons 1 2 => (1 2)
cons 1 [2] => (1 [2])
append => ()
append (1) [2] (3 4) => (1 2 3 4)
append () [1] () => (1)
append (1) nil => ! expected list or vector, got nil
list/repeat 3 0 => (0 0 0)
make-list -1 0 => ! list/repeat: expected a non-negative integer, got -1
range 3 => (0 1 2)
range 5 0 -2 => (5 3 1)
range 3 1 => ()
range 0 1 0 => ! range: step cannot be 0
range 1.0 => ! expected int, got float
iota 3 10 5 => (10 15 20)
iota -1 => ()
iota 2 140737488355327 => (140737488355327 140737488355328)
car () => nil
car [] => nil
car nil => ! expected list or vector, got nil
cdr () => ()
cdr [1 2] => [2]
cdr "a" => ! expected list or vector, got string
cadr (1) => nil
caddr (1 2 3) => 3
cdadr [1 [2 3]] => [3]
caar (1) => ! expected list or vector, got int
caar () => ! expected list or vector, got nil
cddr [1] => []
nth (a b) 1 => b
nth [a b] 2 => ! index 2 out of bounds (length 2)
nth (a) -1 => ! nth: index must be non-negative, got -1
nth (a) 1.0 => ! expected int, got float
nth 0 (a) => ! expected int, got list
nth "a" 0 => ! expected list, vector, or mutable-array, got string in nth
list/nth-or (a) 3 z => z
last () => nil
last [1 2] => 2
last (1 2 3) => 3
length nil => ! expected list, vector, string, map, or bytevector, got nil
length {:a 1} => 1
length #u8(1 2) => 2
length "äöü" => 3
reverse [1 2 3] => [3 2 1]
reverse (1 2 3) => (3 2 1)
reverse () => ()
reverse nil => ! expected list or vector, got nil
member 2 (1 2 3) => (2 3)
member 2 [1 2 3] => (2 3)
member 2.0 (1 2) => #f
assq b ((a 1) 5 (b 2)) => (b 2)
assq b () => #f
assoc b ((a 1) (b 2)) => (b 2)
take 5 (1 2) => (1 2)
take 2 [1 2 3] => (1 2)
take -1 (1) => ! take: expected a non-negative integer, got -1
take 1 nil => ! expected list, vector, or mutable-array, got nil in take
drop 2 [1 2 3] => (3)
drop 5 (1) => ()
list/take-last 2 (1 2 3) => (2 3)
list/drop-last 2 (1 2 3) => (1)
list/split-at (1 2 3) 1 => ((1) (2 3))
list/chunk 2 (1 2 3) => ((1 2) (3))
list/chunk 0 (1) => ! list/chunk: size must be positive
list/sliding (1 2 3 4) 2 => ((1 2) (2 3) (3 4))
list/sliding (1 2 3 4) 2 2 => ((1 2) (3 4))
list/sliding (1) 2 => ()
list/page (1 2 3) 2 2 => (3)
list/page (1 2 3) 9 2 => ()
list/page (1 2 3) 1 9223372036854775807 => (1 2 3)
list/page (1) 0 2 => ! list/page: page must be at least 1, got 0
list/pad (1) 3 0 => (1 0 0)
flatten (1 (2 (3)) [4]) => (1 2 (3) 4)
flatten-deep (1 (2 [3 (4)]) 5) => (1 2 3 4 5)
flatten-deep 1 => (1)
interpose 0 (1 2 3) => (1 0 2 0 3)
interpose 0 () => ()
list/interleave (1 2 3) [a b] => (1 a 2 b)
zip (1 2) (a b c) => ((1 a) (2 b))
enumerate [a b] => ((0 a) (1 b))
list/contains? (1 2) 2.0 => #f
list/index-of (a b) b => 1
list/index-of (a b) c => nil
list/unique (1 1.0 1 (2) (2)) => (1 1.0 (2))
list/dedupe (1 1 2 1) => (1 2 1)
list/duplicates (3 1 3 1 2) => (1 3)
list/diff (1 2 2 3) (3) => (1 2 2)
list/intersect (1 2 2 3) [2] => (2 2)
list/cross-join (1 2) (a b) => ((1 a) (1 b) (2 a) (2 b))
frequencies (b a b) => {a 1 b 2}
list/pluck :a ({:a 1} 5 {:b 2}) => (1 nil nil)
list/sum () => 0
list/sum (1 2.5) => 3.5
list/sum (1 1/2) => ! expected number, got rational
list/avg (1 2) => 1.5
list/avg () => ! list/avg: empty list
list/median (4 1 2 3) => 2.5
list/min (a) => a
list/max (1 3 2.0) => 3
list/mode (1 1 2 2 3) => (1 2)
list/mode (1 1 2) => 1
list/join ("a" b 1) ", " " & " => "\\"a\\", b & 1"
list/pick () => ! list/pick: empty list
vector 1 (2) => [1 (2)]
list->vector [1] => ! expected list, got vector
vector->list (1) => ! expected vector, got list
hash-map :b 1 :a 2 :b 3 => {:a 2 :b 3}
hash-map 1 => ! hash-map: requires an even number of arguments
map/from-entries ((:a 1) [:b 2]) => {:a 1 :b 2}
map/from-entries ((:a)) => ! map/from-entries: each entry must be a (key value) pair
map/zip (:a :b) [1] => {:a 1}
get {1 :x} 1.0 => nil
get {:a nil} :a 5 => nil
get {} :a 5 => 5
get nil :a => ! expected map or hashmap, got nil
get (1) 0 => ! expected map or hashmap, got list
get-in {:a {:b 1}} (:a :b) => 1
get-in {:a 5} (:a :b) 7 => 7
get-in 5 () => 5
get-in 5 nil => ! expected list or vector, got nil
contains? {:a nil} :a => #t
contains? [1] 0 => ! expected map or hashmap, got vector
keys {b 1 "a" 2 1 3} => (1 "a" b)
vals {:b 1 :a 2} => (2 1)
map/entries {:b 1 :a 2} => ((:a 2) (:b 1))
count nil => 0
count "abc" => 3
count 5 => ! expected collection, got int
empty? nil => #t
empty? [] => #t
assoc {:a 1} :b 2 :a 3 => {:a 3 :b 2}
assoc {:a 1} :b => ! assoc: requires (key alist) or (map key val ...)
assoc nil :a 1 => ! expected map or hashmap, got nil
dissoc {:a 1 :b 2} :a :z => {:b 2}
assoc-in {:a 5} (:a :b) 1 => {:a {:b 1}}
assoc-in nil [:a] 1 => {:a 1}
assoc-in {} () 1 => 1
merge => {}
merge {:a 1 :b 1} {:a 2} {:c 3} => {:a 2 :b 1 :c 3}
merge {:a 1} nil => ! expected map or hashmap, got nil
deep-merge {:a {:b 1} :c 1} {:a {:d 2}} => {:a {:b 1 :d 2} :c 1}
deep-merge {:a {:b 1}} {:a 2} => {:a 2}
map/select-keys {:a 1 :b 2} (:b :z) => {:b 2}
map/except {:a 1 :b 2} [:b] => {:a 1}
hashmap/assoc {:a 1} :b 2 => ! expected hashmap, got map
hashmap/keys {:a 1} => ! expected hashmap, got map
"""
ROWS = [row.rsplit(" => ", 1) for row in CALLS.strip().splitlines()]


@pytest.mark.parametrize(("call", "expected"), ROWS)
def test_call(call: str, expected: str, outcome: Callable[[str], str]) -> None:
    assert outcome(call) == expected


def test_hints() -> None:
    with pytest.raises(SemaTypeError) as caught:
        find("nth")(0, make_list([1]))
    assert "arguments are swapped" in (caught.value.hint or "")
    with pytest.raises(SemaTypeError) as caught:
        find("get")(make_list([1]), 0)
    assert "use (nth coll i)" in (caught.value.hint or "")
    with pytest.raises(SemaTypeError) as caught:
        sema.Interpreter().eval('(+ "a" 1)')
    assert "use (str a b ...)" in (caught.value.hint or "")


def test_lists_share_their_ends() -> None:
    end = make_list([3, 4])
    assert find("append")(make_list([1]), end).rest is end
    assert find("drop")(1, make_list([0], end)) is end
    assert find("member")(3, make_list([1], end)) is end


def test_updating_leaves_the_map_as_it_was() -> None:
    for kind in (Map, HashMap):
        before = kind.from_pairs([(1, 2)])
        for change in ("assoc", "dissoc"):
            find(change)(before, *([1, 3] if change == "assoc" else [1]))
            assert before == {1: 2}
        find("merge")(before, Map.from_pairs([(1, 5)]))
        assert before == {1: 2}
    assert type(find("assoc")(HashMap.from_pairs([]), 1, 2)) is HashMap


def test_deep_data() -> None:
    deep = EMPTY_LIST
    for _ in range(200_000):
        deep = make_list([deep, 1])
    assert len(find("flatten-deep")(deep)) == 200_000
    assert find("equal?")(deep, deep.first) is False
    assert find("member")(deep, make_list([0, deep])).first is deep
    assert find("get")(Map.from_pairs([(deep, 5)]), deep) == 5


def test_long_data() -> None:
    n = 300_000
    numbers = find("range")(n)
    assert len(numbers) == n
    assert find("reverse")(numbers).first == n - 1
    assert find("list/sum")(numbers) == n * (n - 1) // 2
    assert find("length")(find("list->vector")(numbers)) == n
    assert find("equal?")(find("append")(numbers, numbers), find("append")(numbers, numbers))
    assert make_vector(numbers) == find("list->vector")(numbers)


def test_long_ranges_of_large_integers() -> None:
    made = find("iota")(1 << 20, 0, 1 << 46)
    assert made[-1] == ((1 << 20) - 1) << 46


@pytest.mark.parametrize(
    ("name", "args"), [("iota", [2**62]), ("range", [-1, 2**63 - 1]), ("list/repeat", [2**62, 1])]
)
def test_lists_without_room_are_not_begun(name: str, args: list[int]) -> None:
    with pytest.raises(MemoryError):
        find(name)(*args)
