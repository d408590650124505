"""What the records of a check would likely have earned in the last epoch, so that one knows before one submits."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from curation.inspection import Judged
from curation.ledger.money_files import RangesFile
from curation.ledger.objects import Objects
from curation.ledger.state import State
from curation.quality import MICRO
from curation.rewards.ranges import likely
from curation.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class Earnings:
    """Base units that eight in ten records like these would have got in epoch `epoch`, from `low` to `high`.

    By record and in total; what is not accepted earns nothing until somebody decides. `records` is how many records of
    the datanet the range rests on.
    """

    epoch: int
    records: int
    by_record: Mapping[str, tuple[int, int]]
    low: int
    high: int


def preview(
    published: Iterable[tuple[int, RangesFile]], datanet: str, rows: Sequence[Judged], weight_ramp: tuple[float, float]
) -> Earnings | None:
    """The likely earnings by the newest epoch that paid this datanet, or None; `published` are epochs, newest first."""
    ramp = (round(weight_ramp[0] * MICRO), round(weight_ramp[1] * MICRO))
    for epoch, ranges in published:
        found = ranges.datanets.get(datanet)
        if found is None:
            continue
        by_record = {
            row.record: (_likely(row, int(found.low), ramp), _likely(row, int(found.high), ramp))
            for row in rows
            if row.record is not None
        }
        low, high = (sum(part) for part in zip(*by_record.values(), strict=True)) if by_record else (0, 0)
        return Earnings(epoch=epoch, records=found.records, by_record=by_record, low=low, high=high)
    return None


def settled_ranges(state: State, objects: Objects) -> Iterator[tuple[int, RangesFile]]:
    """What the epochs of a workspace paid, newest first; reads one small file for each that is asked for."""
    for entry in reversed(state.epochs):
        yield entry.fact.epoch, RangesFile.read(objects.get(entry.fact.ranges))


def _likely(row: Judged, units: int, ramp: tuple[int, int]) -> int:
    if row.verdict is not Verdict.ACCEPT or row.weight is None or row.novelty is None:
        return 0
    return likely(units, round(row.weight * MICRO), round(row.novelty * MICRO), ramp)
