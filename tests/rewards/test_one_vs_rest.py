"""Each head is the optimum of its own class against the rest, and knows nothing of the others."""

import numpy as np
import pytest
from numpy.typing import NDArray

from curation.finding import Floats
from curation.rewards.one_vs_rest import fit_one_vs_rest, probabilities
from tests.engine_sample import clusters

RIDGE = 0.2


def loss(theta: Floats, vectors: Floats, positive: NDArray[np.bool_], weights: Floats) -> float:
    """What one head minimises."""
    logits = vectors @ theta[:-1] + theta[-1]
    signs = np.where(positive, -1.0, 1.0)
    return float((weights * np.logaddexp(0, signs * logits)).sum() + RIDGE / 2 * (theta**2).sum())


@pytest.mark.parametrize("classes", [1, 2, 4])
def test_no_head_can_be_bettered(classes: int) -> None:
    vectors, labels = clusters(12, classes, spread=1.0)
    chance = np.random.default_rng(1)
    weights = chance.uniform(0.1, 1, len(labels))
    fitted = fit_one_vs_rest(vectors, labels, weights, RIDGE)
    assert fitted.coefficients.shape == (classes, 17)
    for place, name in enumerate(fitted.classes):
        positive = np.array([label == name for label in labels])
        at = (vectors.astype(np.float64), positive, weights)
        theta = fitted.coefficients[place]
        here = loss(theta, *at)
        # Every direction leads up, the constant's too: it is regularised like the rest.
        for size in (1e-2, 1e-4):
            for direction in (*np.eye(17), *chance.normal(size=(20, 17))):
                assert loss(theta + size * direction, *at) > here
                assert loss(theta - size * direction, *at) > here


def test_a_head_does_not_know_how_the_rest_is_divided() -> None:
    vectors, labels = clusters(12, 3, spread=1.0)
    merged = ["class-0" if label == "class-0" else "rest" for label in labels]
    ones = np.ones(len(labels))
    three, two = (fit_one_vs_rest(vectors, told, ones, RIDGE) for told in (labels, merged))
    assert np.array_equal(three.coefficients[0], two.coefficients[0])
    assert two.coefficients[0] == pytest.approx(-two.coefficients[1])


def test_a_weight_of_two_is_a_record_given_twice() -> None:
    vectors, labels = clusters(8, 2, spread=1.0)
    weights = np.ones(len(labels))
    weights[3] = 2.0
    weighted = fit_one_vs_rest(vectors, labels, weights, RIDGE)
    again = np.vstack([vectors, vectors[3:4]])
    twice = fit_one_vs_rest(again, [*labels, labels[3]], np.ones(len(labels) + 1), RIDGE)
    assert weighted.coefficients == pytest.approx(twice.coefficients, abs=1e-9)


def test_a_loose_fit_predicts_the_same() -> None:
    vectors, labels = clusters(12, 4, spread=1.0)
    exact, loose = (fit_one_vs_rest(vectors, labels, np.ones(48), RIDGE, exact=exact) for exact in (True, False))
    fresh = clusters(20, 4, seed=9, spread=1.0)[0]
    assert loose.logits(fresh) == pytest.approx(exact.logits(fresh), abs=0.01)


def test_a_vector_answers_the_same_alone_and_in_company() -> None:
    vectors, labels = clusters(12, 3)
    fitted = fit_one_vs_rest(vectors, labels, np.ones(36), RIDGE)
    assert np.array_equal(fitted.logits(vectors)[5:6], fitted.logits(vectors[5:6]))


def test_probabilities_overflow_nowhere() -> None:
    assert probabilities(np.array([-1e6, -2.0, 0.0, 2.0, 1e6])) == pytest.approx([0, 0.119203, 0.5, 0.880797, 1])
