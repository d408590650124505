"""The tail of the binomial distribution, against counting in whole numbers."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.evidence.chance import binomial_tail


def counted(count: int, size: int, rate: Fraction) -> float:
    return float(sum(comb(size, hits) * rate**hits * (1 - rate) ** (size - hits) for hits in range(count, size + 1)))


@given(size=st.integers(0, 60), count=st.integers(-2, 62), tenths=st.integers(0, 10))
def test_it_is_the_sum_of_the_upper_terms(size: int, count: int, tenths: int) -> None:
    rate = Fraction(tenths, 10)
    wanted = counted(max(count, 0), size, rate)
    assert binomial_tail(count, size, float(rate)) == pytest.approx(wanted, rel=1e-9, abs=1e-300)


def test_what_is_rare_is_not_lost_in_rounding() -> None:
    assert binomial_tail(100, 100, 0.1) == pytest.approx(1e-100, rel=1e-9)
