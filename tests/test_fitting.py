"""A reference is fitted so that its own members come out as its owner declared them, and twins count once."""

import numpy as np
import pytest

from curation.checks import checks_for, label_noise
from curation.datanet.canonical import Value
from curation.datanet.card import Datanet
from curation.evidence.conformal import p_values
from curation.evidence.evidence import Evidence
from curation.evidence.known import joined
from curation.evidence.reference import Reference
from curation.finding import Term
from curation.fitting import distinct, fit_reference
from curation.inspection import inspect
from curation.quality import prior_log_odds
from tests.engine_sample import a_card, cluster_reference, cluster_rows, clusters, evidence_about, labelled, records_of
from tests.engine_sample import a_contribution as contributed

CARD = a_card()


@pytest.fixture(scope="module")
def reference() -> Reference:
    return cluster_reference(40, 3)


def members_inspected(reference: Reference, datanet: Datanet = CARD) -> Evidence:
    """The members, submitted by the owner once more and known as members."""
    rows: list[dict[str, Value]] = [reference.members.values(row) for row in range(len(reference))]
    contribution = contributed(datanet, rows, "owner")
    evidence = evidence_about(contribution, datanet, reference, reference.members.vectors, earlier=reference.members)
    assert evidence.is_member.all()
    return evidence


@pytest.mark.parametrize("purity", [0.9, 0.97])
def test_the_members_mean_weight_is_the_declared_purity(purity: float) -> None:
    card = a_card(policy={"purity": purity})
    # Clear clusters with a few wrong labels, as real references are.
    reference = cluster_reference(40, 3, datanet=card, relabel={3: "class-1", 50: "class-0", 90: "class-0"})
    weights = [row.weight for row in inspect(members_inspected(reference, card)).rows]
    assert np.mean([weight for weight in weights if weight is not None]) == pytest.approx(purity, abs=1e-3)


def test_a_wrongly_labelled_member_is_not_trusted_for_being_a_member() -> None:
    reference = cluster_reference(40, 3, relabel={3: "class-1"})
    weights = [row.weight or 0.0 for row in inspect(members_inspected(reference)).rows]
    assert int(np.argmin(weights)) == 3
    assert weights[3] < 0.2


def test_members_are_scored_without_themselves(reference: Reference) -> None:
    evidence = members_inspected(reference)
    assert not (evidence.neighbours.rows == np.arange(len(reference))[:, None]).any()
    for check in checks_for(CARD):
        if check.term is not Term.STRANGENESS or check.nonconformity is None:
            continue
        scores = check.nonconformity(evidence)
        kept = reference.nonconformity[check.name]
        assert np.sort(scores) == pytest.approx(kept), check.name
        p = p_values(scores, kept, evidence.is_member)
        # Ranks among themselves: at most a share α lies at or below α.
        for alpha in (0.05, 0.2, 0.5):
            assert (p <= alpha).mean() <= alpha + 1e-9, check.name


def test_cross_fitted_logits_serve_members_and_the_heads_all_others(reference: Reference) -> None:
    assert np.array_equal(members_inspected(reference).logits, reference.logits)
    assert reference.heads is not None
    vectors, labels = clusters(4, 3, seed=21)
    stranger = evidence_about(contributed(CARD, cluster_rows(labels, start=700)), CARD, reference, vectors)
    assert not stranger.is_member.any()
    assert np.array_equal(stranger.logits, reference.heads.logits(vectors))


def test_fitting_twice_gives_the_same_reference(reference: Reference) -> None:
    again = cluster_reference(40, 3)
    assert again.version == reference.version
    assert again.calibration == reference.calibration
    assert all(np.array_equal(again.nonconformity[name], reference.nonconformity[name]) for name in again.nonconformity)


def test_counts_classes_and_radius(reference: Reference) -> None:
    assert dict(reference.class_counts) == {"class-0": 40, "class-1": 40, "class-2": 40}
    assert reference.classes == ("class-0", "class-1", "class-2")
    tenth = -np.sort(-(reference.members.vectors @ reference.members.vectors.T), axis=1)[:, 10]
    assert reference.radius == pytest.approx(tenth, abs=1e-5)


@pytest.mark.parametrize("labels", [[], ["a"], ["a", "b"], ["a", "a", "b"], ["a", "b", "c", "d"]])
def test_the_smallest_references_can_be_made_and_used(labels: list[str]) -> None:
    vectors = np.eye(16, dtype=np.float32)[: len(labels)]
    members = records_of(CARD, cluster_rows(labels), vectors)
    small = fit_reference(members, CARD, b"card", "numbers", None)
    subject = contributed(CARD, cluster_rows(["a"], start=70))
    (row,) = inspect(evidence_about(subject, CARD, small, np.eye(16, dtype=np.float32)[5:6])).rows
    assert row.weight is not None
    assert 0 < row.weight < 1


def test_one_class_has_no_heads() -> None:
    only = cluster_reference(30, 1)
    assert only.heads is None
    assert only.logits.shape == (30, 0)
    assert only.noise == {}


def test_members_without_a_label_are_of_no_class() -> None:
    vectors, labels = clusters(20, 2)
    rows = cluster_rows(labels)
    del rows[0]["label"], rows[25]["label"]
    found = fit_reference(records_of(CARD, rows, vectors), CARD, b"card", "numbers", None)
    assert found.classes == ("class-0", "class-1")
    assert dict(found.class_counts) == {"class-0": 19, "class-1": 19}
    assert found.label_codes[[0, 25]].tolist() == [-1, -1]
    assert np.isfinite(found.calibration.label_offset)


def test_copies_among_the_members_count_once() -> None:
    text = "Take the tablets with a glass of water after every meal of the day"
    texts = [text, text + " please", text.replace("tablets", "tablet"), "Rest at home until the fever is gone"]
    assert distinct(records_of(CARD, labelled(texts)), CARD).texts == (texts[0], texts[3])


def test_other_facts_and_other_labels_are_members_of_their_own() -> None:
    text = "Take 250 mg of the tablets with a glass of water after every meal"
    rows = [*labelled([text, text.replace("250", "300")]), *labelled([text], label="b")]
    assert len(distinct(records_of(CARD, rows), CARD)) == 3


def test_copies_are_not_followed_from_one_to_the_next() -> None:
    # Each is close to the one before; the last is far from the first, which is the one that stays.
    words = [f"word{letter}" * 2 for letter in "abcdefghijklmnopqrst"]
    texts = [" ".join(words[start : start + 12]) for start in range(8)]
    kept = distinct(records_of(CARD, labelled(texts)), CARD).texts
    assert kept[0] == texts[0]
    assert 1 < len(kept) < len(texts)


def test_sources_of_members_are_joined_in_order() -> None:
    first, second = (
        records_of(CARD, labelled(["Rest at home now"])),
        records_of(CARD, labelled(["Rest at home now", "Walk a mile a day"])),
    )
    assert distinct(joined([first, second], table=False), CARD).texts == ("Rest at home now", "Walk a mile a day")


def test_a_newcomers_prior_is_what_the_offset_is_fitted_at(reference: Reference) -> None:
    assert prior_log_odds(CARD.policy) == pytest.approx(np.log(9))
    evidence = members_inspected(reference)
    given = label_noise.given_share(evidence)
    assert reference.calibration.label_offset < np.log(given / (1 - given)).max()
