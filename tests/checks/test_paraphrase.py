"""The closest earlier record in meaning is shown to curators, and nothing follows from it."""

import numpy as np
import pytest

from curation.evidence.meaning import closeness
from curation.finding import Severity, Term
from curation.inspection import inspect
from tests.engine_sample import Asked, judged_by, medical_rows

REWORDED = (
    "Whenever he climbs the stairs to our apartment, my father has a tight feeling across his chest. "
    "Might it be angina?"
)


def test_a_paraphrase_is_shown_to_curators(medical: Asked) -> None:
    opinion = judged_by("paraphrase", medical([{"question": REWORDED, "topic": "heart"}]))
    (finding,) = opinion.findings
    assert finding.severity is Severity.INFO
    assert finding.evidence == 0.0
    assert finding.related[0].text == medical_rows()[0]["question"]
    assert finding.related[0].similarity > 0.8


def test_it_moves_no_money(medical: Asked) -> None:
    opinion = judged_by("paraphrase", medical([{"question": REWORDED, "topic": "heart"}]))
    assert (opinion.p, opinion.log_odds, opinion.similarity) == (None, None, None)
    row = inspect(medical([{"id": "1", "question": REWORDED, "topic": "heart"}])).rows[0]
    assert row.novelty == 1.0
    assert "paraphrase" not in row.p
    assert set(row.evidence) == {"prior", *(term.value for term in (Term.RULES, Term.STRANGENESS, Term.LABEL_NOISE))}


def test_the_score_is_one_minus_the_closeness_to_the_nearest_for_every_record(medical: Asked) -> None:
    evidence = medical(
        [
            {"question": REWORDED, "topic": "heart"},
            {"question": "Parking is not allowed on the pavement.", "topic": "heart"},
            dict(medical_rows()[4]),
        ]
    )
    opinion = judged_by("paraphrase", evidence)
    assert opinion.scores is not None
    members = evidence.reference.members
    cosines = (evidence.subjects.vectors @ members.vectors.T).astype(np.float64)
    nearest = cosines.argmax(axis=1)
    best = closeness(
        cosines.max(axis=1),
        [evidence.subjects.tokens(place) for place in range(3)],
        [members.tokens(row) for row in nearest.tolist()],
    )
    assert opinion.scores == pytest.approx(1 - best.clip(0, 1), abs=1e-5)
    assert opinion.scores[2] == pytest.approx(0, abs=1e-5)


def test_a_line_before_in_the_same_file_is_earlier_too(medical: Asked) -> None:
    text = "Which vaccines does my grandmother need before she travels to the mountains of Peru?"
    evidence = medical(
        [{"question": text, "topic": "heart"}, {"question": text.replace("Which", "What"), "topic": "heart"}]
    )
    rows, cosine = evidence.closest_meaning
    assert rows[1] == len(evidence.earlier)
    assert cosine[1] > 0.95 > cosine[0]
