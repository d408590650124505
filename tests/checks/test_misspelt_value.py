"""A slip in a table's value is named with what was meant; honest new values are left alone."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from curation.checks import misspelt_value, strangeness_count
from curation.datanet.canonical import Value
from curation.evidence.features import fit_features
from curation.evidence.reference import Reference
from curation.finding import Opinion, Severity
from curation.fitting import fit_reference
from tests.engine_sample import a_card, a_contribution, evidence_about, judged_by, records_of

TOWNS = ("Mombasa", "Nakuru", "Kisumu", "Eldoret", "Machakos", "Kitale")
CARD = a_card(
    "table",
    fields=[{"name": "id", "role": "id"}, {"name": "town", "role": "feature"}, {"name": "road", "role": "feature"}],
)
Rows = Sequence[dict[str, Value]]


def rows_of(count: int, *, alike_roads: bool = False) -> list[dict[str, Value]]:
    """Towns with repeats; every fourth row is on a road of its own, spelled like a usual one or not."""
    roads = [f"Plot {chr(97 + place % 26)}{place}" for place in range(count)]
    if alike_roads:
        roads = [f"Kenyatt{chr(97 + place // 4 % 26)} Avenu{chr(102 + place // 104)}" for place in range(count)]
    return [
        {"id": str(place), "town": TOWNS[place % 6], "road": "Kenyatta Avenue" if place % 4 else roads[place]}
        for place in range(count)
    ]


@cache
def reference_of(count: int, *, alike_roads: bool = False) -> Reference:
    rows = rows_of(count, alike_roads=alike_roads)
    features = fit_features(CARD, rows)
    return fit_reference(records_of(CARD, rows, features.vectors(rows)), CARD, b"card", "features", features)


def judged(rows: Rows, reference: Reference) -> Opinion:
    contribution = a_contribution(CARD, rows)
    assert reference.features is not None
    evidence = evidence_about(contribution, CARD, reference, reference.features.vectors(rows))
    return judged_by("misspelt-value", evidence)


def test_a_slip_is_named_with_the_value_that_was_meant() -> None:
    opinion = judged([{"town": "Machxkos", "road": "Kenyatta Avenue"}, {"town": "Machakos"}], reference_of(240))
    (finding,) = opinion.findings
    assert (finding.row, finding.field, finding.suggested) == (0, "town", "Machakos")
    assert finding.severity is Severity.WARNING
    assert finding.message == "`town` is 'Machxkos', which no other row has; 40 of the reference have 'Machakos'"
    assert finding.p is not None
    assert finding.p <= misspelt_value.NAMED_SHARE_MAX
    assert finding.evidence < -1


def test_each_field_with_a_slip_is_named() -> None:
    findings = judged([{"town": "Nakurru", "road": "Kenyata Avenue"}], reference_of(240)).findings
    assert [(one.field, one.suggested) for one in findings] == [("town", "Nakuru"), ("road", "Kenyatta Avenue")]


def test_new_and_known_values_are_left_alone() -> None:
    rows: Rows = [{"town": "Voi", "road": "Plot q4001"}, {"town": "Kitale"}, {"town": None, "road": "Plot a0"}]
    opinion = judged(rows, reference_of(240))
    assert opinion.findings == []
    assert opinion.p is not None
    assert opinion.p.tolist() == [1.0, 1.0, 1.0]


def test_values_that_are_a_letter_apart_and_usual_are_no_slips_either() -> None:
    rows = [row | {"road": f"Kenyatta Avenu{chr(97 + place % 20)}"} for place, row in enumerate(rows_of(240))]
    features = fit_features(CARD, rows)
    reference = fit_reference(records_of(CARD, rows, features.vectors(rows)), CARD, b"card", "features", features)
    assert judged([{"town": "Kitale", "road": "Kenyatta Avenuz"}], reference).findings == []


def test_a_field_whose_honest_values_are_a_letter_apart_says_nothing() -> None:
    reference = reference_of(240, alike_roads=True)
    assert judged([{"town": "Kitale", "road": "Kenyatta Avenuz"}], reference).findings == []
    # What such a field does not know does not silence the others.
    (finding,) = judged([{"town": "Kitalle", "road": "Kenyatta Avenuz"}], reference).findings
    assert finding.field == "town"


def test_the_reference_itself_is_flagged_no_more_often_than_promised() -> None:
    for alike_roads in (False, True):
        rows = rows_of(240, alike_roads=alike_roads)
        reference = reference_of(240, alike_roads=alike_roads)
        contribution = a_contribution(CARD, rows, "owner")
        assert reference.features is not None
        evidence = evidence_about(contribution, CARD, reference, reference.features.vectors(rows))
        assert evidence.is_member.all()
        flagged = {one.row for one in judged_by("misspelt-value", evidence).findings}
        assert len(flagged) <= misspelt_value.NAMED_SHARE_MAX * len(rows)


def test_a_row_is_judged_the_same_in_any_company() -> None:
    odd: dict[str, Value] = {"town": "Eldorett", "road": "Kenyatta Avenue"}
    alone = judged([odd], reference_of(240))
    among = judged([*rows_of(30), odd, odd], reference_of(240))
    assert alone.p is not None
    assert among.p is not None
    assert among.p[-2:].tolist() == [alone.p[0]] * 2


def test_what_looks_private_is_neither_shown_nor_suggested() -> None:
    rows = [row | {"road": "amina.k@example.org"} for row in rows_of(120)]
    features = fit_features(CARD, rows)
    reference = fit_reference(records_of(CARD, rows, features.vectors(rows)), CARD, b"card", "features", features)
    (finding,) = judged([{"town": "Kitale", "road": "amxna.k@example.org"}], reference).findings
    assert finding.suggested is None
    assert "amina.k@" not in finding.message + finding.fix


def test_it_is_for_tables_with_text_and_counts_as_a_kind_of_strangeness() -> None:
    assert misspelt_value.CHECK.applies(CARD)
    assert not misspelt_value.CHECK.applies(a_card("text"))
    numbers = a_card("table", fields=[{"name": "area", "type": "number", "role": "feature"}])
    assert not misspelt_value.CHECK.applies(numbers)
    assert (strangeness_count(CARD), strangeness_count(numbers)) == (2, 1)


def test_without_a_yardstick_nothing_is_odd() -> None:
    reference = reference_of(240)
    old = replace(reference, nonconformity={})
    opinion = judged([{"town": "Machxkos"}], old)
    assert opinion.p is not None
    assert np.array_equal(opinion.p, np.ones(1))
    assert opinion.findings == ()
