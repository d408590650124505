"""Another language than the card's stands out, whatever it says."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from curation.checks import strangeness_count
from curation.checks.language import RANKED_FROM, refined_p
from curation.datanet.canonical import Value
from curation.evidence.evidence import Evidence
from tests.engine_sample import (
    Asked,
    a_contribution,
    evidence_about,
    judged_by,
    medical_card,
    medical_rows,
    text_reference,
)
from tests.one_encoder import one_encoder

SPANISH = "Mi padre siente una presión en el pecho cuando sube las escaleras. ¿Puede ser angina?"
ENGLISH = "Is it normal that my ankle clicks when I walk down the stairs?"


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


def beside_few(cache: Path, texts: list[str]) -> Evidence:
    """Questions beside sixty members: too few to be ranked among."""
    encode = one_encoder(cache).encode
    reference = text_reference(medical_card(), medical_rows()[:60], encode)
    contribution = a_contribution(medical_card(), [{"question": text, "topic": "heart"} for text in texts])
    return evidence_about(contribution, medical_card(), reference, encode(texts))


def test_beside_a_small_reference_the_identifier_judges_alone(encoder_cache: Path) -> None:
    evidence = beside_few(encoder_cache, [SPANISH, ENGLISH])
    assert len(evidence.reference) < RANKED_FROM
    opinion = judged_by("language", evidence)
    (finding,) = opinion.findings
    assert finding.row == 0
    assert finding.p == 0.001
    assert opinion.p is not None
    assert opinion.p.tolist() == [0.001, 1]
    # No rank among sixty could have been so small.
    assert strangeness_count(evidence.datanet) * finding.p < 1 / 61


def test_checked_against_itself_the_identifier_judges_too(medical: Asked) -> None:
    evidence = replace(medical([{"question": SPANISH, "topic": "heart"}]), self_checked=True)
    assert len(evidence.reference) >= RANKED_FROM
    # Others of the same file are as foreign: no rank would tell.
    assert refined_p(evidence, np.array([0.3])).tolist() == [0.001]


def test_beside_a_large_reference_it_speaks_only_where_ranks_end(medical: Asked) -> None:
    evidence = medical([{"question": text, "topic": "heart"} for text in (SPANISH, SPANISH, ENGLISH)])
    size = len(evidence.reference)
    least, next_to_it = 1 / (size + 1), 2 / (size + 1)
    assert refined_p(evidence, np.array([least, next_to_it, least])).tolist() == [0.001, next_to_it, least]
