"""The closed form says what retraining without a record really does, per unit of its weight."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.finding import Floats
from curation.rewards.model import Model, Predictor, Settings, TrainingSet, fit
from tests.rewards.training_sample import Vectors, a_training_set, some_questions

# The constant's ridge and that of the rest as in a real model, on a problem small enough to retrain for each record.
SETTINGS = Settings(ridge="0.1")


def predictor_of(model: Model) -> Predictor:
    assert isinstance(model.rests_on, Predictor)
    return model.rests_on


def without(training: TrainingSet, row: int) -> TrainingSet:
    weights = list(training.weights)
    weights[row] = 0
    return replace(training, weights=tuple(weights))


def in_order(model: Model, query: Vectors, place: int) -> Floats:
    """The effects by row of the training set."""
    influence = predictor_of(model).influence
    effects = np.zeros(len(model.ids))
    effects[influence.rows] = influence.effects(query, place)
    return effects


def retrained(training: TrainingSet, questions: Vectors, places: list[int]) -> Floats:
    """How far each question's logit really falls without each record, (n, q)."""
    whole = predictor_of(fit(training, SETTINGS)).heads.logits(questions)
    falls = []
    for row in range(len(training)):
        rest = predictor_of(fit(without(training, row), SETTINGS)).heads.logits(questions)
        falls.append([whole[number, place] - rest[number, place] for number, place in enumerate(places)])
    return np.array(falls)


@pytest.mark.parametrize("classes", [2, 3])
def test_influence_is_what_retraining_without_a_record_does(classes: int) -> None:
    training, questions = a_training_set(60, classes), some_questions(2, classes)
    model = fit(training, SETTINGS)
    places = predictor_of(model).heads.logits(questions).argmax(axis=1).tolist()
    real = retrained(training, questions, places)
    weights = np.array(training.weights) / 1e6
    assert weights.max() > 5 * weights.min()
    for number, place in enumerate(places):
        effects = in_order(model, questions[number], place)
        # Removing takes away all of a record's weight; the effect is that of one unit of it.
        assert np.corrcoef(effects * weights, real[:, number])[0, 1] >= 0.99
        assert np.corrcoef(effects, real[:, number] / weights)[0, 1] >= 0.99
        assert np.polyfit(effects * weights, real[:, number], 1)[0] == pytest.approx(1, abs=0.1)
        # And it is not the other way round: who forgets the weight is told so.
        assert np.corrcoef(effects, real[:, number])[0, 1] < 0.97


def test_a_light_record_does_what_a_small_change_of_weight_does() -> None:
    training, questions = a_training_set(12, 2), some_questions(1, 2)
    light = list(training.weights)
    light[5] = 1
    model = fit(replace(training, weights=tuple(light)), SETTINGS)
    light[5] = 1001
    moved = fit(replace(training, weights=tuple(light)), SETTINGS)
    for number in range(len(questions)):
        query = questions[number]
        before, after = (predictor_of(one).heads.logits(questions)[number, 0] for one in (model, moved))
        # A thousandth more of the record: a derivative, without any approximation but its own.
        assert (after - before) * 1000 == pytest.approx(in_order(model, query, 0)[5], rel=0.02, abs=1e-6)


@given(st.integers(0, 2**32 - 1), st.integers(1, 8))
@settings(max_examples=30)
def test_the_strongest_are_the_largest_of_all(seed: int, kept: int) -> None:
    training, questions = a_training_set(6, 2, seed=seed % 1000), some_questions(1, 2, seed=seed)
    influence = predictor_of(fit(training, SETTINGS)).influence
    rows, effects = influence.strongest(questions[0], 0, kept)
    everything = np.zeros(len(training))
    everything[influence.rows] = influence.effects(questions[0], 0)
    assert len(rows) == min(kept, (everything > 0).sum())
    assert effects == pytest.approx(np.sort(everything)[::-1][: len(rows)], rel=1e-4, abs=1e-7)
    assert everything[rows] == pytest.approx(effects, rel=1e-4, abs=1e-7)


def test_among_many_records_the_scan_loses_none_of_the_strongest() -> None:
    # More than are looked at twice.
    training, questions = a_training_set(250, 2), some_questions(3, 2)
    influence = predictor_of(fit(training, SETTINGS)).influence
    for query in questions:
        rows, _ = influence.strongest(query, 1, 10)
        effects = influence.effects(query, 1)
        assert set(rows.tolist()) == set(influence.rows[np.argsort(-effects)[:10]].tolist())


def test_ties_go_to_the_earlier_row() -> None:
    training = a_training_set(6, 2)
    twins = TrainingSet(
        ids=tuple(f"record-{place:03d}" for place in range(24, 0, -1)),
        vectors=np.vstack([training.vectors, training.vectors]),
        labels=(training.labels or ()) * 2,
        weights=(500_000,) * 24,
    )
    influence = predictor_of(fit(twins, SETTINGS)).influence
    rows, effects = influence.strongest(some_questions(1, 2)[0], 0, 3)
    assert effects[0] == effects[1]
    # The twin of the third comes fourth: later in the order given, though its id comes first.
    assert rows.tolist() == [rows[0], rows[0] + 12, rows[2]]
    assert rows[2] < 12
