# cython: language_level=3
"""The builtins of regular expressions."""

import re

from sema.stdlib.regex.matcher cimport Matcher, Search
from sema.stdlib.regex.program import compiled
from sema.stdlib.registry cimport declare
from sema.stdlib.sequences cimport Words, string_argument
from sema.vm.maps import Map
from sema.vm.maps cimport AnyMap, with_values
from sema.vm.values cimport intern_keyword, to_word
from sema.vm.word cimport ABSENT, NIL, Word, bool_word, int_word

cdef enum:
    MOST_PATTERNS = 256

# The patterns that programs use, in compiled form.
cdef dict patterns = {}

REFERENCE = re.compile(r"\$(?:(\$)|\{([^}]*)\}|([0-9A-Za-z_]+))")


cdef object pattern_argument(Word w):
    """A pattern in compiled form. Raises EvalError."""
    text = string_argument(w)
    found = patterns.get(text)
    if found is None:
        found = compiled(text)
        if len(patterns) == MOST_PATTERNS:
            patterns.clear()
        patterns[text] = found
    return found


cdef inline Matcher matcher_argument(Word w):
    return <Matcher>pattern_argument(w).matcher


# --- Finding --------------------------------------------------------------------------------------

cdef object group_text(Search found, int index):
    """The text of a group, 0 for the whole match; None if it took no part."""
    cdef Py_ssize_t start = found.found[2 * index], end = found.found[2 * index + 1]
    return found.text[start:end] if end >= 0 else None


cdef Py_ssize_t offset(str text, Py_ssize_t position) except -1:
    """A position in bytes of UTF-8."""
    return position if text.isascii() else len(text[:position].encode())


cdef Word matches(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(matcher_argument(args[0]).search_in(string_argument(args[1]), 0).run(0))


cdef AnyMap MATCH = Map.from_pairs(
    [(intern_keyword(name), None) for name in ("end", "groups", "match", "start")])


cdef Word match(Word* args, Py_ssize_t n) except ABSENT:
    cdef str text = string_argument(args[1])
    cdef Search found = matcher_argument(args[0]).first_match(text)
    cdef Words groups = Words()
    cdef Words values = Words()
    cdef int i
    if found is None:
        return NIL
    for i in range(1, found.n_slots // 2):
        groups.add_object(group_text(found, i))
    values.add(int_word(offset(text, found.found[1])))
    values.add(groups.take_list())
    values.add_object(group_text(found, 0))
    values.add(int_word(offset(text, found.found[0])))
    return with_values(MATCH, values.items)


cdef Word find_all(Word* args, Py_ssize_t n) except ABSENT:
    cdef Search search = matcher_argument(args[0]).search_in(string_argument(args[1]), 2)
    cdef Words made = Words()
    while search.step():
        made.add_object(group_text(search, 0))
    return made.take_list()


cdef Word split(Word* args, Py_ssize_t n) except ABSENT:
    cdef str text = string_argument(args[1])
    cdef Search search = matcher_argument(args[0]).search_in(text, 2)
    cdef Words made = Words()
    cdef Py_ssize_t last = 0
    while search.step():
        made.add_object(text[last:search.found[0]])
        last = search.found[1]
    made.add_object(text[last:])
    return made.take_list()


declare(matches, "regex/match?", "pattern:string s:string",
        "Whether a pattern matches anywhere in a string.",
        r'(regex/match? #"\d+" "a12") => #t')
declare(match, "regex/match", "pattern:string s:string",
        "The first match of a pattern: its text, its groups, where it is in bytes; or nil.",
        r'(regex/match #"a(.)" "xab") => {:end 3 :groups ("b") :match "ab" :start 1}')
declare(find_all, "regex/find-all", "pattern:string s:string",
        "The texts of all matches of a pattern, from left to right.",
        r'(regex/find-all #"\d+" "1 a 23") => ("1" "23")')
declare(split, "regex/split", "pattern:string s:string",
        "The parts of a string between the matches of a pattern, empty ones too.",
        r'(regex/split #",\s*" "a, b,,c") => ("a" "b" "" "c")')


# --- Replacing ------------------------------------------------------------------------------------

cdef list parts_of(str replacement, object pattern):
    """A replacement as texts and the numbers of groups that stand between them."""
    cdef list parts = []
    cdef Py_ssize_t end = 0
    for found in REFERENCE.finditer(replacement):
        parts.append(replacement[end:found.start()])
        parts.append("$" if found[1] else group_number(found[3] or found[2], pattern))
        end = found.end()
    parts.append(replacement[end:])
    return parts


cdef object group_number(str name, object pattern):
    """The group that a reference means; an empty text if there is none."""
    number = pattern.names.get(name, "")
    if name.isascii() and name.isdigit():
        # A number may have any length.
        number = int(name[-9:]) if not name[:-9].strip("0") else ""
        if number != "" and 2 * number >= (<Matcher>pattern.matcher).n_slots:
            return ""
    return number


cdef Word replaced(Word* args, bint only_first) except ABSENT:
    cdef object pattern = pattern_argument(args[0])
    cdef str replacement = string_argument(args[1])
    cdef str text = string_argument(args[2])
    cdef list parts = parts_of(replacement, pattern) if "$" in replacement else [replacement]
    cdef Matcher matcher = <Matcher>pattern.matcher
    cdef Search search = matcher.search_in(text, matcher.n_slots if len(parts) > 1 else 2)
    cdef list made = []
    cdef Py_ssize_t end = 0
    while search.step():
        made.append(text[end:search.found[0]])
        for part in parts:
            made.append(part if type(part) is str else group_text(search, part) or "")
        end = search.found[1]
        if only_first:
            break
    made.append(text[end:])
    return to_word("".join(made))


cdef Word replace(Word* args, Py_ssize_t n) except ABSENT:
    return replaced(args, True)


cdef Word replace_all(Word* args, Py_ssize_t n) except ABSENT:
    return replaced(args, False)


declare(replace, "regex/replace", "pattern:string replacement:string s:string",
        "The string with the first match replaced; $1 and $name stand for groups, $$ for a dollar.",
        r'(regex/replace #"(\d)" "<$1>" "a1b2") => "a<1>b2"')
declare(replace_all, "regex/replace-all", "pattern:string replacement:string s:string",
        "The string with every match replaced, as by `regex/replace`.",
        r'(regex/replace-all #"(\d)" "<$1>" "a1b2") => "a<1>b<2>"')
