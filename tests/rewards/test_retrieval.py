"""Without labels the nearest records are shown, each with its share of similarity."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.rewards.model import Settings, TrainingSet, fit
from curation.rewards.quantised import LARGEST
from tests.rewards.training_sample import Vectors, a_training_set, some_questions


def told(training: TrainingSet, row: int, query: Vectors) -> float:
    return float(training.vectors[row].astype(np.float64) @ query.astype(np.float64))


@given(st.integers(0, 200), st.integers(1, 16))
@settings(max_examples=50)
def test_amounts_are_in_proportion_to_the_cosine(seed: int, nearest: int) -> None:
    training = a_training_set(8, 3, seed=seed, labelled=False)
    questions = some_questions(2, 3, seed=seed + 1)
    model = fit(training, Settings(nearest=nearest))
    for query, answer in zip(questions, model.answer(questions), strict=True):
        cosines = sorted(((told(training, row, query), row) for row in range(24)), reverse=True)[:nearest]
        positive = [(cosine, row) for cosine, row in cosines if cosine > 1e-6]
        assert (answer.label, answer.logit_micro) == (None, None)
        assert {row for _, row in positive} <= {row for row, _ in answer.attribution} <= {row for _, row in cosines}
        found = dict(answer.attribution)
        for cosine, row in positive:
            assert found[row] == pytest.approx(cosine / cosines[0][0] * LARGEST, abs=1000)
    assert model.kind == "similarity"


def test_what_points_away_is_no_part_of_an_answer() -> None:
    training = replace(a_training_set(1, 3, labelled=False), vectors=np.eye(16, dtype=np.float32)[:3])
    (answer,) = fit(training, Settings()).answer(np.array([[-1.0] + [0.0] * 15], dtype=np.float32))
    assert answer.attribution == ()


def test_records_without_weight_are_not_shown() -> None:
    training = a_training_set(8, 3, labelled=False)
    (before,) = fit(training, Settings()).answer(training.vectors[:1])
    assert before.attribution[0] == (0, LARGEST)
    (after,) = fit(replace(training, weights=(0, *training.weights[1:])), Settings()).answer(training.vectors[:1])
    assert 0 not in dict(after.attribution)
    # The others stand to each other as they did.
    (first, whole), *rest = after.attribution
    for row, amount in rest:
        if row in dict(before.attribution):
            assert amount / whole == pytest.approx(dict(before.attribution)[row] / dict(before.attribution)[first])


def test_rows_of_a_table_count_by_their_distance() -> None:
    vectors = np.array([[0, 0, 0], [0, 0, 1], [0, 0, 3], [9, 9, 9]], dtype=np.float32)
    training = TrainingSet(ids=("a", "b", "c", "d"), vectors=vectors, labels=None, weights=(1_000_000,) * 4, table=True)
    (answer,) = fit(training, Settings(nearest=3)).answer(vectors[:1])
    # 1, 1/2 and 1/4: one over one more than the distance.
    assert answer.attribution == ((0, LARGEST), (1, LARGEST // 2), (2, LARGEST // 4))


def test_a_far_row_of_a_table_still_finds_somebody() -> None:
    training = TrainingSet(
        ids=("a", "b"),
        vectors=np.array([[0, 0], [1, 0]], dtype=np.float32),
        labels=None,
        weights=(1_000_000,) * 2,
        table=True,
    )
    (answer,) = fit(training, Settings()).answer(np.array([[100, 0]], dtype=np.float32))
    assert [row for row, _ in answer.attribution] == [1, 0]
