"""What a decision is worth rises with what it may move, and falls with the time it takes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.review.worth import (
    JITTER,
    SECONDS_MAX,
    TEACHING,
    Sort,
    Standing,
    Worth,
    is_hidden,
    jitter,
    openness,
    seconds,
)

SHARE = st.floats(0, 1)
standings = st.builds(
    Standing,
    sort=st.sampled_from(list(Sort)),
    weight=st.none() | SHARE,
    credit=SHARE,
    novelty=SHARE,
    influence=st.floats(0, 1e3),
    alike=st.integers(1, 1000),
    length=st.integers(0, 10**6),
)


DECIDED = st.integers(0, 10**6)


def worth(one: Standing, decided: int = 0) -> float:
    return Worth.of(one).after(decided)


@given(standings, DECIDED)
def test_worth_is_finite_and_not_negative_and_seconds_are_bounded(one: Standing, decided: int) -> None:
    assert 0 <= worth(one, decided) < float("inf")
    assert 0 < seconds(one.length) <= SECONDS_MAX
    assert 0 <= openness(one) <= TEACHING


@given(standings, st.floats(1, 10), st.integers(1, 100), DECIDED)
def test_more_at_stake_is_never_worth_less(one: Standing, more: float, records: int, decided: int) -> None:
    assert worth(replace(one, influence=one.influence * more), decided) >= worth(one, decided)
    assert worth(replace(one, alike=one.alike + records), decided) >= worth(one, decided)
    assert worth(replace(one, length=one.length + records), decided) <= worth(one, decided)
    assert worth(one, decided + records) <= worth(one, decided)


@given(st.floats(0.5, 1), st.floats(0, 0.49))
def test_of_fully_paid_records_the_likelier_bad_comes_first(weight: float, less: float) -> None:
    paid = Standing(sort=Sort.PART, weight=weight, credit=1.0, novelty=1.0, influence=1.0, alike=1, length=80)
    assert worth(replace(paid, weight=weight - less), 10**9) >= worth(paid, 10**9)


def test_a_hopeless_record_that_earns_nothing_comes_last() -> None:
    """Worst first would begin with it, and no money moves whatever is said."""
    base = Standing(sort=Sort.REVIEW, weight=0.01, credit=0.0, novelty=1.0, influence=1.0, alike=1, length=80)
    paid = replace(base, sort=Sort.PART, weight=0.6, credit=1 / 3)
    audit = replace(base, sort=Sort.AUDIT)
    order = sorted([base, paid, audit], key=worth, reverse=True)
    assert order == [audit, paid, base]


@given(st.text("abcdef", max_size=8), st.text("0123456789abcdef", min_size=8, max_size=32))
def test_jitter_is_bounded_and_the_same_each_time(curator: str, record: str) -> None:
    assert 1 / JITTER <= jitter(curator, record) <= JITTER
    assert jitter(curator, record) == jitter(curator, record)


def test_the_hidden_share_is_about_what_is_asked_for() -> None:
    hidden = sum(is_hidden("amina", f"{n:032x}", 0.1) for n in range(5000))
    assert 400 < hidden < 600
    assert not is_hidden("amina", "ab", 0.0)
    assert is_hidden("amina", "ab", 1.0)


@pytest.mark.parametrize("length", [0, 100, 10_000])
def test_a_longer_text_takes_longer(length: int) -> None:
    assert seconds(length + 50) >= seconds(length)
