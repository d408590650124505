"""Shares become integers once, in proportion to the largest."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.errors import EngineFailed
from curation.rewards.quantised import LARGEST, quantised
from tests.rewards.many import MANY

VALUES = st.lists(st.floats(-1e6, 1e6), max_size=300)


@given(VALUES)
@MANY
def test_the_largest_is_a_billion_and_none_is_negative(values: list[float]) -> None:
    found = quantised(np.arange(len(values)), np.array(values))
    positive = [value for value in values if value > 0]
    assert bool(found) == bool(positive)
    assert len(found) <= len(positive)
    if found:
        assert found[0][1] == LARGEST
        assert all(0 < amount <= LARGEST for _, amount in found)
        assert list(found) == sorted(found, key=lambda one: (-one[1], one[0]))
        for row, amount in found:
            assert amount == pytest.approx(values[row] / max(values) * LARGEST, abs=0.5000001)
        left_out = set(range(len(values))) - {row for row, _ in found}
        assert all(values[row] <= max(values) * 0.5000001 / LARGEST for row in left_out)


@given(VALUES, st.integers(-20, 20))
@MANY
def test_only_proportions_count(values: list[float], power: int) -> None:
    rows, array = np.arange(len(values)), np.array(values)
    # What a multiplication makes subnormal loses digits.
    array[np.abs(array) < 1e-200] = 0.0
    assert quantised(rows, array * 2.0**power) == quantised(rows, array)


@given(st.permutations(range(12)))
def test_the_order_of_the_records_does_not_matter(order: list[int]) -> None:
    values = np.array([0.5, 1.0, 1.0, -1.0, 0.25, 1e-12, 0.5, 0.125, 0.0, 0.75, 2.0, 3.0])
    rows = np.array(order)
    assert quantised(rows, values[rows]) == quantised(np.arange(12), values)


def test_a_half_goes_to_the_even_integer() -> None:
    found = dict(quantised(np.arange(4), np.array([1e9, 0.5, 1.5, 2.5])))
    assert found == {0: 10**9, 2: 2, 3: 2}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_not_paid_by(value: float) -> None:
    with pytest.raises(EngineFailed, match="not finite"):
        quantised(np.arange(2), np.array([1.0, value]))
