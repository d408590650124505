"""Words of a record told in a message, with none of them that is part of personal data, a long number or a key.

A card number or an address is made of words that look harmless one by one, so the whole text is asked what in it is
private before a word of it is told.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from curation.datanet.shown import shown
from curation.evidence.words import canonical_text, tokens_of

HIDDEN: Final = "•••"

# Accounts, cards, telephones and identity numbers are longer than a dose, a price or a year.
_DIGIT_RUN: Final = re.compile(r"\d{6}")
# The same numbers in groups; `10,000,000` and `2019/2020` are not among them.
_DIGITS_MAX: Final = 8
# A private word is looked for inside others when it is so long: two digits stand in many a number.
_INSIDE_MIN: Final = 4

_PIECE: Final = re.compile(r"[^\W_]+")
_CASES_MIXED: Final = re.compile(r"[a-z][A-Z]")


def told_words(words: Sequence[str], text: str, *, length_max: int = 80) -> str:
    """Canonical words of a record that says `text`, fit to show; all private ones together stand as one •••, last."""
    private = _private_words(text)
    told: list[str] = []
    hidden = False
    for part in (part for word in words for part in _masked(word).split()):
        if HIDDEN in part or _is_long_number(part) or _touches(part, private):
            hidden = True
        else:
            told.append(part)
    return shown(" ".join([*told, HIDDEN] if hidden else told), length_max)


def _touches(part: str, private: frozenset[str]) -> bool:
    return part in private or any(len(one) >= _INSIDE_MIN and one in part for one in private)


def _is_long_number(part: str) -> bool:
    return bool(_DIGIT_RUN.search(part)) or sum(map(str.isdigit, part)) > _DIGITS_MAX


def _private_words(text: str) -> frozenset[str]:
    """The canonical words of all that is private in a text, as it was written or without its disguises."""
    # 90 ms that most commands never need.
    from curation.evidence.personal_data import find_personal_data  # noqa: PLC0415 - see above

    found: set[str] = set()
    for form in (text, canonical_text(text)):
        finds = [form[span.start : span.end] for span in find_personal_data(form)]
        for piece in (*finds, *_keys(form)):
            canonical = canonical_text(piece)
            found.update(tokens_of(canonical), canonical.split())
    return frozenset(found)


def _keys(text: str) -> Iterator[str]:
    """Words that look drawn at random: a key of a shape that nobody published."""
    from curation.evidence.credentials import looks_random  # noqa: PLC0415 - with what is imported above

    for word in text.split():
        mixed = looks_random(word) and _CASES_MIXED.search(word)
        if mixed or any(map(looks_random, _PIECE.findall(word))):
            yield word


def _masked(text: str) -> str:
    from curation.evidence.personal_data import masked  # noqa: PLC0415 - 90 ms that most commands never need

    return masked(text)
