"""Does a response belong to its prompt: the pair beside the reference's pairs, told from the same ones shuffled.

A record's vector is its prompt's beside its response's, each a unit vector, over √2: so the inner product of two
records is the mean of both cosines, and both halves can be had back. What tells true pairs from shuffled ones is
fitted with the reference, on shuffles that are hard as well: the response of a prompt nearby.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from curation.evidence.heads import FOLDS, INVERSE_REGULARISATION, Heads, fit_heads, folds_of
from curation.evidence.nearest import VectorIndex
from curation.finding import Floats

Vectors: TypeAlias = NDArray[np.float32]
Rows: TypeAlias = NDArray[np.int64]

# Neighbours asked on each side. Of fewer pairs than twice that, ten are no neighbourhood.
NEAR: Final = 10
PAIRS_MIN: Final = 20

# A hard shuffle takes the response of the 5th to 50th prompt nearby: a nearer one may ask the very same.
HARD_FROM, HARD_TO = 5, 50
# From this cosine on two responses, or two prompts, say the same: exchanging them makes no wrong pair.
SAME_FROM: Final = 0.98

# How much more a neighbour .1 nearer counts: e times.
SHARPNESS: Final = 10.0

# The inverse of the ridge, on features of spread 1. Strong as that ridge is: on 20 to 100 medical questions honest
# records kept .95 to 1.00 of their credit so, and .90 to .95 with a hundredth of it.
STRENGTH: Final = 0.1

# Rows whose neighbours are gathered at once: 256 × 10 × 384 floats are 4 MB.
GATHERED_ROWS: Final = 256

CLASSES: Final = ("shuffled", "together")


def joined_halves(prompts: Vectors, responses: Vectors) -> Vectors:
    """The vectors of pairs, (n, 2d) of unit length, of the unit vectors of their halves, each (n, d)."""
    return np.hstack([prompts, responses]) * np.float32(np.sqrt(0.5))


def halves(vectors: Vectors) -> tuple[Vectors, Vectors]:
    """The unit vectors of prompts and of responses, each (n, d), of the vectors of pairs."""
    middle = vectors.shape[1] // 2
    scale = np.float32(np.sqrt(2.0))
    return vectors[:, :middle] * scale, vectors[:, middle:] * scale


@dataclass(frozen=True)
class Near:
    """The members nearest to one side of some pairs: `rows` (n, k) and their `similarity` (n, k), falling."""

    rows: Rows
    similarity: Vectors

    def without(self, *excluded: Rows) -> "Near":
        """The first `NEAR` of each that are none of the `excluded` rows, each (n,)."""
        gone = np.any([self.rows == rows[:, None] for rows in excluded], axis=0)
        kept = np.argsort(gone, axis=1, kind="stable")[:, :NEAR]
        return Near(np.take_along_axis(self.rows, kept, axis=1), np.take_along_axis(self.similarity, kept, axis=1))

    def taken(self, rows: Rows) -> "Near":
        """Those of these pairs."""
        return Near(self.rows[rows], self.similarity[rows])


@dataclass(frozen=True, kw_only=True)
class Around:
    """What lies around both sides of n pairs: around the prompt and around the response, on its own side and across."""

    prompts: Near
    responses_of_prompt: Near
    responses: Near
    prompts_of_response: Near


@dataclass(frozen=True)
class PairIndex:
    """The pairs of a reference by both halves, each (n, d)."""

    prompts: Vectors
    responses: Vectors

    @cached_property
    def _by_prompt(self) -> VectorIndex:
        return VectorIndex(self.prompts)

    @cached_property
    def _by_response(self) -> VectorIndex:
        return VectorIndex(self.responses)

    def around(self, prompts: Vectors, responses: Vectors, k: int) -> Around:
        """The k members nearest to each prompt and each response, on either side."""
        sides = ((self._by_prompt, prompts), (self._by_response, prompts))
        across = ((self._by_response, responses), (self._by_prompt, responses))
        near = [index.nearest(asked, k) for index, asked in (*sides, *across)]
        one, two, three, four = (Near(found.rows, found.similarity) for found in near)
        return Around(prompts=one, responses_of_prompt=two, responses=three, prompts_of_response=four)

    def features(self, prompts: Vectors, responses: Vectors, around: Around) -> Floats:
        """What a pair is judged by, (n, 9): are its halves alike, what do its neighbours say, and how near are they."""
        parts = [
            np.column_stack(_features(self, prompts[part], responses[part], around, part))
            for part in _blocks(len(prompts))
        ]
        return np.vstack(parts) if parts else np.zeros((0, 9))


def _blocks(count: int) -> Iterator[slice]:
    return (slice(start, min(start + GATHERED_ROWS, count)) for start in range(0, count, GATHERED_ROWS))


def _features(index: PairIndex, prompts: Vectors, responses: Vectors, around: Around, part: slice) -> list[Floats]:
    cosine = (prompts * responses).sum(axis=1).astype(np.float64)
    found = [cosine]
    # 1. Do those who ask alike answer alike, and do those who answer alike ask alike?
    for near, others, own in (
        (around.prompts, index.responses, responses),
        (around.responses, index.prompts, prompts),
    ):
        agreement = (others[near.rows[part]] * own[:, None, :]).sum(axis=2).astype(np.float64)
        similarity = near.similarity[part].astype(np.float64)
        share = np.exp(SHARPNESS * (similarity - similarity[:, :1]))
        found += [agreement.max(axis=1), (share * agreement).sum(axis=1) / share.sum(axis=1)]
        found.append(similarity[:, 0])
    # 2. Would another response fit this prompt better, or another prompt this response? Two crowded places are alike
    #    whatever they say (Conneau et al. 2018, "Word translation without parallel data", section 2.3).
    found += [
        cosine - near.similarity[part].astype(np.float64).mean(axis=1)
        for near in (around.responses_of_prompt, around.prompts_of_response)
    ]
    return found


@dataclass(frozen=True)
class PairFit:
    """Heads on the features of pairs, and the members' cross-fitted log-odds of belonging together, (n,)."""

    heads: Heads
    odds: Floats


