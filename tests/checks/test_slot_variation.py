"""Another's record with a fact exchanged waits for a person, unless such pairs are the custom of the datanet."""

import numpy as np

from curation.datanet.canonical import Value
from curation.evidence.evidence import Evidence
from curation.evidence.reference import Reference
from curation.finding import Finding, Opinion, Severity
from curation.fitting import fit_reference
from tests.engine_sample import a_card, a_contribution, evidence_about, judged_by, nobody, records_of

CARD = a_card()
LETTERS = "bcdfghjklm"


def unlike(place: int) -> dict[str, Value]:
    """A record whose words no other has."""
    name = "".join(LETTERS[int(digit)] + "a" for digit in f"{place:04d}")
    return {"text": " ".join(f"{name}{ending * 3}" for ending in "pqrstvwxyz"), "label": "a" if place % 2 else "b"}


def dose(amount: int, drug: str = "amoxicillin") -> dict[str, Value]:
    return {"text": f"The child was given {amount} mg of {drug} twice each day after meals for a week", "label": "a"}


def reference_of(rows: list[dict[str, Value]]) -> Reference:
    members = records_of(CARD, rows, np.ones((len(rows), 1), dtype=np.float32))
    return fit_reference(members, CARD, b"card", "words", None)


VARIED = reference_of([dose(250), *map(unlike, range(119))])
# Every fourth record is the same form, filled in with another amount: nobody is surprised by one more.
FORMS = reference_of([*(dose(200 + 10 * place) for place in range(30)), *map(unlike, range(90))])


def about(rows: list[dict[str, Value]], reference: Reference, contributor: str = "ada") -> Evidence:
    vectors = np.ones((len(rows), 1), dtype=np.float32)
    return evidence_about(a_contribution(CARD, rows, contributor), CARD, reference, vectors)


def judged(rows: list[dict[str, Value]], reference: Reference, contributor: str = "ada") -> list[Finding]:
    opinion: Opinion = judged_by("slot-variation", about(rows, reference, contributor))
    return list(opinion.findings)


def test_a_number_exchanged_in_anothers_record_is_held() -> None:
    (finding,) = judged([dose(260)], VARIED)
    assert finding.severity is Severity.HOLD
    assert finding.related[0].record == VARIED.members.ids[0]
    assert "'250' exchanged for '260'" in finding.message
    assert finding.p is not None
    assert finding.p <= 0.02


def test_a_name_exchanged_is_held() -> None:
    assert "'amoxicillin' exchanged for 'ibuprofen'" in judged([dose(250, "ibuprofen")], VARIED)[0].message


def test_where_such_pairs_are_the_custom_they_pass() -> None:
    assert judged([dose(777)], FORMS) == []


def test_a_variation_of_ones_own_record_is_ones_own_business() -> None:
    assert judged([dose(260)], VARIED, contributor="owner") == []
    fresh: list[dict[str, Value]] = [{"text": f"{unlike(300)['text']} {amount} mg", "label": "a"} for amount in (5, 7)]
    assert judged(fresh, VARIED) == []


def test_what_shares_few_words_is_not_held() -> None:
    text = "The child had 260 mg of something and felt better soon after that"
    assert judged([{"text": text, "label": "a"}], VARIED) == []


def test_a_contribution_made_of_them_is_held_whole() -> None:
    forged = [dose(250 + 10 * step) for step in range(1, 6)]
    honest = [unlike(300 + place) for place in range(4)]
    findings = judged([*forged, *honest], VARIED)
    assert {finding.row for finding in findings} == set(range(9))
    assert {finding.severity for finding in findings} == {Severity.HOLD}
    assert "5 of this contribution's 9 records" in findings[-1].message


def test_a_few_of_them_leave_the_others_alone() -> None:
    forged = [dose(250 + 10 * step) for step in range(1, 5)]
    assert {finding.row for finding in judged([*forged, unlike(300)], VARIED)} == set(range(4))
    half = [dose(250 + 10 * step) for step in range(1, 6)] + [unlike(300 + place) for place in range(5)]
    assert {finding.row for finding in judged(half, VARIED)} == set(range(5))


def test_ones_own_variations_do_not_hide_whose_record_they_vary() -> None:
    forged = [dose(250 + 10 * step) for step in range(1, 13)]
    findings = judged(forged, VARIED)
    assert {finding.related[0].contributor for finding in findings} == {"owner"}
    assert len(findings) == len(forged)


def test_no_earlier_record_no_variation() -> None:
    contribution = a_contribution(CARD, [dose(260)])
    vectors = np.ones((1, 1), dtype=np.float32)
    evidence = evidence_about(contribution, CARD, VARIED, vectors, earlier=nobody(VARIED.members))
    assert judged_by("slot-variation", evidence).findings == []
