"""How much money went to bad data: the bounds are the exact ones, move the right way, and hold the truth."""

from dataclasses import asdict, replace
from math import ceil, floor
from statistics import fmean, pstdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from benchmarks.leak import LEAKS, a_world, drawing, estimated, held, skipped, whole
from curation.audit.leak import Leak, Stratum, exact_from, leak, least_ppm, stratum_of
from curation.rewards.amounts import open_of
from tests.rewards.format_page import block

COUNTS = st.integers(0, 60)
MONEY = st.integers(1, 10**26)


@st.composite
def strata(draw: st.DrawFn) -> Stratum:
    """With whatever is known, whether or not the draws would show it."""
    money = draw(MONEY)
    known_bad = draw(st.one_of(st.just(0), st.integers(0, money)))
    known_good = draw(st.one_of(st.just(0), st.integers(0, money - known_bad)))
    good, bad, undecided = draw(COUNTS), draw(COUNTS), draw(st.integers(0, 5))
    weighed_good, weighed_bad = (draw(st.one_of(st.just(0), MONEY)) for _ in range(2))
    return Stratum(
        money=money,
        good=good,
        bad=bad,
        undecided=undecided,
        known_good=known_good,
        known_bad=known_bad,
        weighed_good=weighed_good,
        weighed_bad=weighed_bad,
    )


CELLS = st.lists(strata(), min_size=1, max_size=4)


@given(hits=st.integers(1, 2_000), share=st.floats(0, 1), parts=st.sampled_from([1, 2, 5, 40]))
@settings(deadline=None)
def test_the_bounds_are_clopper_and_pearsons_rounded_outward(hits: int, share: float, parts: int) -> None:
    count = round(share * hits)
    tail = 1 / (40 * parts)
    low = float(beta.ppf(tail, count, hits - count + 1)) if count else 0.0
    high = float(beta.ppf(1 - tail, count + 1, hits - count)) if count < hits else 1.0
    # scipy's last digits are its own, so one millionth is allowed where a bound lies on a whole one.
    assert floor(low * 1e6 - 1e-4) <= least_ppm(count, hits, parts) <= floor(low * 1e6 + 1e-4)
    upper = 1_000_000 - least_ppm(hits - count, hits, parts)
    assert ceil(high * 1e6 - 1e-4) <= upper <= ceil(high * 1e6 + 1e-4)


@given(hits=st.integers(0, 80), more=st.integers(0, 80), parts=st.integers(1, 5))
def test_an_outsider_finds_the_same_bound_from_the_page(hits: int, more: int, parts: int) -> None:
    assert block("leak-estimate")["least"](hits, hits + more, parts) == least_ppm(hits, hits + more, parts)


@given(hits=st.integers(1, 60), share=st.floats(0, 1), near=st.integers(0, 999_999))
def test_a_wrong_guess_changes_no_bound(hits: int, share: float, near: int) -> None:
    count = max(1, round(share * hits))
    assert exact_from(near, count, hits, 1) == least_ppm(count, hits)


@given(CELLS)
def test_an_outsider_finds_the_same_leak_from_the_page(cells: list[Stratum]) -> None:
    told = leak(cells)
    assert block("leak-estimate")["leak"]([asdict(one) for one in cells]) == (told.low, told.estimate, told.high)


def test_the_example_of_the_page() -> None:
    known = {"known_good": 20, "known_bad": 1, "weighed_good": 90, "weighed_bad": 6}
    told = leak(
        [
            Stratum(
                money=10**20, good=150, bad=10, undecided=3, **{name: 10**18 * open_ for name, open_ in known.items()}
            )
        ]
    )
    assert [open_of(units) for units in (told.low, told.estimate or 0, told.high)] == ["2.9808", "6.25", "13.2522"]


@given(CELLS)
def test_the_bounds_are_ordered_and_hold_the_estimate_and_what_is_known(cells: list[Stratum]) -> None:
    told = leak(cells)
    assert 0 <= told.low <= told.high <= told.money == sum(one.money for one in cells)
    assert told.low >= sum(one.known_bad for one in cells)
    assert told.high <= told.money - sum(one.known_good for one in cells)
    if told.estimate is not None:
        assert told.low <= told.estimate <= told.high
    assert (told.estimate is None) == any(not one.weighed_good + one.weighed_bad for one in cells)


