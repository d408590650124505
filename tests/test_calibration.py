"""What audits teach: nothing while they are few, the truth when they are many, and never more than they know."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.calibration import (
    AUDITS_MIN,
    BAD_MIN,
    SPREAD,
    AuditSample,
    Learned,
    Seen,
    audited_of,
    audited_purity,
    columns,
    learn,
    priors_of,
    shares_of,
)
from curation.evidence.known import joined
from curation.evidence.reference import Calibration
from curation.finding import Floats
from curation.quality import STRANGE, logistic, prior_log_odds, terms, vouched, weights
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
    chance = logistic(prior + evidence[:, :2] @ truth[:2] + said(evidence, judged, truth[2], -truth[3]))
    good = random.random(count) < chance
    return Seen(prior=prior, evidence=evidence, judged=judged, good=good, drawn_with=np.ones(count))


def said(evidence: Floats, judged: "np.ndarray[tuple[int], np.dtype[np.bool_]]", beta: float, added: float) -> Floats:
    """What labels say of records: nothing in favour of a strange one."""
    strange = evidence[:, 1]
    return np.where(judged, vouched(beta * vouched(evidence[:, 2], strange) + added, strange), 0.0)


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
    return np.array([found.beta_rules, found.beta_strangeness, found.beta_label, -found.intercept])


@given(st.integers(0, AUDITS_MIN - 1), SEEDS)
@settings(deadline=None, max_examples=20)
def test_few_audits_teach_nothing(count: int, seed: int) -> None:
    assert learn(simulated(count, seed), DEFAULT) == Learned(
        beta_rules=1.0, beta_strangeness=0.7, beta_label=1.0, intercept=0.0, least=DEFAULT.label_least
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
    assert found.beta_label >= 0


def test_what_the_audits_contradict_is_set_aside() -> None:
    found = learn(simulated(2000, 1, np.array([-2.0, -2.0, -2.0, 0.0])), DEFAULT)
    assert (found.beta_rules, found.beta_strangeness, found.beta_label) == (0.0, 0.0, 0.0)


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
    flat = np.column_stack([seen.evidence[:, :2], np.maximum(seen.evidence[:, 2], -1.0)])
    chance = logistic(seen.prior + seen.evidence[:, :2] @ TRUE[:2] + said(flat, seen.judged, 1.4, -3.0))
    good = np.random.default_rng(6).random(len(chance)) < chance
    found = learn(replace(seen, good=good), DEFAULT)
    assert found.least == pytest.approx(-1.0, abs=0.5)
    assert found.beta_label == pytest.approx(1.4, abs=0.3)
    # Where it goes on telling to its end, it is left alone.
    assert learn(seen, DEFAULT).least < seen.evidence[:, 2].min()


def test_a_cut_leaves_alone_what_could_not_be_judged() -> None:
    cut = Calibration(label_least=1.5)
    found = terms(2.2, cut, np.zeros(3), np.zeros(3), np.array([-4.0, 0.0, 2.0]))
    assert found["label-noise"].tolist() == [1.5, 0.0, 2.0]


def balance(found: Learned) -> float:
    """The label's evidence at which its term says nothing."""
    return -found.intercept / found.beta_label


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
    alone = balance(learn(honest, DEFAULT))
    together = balance(learn(Seen(**{**both, "prior": priors}), DEFAULT))
    blamed_on_all = balance(learn(Seen(**both), DEFAULT))
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


AUDITS = st.lists(st.tuples(st.booleans(), st.floats(1e-6, 1)), max_size=60)


@given(AUDITS, st.tuples(st.booleans(), st.floats(1e-6, 1)))
def test_a_good_audit_never_lowers_the_prior_and_a_bad_one_never_raises_it(
    drawn: list[tuple[bool, float]], one_more: tuple[bool, float]
) -> None:
    def prior(audits: list[tuple[bool, float]]) -> float:
        good = np.array([is_good for is_good, _ in audits], dtype=np.bool_)
        return prior_log_odds(POLICY, audited_of(good))

    before, after = prior(drawn), prior([*drawn, one_more])
    assert after >= before if one_more[0] else after <= before


