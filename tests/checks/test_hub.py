"""What is a neighbour of suspiciously many stands out."""

import numpy as np
import pytest

from curation.checks.hub import nonconformity
from curation.evidence.reference import Reference
from tests.engine_sample import a_card, a_contribution, cluster_rows, evidence_about, judged_by

CARD = a_card()


def test_a_text_near_to_everything_is_flagged(numbers: Reference) -> None:
    middle = numbers.members.vectors[:40].mean(axis=0, keepdims=True)
    vectors = (middle / np.linalg.norm(middle)).astype(np.float32)
    evidence = evidence_about(a_contribution(CARD, cluster_rows(["class-0"], start=600)), CARD, numbers, vectors)
    (finding,) = judged_by("hub", evidence).findings
    assert "among the ten nearest of 40 reference records" in finding.message
    assert len(finding.related) == 3


def test_an_ordinary_member_of_a_cluster_is_not(numbers: Reference) -> None:
    usual = int(np.argsort(numbers.members.vectors[:40] @ numbers.members.vectors[:40].mean(axis=0))[15])
    vectors = numbers.members.vectors[[usual]]
    evidence = evidence_about(a_contribution(CARD, cluster_rows(["class-0"], start=600)), CARD, numbers, vectors)
    assert judged_by("hub", evidence).findings == []


def test_it_counts_whom_a_subject_is_nearer_than_their_tenth_neighbour(numbers: Reference) -> None:
    vectors = np.eye(16, dtype=np.float32)[:4]
    evidence = evidence_about(a_contribution(CARD, cluster_rows(["class-0"] * 4, start=600)), CARD, numbers, vectors)
    wanted = [
        sum(
            float(vector @ member) >= radius
            for member, radius in zip(numbers.members.vectors, numbers.radius, strict=True)
        )
        for vector in vectors
    ]
    assert nonconformity(evidence).tolist() == wanted


def test_a_member_does_not_count_itself(numbers: Reference) -> None:
    # Each record has ten nearest others, so on average each is among the ten nearest of ten.
    assert numbers.nonconformity["hub"].mean() == pytest.approx(10)
