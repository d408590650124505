"""What is like nothing in the reference stands out; what is like it does not."""

from decimal import Decimal

import numpy as np
import pytest

from curation.datanet.canonical import Value
from curation.evidence.features import fit_features
from curation.evidence.reference import Reference
from curation.finding import Severity
from curation.fitting import fit_reference
from tests.engine_sample import (
    Asked,
    a_card,
    a_contribution,
    cluster_rows,
    clusters,
    evidence_about,
    judged_by,
    medical_rows,
    records_of,
)


@pytest.mark.parametrize(
    "text",
    [
        "The linker reports an undefined symbol in the shared library although the header is included.",
        "asdf qwer zxcv uiop hjkl bnm,.-",
        "The midfielder scored twice before half time and the stadium went wild.",
    ],
)
def test_what_is_off_the_topic_is_flagged(medical: Asked, text: str) -> None:
    opinion = judged_by("outlier", medical([{"question": text, "topic": "heart"}]))
    (finding,) = opinion.findings
    assert finding.severity is Severity.WARNING
    assert finding.p is not None
    assert finding.p <= 0.0125
    assert finding.evidence < -1.5
    assert len(finding.related) == 3


def test_what_belongs_is_not_flagged(medical: Asked) -> None:
    rows: list[dict[str, Value]] = [
        {"question": "My chest feels tight after a short run. Should I have my heart checked?", "topic": "heart"},
        {"question": "My gums bleed each time I brush. What can I do about it?", "topic": "teeth"},
    ]
    opinion = judged_by("outlier", medical(rows))
    assert opinion.findings == []
    assert opinion.p is not None
    assert (opinion.p > 0.05).all()


def test_the_score_keeps_the_order_of_strangeness(medical: Asked) -> None:
    rows: list[dict[str, Value]] = [
        dict(medical_rows()[9]),
        {"question": "The linker reports an undefined symbol.", "topic": "heart"},
    ]
    scores = judged_by("outlier", medical(rows)).scores
    assert scores is not None
    assert 0 < scores[1] < scores[0] < 1


def test_honest_records_are_flagged_no_more_often_than_promised(numbers: Reference) -> None:
    card = a_card()
    flagged = 0.0
    for seed in range(20, 30):
        vectors, labels = clusters(20, 3, seed=seed)
        evidence = evidence_about(a_contribution(card, cluster_rows(labels, start=800)), card, numbers, vectors)
        p = judged_by("outlier", evidence).p
        assert p is not None
        flagged += float((p <= 0.05).mean()) / 10
    # Of 600 exchangeable records at most 5 %, give or take what a reference of 120 leaves to chance.
    assert flagged <= 0.05 + 3 * (0.05 * 0.95 / 120) ** 0.5


def test_a_far_vector_is_an_outlier_and_a_member_is_judged_without_itself(numbers: Reference) -> None:
    card = a_card()
    far = np.zeros((1, 16), dtype=np.float32)
    far[0, 9] = 1
    evidence = evidence_about(a_contribution(card, cluster_rows(["class-0"], start=800)), card, numbers, far)
    assert len(judged_by("outlier", evidence).findings) == 1


def test_in_a_table_the_field_that_is_farthest_off_is_named() -> None:
    card = a_card("table")
    chance = np.random.default_rng(4)
    rows: list[dict[str, Value]] = [
        {
            "crop": ("maize", "rice")[place % 2],
            "area": Decimal(f"{area:.2f}"),
            "yield": Decimal(f"{2 * area + chance.normal(0, 0.3):.2f}"),
        }
        for place, area in enumerate(chance.uniform(1, 5, size=120).tolist())
    ]
    features = fit_features(card, rows)
    members = records_of(card, rows, features.vectors(rows))
    reference = fit_reference(members, card, b"card", "features", features)
    odd = rows[0] | {"yield": Decimal(900)}
    usual = rows[1] | {"area": Decimal("2.22"), "yield": Decimal("4.44")}
    contribution = a_contribution(card, [odd, usual])
    evidence = evidence_about(contribution, card, reference, features.vectors([odd, usual]))
    (finding,) = judged_by("outlier", evidence).findings
    assert finding.row == 0
    assert "`yield` is 900 t" in finding.message


def told_of(odd: dict[str, Value]) -> str:
    """What is said of a row beside 120 rows in which rice is wet, maize is dry and one field has teff."""
    card = a_card("table", fields=[{"name": "crop", "role": "feature"}, {"name": "field", "role": "feature"}])
    rows: list[dict[str, Value]] = [
        {"crop": ("maize", "rice")[place % 2], "field": ("dry", "wet")[place % 2]} for place in range(119)
    ]
    rows.append({"crop": "teff", "field": "dry"})
    features = fit_features(card, rows)
    members = records_of(card, rows, features.vectors(rows))
    reference = fit_reference(members, card, b"card", "features", features)
    evidence = evidence_about(a_contribution(card, [odd]), card, reference, features.vectors([odd]))
    (finding,) = judged_by("outlier", evidence).findings
    return finding.message


def test_in_a_table_a_category_that_nobody_has_is_named() -> None:
    assert told_of({"crop": "rye", "field": "dry"}).startswith("`crop` is 'rye', which no reference rows have")
    assert told_of({"crop": "teff", "field": "wet"}).startswith("`crop` is 'teff', which 1 of 120 reference rows have")


def test_where_each_value_is_usual_the_nearest_row_says_what_is_odd() -> None:
    said = told_of({"crop": "rice", "field": "dry"})
    assert "each value is usual, but no row of the reference has this combination" in said
    assert "here and" in said
