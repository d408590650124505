"""What audits teach: nothing while they are few, the truth when they are many, and never more than they know."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.calibration import (
    AUDITS_MIN,
    SPREAD,
    AuditSample,
    Learned,
    Seen,
    audited_of,
    audited_purity,
    learn,
    priors_of,
    shares_of,
)
from curation.evidence.known import joined
from curation.evidence.reference import Calibration
from curation.finding import Floats
from curation.quality import logistic, terms
from tests.engine_sample import a_card

POLICY = a_card().policy
DEFAULT = Calibration()
TRUE = np.array([0.8, 0.5, 1.4, 1.2])
SEEDS = st.integers(0, 2**32 - 1)


def simulated(count: int, seed: int, truth: Floats = TRUE) -> Seen:
    """Records whose goodness follows the model with these parameters, all audited."""
    random = np.random.default_rng(seed)
    evidence = np.column_stack(
        [-3.0 * (random.random(count) < 0.3), np.minimum(random.normal(-1, 1.5, count), 0), random.normal(0, 2, count)]
    )
    judged = random.random(count) < 0.9
    evidence[~judged, 2] = 0.0
    prior = np.full(count, 2.2)
    chance = logistic(prior + evidence @ truth[:3] - truth[3] * judged)
    good = random.random(count) < chance
    return Seen(prior=prior, evidence=evidence, judged=judged, good=good, drawn_with=np.ones(count))


def taken(seen: Seen, rows: "np.ndarray[tuple[int], np.dtype[np.int64]]", drawn_with: Floats | None = None) -> Seen:
    drawn = seen.drawn_with if drawn_with is None else drawn_with
    return Seen(
        prior=seen.prior[rows],
        evidence=seen.evidence[rows],
        judged=seen.judged[rows],
        good=seen.good[rows],
        drawn_with=drawn[rows],
    )


def values(found: Learned) -> Floats:
    return np.array([found.beta_rules, found.beta_strangeness, found.beta_label, found.shift * found.beta_label])


@given(st.integers(0, AUDITS_MIN - 1), SEEDS)
@settings(deadline=None, max_examples=20)
def test_few_audits_teach_nothing(count: int, seed: int) -> None:
    assert learn(simulated(count, seed), DEFAULT) == Learned(
        beta_rules=1.0, beta_strangeness=0.7, beta_label=1.0, shift=0.0, least=DEFAULT.label_least
    )


@pytest.mark.parametrize("seed", range(5))
def test_many_audits_find_the_parameters_that_made_them(seed: int) -> None:
    assert values(learn(simulated(40_000, seed), DEFAULT)) == pytest.approx(TRUE, abs=0.12)


@given(st.integers(AUDITS_MIN, 300), SEEDS)
@settings(deadline=None, max_examples=30)
def test_few_audits_stay_nearer_the_defaults_than_many_alike(count: int, seed: int) -> None:
    """The same audits ten times over pull further: the cost of leaving the defaults is paid once.

    Without labels, so that no cut is chosen between the two.
    """
    few = replace(simulated(count, seed), judged=np.zeros(count, dtype=np.bool_))
    few.evidence[:, 2] = 0.0
    many = taken(few, np.tile(np.arange(count), 10))
    start = np.array([1.0, 0.7, 1.0, 0.0])
    near, far = (np.linalg.norm((values(learn(one, DEFAULT)) - start) / SPREAD) for one in (few, many))
    assert near <= far + 1e-6


@given(st.integers(AUDITS_MIN, 200), SEEDS)
@settings(deadline=None, max_examples=30)
def test_evidence_for_a_record_never_counts_against_it(count: int, seed: int) -> None:
    """Even where the audits say the contrary of the evidence."""
    found = learn(simulated(count, seed, np.array([-2.0, -2.0, -2.0, 0.0])), DEFAULT)
    assert found.beta_rules >= 0
    assert found.beta_strangeness >= 0
    assert found.beta_label > 0


def test_what_the_audits_contradict_is_set_aside() -> None:
    found = learn(simulated(2000, 1, np.array([-2.0, -2.0, -2.0, 0.0])), DEFAULT)
    assert (found.beta_rules, found.beta_strangeness, found.beta_label) == (0.0, 0.0, 0.05)


@given(st.integers(AUDITS_MIN, 200), SEEDS)
@settings(deadline=None, max_examples=30)
def test_the_order_of_audits_is_nothing(count: int, seed: int) -> None:
    seen = simulated(count, seed)
    mixed = taken(seen, np.random.default_rng(seed).permutation(count))
    assert values(learn(mixed, DEFAULT)) == pytest.approx(values(learn(seen, DEFAULT)), abs=1e-5)


@given(st.integers(AUDITS_MIN, 200), SEEDS, st.floats(0.01, 1))
@settings(deadline=None, max_examples=30)
def test_an_even_draw_is_an_even_draw_at_any_rate(count: int, seed: int, rate: float) -> None:
    seen = simulated(count, seed)
    thin = taken(seen, np.arange(count), np.full(count, rate))
    assert values(learn(thin, DEFAULT)) == pytest.approx(values(learn(seen, DEFAULT)), abs=1e-6)
    assert shares_of(thin.drawn_with) == pytest.approx(np.ones(count))


def test_evidence_is_cut_where_it_says_no_more() -> None:
    """As a label's does of texts unlike all others, which get a low probability of any label, right or wrong."""
    seen = simulated(3000, 5)
    flat = np.maximum(seen.evidence[:, 2], -1.0)
    chance = logistic(seen.prior + seen.evidence[:, :2] @ TRUE[:2] + 1.4 * flat - 3.0 * seen.judged)
    good = np.random.default_rng(6).random(len(chance)) < chance
    found = learn(replace(seen, good=good), DEFAULT)
    assert found.least + found.shift == pytest.approx(-1.0, abs=0.5)
    assert found.beta_label == pytest.approx(1.4, abs=0.3)
    # Where it goes on telling to its end, it is left alone.
    assert learn(seen, DEFAULT).least < seen.evidence[:, 2].min()


