"""Two texts side by side: which words differ, and within a changed word which characters. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_PARTS = re.compile(r"\w+|\s+|[^\w\s]")
# Beyond this many words the comparison would take seconds; the rest is shown as one piece.
WORDS_MAX = 4000


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A stretch of both texts, one side of which may be empty; `letters` are the pieces of a changed word."""

    kind: Literal["same", "changed"]
    before: str
    after: str
    letters: tuple["Piece", ...] = ()


def difference(before: str, after: str) -> tuple[Piece, ...]:
    """The pieces of both texts in order; joined, each side is its text again."""
    one, other = _PARTS.findall(before), _PARTS.findall(after)
    if max(len(one), len(other)) > WORDS_MAX:
        kind: Literal["same", "changed"] = "same" if before == after else "changed"
        return (Piece(kind=kind, before=before, after=after),)
    return tuple(_pieces(one, other, fine=True))


def _pieces(one: list[str], other: list[str], *, fine: bool) -> Iterator[Piece]:
    for tag, i, j, k, m in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        before, after = "".join(one[i:j]), "".join(other[k:m])
        if tag == "equal":
            yield Piece(kind="same", before=before, after=after)
        else:
            # One word against one is a misspelling or another word; only the first is worth a look at its letters.
            letters = tuple(_pieces(list(before), list(after), fine=False)) if fine and j - i == m - k == 1 else ()
            yield Piece(kind="changed", before=before, after=after, letters=letters)
