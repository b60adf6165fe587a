"""Declarations of the functions that ``prelude.sema`` defines."""

from __future__ import annotations

from sema.stdlib.registry import declare_elsewhere

# name, aliases, signature, documentation, example
DECLARATIONS: tuple[tuple[str, tuple[str, ...], str, str, str], ...] = (
    (
        "map", ("mapcar",), "f:function seq:elements seqs:elements...",
        "The list of a function's results on the elements; several sequences advance together.",
        "(map + '(1 2) '(10 20)) => (11 22)",
    ),
    (
        "map-indexed", (), "f:function seq:elements",
        "The list of a function's results on position and element.",
        "(map-indexed list '(a b)) => ((0 a) (1 b))",
    ),
    (
        "for-each", (), "f:function seq:elements",
        "Calls a function on each element for its effect.",
        "(for-each display '()) => nil",
    ),
    (
        "flat-map", (), "f:function seq:elements",
        "The results of a function on the elements, lists and vectors among them spliced.",
        "(flat-map (lambda (x) (list x x)) '(1 2)) => (1 1 2 2)",
    ),
    (
        "list/times", (), "n:count f:function",
        "The list of a function's results on the integers below a count.",
        "(list/times 3 (lambda (i) (* i i))) => (0 1 4)",
    ),
    (
        "tap", (), "x f:function",
        "Calls a function on a value and returns the value.",
        "(tap 1 list) => 1",
    ),
    (
        "filter", (), "pred:function seq:elements",
        "The elements that pass a test.",
        "(filter even? '(1 2 3 4)) => (2 4)",
    ),
    (
        "list/reject", (), "pred:function seq:elements",
        "The elements that fail a test.",
        "(list/reject even? '(1 2 3)) => (1 3)",
    ),
    (
        "partition", (), "pred:function seq:elements",
        "A list of two lists: the elements that pass a test and those that fail it.",
        "(partition even? '(1 2 3)) => ((2) (1 3))",
    ),
    (
        "take-while", (), "pred:function seq:elements",
        "The elements before the first that fails a test.",
        "(take-while even? '(2 4 5 6)) => (2 4)",
    ),
    (
        "list/take-while", (), "pred:function seq:elements",
        "The same as `take-while`.",
        "(list/take-while even? '(2 4 5 6)) => (2 4)",
    ),
    (
        "drop-while", (), "pred:function seq:elements",
        "The elements from the first that fails a test on.",
        "(drop-while even? '(2 4 5 6)) => (5 6)",
    ),
    (
        "list/drop-while", (), "pred:function seq:elements",
        "The same as `drop-while`.",
        "(list/drop-while even? '(2 4 5 6)) => (5 6)",
    ),
    (
        "list/find", (), "pred:function seq:elements",
        "The first element that passes a test, or nil.",
        "(list/find even? '(1 2 4)) => 2",
    ),
    (
        "list/sole", (), "pred:function seq:elements",
        "The only element that passes a test; an error if there are none or several.",
        "(list/sole even? '(1 2 3)) => 2",
    ),
    (
        "any", ("any?", "some?"), "pred:function seq:elements",
        "Whether any element passes a test.",
        "(any even? '(1 2)) => #t",
    ),
    (
        "every", ("every?",), "pred:function seq:elements",
        "Whether all elements pass a test.",
        "(every even? '(2 4)) => #t",
    ),
    (
        "foldl", ("fold",), "f:function init seq:elements",
        "Combines the elements from the left; the function gets accumulator and element.",
        "(foldl + 0 '(1 2 3)) => 6",
    ),
    (
        "foldr", (), "f:function init seq:elements",
        "Combines the elements from the right; the function gets element and accumulator.",
        "(foldr cons '() '(1 2)) => (1 2)",
    ),
    (
        "reduce", (), "f:function seq:elements",
        "Combines the elements from the left, beginning with the first.",
        "(reduce + '(1 2 3)) => 6",
    ),
    (
        "list/group-by", (), "f:function seq:elements",
        "A map of each key to the list of the elements with that key.",
        "(list/group-by even? '(1 2 3)) => {#f (1 3) #t (2)}",
    ),
    (
        "list/key-by", (), "f:function seq:elements",
        "A map of each key to the last element with that key.",
        "(list/key-by even? '(1 2 3)) => {#f 3 #t 2}",
    ),
    (
        "sort", (), "seq:elements [comparator:function]",
        "The elements in order: their natural one, or that of a comparator.",
        "(sort '(3 1 2) >) => (3 2 1)",
    ),
    (
        "sort-by", (), "f:function seq:elements",
        "The elements in the order of the keys that a function gives them.",
        "(sort-by abs '(-3 1 -2)) => (1 -2 -3)",
    ),
    (
        "map/map-vals", (), "f:function m:any-map",
        "A map with a function applied to each value.",
        "(map/map-vals list {:a 1}) => {:a (1)}",
    ),
    (
        "map/map-keys", (), "f:function m:any-map",
        "A map with a function applied to each key.",
        "(map/map-keys list {:a 1}) => {(:a) 1}",
    ),
    (
        "map/filter", (), "pred:function m:any-map",
        "The entries whose key and value pass a test.",
        "(map/filter (lambda (k v) (> v 1)) {:a 1 :b 2}) => {:b 2}",
    ),
    (
        "map/update", (), "m:any-map key f:function",
        "A map with the value of a key replaced by what a function makes of it.",
        "(map/update {:a 1} :a list) => {:a (1)}",
    ),
    (
        "update-in", ("map/update-in",), "m path:sequence f:function",
        "A map with the value at a path of keys replaced by what a function makes of it.",
        "(update-in {:a {:b 1}} [:a :b] list) => {:a {:b (1)}}",
    ),
    (
        "string/map", (), "f:function s:string",
        "The text of what a function makes of each character.",
        '(string/map char-upcase "ab") => "AB"',
    ),
    (
        "retry", (), "thunk:function [options]",
        "Calls a function again, after growing pauses, as long as it fails; see its options.",
        "(retry (lambda () 1)) => 1",
    ),
    (
        "make-parameter", (), "init [converter] ignored...",
        "A function that returns its present value, or sets it when given one.",
        "((make-parameter 1)) => 1",
    ),
    (
        "call-with-values", (), "producer:function consumer:function",
        "Calls a function with the values of another one as arguments.",
        "(call-with-values (lambda () (values 1 2)) +) => 3",
    ),
    (
        "__vm-multimethod", (), "name dispatch",
        "A multimethod with a dispatch function.",
        "(__vm-multimethod 'area list) => <multimethod area>",
    ),
    (
        "__vm-force", (), "promise",
        "The value of a promise.",
        "(__vm-force (delay 1)) => 1",
    ),
    (
        "__vm-map-pairs", (), "f xs ys",
        "The results of a function applied to the elements of two lists, side by side.",
        "(__vm-map-pairs + '(1 2) '(10 20 30)) => (11 22)",
    ),
    (
        "__vm-map-rows", (), "f rows",
        "The results of a function applied to each list of arguments.",
        "(__vm-map-rows + '((1 2))) => (3)",
    ),
    (
        "__vm-splice", (), "value tail",
        "A value, or its elements from last to first, in front of a list.",
        "(__vm-splice '(1 2) '()) => (2 1)",
    ),
    (
        "__vm-merge-sort", (), "comparator xs n reverse?",
        "The first elements of a list in a comparator's order, or in reverse order.",
        "(__vm-merge-sort < '(2 1) 2 #f) => (1 2)",
    ),
    (
        "__vm-merge", (), "comparator xs ys",
        "Two ordered lists as one in reverse order.",
        "(__vm-merge < '(1 3) '(2)) => (3 2 1)",
    ),
    (
        "__vm-merge-reversed", (), "comparator xs ys",
        "Two lists in reverse order as an ordered one.",
        "(__vm-merge-reversed < '(3 1) '(2)) => (1 2 3)",
    ),
    (
        "__vm-first-of", (), "x y z",
        "The first of three values, which live until then.",
        "(__vm-first-of 1 2 3) => 1",
    ),
    (
        "__vm-own", (), "promises outcome",
        "What a function makes of promises, which are cancelled in any case.",
        "(__vm-own (list (async 1)) async/all) => (1)",
    ),
    (
        "__vm-settled", (), "f x",
        "What a function makes of a value, as {:ok value} or {:err condition}.",
        "(__vm-settled list 1) => {:ok (1)}",
    ),
    (
        "__vm-run-steps", (), "steps",
        "Calls one function of a file being loaded after the other.",
        "(__vm-run-steps steps)",
    ),
    (
        "__vm-option", (), "options key valid? default",
        "The value of an option if it is valid, else the default.",
        "(__vm-option {:a 1} :a string? 2) => 2",
    ),
    (
        "__vm-retry", (), "thunk attempts delay factor on-failure",
        "Calls a function at most so many times, with pauses.",
        "(__vm-retry (lambda () 1) 3 100 2.0 nil) => 1",
    ),
)  # fmt: skip

