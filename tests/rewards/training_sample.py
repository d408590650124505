"""A small datanet's records to train on: clusters of unit vectors, with labels, uneven weights and some noise."""

import numpy as np
from numpy.typing import NDArray

from curation.rewards.model import TrainingSet
from tests.engine_sample import clusters

Vectors = NDArray[np.float32]


def a_training_set(
    count: int = 12, classes: int = 3, *, seed: int = 7, noise: float = 0.1, labelled: bool = True
) -> TrainingSet:
    """`count` records in each of `classes` clusters, 16 numbers each, in a seeded order; a share of wrong labels."""
    vectors, labels = clusters(count, classes, seed=seed, spread=1.0)
    chance = np.random.default_rng(seed)
    wrong = chance.random(len(labels)) < noise
    told = [f"class-{chance.integers(classes)}" if bad else label for label, bad in zip(labels, wrong, strict=True)]
    order = chance.permutation(len(labels))
    return TrainingSet(
        ids=tuple(f"record-{place:04d}" for place in chance.permutation(len(labels))),
        vectors=vectors[order],
        labels=tuple(told[row] for row in order) if labelled else None,
        weights=tuple(int(one) for one in chance.integers(100_000, 1_000_001, size=len(labels))),
    )


def some_questions(count: int = 6, classes: int = 3, *, seed: int = 99) -> Vectors:
    """Unit vectors near the same clusters."""
    return clusters(count, classes, seed=seed, spread=1.0)[0]
