"""Which earlier records a record repeats: vectors, sketches and canonical text propose, words decide.

A pair that shares its words but has a number, unit or named value *substituted* on both sides states another fact; it
is no copy, but it is the cheapest forgery there is, so it is kept apart as a `fact` match for `slot-variation`.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from curation.evidence.known import Known, record_tokens
from curation.evidence.nearest import nearest_before
from curation.evidence.sketches import proposals
from curation.evidence.words import NEGATIONS, UNITS, Overlap, accents_of, overlap, share_in_one_piece

PROPOSED_BY_VECTOR = 20
KEPT_MATCHES = 5

# A copy padded with boilerplate keeps the whole of what it copied.
CONTAINED_MIN = 0.9
# Only the same words in the same order are wholly alike: not a part, a typo, another accent or another order.
ALIKE_MAX = 0.99
PART_MAX = 0.98
PIECE_TOKENS_MIN = 8
CONTAINED_COSINE_MIN = 0.8
CONTAINED_TOKENS_MIN = 5
# A copy cut short has only words of what it copied; so has many a short question that nobody copied.
WITHIN_TOKENS_MIN = 8
# The few words of a short text stand in many a longer one by chance, but not in one piece (banking questions: .065 of
# honest credit lost without containment, .070 in one piece, .092 as sets).
SCATTERED_TOKENS_MIN = 12

# A word that at most this share of the reference's records use names something; a synonym is commoner.
NAMED_SHARE_MAX = 0.01


class Kind(StrEnum):
    """How a record and an earlier one are alike."""

    COPY = "copy"
    FACT = "fact"
    NEGATED = "negated"


@dataclass(frozen=True)
class Match:
    """A record (`row` of the others) that shares words: `similarity` as it counts, `raw` the plain soft Jaccard."""

    row: int
    kind: Kind
    similarity: float
    raw: float
    cosine: float
    removed: tuple[str, ...]
    added: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """In how many of `records` each token stands."""

    records: int
    counts: Mapping[str, int]

    def names(self, token: str) -> bool:
        """Whether a token is a number, a unit or rare enough to be a name."""
        if token[0].isdigit() or token in UNITS:
            return True
        return self.counts.get(token, 0) <= max(2.0, NAMED_SHARE_MAX * self.records)


def vocabulary_of(known: Known) -> Vocabulary:
    """The vocabulary of these records."""
    counts: dict[str, int] = {}
    for row in range(len(known)):
        for token in known.tokens(row):
            counts[token] = counts.get(token, 0) + 1
    return Vocabulary(len(known), counts)


def matches_of(
    subjects: Known,
    others: Known,
    proposed: list[NDArray[np.int64]],
    vocabulary: Vocabulary,
    *,
    vectors_at: Callable[[NDArray[np.int64]], NDArray[np.float32]] | None = None,
) -> tuple[tuple[Match, ...], ...]:
    """For each subject its closest matches among the proposed rows of `others`, the closest first.

    At most 5 of each sort: facts, copies and negation twins, of one's own or another contributor, under the same or
    another label. Otherwise the many of one sort (a template that all fill in) would hide the one of another that a
    check asks for.
    `vectors_at` gives the vectors of rows of `others` where those do not lie together.
    """
    vectors_at = vectors_at or (lambda rows: others.vectors[rows])
    slot: Callable[[str], bool] = (lambda _: True) if subjects.table else vocabulary.names
    found = []
    for row in range(len(subjects)):
        tokens = subjects.tokens(row)
        cosines = _cosines(subjects.vectors[row], vectors_at(proposed[row]), table=subjects.table)
        judged = []
        for other, cosine in zip(proposed[row].tolist(), cosines.tolist(), strict=True):
            twin = others.tokens(other)
            # Without a word on either side (signs alone) there is no overlap to count: only the same signs are a copy.
            if not tokens and not twin and subjects.canonical[row] != others.canonical[other]:
                continue
            judged.append(_judged(_Pair(subjects, row, others, other), cosine, slot))
        judged.sort(key=lambda match: (-match.similarity, match.kind is not Kind.COPY, -match.raw, match.row))
        found.append(tuple(_closest_of_each_sort(judged, subjects, row, others)))
    return tuple(found)


def _closest_of_each_sort(judged: list[Match], subjects: Known, row: int, others: Known) -> Iterator[Match]:
    kept: Counter[tuple[Kind, bool, bool]] = Counter()
    for match in judged:
        own = others.contributors[match.row] == subjects.contributors[row]
        same_label = others.labels[match.row] == subjects.labels[row]
        sort = (match.kind, own, same_label)
        if match.raw > 0 and kept[sort] < KEPT_MATCHES:
            kept[sort] += 1
            yield match


@dataclass(frozen=True)
class _Pair:
    """A subject and one of the others, in words."""

    subjects: Known
    subject: int
    others: Known
    other: int

    @cached_property
    def overlap(self) -> Overlap:
        return overlap(self.subjects.tokens(self.subject), self.others.tokens(self.other))

    @cached_property
    def sequences(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The tokens of both, in order."""
        texts = (self.subjects.canonical[self.subject], self.others.canonical[self.other])
        first, second = (record_tokens(text, table=self.subjects.table) for text in texts)
        return first, second

    @property
    def says_the_same(self) -> bool:
        """Whether both are the same words in the same order, accents and all: `ü` is no `u`."""
        first, second = self.sequences
        if first != second:
            return False
        return accents_of(self.subjects.texts[self.subject]) == accents_of(self.others.texts[self.other])

    def in_one_piece(self, side: int) -> float:
        """The share of one side (0 the subject, 1 the other) that stands in one piece of the other side."""
        return share_in_one_piece(self.sequences[side], self.sequences[1 - side])

    @cached_property
    def is_divided(self) -> bool:
        """Whether both are the same letters, only divided into other words."""
        if self.subjects.table or self.overlap.similarity > ALIKE_MAX:
            return False
        letters = self.subjects.letters(self.subject)
        if not letters or letters != self.others.letters(self.other):
            return False
        # 1.5 and 15 are the same digits and another dose.
        first, second = ([token for token in tokens if token[0].isdigit()] for tokens in self.sequences)
        return first == second

    def containment(self, cosine: float) -> float:
        """The share of the one that stands in the other, where that is more than chance; else 0.

        Eight words or more in one piece are no chance whatever stands around them; fewer, or scattered ones, only where
        the meaning is much the same.
        """
        found = 0.0
        sides = (
            (len(self.subjects.tokens(self.subject)), self.overlap.within, WITHIN_TOKENS_MIN),
            (len(self.others.tokens(self.other)), self.overlap.contained, CONTAINED_TOKENS_MIN),
        )
        for side, (size, share, size_min) in enumerate(sides):
            if size < size_min or share < CONTAINED_MIN:
                continue
            like_meaning = cosine >= CONTAINED_COSINE_MIN
            if not like_meaning and size < PIECE_TOKENS_MIN:
                continue
            if (size >= SCATTERED_TOKENS_MIN and like_meaning) or self.in_one_piece(side) >= CONTAINED_MIN:
                found = max(found, share)
        return min(found, PART_MAX)


