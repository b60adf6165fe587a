# cython: language_level=3
"""The grammar of numbers: integers, fractions, decimals, complex numbers, `#` prefixes.

The text is an array of code points that ends with a NUL, so that only what may run past the end
of an f-string's fragment needs its `limit`.
"""

from cpython.unicode cimport PyUnicode_FromKindAndData

from sema.reader.chars cimport DELIMITER, DIGIT, CodePoint, has_class
from sema.vm.values cimport to_object, to_word
from sema.vm.word cimport ABSENT, NIL, Word, decref, fits_word, int_word

cdef extern from "Python.h":
    const int PyUnicode_4BYTE_KIND

cdef enum:
    SMALL_DIGITS = 18  # so many always fit in 64 bits

cdef enum Shape:
    INTEGER
    RATIO
    DECIMAL

# An unsigned real number in the text: where it starts and ends, and where its slash is.
cdef struct Real:
    Py_ssize_t start
    Py_ssize_t slash
    Py_ssize_t end
    Shape shape


class NumeralError(ValueError):
    """A number that starts well but has no value; the text is the reader's message."""


cdef Word scan_number(
    const CodePoint* s, Py_ssize_t pos, Py_ssize_t limit, Numeral* found
) except ABSENT:
    """The number at `pos`, where a sign or a digit is.

    Raises NumeralError for a zero denominator.
    """
    cdef Py_ssize_t start = pos
    cdef bint signed = s[pos] == c"-" or s[pos] == c"+"
    cdef bint negative = s[pos] == c"-"
    cdef Real real
    cdef Real imaginary
    cdef Py_ssize_t tail
    found.end = start
    found.plain = False
    pos += signed
    if signed and s[pos] == c"i":
        if ends_number(s, pos + 1, limit):
            found.end = pos + 1
            return complex_word(0, -1 if negative else 1)
        return NIL
    if not has_class(s[pos], DIGIT):
        return NIL
    real = scan_real(s, pos)
    if s[real.end] == c"i" and ends_number(s, real.end + 1, limit):
        found.end = real.end + 1
        return complex_word(0, real_value(s, real, negative))
    if s[start] == c"+":
        return NIL
    tail = real.end
    if (s[tail] == c"+" or s[tail] == c"-") and real.shape != RATIO:
        if s[tail + 1] == c"i" and ends_number(s, tail + 2, limit):
            found.end = tail + 2
            return complex_word(real_value(s, real, negative), -1 if s[tail] == c"-" else 1)
        if has_class(s[tail + 1], DIGIT):
            imaginary = scan_real(s, tail + 1)
            if s[imaginary.end] == c"i" and ends_number(s, imaginary.end + 1, limit):
                found.end = imaginary.end + 1
                return complex_word(
                    real_value(s, real, negative), real_value(s, imaginary, s[tail] == c"-")
                )
    found.end = real.end
    found.plain = real.shape == INTEGER
    if found.plain and real.end - real.start <= SMALL_DIGITS:
        return small_integer(s, real, negative)
    return to_word(real_value(s, real, negative))


cdef inline bint ends_number(const CodePoint* s, Py_ssize_t pos, Py_ssize_t limit) noexcept:
    return pos >= limit or has_class(s[pos], DELIMITER)


cdef Real scan_real(const CodePoint* s, Py_ssize_t pos) noexcept:
    """The longest unsigned real number at `pos`, where a digit is."""
    cdef Real real
    cdef Py_ssize_t ahead
    real.start = pos
    real.slash = 0
    real.shape = INTEGER
    pos = skip_digits(s, pos)
    if s[pos] == c"/" and has_class(s[pos + 1], DIGIT):
        real.shape = RATIO
        real.slash = pos
        pos = skip_digits(s, pos + 1)
    else:
        if s[pos] == c"." and has_class(s[pos + 1], DIGIT):
            real.shape = DECIMAL
            pos = skip_digits(s, pos + 1)
        if s[pos] == c"e" or s[pos] == c"E":
            ahead = pos + 1
            ahead += s[ahead] == c"+" or s[ahead] == c"-"
            if has_class(s[ahead], DIGIT):
                real.shape = DECIMAL
                pos = skip_digits(s, ahead)
    real.end = pos
    return real


cdef inline Py_ssize_t skip_digits(const CodePoint* s, Py_ssize_t pos) noexcept:
    while has_class(s[pos], DIGIT):
        pos += 1
    return pos


cdef Word small_integer(const CodePoint* s, Real real, bint negative) except ABSENT:
    cdef long long value = 0
    cdef Py_ssize_t i
    for i in range(real.start, real.end):
        value = 10 * value + (<int>s[i] - c"0")
    if negative:
        value = -value
    return int_word(value) if fits_word(value) else to_word(value)


