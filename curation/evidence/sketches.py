"""MinHash sketches of token sets, which propose texts that share words; the only module that knows rensa.

Sketches of stored records are kept, so that a check against 10,000 of them tokenises none of them again.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

PERMUTATIONS = 64
ROWS_PER_BAND = 4
SEED = 42

# A phrase that half a datanet shares would propose half the datanet; such bands say nothing about copying.
BAND_MEMBERS_MAX = 64

_MIX = np.uint64(0x9E3779B97F4A7C15)


def sketches_of(token_sets: Sequence[Sequence[str]]) -> NDArray[np.uint32]:
    """Sketches, (n, 64), of token sets."""
    from rensa import RMinHash  # noqa: PLC0415  (only a check that compares needs it)

    if not token_sets:
        return np.zeros((0, PERMUTATIONS), dtype=np.uint32)
    digests = RMinHash.digests_from_token_sets([list(tokens) for tokens in token_sets], PERMUTATIONS, SEED)
    return np.asarray(digests, dtype=np.uint32).reshape(len(token_sets), PERMUTATIONS)


def proposals(queries: NDArray[np.uint32], known: NDArray[np.uint32]) -> list[NDArray[np.int64]]:
    """For each query the rows of `known` (m, 64) that share at least one band of four hashes, in rising order.

    Jaccard .6 is proposed with probability .89, .7 with .99 (16 bands of 4); vectors propose most of the rest.
    """
    found: list[list[NDArray[np.int64]]] = [[] for _ in range(len(queries))]
    if not len(known):
        return [np.zeros(0, dtype=np.int64)] * len(queries)
    known_bands, query_bands = _bands(known), _bands(queries)
    for band in range(PERMUTATIONS // ROWS_PER_BAND):
        order = np.argsort(known_bands[:, band], kind="stable")
        keys = known_bands[order, band]
        first = np.searchsorted(keys, query_bands[:, band], side="left")
        last = np.searchsorted(keys, query_bands[:, band], side="right")
        for row in np.flatnonzero((last > first) & (last - first <= BAND_MEMBERS_MAX)):
            found[row].append(order[first[row] : last[row]])
    empty = np.zeros(0, dtype=np.int64)
    return [np.unique(np.concatenate(rows)) if rows else empty for rows in found]


def _bands(sketches: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """One 64-bit key per band, (n, 16)."""
    keys = np.zeros((len(sketches), PERMUTATIONS // ROWS_PER_BAND), dtype=np.uint64)
    for place in range(ROWS_PER_BAND):
        keys = (keys ^ sketches[:, place::ROWS_PER_BAND].astype(np.uint64)) * _MIX
        keys ^= keys >> np.uint64(29)
    return keys
