"""Nothing shown is invisible, and nothing shown is obeyed."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.datanet.shown import shown


@given(st.text())
def test_no_character_hides_or_commands(text: str) -> None:
    seen = shown(text)
    assert not {unicodedata.category(char) for char in seen} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


_FILLERS = "\u3164\u115f\u1160\uffa0"


@given(st.text(st.characters(categories=["L", "N", "P"], exclude_characters=_FILLERS), max_size=100))
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert shown(text) == text


@given(st.text(), st.integers(1, 20))
def test_at_most_so_many_characters_of_the_text_are_shown(text: str, length_max: int) -> None:
    plain = "".join(char for char in text if char.isalnum())
    seen = shown(plain, length_max)
    assert len(seen) <= length_max
    assert seen == plain if len(plain) <= length_max else seen.endswith("…")


def test_what_hides_is_named() -> None:
    assert shown("a\u200bb\u202ec\x1b[31m\nd") == "a⟨U+200B⟩b⟨U+202E⟩c⟨U+001B⟩[31m⟨U+000A⟩d"


@pytest.mark.parametrize("char", [*_FILLERS, *"\u2800\u034f\u17b4\u180b\ufe00\ufe0f\U0001d159\U000e0100\U000e01ef"])
def test_letters_marks_and_symbols_that_nobody_sees_are_named(char: str) -> None:
    assert shown(f"a{char}b") == f"a⟨U+{ord(char):04X}⟩b"


def test_what_a_build_log_obeys_in_mid_line_is_broken() -> None:
    assert "##[" not in shown("see ##[error]boo")
