# reference: values.md 5.1, 5.2, 5.3, 5.4
"""Numbers of every kind, computed by Sema and by Python."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
import strategies as draw
from hypothesis import given
from hypothesis import strategies as st

import sema
from sema.reader import parse_number, write
from sema.vm.numbers import Complex

interpreter = sema.Interpreter()


def direct(name: str) -> Callable[[Any, Any], Any]:
    """A two-argument operator as the machine's instruction for it."""
    function: Callable[[Any, Any], Any] = interpreter.eval(f"(fn (x y) ({name} x y))")
    return function


DIRECT = {name: direct(name) for name in ["+", "-", "*", "/", "mod", "<", "<=", ">", ">=", "="]}


def both_ways(name: str, x: Any, y: Any) -> Any:
    """The result of a direct call, which must be that of the function."""
    try:
        result = DIRECT[name](x, y)
    except sema.SemaError as error:
        with pytest.raises(type(error)):
            interpreter[name](x, y)
        raise
    assert alike(interpreter[name](x, y), result)
    return result


def alike(x: Any, y: Any) -> bool:
    """Whether two numbers are of the same type and value, NaN and the signs of zeros included."""
    return type(x) is type(y) and repr(x) == repr(y)


# --- What Python says -------------------------------------------------------------------------


def to_float(x: int | Fraction | float) -> float:
    try:
        return float(x)
    except OverflowError:
        return math.inf if x > 0 else -math.inf


def normal(x: int | Fraction | float) -> int | Fraction | float:
    return x.numerator if isinstance(x, Fraction) and x.denominator == 1 else x


def real(operation: Callable[[Any, Any], Any], x: Any, y: Any) -> Any:
    """Exact numbers give an exact one; one float makes a float."""
    if float in (type(x), type(y)):
        return operation(to_float(x), to_float(y))
    return normal(operation(Fraction(x), Fraction(y)))


def parts(z: Any) -> tuple[Any, Any]:
    return (z.re, z.im) if type(z) is Complex else (z, 0)


def rectangular(re: Any, im: Any) -> Any:
    return re if type(im) is int and im == 0 else Complex(re, im)


def divided(x: float, y: float) -> float:
    if y != 0:
        return x / y
    return math.nan if x == 0 or x != x else math.copysign(math.inf, x) * math.copysign(1, y)


# --- Arithmetic -------------------------------------------------------------------------------

OPERATIONS = {"+": operator.add, "-": operator.sub, "*": operator.mul}


@given(x=draw.reals, y=draw.reals, name=st.sampled_from(sorted(OPERATIONS)))
def test_real_arithmetic(x: Any, y: Any, name: str) -> None:
    assert alike(both_ways(name, x, y), real(OPERATIONS[name], x, y))


@given(x=draw.numbers, y=draw.numbers)
def test_complex_sums(x: Any, y: Any) -> None:
    (a, b), (c, d) = parts(x), parts(y)
    for name in ("+", "-"):
        expected = rectangular(real(OPERATIONS[name], a, c), real(OPERATIONS[name], b, d))
        if type(x) is Complex or type(y) is Complex:
            assert alike(both_ways(name, x, y), expected)


EXACT_COMPLEX = st.builds(rectangular, draw.exact_numbers, draw.exact_numbers)


@given(x=EXACT_COMPLEX, y=EXACT_COMPLEX)
def test_exact_complex_products_and_quotients(x: Any, y: Any) -> None:
    (a, b), (c, d) = parts(x), parts(y)
    product = both_ways("*", x, y)
    assert alike(product, rectangular(normal(a * c - b * d), normal(a * d + b * c)))
    if c or d:
        assert alike(both_ways("/", product, y), x)


@given(x=draw.reals, y=draw.reals)
def test_division(x: Any, y: Any) -> None:
    if type(x) is not float and type(y) is not float and y == 0:
        with pytest.raises(sema.SemaError, match="division by zero"):
            both_ways("/", x, y)
    else:
        assert alike(both_ways("/", x, y), real(divided if y == 0 else operator.truediv, x, y))


@given(x=draw.integers, y=draw.integers)
def test_integer_division(x: int, y: int) -> None:
    if y == 0:
        for name in ("quotient", "remainder", "mod"):
            with pytest.raises(sema.SemaError, match="by zero"):
                interpreter[name](x, y)
        return
    quotient, remainder = interpreter["quotient"](x, y), interpreter["remainder"](x, y)
    assert quotient * y + remainder == x
    assert abs(remainder) < abs(y) and remainder * x >= 0
    assert both_ways("mod", x, y) == x % y


@given(x=draw.integers.map(float) | st.floats(), y=draw.integers | st.floats())
def test_remainders_of_floats(x: float, y: float) -> None:
    for left, right in ((x, y), (y, x)):
        try:
            expected = math.fmod(to_float(left), to_float(right))
        except ValueError:
            expected = math.nan
        assert alike(both_ways("mod", left, right), expected)


@given(st.lists(draw.exact_numbers, min_size=1, max_size=6))
def test_any_number_of_arguments(items: list[Any]) -> None:
    assert interpreter["+"](*items) == sum(items)
    assert interpreter["*"](*items) == math.prod(items)
    assert interpreter["-"](*items) == (items[0] - sum(items[1:]) if items[1:] else -items[0])
    assert interpreter["max"](*items) == max(items) and interpreter["min"](*items) == min(items)
    assert alike(interpreter["max"](*items, -math.inf), to_float(max(items)))


@given(st.lists(draw.integers, max_size=4))
def test_common_divisors_and_multiples(items: list[int]) -> None:
    assert interpreter["gcd"](*items) == math.gcd(*items)
    assert interpreter["lcm"](*items) == math.lcm(*items)


