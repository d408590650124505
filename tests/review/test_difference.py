"""The pieces of two texts join to the texts again, and show what differs."""

from hypothesis import given
from hypothesis import strategies as st

from curation.review.difference import WORDS_MAX, Piece, difference

WORDS = st.lists(
    st.sampled_from(["250", "mg", "of", "aspirin", "aspirine", "twice", "a", "day", " ", "\u200b", "\u202e", ","]),
    max_size=30,
)


@given(WORDS, WORDS)
def test_each_side_is_its_text_again(one: list[str], other: list[str]) -> None:
    before, after = " ".join(one), "".join(other)
    pieces = difference(before, after)
    assert "".join(piece.before for piece in pieces) == before
    assert "".join(piece.after for piece in pieces) == after
    assert all((piece.kind == "same") == (piece.before == piece.after) for piece in pieces)
    for piece in pieces:
        if piece.letters:
            assert "".join(letter.before for letter in piece.letters) == piece.before
            assert "".join(letter.after for letter in piece.letters) == piece.after


def test_a_changed_word_shows_its_letters() -> None:
    (changed,) = (one for one in difference("take 250 mg", "take 260 mg") if one.kind == "changed")
    assert (changed.before, changed.after) == ("250", "260")
    assert changed.letters == (
        Piece(kind="same", before="2", after="2"),
        Piece(kind="changed", before="5", after="6"),
        Piece(kind="same", before="0", after="0"),
    )
    assert difference("", "") == ()


def test_an_endless_text_is_one_piece() -> None:
    long = "a " * WORDS_MAX
    assert difference(long, long + "b") == (Piece(kind="changed", before=long, after=long + "b"),)
