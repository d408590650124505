"""Whether what comes in is still like the reference: a CUSUM of how strange it is, in the order it came."""

from math import log
from typing import Final

from curation.audit.asked import PARTS_MAX, Asked
from curation.audit.figure import Figure, Part, counted, listed, told

# −ln p of a record like the reference is at most exponential with mean 1. What lies above this allowance adds up.
ALLOWANCE: Final = 1.5
# The chance of a false alarm anywhere, over all records.
FALSE_ALARM: Final = 0.05
POINTS_MAX: Final = 60

# One p-value a record: that of all strangeness checks together (Simes), as the engine joins them. The sum so far less
# its least value so far is the CUSUM, so no row needs the one before it and the database can do it.
_CUSUM: Final = f"""
WITH ranked AS (
    SELECT s.contribution, s.row_index, s.p_ppb,
           row_number() OVER (PARTITION BY s.contribution, s.row_index ORDER BY s.p_ppb) AS r,
           count(*) OVER (PARTITION BY s.contribution, s.row_index) AS k
    FROM scores AS s WHERE s.p_ppb IS NOT NULL
), one AS (
    SELECT contribution, row_index, least(1.0, min(greatest(p_ppb, 1) / 1e9 * k / r)) AS p
    FROM ranked GROUP BY contribution, row_index
), told AS (
    SELECT c.datanet, c.seq, o.row_index, -ln(o.p) - {ALLOWANCE} AS step
    FROM one AS o JOIN contributions AS c ON c.contribution = o.contribution
    WHERE c.kind = 'submit' AND c.reference IS NOT NULL AND ($1::VARCHAR IS NULL OR c.datanet = $1)
), summed AS (
    SELECT datanet, seq, row_index, row_number() OVER w AS n, sum(step) OVER w AS total,
           count(*) OVER (PARTITION BY datanet) AS size
    FROM told WINDOW w AS (PARTITION BY datanet ORDER BY seq, row_index)
), cusum AS (
    SELECT datanet, seq, n, size, total - least(0, min(total) OVER (PARTITION BY datanet ORDER BY n)) AS value
    FROM summed
)
SELECT datanet, (n - 1) * least(size, {POINTS_MAX}) // size AS point, max(n) AS n, max(seq) AS seq, max(value) AS value,
       any_value(size) AS size
FROM cusum GROUP BY datanet, point ORDER BY datanet, point
"""  # noqa: S608  (numbers of our own)


def decay(allowance: float = ALLOWANCE) -> float:
    """The θ > 0 with E exp(θ(X − allowance)) = 1 for X exponential with mean 1: −ln(1 − θ) = θ·allowance, by bisection.

    `allowance` > 1.
    """
    low, high = 1e-9, 1 - 1e-12
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if -log(1 - middle) < middle * allowance else (low, middle)
    return low


def threshold(records: int) -> float:
    """The height that the CUSUM of so many records like the reference passes at most five times in a hundred.

    From each start exp(θ·sum) is a supermartingale of mean 1 at most, so it ever passes exp(θ·h) with probability
    exp(−θ·h) at most (Ville 1939), and there are as many starts as records.
    """
    return log(max(records, 1) / FALSE_ALARM) / decay()


def drift(asked: Asked) -> Figure:
    """How far what came in ran away from the reference, at its worst, against the height of an alarm."""
    rows = asked.rows(_CUSUM)
    names = sorted({row["datanet"] for row in rows})
    height = {row["datanet"]: threshold(row["size"]) for row in rows}
    peak = {name: max(row["value"] for row in rows if row["datanet"] == name) for name in names}
    # In units of its own alarm, so that large and small datanets can stand in one picture.
    worst = sorted(names, key=lambda name: (-peak[name] / height[name], name))
    alarmed = [name for name in worst if peak[name] > height[name]]
    parts = [
        Part(of=(row["datanet"], str(row["n"])), value=told(row["value"] / height[row["datanet"]]))
        for row in rows
        if row["datanet"] in worst[:PARTS_MAX]
    ]
    records = sum({row["datanet"]: row["size"] for row in rows}.values())
    return Figure(
        name="drift",
        title="Drift of what comes in",
        says=_says(alarmed, records),
        definition="CUSUM of -ln p less 1.5 over submitted records in journal order, p their strangeness against the "
        "reference, over the height of an alarm: 0 is like the reference, past 1 what comes in is so no longer. Parts: "
        "its peak up to the nth submitted record. Below 0 it starts again.",
        method="Page (1954) on conformal p-values (Vovk, Gammerman and Shafer 2005), joined by Simes (1986); the alarm "
        "is passed by records like the reference at most 5 times in 100 (Ville 1939). No estimate.",
        unit="heights of an alarm",
        value=told(max((peak[name] / height[name] for name in names), default=0.0)) if names else None,
        counted=records,
        by=("datanet", "records"),
        parts=tuple(parts),
        parts_left=max(0, len(names) - PARTS_MAX),
    )


def _says(alarmed: list[str], records: int) -> str:
    if not records:
        return "No submitted record was compared with a reference yet."
    if alarmed:
        return f"What comes into {listed(alarmed[:5])} is no longer like the reference."
    return f"What comes in is still like the reference: no alarm in {counted(records, 'record')}."
