"""Gini, the calibration error, the CUSUM's alarm, weighted means: what each must do whatever the numbers are."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.audit.drawn import Drawn, mean_of, share_of, worth
from curation.audit.drift import ALLOWANCE, decay, threshold
from curation.audit.figure import Figure, Part, counted, listed, percent, ratio
from curation.audit.inequality import gini
from curation.audit.reliability import Bin, bins_of, bins_wanted, error_of

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


def bins(*told: tuple[float, float, int, int]) -> list[Bin]:
    """Share, mean weight, good and bad audits of each bin."""
    return [
        Bin(share, mean, np.array([True] * good + [False] * bad, dtype=np.bool_), np.ones(good + bad))
        for share, mean, good, bad in told
    ]


@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.floats(0, 1), st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=10
    ).filter(lambda told: any(good + bad for _, _, good, bad in told))
)
def test_the_calibration_error_lies_between_its_ends(told: list[tuple[int, float, int, int]]) -> None:
    total = sum(size for size, *_ in told)
    given_ = bins(*((size / total, *rest) for size, *rest in told))  # type: ignore[arg-type]  # three of the four are left
    value, low, high = error_of(given_)
    assert 0 <= low <= value <= high <= 1
    assert error_of(given_[::-1]) == pytest.approx((value, low, high))


def test_the_calibration_error_is_how_far_weights_lie_from_what_is_good() -> None:
    value, low, high = error_of(bins((0.5, 0.9, 0, 400), (0.5, 0.1, 400, 0)))
    assert value == pytest.approx(0.9)
    assert 0.88 < low < value
    assert high == pytest.approx(0.9, abs=0.01)
    # What chance alone puts there is taken off.
    assert error_of(bins((0.5, 0.85, 16, 4), (0.5, 0.75, 16, 4)))[:2] == (0, 0)


def test_of_a_bin_without_audits_nothing_is_known() -> None:
    known = error_of(bins((0.5, 0.9, 90, 10), (0.5, 0.5, 50, 50)))
    unknown = error_of(bins((0.5, 0.9, 90, 10), (0.5, 0.5, 0, 0)))
    assert unknown[1] <= known[1]
    assert unknown[2] > known[2] + 0.1


def test_records_fall_into_the_bin_of_their_weight() -> None:
    weight = np.array([0.1, 0.5, 0.5, 0.9])
    audited = Drawn([], weight, weight, np.array([False, True, False, True]), np.ones(4))
    low, high = bins_of(np.array([0.5]), [0.25, 0.75], [0.1, 0.7], audited)
    assert (low.good.tolist(), high.good.tolist()) == ([False], [True, False, True])
    assert [bins_wanted(audits) for audits in (0, 9, 20, 57, 5000)] == [1, 1, 2, 5, 10]


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