def _judged(texts: _Pair, cosine: float, slot: Callable[[str], bool]) -> Match:
    pair = texts.overlap
    similarity = max(pair.similarity, texts.containment(cosine))
    if similarity > ALIKE_MAX and not texts.says_the_same:
        similarity = ALIKE_MAX
    added, removed = sorted(pair.only_first), sorted(pair.only_second)
    kind = Kind.COPY
    if texts.is_divided:
        return Match(texts.other, kind, ALIKE_MAX, pair.similarity, cosine, tuple(removed), tuple(added))
    # Substituted on both sides: with a one-sided guard, appending "2" or "not" would free every copy.
    if any(map(slot, added)) and any(map(slot, removed)):
        kind = Kind.FACT
    elif _negated(pair):
        kind = Kind.NEGATED
    return Match(texts.other, kind, similarity, pair.similarity, cosine, tuple(removed), tuple(added))


def _negated(pair: Overlap) -> bool:
    """Whether a negation on one side is all that sets two texts apart, but for one other word."""
    sides = bool(NEGATIONS & pair.only_first) != bool(NEGATIONS & pair.only_second)
    return sides and len((pair.only_first | pair.only_second) - NEGATIONS) <= 1


def _cosines(vector: NDArray[np.float32], others: NDArray[np.float32], *, table: bool) -> NDArray[np.float32]:
    if not len(others):
        return np.zeros(0, dtype=np.float32)
    if table:
        distances: NDArray[np.float32] = (1 - np.linalg.norm(others - vector, axis=1)).astype(np.float32)
        return distances
    return others @ vector


def proposed_rows(subjects: Known, earlier: Known, excluded: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """Rows of (earlier + subjects) that may be what each subject repeats: of the subjects only the lines before it.

    `excluded` (n,) marks subjects that are nobody's partner: rejected ones, of which nothing is taken.
    """
    near = earlier.index.nearest(subjects.vectors, PROPOSED_BY_VECTOR).rows
    before = nearest_before(subjects.vectors, PROPOSED_BY_VECTOR, euclidean=subjects.table).rows
    sketched = proposals(subjects.sketches, earlier.sketches)
    sketched_here = proposals(subjects.sketches, subjects.sketches)
    found = []
    for row in range(len(subjects)):
        same = earlier.rows_of_canonical.get(subjects.canonical[row], -1)
        same_here = subjects.rows_of_canonical[subjects.canonical[row]]
        here = np.concatenate([before[row], sketched_here[row], [same_here]])
        here = here[(here >= 0) & (here < row)]
        here = here[~excluded[here]] + len(earlier)
        there = np.concatenate([near[row], sketched[row], [same]])
        found.append(np.unique(np.concatenate([there[there >= 0], here])).astype(np.int64))
    return found
