"""Shares as integers, rounded once: everything that money rests on afterwards is whole numbers."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from curation.errors import EngineFailed
from curation.finding import Floats

# The largest share of an answer; the others in proportion.
LARGEST: Final = 10**9


def quantised(rows: NDArray[np.int64], values: Floats) -> tuple[tuple[int, int], ...]:
    """Pairs of row and amount, the largest amount first and of equal ones the earlier row.

    Scaled so that the largest value becomes 10**9, rounded half to even; what is not above zero then is dropped. Raises
    `EngineFailed` for a value that is not finite: no money follows from that.
    """
    if not np.isfinite(values).all():
        raise EngineFailed("attribution gave a number that is not finite")
    largest = values.max(initial=0.0)
    if largest <= 0.0:
        return ()
    amounts = np.rint(np.maximum(values, 0.0) / largest * LARGEST).astype(np.int64)
    found = zip(rows.tolist(), amounts.tolist(), strict=True)
    return tuple(sorted(((row, amount) for row, amount in found if amount > 0), key=lambda one: (-one[1], one[0])))
