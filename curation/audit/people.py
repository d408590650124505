"""Who decides and how much they agree, and which contributors come back."""

from typing import Final

from curation.audit.asked import PARTS_MAX, Asked
from curation.audit.drawn import share_of
from curation.audit.figure import SHARE, Figure, Part, counted, percent, ratio, told

_WORDS: Final = """
WITH words AS (
    SELECT seq, record, curator, decision = 'accept' AS good, drawn_ppm FROM decisions
    UNION ALL SELECT seq, record, curator, false, drawn_ppm FROM doubts
), ours AS (
    SELECT w.* FROM words AS w JOIN records AS r ON r.record = w.record
    WHERE $1::VARCHAR IS NULL OR r.datanet = $1
)
"""
_WORKLOAD: Final = f"""
{_WORDS} SELECT curator, count(*) AS words, count(drawn_ppm) AS audits, count(DISTINCT record) AS records
FROM ours GROUP BY curator ORDER BY words DESC, curator
"""  # noqa: S608  (parts of our own)
# The first word of each of two curators on one record: each pair once.
_AGREEMENT: Final = f"""
{_WORDS}, first AS (SELECT record, curator, arg_min(good, seq) AS good FROM ours GROUP BY record, curator)
SELECT count(*) AS pairs, count(*) FILTER (a.good = b.good) AS agreed
FROM first AS a JOIN first AS b ON a.record = b.record AND a.curator < b.curator
"""  # noqa: S608  (parts of our own)
_RETURNING: Final = """
SELECT datanet, count(*) AS contributors, count(*) FILTER (contributions > 1) AS returned FROM (
    SELECT datanet, contributor, count(*) AS contributions FROM contributions
    WHERE kind = 'submit' AND ($1::VARCHAR IS NULL OR datanet = $1) GROUP BY datanet, contributor
) GROUP BY datanet ORDER BY contributors DESC, datanet
"""


def workload(asked: Asked) -> Figure:
    """How many words each curator said."""
    rows = asked.rows(_WORKLOAD)
    words = sum(row["words"] for row in rows)
    return Figure(
        name="workload",
        title="Workload of curators",
        says=(
            f"{counted(words, 'word')} by {counted(len(rows), 'curator')}; {rows[0]['curator']} said "
            f"{percent(ratio(rows[0]['words'], words))} of them."
            if rows
            else "No curator has said anything yet."
        ),
        definition="Decisions and first bad words that stand, by curator: all, and of them those about records drawn "
        "at random.",
        method="Counted; nothing is estimated.",
        unit="words",
        value=words,
        by=("curator", "measure"),
        parts=tuple(
            Part(of=(row["curator"], what), value=row[key])
            for row in rows[:PARTS_MAX]
            for what, key in (("words", "words"), ("of them audits", "audits"), ("records", "records"))
        ),
        parts_left=max(0, len(rows) - PARTS_MAX),
    )


def agreement(asked: Asked) -> Figure:
    """How often two curators who looked at the same record said the same."""
    row = asked.row(_AGREEMENT)
    value, low, high = _share(row["agreed"], row["pairs"])
    return Figure(
        name="agreement",
        title="Agreement of curators",
        says=(
            f"Two curators on one record agree in {percent(value)} of {counted(row['pairs'], 'case')} "
            f"(between {percent(low)} and {percent(high)})."
            if row["pairs"]
            else "No record was looked at by two curators yet."
        ),
        definition="Pairs of curators who both said a word about one record: how many said the same, good or not, of "
        "all such pairs. The second one often knows what the first one said.",
        method="Counted over the first word of each; the interval as for pairs drawn at random, by Clopper and Pearson "
        "(1934).",
        unit=SHARE,
        value=told(value),
        low=told(low),
        high=told(high),
        counted=row["pairs"],
    )


def _share(count: int, of: int) -> tuple[float | None, float | None, float | None]:
    import numpy as np  # noqa: PLC0415  (one use)

    return share_of(np.arange(of) < count, np.ones(of)) if of else (None, None, None)


def returning(asked: Asked) -> Figure:
    """How many contributors gave a datanet more than one contribution."""
    rows = asked.rows(_RETURNING)
    contributors, returned = (sum(row[key] for row in rows) for key in ("contributors", "returned"))
    return Figure(
        name="returning-contributors",
        title="Contributors who return",
        says=(
            f"{percent(ratio(returned, contributors))} of {counted(contributors, 'contributor')} came back."
            if contributors
            else "Nobody but the owner has contributed yet."
        ),
        definition="Contributors with two contributions or more to a datanet, of all who gave it one; imports are not "
        "counted. By datanet; who gives two datanets something counts in both.",
        method="Counted; nothing is estimated.",
        unit=SHARE,
        value=ratio(returned, contributors),
        counted=contributors,
        by=("datanet",),
        parts=tuple(
            Part(of=(row["datanet"],), value=ratio(row["returned"], row["contributors"]), counted=row["contributors"])
            for row in rows[:PARTS_MAX]
        ),
        parts_left=max(0, len(rows) - PARTS_MAX),
    )
