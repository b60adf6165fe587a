# reference: values.md 5.2, 5.3, 5.4
"""Arithmetic, comparison, rounding, conversion, bits."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sema.stdlib.registry import find

CALLS = """
+ => 0
+ 1 2 3 => 6
+ 140737488355327 1 => 140737488355328
+ 9223372036854775807 1 => 9223372036854775808
+ 1/2 1/2 => 1
+ 1/2 0.5 => 1.0
+ "a" "b" => ! expected number, got string
+ 1+2i 1-2i => 2
+ 1 "a" => ! expected number, got string
+ 1 nil => ! expected number, got nil
+ 1 "a" 2 => ! expected number, got string
+ "a" => ! expected number, got string
+ 1/2 1/3 1/6 => 1
- 5 => -5
- -140737488355328 => 140737488355328
- 1/2 => -1/2
- 0.0 => -0.0
- 10 3 2 => 5
- "a" 1 => ! expected number, got string
* => 1
* 0 2.5 => 0.0
* 140737488355327 140737488355327 => 19807040628565802923409276929
* 2 1/2 => 1
* 0+1i 0+1i => -1
/ 6 3 => 2
/ 7 2 => 7/2
/ 2 4 => 1/2
/ 7 2.0 => 3.5
/ 1 0.0 => inf
/ -1.0 0 => ! /: division by zero
/ 0.0 0 => ! /: division by zero
/ 1 0 => ! /: division by zero
/ 1/2 0 => ! /: division by zero
/ -140737488355328 -1 => 140737488355328
/ 1+2i 3-4i => -1/5+2/5i
mod -8 3 => 1
mod 8 -3 => -1
mod -7.5 2 => -1.5
mod 9 0 => ! mod: modulo by zero
mod 9 0.0 => NaN
mod 1/2 1 => ! expected integer, got rational
mod -100000000000000000000 7 => 5
remainder -8 3 => -2
quotient -8 3 => -2
quotient 1 0 => ! quotient: division by zero
remainder 1 0 => ! remainder: division by zero
quotient 2.0 1 => ! expected integer, got float
gcd => 0
gcd 12 -18 => 6
lcm => 1
lcm 4 0 => 0
abs -140737488355328 => 140737488355328
abs -2/3 => 2/3
abs 6+8i => 10.0
min 1 2.0 => 1.0
max 1 1/2 => 1
min 1 NaN => ! min: cannot order these numbers
max 1 2+1i => ! max: cannot order these numbers
pow 3 50 => 717897987691852588770249
pow 2 -4 => 1/16
pow 2/3 2 => 4/9
pow 2.0 3 => 8.0
pow 4 1/2 => 2.0
pow 0 -1 => ! expt: 0 raised to a negative power
pow 0 0 => 1
pow 0+1i 2 => -1
sqrt 49 => 7
sqrt 9/16 => 3/4
sqrt 49.0 => 7.0
sqrt -9 => 0+3i
sqrt -2.25 => 0+1.5i
sqrt 10000000000000000000000000000000000000000 => 100000000000000000000
exact-integer-sqrt 30 => (5 5)
exact-integer-sqrt -1 => ! exact-integer-sqrt: expected a non-negative integer, got -1
exact-integer-sqrt 2.0 => ! expected exact integer, got float
= 1 1.0 => #t
= 1/2 0.5 => #t
= 9007199254740995 9007199254740996.0 => #f
= (1) (1) => ! expected number, got list
= 1 (1.0) => ! expected number, got list
= 1 "a" => ! expected number, got string
= NaN NaN => #f
= 1 1 1.0 => #t
= 1 1 "a" => ! expected number, got string
= 1 2 "a" => #f
< "a" "b" => ! expected number, got string
< 1 2 3 => #t
< 1 3 2 => #f
<= NaN 1 => #f
>= 1 NaN => #f
< 1 "a" => ! expected number, got string
< 1+2i 1 => ! cannot order complex numbers
< 1/3 0.3333333333333333 => #f
< "a" "b" "c" => ! expected number, got string
floor 6.5 => 6.0
round 6.5 => 6.0
round 7.5 => 8.0
truncate -6.7 => -6.0
floor 9/2 => 4
round 9/2 => 4
round 11/2 => 6
ceil -9/2 => -4
floor NaN => NaN
floor 1+2i => ! expected real number, got complex
int 8.9 => 8
int -8.9 => -8
int "17" => 17
int "-007" => -7
int 9/2 => 4
int " 1" => ! cannot convert ' 1' to int
int "9223372036854775808" => ! cannot convert '9223372036854775808' to int
int inf => ! cannot convert 'inf' to int
int nil => ! expected number or string, got nil
float 1/4 => 0.25
float "2.5" => 2.5
float "1_0" => ! cannot convert '1_0' to float
float 1+2i => ! expected real number, got complex
string->float "x" => ! cannot parse 'x' as float
exact 0.5 => 1/2
exact 2.0 => 2
exact inf => inf
inexact 1/4 => 0.25
numerator 6/4 => 3
denominator 5 => 1
numerator 0.5 => ! expected rational, got float
rationalize 3/10 1/10 => 1/3
rationalize 0.3 1/10 => 0.3333333333333333
rationalize -3/10 1/10 => -1/3
number->string 255 16 => "ff"
number->string -5 2 => "-101"
number->string 2.0 => "2.0"
number->string 2.0 2 => ! expected exact integer, got float
number->string 2 3 => ! number->string: unsupported radix 3
string->number " 1/2 " => 1/2
string->number "+5" => #f
string->number ".5" => #f
string->number "ff" 16 => 255
string->number "zz" 16 => #f
zero? -0.0 => #t
zero? 0+1i => #f
positive? NaN => #f
even? 2.0 => ! expected integer, got float
odd? -3 => #t
even? 100000000000000000001 => #f
math/clamp 15 0 10 => 10
math/clamp 5.5 0 10 => 5.5
math/round-to 2.5 0 => 3.0
math/round-to -1234.5 -2 => -1200.0
math/format-fixed 2.5 0 => "2"
math/random-int 2 1 => ! math/random-int: lo (2) must be <= hi (1)
math/sign NaN => 0
math/sign 1/2 => ! expected number, got rational
log 0 => -inf
math/asin 2 => NaN
sin 1+2i => ! expected real number, got complex
bit/and -1 255 => 255
bit/shift-left 3 90 => 3713820117856140824697372672
bit/shift-right -5 1 => -3
bit/shift-left 1 -1 => ! bit/shift-left: expected a non-negative integer, got -1
bit/and 1.0 1 => ! expected int, got float
make-rectangular 1 0 => 1
make-rectangular 1 0.0 => 1+0.0i
magnitude -7 => 7
imag-part 5 => 0
"""
ROWS = [row.rsplit(" => ", 1) for row in CALLS.strip().splitlines()]


@pytest.mark.parametrize(("call", "expected"), ROWS)
def test_call(call: str, expected: str, outcome: Callable[[str], str]) -> None:
    assert outcome(call) == expected


EXACT = st.one_of(
    st.integers(),
    st.integers(min_value=-(1 << 49), max_value=1 << 49),
    st.fractions().map(lambda q: int(q) if q.denominator == 1 else q),
)


@given(EXACT, EXACT)
def test_exact_arithmetic_is_exact(x: Fraction | int, y: Fraction | int) -> None:
    assert find("+")(x, y) == x + y
    assert find("-")(x, y) == x - y
    assert find("*")(x, y) == x * y
    assert find("<")(x, y) == (x < y)
    if y:
        assert find("/")(x, y) == Fraction(x) / Fraction(y)
    for operator in "+-*":
        result = find(operator)(x, y)
        assert type(result) is int or result.denominator > 1


@given(st.integers(), st.integers().filter(bool))
def test_division_with_remainder(x: int, y: int) -> None:
    assert find("mod")(x, y) == x % y
    assert find("quotient")(x, y) * y + find("remainder")(x, y) == x
