"""Another language than the card's stands out, whatever it says."""

import pytest

from curation.datanet.canonical import Value
from tests.engine_sample import Asked, judged_by


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Mi padre siente una presión en el pecho cuando sube las escaleras. ¿Puede ser angina?", "es"),
        ("Мой отец чувствует давление в груди, когда поднимается по лестнице.", "ru"),
        ("مجھے تین دن سے بخار ہے، ڈاکٹر کے پاس جانا چاہیے؟", "ur"),
    ],
)
def test_another_language_is_flagged(medical: Asked, text: str, language: str) -> None:
    opinion = judged_by("language", medical([{"question": text, "topic": "heart"}]))
    (finding,) = opinion.findings
    assert f"reads as '{language}', en wanted" in finding.message
    assert opinion.scores is not None
    assert opinion.scores[0] < 0.01


def test_the_cards_language_passes(medical: Asked) -> None:
    rows: list[dict[str, Value]] = [
        {"question": "Is it normal that my ankle clicks when I walk down the stairs?", "topic": "heart"},
        {"question": "ECG 12-lead?", "topic": "heart"},
    ]
    opinion = judged_by("language", medical(rows))
    assert opinion.findings == []
    assert opinion.scores is not None
    assert opinion.scores.tolist() == [1, 1]
