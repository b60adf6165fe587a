# cython: language_level=3
"""Arithmetic, comparison, rounding, conversion between kinds of numbers, number predicates."""

from libc.math cimport ceil, fabs, floor, isinf, isnan, pow as c_pow, rint, sqrt as c_sqrt, trunc
from libc.math cimport hypot
from libc.stdint cimport int64_t

import math

from sema.errors import EvalError
from sema.stdlib.registry cimport declare
from sema.stdlib.sequences cimport need_bytes
from sema.vm.limits cimport spend_on_product, spend_on_quotient
from sema.stdlib.sequences cimport int_argument, type_error
from sema.vm.numbers cimport (
    BIG, COMPLEX, EQ, FLOAT, GE, GT, LE, LT, NOT_A_NUMBER, RATIONAL, SMALL, Complex, NumberKind,
    add, as_double, compare, div, div_objects, make_rational, mod, mul, mul_objects, negate,
    normal_rational, number_kind, sub, wide_int,
)
from sema.vm.values cimport cons, is_string, to_object, to_word
from sema.vm.word cimport (
    ABSENT, EMPTY, FALSE, TRUE, Word, bool_word, decref, double_word, incref, int_word, is_double,
    is_int, word_double, word_int, word_ptr,
)

# An integer of more bits takes minutes to compute; nobody wants it.
cdef object MOST_BITS = 1 << 30
# A higher power of a complex number is taken in floats.
cdef object MOST_FACTORS = 10_000

ctypedef Word (*Operator)(Word, Word) except ABSENT


# --- Arithmetic -------------------------------------------------------------------------------

cdef NumberKind need_number(Word w) except *:
    cdef NumberKind kind = number_kind(w)
    if kind == NOT_A_NUMBER:
        type_error("number", w)
    return kind


cdef NumberKind need_real(Word w) except *:
    cdef NumberKind kind = need_number(w)
    if kind == COMPLEX:
        type_error("real number", w)
    return kind


cdef object need_integer(Word w, str expected="integer"):
    cdef NumberKind kind = number_kind(w)
    if kind != SMALL and kind != BIG:
        type_error(expected, w)
    return to_object(w)


cdef inline Word shared(Word w) noexcept:
    """A borrowed word as an owned one."""
    incref(w)
    return w


cdef Word fold(Operator operator, Word* args, Py_ssize_t n) except ABSENT:
    """From the left, numbers only."""
    cdef Word total, next_total
    cdef Py_ssize_t i
    for i in range(n):
        need_number(args[i])
    if n == 2:
        return operator(args[0], args[1])
    total = shared(args[0])
    for i in range(1, n):
        try:
            next_total = operator(total, args[i])
        finally:
            decref(total)
        total = next_total
    return total


cdef Word plus(Word* args, Py_ssize_t n) except ABSENT:
    return fold(add, args, n) if n else int_word(0)


cdef Word minus(Word* args, Py_ssize_t n) except ABSENT:
    return negate(args[0]) if n == 1 else fold(sub, args, n)


cdef Word times(Word* args, Py_ssize_t n) except ABSENT:
    return fold(mul, args, n) if n else int_word(1)


cdef Word quotient_of(Word x, Word y) except ABSENT:
    if y == int_word(0):
        raise EvalError("/: division by zero")
    return div(x, y)


cdef Word divide(Word* args, Py_ssize_t n) except ABSENT:
    return fold(quotient_of, args, n)


cdef Word modulo(Word* args, Py_ssize_t n) except ABSENT:
    if args[1] == int_word(0) and not is_double(args[0]):
        need_integer(args[0])
        raise EvalError("mod: modulo by zero")
    return mod(args[0], args[1])


cdef object truncated_quotient(Word* args, str name):
    x, y = need_integer(args[0]), need_integer(args[1])
    if not y:
        raise EvalError(f"{name}: division by zero")
    spend_on_quotient(x, y)
    return x // y if (x < 0) == (y < 0) else -(-x // y)


cdef Word quotient(Word* args, Py_ssize_t n) except ABSENT:
    return to_word(truncated_quotient(args, "quotient"))


