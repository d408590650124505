"""Whether a value is another, more usual one misspelt: a few letters replaced, one lost, doubled or swapped.

Digits are never a slip here: `ward 3` and `ward 4` are two wards, `ward x` is neither.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from curation.evidence.words import canonical_text

# A value is usual when it was seen so often; a word may have one letter in three wrong, a value one sign in four.
USUAL_MIN: Final = 5
_WORD_MIN: Final = 4
_LONG_WORD_MIN: Final = 5
_LETTERS_A_SLIP: Final = 3
_SIGNS_A_SLIP: Final = 4
_CHARS_MAX: Final = 200
_ASKED_MAX: Final = 10_000
_WORD: Final = re.compile(r"[^\W_]+")
# Between digits a sign may be a range, a date or a code.
_BETWEEN_WORDS: Final = re.compile(r"(?<!\d)[\s_-]+(?!\d)")


def is_misspelt(seen: str, usual: str) -> bool:
    """Whether `seen` looks like `usual` with slips in it; never for equal texts or where digits were exchanged."""
    if seen == usual or max(len(seen), len(usual)) > _CHARS_MAX:
        return False
    if len(seen) == len(usual):
        return _is_replaced(seen, usual)
    if abs(len(seen) - len(usual)) == 1:
        return _is_one_off(seen, usual)
    return False


@dataclass(frozen=True)
class Spellings:
    """The values of one field with how often each was seen."""

    counts: Mapping[str, int]

    def usual_of(self, seen: str) -> str | None:
        """The most frequent usual value that `seen` is another spelling of, or None; ties go to the first by name."""
        if len(seen) > _CHARS_MAX:
            return None
        found = [one for one in self._proposed(seen) if one != seen]
        return min(found, key=lambda one: (-self.counts[one], one), default=None)

    @cached_property
    def slips(self) -> int:
        """How many of the values are other spellings of a usual one: of a great many an estimate, from every k-th."""
        step = 1 + len(self.counts) // _ASKED_MAX
        return step * sum(self.usual_of(one) is not None for one in sorted(self.counts)[::step])

    def _proposed(self, seen: str) -> list[str]:
        same = [self._by_plain[key] for key in (_plain(seen),) if key in self._by_plain]
        shorter = {seen[:place] + seen[place + 1 :] for place in range(len(seen))}
        one_off = [
            one for one in (*self._longer.get(seen, ()), *sorted(shorter & self._usual)) if is_misspelt(seen, one)
        ]
        return [*same, *one_off, *self._replaced(seen)]

    def _replaced(self, seen: str) -> list[str]:
        listed, signs = self._by_length.get(len(seen), ((), np.zeros((0, len(seen)), dtype=np.uint32)))
        if not listed:
            return []
        differ = (signs != _signs(seen)).sum(axis=1)
        near = np.flatnonzero(differ <= max(1, len(seen) // _SIGNS_A_SLIP, 2))
        return [listed[place] for place in near.tolist() if is_misspelt(seen, listed[place])]

    @cached_property
    def _usual(self) -> frozenset[str]:
        return frozenset(one for one, count in self.counts.items() if count >= USUAL_MIN and 0 < len(one) <= _CHARS_MAX)

    @cached_property
    def _by_plain(self) -> dict[str, str]:
        ordered = sorted(self._usual, key=lambda one: (self.counts[one], one))
        return {_plain(one): one for one in ordered}

    @cached_property
    def _longer(self) -> dict[str, list[str]]:
        """The usual values of which a text is all but one character."""
        found: dict[str, list[str]] = {}
        for one in sorted(self._usual):
            for shorter in {one[:place] + one[place + 1 :] for place in range(len(one))}:
                found.setdefault(shorter, []).append(one)
        return found

    @cached_property
    def _by_length(self) -> dict[int, tuple[tuple[str, ...], NDArray[np.uint32]]]:
        lengths: dict[int, list[str]] = {}
        for one in sorted(self._usual):
            lengths.setdefault(len(one), []).append(one)
        return {
            length: (tuple(listed), np.stack([_signs(one) for one in listed])) for length, listed in lengths.items()
        }


def _plain(text: str) -> str:
    """What is left of a value when nobody minds its case, its disguises, and how its words are kept apart."""
    return _BETWEEN_WORDS.sub(" ", canonical_text(text))


def _signs(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _is_replaced(seen: str, usual: str) -> bool:
    wrong = [place for place, (one, other) in enumerate(zip(seen, usual, strict=True)) if one != other]
    if any((seen[at].isdigit() and usual[at].isdigit()) or _is_between_digits(usual, at) for at in wrong):
        return False
    words = [match.span() for match in _WORD.finditer(usual)]
    slips = [sum(start <= place < end for place in wrong) for start, end in words]
    if _is_swap(seen, usual, wrong):
        return any(
            end - start >= _WORD_MIN and slip == len(wrong) for (start, end), slip in zip(words, slips, strict=True)
        )
    few = len(wrong) <= max(1, len(usual) // _SIGNS_A_SLIP)
    return few and all(
        slip <= ((end - start) // _LETTERS_A_SLIP if end - start >= _WORD_MIN else 0)
        for (start, end), slip in zip(words, slips, strict=True)
    )


def _is_between_digits(text: str, place: int) -> bool:
    """Whether a sign stands there that makes of two numbers a range, a date or a decimal."""
    return not text[place].isalnum() and text[max(place - 1, 0)].isdigit() and text[place + 1 : place + 2].isdigit()


def _is_swap(seen: str, usual: str, wrong: list[int]) -> bool:
    if len(wrong) != 2 or wrong[1] != wrong[0] + 1:
        return False
    first, second = wrong
    return (seen[first], seen[second]) == (usual[second], usual[first])


def _is_one_off(seen: str, usual: str) -> bool:
    """Whether one text is the other less one sign: a letter within a long word, or what stands between words."""
    longer, shorter = (seen, usual) if len(seen) > len(usual) else (usual, seen)
    place = next(
        (at for at, (one, other) in enumerate(zip(longer, shorter, strict=False)) if one != other), len(shorter)
    )
    if longer[:place] + longer[place + 1 :] != shorter or longer[place].isdigit():
        return False
    if not longer[place].isalnum():
        return not _is_between_digits(longer, place)
    start, end = next(match.span() for match in _WORD.finditer(longer) if match.start() <= place < match.end())
    # One `s` more at its end makes of a word its plural, and of a name another.
    is_plural = place == end - 1 and longer[place] in "sS"
    return end - start > _LONG_WORD_MIN and not is_plural
