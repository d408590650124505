"""Nearest neighbours among unit vectors; the only module that knows faiss.

Similarity is the cosine for unit vectors, and one minus the Euclidean distance for rows of a table; one minus the
similarity is a distance either way.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK_ROWS = 1024
# Rows whose neighbours are gathered at once: 128 × 50 × 384 floats are 10 MB.
GATHERED_ROWS = 128

# Above this an exact scan no longer pays: measured, 100k in .31 s for 1,000 queries, a million in 3.2 s and 1.5 GB.
EXACT_MAX = 200_000

# Lower than any similarity of two rows.
ABSENT = np.float32(-1e9)


@dataclass(frozen=True)
class Nearest:
    """For each query the `k` nearest: `rows` (n, k) int64, −1 where there are fewer; `similarity` (n, k), falling."""

    rows: NDArray[np.int64]
    similarity: NDArray[np.float32]


@dataclass(frozen=True)
class VectorIndex:
    """An index over (n, d) vectors, built when first asked. It is a cache and never read from a file.

    Up to `scanned_max` vectors are scanned exactly, more are searched by lists. An index that is asked only once costs
    more than it saves, however many there are.
    """

    vectors: NDArray[np.float32]
    euclidean: bool = False
    scanned_max: int = EXACT_MAX

    def nearest(self, queries: NDArray[np.float32], k: int, own: NDArray[np.int64] | None = None) -> Nearest:
        """The k nearest of each query; `own[i]` (or −1) is the row that is query i itself and is left out."""
        wanted = k + (0 if own is None else 1)
        found = min(wanted, len(self.vectors))
        rows = np.full((len(queries), wanted), -1, dtype=np.int64)
        similarity = np.full((len(queries), wanted), -1.0, dtype=np.float32)
        if found and len(queries):
            rows[:, :found] = self._search(np.ascontiguousarray(queries), found)[1]
            rows, similarity = self.exactly(queries, rows)
        if own is None:
            return Nearest(rows, similarity)
        return _without_own(rows, similarity, own, k)

    def exactly(
        self, queries: NDArray[np.float32], rows: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The similarities of given rows (−1: none) computed one by one, and the rows sorted by them, each (n, k).

        faiss computes many queries at once in another order than a few, and the last bits differ; a record's neighbours
        must not depend on its company, least of all where many rows of a table are equally far away.
        """
        similarity = np.full(rows.shape, -1.0, dtype=np.float32)
        for start in range(0, len(queries), GATHERED_ROWS):
            part = slice(start, start + GATHERED_ROWS)
            found = rows[part]
            gathered = self.vectors[np.maximum(found, 0)]
            if self.euclidean:
                values = 1 - np.sqrt(((gathered - queries[part, None, :]) ** 2).sum(axis=2))
            else:
                values = (gathered * queries[part, None, :]).sum(axis=2)
            # Where there are fewer rows than asked for; two rows of a table may well be less alike than −1.
            values[found < 0] = ABSENT
            order = np.lexsort((found, -values), axis=1)
            rows[part] = np.take_along_axis(found, order, axis=1)
            similarity[part] = np.take_along_axis(values, order, axis=1)
        similarity[rows < 0] = -1.0
        return rows, similarity

    def _search(self, queries: NDArray[np.float32], k: int) -> Any:
        import faiss  # noqa: PLC0415  (kept out of start-up: only a check that compares needs it)

        if self.euclidean or len(self.vectors) <= self.scanned_max:
            # Scans the vectors where they lie: an index would be a copy of them.
            metric = faiss.METRIC_L2 if self.euclidean else faiss.METRIC_INNER_PRODUCT
            return faiss.knn(queries, np.ascontiguousarray(self.vectors), k, metric=metric)
        return self._index.search(queries, k)

    @cached_property
    def _index(self) -> Any:
        import faiss  # noqa: PLC0415  (as above)

        count, dimensions = self.vectors.shape
        lists = int(4 * np.sqrt(count))
        index: Any = faiss.index_factory(dimensions, f"IVF{lists},SQ8", faiss.METRIC_INNER_PRODUCT)
        index.cp.seed = 1
        index.train(self.vectors[:: max(1, count // (lists * 40))])
        index.nprobe = 32
        index.add(np.ascontiguousarray(self.vectors))
        return index


def _without_own(rows: NDArray[np.int64], similarity: NDArray[np.float32], own: NDArray[np.int64], k: int) -> Nearest:
    is_own = (rows == own[:, None]) & (own >= 0)[:, None]
    # A row that was not found among the k+1 drops its last neighbour, so that every query keeps k.
    is_own[~is_own.any(axis=1), -1] = True
    keep = ~is_own
    return Nearest(rows[keep].reshape(len(rows), k), similarity[keep].reshape(len(rows), k))


def nearest_before(vectors: NDArray[np.float32], k: int, *, euclidean: bool = False) -> Nearest:
    """For each row its k nearest among the rows before it: what a file repeats of itself. Exact, in blocks."""
    count = len(vectors)
    rows = np.full((count, k), -1, dtype=np.int64)
    similarity = np.full((count, k), -1.0, dtype=np.float32)
    for start in range(0, count, BLOCK_ROWS):
        part = slice(start, start + BLOCK_ROWS)
        # 1. Rows before the block are the same for all of it, so one scan finds the nearest among them.
        there = VectorIndex(vectors[:start], euclidean=euclidean, scanned_max=start).nearest(vectors[part], k)
        # 2. Within the block every row has others before it.
        here = _within(vectors[part], k, euclidean=euclidean)
        found = np.hstack([there.rows, np.where(here.rows >= 0, here.rows + start, -1)])
        values = np.where(found >= 0, np.hstack([there.similarity, here.similarity]), ABSENT)
        order = np.lexsort((found, -values), axis=1)[:, :k]
        rows[part] = np.take_along_axis(found, order, axis=1)
        similarity[part] = np.take_along_axis(values, order, axis=1)
    similarity[rows < 0] = -1.0
    return Nearest(rows, similarity)


def _within(block: NDArray[np.float32], k: int, *, euclidean: bool) -> Nearest:
    """As `nearest_before`, of one block."""
    products = block @ block.T
    if euclidean:
        squares = (block**2).sum(axis=1)
        products = 1 - np.sqrt(np.maximum(squares[:, None] + squares[None, :] - 2 * products, 0))
    count = len(block)
    products[np.arange(count)[:, None] <= np.arange(count)[None, :]] = ABSENT
    depth = min(k, count)
    found = np.argpartition(-products, depth - 1, axis=1)[:, :depth]
    found = np.where(np.take_along_axis(products, found, axis=1) > ABSENT, found, -1)
    rows, values = VectorIndex(block, euclidean=euclidean).exactly(block, found.astype(np.int64))
    absent = np.full((count, k - depth), -1, dtype=np.int64)
    return Nearest(np.hstack([rows, absent]), np.hstack([values, absent.astype(np.float32)]))
