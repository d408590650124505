"""Evidence adds up to a weight, words to a novelty, and findings to a verdict."""

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.datanet.card import Policy
from curation.evidence.reference import Calibration
from curation.finding import Finding, Severity
from curation.quality import (
    STRANGE,
    Audited,
    label_offset,
    logistic,
    novelty,
    prior_log_odds,
    strangeness,
    terms,
    verdict,
    vouched,
    weights,
)
from curation.verdict import Verdict
from tests.engine_sample import a_card

POLICY = a_card().policy
ODDS = st.floats(-20, 20)
BETA = Calibration()


def weight(rules: float = 0, strange: float = 0, label: float | None = None, prior: float | None = None) -> float:
    start = prior_log_odds(POLICY) if prior is None else prior
    given_label = None if label is None else np.array([label])
    return float(weights(terms(start, BETA, np.array([rules]), np.array([strange]), given_label))[0])


def logit(share: float) -> float:
    return math.log(share / (1 - share))


def test_without_evidence_a_newcomer_is_taken_at_the_prior() -> None:
    assert weight() == pytest.approx(0.9)


@given(ODDS, st.floats(-5, 0), st.floats(-5, 5))
def test_the_parts_add_up(rules: float, strange: float, label: float) -> None:
    found = weight(rules, strange, label)
    total = logit(0.9) + rules + 0.7 * strange + (min(label, 0.0) if strange <= STRANGE else label)
    assert found == pytest.approx(1 / (1 + math.exp(-total)))


@given(ODDS, ODDS, ODDS, st.floats(0.01, 10))
def test_more_evidence_for_never_lowers_the_weight(rules: float, strange: float, label: float, more: float) -> None:
    here = weight(rules, strange, label)
    assert 0 < here <= 1
    assert weight(rules + more, strange, label) >= here
    assert weight(rules, strange + more, label) >= here
    assert weight(rules, strange, label + more) >= here


def test_no_record_moves_anothers_weight() -> None:
    rules, strange = np.array([0.0, -3.0, 0.0]), np.array([0.0, 0.0, -2.0])
    together = weights(terms(1.0, BETA, rules, strange, None))
    for place in range(3):
        alone = weights(terms(1.0, BETA, rules[[place]], strange[[place]], None))
        assert alone[0] == together[place]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_any_log_odds_give_a_probability(odds: list[float]) -> None:
    shares = logistic(np.array(odds))
    assert ((shares >= 0) & (shares <= 1)).all()


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_the_prior_is_the_contributors_own_audited_rate_shrunk_by_beta_9_1(good: int, bad: int) -> None:
    own = prior_log_odds(POLICY, Audited(good, bad))
    assert logistic(np.array([own]))[0] == pytest.approx((9 + good) / (10 + good + bad))
    assert prior_log_odds(POLICY, Audited(good + 1, bad)) > own
    assert prior_log_odds(POLICY, Audited(good, bad + 1)) < own


def test_strangeness_is_one_term() -> None:
    p = [np.array([0.02, 1.0]), np.array([0.02, 0.5]), np.array([1.0, 0.9])]
    # Three checks, two of them at .02: .03 together. One alone would be .06.
    assert strangeness(p, 2) == pytest.approx([math.log(-math.e * 0.03 * math.log(0.03)), 0.0])
    alone = [p[0], np.array([1.0, 1.0]), p[2]]
    assert strangeness(alone, 2) == pytest.approx([math.log(-math.e * 0.06 * math.log(0.06)), 0.0])
    assert strangeness([], 2).tolist() == [0, 0]


RAMP = st.tuples(st.floats(0, 0.98), st.floats(0.01, 1)).filter(lambda ramp: ramp[1] - ramp[0] > 0.01)


@given(st.lists(st.floats(0, 1), min_size=2), RAMP)
def test_novelty_falls_along_the_ramp(similarity: list[float], ramp: tuple[float, float]) -> None:
    low, high = ramp
    found = novelty(np.array(sorted(similarity)), ramp).tolist()
    for value, alike in zip(found, sorted(similarity), strict=True):
        assert value == pytest.approx(min(1.0, max(0.0, (high - alike) / (high - low))))
        assert value == 1 or alike > low
        assert value == 0 or alike < high
    assert all(first >= second for first, second in pairwise(found))


