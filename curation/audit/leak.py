"""How much money went to bad data: an estimate from audits and an interval that holds it 95 times in 100.

Money-unit hits are independent uniform units of a cell's money, so the bad ones among them are binomial, and the
interval is Clopper and Pearson's (1934): no approximation, which at few audits and small leaks would be far too narrow.
It is computed in whole numbers, so that anyone gets the same ones; docs/rewards-format.md, section "Leak estimate".
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, lgamma, log, log1p

WHOLE_PPM = 1_000_000
# 95 %: one in forty on either side.
SIDES = 40


@dataclass(frozen=True, kw_only=True)
class Stratum:
    """A cell's money that one drawing covered, and what its money-unit hits came to; or money that none covered yet.

    `good`, `bad` and `undecided` count hits, a record hit twice twice. `known_good` and `known_bad` are the base units
    of this cell on records that were decided, each record once, however it came to be decided. `weighed_good` and
    `weighed_bad` are, over the decided among the drawn records, each unit's inverse probability to be drawn, summed:
    what those records stand for.
    """

    money: int
    good: int = 0
    bad: int = 0
    undecided: int = 0
    known_good: int = 0
    known_bad: int = 0
    weighed_good: int = 0
    weighed_bad: int = 0

    def __post_init__(self) -> None:
        """Raises `ValueError` for counts that cannot be: negative, more known money than there is, hits on none."""
        counts = (self.good, self.bad, self.undecided)
        least = min(*counts, self.known_good, self.known_bad, self.weighed_good, self.weighed_bad)
        if least < 0 or self.known_good + self.known_bad > self.money or (self.hits and not self.money):
            raise ValueError(f"{self} cannot be")

    @property
    def hits(self) -> int:
        """How many money-unit draws fell into the cell."""
        return self.good + self.bad + self.undecided


@dataclass(frozen=True, kw_only=True)
class Leak:
    """Base units that went to bad data: from `low` to `high` with 95 % confidence, of `money`.

    `estimate` is None where some stratum's money has no decided audit: then nothing but the interval is known.
    """

    money: int
    low: int
    estimate: int | None
    high: int
    hits: int
    undecided: int


def stratum_of(
    *,
    money: Iterable[tuple[str, int]],
    hits: Sequence[str],
    inclusion_ppm: Mapping[str, int],
    verdicts: Mapping[str, bool],
) -> Stratum:
    """What one drawing says about one cell.

    `money` are (record, base units) of the cell's payouts: all that lay in the drawing's frame. `hits` are the records
    of the money-unit draws that fell into it, in any order, repeats kept. `inclusion_ppm` is the drawing's, by drawn
    record; what lies outside the cell is passed over. `verdicts` says of decided records whether they are good.
    """
    decided = [verdicts[record] for record in hits if record in verdicts]
    known, weighed = {True: 0, False: 0}, {True: 0, False: 0}
    whole = 0
    for record, units in money:
        whole += units
        if record in verdicts:
            known[verdicts[record]] += units
        if record in verdicts and record in inclusion_ppm:
            weighed[verdicts[record]] += units * WHOLE_PPM // inclusion_ppm[record]
    return Stratum(
        money=whole,
        good=sum(decided),
        bad=len(decided) - sum(decided),
        undecided=len(hits) - len(decided),
        known_good=known[True],
        known_bad=known[False],
        weighed_good=weighed[True],
        weighed_bad=weighed[False],
    )


def leak(strata: Sequence[Stratum]) -> Leak:
    """The leak of a cell that one drawing covered, or of several such together.

    Undecided hits count as good in the lower bound and as bad in the upper one, so that leaving the embarrassing ones
    undecided only widens it. Where S strata have hits, each gets its interval at 1 − .05/S and the bounds are summed:
    all hold at once at least 95 times in 100 (Bonferroni), whatever the drawings' rates were.

    The estimate weighs every drawn record, also the floor's, by its inverse probability to be drawn (Horvitz and
    Thompson 1952), as a share of the decided ones (Hájek 1971): so undecided ones do not count as good, and its error
    is at most three quarters of what counting hits would give at 200 audits (docs/benchmarks.md).
    """
    sampled = sum(1 for one in strata if one.hits)
    told = [_of_one(one, max(sampled, 1)) for one in strata if one.money]
    estimates = [one.estimate for one in told if one.estimate is not None]
    return Leak(
        money=sum(one.money for one in told),
        low=sum(one.low for one in told),
        estimate=sum(estimates) if len(estimates) == len(told) else None,
        high=sum(one.high for one in told),
        hits=sum(one.hits for one in told),
        undecided=sum(one.undecided for one in told),
    )


def _of_one(cell: Stratum, strata: int) -> Leak:
    """One stratum's leak, with a tail of 1 in 40·`strata` on either side.

    What is known for certain (bad money that was found, good money that was) holds always, so cutting the interval to
    it costs no coverage; an interval that chance has put beside it shrinks to the nearest certain end, never past it.
    """
    certain = (cell.known_bad, cell.money - cell.known_good)
    low = least_ppm(cell.bad, cell.hits, strata) * cell.money // WHOLE_PPM
    high = -(-(WHOLE_PPM - least_ppm(cell.good, cell.hits, strata)) * cell.money // WHOLE_PPM)
    low, high = _cut(low, *certain), _cut(high, *certain)
    weighed = cell.weighed_good + cell.weighed_bad
    return Leak(
        money=cell.money,
        low=low,
        estimate=_cut(cell.weighed_bad * cell.money // weighed, low, high) if weighed else None,
        high=high,
        hits=cell.hits,
        undecided=cell.undecided,
    )


def _cut(value: int, least: int, most: int) -> int:
    return min(max(value, least), most)


@lru_cache(maxsize=65536)
def least_ppm(count: int, hits: int, strata: int = 1) -> int:
    """Clopper and Pearson's lower bound of a rate, in millionths, rounded down.

    The largest p = ppm/10**6 at which `count` or more of `hits` are no likelier than 1 in 40·`strata`. The upper bound
    is 10**6 less the lower bound of the others, `hits - count`.
    """
    if not 0 <= count <= hits:
        raise ValueError(f"{count} of {hits} hits")
    if not count:
        return 0
    # Floats say nearly where it is, whole numbers decide.
    near = _searched(0, WHOLE_PPM, lambda ppm: _tail(count, hits, ppm / WHOLE_PPM) * SIDES * strata <= 1.0)
    return exact_from(near, count, hits, strata)


def exact_from(near: int, count: int, hits: int, strata: int) -> int:
    """The bound in whole numbers, whatever `near`, 0 to 10**6 − 1, was thought: a wrong guess only costs time."""
    low = near if _is_rare(count, hits, near, strata) else 0
    high = near + 1 if not _is_rare(count, hits, near + 1, strata) else WHOLE_PPM
    return _searched(low, high, lambda ppm: _is_rare(count, hits, ppm, strata))


def _tail(count: int, hits: int, rate: float) -> float:
    """P(X ≥ count) of X ~ Binomial(hits, rate) for 0 < rate < count/hits, in floats; 1 for a higher rate."""
    if rate * hits >= count:
        return 1.0
    logs = lgamma(hits + 1) - lgamma(count + 1) - lgamma(hits - count + 1)
    term = exp(logs + count * log(rate) + (hits - count) * log1p(-rate))
    total, at = 0.0, count
    # Past the mean each term is smaller than the one before, so few of them matter.
    while term > total * 1e-16:
        total, term, at = total + term, term * (hits - at) / (at + 1) * rate / (1.0 - rate), at + 1
    return total


def _searched(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The last whole number from `low` on at which it holds: it does at `low`, and no longer at `high`."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def _is_rare(count: int, hits: int, ppm: int, strata: int) -> bool:
    """Whether P(X ≥ count) ≤ 1/(40·strata) for X ~ Binomial(hits, ppm/10**6), count ≥ 1, in whole numbers.

    Of the two tails the one with fewer terms is summed, and what all its terms share is multiplied in at the end.
    """
    rest = WHOLE_PPM - ppm
    whole: int = WHOLE_PPM**hits
    if 2 * count <= hits:
        below: int = _polynomial(hits, count, ppm, rest) * rest ** (hits - count + 1)
        return SIDES * strata * (whole - below) <= whole
    above: int = _polynomial(hits, hits - count + 1, rest, ppm) * ppm**count
    return SIDES * strata * above <= whole


def _polynomial(hits: int, terms: int, a: int, b: int) -> int:
    """Σ comb(hits, i) · aⁱ · b^(terms − 1 − i) over i from 0 to `terms` − 1."""
    total, choices, power = 0, 1, 1
    for i in range(terms):
        total = total * b + choices * power
        choices, power = choices * (hits - i) // (i + 1), power * a
    return total
