"""Heads learn what separates labels, and no record is judged by heads that have seen it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from curation.datanet.canonical import digest
from curation.evidence.heads import FOLDS, cross_fitted_logits, fit_heads, folds_of, softmax
from curation.finding import Floats
from tests.engine_sample import clusters

LOGITS = arrays(np.float64, (3, 4), elements=st.floats(-800, 800))


@given(LOGITS, st.floats(-100, 100))
def test_softmax_gives_shares_that_a_shift_does_not_move(logits: Floats, shift: float) -> None:
    shares = softmax(logits)
    assert ((shares >= 0) & (shares <= 1)).all()
    assert shares.sum(axis=1) == pytest.approx(1)
    assert softmax(logits + shift) == pytest.approx(shares, abs=1e-9)


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_heads_tell_clusters_apart(classes: int) -> None:
    vectors, labels = clusters(20, classes)
    names = tuple(sorted(set(labels)))
    fresh, wanted = clusters(10, classes, seed=8)
    heads = fit_heads(vectors, np.array(labels), names)
    assert heads.coefficients.shape == (classes, vectors.shape[1])
    assert [names[code] for code in softmax(heads.logits(fresh)).argmax(axis=1)] == wanted


def test_two_classes_answer_as_sklearn_does() -> None:
    # sklearn keeps one row for two classes; two rows of half the size each give the same probabilities.
    vectors, labels = clusters(20, 2)
    forward = fit_heads(vectors, np.array(labels), ("class-0", "class-1"))
    swapped = fit_heads(vectors, np.array(labels), ("class-1", "class-0"))
    assert softmax(forward.logits(vectors)) == pytest.approx(softmax(swapped.logits(vectors))[:, ::-1])
    assert forward.coefficients[0] == pytest.approx(-forward.coefficients[1])


def test_a_class_that_nobody_has_is_never_likeliest() -> None:
    vectors, labels = clusters(20, 2)
    heads = fit_heads(vectors, np.array(labels), ("class-0", "class-1", "class-9"))
    assert (softmax(heads.logits(vectors))[:, 2] < 1e-6).all()


@pytest.mark.parametrize("count", [0, 1])
def test_one_label_or_none_can_be_fitted(count: int) -> None:
    vectors, labels = clusters(3, 1)
    heads = fit_heads(vectors[: 3 * count], np.array(labels[: 3 * count], dtype=np.str_), ("class-0", "class-1"))
    assert np.isfinite(heads.logits(vectors)).all()


def test_a_record_is_in_the_same_fold_whatever_its_company() -> None:
    keys = [digest(str(place).encode()) for place in range(200)]
    folds = folds_of(keys)
    assert set(folds.tolist()) == set(range(FOLDS))
    assert folds_of(keys[5:6]).tolist() == folds[5:6].tolist()


def test_no_record_is_judged_by_heads_that_have_seen_its_label() -> None:
    vectors, labels = clusters(15, 3)
    names = ("class-0", "class-1", "class-2")
    folds = np.arange(len(labels)) % FOLDS
    before = cross_fitted_logits(vectors, np.array(labels), names, folds)
    for row in (0, 17, 44):
        changed = list(labels)
        changed[row] = "class-1" if labels[row] == "class-0" else "class-0"
        after = cross_fitted_logits(vectors, np.array(changed), names, folds)
        assert after[row].tolist() == before[row].tolist()
        assert not np.array_equal(after, before)


def test_fitting_twice_gives_the_same_bytes() -> None:
    vectors, labels = clusters(20, 3)
    first, second = (fit_heads(vectors, np.array(labels), ("class-0", "class-1", "class-2")) for _ in range(2))
    assert first.coefficients.tobytes() == second.coefficients.tobytes()
