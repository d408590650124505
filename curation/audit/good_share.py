"""How much of what was submitted is good: an estimate from records drawn uniformly, and an interval that holds it.

Of the draws of an audit those of the floor fall on every record alike, whatever it earned and whatever the engine
thinks of it. Within one drawing the good ones among them are binomial, and the interval is that of Clopper and Pearson
(1934). Several drawings saw more and more records: then each hit counts by the inverse of how often its record could
have been hit, and the interval is the same at the effective number of hits (Kish 1965; Korn and Graubard 1998).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from curation.audit.figure import told


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One drawing: the journal line up to which all records could be drawn, how many these were, how often it drew."""

    through: int
    records: int
    draws: int


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A uniform draw: the journal line that its record was submitted at, and what was found; None: not decided yet."""

    seq: int
    good: bool | None


@dataclass(frozen=True, kw_only=True)
class Cell:
    """The rows that a share is of.

    `rows` counts all of them, `readable` the records among them, `uncovered` those that no drawing could reach yet;
    `known_good` and `known_bad` the records that people decided about, however it came to be.
    """

    rows: int
    readable: int
    uncovered: int
    known_good: int = 0
    known_bad: int = 0

    def __post_init__(self) -> None:
        """Raises `ValueError` for counts that cannot be."""
        if not (0 <= self.uncovered <= self.readable <= self.rows and min(self.known_good, self.known_bad) >= 0):
            raise ValueError(f"{self} cannot be")
        if self.known_good + self.known_bad > self.readable:
            raise ValueError(f"{self} cannot be")


@dataclass(frozen=True, kw_only=True)
class Share:
    """A share in 0..1 with its 95 % interval; `value` is None where no uniform draw was decided."""

    value: float | None
    low: float
    high: float
    hits: int
    undecided: int


def weight_of(hit: Hit, frames: Sequence[Frame]) -> float:
    """The inverse of how many hits a record submitted at that line was to expect of all drawings together."""
    expected = sum(frame.draws / frame.records for frame in frames if hit.seq <= frame.through and frame.records)
    if expected <= 0:
        raise ValueError(f"no drawing could reach a record of line {hit.seq}")
    return 1 / expected


def good_share(cell: Cell, hits: Iterable[Hit], frames: Sequence[Frame]) -> Share:
    """The share of the cell's rows that are good.

    Rows that cannot be read are not good. Undecided hits count as bad in the lower end and as good in the upper one,
    and so do records that no drawing could reach. What people found for certain cuts the interval, which costs no
    coverage.
    """
    given = [(hit, weight_of(hit, frames)) for hit in hits]
    good = sum(weight for hit, weight in given if hit.good)
    bad = sum(weight for hit, weight in given if hit.good is False)
    low = _least_share([(weight, hit.good is True) for hit, weight in given])
    high = 1 - _least_share([(weight, hit.good is False) for hit, weight in given])
    covered = cell.readable - cell.uncovered
    certain = (cell.known_good / cell.rows, (cell.readable - cell.known_bad) / cell.rows) if cell.rows else (0.0, 1.0)
    scale = covered / cell.rows if cell.rows else 0.0
    rest = cell.uncovered / cell.rows if cell.rows else 0.0
    low, high = _cut(low * scale, *certain), _cut(high * scale + rest, *certain)
    # Of the records that nobody could draw yet nothing is known: they count as those that could be.
    reached = good / (good + bad) * cell.readable / cell.rows if good + bad and cell.rows else None
    # Where every record was decided about, or none can be good, it is known without a draw.
    value = low if low == high else None if reached is None else _cut(reached, low, high)
    undecided = sum(hit.good is None for hit, _ in given)
    return Share(value=told(value), low=told(low) or 0.0, high=told(high) or 0.0, hits=len(given), undecided=undecided)


def _least_share(told: Sequence[tuple[float, bool]]) -> float:
    """The lower end of the share, by weight, of hits that are so."""
    total = sum(weight for weight, _ in told)
    so = sum(weight for weight, is_so in told if is_so)
    if not so:
        return 0.0
    # Kish: as many as there are where all count alike, fewer where some stand for many.
    share, worth = so / total, total**2 / sum(weight**2 for weight, _ in told)
    spread = sum(weight**2 * (is_so - share) ** 2 for weight, is_so in told) / total**2
    # Korn and Graubard: fewer still where those that stand for many are unlike the others.
    worth = min(worth, share * (1 - share) / spread) if spread else worth
    return least(share * worth, worth)


def _cut(value: float, least_value: float, most: float) -> float:
    return min(max(value, least_value), most)


@lru_cache(maxsize=65536)
def least(count: float, of: float) -> float:
    """Clopper and Pearson's lower end of a rate at 2.5 %: the p at which `count` or more of `of` are that unlikely.

    Neither need be whole: the binomial tail is then the incomplete beta function. The upper end is 1 less the lower
    end of the others.
    """
    if not 0 <= count <= of * (1 + 1e-9):
        raise ValueError(f"{count} of {of}")
    if count <= 0:
        return 0.0
    from scipy.special import betaincinv  # noqa: PLC0415  (a quarter of a second that --help need not wait)

    return float(betaincinv(count, max(of - count, 0.0) + 1, 0.025))
