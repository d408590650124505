"""What changed since a journal line: what was known then and now, and what came between."""

from dataclasses import dataclass
from typing import Final

from curation.audit.asked import Asked
from curation.audit.cells import leaks
from curation.audit.figure import percent
from curation.audit.good import good
from curation.audit.money import rounded_open
from curation.rewards.treasury import Treasury

_NEW: Final = """
SELECT count(*) AS rows, count(*) FILTER (verdict = 'accept') AS accepted,
       count(*) FILTER (verdict IN ('review', 'unchecked')) AS waiting, count(*) FILTER (verdict = 'reject') AS rejected
FROM current_records WHERE seq > $2 AND ($1::VARCHAR IS NULL OR datanet = $1)
"""
_ROWS: Final = "SELECT count(*) AS n FROM records WHERE seq <= $2 AND ($1::VARCHAR IS NULL OR datanet = $1)"
_WORDS: Final = """
SELECT count(*) FILTER (d.seq <= $2) AS before, count(*) AS now,
       count(d.drawn_ppm) FILTER (d.seq <= $2) AS audits_before, count(d.drawn_ppm) AS audits
FROM decisions AS d JOIN records AS r ON r.record = d.record WHERE $1::VARCHAR IS NULL OR r.datanet = $1
"""
_ASKED: Final = """
SELECT count(*) FILTER (seq <= $2) AS before, count(*) AS now,
       coalesce(sum(fee) FILTER (seq <= $2), 0)::HUGEINT AS paid, coalesce(sum(fee), 0)::HUGEINT AS paid_now
FROM inferences WHERE $1::VARCHAR IS NULL OR datanet = $1
"""


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that was so then and is so now, in words; `then` is None for what only counts since."""

    what: str
    then: str | None
    now: str


def changes(asked: Asked, before: Treasury, since: int) -> tuple[Change, ...]:
    """What changed since journal line `since`, at which the books were `before`.

    Words that were taken back count as never said, then as now.
    """
    new, words, paid = asked.row(_NEW, since), asked.row(_WORDS, since), asked.row(_ASKED, since)
    rows_then = asked.row(_ROWS, since)["n"]
    return (
        Change(what="share of good records", then=_share(asked, since), now=_share(asked, asked.through)),
        Change(what="money to bad data", then=_leak(asked, before), now=_leak(asked, asked.treasury)),
        Change(what="rows submitted", then=f"{rows_then:,}", now=f"{rows_then + new['rows']:,}"),
        Change(
            what="of the new rows",
            then=None,
            now=f"{new['accepted']:,} accepted, {new['waiting']:,} waiting, {new['rejected']:,} rejected",
        ),
        Change(what="decisions", then=f"{words['before']:,}", now=f"{words['now']:,}"),
        Change(what="of them random audits", then=f"{words['audits_before']:,}", now=f"{words['audits']:,}"),
        Change(what="questions", then=f"{paid['before']:,}", now=f"{paid['now']:,}"),
        Change(what="fees in OPEN", then=rounded_open(int(paid["paid"])), now=rounded_open(int(paid["paid_now"]))),
    )


def _share(asked: Asked, through: int) -> str:
    figure = good(asked, through)
    low, high = figure.low, figure.high
    return f"{percent(figure.value)} ({percent(low)} to {percent(high)})"


def _leak(asked: Asked, treasury: Treasury) -> str:
    told = next((one.leak for one in leaks(treasury) if (one.datanet, one.epoch) == (asked.datanet, None)), None)
    if told is None or not told.money:
        return "none credited"
    share = None if told.estimate is None else told.estimate / told.money
    return f"{percent(share, 1)} ({percent(told.low / told.money, 1)} to {percent(told.high / told.money, 1)})"