# Those of tasks.
TASKS: tuple[tuple[str, tuple[str, ...], str, str, str], ...] = (
    (
        "with-retry", (), "options thunk:function",
        "Calls a function up to :max times, with pauses from :base-ms on that grow by :factor; "
        "gives each error and the number of the attempt to :on.",
        "(with-retry {:max 2} (lambda () 1)) => 1",
    ),
    (
        "async/map", (), "f:function xs:elements",
        "The results of a function on the elements, each in a task of its own; fails as one does.",
        "(async/map (lambda (x) (* x x)) '(1 2 3)) => (1 4 9)",
    ),
    (
        "async/spawn-all", (), "thunks:elements",
        "The results of functions without arguments, each called in a task of its own.",
        "(async/spawn-all (list (lambda () 1) (lambda () 2))) => (1 2)",
    ),
    (
        "async/race-owned", (), "thunks:elements",
        "The outcome of the first of some functions to end; the others are cancelled.",
        "(async/race-owned (list (lambda () 1) (lambda () (async/sleep 1000)))) => 1",
    ),
    (
        "async/pool-map", (), "f:function xs:elements n:integer",
        "Like async/map, with at most so many tasks at once.",
        "(async/pool-map (lambda (x) (* x x)) '(1 2 3) 2) => (1 4 9)",
    ),
    (
        "async/with-timeout", (), "ms:number thunk:function",
        "Calls a function; if it does not end in so many milliseconds, that is a :timeout error.",
        "(async/with-timeout 1000 (lambda () 1)) => 1",
    ),
    (
        "context/with", (), "values:map thunk:function",
        "Calls a function with a map's values in the context.",
        "(context/with {:a 1} (lambda () (context/get :a))) => 1",
    ),
    (
        "parallel", (), "thunks:elements [n:integer]",
        "The results of functions without arguments, at most 8 or n at once; nil where one fails.",
        '(parallel (list (lambda () 1) (lambda () (error "no")))) => (1 nil)',
    ),
    (
        "parallel-settled", (), "thunks:elements [n:integer]",
        "The outcomes of functions without arguments, as {:ok value} or {:err condition}.",
        "(parallel-settled (list (lambda () 1))) => ({:ok 1})",
    ),
    (
        "pipeline", (), "xs:elements stages...",
        "What some functions, one after the other, make of each element; nil where one fails.",
        "(pipeline '(1 2) (lambda (x) (+ x 1)) (lambda (x) (* x 10))) => (20 30)",
    ),
    (
        "pipeline-settled", (), "xs:elements stages...",
        "The same as {:ok value} or {:err condition}.",
        "(pipeline-settled '(1) (lambda (x) (+ x 1))) => ({:ok 2})",
    ),
    (
        "settled/ok?", (), "result",
        "Whether an outcome is {:ok value}.",
        "(settled/ok? {:ok 1}) => #t",
    ),
    (
        "settled/err?", (), "result",
        "Whether an outcome is {:err condition}.",
        "(settled/err? {:ok 1}) => #f",
    ),
    (
        "settled-partition", (), "results:elements",
        "A map of the values, :ok, and the errors, :err, of some outcomes.",
        "(settled-partition '({:ok 1} {:ok 2})) => {:err () :ok (1 2)}",
    ),
)  # fmt: skip

