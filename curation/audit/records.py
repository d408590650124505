"""What was submitted and what became of it: verdicts over time, noise by kind, novelty, who repeats whom."""

from typing import Final

from curation.audit.asked import PARTS_MAX, Asked
from curation.audit.figure import RECORDS, SHARE, Figure, Part, counted, percent, ratio, told

VERDICTS: Final = ("accept", "review", "unchecked", "reject", "withdrawn")
# More would be no picture any more.
PERIODS_MAX: Final = 24
# With fewer months the journal's own order says more.
MONTHS_MIN: Final = 3

# Months where the journal spans enough of them, else as many stretches of the journal as contributions allow.
_OVER_TIME: Final = f"""
WITH told AS (
    SELECT c.seq, c.submitted_at, cr.verdict FROM current_records AS cr
    JOIN contributions AS c ON c.contribution = cr.contribution
    WHERE $1::VARCHAR IS NULL OR cr.datanet = $1
), span AS (
    SELECT min(seq) AS first, max(seq) AS last, count(DISTINCT strftime(submitted_at, '%Y-%m')) AS months FROM told
), placed AS (
    SELECT verdict, seq, CASE WHEN months >= {MONTHS_MIN} THEN strftime(submitted_at, '%Y-%m')
        ELSE lpad(((seq - first) * {PERIODS_MAX} // (last - first + 1))::VARCHAR, 2, '0') END AS period,
        months >= {MONTHS_MIN} AS by_month
    FROM told, span
)
SELECT period, any_value(by_month) AS by_month, verdict, count(*) AS n,
       min(min(seq)) OVER (PARTITION BY period) AS first, max(max(seq)) OVER (PARTITION BY period) AS last
FROM placed GROUP BY period, verdict ORDER BY period, verdict
"""  # noqa: S608  (numbers of our own)
_NOISE: Final = """
WITH told AS (
    SELECT f.code, f.contribution, f.row_index
    FROM findings AS f JOIN contributions AS c ON c.contribution = f.contribution
    WHERE f.severity IN ('critical', 'hold', 'warning') AND ($1::VARCHAR IS NULL OR c.datanet = $1)
)
SELECT code, count(DISTINCT (contribution, row_index)) AS n,
       (SELECT count(*) FROM (SELECT DISTINCT contribution, row_index FROM told)) AS remarked
FROM told GROUP BY code ORDER BY n DESC, code
"""
_ROWS: Final = "SELECT count(*) AS n FROM records WHERE $1::VARCHAR IS NULL OR datanet = $1"
_NOVELTY: Final = """
SELECT datanet, count(*) AS n, avg(novelty) AS mean, coalesce(sum(novelty), 0) AS effective
FROM current_records WHERE verdict = 'accept' AND ($1::VARCHAR IS NULL OR datanet = $1)
GROUP BY datanet ORDER BY n DESC, datanet
"""
_PAIRS: Final = f"""
WITH told AS (
    SELECT DISTINCT r.record, r.contributor, x.partner_contributor
    FROM related AS x JOIN records AS r ON r.record = x.record
    WHERE x.code IN ('exact-duplicate', 'near-duplicate') AND x.place = 0 AND ($1::VARCHAR IS NULL OR r.datanet = $1)
), pairs AS (
    SELECT contributor, partner_contributor, count(*) AS n FROM told GROUP BY contributor, partner_contributor
)
SELECT *, sum(n) OVER ()::BIGINT AS copies, count(*) OVER () AS pairs,
       sum(n) FILTER (contributor <> partner_contributor) OVER ()::BIGINT AS of_others
FROM pairs ORDER BY n DESC, contributor, partner_contributor LIMIT {PARTS_MAX}
"""  # noqa: S608  (a number of our own)