cdef Word remainder(Word* args, Py_ssize_t n) except ABSENT:
    whole = truncated_quotient(args, "remainder")
    return to_word(to_object(args[0]) - to_object(args[1]) * whole)


cdef Word gcd(Word* args, Py_ssize_t n) except ABSENT:
    cdef list numbers = [need_integer(args[i]) for i in range(n)]
    for i in range(1, n):
        spend_on_product(numbers[i - 1], numbers[i])
    return to_word(math.gcd(*numbers))


cdef Word lcm(Word* args, Py_ssize_t n) except ABSENT:
    return to_word(math.lcm(*[need_integer(args[i]) for i in range(n)]))


cdef Word absolute(Word* args, Py_ssize_t n) except ABSENT:
    cdef NumberKind kind
    cdef int64_t small
    if is_int(args[0]):
        small = word_int(args[0])
        return wide_int(-small if small < 0 else small)
    kind = need_number(args[0])
    if kind == FLOAT:
        return double_word(fabs(word_double(args[0])))
    value = to_object(args[0])
    if kind == COMPLEX:
        return double_word(hypot(as_double((<Complex>value).re), as_double((<Complex>value).im)))
    return to_word(abs(value))


cdef Word extreme(str name, int op, Word* args, Py_ssize_t n) except ABSENT:
    cdef bint inexact = False
    cdef Word best = args[0]
    cdef NumberKind kind
    cdef Py_ssize_t i
    for i in range(n):
        kind = need_number(args[i])
        if n > 1 and (kind == COMPLEX or (kind == FLOAT and isnan(word_double(args[i])))):
            raise EvalError(f"{name}: cannot order these numbers")
        inexact |= kind == FLOAT
        if i and compare(op, args[i], best):
            best = args[i]
    if inexact and not is_double(best):
        return double_word(as_double(to_object(best)))
    return shared(best)


cdef Word minimum(Word* args, Py_ssize_t n) except ABSENT:
    return extreme("min", LT, args, n)


cdef Word maximum(Word* args, Py_ssize_t n) except ABSENT:
    return extreme("max", GT, args, n)


cdef object complex_float(object z):
    if type(z) is Complex:
        return complex(as_double((<Complex>z).re), as_double((<Complex>z).im))
    return complex(as_double(z), 0.0)


cdef object from_complex(object z):
    return Complex(z.real, z.imag)


cdef object whole_power(object base, object exponent):
    """An exact or complex base to a non-negative integer, by squaring."""
    cdef object result = 1
    while exponent:
        if exponent & 1:
            result = mul_objects(result, base)
        exponent >>= 1
        if exponent:
            base = mul_objects(base, base)
    return result


cdef Word power(Word* args, Py_ssize_t n) except ABSENT:
    cdef NumberKind base_kind = need_number(args[0])
    cdef NumberKind kind = need_number(args[1])
    cdef bint whole = kind == SMALL or kind == BIG
    base, exponent = to_object(args[0]), to_object(args[1])
    if whole and base_kind == COMPLEX and abs(exponent) <= MOST_FACTORS:
        result = whole_power(base, abs(exponent))
        return to_word(div_objects(1, result) if exponent < 0 else result)
    if base_kind == COMPLEX or kind == COMPLEX:
        try:
            return to_word(from_complex(complex_float(base) ** complex_float(exponent)))
        except (ZeroDivisionError, OverflowError):
            raise EvalError("expt: the complex power has no finite value") from None
    if not whole or base_kind == FLOAT:
        return double_word(c_pow(as_double(base), as_double(exponent)))
    size = max(abs(base.numerator), base.denominator)
    if size > 1 and abs(exponent) * size.bit_length() > MOST_BITS:
        raise EvalError("expt: the result is too large")
    spend_on_power(size, abs(exponent))
    if exponent >= 0:
        return to_word(normal_rational(base ** exponent))
    if not base:
        raise EvalError("expt: 0 raised to a negative power")
    return to_word(div_objects(1, base ** -exponent))