def test_a_cut_leaves_alone_what_could_not_be_judged() -> None:
    cut = Calibration(label_least=1.5)
    found = terms(2.2, cut, np.zeros(3), np.zeros(3), np.array([-4.0, 0.0, 2.0]))
    assert found["label-noise"].tolist() == [1.5, 0.0, 2.0]


def test_a_contributors_junk_is_answered_for_by_them_alone() -> None:
    """A flood of audited junk by one hand leaves the offset that all share where the others' audits put it."""
    honest = simulated(200, 3, np.array([1.0, 0.7, 1.0, 0.0]))
    junk = replace(honest, good=np.zeros(200, dtype=np.bool_))
    both = {name: np.concatenate([getattr(honest, name), getattr(junk, name)]) for name in vars(honest)}
    names = [f"honest-{place}" for place in range(200)] + ["flooder"] * 200
    sample = AuditSample(
        known=joined([], table=False),
        good=tuple(both["good"].tolist()),
        drawn_ppm=(1_000_000,) * 400,
        rules=(0,) * 400,
        imported=(False,) * 400,
    )
    priors = priors_of(POLICY, names, sample)
    assert priors[:200] == pytest.approx(np.full(200, np.log(9)))
    assert priors[200:] == pytest.approx(np.full(200, np.log(9 / 200)))
    alone = learn(honest, DEFAULT).shift
    together = learn(Seen(**{**both, "prior": priors}), DEFAULT).shift
    blamed_on_all = learn(Seen(**both), DEFAULT).shift
    assert together - alone < 0.25 * (blamed_on_all - alone)


def test_counting_by_the_inverse_undoes_a_draw_that_favours_the_bad() -> None:
    everyone = simulated(60_000, 7)
    drawn_with = np.where(everyone.good, 0.05, 0.5)
    rows = np.flatnonzero(np.random.default_rng(8).random(len(drawn_with)) < drawn_with)
    biased = taken(everyone, rows, drawn_with)
    blind = taken(everyone, rows)
    assert values(learn(biased, DEFAULT)) == pytest.approx(TRUE, abs=0.2)
    # Without it the intercept is off by much of the logarithm of the favour, 2.3.
    assert values(learn(blind, DEFAULT))[3] > TRUE[3] + 1.5


@given(st.lists(st.tuples(st.booleans(), st.floats(1e-6, 1)), min_size=1, max_size=60))
def test_audits_are_worth_no_more_than_their_number(drawn: list[tuple[bool, float]]) -> None:
    good = np.array([one for one, _ in drawn])
    drawn_with = np.array([rate for _, rate in drawn])
    found = audited_of(good, drawn_with)
    assert 1 - 1e-9 <= found.good + found.bad <= len(drawn) + 1e-9
    assert found.good == pytest.approx((good / drawn_with).sum() / (1 / drawn_with).sum() * (found.good + found.bad))


def test_nobody_audited_is_nobody() -> None:
    found = audited_of(np.zeros(0, dtype=np.bool_), np.zeros(0))
    assert (found.good, found.bad) == (0, 0)


def test_purity_is_the_owners_word_until_audited() -> None:
    few = np.arange(AUDITS_MIN - 1) % 2 == 0
    assert audited_purity(POLICY, few, np.ones(len(few))) == POLICY.purity
    many = np.arange(10_000) % 10 < 7
    assert audited_purity(POLICY, many, np.full(len(many), 0.1)) == pytest.approx(0.7, abs=0.001)
