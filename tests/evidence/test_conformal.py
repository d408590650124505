"""A rank among the reference's scores is a p-value, and what it is evidence of is bounded."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.evidence.conformal import evidence_of, joined, p_values
from curation.finding import Floats

# Few distinct values: ties are where ranks go wrong.
SCORES = st.lists(st.integers(-5, 5).map(float), max_size=30)


def ranked(scores: list[float], reference: list[float], *, member: bool = False) -> Floats:
    return p_values(np.array(scores), np.sort(np.array(reference)), np.full(len(scores), member))


@given(SCORES, SCORES)
def test_p_is_the_rank_among_the_reference(scores: list[float], reference: list[float]) -> None:
    wanted = [(1 + sum(other >= score for other in reference)) / (1 + len(reference)) for score in scores]
    assert ranked(scores, reference).tolist() == pytest.approx(wanted)


@given(SCORES.filter(bool))
def test_a_member_is_ranked_among_the_others(reference: list[float]) -> None:
    for place, score in enumerate(reference):
        others = reference[:place] + reference[place + 1 :]
        assert ranked([score], reference, member=True)[0] == pytest.approx(ranked([score], others)[0])


@given(SCORES, SCORES, st.booleans())
def test_p_lies_in_0_1_and_falls_with_strangeness(scores: list[float], reference: list[float], member: bool) -> None:  # noqa: FBT001 - hypothesis passes values by position
    p = ranked(sorted(scores), reference, member=member)
    assert ((p > 0) & (p <= 1)).all()
    assert (np.diff(p) <= 0).all()


@pytest.mark.parametrize("size", [19, 50, 250])
def test_p_is_super_uniform_when_subject_and_reference_are_exchangeable(size: int) -> None:
    chance = np.random.default_rng(size)
    # Rounded, so that ties occur; 20,000 draws leave a standard error below .0036.
    drawn = np.round(chance.gamma(2.0, size=(20_000, size + 1)), 1)
    p = np.array([ranked([row[0]], row[1:])[0] for row in drawn.tolist()])
    for alpha in (0.01, 0.05, 0.1, 0.25, 0.5, 0.9):
        assert (p <= alpha).mean() <= alpha + 4 * math.sqrt(alpha * (1 - alpha) / len(p))


def test_members_of_a_reference_have_uniform_ranks() -> None:
    reference = np.random.default_rng(3).normal(size=400).tolist()
    p = np.sort(ranked(reference, reference, member=True))
    assert p.tolist() == pytest.approx((np.arange(1, 401) / 400).tolist())


@given(st.lists(st.lists(st.floats(0.001, 1), min_size=3, max_size=3), min_size=1, max_size=6))
def test_joined_is_simes_and_never_above_bonferroni(rows: list[list[float]]) -> None:
    together = joined([np.array(row) for row in rows])
    count = len(rows)
    for found, column in zip(together.tolist(), zip(*rows, strict=True), strict=True):
        simes = min(count / rank * p for rank, p in enumerate(sorted(column), start=1))
        assert found == pytest.approx(min(1.0, simes))
        assert found <= min(1.0, count * min(column)) + 1e-12
        assert found >= min(column) - 1e-12


def test_joined_is_exact_when_the_checks_are_independent() -> None:
    five = np.random.default_rng(1).uniform(size=(5, 100_000))
    together = joined(list(five))
    for alpha in (0.01, 0.05, 0.2):
        assert np.mean(together <= alpha) == pytest.approx(alpha, rel=0.06)


def test_joined_stays_valid_under_any_dependence() -> None:
    one = np.random.default_rng(0).uniform(size=20_000)
    for others in ([one, one], [1 - one, one / 1], [np.roll(one, 1), np.roll(one, 2)]):
        assert (joined([one, *others]) <= 0.05).mean() <= 0.0562


@given(st.floats(0, 1))
def test_evidence_is_the_bound_of_sellke_bayarri_and_berger(p: float) -> None:
    found = float(evidence_of(np.array([p]))[0])
    assert found <= 0
    assert math.isfinite(found)
    if 1e-300 < p < 1 / math.e:
        assert found == pytest.approx(math.log(-math.e * p * math.log(p)), abs=1e-12)
    elif p >= 1 / math.e:
        assert found == 0
        assert math.copysign(1, found) == 1


@given(st.floats(0, 1), st.floats(0, 1))
def test_evidence_rises_with_p(first: float, second: float) -> None:
    low, high = evidence_of(np.sort(np.array([first, second])))
    assert low <= high + 1e-12


def test_evidence_has_the_figures_of_the_design() -> None:
    assert evidence_of(np.array([0.05, 0.01, 0.001])) == pytest.approx([-0.9, -2.1, -4.0], abs=0.05)
