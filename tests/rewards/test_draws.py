"""Drawing audits: anyone draws the same, each unit and each record as likely as said, and nothing is out of reach."""

from collections import Counter
from fractions import Fraction
from math import ceil, prod

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from curation.errors import UsageError
from curation.rewards.draws import Candidate, Hit, Kind, canonical_beacon, draw, draws_of, hits_of, seed_of
from tests.rewards.format_page import block

COMMITMENT = "ab" * 32
SEED = seed_of(COMMITMENT, "c0ffee")
MONEY = st.one_of(st.just(0), st.integers(0, 9), st.integers(0, 10**24))
WAITING = st.sets(st.sampled_from(["c0", "c1", "c2", "nobody"]))
BUDGETS = st.integers(1, 60)


def a_frame(money: list[int]) -> list[Candidate]:
    return [
        Candidate(record=f"r{index}", contributor=f"c{index % 4}", datanet=f"d{index % 2}", money=units)
        for index, units in enumerate(money)
    ]


FRAMES = st.lists(MONEY, min_size=1, max_size=30).map(a_frame)


def outside(hit: Hit) -> tuple[str, int, str, int | None]:
    return hit.kind.value, hit.number, hit.record, hit.offset


@given(frame=FRAMES, waiting=WAITING, budget=BUDGETS, beacon=st.integers(0, 2**256).map("{:x}".format))
def test_an_outsider_draws_the_same_from_the_page(
    frame: list[Candidate], waiting: set[str], budget: int, beacon: str
) -> None:
    page = block("audit-draws")
    seed = seed_of(COMMITMENT, beacon)
    assert page["seed_of"](COMMITMENT, beacon) == seed
    rows = [(one.record, one.contributor, one.datanet, one.money) for one in frame]
    hits, inclusion = page["draw"](rows, waiting, budget, seed)
    made = draw(frame, waiting=waiting, budget=budget, seed=seed)
    assert [outside(hit) for hit in made.hits] == hits
    assert list(made.inclusion_ppm.items()) == list(inclusion.items())


@given(frame=FRAMES, waiting=WAITING, budget=BUDGETS)
def test_every_draw_falls_where_its_kind_may(frame: list[Candidate], waiting: set[str], budget: int) -> None:
    by_record = {one.record: one for one in frame}
    hits = hits_of(frame, waiting=waiting, budget=budget, seed=SEED)
    assert len(hits) == budget
    for hit in hits:
        row = by_record[hit.record]
        match hit.kind:
            case Kind.MONEY:
                assert hit.offset is not None
                assert 0 <= hit.offset < row.money
            case Kind.WAITING:
                assert row.contributor in waiting
                assert hit.offset is None
            case Kind.FLOOR:
                assert hit.offset is None


@given(frame=FRAMES, waiting=WAITING, budget=BUDGETS)
def test_the_probability_is_the_exact_one_rounded_up(frame: list[Candidate], waiting: set[str], budget: int) -> None:
    made = draw(frame, waiting=waiting, budget=budget, seed=SEED)
    numbers = Counter(hit.kind for hit in made.hits)
    money, waits = sum(one.money for one in frame), [one for one in frame if one.contributor in waiting]
    assert set(made.inclusion_ppm) == {hit.record for hit in made.hits}
    for one in frame:
        if one.record in made.inclusion_ppm:
            at_once = {
                Kind.MONEY: Fraction(one.money, money) if money else Fraction(0),
                Kind.FLOOR: Fraction(1, len(frame)),
                Kind.WAITING: Fraction(one in waits, len(waits)) if waits else Fraction(0),
            }
            ever = 1 - prod((1 - at_once[kind]) ** numbers[kind] for kind in Kind)
            assert made.inclusion_ppm[one.record] == ceil(ever * 1_000_000)
            assert 1 <= made.inclusion_ppm[one.record] <= 1_000_000


def test_a_probability_next_to_a_whole_millionth_is_decided_in_whole_numbers() -> None:
    # One money draw of two units in ten: exactly 200 000 millionths, and 200 001 with the least bit more.
    plain = draw(a_frame([2 * 10**40, 8 * 10**40]), waiting=(), budget=1, seed=SEED)
    more = draw(a_frame([2 * 10**40 + 1, 8 * 10**40]), waiting=(), budget=1, seed=SEED)
    either = {"r0": (200_000, 200_001), "r1": (800_000, 800_000)}
    assert [(one.record,) for one in plain.hits] == [(one.record,) for one in more.hits]
    (record,) = plain.inclusion_ppm
    assert (plain.inclusion_ppm[record], more.inclusion_ppm[record]) == either[record]


@given(budget=st.integers(1, 10_000), has=st.tuples(st.booleans(), st.booleans()))
def test_the_budget_is_spent_whole(budget: int, has: tuple[bool, bool]) -> None:
    has_money, has_waiting = has
    draws = draws_of(budget, has_money=has_money, has_waiting=has_waiting)
    assert sum(draws.values()) == budget
    assert draws[Kind.MONEY] == (ceil(Fraction(8 * budget, 10)) if has_money else 0)
    assert bool(draws[Kind.WAITING]) is (has_waiting and budget - ceil(Fraction(8 * budget, 10)) >= 2)
    assert min(draws.values()) >= 0