cdef int spend_on_power(object base, object exponent) except -1:
    """Count a power: its last squaring takes as long as all before, and its size needs room."""
    cdef object n_bits = exponent * base.bit_length()
    if n_bits > 10_000:
        need_bytes(n_bits // 7)
        half = 1 << (n_bits // 2)
        spend_on_product(half, half)
        spend_on_product(half, half)
    return 0


cdef object exact_root(object value):
    """The exact square root of a non-negative exact number, or None."""
    if type(value) is int:
        spend_on_product(value, value)
        root = math.isqrt(value)
        return root if root * root == value else None
    top, bottom = exact_root(value.numerator), exact_root(value.denominator)
    return None if top is None or bottom is None else make_rational(top, bottom)


cdef object real_root(object value):
    """The square root of a non-negative real."""
    if type(value) is not float:
        root = exact_root(value)
        if root is not None:
            return root
    return c_sqrt(as_double(value))


cdef Word square_root(Word* args, Py_ssize_t n) except ABSENT:
    cdef NumberKind kind = need_number(args[0])
    if kind == FLOAT and not word_double(args[0]) < 0.0:
        return double_word(c_sqrt(word_double(args[0])))
    value = to_object(args[0])
    if kind == COMPLEX:
        return to_word(from_complex(complex_float(value) ** 0.5))
    if value < 0:
        return to_word(Complex(0, real_root(-value)))
    return to_word(real_root(value))


cdef Word exact_integer_sqrt(Word* args, Py_ssize_t n) except ABSENT:
    value = need_integer(args[0], "exact integer")
    if value < 0:
        raise EvalError(f"exact-integer-sqrt: expected a non-negative integer, got {value}")
    spend_on_product(value, value)
    root = math.isqrt(value)
    return cons(to_word(root), cons(to_word(value - root * root), EMPTY))


declare(plus, "+", "ns:number...", "The sum of its arguments; a call with two strings joins them.",
        "(+ 1 2 3) => 6")
declare(minus, "-", "n:number ns:number...", "The difference; with one argument, the negation.",
        "(- 10 3 2) => 5")
declare(times, "*", "ns:number...", "The product of its arguments.", "(* 2 3 4) => 24")
declare(divide, "/", "n:number d:number ds:number...",
        "The quotient: exact numbers give an exact one.", "(/ 7 2) => 7/2")
declare(modulo, "mod", "a:real b:real", "The remainder with the divisor's sign.", "(mod -8 3) => 1",
        ("modulo",))
declare(quotient, "quotient", "n:integer d:integer", "Integer division, truncated toward zero.",
        "(quotient -8 3) => -2", ("math/quotient",))
declare(remainder, "remainder", "n:integer d:integer", "The remainder with the dividend's sign.",
        "(remainder -8 3) => -2", ("math/remainder",))
declare(gcd, "gcd", "ns:integer...", "The greatest common divisor of integers.", "(gcd 12 18) => 6",
        ("math/gcd",))
declare(lcm, "lcm", "ns:integer...", "The least common multiple of integers.", "(lcm 4 6) => 12",
        ("math/lcm",))
declare(absolute, "abs", "n:number", "The absolute value, as exact as its argument.",
        "(abs -5) => 5")
declare(minimum, "min", "n:real ns:real...", "The smallest; a float if any argument is one.",
        "(min 3 1 2) => 1")
declare(maximum, "max", "n:real ns:real...", "The largest; a float if any argument is one.",
        "(max 3 1 2) => 3")
declare(power, "pow", "base:number exponent:number", "The first number raised to the second.",
        "(pow 2 10) => 1024",
        ("expt", "math/pow"))
declare(square_root, "sqrt", "n:number", "The square root: exact where it can be, else a float.",
        "(sqrt 49) => 7")
declare(exact_integer_sqrt, "exact-integer-sqrt", "n:integer",
        "A list of the integer square root and what is left over.",
        "(exact-integer-sqrt 30) => (5 5)")


# --- Comparison -------------------------------------------------------------------------------

cdef Word chain(int op, Word* args, Py_ssize_t n) except ABSENT:
    cdef Py_ssize_t i
    need_number(args[0])
    for i in range(1, n):
        need_number(args[i])
        if not compare(op, args[i - 1], args[i]):
            return FALSE
    return TRUE


cdef Word equal_numbers(Word* args, Py_ssize_t n) except ABSENT:
    return chain(EQ, args, n)


cdef Word less(Word* args, Py_ssize_t n) except ABSENT:
    return chain(LT, args, n)


cdef Word greater(Word* args, Py_ssize_t n) except ABSENT:
    return chain(GT, args, n)


cdef Word at_most(Word* args, Py_ssize_t n) except ABSENT:
    return chain(LE, args, n)


cdef Word at_least(Word* args, Py_ssize_t n) except ABSENT:
    return chain(GE, args, n)


declare(equal_numbers, "=", "a b cs...",
        "Whether numbers are equal, exact or not; a call with two other values: whether equal?.",
        "(= 1 1.0) => #t")
declare(less, "<", "a:real b:real cs:real...",
        "Whether numbers, or the two strings of a call, ascend.",
        "(< 1 2 3) => #t")
declare(greater, ">", "a:real b:real cs:real...",
        "Whether numbers, or the two strings of a call, descend.",
        "(> 3 2 1) => #t")
declare(at_most, "<=", "a:real b:real cs:real...",
        "Whether numbers, or the two strings of a call, never descend.",
        "(<= 1 1 2) => #t")
declare(at_least, ">=", "a:real b:real cs:real...",
        "Whether numbers, or the two strings of a call, never ascend.",
        "(>= 2 1 1) => #t")


# --- Rounding and conversion ------------------------------------------------------------------

cdef Word rounded(Word* args, double (*of_double)(double) noexcept nogil,
                  object of_rational) except ABSENT:
    cdef NumberKind kind = need_real(args[0])
    if kind == FLOAT:
        return double_word(of_double(word_double(args[0])))
    return to_word(of_rational(to_object(args[0]))) if kind == RATIONAL else shared(args[0])


cdef Word round_down(Word* args, Py_ssize_t n) except ABSENT:
    return rounded(args, floor, math.floor)


cdef Word round_up(Word* args, Py_ssize_t n) except ABSENT:
    return rounded(args, ceil, math.ceil)


cdef Word round_to_zero(Word* args, Py_ssize_t n) except ABSENT:
    return rounded(args, trunc, math.trunc)


cdef Word round_to_even(Word* args, Py_ssize_t n) except ABSENT:
    return rounded(args, rint, round)


cdef Word to_int(Word* args, Py_ssize_t n) except ABSENT:
    cdef NumberKind kind = number_kind(args[0])
    cdef double d
    if is_string(args[0]):
        text = <str>word_ptr(args[0])
        digits = text[1:] if text[:1] in ("+", "-") else text
        if digits.isascii() and digits.isdigit() and len(digits.lstrip("0")) < 20:
            value = int(digits.lstrip("0") or "0")
            value = -value if text[0] == "-" else value
            if -(1 << 63) <= value < 1 << 63:
                return to_word(value)
        raise EvalError(f"cannot convert '{text}' to int")
    if kind == FLOAT:
        d = word_double(args[0])
        if not -9223372036854775808.0 <= d < 9223372036854775808.0:
            raise EvalError(f"cannot convert '{shown(args[0])}' to int")
        return wide_int(<int64_t>d)
    if kind == NOT_A_NUMBER or kind == COMPLEX:
        type_error("number or string", args[0])
    return to_word(math.trunc(to_object(args[0])))


cdef str shown(Word w):
    from sema.reader.printer import write
    return write(to_object(w))


cdef object parsed_float(str text):
    """The float that a text denotes without anything around it, or None."""
    if "_" not in text and text == text.strip() and text.isascii():
        try:
            return float(text)
        except ValueError:
            pass
    return None


cdef Word to_float(Word* args, Py_ssize_t n) except ABSENT:
    cdef NumberKind kind = number_kind(args[0])
    if is_string(args[0]):
        text = <str>word_ptr(args[0])
        value = parsed_float(text)
        if value is None:
            raise EvalError(f"cannot convert '{text}' to float")
        return to_word(value)
    if kind == NOT_A_NUMBER:
        type_error("number or string", args[0])
    need_real(args[0])
    return double_word(as_double(to_object(args[0])))


cdef Word string_to_float(Word* args, Py_ssize_t n) except ABSENT:
    cdef NumberKind kind = number_kind(args[0])
    if is_string(args[0]):
        text = <str>word_ptr(args[0])
        value = parsed_float(text)
        if value is None:
            raise EvalError(f"cannot parse '{text}' as float")
        return to_word(value)
    if kind != SMALL and kind != FLOAT:
        type_error("string or number", args[0])
    return double_word(as_double(to_object(args[0])))


cdef object exact_object(object x):
    if type(x) is Complex:
        return Complex(exact_object((<Complex>x).re), exact_object((<Complex>x).im))
    if type(x) is float and math.isfinite(x):
        top, bottom = x.as_integer_ratio()
        return make_rational(top, bottom)
    return x


cdef Word to_exact(Word* args, Py_ssize_t n) except ABSENT:
    need_number(args[0])
    value = exact_object(to_object(args[0]))
    if type(value) is Complex and type((<Complex>value).im) is int and not (<Complex>value).im:
        value = (<Complex>value).re
    return to_word(value)


cdef Word to_inexact(Word* args, Py_ssize_t n) except ABSENT:
    cdef NumberKind kind = need_number(args[0])
    value = to_object(args[0])
    if kind == COMPLEX:
        return to_word(from_complex(complex_float(value)))
    return double_word(as_double(value))


cdef object need_exact(Word w):
    cdef NumberKind kind = number_kind(w)
    if kind == NOT_A_NUMBER or kind == FLOAT or kind == COMPLEX:
        type_error("rational", w)
    return to_object(w)


cdef Word numerator(Word* args, Py_ssize_t n) except ABSENT:
    return to_word(need_exact(args[0]).numerator)


cdef Word denominator(Word* args, Py_ssize_t n) except ABSENT:
    return to_word(need_exact(args[0]).denominator)


cdef object simplest(object low, object high):
    """The rational with the smallest denominator in a range of positive exact numbers."""
    convergents = []
    while True:
        whole = math.floor(low)
        if whole == low or whole + 1 <= high:
            result = whole if whole == low else whole + 1
            break
        convergents.append(whole)
        low, high = div_objects(1, high - whole), div_objects(1, low - whole)
    for whole in reversed(convergents):
        result = whole + div_objects(1, result)
    return result


cdef Word rationalize(Word* args, Py_ssize_t n) except ABSENT:
    cdef bint inexact = need_real(args[0]) == FLOAT
    inexact |= need_real(args[1]) == FLOAT
    x, tolerance = exact_object(to_object(args[0])), exact_object(to_object(args[1]))
    if type(x) is float or type(tolerance) is float:
        return double_word(as_double(x) if type(tolerance) is not float else 0.0)
    low, high = x - abs(tolerance), x + abs(tolerance)
    if low <= 0 <= high:
        result = 0
    elif high < 0:
        result = -simplest(-high, -low)
    else:
        result = simplest(low, high)
    if inexact:
        return double_word(as_double(result))
    return to_word(mul_objects(1, result))


cdef Word number_to_string(Word* args, Py_ssize_t n) except ABSENT:
    need_number(args[0])
    radix = int_argument(args[1]) if n == 2 else 10
    if radix == 10:
        return to_word(shown(args[0]))
    form = {2: "b", 8: "o", 16: "x"}.get(radix)
    if form is None:
        raise EvalError(f"number->string: unsupported radix {radix}")
    return to_word(format(need_integer(args[0], "exact integer"), form))


cdef Word string_to_number(Word* args, Py_ssize_t n) except ABSENT:
    if not is_string(args[0]):
        type_error("string", args[0])
    radix = int_argument(args[1]) if n == 2 else 10
    if radix not in (2, 8, 10, 16):
        raise EvalError(f"string->number: unsupported radix {radix}")
    cdef str text = (<str>word_ptr(args[0])).strip()
    if radix == 10 and len(text) < 19 and text.isdigit() and text.isascii():
        return to_word(int(text))
    from sema.reader import parse_number
    value = parse_number(text, radix)
    return FALSE if value is None else to_word(value)


declare(round_down, "floor", "n:real", "The nearest whole number not above.", "(floor 6.5) => 6.0")
declare(round_up, "ceil", "n:real", "The nearest whole number not below.", "(ceil 6.5) => 7.0",
        ("ceiling",))
declare(round_to_zero, "truncate", "n:real", "The whole part.", "(truncate -6.7) => -6.0")
declare(round_to_even, "round", "n:real", "The nearest whole number; the even one of two.",
        "(round 7.5) => 8.0")
declare(to_int, "int", "x", "The whole part of a number, or the integer a string denotes.",
        "(int 8.9) => 8")
declare(to_float, "float", "x", "The nearest float to a real, or the one a string denotes.",
        "(float 1/2) => 0.5")
declare(string_to_float, "string->float", "x", "The float that a string denotes.",
        '(string->float "2.5") => 2.5', ("string/to-float",))
declare(to_exact, "exact", "n:number", "The exact number that a float denotes.",
        "(exact 0.5) => 1/2",
        ("inexact->exact",))
declare(to_inexact, "inexact", "n:number", "The nearest float.", "(inexact 1/4) => 0.25",
        ("exact->inexact",))
declare(numerator, "numerator", "q:rational", "The numerator in lowest terms.",
        "(numerator 6/4) => 3")
declare(denominator, "denominator", "q:rational", "The denominator in lowest terms.",
        "(denominator 6/4) => 2")
declare(rationalize, "rationalize", "x:real tolerance:real",
        "The simplest rational that differs from a number by no more than a tolerance.",
        "(rationalize 3/10 1/10) => 1/3")
declare(number_to_string, "number->string", "n:number [radix:int]",
        "A number as text, in radix 2, 8, 10 or 16.",
        '(number->string 255 16) => "ff"', ("number/to-string",))
declare(string_to_number, "string->number", "s:string [radix:int]",
        "The number that a text denotes, or #f.",
        '(string->number "1/2") => 1/2', ("string/to-number",))


# --- Predicates -------------------------------------------------------------------------------

cdef int sign_of(Word w) except -2:
    """-1, 0 or 1; 0 also for NaN and complex numbers."""
    cdef NumberKind kind = need_number(w)
    if kind == SMALL:
        return (word_int(w) > 0) - (word_int(w) < 0)
    if kind == FLOAT:
        return (word_double(w) > 0.0) - (word_double(w) < 0.0)
    if kind == COMPLEX:
        return 0
    return 1 if to_object(w) > 0 else -1


cdef Word is_zero(Word* args, Py_ssize_t n) except ABSENT:
    need_number(args[0])
    return bool_word(args[0] == int_word(0)
                     or (is_double(args[0]) and word_double(args[0]) == 0.0))


cdef Word is_positive(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(sign_of(args[0]) > 0)


cdef Word is_negative(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(sign_of(args[0]) < 0)


cdef bint odd(Word w) except -1:
    return <bint>(w & 1) if is_int(w) else need_integer(w) & 1


cdef Word is_even(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(not odd(args[0]))


cdef Word is_odd(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(odd(args[0]))


cdef Word is_nan(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(is_double(args[0]) and isnan(word_double(args[0])))


cdef Word is_infinite(Word* args, Py_ssize_t n) except ABSENT:
    return bool_word(is_double(args[0]) and isinf(word_double(args[0])))


declare(is_zero, "zero?", "n:number", "Whether a number is zero.", "(zero? 0.0) => #t")
declare(is_positive, "positive?", "n:number", "Whether a number is above zero.",
        "(positive? 1) => #t")
declare(is_negative, "negative?", "n:number", "Whether a number is below zero.",
        "(negative? -1) => #t")
declare(is_even, "even?", "n:integer", "Whether an integer is even.", "(even? 4) => #t")
declare(is_odd, "odd?", "n:integer", "Whether an integer is odd.", "(odd? 4) => #f")
declare(is_nan, "math/nan?", "x", "Whether a value is the float NaN.", "(math/nan? 1) => #f")
declare(is_infinite, "math/infinite?", "x", "Whether a value is an infinite float.",
        "(math/infinite? math/infinity) => #t")
