# cython: language_level=3
"""The mathematical functions: complex parts, transcendental functions, interpolation, bits."""

from libc.math cimport (
    acos, asin, atan, atan2, cos, cosh, exp, floor, hypot, isinf, isnan, log, log10, log2, sin,
    sinh, tan, tanh,
)

import math

from sema.errors import EvalError
from sema.stdlib.registry cimport declare
from sema.stdlib.sequences cimport need_bytes
from sema.vm.limits cimport spend_on_product
from sema.stdlib.registry import declare_constant
from sema.stdlib.sequences cimport count_argument, int_argument, type_error
from sema.vm.numbers cimport (
    BIG, COMPLEX, NOT_A_NUMBER, SMALL, Complex, NumberKind, as_double, make_complex,
    number_kind,
)
from sema.vm.values cimport to_object, to_word
from sema.vm.word cimport (
    ABSENT, Word, double_word, incref, int_word, is_double, is_int, word_double, word_int,
)


# Integers may be long, but not so long that they fill the memory.
cdef object MOST_BITS = 1 << 30
# A double has no more decimals than this.
cdef Py_ssize_t MOST_DECIMALS = 1100


cdef NumberKind need_real(Word w) except *:
    cdef NumberKind kind = number_kind(w)
    if kind == NOT_A_NUMBER:
        type_error("number", w)
    if kind == COMPLEX:
        type_error("real number", w)
    return kind


cdef double real_double(Word w) except? -1.0:
    """Any real as a double."""
    if is_double(w):
        return word_double(w)
    need_real(w)
    return as_double(to_object(w))


cdef double plain_double(Word w) except? -1.0:
    """A small integer or a float as a double."""
    if is_double(w):
        return word_double(w)
    if number_kind(w) != SMALL:
        int_argument_or_number(w)
    return as_double(to_object(w))


cdef int int_argument_or_number(Word w) except -1:
    """Integers of 64 bits count as plain numbers, longer ones and fractions do not."""
    if number_kind(w) != BIG or not -(1 << 63) <= to_object(w) < 1 << 63:
        type_error("number", w)
    return 0


# --- Complex numbers --------------------------------------------------------------------------

cdef Word make_rectangular(Word* args, Py_ssize_t n) except ABSENT:
    need_real(args[0])
    need_real(args[1])
    return to_word(make_complex(to_object(args[0]), to_object(args[1])))


cdef Word make_polar(Word* args, Py_ssize_t n) except ABSENT:
    cdef double size = real_double(args[0])
    cdef double angle = real_double(args[1])
    return to_word(Complex(size * cos(angle), size * sin(angle)))


cdef Word real_part(Word* args, Py_ssize_t n) except ABSENT:
    if number_kind(args[0]) == COMPLEX:
        return to_word((<Complex>to_object(args[0])).re)
    need_real(args[0])
    incref(args[0])
    return args[0]


cdef Word imag_part(Word* args, Py_ssize_t n) except ABSENT:
    if number_kind(args[0]) == COMPLEX:
        return to_word((<Complex>to_object(args[0])).im)
    need_real(args[0])
    return int_word(0)


cdef Word magnitude(Word* args, Py_ssize_t n) except ABSENT:
    if number_kind(args[0]) == COMPLEX:
        z = <Complex>to_object(args[0])
        return double_word(hypot(as_double(z.re), as_double(z.im)))
    need_real(args[0])
    return to_word(abs(to_object(args[0])))


cdef Word angle(Word* args, Py_ssize_t n) except ABSENT:
    if number_kind(args[0]) == COMPLEX:
        z = <Complex>to_object(args[0])
        return double_word(atan2(as_double(z.im), as_double(z.re)))
    return double_word(math.pi if real_double(args[0]) < 0.0 else 0.0)


declare(make_rectangular, "make-rectangular", "re:real im:real",
        "The complex number of two real parts.",
        "(make-rectangular 1 2) => 1+2i")
