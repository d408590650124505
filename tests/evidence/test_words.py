"""Disguises fall away, languages stay apart, and token overlap is what its definition says."""

import re
import unicodedata
from collections.abc import Callable
from itertools import combinations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from curation.evidence.words import (
    NEGATIONS,
    UNITS,
    canonical_text,
    letters_of,
    overlap,
    share_in_one_piece,
    tokens_of,
)

WORDS = st.text("abcdefghijklmnopqrstuvwxyz0123456789 .,", min_size=1, max_size=40)
# What a reader takes for the Latin letter: Cyrillic, Greek and Armenian.
HOMOGLYPHS = {
    "a": "а",
    "c": "сϲ",
    "e": "е",
    "h": "һ",
    "i": "іι",
    "j": "јϳ",
    "o": "оοօ",
    "p": "рρ",
    "s": "ѕ",
    "v": "νѵ",
    "x": "х",
    "y": "у",
}
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u202a\u202e\u202c\u2066\u2069\u200e\u200f\u180e\ufe0f\u0336\u0301"
# Whoever asks for categories or ASCII alone misses these: marks of other scripts, letters and signs without a shape.
UNSEEN = "\x01\x1f\x7f\u00ad\u034f\u0345\u0483\u0488\u0591\u061c\u115f\u1160\u17b4\u17b5\u180b\u180f\u2065\u2800\u3164"
UNSEEN += "\ufe00\uffa0\ufff0\U0001bca0\U0001d173\U000e0001\U000e0100\U000e0fff\u064b\u0901\u0e31\u20dd"
BLANKS = "\u00a0\u2003\u202f\u3000\t\n"


@given(st.text())
@example("ϓ")
@example("İ")
@example("ẛ")
@example("㎎ ﷺ ①")
def test_it_is_idempotent(text: str) -> None:
    assert canonical_text(canonical_text(text)) == canonical_text(text)


@given(WORDS, st.data())
def test_homoglyphs_vanish(text: str, data: st.DataObject) -> None:
    disguised = "".join(data.draw(st.sampled_from(char + HOMOGLYPHS.get(char, ""))) for char in text)
    assert canonical_text(disguised) == canonical_text(text)


@given(WORDS, st.data())
def test_invisible_characters_vanish(text: str, data: st.DataObject) -> None:
    hidden = st.text(INVISIBLE, max_size=2)
    disguised = "".join(char + data.draw(hidden) for char in text)
    assert canonical_text(disguised) == canonical_text(text)


@pytest.mark.parametrize("char", UNSEEN, ids=lambda char: f"U+{ord(char):04X}")
@pytest.mark.parametrize("text", ["Could this be angina", "Может быть это стенокардия", "Μήπως είναι στηθάγχη"])
def test_an_unseen_character_makes_no_word_new(text: str, char: str) -> None:
    assert canonical_text(char.join(text)) == canonical_text(text)
    assert canonical_text(text[:2] + char + text[2:]) == canonical_text(text)


def test_a_mark_on_the_letter_it_belongs_to_stays() -> None:
    for marked, bare in (("दवाई कितनी", "दवाई कतनी"), ("ยาแก้ปวดกี่เม็ด", "ยาแกปวดกเมด"), ("தமிழ்", "தமழ"), ("ខ្ញុំឈឺ", "ខញឈ")):
        assert canonical_text(marked) == unicodedata.normalize("NFKC", marked)
        assert canonical_text(marked) != canonical_text(bare)
    assert canonical_text("葛\U000e0100城") == "葛城"


@given(WORDS, st.data())
def test_case_and_full_width_vanish(text: str, data: st.DataObject) -> None:
    def shapes(char: str) -> str:
        return char + char.upper() + (chr(ord(char) + 0xFEE0) if char.isalnum() else "")

    disguised = "".join(data.draw(st.sampled_from(shapes(char))) for char in text)
    assert canonical_text(disguised) == canonical_text(text)


@given(WORDS, st.data())
def test_blanks_are_one_blank(text: str, data: st.DataObject) -> None:
    blanks = st.text(" " + BLANKS, min_size=1, max_size=3)
    disguised = "".join(data.draw(blanks) if char == " " else char for char in f" {text} ")
    assert canonical_text(disguised) == canonical_text(text)


def test_capital_homoglyphs_vanish() -> None:
    assert canonical_text("АВЕ МОТНЕR ΙΝ ΤΟΚΥΟ") == "abe mother in tokyo"


