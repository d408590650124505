"""Gini, the calibration error, the CUSUM's alarm, weighted means: what each must do whatever the numbers are."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.audit.drawn import mean_of, share_of, worth
from curation.audit.drift import ALLOWANCE, decay, threshold
from curation.audit.figure import Figure, Part, counted, listed, percent, ratio
from curation.audit.inequality import gini
from curation.audit.reliability import bins_of, calibration_error, error_interval

amounts = st.lists(st.integers(0, 10**30), min_size=1, max_size=30)
shares = st.lists(st.floats(0, 1, allow_nan=False), min_size=1, max_size=40)


@given(amounts)
def test_gini_is_the_mean_difference_of_pairs(given_: list[int]) -> None:
    told = gini(given_)
    if told is None:
        assert not sum(given_)
        return
    pairs = sum(abs(one - other) for one in given_ for other in given_)
    assert told == pytest.approx(pairs / (2 * len(given_) * sum(given_)), abs=1e-12)
    assert 0 <= told <= 1 - 1 / len(given_)


@given(amounts, st.integers(2, 1000))
def test_gini_knows_no_unit_and_no_order(given_: list[int], factor: int) -> None:
    assert gini([one * factor for one in reversed(given_)]) == gini(given_)


def test_gini_of_all_alike_is_nought_and_of_one_who_has_it_all_nearly_one() -> None:
    assert gini([7] * 9) == 0
    assert gini([0] * 9 + [5]) == pytest.approx(0.9)
    with pytest.raises(ValueError, match="negative"):
        gini([1, -1])


@given(shares)
def test_a_weighted_mean_lies_between_its_ends(values: list[float]) -> None:
    counts = np.arange(1, len(values) + 1, dtype=np.float64)
    value, low, high = mean_of(np.array(values), counts)
    assert 0 <= low <= value <= high <= 1
    assert value == pytest.approx(float(np.average(values, weights=counts)), abs=1e-9)


def test_alike_records_are_worth_their_number_and_unlike_ones_less() -> None:
    assert worth(np.full(7, 3.0)) == pytest.approx(7)
    assert 1 < worth(np.array([100.0, 1.0, 1.0])) < 1.1
    value, low, high = share_of(np.array([True] * 9 + [False]), np.ones(10))
    assert (value, low, high) == pytest.approx((0.9, 0.5550, 0.9975), abs=1e-4)


@given(st.integers(10, 300))
def test_bins_hold_every_record_once_in_rising_order(count: int) -> None:
    weight = np.random.default_rng(count).random(count)
    bins = bins_of(weight)
    assert sorted(np.concatenate(bins).tolist()) == list(range(count))
    assert len(bins) == min(10, count // 10)
    assert min(map(len, bins)) >= 10
    assert np.all(np.diff(weight[np.concatenate(bins)]) >= 0)


def test_equal_weights_stay_together() -> None:
    assert [len(part) for part in bins_of(np.repeat([0.9, 0.1, 0.5], 20))] == [20, 20, 20]
    assert [len(part) for part in bins_of(np.full(57, 0.9))] == [57]


def test_the_calibration_error_is_how_far_weights_lie_from_what_is_good() -> None:
    weight = np.repeat([0.2, 0.8], 50)
    good = np.concatenate([np.arange(50) < 10, np.arange(50) < 40]).astype(np.float64)
    assert calibration_error(weight, good, np.ones(100)) == pytest.approx(0.0)
    assert calibration_error(weight, 1 - good, np.ones(100)) == pytest.approx(0.6)
    assert calibration_error(np.full(100, 0.9), np.zeros(100), np.ones(100)) == pytest.approx(0.9)
    # What stands for nine counts nine times.
    assert calibration_error(np.array([1.0, 1.0]), np.array([1.0, 0.0]), np.array([9.0, 1.0])) == pytest.approx(0.1)


def test_the_interval_of_the_error_takes_off_what_chance_adds_and_repeats() -> None:
    chance = np.random.default_rng(1)
    weight = chance.random(400)
    good = (chance.random(400) < weight).astype(np.float64)
    plain = calibration_error(weight, good, np.ones(400))
    value, low, high = error_interval(weight, good, np.ones(400))
    assert 0 <= low <= value < plain
    assert value < high < 0.1
    assert error_interval(weight, good, np.ones(400)) == (value, low, high)


@given(st.floats(1.05, 5))
def test_the_decay_makes_the_steps_a_fair_game(allowance: float) -> None:
    theta = decay(allowance)
    assert 0 < theta < 1
    assert -math.log(1 - theta) == pytest.approx(theta * allowance, rel=1e-6)


def test_the_alarm_is_hardly_ever_false() -> None:
    """2,000 runs of 100 records like the reference: under five in a hundred pass the height."""
    chance = np.random.default_rng(2)
    steps = chance.exponential(size=(2000, 100)) - ALLOWANCE
    total = steps.cumsum(axis=1)
    peak = (total - np.minimum.accumulate(np.minimum(total, 0), axis=1)).max(axis=1)
    assert (peak > threshold(100)).mean() < 0.05
    assert threshold(1000) > threshold(100)


def figure(value: float | None, low: float | None, high: float | None, *, by: tuple[str, ...] = ()) -> Figure:
    return Figure(
        name="x",
        title="X",
        says="It is.",
        definition="d",
        method="m",
        unit="share of 1",
        value=value,
        low=low,
        high=high,
        by=by,
        parts=(Part(of=("a",), value=1),) if by else (),
    )


def test_a_figure_outside_of_its_interval_is_refused() -> None:
    figure(0.5, 0.5, 0.5, by=("of",))
    figure(None, 0.1, 0.2)
    with pytest.raises(ValueError, match="lies outside"):
        figure(0.3, 0.4, 0.5)
    with pytest.raises(ValueError, match="another number of names"):
        figure(0.5, 0.5, 0.5, by=("of", "and"))


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, "unknown"), (0.0, "0 %"), (0.001, "under 1 %"), (0.5, "50 %"), (0.999, "over 99 %"), (1.0, "100 %")],
)
def test_a_share_in_words_never_rounds_something_to_nothing(value: float | None, said: str) -> None:
    assert percent(value) == said


def test_words_for_numbers() -> None:
    assert (counted(1, "row"), counted(12345, "row")) == ("1 row", "12,345 rows")
    assert (listed([]), listed(["a"]), listed(["a", "b", "c"])) == ("none", "a", "a, b and c")
    assert (ratio(1, 3), ratio(1, 0)) == (0.333333, None)
