"""A contribution that is one sentence filled in again and again is held, unless forms are the custom there."""

from collections.abc import Sequence

import numpy as np

from curation.checks import all_checks
from curation.datanet.canonical import Value, digest
from curation.evidence.reference import Reference
from curation.finding import Finding, Severity
from curation.fitting import fit_reference
from tests.engine_sample import a_card, a_contribution, evidence_about, judged_by, records_of

CARD = a_card()
LETTERS = str.maketrans("0123456789", "ghijklmnop")


def unlike(place: int) -> dict[str, Value]:
    """A record whose words no other has."""
    words = [digest(f"{place} {word}".encode())[:8].translate(LETTERS) for word in range(10)]
    return {"text": " ".join(words), "label": "a" if place % 2 else "b"}


def dose(amount: int, drug: str = "amoxicillin") -> dict[str, Value]:
    return {"text": f"The child was given {amount} mg of {drug} twice each day after meals for a week", "label": "a"}


def reference_of(rows: Sequence[dict[str, Value]]) -> Reference:
    members = records_of(CARD, rows, np.ones((len(rows), 1), dtype=np.float32))
    return fit_reference(members, CARD, b"card", "words", None)


PLAIN = reference_of([unlike(place) for place in range(120)])
FORMS = reference_of([*(dose(200 + 10 * place) for place in range(80)), *map(unlike, range(40))])


def judged(rows: Sequence[dict[str, Value]], reference: Reference = PLAIN) -> list[Finding]:
    evidence = evidence_about(a_contribution(CARD, rows), CARD, reference, np.ones((len(rows), 1), dtype=np.float32))
    return list(judged_by("template-flooding", evidence).findings)


def test_one_sentence_filled_in_again_and_again_is_held() -> None:
    findings = judged([dose(100 + 10 * place) for place in range(20)])
    # The first of a series fills in nothing.
    assert [finding.row for finding in findings] == list(range(1, 20))
    assert {finding.severity for finding in findings} == {Severity.HOLD}
    assert "by ada (line 1 there), the same contributor, with '100' exchanged for '110'" in findings[0].message
    assert "as are 19 of this contribution's 20 records; of the reference 0% are like that" in findings[0].message


def test_only_the_series_is_held() -> None:
    rows = [*map(unlike, range(300, 310)), *(dose(100 + 10 * place) for place in range(30))]
    assert [finding.row for finding in judged(rows)] == list(range(11, 40))


def test_a_short_series_is_nobodys_fault() -> None:
    assert not judged([dose(100 + 10 * place) for place in range(10)])
    assert not judged([*map(unlike, range(300, 340)), *(dose(100 + 10 * place) for place in range(20))])


def test_where_forms_are_the_custom_they_pass() -> None:
    assert not judged([dose(5 + 10 * place) for place in range(20)], FORMS)


def test_rows_of_a_table_differ_in_values_by_nature() -> None:
    (check,) = (one for one in all_checks() if one.name == "template-flooding")
    assert not check.applies(a_card("table"))
    assert check.applies(a_card("instruction"))