# Those that look at the clock.
ARRAYS: tuple[tuple[str, tuple[str, ...], str, str, str], ...] = (
    (
        "f64-array/map", (), "f:function a:f64-array",
        "The packed array of a function's results, floats or integers, on the elements.",
        "(f64-array/map sqrt (f64-array 4 9)) => #f64(2 3)",
    ),
    (
        "f64-array/fold", (), "f:function init a:f64-array",
        "Combines the elements from the left; the function gets accumulator and element.",
        "(f64-array/fold max 0 (f64-array 1 3 2)) => 3.0",
    ),
    (
        "i64-array/map", (), "f:function a:i64-array",
        "The packed array of a function's results, integers, on the elements.",
        "(i64-array/map abs (i64-array -1 2)) => #i64(1 2)",
    ),
    (
        "i64-array/fold", (), "f:function init a:i64-array",
        "Combines the elements from the left; the function gets accumulator and element.",
        "(i64-array/fold + 0 (i64-array 1 2 3)) => 6",
    ),
)  # fmt: skip

CLOCK: tuple[tuple[str, tuple[str, ...], str, str, str, str], ...] = (
    (
        "time", (), "thunk:function",
        "Calls a function, shows on standard error how long it took, and returns its value.",
        "(time (lambda () 1)) => 1", "clock",
    ),
    (
        "time/ms", (), "thunk:function",
        "How many milliseconds the call of a function takes.",
        "(float? (time/ms (lambda () 1))) => #t", "clock",
    ),
)  # fmt: skip

