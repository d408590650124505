"""Letters in no order that the reference knows are told from words; who else is in the file does not matter."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.evidence.conformal import p_values
from curation.evidence.letters import _blocks, _disorder, fit_letters
from curation.evidence.reference import load_reference, save_reference
from tests.engine_sample import cluster_reference, medical_rows

QUESTIONS = [str(row["question"]) for row in medical_rows()]
NEW = np.array([-1])
TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), min_size=1, max_size=8)


def strangeness(text: str, among: list[str]) -> float:
    return float(fit_letters(among).strangeness([text], NEW)[0])


@pytest.mark.parametrize(
    "text",
    [
        "asdkjh qwpeoi zxmnb lkjhg fdsapo wqrtyp mznxbv poiulk",
        "ym otohtcaeh egts rowse hwne I nirdk occeeff ni eht igmrnno",
        "aGVsbG8gd29ybGQgdGhpcyBpcyBqdXN0IGJhc2U2NCBvZiBzb21l",
    ],
)
def test_letters_in_no_order_are_far_off(text: str) -> None:
    letters = fit_letters(QUESTIONS)
    assert letters.strangeness([text], NEW)[0] > letters.members.max()


def test_ordinary_texts_of_any_length_are_not() -> None:
    letters = fit_letters(QUESTIONS[::2])
    asked = QUESTIONS[1::2]
    new = letters.strangeness(asked, np.full(len(asked), -1))
    p = p_values(new, np.sort(letters.members), np.zeros(len(asked), dtype=np.bool_))
    short = np.array([len(text) for text in asked]) < np.median([len(text) for text in asked])
    # One in ten is promised of all together; of 62 texts three times as many come up once in a thousand draws.
    assert (p[short] <= 0.1).mean() < 0.25
    assert (p[~short] <= 0.1).mean() < 0.25


@given(TEXTS)
@settings(max_examples=40, deadline=None)
def test_a_member_is_judged_by_the_others_alone(texts: list[str]) -> None:
    last = texts[-1]
    beside, _ = _disorder(fit_letters(texts).counts, texts, leave_out=True)
    apart, _ = _disorder(fit_letters(texts[:-1]).counts, [last])
    assert beside[-1] == pytest.approx(apart[0], abs=1e-9)


@given(TEXTS)
@settings(max_examples=40, deadline=None)
def test_a_text_alone_is_as_strange_as_in_company(texts: list[str]) -> None:
    letters = fit_letters(QUESTIONS[:50])
    together = letters.strangeness(texts, np.full(len(texts), -1))
    assert np.isfinite(together).all()
    assert [float(letters.strangeness([text], NEW)[0]) for text in texts] == together.tolist()


def test_members_have_their_own_place() -> None:
    letters = fit_letters(QUESTIONS[:50])
    mixed = letters.strangeness([QUESTIONS[60], QUESTIONS[7]], np.array([-1, 7]))
    assert mixed[1] == letters.members[7]
    assert mixed[0] == letters.strangeness([QUESTIONS[60]], NEW)[0]


def test_case_digits_and_white_space_play_no_part() -> None:
    first = strangeness("Is 25 mg of it safe?", QUESTIONS)
    assert first == strangeness("IS  98 MG\nof it safe? ", QUESTIONS)


def test_too_little_is_not_strange() -> None:
    assert strangeness(" \n", QUESTIONS) == 0
    assert strangeness("xqzwkvj pfg", QUESTIONS) == 0
    assert strangeness("xqzwkvj pfgh", QUESTIONS) > 1
    assert strangeness("", []) == 0
    assert np.isfinite(strangeness("some words here", []))


def test_blocks_hold_whole_texts_in_order() -> None:
    texts = ["a" * 150_000, "b" * 60_000, "", "c" * 60_001]
    found = [(rows.start, rows.stop, len(owner)) for rows, owner, _ in _blocks(texts)]
    assert found == [(0, 1, 150_000), (1, 4, 120_001)]


def test_a_saved_model_says_the_same(tmp_path: Path) -> None:
    reference = cluster_reference()
    save_reference(reference, tmp_path)
    kept, read = reference.letters, load_reference(tmp_path).letters
    assert kept is not None
    assert read is not None
    assert (
        read.strangeness(QUESTIONS[:3], np.full(3, -1)).tolist()
        == kept.strangeness(QUESTIONS[:3], np.full(3, -1)).tolist()
    )
    assert read.members.tolist() == kept.members.tolist()
