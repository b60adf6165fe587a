"""Declarations of the functions that ``prelude.sema`` defines."""

from __future__ import annotations

from sema.stdlib.registry import declare_prelude

# name, aliases, least and most arguments, documentation, example
DECLARATIONS: tuple[tuple[str, tuple[str, ...], int, int, str, str], ...] = (
    (
        "map", ("mapcar",), 2, -1,
        "The list of a function's results on the elements; several sequences advance together.",
        "(map + '(1 2) '(10 20)) => (11 22)",
    ),
    (
        "map-indexed", (), 2, 2,
        "The list of a function's results on position and element.",
        "(map-indexed list '(a b)) => ((0 a) (1 b))",
    ),
    (
        "for-each", (), 2, 2,
        "Calls a function on each element for its effect.",
        "(for-each display '()) => nil",
    ),
    (
        "flat-map", (), 2, 2,
        "The results of a function on the elements, lists and vectors among them spliced.",
        "(flat-map (lambda (x) (list x x)) '(1 2)) => (1 1 2 2)",
    ),
    (
        "list/times", (), 2, 2,
        "The list of a function's results on the integers below a count.",
        "(list/times 3 (lambda (i) (* i i))) => (0 1 4)",
    ),
    ("tap", (), 2, 2, "Calls a function on a value and returns the value.", "(tap 1 list) => 1"),
    (
        "filter", (), 2, 2,
        "The elements that pass a test.",
        "(filter even? '(1 2 3 4)) => (2 4)",
    ),
    (
        "list/reject", (), 2, 2,
        "The elements that fail a test.",
        "(list/reject even? '(1 2 3)) => (1 3)",
    ),
    (
        "partition", (), 2, 2,
        "A list of two lists: the elements that pass a test and those that fail it.",
        "(partition even? '(1 2 3)) => ((2) (1 3))",
    ),
    (
        "take-while", ("list/take-while",), 2, 2,
        "The elements before the first that fails a test.",
        "(take-while even? '(2 4 5 6)) => (2 4)",
    ),
    (
        "drop-while", ("list/drop-while",), 2, 2,
        "The elements from the first that fails a test on.",
        "(drop-while even? '(2 4 5 6)) => (5 6)",
    ),
    (
        "list/find", (), 2, 2,
        "The first element that passes a test, or nil.",
        "(list/find even? '(1 2 4)) => 2",
    ),
    (
        "list/sole", (), 2, 2,
        "The only element that passes a test; an error if there are none or several.",
        "(list/sole even? '(1 2 3)) => 2",
    ),
    (
        "any", ("any?", "some?"), 2, 2,
        "Whether any element passes a test.",
        "(any even? '(1 2)) => #t",
    ),
    (
        "every", ("every?",), 2, 2,
        "Whether all elements pass a test.",
        "(every even? '(2 4)) => #t",
    ),
    (
        "foldl", ("fold",), 3, 3,
        "Combines the elements from the left; the function gets accumulator and element.",
        "(foldl + 0 '(1 2 3)) => 6",
    ),
    (
        "foldr", (), 3, 3,
        "Combines the elements from the right; the function gets element and accumulator.",
        "(foldr cons '() '(1 2)) => (1 2)",
    ),
    (
        "reduce", (), 2, 2,
        "Combines the elements from the left, beginning with the first.",
        "(reduce + '(1 2 3)) => 6",
    ),
    (
        "list/group-by", (), 2, 2,
        "A map of each key to the list of the elements with that key.",
        "(list/group-by even? '(1 2 3)) => {#f (1 3) #t (2)}",
    ),
    (
        "list/key-by", (), 2, 2,
        "A map of each key to the last element with that key.",
        "(list/key-by even? '(1 2 3)) => {#f 3 #t 2}",
    ),
    (
        "sort", (), 1, 2,
        "The elements in order: their natural one, or that of a comparator.",
        "(sort '(3 1 2) >) => (3 2 1)",
    ),
    (
        "sort-by", (), 2, 2,
        "The elements in the order of the keys that a function gives them.",
        "(sort-by abs '(-3 1 -2)) => (1 -2 -3)",
    ),
    (
        "map/map-vals", (), 2, 2,
        "A map with a function applied to each value.",
        "(map/map-vals list {:a 1}) => {:a (1)}",
    ),
    (
        "map/map-keys", (), 2, 2,
        "A map with a function applied to each key.",
        "(map/map-keys list {:a 1}) => {(:a) 1}",
    ),
    (
        "map/filter", (), 2, 2,
        "The entries whose key and value pass a test.",
        "(map/filter (lambda (k v) (> v 1)) {:a 1 :b 2}) => {:b 2}",
    ),
    (
        "map/update", (), 3, 3,
        "A map with the value of a key replaced by what a function makes of it.",
        "(map/update {:a 1} :a list) => {:a (1)}",
    ),
    (
        "update-in", ("map/update-in",), 3, 3,
        "A map with the value at a path of keys replaced by what a function makes of it.",
        "(update-in {:a {:b 1}} [:a :b] list) => {:a {:b (1)}}",
    ),
    (
        "string/map", (), 2, 2,
        "The text of what a function makes of each character.",
        '(string/map char-upcase "ab") => "AB"',
    ),
    (
        "time", (), 1, 1,
        "Calls a function, shows on standard error how long it took, and returns its value.",
        "(time (lambda () 1)) => 1",
    ),
    (
        "time/ms", (), 1, 1,
        "How many milliseconds the call of a function takes.",
        "(float? (time/ms (lambda () 1))) => #t",
    ),
    (
        "retry", (), 1, 2,
        "Calls a function again, after growing pauses, as long as it fails; see its options.",
        "(retry (lambda () 1)) => 1",
    ),
    (
        "with-retry", (), 2, 2,
        "Calls a function up to :max times, with pauses from :base-ms on that grow by :factor; "
        "gives each error and the number of the attempt to :on.",
        "(with-retry {:max 2} (lambda () 1)) => 1",
    ),
    (
        "async/map", (), 2, 2,
        "The results of a function on the elements, each in a task of its own; fails as one does.",
        "(async/map (lambda (x) (* x x)) '(1 2 3)) => (1 4 9)",
    ),
    (
        "async/spawn-all", (), 1, 1,
        "The results of functions without arguments, each called in a task of its own.",
        "(async/spawn-all (list (lambda () 1) (lambda () 2))) => (1 2)",
    ),
    (
        "async/race-owned", (), 1, 1,
        "The outcome of the first of some functions to end; the others are cancelled.",
        "(async/race-owned (list (lambda () 1) (lambda () (async/sleep 1000)))) => 1",
    ),
    (
        "async/pool-map", (), 3, 3,
        "Like async/map, with at most so many tasks at once.",
        "(async/pool-map (lambda (x) (* x x)) '(1 2 3) 2) => (1 4 9)",
    ),
    (
        "async/with-timeout", (), 2, 2,
        "Calls a function; if it does not end in so many milliseconds, that is a :timeout error.",
        "(async/with-timeout 1000 (lambda () 1)) => 1",
    ),
    (
        "parallel", (), 1, 2,
        "The results of functions without arguments, at most 8 or n at once; nil where one fails.",
        '(parallel (list (lambda () 1) (lambda () (error "no")))) => (1 nil)',
    ),
    (
        "parallel-settled", (), 1, 2,
        "The outcomes of functions without arguments, as {:ok value} or {:err condition}.",
        "(parallel-settled (list (lambda () 1))) => ({:ok 1})",
    ),
    (
        "pipeline", (), 1, -1,
        "What some functions, one after the other, make of each element; nil where one fails.",
        "(pipeline '(1 2) (lambda (x) (+ x 1)) (lambda (x) (* x 10))) => (20 30)",
    ),
    (
        "pipeline-settled", (), 1, -1,
        "The same as {:ok value} or {:err condition}.",
        "(pipeline-settled '(1) (lambda (x) (+ x 1))) => ({:ok 2})",
    ),
    ("settled/ok?", (), 1, 1, "Whether an outcome is {:ok value}.", "(settled/ok? {:ok 1}) => #t"),
    (
        "settled/err?", (), 1, 1,
        "Whether an outcome is {:err condition}.",
        "(settled/err? {:ok 1}) => #f",
    ),
    (
        "settled-partition", (), 1, 1,
        "A map of the values, :ok, and the errors, :err, of some outcomes.",
        "(settled-partition '({:ok 1} {:ok 2})) => {:err () :ok (1 2)}",
    ),
    (
        "make-parameter", (), 1, -1,
        "A function that returns its present value, or sets it when given one.",
        "((make-parameter 1)) => 1",
    ),
    (
        "call-with-values", (), 2, 2,
        "Calls a function with the values of another one as arguments.",
        "(call-with-values (lambda () (values 1 2)) +) => 3",
    ),
    (
        "__vm-multimethod", (), 2, 2,
        "A multimethod with a dispatch function.",
        "(__vm-multimethod 'area list) => <multimethod area>",
    ),
    (
        "__vm-force", (), 1, 1,
        "The value of a promise.",
        "(__vm-force (delay 1)) => 1",
    ),
    (
        "__vm-map-rows", (), 2, 2,
        "The results of a function applied to each list of arguments.",
        "(__vm-map-rows + '((1 2))) => (3)",
    ),
    (
        "__vm-splice", (), 2, 2,
        "A value, or its elements from last to first, in front of a list.",
        "(__vm-splice '(1 2) '()) => (2 1)",
    ),
    (
        "__vm-merge-sort", (), 3, 3,
        "The first elements of a list in a comparator's order.",
        "(__vm-merge-sort < '(2 1) 2) => (1 2)",
    ),
    (
        "__vm-merge", (), 3, 3,
        "Two ordered lists as one.",
        "(__vm-merge < '(1 3) '(2)) => (1 2 3)",
    ),
    (
        "__vm-own", (), 2, 2,
        "What a function makes of promises, which are cancelled in any case.",
        "(__vm-own (list (async 1)) async/all) => (1)",
    ),
    (
        "__vm-settled", (), 2, 2,
        "What a function makes of a value, as {:ok value} or {:err condition}.",
        "(__vm-settled list 1) => {:ok (1)}",
    ),
    (
        "__vm-run-steps", (), 1, 1,
        "Calls one function of a file being loaded after the other.",
        "(__vm-run-steps steps)",
    ),
    (
        "__vm-retry", (), 4, 4,
        "Calls a function at most so many times, with pauses.",
        "(__vm-retry (lambda () 1) 3 100 2.0) => 1",
    ),
)  # fmt: skip

for declared in DECLARATIONS:
    declare_prelude(*declared)
