"""From results to figures: shares, gain, return and loss, over all splits and drawings that might have come."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from benchmarks.attacks.item import Truth
from benchmarks.attacks.scenario import Result

# What a record costs an attacker to make, in pays of an honest record over the same time.
COST_OF_A_RECORD: Final = 0.2
# The data share of a fee.
_DATA: Final = 0.7


SPREADS: Final = ("kept", "kept_at_rate", "roi", "bad_kept", "bad_kept_at_rate")


@dataclass(frozen=True, kw_only=True)
class Spread:
    """The mean over splits and drawings, and where 95 % of them lie."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Figures:
    """One attacker on one datanet. Shares are of what falls to submitted records; `pool_*` of the whole data pool.

    `bad_*` are of what the attack's bad records would be paid undefended: `bad_paid` before audits, `bad_kept` after;
    None where nothing of it is false. `*_at_rate` is after audits of one record in twenty, and not of 100 a period.
    Gains are pay per record by that of an honest record.
    """

    datanet: str
    attacker: str
    records: int
    undefended: float
    paid: float
    kept: Spread
    kept_at_rate: Spread
    pool_undefended: float
    pool_kept: float
    gain_undefended: float
    gain: float
    roi: Spread
    honest_lost: float
    honest_lost_undefended: float
    bad_paid: float | None
    bad_kept: Spread | None
    bad_kept_at_rate: Spread | None
    robbed_keeps: float | None
    verdicts: Mapping[str, int]

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    @staticmethod
    def from_json(told: dict[str, Any]) -> "Figures":
        """What `to_json` gave."""
        spreads = {name: Spread(**told[name]) if told[name] else None for name in SPREADS}
        return Figures(**{**told, **spreads})


@dataclass(frozen=True, kw_only=True)
class Split:
    """One world played: the attack beside the same world without it, over as many periods."""

    attack: Result
    nobody: Result
    robbed: str | None = None

    @cached_property
    def absent(self) -> Mapping[str, float]:
        """What everybody keeps where nobody attacks."""
        return _over_both(self.nobody.kept[0], self.nobody.first if self.attack.periods > 1 else {})

    @cached_property
    def absent_undefended(self) -> Mapping[str, float]:
        """The same, paid by influence alone."""
        return _over_both(self.nobody.undefended, self.nobody.first_undefended if self.attack.periods > 1 else {})

    def mine(self, key: str) -> bool:
        """Whether a record is the attack's."""
        return self.attack.owner_of[key] in self.attack.attackers

    def bad(self, key: str) -> bool:
        """Whether it is the attack's and says something false."""
        return self.mine(key) and self.attack.truth_of[key] is Truth.BAD

    def honest(self, key: str) -> bool:
        """Whether it is somebody else's."""
        return not self.mine(key)


def _over_both(last: Mapping[str, float], first: Mapping[str, float]) -> dict[str, float]:
    return {key: last.get(key, 0.0) + first.get(key, 0.0) for key in {*last, *first}}


