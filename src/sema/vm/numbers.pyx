# cython: language_level=3
"""The numeric tower: what arithmetic and comparison do with any two values.

Small integers and doubles are computed as they are; everything else goes by way of Python
objects: ``int``, ``fractions.Fraction``, ``float`` and :class:`Complex`. Results are normalised:
a whole rational is an integer, and a complex number with exact zero imaginary part is real.

These are the meanings of the two-argument operators: they borrow their arguments and return an
owned word.
"""

from cpython.object cimport PyObject
from libc.math cimport INFINITY, fmod
from libc.stdint cimport int64_t

from sema.errors import EvalError, SemaTypeError
from sema.vm.equality cimport equal_words
from sema.vm.limits cimport spend_on_product, spend_on_quotient
from sema.vm.types cimport fraction_type, word_type_name
from sema.vm.values cimport is_string, to_object, to_word, type_of
from sema.vm.word cimport (
    ABSENT, Word, both_ints, double_word, fits_word, int_word, is_double, is_int, is_ref,
    mul_overflows, word_double, word_int,
)


cdef class Complex:
    """A complex number whose two real parts may be exact or not, each for itself."""

    __sema_type__ = "complex"

    def __sema_parts__(self):
        return None, (self.re, self.im)

    def __init__(self, re, im):
        self.re = re
        self.im = im

    def __eq__(self, other):
        if type(other) is not Complex:
            return NotImplemented
        return same_real(self.re, (<Complex>other).re) and same_real(self.im, (<Complex>other).im)

    def __hash__(self):
        return hash((Complex, self.re, self.im))

    def __repr__(self):
        return f"Complex({self.re!r}, {self.im!r})"

    def __reduce__(self):
        return Complex, (self.re, self.im)


cdef bint same_real(object x, object y) except -1:
    return type(x) is type(y) and x == y


# --- Making numbers ---------------------------------------------------------------------------

cpdef object make_complex(object re, object im):
    """The number ``re + im·i``: real if ``im`` is the exact zero."""
    return re if type(im) is int and im == 0 else Complex(re, im)


cdef object make_rational(object numerator, object denominator):
    """The exact quotient of two integers, the second not zero."""
    spend_on_quotient(numerator, denominator)
    quotient, remainder = divmod(numerator, denominator)
    if not remainder:
        return quotient
    from fractions import Fraction
    spend_on_product(numerator, denominator)
    return Fraction(numerator, denominator)


cdef object normal_rational(object q):
    return q.numerator if type(q) is not int and q.denominator == 1 else q


cdef double as_double(object real) except? -1.0:
    """The nearest double; infinity beyond the range of doubles."""
    try:
        return <double>float(real)
    except OverflowError:
        return INFINITY if real > 0 else -INFINITY


cdef Word wide_int(int64_t i) except ABSENT:
    """The word of any machine integer."""
    return int_word(i) if fits_word(i) else to_word(i)


cdef NumberKind number_kind(Word w) except *:
    """What sort of number a word is, or NOT_A_NUMBER."""
    if is_int(w):
        return SMALL
    if is_double(w):
        return FLOAT
    if not is_ref(w):
        return NOT_A_NUMBER
    cdef PyObject* kind = type_of(w)
    if kind == <PyObject*>int:
        return BIG
    if kind == <PyObject*>str:
        return NOT_A_NUMBER
    if kind == <PyObject*>Complex:
        return COMPLEX
    return RATIONAL if <object>kind is fraction_type() else NOT_A_NUMBER


# --- Arithmetic on Python numbers -------------------------------------------------------------

cdef int spend_on_rationals(object x, object y) except -1:
    """Count an operation on fractions, which finds common divisors."""
    if type(x) is not int or type(y) is not int:
        spend_on_product(x.numerator, y.denominator)
        spend_on_product(x.denominator, y.numerator)
    return 0


cdef object add_objects(object x, object y):
    if type(x) is Complex or type(y) is Complex:
        return make_complex(
            add_objects(re(x), re(y)), add_objects(im(x), im(y)))
    if type(x) is float or type(y) is float:
        return as_double(x) + as_double(y)
    spend_on_rationals(x, y)
    spend_on_product(x, 1)
    return normal_rational(x + y)


