"""How sure a figure of few records is: 95 % intervals, in millionths, the same for the same records."""

from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np

from curation.finding import Floats

SEED: Final = 20261123
RESAMPLES: Final = 2000
MILLION: Final = 1_000_000

# The normal law's 97.5 % point.
_NORMAL: Final = 1.959963984540054


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A value and the ends of its 95 % interval, in millionths."""

    value: int
    low: int
    high: int

    def told(self) -> dict[str, int]:
        """Plain values for JSON."""
        return {"value": self.value, "low": self.low, "high": self.high}


def share_of(hits: int, size: int) -> Interval:
    """The share `hits`/`size` with its score interval (Wilson 1927), which never leaves 0..1; `size` > 0."""
    share, square = hits / size, _NORMAL**2
    middle = (share + square / (2 * size)) / (1 + square / size)
    half = _NORMAL / (1 + square / size) * sqrt(share * (1 - share) / size + square / (4 * size**2))
    return Interval(value=_millionths(share), low=_millionths(max(0.0, middle - half)), high=_millionths(middle + half))


def mean_of(values: Floats) -> Interval:
    """The mean of `values` (n,), n > 0, with a percentile interval over 2,000 seeded resamples (Efron 1979).

    Of differences between two figures for the same records it is the paired interval.
    """
    chance = np.random.default_rng(SEED)
    means = [values[chance.integers(len(values), size=len(values))].mean() for _ in range(RESAMPLES)]
    low, high = np.quantile(means, (0.025, 0.975))
    return Interval(value=_millionths(float(values.mean())), low=_millionths(float(low)), high=_millionths(float(high)))


def _millionths(value: float) -> int:
    return round(value * MILLION)