@given(strata(), st.data())
def test_another_bad_one_moves_everything_up(cell: Stratum, data: st.DataObject) -> None:
    turned = data.draw(st.integers(0, cell.good))
    heavier = cell.weighed_bad + data.draw(MONEY)
    worse = leak([replace(cell, good=cell.good - turned, bad=cell.bad + turned, weighed_bad=heavier)])
    told = leak([cell])
    assert worse.low >= told.low
    assert worse.high >= told.high
    if told.estimate is not None and worse.estimate is not None:
        assert worse.estimate >= told.estimate


@given(strata(), st.data())
def test_leaving_some_undecided_only_widens(cell: Stratum, data: st.DataObject) -> None:
    good, bad = data.draw(st.integers(0, cell.good)), data.draw(st.integers(0, cell.bad))
    left = replace(cell, good=cell.good - good, bad=cell.bad - bad, undecided=cell.undecided + good + bad)
    told, wider = leak([cell]), leak([left])
    assert wider.low <= told.low
    assert wider.high >= told.high


@given(MONEY)
def test_without_hits_nothing_is_known(money: int) -> None:
    assert leak([Stratum(money=money)]) == Leak(money=money, low=0, estimate=None, high=money, hits=0, undecided=0)
    assert leak([]) == leak([Stratum(money=0)]) == Leak(money=0, low=0, estimate=0, high=0, hits=0, undecided=0)


@given(strata(), st.integers(1, 10**20))
def test_money_that_nobody_looked_at_may_all_be_bad(cell: Stratum, money: int) -> None:
    told, more = leak([cell]), leak([cell, Stratum(money=money)])
    if cell.hits:
        assert (more.low, more.high) == (told.low, told.high + money)
    assert more.estimate is None


def test_two_drawings_are_wider_than_each_alone() -> None:
    one = Stratum(money=10**20, good=90, bad=10, weighed_good=9, weighed_bad=1)
    alone, both = leak([one]), leak([one, one])
    assert both.low < 2 * alone.low
    assert both.high > 2 * alone.high
    assert alone.estimate == 10**19
    assert both.estimate == 2 * 10**19


def test_hits_are_counted_by_draw_and_money_by_payout() -> None:
    made = stratum_of(
        money=[("a", 4), ("b", 5), ("c", 3), ("d", 1), ("a", 3)],
        hits=["a", "b", "a", "c"],
        inclusion_ppm={"a": 500_000, "b": 300_000, "c": 200_000, "elsewhere": 1},
        verdicts={"a": False, "b": True, "d": False, "elsewhere": False},
    )
    assert made == Stratum(
        money=16, good=1, bad=2, undecided=1, known_good=5, known_bad=8, weighed_good=16, weighed_bad=14
    )


def test_the_estimate_is_right_on_average_and_steadier_than_counting_hits() -> None:
    world, runs = a_world(records=300), 300
    total, truth = sum(world.money.values()), world.leaked(0.1, world.money)
    weighing, counting = [], []
    for run in range(runs):
        stratum = estimated(world, 0.1, drawing(world, 200, run))
        weighing.append(((leak([stratum]).estimate or 0) - truth) / total)
        counting.append(stratum.bad / stratum.hits - truth / total)
    assert abs(fmean(weighing)) < 4 * pstdev(weighing) / runs**0.5
    assert pstdev(weighing) < 0.9 * pstdev(counting)


@pytest.mark.parametrize("wrong", [{"good": -1}, {"known_bad": 6, "known_good": 5}, {"money": 0, "bad": 1}])
def test_counts_that_cannot_be_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        Stratum(**{"money": 10, **wrong})
    with pytest.raises(ValueError, match="3 of 2 hits"):
        least_ppm(3, 2)


@pytest.mark.parametrize("audits", [50, 200, 1000])
def test_the_interval_holds_the_truth(audits: int) -> None:
    """Of 500 drawings at least 93 in 100, with everything decided and with half of the bad left undecided."""
    world, runs = a_world(records=300), 500
    truths = {share: world.leaked(share, world.money) for share in LEAKS}
    total = sum(world.money.values())
    assert [round(truths[share] / total, 3) for share in LEAKS] == list(LEAKS)
    covered = dict.fromkeys(LEAKS, 0)
    despite = dict.fromkeys(LEAKS, 0)
    for run in range(runs):
        made = drawing(world, audits, run)
        for share, truth in truths.items():
            covered[share] += held(whole(world, share, made), truth)
            despite[share] += held(skipped(world, share, made), truth)
    assert min(covered.values()) >= 0.93 * runs, covered
    assert min(despite.values()) >= 0.93 * runs, despite
