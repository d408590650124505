"""Which earlier record of another stands behind each record, how clearly, and in which order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.evidence.nearest import Nearest
from curation.evidence.partners import contributor_codes, margins, order_of, partners_of
from tests.engine_sample import a_card, a_contribution, cluster_reference, cluster_rows, clusters, evidence_about

NONE = -1


def near(rows: list[list[int]], similarity: list[list[float]]) -> Nearest:
    return Nearest(np.array(rows, dtype=np.int64), np.array(similarity, dtype=np.float32))


def test_the_margin_is_to_the_next_record_of_the_same_contributor() -> None:
    codes = np.array([0, 1, 0])
    told = margins(near([[0, 1, 2], [1, 0, 2], [NONE] * 3], [[0.9, 0.8, 0.5], [0.7, 0.5, 0.25], [-1, -1, -1]]), codes)
    # The second's contributor has no other record among the found: the last found is no closer than one would be.
    assert np.allclose(told, [0.4, 0.45, 0.0])


def test_a_record_is_nobodys_partner_twice_and_ones_own_never() -> None:
    reference = cluster_reference()
    vectors, labels = clusters(40, 3)
    rows = cluster_rows(labels[:3], start=900)
    evidence = evidence_about(a_contribution(a_card(), rows), a_card(), reference, vectors[[5, 5, 7]])
    codes = contributor_codes(evidence.earlier.contributors)
    assert partners_of(evidence, codes, {1}).rows.tolist() == [5, NONE, 7]
    assert partners_of(evidence, codes, {0}).rows.tolist() == [NONE] * 3


def test_copies_in_order_go_forward() -> None:
    order = order_of(np.arange(5, 45))
    assert order.forward.sum() == 39
    assert not order.back.any()
    assert order.chance == pytest.approx(0.5**39)


def test_what_was_left_out_or_put_between_does_not_break_the_order() -> None:
    ranks = np.array([0, 1, NONE, NONE, 2, 4, 90, 7, 8])
    assert order_of(ranks).forward.tolist() == [False, True, False, False, True, True, False, True, True]


def test_partners_far_apart_follow_nothing() -> None:
    order = order_of(np.arange(0, 400, 10))
    assert not order.forward.any()
    assert order.chance == 1.0


@given(st.permutations(range(30)))
def test_turned_round_forward_and_back_change_places(places: list[int]) -> None:
    ranks = np.array(places, dtype=np.int64)
    mirrored = order_of(ranks.max() - ranks)
    assert np.array_equal(mirrored.forward, order_of(ranks).back)
    assert np.array_equal(mirrored.back, order_of(ranks).forward)


def test_the_order_of_topics_alone_is_no_order() -> None:
    chance = np.random.default_rng(3)
    files = [np.concatenate([block * 80 + chance.permutation(80) for block in range(5)]) for _ in range(300)]
    # Two files sorted by the same five topics: at 1 in 100 about three of 300 go wrong, eleven hardly ever.
    assert sum(order_of(ranks).chance <= 0.01 for ranks in files) <= 10