cdef object sub_objects(object x, object y):
    if type(x) is Complex or type(y) is Complex:
        return make_complex(
            sub_objects(re(x), re(y)), sub_objects(im(x), im(y)))
    if type(x) is float or type(y) is float:
        return as_double(x) - as_double(y)
    spend_on_rationals(x, y)
    spend_on_product(x, 1)
    return normal_rational(x - y)


cdef object mul_objects(object x, object y):
    if type(y) is Complex:
        if type(x) is Complex:
            return make_complex(
                sub_objects(mul_objects(re(x), re(y)), mul_objects(im(x), im(y))),
                add_objects(mul_objects(re(x), im(y)), mul_objects(im(x), re(y))),
            )
        x, y = y, x
    if type(x) is Complex:
        return make_complex(mul_objects(re(x), y), mul_objects(im(x), y))
    if type(x) is float or type(y) is float:
        return as_double(x) * as_double(y)
    spend_on_product(x, y)
    spend_on_rationals(x, y)
    return normal_rational(x * y)


cdef object div_objects(object x, object y):
    if type(y) is Complex:
        norm = add_objects(mul_objects(re(y), re(y)), mul_objects(im(y), im(y)))
        conjugate = Complex(re(y), sub_objects(0, im(y)))
        return div_objects(mul_objects(x, conjugate), norm)
    if type(x) is Complex:
        return make_complex(div_objects(re(x), y), div_objects(im(x), y))
    if type(x) is float or type(y) is float:
        return as_double(x) / as_double(y)
    if not y:
        raise EvalError("/: division by zero" if type(x) is not int else "division by zero")
    if type(x) is int and type(y) is int:
        return make_rational(x, y)
    spend_on_rationals(x, y)
    return normal_rational(x / y)


cdef inline object re(object x):
    return (<Complex>x).re if type(x) is Complex else x


cdef inline object im(object x):
    return (<Complex>x).im if type(x) is Complex else 0


# --- Arithmetic on words ----------------------------------------------------------------------

cdef Word add(Word x, Word y) except ABSENT:
    cdef NumberKind a, b
    if both_ints(x, y):
        return wide_int(word_int(x) + word_int(y))
    if is_string(x) and is_string(y):
        return to_word(<str>to_object(x) + <str>to_object(y))
    a, b = number_kind(x), number_kind(y)
    if fast_doubles(a, b):
        return double_word(small_double(a, x) + small_double(b, y))
    if a == NOT_A_NUMBER or b == NOT_A_NUMBER:
        hint = None
        if is_string(x) or is_string(y):
            hint = "use (str a b ...) to join values of any type into a string"
        raise SemaTypeError(
            "number or string", f"{word_type_name(x)} and {word_type_name(y)}", hint=hint)
    return to_word(add_objects(to_object(x), to_object(y)))


cdef Word sub(Word x, Word y) except ABSENT:
    cdef NumberKind a, b
    if both_ints(x, y):
        return wide_int(word_int(x) - word_int(y))
    a, b = number_kind(x), number_kind(y)
    if fast_doubles(a, b):
        return double_word(small_double(a, x) - small_double(b, y))
    check_numbers(a, b, x, y)
    return to_word(sub_objects(to_object(x), to_object(y)))


cdef Word mul(Word x, Word y) except ABSENT:
    cdef NumberKind a, b
    cdef int64_t product
    if both_ints(x, y) and not mul_overflows(word_int(x), word_int(y), &product):
        return wide_int(product)
    a, b = number_kind(x), number_kind(y)
    if fast_doubles(a, b):
        return double_word(small_double(a, x) * small_double(b, y))
    check_numbers(a, b, x, y)
    return to_word(mul_objects(to_object(x), to_object(y)))


