"""A label that the text does not call for is named with the likelier one; where nobody can tell, that is said."""

import numpy as np
import pytest

from curation.checks.label_noise import SHARE_MIN, probabilities
from curation.datanet.canonical import Value
from curation.evidence.evidence import Evidence
from curation.evidence.reference import Reference
from curation.evidence.rule_results import RuleResult
from curation.finding import Severity
from curation.fitting import fit_reference
from tests.engine_sample import (
    Asked,
    a_card,
    a_contribution,
    a_rule,
    cluster_reference,
    cluster_rows,
    clusters,
    evidence_about,
    in_the_middle,
    judged_by,
    records_of,
)

CARD = a_card()
GUMS: dict[str, Value] = {"question": "My gums bleed each time I brush. What can I do about it?", "topic": "teeth"}


def with_labels(labels: list[str | None], reference: Reference, code: int = 0) -> Evidence:
    """Records from the middle of one cluster under these labels."""
    rows = cluster_rows(["?"] * len(labels), start=400)
    return in_the_middle(
        reference, [{**row, "label": label} for row, label in zip(rows, labels, strict=True)], code=code
    )


def test_a_wrong_label_is_found_in_real_text(medical: Asked) -> None:
    opinion = judged_by("label-noise", medical([GUMS, GUMS | {"topic": "pregnancy"}]))
    (finding,) = opinion.findings
    assert (finding.row, finding.severity, finding.field) == (1, Severity.WARNING, "topic")
    assert finding.suggested == "teeth"
    assert finding.evidence < -2
    assert len(finding.related) == 3
    assert opinion.log_odds is not None
    assert opinion.log_odds[0] > 0 > opinion.log_odds[1]


def test_the_log_odds_are_those_of_the_given_label_less_the_offset(numbers: Reference) -> None:
    evidence = with_labels(["class-0", "class-1"], numbers)
    opinion = judged_by("label-noise", evidence)
    assert opinion.scores is not None
    assert opinion.log_odds is not None
    shares = probabilities(evidence)
    # Three classes: the given one against both others, and against the likelier of them.
    expected = []
    for place in (0, 1):
        given, others = shares[place, place], np.delete(shares[place], place)
        together, likeliest = np.log(given / others.sum()), np.log(given / others.max())
        expected.append(1 / (1 + np.exp(-(together + likeliest) / 2)))
    assert opinion.scores.tolist() == pytest.approx(expected)
    clipped = opinion.scores.clip(SHARE_MIN, 1 - SHARE_MIN)
    assert opinion.log_odds == pytest.approx(np.log(clipped / (1 - clipped)) - numbers.calibration.label_offset)


def test_probabilities_sum_to_one(numbers: Reference) -> None:
    assert probabilities(with_labels(["class-0"] * 3, numbers)).sum(axis=1) == pytest.approx(1)


def test_a_small_class_can_win_the_vote() -> None:
    vectors, _ = clusters(40, 3)
    # class-2 has 8 members: of fifty neighbours it could never have more than these.
    reference = cluster_reference_of([40, 40, 8])
    evidence = evidence_about(a_contribution(CARD, cluster_rows(["class-2"], start=400)), CARD, reference, vectors[-1:])
    assert probabilities(evidence)[0].argmax() == 2
    assert judged_by("label-noise", evidence).findings == []


@pytest.mark.parametrize("label", ["class-9", None])
def test_a_class_nobody_knows_is_insufficient_and_scores_least(numbers: Reference, label: str | None) -> None:
    opinion = judged_by("label-noise", with_labels([label, "class-0"], numbers))
    (finding,) = opinion.findings
    assert (finding.row, finding.severity) == (0, Severity.INSUFFICIENT)
    assert "the reference has 0 records labelled" in finding.message
    assert opinion.log_odds is not None
    assert opinion.log_odds[0] == 0
    assert opinion.scores is not None
    assert opinion.scores[0] < opinion.scores[1]