cdef object real_value(const CodePoint* s, Real real, bint negative):
    cdef object value
    if real.shape == DECIMAL:
        value = float(text_between(s, real.start, real.end))
    elif real.shape == INTEGER:
        value = integer_value(text_between(s, real.start, real.end), 10)
    else:
        value = ratio_value(
            integer_value(text_between(s, real.start, real.slash), 10),
            integer_value(text_between(s, real.slash + 1, real.end), 10),
        )
    return -value if negative else value


cdef object integer_value(str digits, int radix):
    from sema.reader.digits import text_to_integer
    return text_to_integer(digits, radix)


cdef object ratio_value(object numerator, object denominator):
    if denominator == 0:
        raise NumeralError("rational literal has zero denominator")
    from fractions import Fraction
    return whole_if_possible(Fraction(numerator, denominator))


cdef object whole_if_possible(object ratio):
    return ratio.numerator if ratio.denominator == 1 else ratio


cdef Word complex_word(object re, object im) except ABSENT:
    from sema.vm.numbers import make_complex
    return to_word(make_complex(re, im))


cdef str text_between(const CodePoint* s, Py_ssize_t start, Py_ssize_t end):
    return <str>PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, s + start, end - start)


# --- Prefixes -----------------------------------------------------------------------------------

cdef Word scan_prefixed(
    const CodePoint* s, Py_ssize_t pos, Py_ssize_t limit, Numeral* found
) except ABSENT:
    """The number at `pos`, where a radix or exactness prefix is. Raises NumeralError."""
    cdef int radix = 0
    cdef CodePoint exactness = 0
    cdef CodePoint letter
    cdef Py_ssize_t start = pos
    cdef object value
    while s[pos] == c"#" and pos + 1 < limit:
        letter = s[pos + 1] | 32
        if letter == c"e" or letter == c"i":
            if exactness:
                raise NumeralError("duplicate exactness prefix")
            exactness = letter
        elif radix_of(letter):
            if radix:
                raise NumeralError("duplicate radix prefix")
            radix = radix_of(letter)
        else:
            break
        pos += 2
    if radix == 0 or radix == 10:
        value = prefixed_decimal(s, start, pos, limit, radix, found)
    else:
        value = prefixed_integer(s, pos, limit, radix, found)
    if exactness == c"e":
        value = exact(value)
    elif exactness == c"i":
        value = inexact(value)
        found.plain = False
    return to_word(value)


cdef int radix_of(CodePoint letter) noexcept:
    if letter == c"x":
        return 16
    if letter == c"d":
        return 10
    if letter == c"o":
        return 8
    return 2 if letter == c"b" else 0


cdef object prefixed_decimal(
    const CodePoint* s, Py_ssize_t start, Py_ssize_t pos, Py_ssize_t limit, int radix,
    Numeral* found,
):
    cdef Word word = NIL
    found.end = pos
    if pos < limit and (has_class(s[pos], DIGIT) or s[pos] == c"-" or s[pos] == c"+"):
        word = scan_number(s, pos, limit, found)
    if found.end == pos:
        if radix:
            raise NumeralError("expected digits after radix-10 prefix")
        raise NumeralError(f"expected a number after {text_between(s, start, pos)}")
    value = to_object(word)
    decref(word)
    return value


cdef object prefixed_integer(
    const CodePoint* s, Py_ssize_t pos, Py_ssize_t limit, int radix, Numeral* found
):
    cdef Py_ssize_t start = pos
    if pos < limit and (s[pos] == c"-" or s[pos] == c"+"):
        pos += 1
    while pos < limit and digit_value(s[pos]) < 36:
        pos += 1
    found.end = pos
    found.plain = True
    return integer_in_radix(text_between(s, start, pos), radix)


cdef int digit_value(CodePoint c) noexcept:
    """What a digit of a radix up to 36 is worth; 36 for anything else."""
    if c"0" <= c <= c"9":
        return <int>c - c"0"
    c = c | 32
    return <int>c - c"a" + 10 if c"a" <= c <= c"z" else 36


def integer_in_radix(str text, int radix):
    """The integer of an optional sign and digits. Raises NumeralError."""
    cdef str digits = text[1:] if text.startswith(("-", "+")) else text
    cdef Py_UCS4 c
    if not digits:
        raise NumeralError(f"expected digits after radix-{radix} prefix")
    for c in digits:
        if digit_value(c) >= radix:
            raise NumeralError(f"invalid radix-{radix} literal: {text}")
    value = integer_value(digits, radix)
    return -value if text[0] == "-" else value


cdef object exact(object value):
    if isinstance(value, float):
        if value - value != 0:
            raise NumeralError(f"#e: {value} has no exact value")
        from fractions import Fraction
        return whole_if_possible(Fraction(value))
    if isinstance(value, int) or not hasattr(value, "re"):
        return value
    from sema.vm.numbers import make_complex
    return make_complex(exact(value.re), exact(value.im))


cdef object inexact(object value):
    if hasattr(value, "re"):
        from sema.vm.numbers import make_complex
        return make_complex(inexact(value.re), inexact(value.im))
    try:
        return float(value)
    except OverflowError:
        return float("-inf") if value < 0 else float("inf")
