"""What a record like the others would have earned in an epoch: the range that a check shows before anybody submits."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from curation.ledger.money_files import Range, RangesFile
from curation.rewards.amounts import largest_remainder
from curation.rewards.formula import MILLION, effective
from curation.rewards.settlement import Model, Owed


def ranges(owed: Sequence[Owed], models: Mapping[str, Model]) -> RangesFile:
    """By datanet, what its records were attributed in these inferences, before weight and novelty.

    A record of the models that no inference rested on counts with nothing.
    """
    attributed: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for datanet, name in sorted({(one.datanet, one.model) for one in owed}):
        for member in models[name].members:
            if member.training:
                attributed[datanet].setdefault(member.record, 0)
    for one in owed:
        model, found = models[one.model], attributed[one.datanet]
        pool = largest_remainder(one.fee, model.terms.fees.model_dump())["data"]
        total = sum(effective(one.attribution, model.members).values())
        for row, amount in one.attribution.rows:
            found[model.members[row].record] += pool * amount * MILLION // total if total else 0
    return RangesFile(datanets={datanet: _range(sorted(found.values())) for datanet, found in attributed.items()})


def _range(amounts: Sequence[int]) -> Range:
    low, median, high = (str(_quantile(amounts, tenths)) for tenths in (1, 5, 9))
    return Range(low=low, median=median, high=high, records=len(amounts))


def _quantile(amounts: Sequence[int], tenths: int) -> int:
    """The nearest rank: the least amount that so many tenths do not exceed."""
    return amounts[max(-(-len(amounts) * tenths // 10), 1) - 1] if amounts else 0


def likely(units: int, weight: int, novelty: int, ramp: tuple[int, int]) -> int:
    """What of an amount a record of this weight and novelty, in millionths, would be credited."""
    low, high = ramp
    part = min(max(weight - low, 0), high - low)
    return units * part * novelty // ((high - low) * MILLION)
