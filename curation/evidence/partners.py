"""Whose records a contribution's records stand closest to in meaning: one earlier record each, and none taken twice."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from curation.evidence.chance import binomial_tail
from curation.evidence.evidence import Evidence
from curation.evidence.nearest import Nearest
from curation.finding import Floats

SEARCHED = 20
# Lines, and records of the other, within which one is said to follow another: a copier skips, drops and puts in.
STEP_MAX = 3

Rows = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Partners:
    """The closest earlier record of each subject that another contributor gave.

    `rows` (n,) into the earlier records, −1 for none or where that record is closer to another subject; `similarity`
    (n,) to it; `margin` (n,) how much closer it is than the next one of the same contributor.
    """

    rows: Rows
    similarity: Floats
    margin: Floats


@dataclass(frozen=True, kw_only=True)
class Order:
    """How the partners of a contribution's records follow one another in the file of their contributor.

    `forward` (n,) marks records with a partner just behind that of a line just before; `back` those with one just
    before it; `running` (n,) the forward ones and those that they follow. Within a topic whoever writes on their own
    goes back as often as forward, though both files be sorted by topic.
    """

    forward: NDArray[np.bool_]
    back: NDArray[np.bool_]
    running: NDArray[np.bool_]

    @cached_property
    def chance(self) -> float:
        """The probability of so many forward among all that follow, were either way as likely."""
        one_way = int((self.forward & ~self.back).sum())
        return binomial_tail(one_way, one_way + int((self.back & ~self.forward).sum()), 0.5)


def margins(near: Nearest, codes: Rows) -> Floats:
    """How much closer the first of `near` (n, k) is than the next one of its contributor, (n,).

    `codes` gives the contributor of each row. Where the next one was not found the last that was bounds it; without
    a neighbour 0. Paraphrase leaves the margin wide where it lowers the similarity to what is usual.
    """
    count, depth = near.rows.shape
    if depth == 0:
        return np.zeros(count)
    found = near.rows >= 0
    of_whom = np.where(found, codes[np.maximum(near.rows, 0)] if len(codes) else -1, -1)
    same = found & (of_whom == of_whom[:, :1])
    same[:, 0] = False
    last = np.maximum(found.sum(axis=1) - 1, 0)
    second = np.where(same.any(axis=1), same.argmax(axis=1), last)
    gap = near.similarity[:, 0] - np.take_along_axis(near.similarity, second[:, None], axis=1)[:, 0]
    return np.where(found[:, 0], gap, 0.0).astype(np.float64)


def margins_of_members(evidence: Evidence) -> Floats:
    """The same of subjects among the members of the reference, their own row left out, (n,)."""
    near = evidence.neighbours
    searched = Nearest(near.rows[:, :SEARCHED], near.similarity[:, :SEARCHED])
    return margins(searched, contributor_codes(evidence.reference.members.contributors))


def contributor_codes(contributors: tuple[str, ...]) -> Rows:
    """A number for each record's contributor, (n,)."""
    places: dict[str, int] = {}
    return np.array([places.setdefault(name, len(places)) for name in contributors], dtype=np.int64)


def partners_of(evidence: Evidence, codes: Rows, own: AbstractSet[int]) -> Partners:
    """The partners of all subjects among the earlier records, whose contributors are `codes`; `own` are not others."""
    near = evidence.earlier.index.nearest(evidence.subjects.vectors, SEARCHED)
    others = _without(near, codes, own)
    return Partners(
        rows=_each_once(others.rows[:, 0], others.similarity[:, 0]),
        similarity=others.similarity[:, 0].astype(np.float64),
        margin=margins(others, codes),
    )


def order_of(ranks: Rows) -> Order:
    """How partners at these places, (n,), −1 for none, follow one another."""
    forward, back, running = (np.zeros(len(ranks), dtype=np.bool_) for _ in range(3))
    for step in range(1, STEP_MAX + 1):
        ahead = ranks[step:] - ranks[:-step]
        both = (ranks[step:] >= 0) & (ranks[:-step] >= 0)
        follows = both & (ahead > 0) & (ahead <= STEP_MAX)
        forward[step:] |= follows
        running[step:] |= follows
        running[:-step] |= follows
        back[step:] |= both & (ahead < 0) & (ahead >= -STEP_MAX)
    return Order(forward=forward, back=back, running=running)


def _without(near: Nearest, codes: Rows, own: AbstractSet[int]) -> Nearest:
    """The neighbours that somebody else gave, moved to the front."""
    kept = (near.rows >= 0) & ~np.isin(codes[np.maximum(near.rows, 0)], list(own))
    order = np.argsort(~kept, axis=1, kind="stable")
    rows = np.take_along_axis(np.where(kept, near.rows, -1), order, axis=1)
    similarity = np.take_along_axis(np.where(kept, near.similarity, np.float32(-1.0)), order, axis=1)
    return Nearest(rows, similarity)


def _each_once(rows: Rows, similarity: NDArray[np.float32]) -> Rows:
    """The rows, each kept by the subject closest to it (the first of equals) and −1 for the others."""
    order = np.lexsort((np.arange(len(rows)), -similarity))
    order = order[rows[order] >= 0]
    _, first = np.unique(rows[order], return_index=True)
    kept = np.full(len(rows), -1, dtype=np.int64)
    kept[order[first]] = rows[order[first]]
    return kept
