"""What each record did to an answer: how far the predicted class's logit would fall without it, per unit of weight.

Approximate leave-one-out (Cook and Weisberg 1982; for logistic regression Pregibon 1981): one Newton step from the
optimum of all records towards that of all but one. For class k with `H_k = Σ s·p(1 − p)·xxᵀ + λI`, record i with
training weight s_i moves the logit of a query z by `s_i` times

    zᵀ H_k⁻¹ x_i · (y_i − p_i) / (1 − s_i·h_i),   h_i = p_i(1 − p_i)·x_iᵀ H_k⁻¹ x_i

The product is what one unit of weight does, and that is what is given here: the weight itself enters the payout by the
formula, and would count twice. All x have a constant one as their last number, z too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from curation.errors import EngineFailed
from curation.finding import Floats
from curation.rewards.one_vs_rest import OneVsRest, probabilities, residuals

# 4,096 × 385 float64 are 13 MB.
BLOCK_ROWS: Final = 4096
# The scan of all records is in float32; its best and so many more are computed again in float64.
SPARE: Final = 64

Rows: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Influence:
    """Of n records: `vectors` (n, d) float32 without the constant, and `rows` (n,), how their owner numbers them.

    `inverses` (C, d + 1, d + 1) are the `H_k⁻¹`, `pulls` (C, n) the `(y − p)/(1 − s·h)`,
    `novelty` (n,) how new each record is.
    """

    rows: Rows
    vectors: NDArray[np.float32]
    inverses: Floats
    pulls: Floats
    novelty: Floats

    def effects(self, query: NDArray[np.float32], place: int) -> Floats:
        """What one unit of weight of each record does to the logit of the class at `place`, (n,); to about 1e-6."""
        return self._scanned(self._direction(query, place), place)

    def strongest(self, query: NDArray[np.float32], place: int, kept: int) -> tuple[Rows, Floats]:
        """The `rows` of the `kept` records that count most, and their effects, each (≤ kept,).

        What counts is the positive effect times novelty, falling, ties to the earlier row: or copies of one record
        could fill all the places.
        """
        direction = self._direction(query, place)
        scanned = self._scanned(direction, place) * self.novelty
        likely = np.arange(len(scanned))
        if len(likely) > kept + SPARE:
            likely = np.sort(np.argpartition(-scanned, kept + SPARE)[: kept + SPARE])
        exact = self.vectors[likely].astype(np.float64) @ direction[:-1] + direction[-1]
        effects = exact * self.pulls[place, likely]
        rows = self.rows[likely]
        chosen = np.lexsort((rows, -effects * self.novelty[likely]))[:kept]
        chosen = chosen[effects[chosen] > 0]
        return rows[chosen], effects[chosen]

    def _scanned(self, direction: Floats, place: int) -> Floats:
        found: Floats = (self.vectors @ direction[:-1].astype(np.float32) + direction[-1]) * self.pulls[place]
        return found

    def _direction(self, query: NDArray[np.float32], place: int) -> Floats:
        """`H_k⁻¹ z`, (d + 1,)."""
        direction: Floats = self.inverses[place] @ np.append(query.astype(np.float64), 1.0)
        return direction


def influence_of(  # noqa: PLR0913, PLR0917  (what a record is to a fitted model)
    fitted: OneVsRest,
    vectors: NDArray[np.float32],
    codes: Rows,
    weights: Floats,
    rows: Rows | None = None,
    novelty: Floats | None = None,
) -> Influence:
    """The influence of the records that `fitted` was fitted on: `codes` (n,) their classes, `weights` (n,) theirs.

    `rows` (n,) are their numbers, by default in order; `novelty` (n,) how new each is, by default wholly.

    Takes `2·C·n·d²` multiplications in float64, and beside the result one block of rows. Raises `EngineFailed` when a
    curvature cannot be inverted, which a ridge above zero rules out but for damaged vectors.
    """
    count, size = len(fitted.classes), vectors.shape[1] + 1
    pulls = np.ascontiguousarray(residuals(fitted, vectors, codes).T)
    curvatures = np.zeros((count, size, size))
    for part, block in _blocks(vectors):
        for place, spread in enumerate(_spreads(fitted, block)):
            curvatures[place] += (block * (spread * weights[part])[:, None]).T @ block
    inverses = np.stack([_inverse(one + fitted.ridge * np.eye(size)) for one in curvatures])
    for part, block in _blocks(vectors):
        for place, spread in enumerate(_spreads(fitted, block)):
            leverages = spread * np.einsum("ij,ij->i", block @ inverses[place], block)
            pulls[place, part] /= 1.0 - weights[part] * leverages
    numbers = np.arange(len(vectors)) if rows is None else rows
    fresh = np.ones(len(vectors)) if novelty is None else novelty
    return Influence(rows=numbers, vectors=vectors, inverses=inverses, pulls=pulls, novelty=fresh)


def _blocks(vectors: NDArray[np.float32]) -> Iterator[tuple[slice, Floats]]:
    """The rows in float64 with the constant behind them, some thousand at a time, and where they stand."""
    for start in range(0, len(vectors), BLOCK_ROWS):
        part = slice(start, min(start + BLOCK_ROWS, len(vectors)))
        rows = np.ones((part.stop - start, vectors.shape[1] + 1))
        rows[:, :-1] = vectors[part]
        yield part, rows


def _spreads(fitted: OneVsRest, rows: Floats) -> Floats:
    """`p(1 − p)` of each class and row, (C, m)."""
    shares = probabilities(fitted.coefficients @ rows.T)
    return shares * (1.0 - shares)


def _inverse(curvature: Floats) -> Floats:
    """The inverse of a symmetric positive matrix through its Cholesky factor, symmetric to the last bit."""
    from scipy.linalg import LinAlgError, cho_factor, cho_solve  # noqa: PLC0415  (only training needs it)

    try:
        found = cho_solve(cho_factor(curvature, lower=True), np.eye(len(curvature)))
    except (LinAlgError, ValueError):
        raise EngineFailed("training failed: the curvature of a head cannot be inverted") from None
    symmetric: Floats = (found + found.T) / 2
    return symmetric
