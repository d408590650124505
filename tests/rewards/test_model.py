"""A model answers with integers that rest on its records alone, is kept in two files, and is named by what went in."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.errors import EngineFailed, UsageError
from curation.rewards.model import Answer, Settings, TrainingSet, fit, load_model, model_id, save_model
from curation.rewards.quantised import LARGEST
from tests.rewards.training_sample import a_training_set, some_questions

SETTINGS = Settings()


def a_table() -> TrainingSet:
    chance = np.random.default_rng(3)
    vectors = (3 * chance.normal(size=(30, 5))).astype(np.float32)
    return replace(a_training_set(10, 3, labelled=False), vectors=vectors, table=True)


def unlabelled() -> TrainingSet:
    return a_training_set(10, 3, labelled=False)


def taken(training: TrainingSet, rows: list[int]) -> TrainingSet:
    return replace(
        training,
        ids=tuple(training.ids[row] for row in rows),
        vectors=training.vectors[rows],
        labels=None if training.labels is None else tuple(training.labels[row] for row in rows),
        weights=tuple(training.weights[row] for row in rows),
    )


def by_id(training: TrainingSet, answer: Answer) -> tuple[str | None, int | None, dict[str, int]]:
    return answer.label, answer.logit_micro, {training.ids[row]: amount for row, amount in answer.attribution}


@given(st.permutations(range(24)), st.integers(0, 50))
@settings(max_examples=40)
def test_permuting_the_records_permutes_the_attribution(order: list[int], seed: int) -> None:
    training, questions = a_training_set(12, 2, seed=seed), some_questions(1, 2, seed=seed + 100)
    permuted = taken(training, order)
    for one, other in zip(
        fit(training, SETTINGS).answer(questions), fit(permuted, SETTINGS).answer(questions), strict=True
    ):
        assert by_id(training, one) == by_id(permuted, other)


@given(st.sets(st.integers(0, 35), min_size=1, max_size=30), st.integers(0, 50))
@settings(max_examples=40)
def test_records_without_weight_are_as_if_they_were_not_there(idle: set[int], seed: int) -> None:
    training, questions = a_training_set(12, 3, seed=seed), some_questions(2, 3)
    lazy = replace(training, weights=tuple(0 if row in idle else w for row, w in enumerate(training.weights)))
    gone = taken(training, [row for row in range(36) if row not in idle])
    for one, other in zip(fit(lazy, SETTINGS).answer(questions), fit(gone, SETTINGS).answer(questions), strict=True):
        assert not {row for row, _ in one.attribution} & idle
        assert by_id(lazy, one) == by_id(gone, other)


@given(st.integers(1, 9), st.integers(0, 50))
@settings(max_examples=30)
def test_only_the_proportion_of_weights_to_the_ridge_counts(times: int, seed: int) -> None:
    training, questions = a_training_set(8, 2, seed=seed), some_questions(2, 2)
    scaled = replace(training, weights=tuple(times * one for one in training.weights))
    first = fit(training, Settings(ridge="0.1")).answer(questions)
    second = fit(scaled, Settings(ridge=f"0.{times}")).answer(questions)
    for one, other in zip(first, second, strict=True):
        assert one.label == other.label
        assert one.logit_micro == pytest.approx(other.logit_micro, abs=2)
        assert dict(one.attribution) == pytest.approx(dict(other.attribution), abs=200)


@given(st.integers(1, 40), st.integers(0, 50))
@settings(max_examples=30)
def test_amounts_are_at_most_so_many_and_the_largest_is_a_billion(kept: int, seed: int) -> None:
    training = a_training_set(12, 3, seed=seed)
    for answer in fit(training, Settings(kept=kept)).answer(some_questions(3, 3, seed=seed)):
        rows, amounts = zip(*answer.attribution, strict=True)
        assert amounts[0] == LARGEST
        assert min(amounts) > 0
        assert list(amounts) == sorted(amounts, reverse=True)
        assert len(set(rows)) == len(rows) <= kept
        assert all(0 <= row < 36 for row in rows)


def test_no_more_than_256_are_kept() -> None:
    training = a_training_set(300, 2)
    (answer, *_) = fit(training, SETTINGS).answer(some_questions(1, 2))
    assert len(answer.attribution) == 256


@pytest.mark.parametrize("make", [a_training_set, unlabelled, a_table])
def test_no_answer_depends_on_the_other_questions(make: Callable[[], TrainingSet]) -> None:
    training = make()
    model = fit(training, SETTINGS)
    questions = training.vectors[:8] + np.float32(0.01)
    together = model.answer(questions)
    assert together == tuple(model.answer(questions[row : row + 1])[0] for row in range(8))


def test_the_label_is_that_of_the_cluster() -> None:
    model = fit(a_training_set(20, 3, noise=0.0), SETTINGS)
    answers = model.answer(np.eye(16, dtype=np.float32)[:3])
    assert [answer.label for answer in answers] == ["class-0", "class-1", "class-2"]
    assert model.kind == "heads"
    assert all(answer.logit_micro is not None and answer.logit_micro > 0 for answer in answers)


def test_a_datanet_of_one_label_can_be_trained() -> None:
    training = a_training_set(12, 1)
    (answer,) = fit(training, SETTINGS).answer(np.eye(16, dtype=np.float32)[:1])
    assert answer.label == "class-0"
    assert len(answer.attribution) == 12


def test_nothing_to_train_with_is_said() -> None:
    training = a_training_set(2, 2)
    with pytest.raises(UsageError, match="no record has a weight"):
        fit(replace(training, weights=(0,) * 4), SETTINGS)


@pytest.mark.parametrize("make", [a_training_set, unlabelled, a_table])
def test_what_is_loaded_answers_as_what_was_saved(make: Callable[[], TrainingSet], tmp_path: Path) -> None:
    training = make()
    model = fit(training, SETTINGS)
    save_model(model, tmp_path)
    loaded = load_model(tmp_path)
    assert loaded.answer(training.vectors) == model.answer(training.vectors)
    assert (loaded.ids, loaded.settings, loaded.kind) == (model.ids, model.settings, model.kind)
    again = tmp_path / "again"
    again.mkdir()
    save_model(loaded, again)
    for name in ("model.json", "model.safetensors"):
        assert (again / name).read_bytes() == (tmp_path / name).read_bytes()


@pytest.mark.parametrize("name", ["model.json", "model.safetensors"])
@pytest.mark.parametrize("place", [0.0, 0.3, 0.6, 0.99])
def test_a_changed_byte_is_noticed(name: str, place: float, tmp_path: Path) -> None:
    save_model(fit(a_training_set(), SETTINGS), tmp_path)
    data = bytearray((tmp_path / name).read_bytes())
    data[int(place * len(data))] ^= 1
    (tmp_path / name).write_bytes(data)
    with pytest.raises(EngineFailed, match="curate train"):
        load_model(tmp_path)


@pytest.mark.parametrize("name", ["model.json", "model.safetensors"])
def test_a_missing_file_is_noticed(name: str, tmp_path: Path) -> None:
    save_model(fit(a_training_set(), SETTINGS), tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(EngineFailed, match="cannot be read"):
        load_model(tmp_path)


def test_the_arrays_of_another_model_are_noticed(tmp_path: Path) -> None:
    for seed in (1, 2):
        (tmp_path / str(seed)).mkdir()
        save_model(fit(a_training_set(seed=seed), SETTINGS), tmp_path / str(seed))
    (tmp_path / "1" / "model.safetensors").write_bytes((tmp_path / "2" / "model.safetensors").read_bytes())
    with pytest.raises(EngineFailed, match="do not match their digest"):
        load_model(tmp_path / "1")


@pytest.mark.parametrize("told", [[], {}, {"digest": 3}, None, "text"])
def test_a_description_of_something_else_is_refused(told: object, tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text(json.dumps(told))
    with pytest.raises(EngineFailed):
        load_model(tmp_path)


def test_answering_needs_no_library_that_training_does(tmp_path: Path) -> None:
    training = a_training_set()
    save_model(fit(training, SETTINGS), tmp_path)
    np.save(tmp_path / "questions.npy", training.vectors)
    code = (
        "import sys, numpy, pathlib; from curation.rewards.model import load_model;"
        f"folder = pathlib.Path({str(tmp_path)!r});"
        "answers = load_model(folder).answer(numpy.load(folder / 'questions.npy'));"
        "print(len(answers), *sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    count, *loaded = done.stdout.split()
    assert count == "36"
    assert not {"sklearn", "torch", "scipy", "faiss", "transformers"} & set(loaded)


def test_a_model_is_named_by_what_went_in() -> None:
    training = a_training_set()
    name = model_id(b"card", training, SETTINGS)
    assert len(name) == 32
    assert name == model_id(b"card", a_training_set(), Settings())
    assert training.labels is not None
    weights, labels, ids = list(training.weights), list(training.labels), list(training.ids)
    weights[4] += 1
    labels[4], ids[4] = "another", "another"
    others = [
        model_id(b"card ", training, SETTINGS),
        model_id(b"card", training, SETTINGS, b"another novelty"),
        model_id(b"card", training, Settings(ridge="0.3")),
        model_id(b"card", training, Settings(encoder="another")),
        model_id(b"card", replace(training, weights=tuple(weights)), SETTINGS),
        model_id(b"card", replace(training, labels=tuple(labels)), SETTINGS),
        model_id(b"card", replace(training, labels=None), SETTINGS),
        model_id(b"card", replace(training, ids=tuple(ids)), SETTINGS),
        model_id(b"card", taken(training, list(range(35))), SETTINGS),
        model_id(b"card", taken(training, [1, 0, *range(2, 36)]), SETTINGS),
        model_id(b"card", replace(training, table=True), SETTINGS),
    ]
    assert len({name, *others}) == len(others) + 1


def test_a_model_is_not_named_by_floating_point_numbers() -> None:
    training = a_training_set()
    elsewhere = replace(training, vectors=training.vectors + np.float32(1e-7))
    assert model_id(b"card", training, SETTINGS) == model_id(b"card", elsewhere, SETTINGS)
