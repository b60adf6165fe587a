# ruff: noqa: E501
"""Programs at random: forms from a small grammar, and calls of every name of the library."""

from __future__ import annotations

import re
from random import Random

from sema.stdlib import registry

RULES: dict[str, list[str]] = {
    "program": ["<top>", "<top> <top> <e>", "<top> <top> <top> <e> <e>"],
    "top": [
        "<e>", "<e>", "<e>", "(define <v> <e>)", "(define (<f> <v>) <body>)",
        "(define (<f> <v> . <w>) <body>)", "(defun <f> (<v> <w>) <body>)",
        "(defmacro <m> (<v> . <w>) `(list ,<v> ,@<w>))", "(defmacro <m> (<v>) <e>)",
        "(define-syntax <m> (syntax-rules () ((_ <v> <w> ...) (begin <v> <e>))))",
        "(define-record-type <r> (make-<r> a b) <r>? (a <r>-a) (b <r>-b set-<r>-b!))",
        "(defmulti <f> (fn (<v> . <w>) <e>))", "(defmethod <f> <atom> (fn (<v> . <w>) <e>))",
        "(define-values (<v> <w>) (values <e> <e>))", "(set! <v> <e>)", "(set! <name> <e>)",
        "(define <name> <e>)", "(define (<name> <v>) <e>)",
    ],
    "body": ["<e>", "<e> <e>", "(define <v> <e>) <e>", "(define (<f> <v>) <e>) <e>"],
    "e": [
        "<atom>", "<atom>", "<v>", "<v>", "<call>", "<call>", "<call>", "<call>", "(<f> <e>)",
        "(<f> <e> <e>)", "(<m> <e>)", "(make-<r> <e> <e>)", "(<r>-a <e>)", "(set-<r>-b! <e> <e>)",
        "(<arithmetic> <e> <e>)", "(<arithmetic> <e> <e>)", "(<e> <e>)", "[<e> <e>]",
        "{<e> <e> <e> <e>}", "(list <e> <e> <e>)", "(if <e> <e> <e>)", "(cond (<e> <e>) (else <e>))",
        "(case <e> ((<atom> <atom>) <e>) (else <e>))", "(when <e> <body>)", "(and <e> <e>)",
        "(or <e> <e>)", "(let ((<v> <e>) (<w> <e>)) <body>)", "(let* ((<v> <e>) (<v> <e>)) <body>)",
        "(letrec ((<f> (fn (<v>) <e>))) <body>)", "(begin <body>)", "(set! <v> <e>)",
        "(let again ((i <small>) (<v> <e>)) (if (<= i 0) <v> (again (- i 1) <e>)))",
        "(do ((i 0 (+ i 1)) (<v> <e> <e>)) ((= i <small>) <e>) <e>)",
        "(let ((i <small>)) (while (> i 0) (set! i (- i 1)) <e>))", "(fn (<v>) <body>)",
        "(fn (<v> . <w>) <body>)", "(fn <w> <e>)", "((fn (<v>) <body>) <e>)",
        "(try <e> (catch err <e>))", "(try <e> (catch err (:message err)) (finally <e>))",
        "(try <e> (finally <e>))", "(throw <e>)", "(error <e>)", "(match <e> (<p> <e>) (<p> <e>))",
        "(match <e> (<p> when <e> <e>) (_ <e>))", "`(<e> ,<e> ,@<e>)", "'(<e> <e>)",
        "(quasiquote (1 `(2 ,(3 ,<e>))))", "(delay <e>)", "(force <e>)", "(async <e>)",
        "(await <e>)", "(await (async <e>))", "(async/all (list (async <e>) (async <e>)))",
        "(call-with-values (fn () (values <e> <e>)) <fun>)", "(apply <fun> <e>)",
        "(let-values (((<v> <w>) (values <e> <e>))) <e>)", "(-> <e> (<f>) (list <e>))",
        "(->> <e> (map <fun>))", "(map <fun> <e>)", "(filter <fun> <e>)", "(foldl <fun> <e> <e>)",
        "(sort <e> <fun>)", "(sort-by <fun> <e>)", "(for-each <fun> <e>)", "(reduce <fun> <e>)",
        "(eval '<e>)", "(eval <e>)", "(macroexpand '<e>)", "(parameterize ((<v> <e>)) <e>)",
        "(guard (err (#t <e>)) <e>)", "(dotimes (i <small>) <e>)", "(if-let (<v> <e>) <e> <e>)",
        "(let (([<v> & <w>] <e>)) <e>)", "(let (({:a <v>} <e>)) <e>)", 'f"${<e>} and <v>"',
        "(println <e>)", "(str <e>)", "(equal? <e> <e>)", "(<name> <e> <e>)", "(<hidden> <e> <e>)",
        "(foldl (fn (a i) (list a a)) <e> (range <small>))", "(let loop () (loop))",
        "(do ((i 0 (+ i 1)) (<v> '() (cons <e> <v>))) ((= i <small>) <v>))",
    ],
    "fun": [
        "<f>", "<f>", "(fn (<v>) <e>)", "(fn (<v> <w>) <e>)", "(fn <w> <e>)", "<name>", "<arithmetic>",
        ":a", "<v>",
    ],
    "p": [
        "<v>", "_", "<atom>", "[<p> <p>]", "[<p> & <w>]", "{:a <p>}", "(<p> <p>)", "(<p> . <w>)",
        "(or <atom> <atom>)", "[<v> <v>]",
    ],
    "v": ["x", "y", "z"],
    "w": ["more", "y", "rest"],
    "f": ["f", "g", "h"],
    "m": ["m", "n"],
    "r": ["point", "thing"],
    "small": ["0", "1", "3", "7", "30"],
    "arithmetic": ["+", "-", "*", "/", "mod", "<", "<=", "=", ">", ">=", "cons", "eq?", "expt"],
    "atom": [
        "0", "1", "-1", "2", "10", "1.5", "-0.0", "1/2", "-7/3", "1e308", "140737488355327",
        "140737488355328", "-140737488355329", "9223372036854775807", "18446744073709551616",
        "1+2i", "nil", "#t", "#f", "'()", "[]", "{}", '""', '"a"', '"abc def"', '"λ😀"', '"\\x0;"',
        ":a", ":key", "'sym", "#\\a", "#\\space", "#u8()", "#u8(1 255)", "'(1 2 3)", "'(a . b)",
        "[1 2 3]", "{:a 1 :b [2]}", "(hash-map :a 1)", "(list 3 1 2)", "(range 5)", "math/nan",
        "math/infinity", "(mutable-array/new)", "(mutable-cell/new 1)", "(channel/new 2)",
        "(string/repeat \"ab\" 50)", "(expt 3 200)", "car", "list", "+", "(fn (x) x)", "(delay 1)",
        "*stdout*", "(stream/byte-buffer)", '"%d ~a {}"', '"[{\\"a\\": 1}]"', '"2024-01-02"', '"(a|b)*"',
    ],
}  # fmt: skip

