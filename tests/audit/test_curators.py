"""Curators in figures: no luck is called bad work, and whoever guesses is told apart."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from curation.audit.curators import GOLD_MIN, Accepts, Curator, GoldAnswer, Told, agreements, curators
from curation.ledger.answers import Saying
from curation.rewards.intervals import MILLION

ACCEPT: Saying = ("accept", None)
REJECT: Saying = ("reject", None)
SAYINGS = st.sampled_from([ACCEPT, REJECT, ("relabel", "skin"), ("relabel", "teeth")])
ANSWERS = st.dictionaries(
    st.text("0123456789", min_size=1, max_size=3), st.dictionaries(st.sampled_from("abcd"), SAYINGS)
)


def of_gold(right: int, wrong: int) -> Curator:
    gold = [GoldAnswer(record=f"{n}", said=ACCEPT, right=ACCEPT if n < right else REJECT) for n in range(right + wrong)]
    (found,) = curators({"amina": right + wrong}, {}, {"amina": gold}, {}, {})
    return found


@given(ANSWERS)
def test_agreement_is_a_share_and_of_those_alone_who_were_not_alone(answers: dict[str, dict[str, Saying]]) -> None:
    found = agreements(answers)
    for name in "abcd":
        shared = [told for told in answers.values() if name in told and len(told) > 1]
        assert (name in found) == bool(shared)
        if name in found:
            agreement, count = found[name]
            assert 0 <= agreement <= 1
            assert count == len(shared)
            assert (agreement == pytest.approx(1)) == all(len(set(told.values())) == 1 for told in shared)


@given(st.dictionaries(st.sampled_from("abcd"), SAYINGS, min_size=2))
def test_agreeing_is_mutual(told: dict[str, Saying]) -> None:
    """As many pairs agree whoever is asked; who says what nobody else does agrees with nobody."""
    found = agreements({"r": told})
    pairs = sum(told[one] == told[other] for one in told for other in told if one != other)
    assert sum(share for share, _ in found.values()) * (len(told) - 1) == pytest.approx(pairs)


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_interval_is_that_of_scipy(right: int, wrong: int) -> None:
    found = of_gold(right, wrong).accuracy
    if right + wrong == 0:
        assert found is None
        return
    assert found is not None
    wanted = binomtest(right, right + wrong).proportion_ci(method="wilson")
    assert found.low / MILLION == pytest.approx(wanted.low, abs=1e-6)
    assert found.high / MILLION == pytest.approx(wanted.high, abs=1e-6)
    assert found.low <= found.value <= found.high


@given(st.integers(0, 200))
def test_one_miss_punishes_nobody(right: int) -> None:
    assert of_gold(right, 1).told is (Told.FINE if right + 1 >= GOLD_MIN else Told.TOO_FEW)


@given(st.integers(0, 9).flatmap(lambda right: st.tuples(st.just(right), st.integers(0, 9 - right))))
def test_few_answers_tell_nothing(answers: tuple[int, int]) -> None:
    assert of_gold(*answers).told is Told.TOO_FEW


def test_many_misses_are_told_and_more_right_answers_never_hurt() -> None:
    assert of_gold(5, 5).told is Told.BELOW
    assert of_gold(6, 4).told is Told.FINE
    assert of_gold(50, 50).told is Told.BELOW
    assert of_gold(80, 20).told is Told.FINE
    for wrong in range(30):
        rates = [of_gold(right, wrong).told is Told.BELOW for right in range(GOLD_MIN, 60)]
        assert rates == sorted(rates, reverse=True)


def test_accepting_everything_shows() -> None:
    gold = [GoldAnswer(record=f"{n}", said=ACCEPT, right=ACCEPT if n % 2 else REJECT) for n in range(20)]
    (lazy,) = curators({"lazy": 20}, {}, {"lazy": gold}, {"lazy": [1, 2, 90]}, {})
    assert (lazy.accepted, lazy.to_accept, lazy.right, lazy.seconds) == (20, 10, 10, 2)


def test_how_much_the_findings_sway_is_told_by_both_shares() -> None:
    accepted = {("amina", True): [True, False, True], ("amina", False): [False] * 9 + [True]}
    amina, bilal = curators({"amina": 13, "bilal": 1}, {}, {}, {}, {}, accepted)
    assert (amina.blind, amina.informed) == (Accepts(looks=3, accepted=2), Accepts(looks=10, accepted=1))
    assert bilal.blind == bilal.informed == Accepts()


def test_a_fee_by_looks_is_the_same_whatever_was_said() -> None:
    """The count of looks is given by how many there were; nothing that was said moves it."""
    for said in (ACCEPT, REJECT):
        (one,) = curators({"amina": 7}, {"r": {"amina": said, "bilal": ACCEPT}}, {}, {}, {})
        assert one.looks == 7


def test_whoever_guesses_agrees_least() -> None:
    chance = random.Random(20261128)  # noqa: S311  (who is wrong is no secret)
    labels = ["heart", "skin", "teeth", "feet"]
    answers: dict[str, dict[str, Saying]] = {}
    for record in range(60):
        told: dict[str, Saying] = {}
        for name, skill in (("sure", 1.0), ("good", 0.8), ("guess", 0.0)):
            label = labels[record % 4] if chance.random() < skill else chance.choice(labels)
            told[name] = ("relabel", label)
        answers[f"{record}"] = told
    found = agreements(answers)
    assert min(found["sure"][0], found["good"][0]) > found["guess"][0] + 0.2
