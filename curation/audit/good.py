"""The share of good records, and where it is high or low: by datanet, engine's verdict, contributor, label, month."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, Final

from curation.audit.asked import PARTS_MAX, Asked
from curation.audit.figure import SHARE, Figure, Part, counted, named, percent
from curation.audit.good_share import Cell, Frame, Hit, Share, good_share

# Whatever a part is called by, a hit and a row of the answer name it alike.
GROUPS: Final = ("datanet", "engine", "contributor", "label", "month")

_LATEST = """
latest AS (SELECT record, arg_max(decision, seq) AS decision FROM decisions WHERE seq <= $2 GROUP BY record)
"""
_NAMED = """
told AS (
    SELECT r.record, r.seq, r.datanet, r.contributor, r.inspected AS engine, r.label,
           strftime(c.submitted_at, '%Y-%m') AS month, d.decision
    FROM records AS r JOIN contributions AS c ON c.contribution = r.contribution
    LEFT JOIN latest AS d ON d.record = r.record
    WHERE r.seq <= $2 AND ($1::VARCHAR IS NULL OR r.datanet = $1)
)
"""
_CELLS = f"""
WITH {_LATEST}, {_NAMED}, grouped AS (
    SELECT grouping(datanet, engine, contributor, label, month) AS level, datanet, engine, contributor, label, month,
           count(*) AS n, count(record) AS readable,
           count(record) FILTER (seq > $3) AS uncovered,
           count(*) FILTER (decision = 'accept') AS known_good, count(*) FILTER (decision <> 'accept') AS known_bad
    FROM told GROUP BY GROUPING SETS ((), (datanet), (engine), (contributor), (label), (month))
)
SELECT *, count(*) OVER (PARTITION BY level) AS cells FROM grouped
QUALIFY row_number() OVER (PARTITION BY level ORDER BY n DESC, datanet, engine, contributor, label, month)
        <= {PARTS_MAX}
ORDER BY level DESC, n DESC, datanet, engine, contributor, label, month
"""  # noqa: S608  (parts of our own)
_HITS = f"""
WITH {_LATEST}, {_NAMED}
SELECT told.* FROM audit_hits AS h
JOIN audit_draws AS a ON a.draw = h.draw
JOIN told ON told.record = h.record
WHERE h.sort = 'floor' AND a.seq <= $2
ORDER BY h.draw, h.hit
"""  # noqa: S608  (parts of our own)
_FRAMES = """
SELECT a.draw, a.through, (SELECT count(r.record) FROM records AS r WHERE r.seq <= a.through) AS records,
       (SELECT count(*) FROM audit_hits AS h WHERE h.draw = a.draw AND h.sort = 'floor') AS draws
FROM audit_draws AS a WHERE a.seq <= $1 ORDER BY a.draw
"""

# An interval wider than this says that hardly anything is known.
WIDE: Final = 0.3

DEFINITION = (
    "Rows that are good, as people find who audit them, of all rows ever submitted. A record is good when its latest "
    "decision accepts it as it came; one that had to be relabelled was not; a row that cannot be read is not."
)
METHOD = (
    "From the floor draws of random audits, which fall on every record alike. Clopper and Pearson (1934); over several "
    "drawings at the effective number of hits (Kish 1965; Korn and Graubard 1998). Undecided draws, and records "
    "submitted since the last drawing, count as bad in the lower end and as good in the upper one."
)


def good(asked: Asked, through: int | None = None) -> Figure:
    """The share of good rows with its interval and breakdown, as of journal line `through`, default the last."""
    line = asked.through if through is None else through
    frames = [
        Frame(through=row["through"], records=row["records"], draws=row["draws"])
        for row in asked.store.query(_FRAMES, [line])
    ]
    reached = max((frame.through for frame in frames), default=0)
    hits = [(row, Hit(seq=row["seq"], good=_is_good(row["decision"]))) for row in asked.rows(_HITS, line)]
    whole: Share | None = None
    rows = 0
    parts: dict[str, list[Part]] = defaultdict(list)
    left = 0
    for row in asked.rows(_CELLS, line, reached):
        group, is_in = _of(row)
        share = good_share(_cell(row), (hit for told, hit in hits if is_in(told)), frames)
        if group is None:
            whole, rows = share, row["n"]
            continue
        if not parts[group]:
            left += max(0, row["cells"] - PARTS_MAX)
        name = named(row[group])
        parts[group].append(
            Part(of=(group, name), value=share.value, low=share.low, high=share.high, counted=share.hits)
        )
    share = whole or Share(value=None, low=0.0, high=1.0, hits=0, undecided=0)
    return Figure(
        name="good-share",
        title="Share of good records",
        says=_says(share, rows),
        definition=DEFINITION,
        method=METHOD,
        unit=SHARE,
        value=share.value,
        low=share.low,
        high=share.high,
        counted=share.hits,
        by=("by", "of"),
        parts=tuple(part for group in GROUPS for part in parts[group]),
        parts_left=left,
    )


def _says(share: Share, rows: int) -> str:
    if not rows:
        return "Nothing was submitted yet."
    between = f"between {percent(share.low)} and {percent(share.high)}"
    if share.value is None:
        return f"How much of {counted(rows, 'row')} is good nobody knows: no uniform draw was decided ({between})."
    told = counted(share.hits, "uniform draw")
    waits = f", {share.undecided} of them undecided" if share.undecided else ""
    if share.high - share.low > WIDE:
        # A share that few draws have made up would be taken for knowledge.
        return f"{between.capitalize()} of {counted(rows, 'row')} are good: only {told} can say it{waits}."
    return f"{percent(share.value)} of {counted(rows, 'row')} are good: {between}, by {told}{waits}."


def _is_good(decision: str | None) -> bool | None:
    return None if decision is None else decision == "accept"


def _cell(row: Mapping[str, Any]) -> Cell:
    return Cell(
        rows=row["n"],
        readable=row["readable"],
        uncovered=row["uncovered"],
        known_good=row["known_good"],
        known_bad=row["known_bad"],
    )


def _of(row: Mapping[str, Any]) -> tuple[str | None, Callable[[Mapping[str, Any]], bool]]:
    """Which group a row of cells belongs to (None: all together), and whether a hit is in it.

    SQL's grouping() has a bit for each column, the first the highest, that is set where the column was summed over.
    """
    group = next((one for place, one in enumerate(reversed(GROUPS)) if not row["level"] >> place & 1), None)
    return group, lambda told: group is None or told[group] == row[group]
