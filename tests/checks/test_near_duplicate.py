"""What repeats an earlier record's words is not new; what twists them waits for a person."""

import pytest

from curation.datanet.canonical import Value
from curation.evidence.matches import PART_MAX
from curation.finding import Severity
from tests.engine_sample import Asked, judged_by, medical_rows

ANGINA = medical_rows()[0]
TEXT = str(ANGINA["question"])
FRESH = "Which vaccines does my grandmother need before she travels to the mountains of Peru in winter?"


def question(text: str, topic: str = "heart") -> dict[str, Value]:
    return {"id": "n-1", "question": text, "topic": topic}


def test_little_changed_is_a_near_duplicate_and_names_who_came_first(medical: Asked) -> None:
    opinion = judged_by("near-duplicate", medical([question(TEXT.replace(" his", "") + " Please help.")]))
    assert opinion.similarity is not None
    assert opinion.similarity[0] > 0.85
    (finding,) = opinion.findings
    assert finding.severity is Severity.WARNING
    assert finding.evidence == 0.0
    (partner,) = finding.related
    assert (partner.contributor, partner.line, partner.text) == ("owner", 1, TEXT)
    assert "which came first" in finding.message
    assert "without 'his'; with 'help please'" in finding.message


def test_disguises_hide_nothing(medical: Asked) -> None:
    disguised = TEXT.replace("a", "а").replace("e", "е\u200b").upper()
    opinion = judged_by("near-duplicate", medical([question(disguised)]))
    assert opinion.similarity is not None
    assert opinion.similarity[0] == 1.0
    assert "\u200b" not in opinion.findings[0].message


# Each alone: in one file the second would repeat the first.
@pytest.mark.parametrize(
    "char", "\x01\u0483\u0591\u17b4\u180b\u2800\u3164\U000e0100", ids=lambda char: f"U+{ord(char):04X}"
)
def test_what_nobody_sees_makes_no_old_text_new(medical: Asked, char: str) -> None:
    disguised = " ".join(word[:2] + char + word[2:] for word in TEXT.split())
    opinion = judged_by("near-duplicate", medical([question(disguised)]))
    assert opinion.similarity is not None
    assert opinion.similarity[0] == 1.0


def test_a_copy_cut_short_is_not_new(medical: Asked) -> None:
    short = " ".join(TEXT.split()[:-6])
    opinion = judged_by("near-duplicate", medical([question(short)]))
    assert opinion.similarity is not None
    assert opinion.similarity[0] == PART_MAX
    assert "0.98 of its words are those of record" in opinion.findings[0].message


def test_words_of_ones_own_are_new(medical: Asked) -> None:
    opinion = judged_by("near-duplicate", medical([question(FRESH, "pregnancy")]))
    assert opinion.findings == []
    assert opinion.similarity is not None
    assert opinion.scores is not None
    assert opinion.similarity[0] < 0.4
    assert opinion.scores[0] > 0.6


def test_the_same_text_under_another_label_is_held(medical: Asked) -> None:
    opinion = judged_by("near-duplicate", medical([question(TEXT, "skin")]))
    (finding,) = opinion.findings
    assert finding.severity is Severity.HOLD
    assert finding.suggested == "heart"
    assert "under another label" in finding.message
    # It is not a copy of that record: one of the two labels is wrong, and a person says which.
    assert opinion.similarity is not None
    assert opinion.similarity[0] < 0.6


def test_a_negation_twin_is_held(medical: Asked) -> None:
    (finding,) = judged_by(
        "near-duplicate", medical([question(TEXT.replace("Could this be", "Could this not be"))])
    ).findings
    assert finding.severity is Severity.HOLD
    assert "but for a negation" in finding.message


def test_one_edit_and_another_label_is_held(medical: Asked) -> None:
    opinion = judged_by("near-duplicate", medical([question(TEXT.replace("Could this be", "Might it be"), "skin")]))
    (finding,) = opinion.findings
    assert finding.severity is Severity.HOLD
    assert finding.suggested == "heart"


def test_a_padded_copy_under_another_label_is_held(medical: Asked) -> None:
    padded = TEXT + " Thank you so much in advance."
    (finding,) = judged_by("near-duplicate", medical([question(padded, "skin")])).findings
    assert finding.severity is Severity.HOLD


def test_a_negation_twin_behind_a_plain_copy_is_held(medical: Asked) -> None:
    rows = [question(TEXT + " Please"), question(TEXT.replace("Could this be", "Could this not be") + " Please")]
    findings = judged_by("near-duplicate", medical([*rows, question(TEXT + " Please help")])).findings
    told = [(one.severity, "but for a negation" in one.message) for one in findings if one.row == 2]
    assert told == [(Severity.WARNING, False), (Severity.HOLD, True)]


def test_another_fact_in_the_same_words_is_no_copy(medical: Asked) -> None:
    text = "My fasting sugar was 8.9 this morning and 6.6 last week. Does that already mean I am diabetic?"
    opinion = judged_by("near-duplicate", medical([question(text, "diabetes")]))
    assert opinion.findings == []
    assert opinion.scores is not None
    assert opinion.similarity is not None
    assert opinion.similarity[0] < 0.5
    # The score tells how alike the words are, whatever follows from it.
    assert opinion.scores[0] < 0.3


@pytest.mark.parametrize(
    "appended", [" 2", " not", " 12 mg", " thank you all so very much in advance for reading this"]
)
def test_appending_does_not_free_a_copy(medical: Asked, appended: str) -> None:
    opinion = judged_by("near-duplicate", medical([question(TEXT + appended)]))
    assert opinion.similarity is not None
    assert opinion.similarity[0] >= 0.8


def test_an_exact_copy_is_left_to_its_own_check(medical: Asked) -> None:
    opinion = judged_by("near-duplicate", medical([dict(ANGINA)]))
    assert opinion.findings == []
    assert opinion.scores is not None
    assert opinion.scores[0] == 0.0


def test_within_a_file_later_lines_repeat_earlier_ones_and_never_the_other_way(medical: Asked) -> None:
    evidence = medical([question(FRESH, "pregnancy"), question(FRESH + " Thanks", "pregnancy")])
    opinion = judged_by("near-duplicate", evidence)
    (finding,) = opinion.findings
    assert finding.row == 1
    assert finding.related[0].record == evidence.subjects.ids[0]
    assert opinion.similarity is not None
    assert opinion.similarity[0] < 0.4