# --- Powers and roots -------------------------------------------------------------------------


@given(base=draw.exact_numbers, exponent=st.integers(-20, 20))
def test_exact_powers(base: Any, exponent: int) -> None:
    if base == 0 and exponent < 0:
        with pytest.raises(sema.SemaError, match="0 raised to a negative power"):
            interpreter["expt"](base, exponent)
    else:
        assert alike(interpreter["expt"](base, exponent), normal(Fraction(base) ** exponent))


@given(base=st.floats(0.001, 1000), exponent=st.floats(-50, 50) | st.fractions(-9, 9))
def test_float_powers(base: float, exponent: Any) -> None:
    assert alike(interpreter["expt"](base, exponent), math.pow(base, exponent))


@given(draw.exact_numbers)
def test_roots_of_squares(x: Any) -> None:
    assert alike(interpreter["sqrt"](normal(x * x)), abs(x))
    assert alike(interpreter["sqrt"](normal(-x * x)), rectangular(0, abs(x)))


@given(draw.finite_floats)
def test_roots_of_floats(x: float) -> None:
    expected = math.sqrt(x) if x >= 0 else Complex(0, math.sqrt(-x))
    assert alike(interpreter["sqrt"](x), expected)


@given(st.integers(min_value=0))
def test_integer_roots(x: int) -> None:
    root, rest = interpreter["exact-integer-sqrt"](x)
    assert root * root + rest == x and x < (root + 1) ** 2


# --- Comparison -------------------------------------------------------------------------------

COMPARISONS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}


@given(x=draw.reals, y=draw.reals, name=st.sampled_from(sorted(COMPARISONS)))
def test_comparison_is_exact(x: Any, y: Any, name: str) -> None:
    expected = COMPARISONS[name](x, y)
    assert interpreter[name](x, y) is expected
    if x != x or y != y:
        expected = name in ("<=", ">=")
    assert DIRECT[name](x, y) is expected


@given(x=draw.integers, shift=st.integers(-2, 2), name=st.sampled_from(sorted(COMPARISONS)))
def test_comparison_near_large_floats(x: int, shift: int, name: str) -> None:
    y = float(x)
    assert both_ways(name, x + shift, y) is COMPARISONS[name](x + shift, y)
    assert both_ways(name, y, x + shift) is COMPARISONS[name](y, x + shift)


@given(st.lists(draw.reals.filter(lambda x: x == x), min_size=2, max_size=4))
def test_chains(items: list[Any]) -> None:
    for name, holds in COMPARISONS.items():
        assert interpreter[name](*items) is all(map(holds, items, items[1:]))


@given(x=draw.numbers, y=draw.numbers)
def test_complex_numbers_are_equal_by_their_parts(x: Any, y: Any) -> None:
    assert both_ways("=", x, y) is (parts(x) == parts(y))
    if type(x) is Complex or type(y) is Complex:
        with pytest.raises(sema.SemaError, match="cannot order complex"):
            both_ways("<", x, y)


# --- Rounding, exactness, bits ----------------------------------------------------------------


@given(draw.finite_reals)
def test_rounding(x: Any) -> None:
    for name, round_it in {
        "floor": math.floor,
        "ceil": math.ceil,
        "round": round,
        "truncate": math.trunc,
    }.items():
        whole = round_it(x)
        assert interpreter[name](x) == whole
        assert type(interpreter[name](x)) is (float if type(x) is float else int)
        if -(2**63) <= x < 2**63 and name == "truncate":
            assert alike(interpreter["int"](x), whole)


@given(draw.finite_reals)
def test_exactness(x: Any) -> None:
    assert alike(interpreter["exact"](x), normal(Fraction(x)))
    assert alike(interpreter["inexact"](x), to_float(x))
    assert alike(interpreter["float"](x), to_float(x))
    assert alike(interpreter["abs"](x), abs(x))


@given(x=draw.integers, y=draw.integers, shift=st.integers(0, 200))
def test_bits(x: int, y: int, shift: int) -> None:
    assert interpreter["bit/and"](x, y) == x & y
    assert interpreter["bit/or"](x, y) == x | y
    assert interpreter["bit/xor"](x, y) == x ^ y
    assert interpreter["bit/not"](x) == ~x
    assert interpreter["bit/shift-left"](x, shift) == x << shift
    assert interpreter["bit/shift-right"](x, shift) == x >> shift


# --- Text -------------------------------------------------------------------------------------


def is_readable(x: Any) -> bool:
    """A rational real part does not combine with an imaginary one."""
    return type(x) is not Complex or type(x.re) is not Fraction


@given(draw.numbers.filter(is_readable))
def test_numbers_and_their_texts(x: Any) -> None:
    text = interpreter["number->string"](x)
    assert text == write(x)
    assert "e" not in text and "E" not in text
    assert alike(interpreter["string->number"](f" {text}\n"), x)


@given(x=draw.integers, radix=st.sampled_from([2, 8, 16]))
def test_integers_in_other_radices(x: int, radix: int) -> None:
    text = interpreter["number->string"](x, radix)
    assert int(text, radix) == x and text == text.lower()
    assert interpreter["string->number"](text, radix) == x
    prefix = {2: "#b", 8: "#o", 16: "#X"}[radix]
    assert parse_number(prefix + text) == x
    assert alike(parse_number(f"#i{prefix}{text}"), to_float(x))


@given(draw.finite_floats)
def test_exactness_prefixes(x: float) -> None:
    assert alike(parse_number(f"#e{write(x)}"), normal(Fraction(x)))
    assert alike(parse_number(f"#i{write(normal(Fraction(x)))}"), x + 0.0)
