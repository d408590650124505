"""A file that runs along another's is held; honest files beside one another are not."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pytest

from curation.datanet.canonical import Value
from curation.evidence.evidence import Evidence
from curation.evidence.known import joined
from curation.evidence.reference import Reference
from curation.finding import Finding, Severity
from curation.fitting import fit_reference
from tests.engine_sample import (
    Vectors,
    a_card,
    a_contribution,
    cluster_rows,
    evidence_about,
    judged_by,
    nobody,
    records_of,
)

CARD = a_card()
DIMENSIONS = 24
WRITTEN = 60


def normal(vectors: np.ndarray) -> Vectors:
    unit: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


def drawn(count: int, seed: int) -> Vectors:
    return normal(np.random.default_rng(seed).normal(size=(count, DIMENSIONS)))


def reworded(vectors: Vectors, seed: int = 5, spread: float = 0.11) -> Vectors:
    return normal(vectors + spread * np.random.default_rng(seed).normal(size=vectors.shape))


@lru_cache(maxsize=1)
def reference() -> Reference:
    members = records_of(CARD, rows(400), drawn(400, 1))
    return fit_reference(members, CARD, b"card", "numbers", None)


def rows(count: int, start: int = 0) -> list[dict[str, Value]]:
    return cluster_rows(["a" if place % 2 else "b" for place in range(count)], start=start)


def beside_bob(vectors: Vectors, contributor: str = "ada", start: int = 5000) -> Evidence:
    """A contribution of these vectors, beside the reference and 60 records by bob."""
    bob = records_of(CARD, rows(WRITTEN, 2000), drawn(WRITTEN, 2), "bob")
    contribution = a_contribution(CARD, rows(len(vectors), start), contributor)
    earlier = joined([reference().members, bob], table=False)
    return evidence_about(contribution, CARD, reference(), vectors, earlier=earlier)


def judged(evidence: Evidence) -> Sequence[Finding]:
    return judged_by("mass-copying", evidence).findings


def test_a_file_that_runs_along_anothers_is_held() -> None:
    findings = judged(beside_bob(reworded(drawn(WRITTEN, 2))))
    assert len(findings) > 0.9 * WRITTEN
    assert {finding.severity for finding in findings} == {Severity.HOLD}
    for finding in findings:
        (partner,) = finding.related
        assert (partner.contributor, partner.line) == ("bob", finding.row + 1)
    assert "by bob (line 1 there)" in findings[0].message
    assert "in the same order" in findings[0].message


def test_order_tells_where_half_the_originals_are_no_longer_the_closest() -> None:
    vague = reworded(drawn(WRITTEN, 2), spread=0.28)
    in_order = judged(beside_bob(vague))
    assert len(in_order) > 0.4 * WRITTEN
    assert all("in the same order" in finding.message for finding in in_order)


def test_shuffled_copies_are_held_for_standing_so_close_one_to_one() -> None:
    shuffle = np.random.default_rng(9).permutation(WRITTEN)
    findings = judged(beside_bob(reworded(drawn(WRITTEN, 2), spread=0.06)[shuffle]))
    assert len(findings) > 0.5 * WRITTEN
    assert all("stand closer to theirs, one each" in finding.message for finding in findings)
    assert all(finding.related[0].line == shuffle[finding.row] + 1 for finding in findings)


@pytest.mark.parametrize("seed", range(20, 30))
def test_an_honest_contribution_is_left_alone(seed: int) -> None:
    assert not judged(beside_bob(drawn(WRITTEN, seed)))


def test_ones_own_records_are_nobody_elses() -> None:
    assert not judged(beside_bob(reworded(drawn(WRITTEN, 2)), contributor="bob"))


def test_a_handful_is_no_pattern() -> None:
    assert not judged(beside_bob(reworded(drawn(WRITTEN, 2))[:11]))


def test_only_the_records_of_the_pattern_are_held() -> None:
    mixed = np.vstack([reworded(drawn(WRITTEN, 2)), drawn(20, 31)])
    held = {finding.row for finding in judged(beside_bob(mixed))}
    assert held
    assert held <= set(range(WRITTEN))


def test_nothing_moves_the_weights() -> None:
    opinion = judged_by("mass-copying", beside_bob(reworded(drawn(WRITTEN, 2))))
    assert (opinion.scores, opinion.p, opinion.log_odds, opinion.similarity) == (None, None, None, None)


def test_without_anything_earlier_there_is_nothing_to_copy() -> None:
    contribution = a_contribution(CARD, rows(WRITTEN, 9000))
    evidence = evidence_about(contribution, CARD, reference(), drawn(WRITTEN, 2), earlier=nobody(reference().members))
    assert not judged(evidence)