cdef Word div(Word x, Word y) except ABSENT:
    cdef NumberKind a, b
    cdef int64_t divisor
    if both_ints(x, y):
        divisor = word_int(y)
        if divisor == 0:
            raise EvalError("division by zero")
        if word_int(x) % divisor == 0:
            return wide_int(word_int(x) // divisor)
    a, b = number_kind(x), number_kind(y)
    if fast_doubles(a, b):
        return double_word(small_double(a, x) / small_double(b, y))
    check_numbers(a, b, x, y)
    return to_word(div_objects(to_object(x), to_object(y)))


cdef Word mod(Word x, Word y) except ABSENT:
    """Integers: floored, the divisor's sign. With a float: truncated, the dividend's sign."""
    cdef NumberKind a, b
    cdef int64_t remainder, divisor
    if both_ints(x, y) and y != int_word(0):
        divisor = word_int(y)
        remainder = word_int(x) % divisor
        if remainder and (remainder < 0) != (divisor < 0):
            remainder += divisor
        return int_word(remainder)
    a, b = number_kind(x), number_kind(y)
    check_integer(a, x)
    check_integer(b, y)
    if a == FLOAT or b == FLOAT:
        return double_word(fmod(as_double(to_object(x)), as_double(to_object(y))))
    if y == int_word(0):
        raise EvalError("modulo by zero")
    spend_on_quotient(to_object(x), to_object(y))
    return to_word(to_object(x) % to_object(y))


cdef Word negate(Word x) except ABSENT:
    if is_int(x):
        return wide_int(-word_int(x))
    if is_double(x):
        return double_word(-word_double(x))
    if number_kind(x) == NOT_A_NUMBER:
        raise SemaTypeError("number", word_type_name(x))
    return to_word(mul_objects(-1, to_object(x)))


cdef inline bint fast_doubles(NumberKind a, NumberKind b) noexcept:
    """Whether plain double arithmetic applies: a float with a float or a small integer."""
    return (a == FLOAT and (b == FLOAT or b == SMALL)) or (a == SMALL and b == FLOAT)


cdef inline double small_double(NumberKind kind, Word w) noexcept:
    return word_double(w) if kind == FLOAT else <double>word_int(w)


cdef int check_integer(NumberKind kind, Word w) except -1:
    """Only integers and, for ``mod``, floats."""
    if kind == NOT_A_NUMBER or kind == RATIONAL or kind == COMPLEX:
        raise SemaTypeError("integer", word_type_name(w))
    return 0


cdef int check_numbers(NumberKind a, NumberKind b, Word x, Word y) except -1:
    if a == NOT_A_NUMBER or b == NOT_A_NUMBER:
        raise SemaTypeError("number", f"{word_type_name(x)} and {word_type_name(y)}")
    return 0


# --- Comparison -------------------------------------------------------------------------------

cdef inline bint holds(int op, bint less, bint equal, bint greater) noexcept:
    if op == LT:
        return less
    if op == LE:
        return less or equal
    if op == GT:
        return greater
    if op == GE:
        return greater or equal
    return equal


cdef int compare(int op, Word x, Word y) except -1:
    """Whether ``x op y``; numbers compare exactly across their kinds, NaN with nothing."""
    cdef NumberKind a, b
    cdef double p, q
    if both_ints(x, y):
        return holds(op, word_int(x) < word_int(y), x == y, word_int(x) > word_int(y))
    a, b = number_kind(x), number_kind(y)
    if fast_doubles(a, b):
        p, q = small_double(a, x), small_double(b, y)
        return holds(op, p < q, p == q, p > q)
    cdef object u = to_object(x)
    cdef object v = to_object(y)
    if a == NOT_A_NUMBER or b == NOT_A_NUMBER:
        if op == EQ:
            return equal_words(x, y)
        if not (is_string(x) and is_string(y)):
            raise SemaTypeError(
                "comparable values", f"{word_type_name(x)} and {word_type_name(y)}")
    elif a == COMPLEX or b == COMPLEX:
        if op == EQ:
            return re(u) == re(v) and im(u) == im(v)
        raise EvalError("cannot order complex numbers")
    return holds(op, u < v, u == v, u > v)