declare(make_polar, "make-polar", "magnitude:real angle:real",
        "The complex number of a magnitude and an angle.",
        "(make-polar 2 0) => 2.0+0.0i")
declare(real_part, "real-part", "z:number", "The real part of a number.", "(real-part 3+4i) => 3")
declare(imag_part, "imag-part", "z:number", "The imaginary part of a number.",
        "(imag-part 3+4i) => 4")
declare(magnitude, "magnitude", "z:number", "The distance of a number from zero.",
        "(magnitude 3+4i) => 5.0")
declare(angle, "angle", "z:number", "The angle of a number in radians.", "(angle 1) => 0.0")


# --- Transcendental functions -----------------------------------------------------------------

cdef Word sine(Word* args, Py_ssize_t n) except ABSENT:
    return double_word(sin(real_double(args[0])))


cdef Word cosine(Word* args, Py_ssize_t n) except ABSENT:
    return double_word(cos(real_double(args[0])))


cdef Word tangent(Word* args, Py_ssize_t n) except ABSENT:
    return double_word(tan(real_double(args[0])))


cdef Word arcsine(Word* args, Py_ssize_t n) except ABSENT:
    return double_word(asin(real_double(args[0])))


cdef Word arccosine(Word* args, Py_ssize_t n) except ABSENT:
    return double_word(acos(real_double(args[0])))


cdef Word arctangent(Word* args, Py_ssize_t n) except ABSENT:
    return double_word(atan(real_double(args[0])))


cdef Word arctangent2(Word* args, Py_ssize_t n) except ABSENT:
    return double_word(atan2(real_double(args[0]), real_double(args[1])))


cdef Word hyperbolic_sine(Word* args, Py_ssize_t n) except ABSENT:
    return double_word(sinh(real_double(args[0])))


cdef Word hyperbolic_cosine(Word* args, Py_ssize_t n) except ABSENT:
    return double_word(cosh(real_double(args[0])))


cdef Word hyperbolic_tangent(Word* args, Py_ssize_t n) except ABSENT:
    return double_word(tanh(real_double(args[0])))


cdef Word exponential(Word* args, Py_ssize_t n) except ABSENT:
    return double_word(exp(real_double(args[0])))


cdef double logarithm(Word w, double (*of_double)(double) noexcept nogil, of_int) except? -1.0:
    """Integers may be beyond the range of doubles; their logarithms are not."""
    if number_kind(w) == BIG and to_object(w) > 0:
        return of_int(to_object(w))
    return of_double(real_double(w))


cdef Word natural_logarithm(Word* args, Py_ssize_t n) except ABSENT:
    return double_word(logarithm(args[0], log, math.log))


cdef Word logarithm10(Word* args, Py_ssize_t n) except ABSENT:
    return double_word(logarithm(args[0], log10, math.log10))


cdef Word logarithm2(Word* args, Py_ssize_t n) except ABSENT:
    return double_word(logarithm(args[0], log2, math.log2))


cdef Word to_radians(Word* args, Py_ssize_t n) except ABSENT:
    return double_word(math.radians(plain_double(args[0])))


cdef Word to_degrees(Word* args, Py_ssize_t n) except ABSENT:
    return double_word(math.degrees(plain_double(args[0])))


declare(sine, "sin", "x:real", "The sine of an angle in radians.", "(sin 0) => 0.0")
declare(cosine, "cos", "x:real", "The cosine of an angle in radians.", "(cos 0) => 1.0")
declare(tangent, "math/tan", "x:real", "The tangent of an angle in radians.", "(math/tan 0) => 0.0")
declare(arcsine, "math/asin", "x:real", "The angle of a sine, in radians.", "(math/asin 0) => 0.0")
declare(arccosine, "math/acos", "x:real", "The angle of a cosine, in radians.",
        "(math/acos 1) => 0.0")
declare(arctangent, "math/atan", "x:real", "The angle of a tangent, in radians.",
        "(math/atan 0) => 0.0")
