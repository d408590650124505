"""Neighbours are those that looking at every pair finds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.evidence.nearest import BLOCK_ROWS, VectorIndex, nearest_before
from tests.engine_sample import Vectors

SEEDS = st.integers(0, 2**32 - 1)


def points(count: int, seed: int, *, euclidean: bool, dimensions: int = 6) -> Vectors:
    found = np.random.default_rng(seed).normal(size=(count, dimensions))
    if not euclidean:
        found /= np.linalg.norm(found, axis=1, keepdims=True)
    return found.astype(np.float32)


def similarities(queries: Vectors, known: Vectors, *, euclidean: bool) -> Vectors:
    if euclidean:
        closeness: Vectors = (1 - np.linalg.norm(queries[:, None, :] - known[None, :, :], axis=2)).astype(np.float32)
        return closeness
    cosines: Vectors = queries @ known.T
    return cosines


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 30), st.integers(0, 8), st.integers(1, 12), SEEDS, st.booleans())
def test_nearest_is_brute_force(known: int, queries: int, k: int, seed: int, euclidean: bool) -> None:  # noqa: FBT001 - hypothesis passes values by position
    there, here = points(known, seed, euclidean=euclidean), points(queries, seed + 1, euclidean=euclidean)
    found = VectorIndex(there, euclidean=euclidean).nearest(here, k)
    wanted = -np.sort(-similarities(here, there, euclidean=euclidean), axis=1)[:, :k]
    assert found.rows.shape == found.similarity.shape == (queries, k)
    depth = min(k, known)
    np.testing.assert_allclose(found.similarity[:, :depth], wanted, atol=1e-5)
    assert (found.rows[:, depth:] == -1).all()


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 30), st.integers(1, 12), SEEDS, st.booleans(), st.data())
def test_a_subjects_own_row_is_left_out(known: int, k: int, seed: int, euclidean: bool, data: st.DataObject) -> None:  # noqa: FBT001 - as above
    there = points(known, seed, euclidean=euclidean)
    # Twins: an own row that has one may be crowded out of the k + 1 nearest.
    there[known // 2] = there[0]
    own = np.array(data.draw(st.lists(st.integers(-1, known - 1), min_size=1, max_size=8)), dtype=np.int64)
    found = VectorIndex(there, euclidean=euclidean).nearest(there[own], k, own)
    assert found.rows.shape == (len(own), k)
    for row, mine in enumerate(own):
        others = np.delete(there, mine, axis=0) if mine >= 0 else there
        wanted = -np.sort(-similarities(there[[mine]], others, euclidean=euclidean)[0])[:k]
        assert mine < 0 or mine not in found.rows[row]
        # A square root takes the last bits of a distance of zero far from zero.
        np.testing.assert_allclose(found.similarity[row, : len(wanted)], wanted, atol=2e-3 if euclidean else 1e-5)
        assert (found.rows[row, len(wanted) :] == -1).all()


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 30), st.integers(1, 6), SEEDS, st.booleans())
def test_nearest_before_is_brute_force(count: int, k: int, seed: int, euclidean: bool) -> None:  # noqa: FBT001 - as above
    vectors = points(count, seed, euclidean=euclidean)
    found = nearest_before(vectors, k, euclidean=euclidean)
    assert found.rows.shape == (count, k)
    for row in range(count):
        wanted = -np.sort(-similarities(vectors[[row]], vectors[:row], euclidean=euclidean)[0])[:k]
        np.testing.assert_allclose(found.similarity[row, : len(wanted)], wanted, atol=2e-3)
        assert (found.rows[row, : len(wanted)] < row).all()
        assert (found.rows[row, : len(wanted)] >= 0).all()
        assert (found.rows[row, len(wanted) :] == -1).all()


@pytest.mark.parametrize("euclidean", [False, True])
def test_blocks_meet_without_a_seam(*, euclidean: bool) -> None:
    vectors = points(2 * BLOCK_ROWS + 3, 5, euclidean=euclidean)
    found = nearest_before(vectors, 1, euclidean=euclidean)
    for row in (1, BLOCK_ROWS - 1, BLOCK_ROWS, BLOCK_ROWS + 1, 2 * BLOCK_ROWS, 2 * BLOCK_ROWS + 2):
        wanted = similarities(vectors[[row]], vectors[:row], euclidean=euclidean)[0]
        assert found.rows[row, 0] == int(wanted.argmax())


def test_a_neighbour_does_not_depend_on_company() -> None:
    known, queries = points(200, 1, euclidean=False), points(50, 2, euclidean=False)
    index = VectorIndex(known)
    alone = index.nearest(queries[:1], 5)
    among = index.nearest(queries, 5)
    assert alone.rows[0].tolist() == among.rows[0].tolist()
    np.testing.assert_allclose(alone.similarity[0], among.similarity[0], atol=1e-6)


def test_more_vectors_than_a_scan_is_for_are_found_by_lists() -> None:
    vectors = points(20_000, 5, euclidean=False)
    asked = np.arange(0, 20_000, 100)
    found = VectorIndex(vectors, scanned_max=19_999).nearest(vectors[asked], 5, own=asked)
    scanned = VectorIndex(vectors).nearest(vectors[asked], 5, own=asked)
    shared = [len(set(one) & set(other)) for one, other in zip(found.rows.tolist(), scanned.rows.tolist(), strict=True)]
    assert not (found.rows == asked[:, None]).any()
    # Rows are places among the vectors, and similarities are those of the vectors and not of their short forms.
    assert found.similarity == pytest.approx((vectors[found.rows] * vectors[asked, None, :]).sum(axis=2), abs=1e-6)
    assert 0.9 < sum(shared) / (5 * len(asked)) < 1
