"""What Hypothesis draws: numbers and data of every kind."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from sema.vm.maps import HashMap, Map
from sema.vm.numbers import Complex
from sema.vm.values import Char, intern_keyword, intern_symbol, make_list, make_vector

EDGES = sorted(
    {s * (2**k) + d for k in (0, 15, 31, 46, 47, 48, 53, 63) for s in (1, -1) for d in (-1, 0, 1)}
)
integers = st.sampled_from(EDGES) | st.integers() | st.integers(-(2**49), 2**49)
rationals = st.fractions().filter(lambda ratio: ratio.denominator > 1)
finite_floats = st.floats(allow_nan=False, allow_infinity=False)
exact_numbers = integers | rationals
finite_reals = exact_numbers | finite_floats | integers.map(float)
reals = finite_reals | st.floats()
complexes = st.builds(Complex, finite_reals, finite_reals).filter(
    lambda z: type(z.im) is not int or z.im != 0
)
numbers = reals | complexes

# From a few, so that equal ones meet.
few_numbers = st.sampled_from(
    [0, 1, -1, 2**47, 2**64, 0.0, -0.0, 1.0, 0.5, float("inf"), Fraction(1, 2), Complex(0, 1)]
) | st.builds(Complex, st.just(1.0), st.sampled_from([0.0, 1]))
few_atoms = (
    few_numbers
    | st.none()
    | st.booleans()
    | st.sampled_from(["", "a", "b", "é", "😀", "\uffff", b"", b"a", b"b", Char("a"), Char("b")])
    | st.sampled_from("ab").map(intern_symbol)
    | st.sampled_from("ab").map(intern_keyword)
)


def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Lists, vectors, maps and hash maps of what `inner` draws."""
    pairs = st.lists(st.tuples(inner, inner), max_size=3)
    return (
        st.lists(inner, max_size=3).map(make_list)
        | st.lists(inner, max_size=3).map(make_vector)
        | pairs.map(Map.from_pairs)
        | pairs.map(HashMap.from_pairs)
    )


few_data = st.recursive(few_atoms, containers, max_leaves=8)