declare(arctangent2, "math/atan2", "y:real x:real", "The angle of the point with these y and x.",
        "(math/atan2 0 1) => 0.0")
declare(hyperbolic_sine, "math/sinh", "x:real", "The hyperbolic sine.", "(math/sinh 0) => 0.0")
declare(hyperbolic_cosine, "math/cosh", "x:real", "The hyperbolic cosine.", "(math/cosh 0) => 1.0")
declare(hyperbolic_tangent, "math/tanh", "x:real", "The hyperbolic tangent.",
        "(math/tanh 0) => 0.0")
declare(exponential, "math/exp", "x:real", "e to that power.", "(math/exp 0) => 1.0")
declare(natural_logarithm, "log", "x:real", "The natural logarithm.", "(log 1) => 0.0")
declare(logarithm10, "math/log10", "x:real", "The logarithm to base 10.", "(math/log10 100) => 2.0")
declare(logarithm2, "math/log2", "x:real", "The logarithm to base 2.", "(math/log2 8) => 3.0")
declare(to_radians, "math/degrees->radians", "x:int-or-float", "Degrees in radians.",
        "(math/degrees->radians 0) => 0.0")
declare(to_degrees, "math/radians->degrees", "x:int-or-float", "Radians in degrees.",
        "(math/radians->degrees 0) => 0.0")


# --- Interpolation, decimals, sign, chance ----------------------------------------------------

cdef Word clamp(Word* args, Py_ssize_t n) except ABSENT:
    cdef double x = plain_double(args[0])
    cdef double low = plain_double(args[1])
    cdef double high = plain_double(args[2])
    if is_int(args[0]) and is_int(args[1]) and is_int(args[2]):
        return int_word(min(max(word_int(args[0]), word_int(args[1])), word_int(args[2])))
    if isnan(x):
        return args[0]
    return double_word(min(max(x, low), high))


cdef Word sign(Word* args, Py_ssize_t n) except ABSENT:
    cdef double x = plain_double(args[0])
    return int_word((x > 0.0) - (x < 0.0))


cdef Word lerp(Word* args, Py_ssize_t n) except ABSENT:
    cdef double a = plain_double(args[0])
    cdef double b = plain_double(args[1])
    return double_word(a + (b - a) * plain_double(args[2]))


cdef Word map_range(Word* args, Py_ssize_t n) except ABSENT:
    cdef double x = plain_double(args[0])
    cdef double in_low = plain_double(args[1])
    cdef double in_high = plain_double(args[2])
    cdef double out_low = plain_double(args[3])
    cdef double out_high = plain_double(args[4])
    return double_word(out_low + (x - in_low) / (in_high - in_low) * (out_high - out_low))


cdef Word round_to(Word* args, Py_ssize_t n) except ABSENT:
    cdef double scaled = plain_double(args[0])
    cdef double scale = 10.0 ** <double>int_argument(args[1])
    if isinf(scale) or isinf(scaled * scale):
        return double_word(scaled)
    if scale == 0.0:
        return double_word(0.0)
    scaled *= scale
    scaled = floor(scaled + 0.5) if scaled >= 0.0 else -floor(0.5 - scaled)
    return double_word(scaled / scale)


cdef Word format_fixed(Word* args, Py_ssize_t n) except ABSENT:
    cdef double x = plain_double(args[0])
    cdef Py_ssize_t places = min(max(0, int_argument(args[1])), MOST_DECIMALS)
    return to_word("NaN" if isnan(x) else f"{x:.{places}f}")


cdef Word random_float(Word* args, Py_ssize_t n) except ABSENT:
    from random import random
    return to_word(random())


cdef Word random_int(Word* args, Py_ssize_t n) except ABSENT:
    low, high = int_argument(args[0]), int_argument(args[1])
    if low > high:
        raise EvalError(f"math/random-int: lo ({low}) must be <= hi ({high})")
    from random import randint
    return to_word(randint(low, high))


