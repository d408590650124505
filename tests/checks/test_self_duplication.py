"""A contribution made of its own repeats is held; a repeat here and there is not."""

from collections.abc import Sequence

import numpy as np

from curation.datanet.canonical import Value, digest
from curation.finding import Finding, Severity
from curation.fitting import fit_reference
from tests.engine_sample import a_card, a_contribution, evidence_about, judged_by, records_of

CARD = a_card()
LETTERS = str.maketrans("0123456789", "ghijklmnop")


def unlike(place: int) -> dict[str, Value]:
    """A record whose words no other has."""
    words = [digest(f"{place} {word}".encode())[:8].translate(LETTERS) for word in range(10)]
    return {"text": " ".join(words), "label": "a" if place % 2 else "b"}


def again(place: int, said: str) -> dict[str, Value]:
    """The same record with a word put before it."""
    first = unlike(place)
    return {**first, "text": f"{said} {first['text']}"}


REFERENCE = fit_reference(
    records_of(CARD, [unlike(place) for place in range(120)], np.ones((120, 1), dtype=np.float32)),
    CARD,
    b"card",
    "words",
    None,
)


def judged(rows: Sequence[dict[str, Value]]) -> list[Finding]:
    vectors = np.ones((len(rows), 1), dtype=np.float32)
    evidence = evidence_about(a_contribution(CARD, rows), CARD, REFERENCE, vectors)
    return list(judged_by("self-duplication", evidence).findings)


def honest(count: int) -> list[dict[str, Value]]:
    return [unlike(300 + place) for place in range(count)]


def test_a_contribution_made_of_its_own_repeats_is_held() -> None:
    rows = [*honest(10), *(again(300 + place, said) for said in ("kindly", "hello") for place in range(10))]
    findings = judged(rows)
    # The ten that were there first are no repeats.
    assert [finding.row for finding in findings] == list(range(10, 30))
    assert {finding.severity for finding in findings} == {Severity.HOLD}
    assert "by ada (line 1 there), the same contributor, as 20 of this contribution's 30 records" in findings[0].message


def test_a_repeat_here_and_there_is_not() -> None:
    assert not judged([*honest(30), *(again(300 + place, "kindly") for place in range(9))])
    assert not judged([*honest(60), *(again(300 + place, "kindly") for place in range(12))])


def test_the_same_content_twice_is_the_business_of_another_check() -> None:
    assert not judged([*honest(10), *honest(10), *honest(10)])


def test_anothers_records_are_not_ones_own() -> None:
    assert not judged([again(place, said) for said in ("kindly", "hello") for place in range(0, 100, 5)][:20])


def test_what_is_itself_the_reference_is_not_judged_by_itself() -> None:
    rows = [*honest(10), *(again(300 + place, said) for said in ("kindly", "hello") for place in range(10))]
    members = records_of(CARD, rows, np.ones((30, 1), dtype=np.float32), "ada")
    reference = fit_reference(members, CARD, b"card", "words", None)
    evidence = evidence_about(a_contribution(CARD, rows), CARD, reference, np.ones((30, 1), dtype=np.float32))
    assert evidence.is_member.any()
    assert not judged_by("self-duplication", evidence).findings