def test_a_thin_class_is_insufficient_but_scored() -> None:
    reference = cluster_reference_of([40, 40, 4])
    opinion = judged_by("label-noise", with_labels(["class-2", "class-2"], reference, code=2))
    assert [finding.severity for finding in opinion.findings] == [Severity.INSUFFICIENT] * 2
    assert "4 records labelled 'class-2', 5 wanted" in opinion.findings[0].message
    assert opinion.log_odds is not None
    assert opinion.log_odds.tolist() == [0, 0]
    assert opinion.scores is not None
    assert (opinion.scores > 0.2).all()


def test_a_language_that_the_encoder_does_not_serve_is_insufficient(numbers: Reference) -> None:
    card = a_card(languages=["en", "es"])
    texts = [
        "My father gets a tight feeling across his chest when he climbs the stairs.",
        "Mi padre siente una presión en el pecho cuando sube las escaleras hasta el piso.",
    ]
    rows: list[dict[str, Value]] = [{"text": text, "label": "class-1"} for text in texts]
    evidence = in_the_middle(numbers, rows, datanet=card, serves=["en"])
    first, second = judged_by("label-noise", evidence).findings
    assert (first.severity, second.severity) == (Severity.WARNING, Severity.INSUFFICIENT)
    assert "does not serve the language" in second.message
    both = in_the_middle(numbers, rows, datanet=card, serves=["en", "es"])
    assert {finding.severity for finding in judged_by("label-noise", both).findings} == {Severity.WARNING}


def test_an_encoder_that_serves_none_of_the_cards_languages_judges_nothing(numbers: Reference) -> None:
    evidence = in_the_middle(numbers, cluster_rows(["class-0"], start=400), serves=["de"])
    assert [finding.severity for finding in judged_by("label-noise", evidence).findings] == [Severity.INSUFFICIENT]


def test_ten_batches_are_scored_as_one(numbers: Reference) -> None:
    vectors, labels = clusters(20, 3, seed=3, spread=1.2)
    rows = cluster_rows(labels[::-1], start=400)

    def log_odds_of(part: slice) -> list[float]:
        evidence = evidence_about(a_contribution(CARD, rows[part]), CARD, numbers, vectors[part])
        found = judged_by("label-noise", evidence).log_odds
        assert found is not None
        return list(found.tolist())

    one_by_one = [odds for start in range(0, 60, 6) for odds in log_odds_of(slice(start, start + 6))]
    assert len(set(one_by_one)) > 30
    # Matrix products of another size differ in their last bits.
    assert one_by_one == pytest.approx(log_odds_of(slice(0, 60)), abs=1e-6)


def test_without_a_second_class_there_is_nothing_to_compare() -> None:
    opinion = judged_by("label-noise", with_labels(["class-0"], cluster_reference(30, 1)))
    assert [finding.severity for finding in opinion.findings] == [Severity.INSUFFICIENT]
    assert opinion.scores is not None
    assert opinion.scores.tolist() == [0.5]


def test_what_a_rule_rejects_is_not_told_a_second_time(numbers: Reference) -> None:
    results = [RuleResult(rule=a_rule(Severity.CRITICAL), positions=(0,))]
    rows = cluster_rows(["class-1", "class-1"], start=400)
    opinion = judged_by("label-noise", in_the_middle(numbers, rows, results=results))
    assert [finding.row for finding in opinion.findings] == [1]
    assert opinion.scores is not None
    assert opinion.scores[0] == opinion.scores[1]


def cluster_reference_of(sizes: list[int]) -> Reference:
    """Three clusters of these sizes."""
    vectors, labels = clusters(40, 3)
    rows = [40 * code + place for code, size in enumerate(sizes) for place in range(size)]
    chosen = [labels[row] for row in rows]
    return fit_reference(records_of(CARD, cluster_rows(chosen), vectors[rows]), CARD, b"card", "numbers", None)