def over_time(asked: Asked) -> Figure:
    """How many rows stand where now, by when they were submitted."""
    rows = asked.rows(_OVER_TIME)
    total = sum(row["n"] for row in rows)
    accepted = sum(row["n"] for row in rows if row["verdict"] == "accept")
    by_month = bool(rows and rows[0]["by_month"])
    names = {
        row["period"]: row["period"]
        if by_month
        else f"lines {row['first']}-{row['last']}"
        if row["first"] != row["last"]
        else f"line {row['first']}"
        for row in rows
    }
    # Of many months the latest.
    kept = sorted(names)[-PERIODS_MAX:]
    found = {(row["period"], row["verdict"]): row["n"] for row in rows}
    return Figure(
        name="records-by-verdict",
        title="Records by verdict over time",
        says=(
            f"{percent(ratio(accepted, total))} of {counted(total, 'row')} are accepted."
            if total
            else "Nothing was submitted yet."
        ),
        definition="Rows of all files, unreadable ones too, by their verdict now and by "
        + ("the month (UTC) in which they were submitted." if by_month else "the journal lines that they came with."),
        method="Counted; nothing is estimated.",
        unit=RECORDS,
        value=total,
        by=("month" if by_month else "journal", "verdict"),
        parts=tuple(
            Part(of=(names[period], verdict), value=found[period, verdict])
            for period in kept
            for verdict in VERDICTS
            if (period, verdict) in found
        ),
        parts_left=len(names) - len(kept),
    )


def noise(asked: Asked) -> Figure:
    """The share of rows that some check spoke against, and by which."""
    total, rows = asked.row(_ROWS)["n"], asked.rows(_NOISE)
    remarked = rows[0]["remarked"] if rows else 0
    return Figure(
        name="noise-by-kind",
        title="Noise by kind",
        says=(
            f"{percent(ratio(remarked, total))} of {counted(total, 'row')} had something said against them"
            + (f", most often {rows[0]['code']} ({percent(ratio(rows[0]['n'], total), 1)})." if rows else ".")
            if total
            else "Nothing was submitted yet."
        ),
        definition="Rows with a finding that rejects, holds or warns, of all rows; by the check that found it. A row "
        "can have several. What only informs is not counted, and a finding is no proof: see the share of good records.",
        method="Counted from what inspections found; nothing is estimated.",
        unit=SHARE,
        value=ratio(remarked, total),
        counted=total,
        by=("check",),
        parts=tuple(
            Part(of=(row["code"],), value=ratio(row["n"], total), counted=row["n"]) for row in rows[:PARTS_MAX]
        ),
        parts_left=max(0, len(rows) - PARTS_MAX),
    )


def novelty(asked: Asked) -> Figure:
    """How many different records the accepted ones are worth."""
    rows = asked.rows(_NOVELTY)
    count, effective = sum(row["n"] for row in rows), sum(float(row["effective"]) for row in rows)
    return Figure(
        name="effective-size",
        title="Novelty and effective size",
        says=(
            f"{counted(count, 'accepted record')} are worth {effective:,.0f} different ones "
            f"(mean novelty {effective / count:.2f})."
            if count
            else "No record is accepted yet."
        ),
        definition="The sum of novelty over the accepted records: a copy counts nothing, a partial copy what is new in "
        "it. Parts: mean novelty by datanet.",
        method="Novelty is 1 - similarity to the closest earlier record, ramped as the card says "
        "(docs/checks/near-duplicate.md); summed, not estimated.",
        unit=RECORDS,
        value=told(effective) if count else None,
        counted=count,
        by=("datanet",),
        parts=tuple(Part(of=(row["datanet"],), value=told(row["mean"]), counted=row["n"]) for row in rows[:PARTS_MAX]),
        parts_left=max(0, len(rows) - PARTS_MAX),
    )


def repeats(asked: Asked) -> Figure:
    """Who repeats whom, and how often."""
    rows = asked.rows(_PAIRS)
    copies, others = (rows[0]["copies"], rows[0]["of_others"] or 0) if rows else (0, 0)
    return Figure(
        name="duplicates-by-pair",
        title="Duplicates by pair of contributors",
        says=(
            f"{counted(copies, 'record repeats', 'records repeat')} an earlier one, {others:,} of them somebody else's"
            + (f"; most often {rows[0]['contributor']} repeats {rows[0]['partner_contributor']}." if rows else ".")
            if rows
            else "No record repeats an earlier one."
        ),
        definition="Records that are an exact or near copy of an earlier record, by who submitted them and whose the "
        "closest earlier record is.",
        method="Counted from the findings exact-duplicate and near-duplicate; nothing is estimated.",
        unit=RECORDS,
        value=copies,
        by=("contributor", "repeats"),
        parts=tuple(Part(of=(row["contributor"], row["partner_contributor"]), value=row["n"]) for row in rows),
        parts_left=max(0, (rows[0]["pairs"] if rows else 0) - PARTS_MAX),
    )