def log_odds(heads: Heads, index: PairIndex, vectors: Vectors) -> Floats:
    """Log-odds that the halves of each vector belong together rather than being shuffled, one for one, (n,)."""
    prompts, responses = halves(vectors)
    around = index.around(prompts, responses, NEAR)
    return _odds(heads.logits(index.features(prompts, responses, around).astype(np.float32)))


def _odds(logits: Floats) -> Floats:
    odds: Floats = logits[:, 1] - logits[:, 0]
    return odds


def fit_pairs(index: PairIndex, digests: Sequence[str]) -> PairFit | None:
    """What tells the members' pairs from shuffled ones; None where they are too few, or all say the same.

    Each pair is seen without its own halves, and a shuffled one without either member that it was made of: or a
    response would be known by its own prompt.
    """
    count = len(digests)
    if count < PAIRS_MIN:
        return None
    own = np.arange(count)
    asked, answered = _shuffles(index, digests)
    if len(asked) < PAIRS_MIN:
        return None
    around = index.around(index.prompts, index.responses, NEAR + 2)
    true = _features_of(index, around, own, own)
    # Each shuffled pair beside the true one of its prompt: as many of both sorts, and none of them by its prompt alone.
    examples = np.vstack([true[asked], _features_of(index, around, asked, answered)])
    middle, spread = examples.mean(axis=0), examples.std(axis=0)
    scale = np.where(spread > 0, spread, 1.0) * np.sqrt(INVERSE_REGULARISATION / STRENGTH)
    scaled = ((examples - middle) / scale).astype(np.float32)
    labels = np.repeat(np.array(CLASSES, dtype=object)[::-1], len(asked))
    folds = folds_of(list(digests))
    odds = np.zeros(count)
    for fold in range(FOLDS):
        seen, held_out = np.tile(folds[asked] != fold, 2), folds == fold
        heads = fit_heads(scaled[seen], labels[seen], CLASSES)
        odds[held_out] = _odds(heads.logits(((true[held_out] - middle) / scale).astype(np.float32)))
    heads = fit_heads(scaled, labels, CLASSES)
    coefficients = heads.coefficients / scale
    return PairFit(Heads(CLASSES, coefficients, heads.intercepts - coefficients @ middle), odds)


def _shuffles(index: PairIndex, digests: Sequence[str]) -> tuple[Rows, Rows]:
    """Whose prompt and whose response: of each member's prompt one from anywhere and one nearby, seeded by content."""
    count = len(digests)
    own = np.arange(count)
    drawn = np.array([int(one[8:16], 16) for one in digests], dtype=np.int64)
    anyone = (own + 1 + drawn % (count - 1)) % count
    near = VectorIndex(index.prompts).nearest(index.prompts, min(HARD_TO, count - 1), own).rows
    nearby = near[own, HARD_FROM - 1 + drawn % (near.shape[1] - HARD_FROM + 1)]
    asked, answered = np.concatenate([own, own]), np.concatenate([anyone, nearby])
    alike = [(half[asked] * half[answered]).sum(axis=1) for half in (index.prompts, index.responses)]
    wrong = np.maximum(*alike) < SAME_FROM
    return asked[wrong], answered[wrong]


def _features_of(index: PairIndex, around: Around, asked: Rows, answered: Rows) -> Floats:
    """The features of pairs made of members' halves, seen without those members."""
    return index.features(
        index.prompts[asked],
        index.responses[answered],
        Around(
            prompts=around.prompts.taken(asked).without(asked, answered),
            responses_of_prompt=around.responses_of_prompt.taken(asked).without(asked, answered),
            responses=around.responses.taken(answered).without(asked, answered),
            prompts_of_response=around.prompts_of_response.taken(answered).without(asked, answered),
        ),
    )