KINDS: dict[str, list[str]] = {
    "string": ['""', '"abc"', '"λ😀e\u0301"', '"a,b\\n1,2"', '"[1, {\\"a\\": null}]"', '"(1 2"', '"a*b"',
               '"2024-02-30T10:00:00Z"', '"%5B~a~%"', "(string/repeat \"xy\" 300)"],
    "path": ['"a/b/../c.txt"', '""', '"/"', '"."'],
    "int": ["0", "1", "-1", "7", "64", "-9223372036854775808", "9223372036854775807", "100000"],
    "count": ["0", "1", "2", "5", "1000", "1000000000000", "-1"],
    "integer": ["0", "-3", "255", "(expt 7 90)", "-18446744073709551616"],
    "int-or-float": ["0", "2.5", "-1", "math/nan", "1e300", "-0.0"],
    "rational": ["1/3", "-4", "(/ (expt 10 30) 7)"],
    "real": ["1", "-2.5", "1/3", "math/nan", "math/infinity", "(expt 10 400)", "0"],
    "number": ["1", "2.5", "1/3", "1+2i", "math/nan", "(expt 2 100)"],
    "bool": ["#t", "#f"],
    "char": ["#\\a", "#\\λ", "#\\newline", "#\\x0"],
    "symbol": ["'a", "'|odd one|"],
    "name": ['"x"', ":x"],
    "keyword": [":a", ":message"],
    "map": ["{}", "{:a 1 :b {:c 2}}", '{"k" [1]}'],
    "hashmap": ["(hash-map)", "(hash-map :a 1 2 '(3))"],
    "any-map": ["{:a 1}", "(hash-map :a 1)"],
    "list": ["'()", "'(1 2 3)", "(list \"b\" \"a\")", "(range 100)"],
    "vector": ["[]", "[1 [2] 3]"],
    "sequence": ["'(3 1 2)", "[3 1 2]", "(list (list 1 2) (list 3 4))"],
    "elements": ["'(1 2 3)", "[1 2]", "(mutable-array/new)", "'()", "'((a 1) (b 2))"],
    "bytevector": ["#u8()", "#u8(0 255 128)", "(string->utf8 \"λx\")"],
    "channel": ["(channel/new 1)", "(channel/new)"],
    "mutable-array": ["(mutable-array/new)", "(mutable-array/from-list '(1 2 3))"],
    "mutable-cell": ["(mutable-cell/new 1)"],
    "promise": ["(delay 1)", "(async 1)"],
    "stream": ["(stream/byte-buffer)", "*stdout*", "(stream/from-string \"a\\nb\")"],
    "function": ["(fn (x) x)", "(fn all all)", "list", ":a", "(fn (a b) (< a b))", "(fn () 1)", "str"],
}  # fmt: skip

