"""The leak by datanet and by epoch, and of everything together, from the journal's drawings and decisions. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from curation.audit.leak import Leak, Stratum, leak, stratum_of
from curation.rewards.books import Payout
from curation.rewards.treasury import Treasury

# A datanet and an epoch; None stands for all of them.
Cell: TypeAlias = tuple[str | None, int | None]
# The money that was drawn from, by record and epoch.
Money: TypeAlias = Mapping[Payout, int]


@dataclass(frozen=True, kw_only=True)
class LeakOf:
    """A leak and what it is of; None stands for all datanets, or all epochs."""

    datanet: str | None
    epoch: int | None
    leak: Leak


def leaks(treasury: Treasury) -> tuple[LeakOf, ...]:
    """Of everything, of each datanet, and of each datanet's epochs behind it; nothing before the first epoch."""
    strata = list(_covered(treasury))
    cells: set[Cell] = set()
    for _, covered in strata:
        for record, epoch in covered:
            datanet = treasury.datanets[record]
            cells |= {(None, None), (datanet, None), (datanet, epoch)}
    verdicts = {record: entry.fact.decision == "accept" for record, entry in treasury.state.decisions.items()}
    return tuple(
        LeakOf(
            datanet=datanet,
            epoch=epoch,
            leak=leak([_stratum(treasury, draw, money, verdicts, (datanet, epoch)) for draw, money in strata]),
        )
        for datanet, epoch in sorted(cells, key=lambda cell: (cell[0] or "", cell[1] or 0))
    )


def _covered(treasury: Treasury) -> Iterator[tuple[int | None, Money]]:
    """What each drawing was of, credited as its frame had it, and what none was of yet, as now."""
    left = {told.epoch for told in treasury.epochs}
    for draw, (told, entry) in enumerate(zip(treasury.hits, treasury.state.draws, strict=True)):
        yield draw, _money(treasury, set(told.epochs), entry.fact.through)
        left -= set(told.epochs)
    yield None, _money(treasury, left, None)


def _money(treasury: Treasury, epochs: set[int], through: int | None) -> Money:
    lots = treasury.books(through).lots if epochs else {}
    return {payout: lot.credited for payout, lot in lots.items() if payout[1] in epochs and lot.credited}


def _stratum(treasury: Treasury, draw: int | None, covered: Money, verdicts: Mapping[str, bool], cell: Cell) -> Stratum:
    """What one drawing, or none, says of a cell."""
    inside = {payout: units for payout, units in covered.items() if _is_in(treasury, payout, cell)}
    told = None if draw is None else treasury.hits[draw]
    return stratum_of(
        money=[(record, units) for (record, _), units in inside.items()],
        hits=[hit.record for hit in told.hits if (hit.record, hit.epoch) in inside] if told else [],
        inclusion_ppm={one.record: one.probability for one in told.records} if told else {},
        verdicts=verdicts,
    )


def _is_in(treasury: Treasury, payout: Payout, cell: Cell) -> bool:
    datanet, epoch = cell
    return datanet in (None, treasury.datanets[payout[0]]) and epoch in (None, payout[1])
