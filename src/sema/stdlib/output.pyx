# cython: language_level=3
"""Text to the console: one write a call, to the stream that is Python's at that moment."""

import sys

from sema.vm.limits import count_output
from sema.reader.printer import display, write
from sema.stdlib.registry cimport declare
from sema.vm.values cimport is_string, to_object
from sema.vm.word cimport ABSENT, NIL, Word, word_ptr


cdef str displayed(Word* args, Py_ssize_t n, str end):
    cdef Py_ssize_t i
    if n == 1 and is_string(args[0]):
        return <str>word_ptr(args[0]) + end
    return " ".join([display(to_object(args[i])) for i in range(n)]) + end


cdef Word put(object stream, str text, bint whole_line) except ABSENT:
    """Write; a terminal shows a line at its end by itself, but not what comes before."""
    if stream is not None:
        count_output(text)
        stream.write(text)
        if not whole_line and stream.isatty():
            stream.flush()
    return NIL


cdef Word display_all(Word* args, Py_ssize_t n) except ABSENT:
    return put(sys.stdout, displayed(args, n, ""), False)


cdef Word print_all(Word* args, Py_ssize_t n) except ABSENT:
    return put(sys.stdout, " ".join([write(to_object(args[i])) for i in range(n)]), False)


cdef Word print_line(Word* args, Py_ssize_t n) except ABSENT:
    return put(sys.stdout, displayed(args, n, "\n"), True)


cdef Word new_line(Word* args, Py_ssize_t n) except ABSENT:
    return put(sys.stdout, "\n", True)


cdef Word print_pretty(Word* args, Py_ssize_t n) except ABSENT:
    from sema.reader.pretty import pretty
    return put(sys.stdout, pretty(to_object(args[0])) + "\n", True)


cdef Word print_error(Word* args, Py_ssize_t n) except ABSENT:
    return put(sys.stderr, displayed(args, n, ""), False)


cdef Word print_error_line(Word* args, Py_ssize_t n) except ABSENT:
    return put(sys.stderr, displayed(args, n, "\n"), True)


cdef Word flush(Word* args, Py_ssize_t n) except ABSENT:
    if sys.stdout is not None:
        sys.stdout.flush()
    return NIL


declare(display_all, "display", "xs...", "Shows values, strings raw, with blanks between.",
        '(display "a" 1) => nil')
declare(print_all, "print", "xs...", "Shows values as they are written, with blanks between.",
        '(print "a" 1) => nil')
declare(print_line, "println", "xs...", "Shows values as `display` does, then ends the line.",
        '(println "a" 1) => nil')
declare(new_line, "newline", "", "Ends the line.", "(newline) => nil")
declare(print_pretty, "pprint", "x", "Shows a value laid out on lines of 80 columns.",
        "(pprint '(1 2)) => nil")
declare(print_error, "print-error", "xs...", "Shows values on standard error.",
        '(print-error "a") => nil', ("io/print-error",))
declare(print_error_line, "println-error", "xs...", "Shows values on standard error as a line.",
        '(println-error "a") => nil', ("io/println-error",))
declare(flush, "io/flush", "", "Makes sure that all output is out.", "(io/flush) => nil")
