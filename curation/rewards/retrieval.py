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

# How many times as many records as are shown are looked at, as copies are passed over.
LOOKED_AT = 4


@dataclass(frozen=True, kw_only=True)
class Retrieval:
    """Of n records: `vectors` (n, d), unit or features of a `table`, and `rows` (n,), how their owner numbers them."""

    rows: NDArray[np.int64]
    vectors: NDArray[np.float32]
    table: bool
    novelty: Floats

    @cached_property
    def _index(self) -> VectorIndex:
        return VectorIndex(self.vectors, euclidean=self.table)

    def nearest(self, query: NDArray[np.float32], count: int) -> tuple[NDArray[np.int64], Floats]:
        """The `rows` of the `count` nearest records and their similarity, nearest first, each (≤ count,).

        The cosine for texts, below zero where it is. For rows of a table `1 / (1 + distance)`: one minus the distance
        would be nothing for most of them, since honest rows of ten columns lie several spreads apart.
        """
        near = self._index.nearest(query[None, :], count * LOOKED_AT)
        found = near.rows[0] >= 0
        similarity = near.similarity[0, found].astype(np.float64)
        if self.table:
            # The index gives one minus the distance.
            similarity = 1.0 / (2.0 - similarity)
        places = near.rows[0, found]
        # Similarity times novelty chooses, or copies of one record could fill all the places.
        chosen = np.sort(np.lexsort((self.rows[places], -similarity * self.novelty[places]))[:count])
        return self.rows[places[chosen]], similarity[chosen]
