"""Who contributed what to which datanet, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from curation.audit.asked import Asked
from curation.audit.figure import told

_GIVEN: Final = """
SELECT contributor, datanet, count(*) AS row_count, count(DISTINCT contribution) AS contributions,
       count(*) FILTER (verdict = 'accept') AS accepted,
       count(*) FILTER (verdict IN ('review', 'unchecked')) AS waiting,
       count(*) FILTER (verdict = 'reject') AS rejected, count(*) FILTER (verdict = 'withdrawn') AS withdrawn,
       avg(weight) FILTER (verdict = 'accept') AS weight, sum(novelty) FILTER (verdict = 'accept') AS effective
FROM current_records
WHERE ($1::VARCHAR IS NULL OR datanet = $1) AND ($2::VARCHAR IS NULL OR contributor = $2)
GROUP BY contributor, datanet ORDER BY row_count DESC, contributor, datanet LIMIT $3
"""


@dataclass(frozen=True, kw_only=True)
class Given:
    """Rows by where they stand now; the mean weight of the accepted ones, and how many different ones they are worth.

    The weight is the engine's word and no audit's.
    """

    contributor: str
    datanet: str
    row_count: int
    contributions: int
    accepted: int
    waiting: int
    rejected: int
    withdrawn: int
    weight: float | None
    effective: float | None


def given(asked: Asked, contributor: str | None = None, count: int = 100) -> Sequence[Given]:
    """The largest givers of what is asked about, or what one of them gave."""
    rows = asked.rows(_GIVEN, contributor, count)
    return [Given(**row | {"weight": told(row["weight"]), "effective": told(row["effective"])}) for row in rows]