@pytest.mark.parametrize(
    "texts",
    [
        ("की", "का", "कि", "के", "को", "क"),
        ("हिन्दी", "हन्दी", "हिन्द"),
        ("医生", "医院", "药"),
        ("карта", "карты", "карту", "парта"),
        ("мир", "мор", "мэр"),
        ("دواء", "دعاء"),
        ("กิน", "กัน", "กน"),
    ],
    ids=["vowel-signs", "hindi", "chinese", "russian-cases", "russian", "arabic", "thai"],
)
def test_other_scripts_stay_apart(texts: tuple[str, ...]) -> None:
    for first, second in combinations(texts, 2):
        assert canonical_text(first) != canonical_text(second)
        assert overlap(frozenset(tokens_of(canonical_text(first))), frozenset()).similarity == 0


def test_a_vowel_sign_is_a_letter() -> None:
    assert unicodedata.category("ी") == "Mc"
    assert canonical_text("दवाई की") == "दवाई की"


def test_numbers_words_and_unspaced_scripts_are_tokens() -> None:
    assert tokens_of("don't take 1,000.5 mg at 12:30, o’clock") == (
        "dont",
        "take",
        "1,000.5",
        "mg",
        "at",
        "12:30",
        "oclock",
    )
    assert tokens_of("银行卡 到") == ("银行", "行卡", "到")
    assert tokens_of("снова_да --- !!") == ("снова", "да")
    assert tokens_of("") == ()


@pytest.mark.parametrize("word", sorted(NEGATIONS | UNITS))
def test_negations_and_units_are_written_as_tokens_are(word: str) -> None:
    assert tokens_of(canonical_text(word)) == (word,)


# Short words over a small alphabet: most pairs are one or two edits apart.
TOKENS = st.frozensets(st.text("abA1", min_size=1, max_size=6), max_size=7)


def one_edit_apart(first: str, second: str) -> bool:
    """A letter more, less or exchanged, or two neighbours swapped (optimal string alignment, spelled out)."""
    if len(first) == len(second):
        places = [place for place, (a, b) in enumerate(zip(first, second, strict=True)) if a != b]
        swapped = len(places) == 2 and places[1] == places[0] + 1
        return len(places) == 1 or (
            swapped and {*first[places[0] : places[1] + 1]} == {*second[places[0] : places[1] + 1]}
        )
    short, long = sorted((first, second), key=len)
    return any(long[:place] + long[place + 1 :] == short for place in range(len(long)))


def alike(first: str, second: str) -> bool:
    words = all(len(token) >= 4 and token.isalpha() for token in (first, second))
    return words and one_edit_apart(first, second)


def paired(left: frozenset[str], right: frozenset[str]) -> int:
    """How many words find a free partner, each in turn taking the first: linear, and the same from either side."""
    free = sorted(right)
    for token in sorted(left):
        for twin in free:
            if alike(token, twin):
                free.remove(twin)
                break
    return len(right) - len(free)


def most_pairs(left: list[str], right: frozenset[str]) -> int:
    """The largest number of pairs that there could be, by trying every choice."""
    if not left:
        return 0
    first, *others = left
    partners = [token for token in right if alike(first, token)]
    return max([most_pairs(others, right), *(1 + most_pairs(others, right - {token}) for token in partners)])


@given(TOKENS, TOKENS)
@example(frozenset({"aaaa", "aabb"}), frozenset({"aaab", "abbb", "aaa", "aaaaa"}))
def test_soft_jaccard_is_its_definition(first: frozenset[str], second: frozenset[str]) -> None:
    typos = paired(first - second, second - first)
    common = len(first & second) + typos
    union = len(first) + len(second) - common
    pair = overlap(first, second)
    assert pair.similarity == pytest.approx(common / union if union else 1.0)
    assert len(pair.only_first) == len(first) - common
    assert len(pair.only_second) == len(second) - common
    assert 2 * typos >= most_pairs(sorted(first - second), second - first)
    if second:
        assert pair.contained == pytest.approx(common / len(second))


@given(TOKENS, TOKENS)
def test_soft_jaccard_is_symmetric_bounded_and_never_below_the_plain_one(
    first: frozenset[str], second: frozenset[str]
) -> None:
    there, back = overlap(first, second).similarity, overlap(second, first).similarity
    assert there == back
    assert 0.0 <= there <= 1.0
    assert there >= (len(first & second) / len(first | second) if first | second else 1.0)