@given(st.floats(-20, STRANGE), st.floats(0, 20))
def test_no_label_speaks_for_a_strange_record(strange: float, label: float) -> None:
    assert weight(strange=strange, label=label) == weight(strange=strange, label=0.0)
    assert weight(strange=strange, label=-label) <= weight(strange=strange, label=0.0)


@given(st.floats(-5, 5), st.floats(-5, 0), st.floats(-5, 5).filter(bool))
def test_an_intercept_counts_where_the_label_was_judged(intercept: float, strange: float, label: float) -> None:
    learned = Calibration(label_intercept=intercept, beta_label=2.0)
    here = np.array([strange, strange])
    found = terms(2.2, learned, np.zeros(2), here, np.array([label, 0.0]))["label-noise"]
    said = 2.0 * (min(label, 0.0) if strange <= STRANGE else label) + intercept
    assert found == pytest.approx([min(said, 0.0) if strange <= STRANGE else said, 0.0])


def test_novelty_at_the_ramps_ends() -> None:
    assert novelty(np.array([0.0, 0.6, 0.7, 0.8, 1.0]), (0.6, 0.8)) == pytest.approx([1, 1, 0.5, 0, 0])


@given(st.lists(ODDS, min_size=1, max_size=40), st.floats(0.6, 0.99), st.data())
def test_the_label_offset_reaches_the_purity(log_odds: list[float], purity: float, data: st.DataObject) -> None:
    other = data.draw(st.lists(st.floats(-3, 0), min_size=len(log_odds), max_size=len(log_odds)))
    strange = np.array(data.draw(st.lists(st.floats(-3, 0), min_size=len(log_odds), max_size=len(log_odds))))
    policy = Policy(purity=purity)

    def mean_at(offset: float) -> float:
        heard = vouched(np.array(log_odds) - offset, strange)
        return float(logistic(prior_log_odds(policy) + np.array(other) + heard).mean())

    offset = label_offset(policy, np.array(log_odds), np.array(other), strange)
    assert -10 <= offset <= 10
    if mean_at(10) < purity < mean_at(-10):  # strange ones alone may never reach it
        assert mean_at(offset) == pytest.approx(purity, abs=1e-9)
    else:
        assert abs(offset) == pytest.approx(10)


def findings(*severities: Severity) -> list[Finding]:
    return [Finding(row=0, check="any", severity=one, message="?", fix="?") for one in severities]


@pytest.mark.parametrize(
    ("severities", "share", "wanted"),
    [
        ((), 0.9, Verdict.ACCEPT),
        ((), 0.5, Verdict.ACCEPT),
        ((), 0.499, Verdict.REVIEW),
        ((Severity.CRITICAL,), 1.0, Verdict.REJECT),
        ((Severity.INSUFFICIENT,), 1.0, Verdict.UNCHECKED),
        ((Severity.INSUFFICIENT,), 0.1, Verdict.UNCHECKED),
        ((Severity.HOLD,), 1.0, Verdict.REVIEW),
        ((Severity.CRITICAL, Severity.INSUFFICIENT, Severity.HOLD), 1.0, Verdict.REJECT),
        ((Severity.INSUFFICIENT, Severity.HOLD), 1.0, Verdict.UNCHECKED),
        ((Severity.WARNING, Severity.INFO), 0.9, Verdict.ACCEPT),
        ((Severity.WARNING,), 1e-9, Verdict.REVIEW),
    ],
)
def test_a_verdict_follows_from_findings_and_weight(severities: Any, share: float, wanted: Verdict) -> None:
    assert verdict(findings(*severities), share, POLICY) is wanted


@given(st.floats(0, 1), st.lists(st.sampled_from([Severity.WARNING, Severity.INFO, Severity.HOLD])))
def test_statistics_never_reject(share: float, severities: list[Severity]) -> None:
    assert verdict(findings(*severities), share, POLICY) in (Verdict.ACCEPT, Verdict.REVIEW)
