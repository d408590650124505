"""Sketches propose what shares its words, and nothing that shares none."""

import numpy as np
import pytest

from curation.evidence.sketches import BAND_MEMBERS_MAX, PERMUTATIONS, proposals, sketches_of

PAIRS = 400


def share_proposed(jaccard: float, size: int = 40) -> float:
    """How many of 400 pairs of token sets with this Jaccard index are proposed, beside all the others."""
    shared = round(2 * size * jaccard / (1 + jaccard))
    first = [[f"{pair}-{token}" for token in range(size)] for pair in range(PAIRS)]
    second = [[f"{pair}-{token}" for token in range(size - shared, 2 * size - shared)] for pair in range(PAIRS)]
    found = proposals(sketches_of(second), sketches_of(first))
    return float(np.mean([pair in rows for pair, rows in enumerate(found)]))


@pytest.mark.parametrize(("jaccard", "least"), [(0.6, 0.84), (0.7, 0.96), (0.8, 0.99), (1.0, 1.0)])
def test_recall_is_what_sixteen_bands_of_four_promise(jaccard: float, least: float) -> None:
    assert share_proposed(jaccard) >= least


def test_disjoint_sets_are_not_proposed() -> None:
    assert share_proposed(0.0) == 0.0


def test_order_and_repetition_of_tokens_do_not_matter() -> None:
    one, other = sketches_of([["a", "b", "c"], ["c", "a", "b", "a"]])
    assert np.array_equal(one, other)


def test_rows_rise_and_stand_once() -> None:
    known = sketches_of([["a", "b"], ["x"], ["a", "b"], ["b", "a"]])
    (rows,) = proposals(sketches_of([["a", "b"]]), known)
    assert rows.tolist() == [0, 2, 3]


@pytest.mark.parametrize(("copies", "proposed"), [(BAND_MEMBERS_MAX, BAND_MEMBERS_MAX), (BAND_MEMBERS_MAX + 1, 0)])
def test_a_phrase_that_everybody_uses_proposes_nobody(copies: int, proposed: int) -> None:
    known = sketches_of([["thank", "you"]] * copies)
    (rows,) = proposals(sketches_of([["thank", "you"]]), known)
    assert len(rows) == proposed


def test_nothing_proposes_nothing() -> None:
    none = sketches_of([])
    assert none.shape == (0, PERMUTATIONS)
    assert proposals(none, sketches_of([["a"]])) == []
    assert [rows.tolist() for rows in proposals(sketches_of([["a"]]), none)] == [[]]