@given(TOKENS)
def test_equal_sets_are_wholly_alike(tokens: frozenset[str]) -> None:
    pair = overlap(tokens, tokens)
    assert (pair.similarity, pair.contained, pair.within) == (1.0, 1.0, 1.0)
    assert pair.only_first == pair.only_second == frozenset()


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("tablet", "tablets", True),
        ("recieve", "receve", True),
        ("card", "cart", True),
        ("лекарство", "лекарства", True),
        ("now", "not", False),
        ("car", "card", False),
        ("1234", "1235", False),
        ("2500", "250", False),
        ("vita1", "vita2", False),
        ("receive", "recieve", True),
        ("receive", "rceeiev", False),
    ],
)
def test_one_edit_counts_only_in_words_of_four_letters_or_more(first: str, second: str, *, same: bool) -> None:
    assert overlap(frozenset({first}), frozenset({second})).similarity == float(same)


def test_containment_is_the_share_of_the_one_in_the_other() -> None:
    pair = overlap(frozenset(["a", "b", "c", "d", "e", "f"]), frozenset(["a", "b", "x"]))
    assert pair.contained == pytest.approx(2 / 3)
    assert pair.within == pytest.approx(2 / 6)
    assert pair.similarity == pytest.approx(2 / 7)


FEW = st.lists(st.sampled_from(["fever", "child", "at", "night", "250"]), max_size=6)


@given(FEW, FEW.filter(bool), FEW)
def test_a_piece_is_found_wherever_it_stands(before: list[str], piece: list[str], after: list[str]) -> None:
    assert share_in_one_piece(piece, [*before, *piece, *after]) == 1.0


@given(FEW, FEW)
def test_a_share_is_of_the_tokens_that_are_there(piece: list[str], text: list[str]) -> None:
    there = sum(token in text for token in piece)
    assert 0.0 <= share_in_one_piece(piece, text) <= (there / len(piece) if piece else 0.0)


def test_typos_and_words_put_in_leave_a_piece_whole_and_another_order_does_not() -> None:
    piece = ["my", "child", "has", "a", "high", "fever", "at", "night"]
    typo = ["my", "child", "has", "a", "high", "feverr", "at", "night"]
    put_in = ["my", "small", "child", "now", "has", "a", "high", "fever", "late", "at", "night"]
    assert share_in_one_piece(piece, typo) == 1.0
    assert share_in_one_piece(piece, put_in) == 1.0
    assert share_in_one_piece(piece[:7], put_in) < 0.9
    assert share_in_one_piece(piece, ["at", "night", "a", "high", "fever", "has", "my", "child"]) < 0.5
    scattered = " so we are told and ".join(piece).split()
    assert share_in_one_piece(piece, scattered) < 0.5


def test_an_ordinal_is_not_a_typo_of_another() -> None:
    assert overlap(frozenset({"type", "iiib"}), frozenset({"type", "iiic"})).similarity == 1 / 3
    assert overlap(frozenset({"type", "first"}), frozenset({"type", "frist"})).similarity == 1.0


GRANDMOTHER = "My grandmother's dentures slip when she laughs, should we get new ones fitted?"


def words_of(text: str) -> frozenset[str]:
    return frozenset(tokens_of(canonical_text(text)))


@pytest.mark.parametrize("decorate", [lambda word: f"{word}ly", lambda word: f"re{word}", lambda word: f"{word}ness"])
def test_a_syllable_on_every_word_makes_no_other_words(decorate: Callable[[str], str]) -> None:
    disguised = " ".join(
        decorate(word) if len(word) > 3 else word for word in re.findall(r"[a-z']+", GRANDMOTHER.lower())
    )
    assert overlap(words_of(disguised), words_of(GRANDMOTHER)).similarity > 0.8


def test_one_or_two_inflected_words_are_other_words() -> None:
    assert overlap(frozenset({"pain", "works"}), frozenset({"painful", "working"})).similarity == 0.0


@given(st.text("abcdefgh ", min_size=40).filter(lambda text: len(letters_of(text)) >= 20), st.integers(2, 5))
def test_dividing_words_changes_no_letters(text: str, step: int) -> None:
    divided = "-".join(text[at : at + step] for at in range(0, len(text), step))
    assert letters_of(text) == letters_of(divided)
