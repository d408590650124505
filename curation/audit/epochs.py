"""What each epoch settled, of each datanet, and how much of it went to bad data; who was paid most."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from curation.audit.asked import Asked
from curation.audit.leak import Leak

_EPOCHS: Final = "SELECT epoch, seq, settled_at, through FROM epochs ORDER BY epoch DESC"
_SETTLED: Final = """
SELECT s.epoch, i.datanet, count(*) AS inferences, sum(s.fee)::HUGEINT AS fees, sum(s.pool)::HUGEINT AS pool,
       sum(s.paid)::HUGEINT AS paid
FROM settled_inferences AS s JOIN inferences AS i ON i.seq = s.inference
GROUP BY s.epoch, i.datanet ORDER BY s.epoch, i.datanet
"""
_MOST: Final = """
SELECT contributor, count(*) AS records, sum(pay)::HUGEINT AS pay FROM settled_records
WHERE epoch = $1 AND pay > 0 GROUP BY contributor ORDER BY pay DESC, contributor LIMIT $2
"""


@dataclass(frozen=True, kw_only=True)
class EpochOf:
    """What an epoch settled of one datanet, in base units: fees, the data share of them, and what was paid of that.

    `leak` is how much of what was credited went to bad data, as far as audits tell by now; None without money.
    """

    datanet: str
    inferences: int
    fees: int
    pool: int
    paid: int
    leak: Leak | None


@dataclass(frozen=True, kw_only=True)
class Epoch:
    """An epoch: its journal line, when it was settled, the last line that it looked at, and its datanets."""

    epoch: int
    seq: int
    settled_at: datetime
    through: int
    datanets: tuple[EpochOf, ...]


@dataclass(frozen=True, kw_only=True)
class Paid:
    """What one contributor was paid in an epoch, in base units, when it was settled, and for how many records."""

    contributor: str
    records: int
    pay: int


def epochs(asked: Asked) -> tuple[Epoch, ...]:
    """Every epoch, the latest first."""
    leaks = {(one.datanet, one.epoch): one.leak for one in asked.leaks}
    settled: dict[int, list[EpochOf]] = defaultdict(list)
    for row in asked.store.query(_SETTLED):
        settled[row["epoch"]].append(
            EpochOf(
                datanet=row["datanet"],
                inferences=row["inferences"],
                leak=leaks.get((row["datanet"], row["epoch"])),
                **{name: int(row[name]) for name in ("fees", "pool", "paid")},
            )
        )
    rows: Sequence[dict[str, Any]] = asked.store.query(_EPOCHS)
    return tuple(Epoch(datanets=tuple(settled[row["epoch"]]), **row) for row in rows)


def most_paid(asked: Asked, epoch: int, count: int) -> tuple[Paid, ...]:
    """Those who were paid most in an epoch, the largest amount first."""
    rows = asked.store.query(_MOST, [epoch, count])
    return tuple(Paid(contributor=row["contributor"], records=row["records"], pay=int(row["pay"])) for row in rows)