declare(clamp, "math/clamp", "x:int-or-float low:int-or-float high:int-or-float",
        "A number kept between two bounds.",
        "(math/clamp 15 0 10) => 10")
declare(sign, "math/sign", "n:int-or-float", "-1, 0 or 1 by the sign of a number.",
        "(math/sign -5) => -1")
declare(lerp, "math/lerp", "a:int-or-float b:int-or-float t:int-or-float",
        "The point at a fraction of the way between two numbers.",
        "(math/lerp 0 10 0.5) => 5.0")
declare(map_range, "math/map-range",
        "x:int-or-float in-low:int-or-float in-high:int-or-float"
        " out-low:int-or-float out-high:int-or-float",
        "A number carried over from one range to another.",
        "(math/map-range 5 0 10 0 100) => 50.0")
declare(round_to, "math/round-to", "x:int-or-float places:int",
        "A number rounded to so many decimals.",
        "(math/round-to 3.14159 2) => 3.14")
declare(format_fixed, "math/format-fixed", "x:int-or-float places:int",
        "A number as text with so many decimals.",
        '(math/format-fixed 3 2) => "3.00"')
declare(random_float, "math/random", "", "A random float from 0 up to but not including 1.",
        "(< (math/random) 1) => #t")
declare(random_int, "math/random-int", "low:int high:int",
        "A random integer between two bounds, inclusive.",
        "(math/random-int 3 3) => 3")


# --- Bits -------------------------------------------------------------------------------------

cdef object integer(Word w):
    cdef NumberKind kind = number_kind(w)
    if kind != SMALL and kind != BIG:
        type_error("int", w)
    return to_object(w)


cdef Word bit_and(Word* args, Py_ssize_t n) except ABSENT:
    return to_word(integer(args[0]) & integer(args[1]))


cdef Word bit_or(Word* args, Py_ssize_t n) except ABSENT:
    return to_word(integer(args[0]) | integer(args[1]))


cdef Word bit_xor(Word* args, Py_ssize_t n) except ABSENT:
    return to_word(integer(args[0]) ^ integer(args[1]))


cdef Word bit_not(Word* args, Py_ssize_t n) except ABSENT:
    return to_word(~integer(args[0]))


cdef Word shift_left(Word* args, Py_ssize_t n) except ABSENT:
    value, count = integer(args[0]), count_argument(args[1], "bit/shift-left")
    if value and count > MOST_BITS:
        raise EvalError("bit/shift-left: the result is too large")
    need_bytes(count // 7)
    spend_on_product(value, 1)
    return to_word(value << count)


cdef Word shift_right(Word* args, Py_ssize_t n) except ABSENT:
    return to_word(integer(args[0]) >> <object>count_argument(args[1], "bit/shift-right"))


declare(bit_and, "bit/and", "a:integer b:integer", "Bitwise and, two's complement at any size.",
        "(bit/and 12 10) => 8")
declare(bit_or, "bit/or", "a:integer b:integer", "Bitwise or.", "(bit/or 12 10) => 14")
declare(bit_xor, "bit/xor", "a:integer b:integer", "Bitwise exclusive or.", "(bit/xor 12 10) => 6")
declare(bit_not, "bit/not", "n:integer", "Every bit flipped.", "(bit/not 5) => -6")
declare(shift_left, "bit/shift-left", "n:integer count:count", "The bits moved up.",
        "(bit/shift-left 3 2) => 12")
declare(shift_right, "bit/shift-right", "n:integer count:count",
        "The bits moved down, keeping the sign.",
        "(bit/shift-right 12 2) => 3")

declare_constant("pi", math.pi, "The ratio of a circle's circumference to its diameter.",
                 "(< 3.14 pi 3.15) => #t")
declare_constant("e", math.e, "The base of natural logarithms.", "(< 2.71 e 2.72) => #t")
declare_constant("math/infinity", math.inf, "The infinite float.", "math/infinity => inf")
declare_constant("math/nan", math.nan, "The float that is not a number.", "math/nan => NaN")