def test_two_hundred_audits() -> None:
    both = draws_of(200, has_money=True, has_waiting=True)
    assert both == {Kind.MONEY: 160, Kind.FLOOR: 20, Kind.WAITING: 20}


def test_money_draws_follow_the_money_and_the_others_do_not() -> None:
    frame = a_frame([1, 2, 3, 0, 4, 0, 0, 10])
    hits = hits_of(frame, waiting={"c2"}, budget=20_000, seed=SEED)
    drawn = Counter((hit.kind, hit.record) for hit in hits)
    money = [drawn[Kind.MONEY, one.record] for one in frame if one.money]
    assert chisquare(money, [one.money * 16_000 / 20 for one in frame if one.money]).pvalue > 0.001
    assert chisquare([drawn[Kind.FLOOR, one.record] for one in frame]).pvalue > 0.001
    assert {record for kind, record in drawn if kind is Kind.WAITING} == {"r2", "r6"}
    units = Counter(hit.offset for hit in hits if hit.record == "r7" and hit.kind is Kind.MONEY)
    assert chisquare([units[offset] for offset in range(10)]).pvalue > 0.001


def test_how_often_a_record_is_drawn_is_its_probability() -> None:
    frame = a_frame([5, 1, 0, 0, 3, 40])
    told: dict[str, int] = {}
    often: Counter[str] = Counter()
    for run in range(2_000):
        made = draw(frame, waiting={"c0"}, budget=10, seed=seed_of(COMMITMENT, f"{run:x}"))
        told.update(made.inclusion_ppm)
        often.update(list(made.inclusion_ppm))
    assert set(told) == {one.record for one in frame}
    for record, ppm in told.items():
        share = ppm / 1_000_000
        assert abs(often[record] / 2_000 - share) < 4 * (share * (1 - share) / 2_000) ** 0.5


def test_another_beacon_or_commitment_draws_others() -> None:
    frame = a_frame([7] * 1_000)
    seeds = [SEED, seed_of(COMMITMENT, "c0ffef"), seed_of("cd" * 32, "c0ffee")]
    assert len({hits_of(frame, waiting=(), budget=20, seed=seed) for seed in seeds}) == 3


def test_what_would_make_some_units_likelier_is_thrown_again() -> None:
    # Just over half of all hash values: about every second throw lies past the last full round.
    money = 2**255 + 1
    first = [
        block("audit-draws")["sha256_of"](["curation.audit.draw/1", SEED, "money", number, 0]) for number in range(40)
    ]
    hits = hits_of(a_frame([money]), waiting=(), budget=50, seed=SEED)[:40]
    again = [int(thrown, 16) >= money for thrown in first]
    assert 8 < sum(again) < 32
    assert [hit.offset != int(thrown, 16) for hit, thrown in zip(hits, first, strict=True)] == again
    assert [outside(hit) for hit in hits] == block("audit-draws")["draw"]([("r0", "c0", "d0", money)], (), 50, SEED)[0][
        :40
    ]
    with pytest.raises(ValueError, match="no uniform draw"):
        hits_of(a_frame([2**256 + 1]), waiting=(), budget=1, seed=SEED)


def test_a_beacon_is_hexadecimal() -> None:
    assert canonical_beacon("0xC0FFEE") == "c0ffee"
    assert canonical_beacon("0x00C0FFEE") == "c0ffee"
    assert canonical_beacon("00") == "0"
    for wrong in ("", "0x", "coffee", "c0 ff", "0x0x11", "f" * 1025):
        with pytest.raises(UsageError, match="hexadecimal digits wanted"):
            canonical_beacon(wrong)
    for commitment, beacon in (("ab", "c0"), (COMMITMENT, "C0"), (COMMITMENT, "")):
        with pytest.raises(ValueError, match="lower-case hexadecimal wanted"):
            seed_of(commitment, beacon)


def test_nothing_is_drawn_from_nothing() -> None:
    with pytest.raises(UsageError, match="no record to audit"):
        draw([], waiting=(), budget=1, seed=SEED)
    with pytest.raises(UsageError, match="the budget is 0 audits"):
        draw(a_frame([1]), waiting=(), budget=0, seed=SEED)
    with pytest.raises(ValueError, match="every record once"):
        draw(a_frame([1]) * 2, waiting=(), budget=1, seed=SEED)
    with pytest.raises(ValueError, match="64 lower-case hexadecimal digits wanted"):
        draw(a_frame([1]), waiting=(), budget=1, seed="c0ffee")
    with pytest.raises(ValueError, match="no negative money"):
        draw(a_frame([-1, 3]), waiting=(), budget=1, seed=SEED)
