"""cleanlab sees the labels that were switched, and our label score is its self-confidence."""

import numpy as np
import pytest

from curation.checks.label_noise import given_probability, probabilities
from curation.evidence.cleanlab import annotator_quality, label_quality, noise_by_class
from tests.engine_sample import a_card, a_contribution, cluster_reference, cluster_rows, clusters, evidence_about


def test_noise_is_found_where_it_was_planted() -> None:
    # Of the 40 members of class-0, ten carry the label class-1.
    reference = cluster_reference(40, 3, relabel=dict.fromkeys(range(0, 40, 4), "class-1"))
    assert reference.noise["class-1"] == pytest.approx(10 / 50, abs=0.05)
    assert reference.noise["class-0"] == pytest.approx(0, abs=0.03)
    assert reference.noise["class-2"] == pytest.approx(0, abs=0.03)


def test_one_class_or_an_empty_one_says_nothing() -> None:
    shares = np.full((4, 2), 0.5)
    assert noise_by_class(np.zeros(4, dtype=np.int64), np.ones((4, 1)), ("a",)) == {}
    assert noise_by_class(np.zeros(4, dtype=np.int64), shares, ("a", "b")) == {}


def test_our_label_score_is_cleanlabs_self_confidence() -> None:
    reference = cluster_reference()
    vectors, labels = clusters(8, 3, seed=11)
    labels[::5] = ["class-0"] * len(labels[::5])
    card = a_card()
    evidence = evidence_about(a_contribution(card, cluster_rows(labels, start=900)), card, reference, vectors)
    codes = np.array([reference.classes.index(label) for label in labels])
    assert given_probability(evidence) == pytest.approx(label_quality(codes, probabilities(evidence)))


def test_whoever_labels_at_random_is_relied_on_least() -> None:
    """Of three people, one of whom guesses; gaps are no labels."""
    chance = np.random.default_rng(20261128)
    true = np.arange(60) % 3
    skills = (1.0, 0.8, 0.0)
    given = [np.where(chance.random(60) < skill, true, chance.integers(0, 3, 60)) for skill in skills]
    labels = np.stack(given, axis=1).astype(float)
    labels[::4, 0] = labels[1::4, 1] = labels[2::4, 2] = np.nan
    probabilities = np.full((60, 3), 0.1)
    probabilities[np.arange(60), true] = 0.8
    sure, good, guessing = annotator_quality(labels, probabilities)
    assert 1 >= sure > good > guessing + 0.2
    assert guessing >= 0
