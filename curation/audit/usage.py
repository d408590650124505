"""How much each datanet is used, beside how good it is thought to be and what of its fees was paid out."""

from typing import Any, Final

from curation.audit.asked import PARTS_MAX, Asked
from curation.audit.figure import Figure, Part, counted, ratio, told


def usage(asked: Asked) -> Figure:
    """How much each datanet is used, beside how good what it holds is thought to be and what of the fees was paid."""
    rows = asked.rows(_USAGE)
    parts: list[Part] = []
    for row in rows[:PARTS_MAX]:
        name, pool = row["datanet"], int(row["pool"])
        parts += [
            Part(of=(name, "inferences"), value=row["inferences"]),
            Part(of=(name, "mean weight of accepted records"), value=told(row["weight"]), counted=row["accepted"]),
            Part(of=(name, "share of the money credited"), value=ratio(int(row["credited"]), pool)),
        ]
    total = sum(row["inferences"] for row in rows)
    return Figure(
        name="usage",
        title="Usage against quality",
        says=_usage_says(rows[0], total) if total else "No question was asked yet.",
        definition="Inferences served by each datanet's models, the mean weight of its accepted records, and the share "
        "of the settled data money that was credited: what is much used should be good.",
        method="Counted; the weight is the engine's own probability that a record is good, no audit.",
        unit="inferences",
        value=total,
        by=("datanet", "measure"),
        parts=tuple(parts),
        parts_left=max(0, len(rows) - PARTS_MAX),
    )


def _usage_says(most: dict[str, Any], total: int) -> str:
    weight = most["weight"]
    good = f"mean weight {weight:.2f}" if isinstance(weight, float) else "no accepted record"
    return f"{most['datanet']} is used most: {most['inferences']:,} of {counted(total, 'question')}, {good}."


_USAGE: Final = """
WITH asked AS (SELECT datanet, count(*) AS inferences FROM inferences GROUP BY datanet),
settled AS (
    SELECT i.datanet, sum(s.pool)::HUGEINT AS pool
    FROM settled_inferences AS s JOIN inferences AS i ON i.seq = s.inference
    GROUP BY i.datanet
),
paid AS (
    SELECT r.datanet, sum(p.credited)::HUGEINT AS credited FROM payouts AS p JOIN records AS r ON r.record = p.record
    GROUP BY r.datanet
),
held AS (
    SELECT datanet, count(*) FILTER (verdict = 'accept') AS accepted, avg(weight) FILTER (verdict = 'accept') AS weight
    FROM current_records GROUP BY datanet
)
SELECT d.datanet, coalesce(a.inferences, 0) AS inferences, coalesce(s.pool, 0)::HUGEINT AS pool,
       coalesce(p.credited, 0)::HUGEINT AS credited, coalesce(h.accepted, 0) AS accepted, h.weight
FROM datanets AS d LEFT JOIN asked AS a ON a.datanet = d.datanet LEFT JOIN settled AS s ON s.datanet = d.datanet
LEFT JOIN paid AS p ON p.datanet = d.datanet LEFT JOIN held AS h ON h.datanet = d.datanet
WHERE $1::VARCHAR IS NULL OR d.datanet = $1 ORDER BY inferences DESC, d.datanet
"""