def figures_of(datanet: str, attacker: str, splits: Sequence[Split]) -> Figures:
    """The figures of one attacker over the splits."""
    attacks = [one.attack for one in splits]
    records = round(float(np.mean([sum(map(one.mine, one.attack.owner_of)) for one in splits])))
    bad = [_sum(one.attack.undefended, one.bad) for one in splits]
    gain_undefended = [
        _sum(one.attack.undefended, one.mine) / records / _per_honest(one, one.absent_undefended) for one in splits
    ]
    kept = [_sum_mean(one.attack.kept, one.mine) for one in splits]
    return Figures(
        datanet=datanet,
        attacker=attacker,
        records=records,
        undefended=_mean(_sum(one.attack.undefended, one.mine) / one.attack.undefended_falls for one in splits),
        paid=_mean(_sum(one.attack.paid, one.mine) / one.attack.falls for one in splits),
        kept=_spread(splits, _share),
        kept_at_rate=_spread(splits, _share, at_rate=True),
        pool_undefended=_mean(_sum(one.attack.undefended, one.mine) / one.attack.periods for one in splits),
        pool_kept=_mean(amount / one.periods for amount, one in zip(kept, attacks, strict=True)),
        gain_undefended=_mean(gain_undefended),
        gain=_mean(a / records / _per_honest(one, one.absent) for a, one in zip(kept, splits, strict=True)),
        roi=_spread(splits, lambda one, draw: _return(one, _sum(draw, one.mine), records), at_rate=True),
        honest_lost=_mean(1 - _sum_mean(one.attack.kept, one.honest) / _sum(one.absent, one.honest) for one in splits),
        honest_lost_undefended=_mean(
            1 - _sum(one.attack.undefended, one.honest) / _sum(one.absent_undefended, one.honest) for one in splits
        ),
        bad_paid=_mean(_sum(one.attack.paid, one.bad) / of for one, of in zip(splits, bad, strict=True))
        if all(bad)
        else None,
        bad_kept=_spread(splits, _bad_part) if all(bad) else None,
        bad_kept_at_rate=_spread(splits, _bad_part, at_rate=True) if all(bad) else None,
        robbed_keeps=_mean(_robbed(one) for one in splits) if all(one.robbed for one in splits) else None,
        verdicts=_verdicts(attacks),
    )


def _share(one: Split, draw: Mapping[str, float]) -> float:
    return _sum(draw, one.mine) / one.attack.falls


def _bad_part(one: Split, draw: Mapping[str, float]) -> float:
    return _sum(draw, one.bad) / _sum(one.attack.undefended, one.bad)


def _return(one: Split, kept: float, records: int) -> float:
    spent = records * COST_OF_A_RECORD * _per_honest(one, one.absent) + one.attack.fees / _DATA
    return kept / spent - 1 if spent else 0.0


def _per_honest(one: Split, absent: Mapping[str, float]) -> float:
    count = sum(1 for key in one.attack.owner_of if one.honest(key))
    return _sum(absent, one.honest) / count


def _robbed(one: Split) -> float:
    def theirs(key: str) -> bool:
        return one.attack.owner_of[key] == one.robbed

    return _sum_mean(one.attack.kept, theirs) / _sum(one.absent, theirs)


def _verdicts(attacks: Sequence[Result]) -> dict[str, int]:
    names = sorted({name for one in attacks for name in one.verdicts})
    return {name: sum(one.verdicts.get(name, 0) for one in attacks) for name in names}


def _spread(
    splits: Sequence[Split], figure: Callable[[Split, Mapping[str, float]], float], *, at_rate: bool = False
) -> Spread:
    values = [figure(one, draw) for one in splits for draw in (one.attack.kept_at_rate if at_rate else one.attack.kept)]
    low, high = np.quantile(values, [0.025, 0.975])
    return Spread(value=float(np.mean(values)), low=float(low), high=float(high))


def _sum(shares: Mapping[str, float], which: Callable[[str], bool]) -> float:
    return sum(share for key, share in shares.items() if which(key))


def _sum_mean(draws: Sequence[Mapping[str, float]], which: Callable[[str], bool]) -> float:
    return _mean(_sum(one, which) for one in draws)


def _mean(values: Any) -> float:
    return float(np.mean(list(values)))


@dataclass(frozen=True, kw_only=True)
class Honest:
    """What an honest contributor keeps of the pay that they would have without any defence, nobody attacking.

    `low` and `high` are the least and the most of the splits.
    """

    datanet: str
    contributor: str
    kept: float
    low: float
    high: float

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def honest_of(datanet: str, splits: Sequence[Result]) -> list[Honest]:
    """Every honest contributor, and all together."""
    names = sorted({who for one in splits for who in one.owner_of.values()})
    found = []
    for name in ("everybody", *names):
        parts = [_kept_of_undefended(one, name) for one in splits]
        found.append(Honest(datanet=datanet, contributor=name, kept=_mean(parts), low=min(parts), high=max(parts)))
    return found


def _kept_of_undefended(one: Result, name: str) -> float:
    def theirs(key: str) -> bool:
        return name in ("everybody", one.owner_of[key])

    return _sum(one.kept[0], theirs) / _sum(one.undefended, theirs)
