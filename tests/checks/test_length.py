"""What is far shorter or longer than usual stands out, either way."""

import pytest

from curation.datanet.canonical import Value
from curation.finding import Severity
from tests.engine_sample import Asked, judged_by, medical_rows


@pytest.mark.parametrize("text", ["Hm?", "My knee hurts. " * 400])
def test_far_too_short_or_long_is_flagged(medical: Asked, text: str) -> None:
    (finding,) = judged_by("length", medical([{"question": text, "topic": "heart"}])).findings
    assert finding.severity is Severity.WARNING
    assert f"{len(text)} characters, about " in finding.message


def test_the_usual_lengths_pass(medical: Asked) -> None:
    rows: list[dict[str, Value]] = [{"question": "x" * length, "topic": "heart"} for length in (70, 100, 140)]
    opinion = judged_by("length", medical(rows))
    assert opinion.findings == []
    assert opinion.scores is None
    assert opinion.p is not None
    assert (opinion.p > 0.1).all()


def test_twice_and_half_are_as_far_from_the_middle(medical: Asked) -> None:
    middle = sorted(len(str(row["question"])) for row in medical_rows())[len(medical_rows()) // 2]
    evidence = medical([{"question": "x" * (count - 1), "topic": "heart"} for count in (middle * 8, middle // 8)])
    p = judged_by("length", evidence).p
    assert p is not None
    assert p[0] == pytest.approx(p[1], abs=0.02)
