"""The share of good records: exact where it can be, wider for what nobody knows, and it holds the truth."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from curation.audit.good_share import Cell, Frame, Hit, good_share, least, weight_of

ONE = (Frame(through=9, records=1000, draws=50),)


def hits(good: int, bad: int, undecided: int = 0, seq: int = 5) -> list[Hit]:
    return [Hit(seq=seq, good=one) for one in [*[True] * good, *[False] * bad, *[None] * undecided]]


def cell(rows: int = 1000, **more: int) -> Cell:
    return Cell(**({"rows": rows, "readable": rows, "uncovered": 0} | more))


@given(good=st.integers(0, 60), bad=st.integers(0, 60))
def test_of_one_drawing_it_is_clopper_and_pearsons(good: int, bad: int) -> None:
    told = good_share(cell(), hits(good, bad), ONE)
    if good + bad == 0:
        assert (told.value, told.low, told.high) == (None, 0.0, 1.0)
        return
    exact = binomtest(good, good + bad).proportion_ci(0.95, method="exact")
    assert told.value == pytest.approx(good / (good + bad), abs=1e-6)
    assert (told.low, told.high) == pytest.approx((exact.low, exact.high), abs=2e-6)


@given(good=st.integers(0, 30), bad=st.integers(0, 30), undecided=st.integers(0, 30))
def test_what_is_left_undecided_only_widens(good: int, bad: int, undecided: int) -> None:
    told = good_share(cell(), hits(good, bad, undecided), ONE)
    for as_good in (0, undecided):
        decided = good_share(cell(), hits(good + as_good, bad + undecided - as_good), ONE)
        assert told.low <= decided.low + 1e-9
        assert told.high >= decided.high - 1e-9
    assert told.undecided == undecided


@given(
    good=st.integers(0, 20),
    bad=st.integers(0, 20),
    rows=st.integers(100, 500),
    unreadable=st.integers(0, 40),
    uncovered=st.integers(0, 40),
    known=st.tuples(st.integers(0, 10), st.integers(0, 10)),
)
def test_the_value_lies_between_the_ends_and_the_ends_between_what_is_certain(  # noqa: PLR0917  (hypothesis gives them)
    good: int, bad: int, rows: int, unreadable: int, uncovered: int, known: tuple[int, int]
) -> None:
    some = cell(rows, readable=rows - unreadable, uncovered=uncovered, known_good=known[0], known_bad=known[1])
    told = good_share(some, hits(good, bad), ONE)
    assert known[0] / rows - 1e-6 <= told.low <= told.high <= (rows - unreadable - known[1]) / rows + 1e-6
    if told.value is not None:
        assert told.low <= told.value <= told.high


def test_records_that_no_drawing_could_reach_are_nobodys_knowledge() -> None:
    told = good_share(cell(uncovered=500), hits(50, 0), ONE)
    assert told.high == 1
    assert told.low == pytest.approx(0.5 * least(50, 50), abs=1e-6)
    assert told.value == 1


def test_a_row_that_cannot_be_read_is_not_good() -> None:
    told = good_share(cell(readable=900), hits(50, 0), ONE)
    assert told.value == told.high == 0.9


def test_a_record_that_two_drawings_could_reach_counts_for_less() -> None:
    frames = (Frame(through=3, records=100, draws=10), Frame(through=9, records=200, draws=10))
    assert weight_of(Hit(seq=2, good=True), frames) == pytest.approx(1 / (0.1 + 0.05))
    assert weight_of(Hit(seq=5, good=True), frames) == pytest.approx(20)
    with pytest.raises(ValueError, match="no drawing could reach"):
        weight_of(Hit(seq=10, good=True), frames)


@given(st.permutations(hits(5, 3, 2)))
def test_the_order_of_the_hits_is_nothing(shuffled: list[Hit]) -> None:
    assert good_share(cell(), shuffled, ONE) == good_share(cell(), hits(5, 3, 2), ONE)


@pytest.mark.parametrize("counts", [{"uncovered": 1001}, {"readable": 1001}, {"known_good": 600, "known_bad": 600}])
def test_counts_that_cannot_be_are_refused(counts: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        cell(**counts)


@pytest.mark.parametrize("bad_later", [0.1, 0.6])
def test_over_three_drawings_the_interval_holds_the_truth(bad_later: float) -> None:
    """Records come between drawings, and what comes later may be worse: 200 runs, 93 in 100 wanted."""
    dice = random.Random(20261128)  # noqa: S311  (a reproducible run, no secret)
    frames = tuple(
        Frame(through=line, records=count, draws=20) for line, count in ((1, 300), (2, 600), (3, 900))
    )  # fmt: skip
    good = [dice.random() >= (0.1 if place < 600 else bad_later) for place in range(900)]
    held = 0
    for _ in range(200):
        drawn = [dice.randrange(frame.records) for frame in frames for _ in range(frame.draws)]
        told = good_share(cell(900), [Hit(seq=1 + place // 300, good=good[place]) for place in drawn], frames)
        held += told.low <= sum(good) / 900 <= told.high
    assert held >= 186
