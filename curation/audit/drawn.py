"""The records that random audits decided about, with what the engine had said of each: what it can be held to."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from curation.audit.asked import Asked
from curation.audit.good_share import least
from curation.finding import Floats

MICRO: Final = 1_000_000

# Of a record that is a copy what counts is what it would be if it were none: copies are not new, which is not bad.
_DRAWN: Final = """
WITH latest AS (
    SELECT record, arg_max(decision, seq) AS decision, arg_max(drawn_ppm, seq) AS drawn_ppm
    FROM decisions WHERE drawn_ppm IS NOT NULL GROUP BY record
)
SELECT r.record, r.datanet, r.contributor, r.label, r.text, coalesce(r.otherwise, r.inspected) AS engine,
       w.weight_ppm, coalesce(r.otherwise_novelty_ppm, w.novelty_ppm) AS novelty_ppm, l.decision = 'accept' AS good,
       l.drawn_ppm, r.seq = (
           SELECT min(c.seq) FROM contributions AS c WHERE c.datanet = r.datanet AND c.contributor = r.contributor
       ) AS newcomer, (
           SELECT count(*) FROM records AS o WHERE o.datanet = r.datanet AND o.contributor = r.contributor
       ) AS volume, EXISTS (SELECT 1 FROM scores AS s WHERE s.record = r.record AND s.code = 'length') AS has_text
FROM latest AS l JOIN records AS r ON r.record = l.record JOIN weights AS w ON w.record = r.record
WHERE w.weight_ppm IS NOT NULL AND ($1::VARCHAR IS NULL OR r.datanet = $1)
ORDER BY r.seq, r.row_index
"""


@dataclass(frozen=True)
class Drawn:
    """n audited records: `rows` as the store tells them, `weight` and `novelty` (n,) in 0..1, whether each is good.

    `counts` are the inverse probabilities with which they were drawn (Horvitz and Thompson 1952).
    """

    rows: list[dict[str, Any]]
    weight: Floats
    novelty: Floats
    good: NDArray[np.bool_]
    counts: Floats

    def __len__(self) -> int:
        return len(self.rows)

    def taken(self, places: NDArray[np.bool_] | NDArray[np.int64]) -> "Drawn":
        """Some of them."""
        chosen = np.flatnonzero(places) if places.dtype == np.bool_ else places
        return Drawn(
            [self.rows[place] for place in chosen.tolist()],
            self.weight[chosen],
            self.novelty[chosen],
            self.good[chosen],
            self.counts[chosen],
        )


def drawn(asked: Asked) -> Drawn:
    """The records that were drawn at random and decided about, in the order of their submission."""
    rows = asked.rows(_DRAWN)
    return Drawn(
        rows,
        np.array([row["weight_ppm"] for row in rows], dtype=np.float64) / MICRO,
        np.array([MICRO if row["novelty_ppm"] is None else row["novelty_ppm"] for row in rows], dtype=np.float64)
        / MICRO,
        np.array([row["good"] for row in rows], dtype=np.bool_),
        MICRO / np.array([row["drawn_ppm"] for row in rows], dtype=np.float64),
    )


def worth(counts: Floats) -> float:
    """How many records drawn alike these are worth: Kish's effective size, (Σv)²/Σv²; 0 of none."""
    return float(counts.sum() ** 2 / (counts**2).sum()) if len(counts) else 0.0


def mean_of(values: Floats, counts: Floats) -> tuple[float, float, float]:
    """The weighted mean of values in 0..1 and its 95 % ends; n > 0.

    Clopper and Pearson at the effective size (Korn and Graubard 1998): Kish's, or less where those that stand for many
    are unlike the others. A mean of values between 0 and 1 varies less than a share, so for one that is none the
    interval is wider than it need be.
    """
    size = worth(counts)
    value = min(max(float(counts @ values / counts.sum()), 0.0), 1.0)
    spread = float((counts**2 @ (values - value) ** 2) / counts.sum() ** 2)
    size = min(size, value * (1 - value) / spread) if spread > 0 else size
    low, high = least(value * size, size), 1 - least((1 - value) * size, size)
    return value, min(low, value), max(high, value)


def share_of(is_so: NDArray[np.bool_], counts: Floats) -> tuple[float, float, float]:
    """The weighted share of records that are so, and its 95 % ends; n > 0."""
    return mean_of(is_so.astype(np.float64), counts)
