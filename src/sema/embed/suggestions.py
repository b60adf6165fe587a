"""What to say about a name that nothing defines: its spelling here, or a name close to it."""

from __future__ import annotations

from collections.abc import Iterable

# What a name of another Lisp is called here; the texts complete the sentence "in Sema, use …".
_USE = {
    "assoc!": "'assoc', which returns a new map",
    "atom": "a variable and 'set!'",
    "block": "'begin', or 'try' and 'throw' to leave early",
    "call-with-current-continuation": "'try' and 'throw' to leave early",
    "call/cc": "'try' and 'throw' to leave early",
    "concat": "'append'",
    "conj": "'cons' for lists, 'assoc' for maps",
    "cons*": "'cons' or 'append'",
    "defconstant": "'define'",
    "defparameter": "'define'",
    "defvar": "'define'",
    "deref": "the variable itself",
    "destructuring-bind": "'let' with a pattern",
    "elt": "'nth'",
    "find": "'list/find'",
    "flet": "'let' with 'lambda'",
    "fold-left": "'foldl'",
    "fold-right": "'foldr'",
    "format-string": "'format'",
    "funcall": "the function itself: (f x)",
    "gethash": "'get'",
    "group-by": "'list/group-by'",
    "guard": "'try' with 'catch'",
    "handler-case": "'try' with 'catch'",
    "hash-set!": "'assoc', which returns a new map",
    "hash-table-ref": "'get'",
    "hash-table-set!": "'assoc', which returns a new map",
    "into": "'map/from-entries' or 'append'",
    "labels": "'letrec'",
    "let-syntax": "'defmacro'",
    "list-ref": "'nth'",
    "list-tail": "'drop'",
    "loop": "a named 'let', 'do' or 'while'",
    "make-hash-table": "'hash-map'",
    "mapcan": "'flat-map'",
    "mapc": "'for-each'",
    "maplist": "'map'",
    "multiple-value-bind": "'let' with a pattern",
    "prin1": "'print'",
    "princ": "'display'",
    "puts": "'println'",
    "puthash": "'assoc', which returns a new map",
    "recur": "a named 'let'",
    "remove-if": "'list/reject'",
    "remove-if-not": "'filter'",
    "reset!": "'set!'",
    "return": "'try' and 'throw' to leave early; a body's last value is its value",
    "return-from": "'try' and 'throw' to leave early; a body's last value is its value",
    "rplaca": "'cons': lists do not change",
    "rplacd": "'cons': lists do not change",
    "set-car!": "'cons': lists do not change",
    "set-cdr!": "'cons': lists do not change",
    "setf": "'set!'",
    "setq": "'set!'",
    "subs": "'substring'",
    "swap!": "'set!'",
    "syntax-case": "'defmacro'",
    "unwind-protect": "'try' with 'catch'",
    "vector-ref": "'nth'",
    "vector-set!": "'assoc', which returns a new vector",
    "with-exception-handler": "'try' with 'catch'",
    "zerop": "'zero?'",
}


def hint_for(name: str, known: Iterable[str]) -> str | None:
    """The hint about an unbound name, if there is anything to say; ``known`` names are bound."""
    use = _USE.get(name)
    if use is not None:
        return f"in Sema, use {use}"
    nearest = nearest_name(name, known)
    return None if nearest is None else f"Did you mean '{nearest}'?"


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """The name with the fewest differences, the first of several, if they are few enough."""
    most = max(1, min(len(name.encode()) // 3, 3))
    best = None
    for candidate in known:
        if abs(len(candidate) - len(name)) <= most and candidate != name:
            distance = edit_distance(name, candidate, most)
            if distance <= most:
                best, most = candidate, distance - 1
    return best


def edit_distance(one: str, other: str, most: int) -> int:
    """How many characters must be inserted, deleted or replaced; ``most + 1`` if that many."""
    row = list(range(len(other) + 1))
    for i, char in enumerate(one, 1):
        diagonal, row[0] = row[0], i
        for j, against in enumerate(other, 1):
            replaced = diagonal + (char != against)
            diagonal = row[j]
            row[j] = min(replaced, row[j] + 1, row[j - 1] + 1)
        if min(row) > most:
            return most + 1
    return row[-1]