# Those of the world outside, with the capability that they need.
OUTSIDE: tuple[tuple[str, tuple[str, ...], str, str, str, str], ...] = (
    (
        "file/for-each-line", (), "path:path f:function",
        "Calls a function on each line of a file.",
        '(file/for-each-line "notes.txt" println)', "fs-read",
    ),
    (
        "file/fold-lines", (), "path:path f:function init",
        "Combines the lines of a file; the function gets accumulator and line.",
        '(file/fold-lines "notes.txt" (lambda (n line) (+ n 1)) 0)', "fs-read",
    ),
    (
        "file/fold-lines-bytes", (), "path:path f:function init",
        "Combines the lines of a file as bytevectors.",
        '(file/fold-lines-bytes "data" (lambda (n line) (+ n (length line))) 0)', "fs-read",
    ),
    (
        "sys/on-signal", (), "kind:keyword f:function",
        "Registers a function for a signal: :int, :term or :winch; see sys/check-signals.",
        "(sys/on-signal :winch list)", "process",
    ),
    (
        "sys/check-signals", (), "",
        "Calls the functions of the signals that have arrived.",
        "(sys/check-signals) => nil", "process",
    ),
    (
        "__vm-fold-lines", (), "name:string path:path as-text:bool f:function init",
        "Combines the lines of a file, as text or as bytes, for the named function.",
        '(__vm-fold-lines "file/fold-lines" "notes.txt" #t list nil)', "fs-read",
    ),
)  # fmt: skip

declare_elsewhere(
    "py/with",
    (),
    "manager f:function",
    "Calls a function with what a context manager of Python gives, and leaves the manager in any "
    "case.",
    '(py/with (py/call (py/get (py/import "contextlib") "nullcontext") 1) list) => (1)',
    "python",
)
for declared in DECLARATIONS:
    declare_elsewhere(*declared)
for declared in TASKS:
    declare_elsewhere(*declared, tier="T2")
for declared in ARRAYS:
    declare_elsewhere(*declared, tier="T3")
for declared_clock in CLOCK:
    declare_elsewhere(*declared_clock)
for declared_outside in OUTSIDE:
    declare_elsewhere(*declared_outside, tier="T2")