PREAMBLE = """(define x 5) (define y '(1 2 3)) (define z "s") (define more [1 2]) (define rest '())
(define (f . all) all) (define (g a) (list a x)) (define (h a b) (if a b y))
"""

_HOLE = re.compile("<([a-z]+)>")
_NAMES = sorted(registry.names())
_PUBLIC = [name for name in _NAMES if not name.startswith("__vm-")]
_HIDDEN = [name for name in _NAMES if name.startswith("__vm-")]
# Forms without holes end what has become too large.
_LEAVES = {"e": ["<atom>", "<v>"], "p": ["<v>", "_"], "body": ["<atom>"], "fun": ["<f>", "list"]}
_MOST_FORMS = 60


class Grammar:
    """Draws from the grammar."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._n = 0

    def program(self) -> str:
        """A program of a few forms."""
        self._n = 0
        program = self._expanded("<program>", self._rng.choice([2, 4, 6]))
        return program if self._rng.random() < 0.1 else PREAMBLE + program

    def calls(self) -> str:
        """A program that calls builtins, and gives them what others gave."""
        self._n = 0
        forms = ['(define x 1) (define y \'(1 2)) (define z "s") (define (f x . all) x)']
        for _ in range(self._rng.randint(1, 6)):
            call = self.call(self._rng.choice([0, 0, 1]))
            where = self._rng.choice(
                ["(define x {})", "(define y {})", "(define z {})", "(list x y z {})", "{}"]
            )
            forms.append(f"(try {where.format(call)} (catch err (println err)))")
        return "\n".join(forms)

    def call(self, depth: int) -> str:
        """A call of some builtin, most often with arguments such as it wants."""
        rng = self._rng
        name = rng.choice(_HIDDEN if rng.random() < 0.08 else _PUBLIC)
        declared = registry.declaration(name)
        parameters = (declared.parameters if declared is not None else None) or ()
        parts = [name]
        for parameter in parameters:
            if parameter.is_optional and rng.random() < 0.4:
                break
            count = rng.randint(0, 3) if parameter.is_rest else 1
            parts += [self._argument(parameter.kind, depth) for _ in range(count)]
        if rng.random() < 0.05:
            parts.append(self._argument("", depth))
        return f"({' '.join(parts)})"

    def _argument(self, kind: str, depth: int) -> str:
        known = KINDS.get(kind)
        if known is not None and self._rng.random() < 0.8:
            return self._rng.choice(known)
        return self._expanded("<e>" if depth > 0 else "<atom>", depth - 1)

    def _expanded(self, text: str, depth: int) -> str:
        def fill(match: re.Match[str]) -> str:
            rule = match[1]
            self._n += 1
            if rule == "call":
                return self.call(depth - 1)
            if rule == "name":
                return self._rng.choice(_PUBLIC)
            if rule == "hidden":
                return self._rng.choice(_HIDDEN)
            is_small = depth <= 0 or self._n > _MOST_FORMS
            rules = (_LEAVES if is_small else RULES).get(rule) or RULES[rule]
            return self._expanded(self._rng.choice(rules), depth - (rule in ("e", "p", "top")))

        return _HOLE.sub(fill, text)