@given(AUDITS)
def test_audits_are_worth_their_number(drawn: list[tuple[bool, float]]) -> None:
    good = np.array([one for one, _ in drawn], dtype=np.bool_)
    found = audited_of(good)
    assert (found.good, found.bad) == (sum(good), len(drawn) - sum(good))


def one_weight(found: Learned, label: float, strange: float = 0.0) -> float:
    parts = terms(np.log(9), calibrated(found), np.zeros(1), np.array([strange]), np.array([label]))
    return float(weights(parts)[0])


def calibrated(found: Learned) -> Calibration:
    return Calibration(
        beta_rules=found.beta_rules,
        beta_strangeness=found.beta_strangeness,
        beta_label=found.beta_label,
        label_intercept=found.intercept,
        label_least=found.least,
    )


@given(st.integers(AUDITS_MIN, 1000), SEEDS, st.floats(-6, 6), st.floats(0.1, 5), st.integers(0, BAD_MIN - 1))
@settings(deadline=None, max_examples=60)
def test_good_audits_do_not_switch_the_label_check_off(
    count: int, seed: int, middle: float, spread: float, bad: int
) -> None:
    """Nor do a few bad ones among them, which may lie anywhere."""
    random = np.random.default_rng(seed)
    seen = simulated(count, seed)
    seen.evidence[:, 2] = np.where(seen.judged, random.normal(middle, spread, count), 0.0)
    found = learn(replace(seen, prior=np.full(count, np.log(9)), good=np.arange(count) >= bad), DEFAULT)
    assert found.least == DEFAULT.label_least
    unlearned = learn(simulated(0, 0), DEFAULT)
    for strange in (0.0, -2.0):
        assert one_weight(found, -8.0, strange) < POLICY.review_below
        assert one_weight(found, -4.0, strange) <= one_weight(unlearned, -4.0, strange) + 1e-9


@given(st.integers(AUDITS_MIN, 400), SEEDS, st.floats(-3, 3), st.floats(-0.5, 3))
@settings(deadline=None, max_examples=60)
def test_what_was_fitted_is_what_is_applied(count: int, seed: int, intercept: float, slope: float) -> None:
    """Of strange records as well, and of records whose label could not be judged."""
    seen = simulated(count, seed, np.array([1.0, 0.7, slope, intercept]))
    found = learn(seen, DEFAULT)
    parameters = [found.beta_rules, found.beta_strangeness, found.beta_label, found.intercept]
    fitted = seen.prior + columns(seen, found.least, np.array(parameters)) @ np.array(parameters)
    parts = terms(2.2, calibrated(found), seen.evidence[:, 0], seen.evidence[:, 1], seen.evidence[:, 2])
    assert np.sum(list(parts.values()), axis=0) == pytest.approx(fitted, abs=1e-9)
    # Below a cut no label is spoken for, and no strange record's anywhere.
    assert found.least == DEFAULT.label_least or found.beta_label * found.least + found.intercept <= 0
    assert (parts["label-noise"][seen.evidence[:, 1] <= STRANGE] <= 0).all()


def test_a_cut_needs_bad_records_below_it() -> None:
    """Good records of low evidence, the bad ones among the others: nothing shows that the low end tells nothing."""
    seen = simulated(400, 11)
    low = seen.judged & (seen.evidence[:, 2] < np.quantile(seen.evidence[seen.judged, 2], 0.4))
    found = learn(replace(seen, good=seen.good | low), DEFAULT)
    assert found.least == DEFAULT.label_least


def test_nobody_audited_is_nobody() -> None:
    found = audited_of(np.zeros(0, dtype=np.bool_))
    assert (found.good, found.bad) == (0, 0)


def test_purity_is_the_owners_word_until_audited() -> None:
    few = np.arange(AUDITS_MIN - 1) % 2 == 0
    assert audited_purity(POLICY, few, np.ones(len(few))) == POLICY.purity
    many = np.arange(10_000) % 10 < 7
    assert audited_purity(POLICY, many, np.full(len(many), 0.1)) == pytest.approx(0.7, abs=0.001)
