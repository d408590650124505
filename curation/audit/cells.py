"""The leak by datanet and by epoch, and of everything together, from the journal's drawings and decisions. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from curation.audit.leak import Leak, Stratum, leak, stratum_of
from curation.rewards.books import Payout
from curation.rewards.treasury import Treasury

# A datanet and an epoch; None stands for all of them.
Cell: TypeAlias = tuple[str | None, int | None]
# The money that a drawing had before it, by record and epoch.
Money: TypeAlias = Mapping[Payout, int]


@dataclass(frozen=True, kw_only=True)
class LeakOf:
    """A leak and what it is of; None stands for all datanets, or all epochs."""

    datanet: str | None
    epoch: int | None
    leak: Leak


def leaks(treasury: Treasury) -> tuple[LeakOf, ...]:
    """Of everything, of each datanet, and of each datanet's epochs; nothing before the first epoch."""
    credited = _credited(treasury)
    cells: list[Cell] = [(None, None)] if credited else []
    datanets = sorted({treasury.datanets[record] for record, _ in credited})
    cells += [(datanet, None) for datanet in datanets]
    cells += sorted({(treasury.datanets[record], epoch) for record, epoch in credited})
    verdicts = {record: entry.fact.decision == "accept" for record, entry in treasury.state.decisions.items()}
    return tuple(
        LeakOf(datanet=datanet, epoch=epoch, leak=leak(list(_strata(treasury, credited, verdicts, (datanet, epoch)))))
        for datanet, epoch in cells
    )


def _credited(treasury: Treasury) -> Money:
    """What stands behind each payout, of the epoch's drawing where one covered it, else now."""
    found: dict[Payout, int] = {}
    for draw, epochs in _latest(treasury).items():
        found |= _money(treasury, epochs, None if draw is None else treasury.state.draws[draw].fact.through)
    return found


def _latest(treasury: Treasury) -> dict[int | None, tuple[int, ...]]:
    """The epochs by the last drawing that covered them, None for those that none did."""
    covering: dict[int, int] = {epoch: draw for draw, told in enumerate(treasury.hits) for epoch in told.epochs}
    found: dict[int | None, list[int]] = defaultdict(list)
    for told in treasury.epochs:
        found[covering.get(told.epoch)].append(told.epoch)
    return {draw: tuple(epochs) for draw, epochs in found.items()}


def _money(treasury: Treasury, epochs: tuple[int, ...], through: int | None) -> Money:
    lots = treasury.books(through).lots
    return {payout: lot.credited for payout, lot in lots.items() if payout[1] in epochs and lot.credited}


def _strata(treasury: Treasury, credited: Money, verdicts: Mapping[str, bool], cell: Cell) -> Iterator[Stratum]:
    """One stratum for each drawing that covered money of the cell, and one for what none covered."""
    for draw, epochs in sorted(_latest(treasury).items(), key=lambda item: -1 if item[0] is None else item[0]):
        inside = {one: units for one, units in credited.items() if one[1] in epochs and _is_in(treasury, one, cell)}
        money: dict[str, int] = defaultdict(int)
        for (record, _), units in inside.items():
            money[record] += units
        hits = [] if draw is None else [one for one in _hits(treasury, draw, credited) if one in inside]
        inclusion = {} if draw is None else {one.record: one.probability for one in treasury.hits[draw].records}
        records = [record for record, _ in hits]
        yield stratum_of(money=money, hits=records, inclusion_ppm=inclusion, verdicts=verdicts)


def _is_in(treasury: Treasury, payout: Payout, cell: Cell) -> bool:
    datanet, epoch = cell
    return datanet in (None, treasury.datanets[payout[0]]) and epoch in (None, payout[1])


def _hits(treasury: Treasury, draw: int, credited: Money) -> Iterator[Payout]:
    """The payout that each money-unit draw fell on: a record's money lies end to end in the order of its epochs."""
    told = treasury.hits[draw]
    frame = _money(treasury, tuple(told.epochs), treasury.state.draws[draw].fact.through)
    epochs: dict[str, list[int]] = defaultdict(list)
    for record, epoch in sorted(frame):
        epochs[record].append(epoch)
    for hit in told.hits:
        if hit.offset is not None:
            left = int(hit.offset)
            for epoch in epochs[hit.record]:
                if left < frame[hit.record, epoch]:
                    if (hit.record, epoch) in credited:
                        yield hit.record, epoch
                    break
                left -= frame[hit.record, epoch]
