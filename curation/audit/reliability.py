"""Whether a weight of .8 means that eight in ten are good: the reliability curve and the calibration error."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from curation.audit.asked import Asked
from curation.audit.drawn import Drawn, drawn, share_of
from curation.audit.figure import Figure, Part, counted, percent, told
from curation.finding import Floats

SEED: Final = 20261128
RESAMPLES: Final = 1000
# With fewer an error is more chance than anything else.
AUDITS_MIN: Final = 50
BINS_MAX: Final = 10
# A bin of fewer records says nothing of a share.
BIN_MIN: Final = 10


def bins_of(weight: Floats) -> list[NDArray[np.int64]]:
    """The places of n weights, in rising order, in up to ten parts of about equal size; n > 0.

    Equal weights stay together, so that the order of the records is nothing: parts can be larger than others, or fewer.
    """
    order = np.argsort(weight, kind="stable")
    rising, wanted = weight[order], min(BINS_MAX, max(1, len(order) // BIN_MIN))
    cuts = np.searchsorted(rising, rising[np.arange(1, wanted) * len(order) // wanted], side="left")
    return [part for part in np.split(order, np.unique(cuts)) if len(part)]


def calibration_error(weight: Floats, good: Floats, counts: Floats) -> float:
    """The expected calibration error of n audited records, n > 0: Σ share of the bin · |mean weight − share good|.

    Naeini, Cooper and Hauskrecht (2015), in bins of about equal size, each record counted by `counts`.
    """
    total = float(counts.sum())
    return sum(abs(float(counts[part] @ (weight[part] - good[part]))) for part in bins_of(weight)) / total


def error_interval(weight: Floats, good: Floats, counts: Floats) -> tuple[float, float, float]:
    """The error with what chance adds to it taken off, and its 95 % ends by 1,000 seeded resamples; n > 0.

    In small bins chance alone puts shares beside the weights, so the plain error is too large. Resampling adds as much
    again, which says how much: twice the plain error less the resampled ones (the basic bootstrap; Davison and Hinkley
    1997, section 5.2), never below 0.
    """
    plain = calibration_error(weight, good, counts)
    chance = np.random.default_rng(SEED)
    again = []
    for _ in range(RESAMPLES):
        rows = chance.integers(len(weight), size=len(weight))
        again.append(calibration_error(weight[rows], good[rows], counts[rows]))
    most, middle, low = np.quantile(again, (0.025, 0.5, 0.975)).tolist()
    ends = [min(max(2 * plain - one, 0.0), 1.0) for one in (middle, low, most)]
    return ends[0], min(ends[0], ends[1]), max(ends[0], ends[2])


def reliability(asked: Asked) -> Figure:
    """The calibration error of the weight, and the curve that it sums up."""
    audited = drawn(asked)
    enough = len(audited) >= AUDITS_MIN
    good = audited.good.astype(np.float64)
    value, low, high = error_interval(audited.weight, good, audited.counts) if enough else (None, None, None)
    return Figure(
        name="calibration",
        title="Calibration of the weight",
        says=_says(len(audited), value, low, high),
        definition="The mean distance between weight and share good, over records in bins of like weight (expected "
        "calibration error). Parts: each bin's mean weight and its share good: where both agree, a weight is a "
        "probability.",
        method="Random audits, each counted by its inverse probability (Horvitz and Thompson 1952); the weight is that "
        "of the inspection. Bins of about equal size; error by the basic bootstrap of 1,000 seeded resamples (Davison "
        "and Hinkley 1997); shares by Clopper and Pearson at the effective size (Korn and Graubard 1998).",
        unit="difference of shares",
        value=told(value),
        low=told(low),
        high=told(high),
        counted=len(audited),
        by=("bin", "measure"),
        parts=tuple(_curve(audited)),
    )


def _says(audits: int, value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        wanted = f"{AUDITS_MIN} wanted"
        return f"How well weights are calibrated {counted(audits, 'decided random audit')} cannot tell: {wanted}."
    return (
        f"Weights are off by {percent(value, 1)} on average: between {percent(low, 1)} and {percent(high, 1)}, "
        f"by {counted(audits, 'audit')}."
    )


def _curve(audited: Drawn) -> Iterator[Part]:
    for number, places in enumerate(bins_of(audited.weight), start=1) if len(audited) >= BIN_MIN else ():
        part = audited.taken(places)
        mean = float(part.counts @ part.weight / part.counts.sum())
        value, low, high = share_of(part.good, part.counts)
        yield Part(of=(str(number), "mean weight"), value=told(mean), counted=len(part))
        yield Part(of=(str(number), "share good"), value=told(value), low=told(low), high=told(high), counted=len(part))
