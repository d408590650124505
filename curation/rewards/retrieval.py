"""What an answer rests on where nothing is predicted: the records nearest to the question, by their similarity.

Each has its share of the similarity, and that is all it says. It is no cause: nothing was trained, and without the
record the next one would have been shown.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from curation.evidence.nearest import VectorIndex
from curation.finding import Floats


@dataclass(frozen=True, kw_only=True)
class Retrieval:
    """Of n records: `vectors` (n, d), unit or features of a `table`, and `rows` (n,), how their owner numbers them."""

    rows: NDArray[np.int64]
    vectors: NDArray[np.float32]
    table: bool

    @cached_property
    def _index(self) -> VectorIndex:
        return VectorIndex(self.vectors, euclidean=self.table)

    def nearest(self, query: NDArray[np.float32], count: int) -> tuple[NDArray[np.int64], Floats]:
        """The `rows` of the `count` nearest records and their similarity, nearest first, each (≤ count,).

        The cosine for texts, below zero where it is. For rows of a table `1 / (1 + distance)`: one minus the distance
        would be nothing for most of them, since honest rows of ten columns lie several spreads apart.
        """
        near = self._index.nearest(query[None, :], count)
        found = near.rows[0] >= 0
        similarity = near.similarity[0, found].astype(np.float64)
        if self.table:
            # The index gives one minus the distance.
            similarity = 1.0 / (2.0 - similarity)
        return self.rows[near.rows[0, found]], similarity
