"""Keys pressed at random stand out among questions; questions do not."""

import pytest

from curation.checks.gibberish import CHECK
from curation.datanet.canonical import Value
from curation.finding import Severity
from tests.engine_sample import Asked, a_card, judged_by, medical_rows


@pytest.mark.parametrize(
    "text",
    [
        "sdkfj hskdj fhwei urhsk djfhs kdjfh weiru hskdj fnxcm vnsd",
        "nac teh otdrco xpaelni ywh my aehtr seabt os tfsa ta gihtn",
        "Zm9yIHRoZSByZWNvcmQgb25seSBwYWRkaW5nIGlzIGhlcmU",
    ],
)
def test_letters_in_no_order_are_flagged(medical: Asked, text: str) -> None:
    opinion = judged_by("gibberish", medical([{"question": text, "topic": "heart"}]))
    (finding,) = opinion.findings
    assert finding.severity is Severity.WARNING
    assert "spreads less order than is usual" in finding.message
    assert text not in finding.message
    assert opinion.scores is not None
    assert opinion.scores[0] < 0.5


def test_questions_pass(medical: Asked) -> None:
    rows: list[dict[str, Value]] = [
        {"question": "Why does my jaw ache when I climb to the fourth floor with the shopping?", "topic": "heart"},
        {"question": "Are 5 mg of amlodipine enough at 150/95?", "topic": "heart"},
        {"question": "Hm?", "topic": "heart"},
    ]
    opinion = judged_by("gibberish", medical(rows))
    assert opinion.findings == []
    assert opinion.p is not None
    assert (opinion.p > 0.01).all()


def test_one_in_twenty_honest_members_has_a_p_of_one_in_twenty(medical: Asked) -> None:
    evidence = medical([dict(row) for row in medical_rows()[:1]])
    ranks = evidence.reference.nonconformity["gibberish"]
    assert len(ranks) == len(evidence.reference)
    # Ties would gather many members at one rank, and the promise of a p-value would be all slack.
    assert len(set(ranks.tolist())) > 0.9 * len(ranks)


def test_a_table_has_no_letters_to_judge() -> None:
    assert not CHECK.applies(a_card("table"))
    assert CHECK.applies(a_card("instruction"))


def test_the_reference_keeps_its_model(medical: Asked) -> None:
    letters = medical([]).reference.letters
    assert letters is not None
    assert letters.counts.nbytes < 2_000_000
    assert len(letters.members) == len(medical([]).reference)
