"""Whether a weight of .8 means that eight in ten are good: the reliability curve and the calibration error.

How records lie over the weights is known of all of them; only what is good is known of audited ones alone. So the bins,
their shares and their mean weights are counted, and in each bin only the share of good ones is estimated.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from curation.audit.asked import Asked
from curation.audit.drawn import Drawn, drawn, share_of, worth
from curation.audit.figure import Figure, Part, counted, percent, told
from curation.finding import Floats

# With fewer an error is more chance than anything else.
AUDITS_MIN: Final = 50
BINS_MAX: Final = 10
# A bin with fewer audits than this, on average, says nothing of a share.
AUDITS_PER_BIN: Final = 10


@dataclass(frozen=True)
class Bin:
    """Records of like weight: their share of all, their mean weight, and the (n,) audited ones among them."""

    share: float
    mean: float
    good: NDArray[np.bool_]
    counts: Floats


def bins_wanted(audits: int) -> int:
    """How many bins so many audits can fill: one to ten."""
    return min(BINS_MAX, max(1, audits // AUDITS_PER_BIN))


def error_of(bins: Sequence[Bin]) -> tuple[float, float, float]:
    """The calibration error Σ share·|mean weight − share good|, and its 95 % ends; at least one bin has audits.

    Chance puts the shares of few audits beside the weights they really have, so from each squared distance what chance
    adds to it is taken off (Kumar, Liang and Ma 2019). The upper end adds up, as independent, how far each bin's
    interval lets its distance grow (Zou and Donner 2008); the lower end takes each distance to the nearest end. Of a
    bin without an audit nothing is known: it counts as the others, and in the ends as anything.
    """
    plain, value, low, spread, seen = 0.0, 0.0, 0.0, 0.0, 0.0
    for one in bins:
        if not len(one.good):
            # Added whole: there is no estimate for it to lie about.
            spread += (one.share * max(one.mean, 1 - one.mean)) ** 2
            continue
        good, least, most = share_of(one.good, one.counts)
        distance = abs(one.mean - good)
        chance = good * (1 - good) / max(worth(one.counts) - 1, 1)
        plain += one.share * distance
        value += one.share * sqrt(max(distance**2 - chance, 0.0))
        low += one.share * max(least - one.mean, one.mean - most, 0.0)
        spread += (one.share * (max(one.mean - least, most - one.mean) - distance)) ** 2
        seen += one.share
    high = min(plain + sqrt(spread), 1.0)
    return min(max(value / seen, low), high), low, high


def bins_of(edges: Floats, shares: Sequence[float], means: Sequence[float], audited: Drawn) -> list[Bin]:
    """The bins between rising `edges` (b − 1,), a weight on an edge above it, with the audited records that fall in."""
    places = np.searchsorted(edges, audited.weight, side="right")
    return [
        Bin(share, mean, audited.good[places == number], audited.counts[places == number])
        for number, (share, mean) in enumerate(zip(shares, means, strict=True))
    ]


def _binned(asked: Asked, audited: Drawn) -> list[Bin]:
    """Bins of about equal size over all records that have a weight; equal weights stay together."""
    wanted = bins_wanted(len(audited))
    edges = [
        edge
        for edge in sorted(
            {
                asked.row(_EDGE.format(share=number / wanted))["edge"]
                for number in range(1, wanted)
            }
        )
        if edge is not None
    ]  # fmt: skip
    rows = asked.rows(_BINS, edges)
    total = sum(row["n"] for row in rows)
    filled = {row["bin"]: row for row in rows}
    # The least weight can be an edge: then nothing lies below it.
    numbers = range(len(edges) + 1)
    shares = [filled[number]["n"] / total if number in filled else 0.0 for number in numbers]
    means = [float(filled[number]["mean"]) if number in filled else 0.0 for number in numbers]
    return [one for one in bins_of(np.array(edges) / 1e6, shares, means, audited) if one.share]


_WEIGHTS: Final = """
FROM weights AS w JOIN contributions AS c ON c.contribution = w.contribution
WHERE w.weight_ppm IS NOT NULL AND ($1::VARCHAR IS NULL OR c.datanet = $1)
"""
_EDGE: Final = f"SELECT quantile_disc(w.weight_ppm, {{share}}) AS edge {_WEIGHTS}"
_BINS: Final = f"""
SELECT len(list_filter($2::BIGINT[], lambda edge: edge <= w.weight_ppm)) AS bin, count(*) AS n,
       avg(w.weight_ppm) / 1e6 AS mean {_WEIGHTS} GROUP BY bin ORDER BY bin
"""


def reliability(asked: Asked) -> Figure:
    """The calibration error of the weight, and the curve that it sums up."""
    audited = drawn(asked)
    bins = _binned(asked, audited) if len(audited) >= AUDITS_PER_BIN else []
    enough = len(audited) >= AUDITS_MIN and any(len(one.good) for one in bins)
    value, low, high = error_of(bins) if enough else (None, None, None)
    return Figure(
        name="calibration",
        title="Calibration of the weight",
        says=_says(len(audited), value, low, high),
        definition="The mean distance between weight and share good, over records in bins of like weight (expected "
        "calibration error). Parts: each bin's mean weight and its share good: where both agree, a weight is a "
        "probability.",
        method="Bins of about equal size and their mean weights, as of the inspections, from all records; the shares "
        "from random audits, each counted by its inverse probability (Horvitz and Thompson 1952), by Clopper and "
        "Pearson at the effective size (Korn and Graubard 1998). What chance adds is taken off (Kumar, Liang and Ma "
        "2019); ends by Zou and Donner (2008).",
        unit="difference of shares",
        value=told(value),
        low=told(low),
        high=told(high),
        counted=len(audited),
        by=("bin", "measure"),
        parts=tuple(_curve(bins)),
    )


def _says(audits: int, value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        wanted = f"{AUDITS_MIN} wanted"
        return f"How well weights are calibrated {counted(audits, 'decided random audit')} cannot tell: {wanted}."
    return (
        f"Weights are off by {percent(value, 1)} on average: between {percent(low, 1)} and {percent(high, 1)}, "
        f"by {counted(audits, 'audit')}."
    )


def _curve(bins: Sequence[Bin]) -> Iterator[Part]:
    for number, one in enumerate(bins, start=1):
        audits = len(one.good)
        yield Part(of=(str(number), "mean weight"), value=told(one.mean))
        value, low, high = share_of(one.good, one.counts) if audits else (None, 0.0, 1.0)
        yield Part(of=(str(number), "share good"), value=told(value), low=told(low), high=told(high), counted=audits)
