"""A slip of the pen is told from another value: letters may be wrong, digits never, short words hardly."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.evidence.spelling import USUAL_MIN, Spellings, is_misspelt


@pytest.mark.parametrize(
    ("seen", "usual"),
    [
        ("birminghxm", "birmingham"),
        ("hearx axxack", "heart attack"),
        ("Nairbi", "Nairobi"),
        ("Nairoobi", "Nairobi"),
        ("Niarobi", "Nairobi"),
        ("rift valley", "rift-valley"),
        ("St Louis", "St. Louis"),
        ("Brauere1 Adler", "Brauerei Adler"),
    ],
)
def test_slips_are_slips(seen: str, usual: str) -> None:
    assert is_misspelt(seen, usual)


@pytest.mark.parametrize(
    ("seen", "usual"),
    [
        ("Nairobi", "Nairobi"),
        ("ward 3", "ward 4"),
        ("x2 patients", "12 patients"),
        ("ward 3", "ward 34"),
        ("dose 15 mg", "dose 1.5 mg"),
        ("rows 1-5", "rows 1.5"),
        ("scip-inf-1", "scip-inf-2"),
        ("main st", "main rd"),
        ("12 n oak avenue", "12 s oak avenue"),
        ("medical center north", "medical center south"),
        ("farmer", "farmers"),
        ("gary", "cart"),
        ("oslo", "bern"),
        ("", "a"),
        ("a" * 201, "a" * 200 + "b"),
    ],
)
def test_other_values_are_other_values(seen: str, usual: str) -> None:
    assert not is_misspelt(seen, usual)


SPELLINGS = Spellings(
    {"birmingham": 40, "nairobi": USUAL_MIN, "Lagos": 9, "new-york": 7, "1-5": 7, "lagod": 1, "mombasa": USUAL_MIN - 1}
)


@pytest.mark.parametrize(
    ("seen", "usual"),
    [
        ("birmingxam", "birmingham"),
        ("LAGOS ", "Lagos"),
        ("New_York", "new-york"),
        ("new york city", None),
        ("1 5", None),
        ("nairob", "nairobi"),
        ("nairobii", "nairobi"),
        ("birmingham", None),
        ("mombaso", None),  # not seen often enough
        ("accra", None),
        ("", None),
        ("x" * 1000, None),
    ],
)
def test_the_usual_value_is_named(seen: str, usual: str | None) -> None:
    assert SPELLINGS.usual_of(seen) == usual


def test_of_several_the_most_frequent_is_named_and_then_the_first() -> None:
    assert Spellings({"carte": 5, "carta": 9}).usual_of("cartx") == "carta"
    assert Spellings({"carte": 5, "carta": 5}).usual_of("cartx") == "carta"


def test_slips_are_counted_and_of_a_great_many_estimated() -> None:
    assert Spellings({"carte": 9, "cartx": 1, "carty": 3, "other": 1}).slips == 2
    counts = {f"plot {number}{letter}": 1 for number in range(5_000) for letter in "abcdef"}
    few = {"Kenyatta Avenue": 9} | {f"Kenyatt{one} Avenu{two}": 1 for one in "bcdfghijkl" for two in "bcdfghijkl"}
    assert 60 <= Spellings(counts | few).slips <= 140


words = st.text(string.ascii_lowercase, min_size=6, max_size=12)


@given(words, st.data())
def test_any_one_letter_replaced_lost_or_doubled_in_a_long_word_is_found(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word) - 2))
    letter = data.draw(st.sampled_from([one for one in string.ascii_lowercase if one != word[place]]))
    known = Spellings({word: USUAL_MIN})
    for slip in (
        word[:place] + letter + word[place + 1 :],
        word[:place] + word[place + 1 :],
        word[:place] + word[place : place + 1] + word[place:],
    ):
        assert known.usual_of(slip) == word


@given(st.dictionaries(st.text(max_size=12), st.integers(1, 9), max_size=12), st.text(max_size=12))
def test_what_is_named_is_usual_and_not_the_value_itself(counts: dict[str, int], seen: str) -> None:
    usual = Spellings(counts).usual_of(seen)
    assert usual is None or (usual != seen and counts[usual] >= USUAL_MIN)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_number_is_never_a_slip_of_another(one: int, other: int) -> None:
    assert not is_misspelt(f"room {one}", f"room {other}")
