"""One figure of the table, with its 95 % bootstrap interval, ours and the script's from the same resamples."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias, TypedDict

import numpy as np
from numpy.typing import NDArray

SEED = 20261123
RESAMPLES = 1000

Sample: TypeAlias = NDArray[np.int64]
Statistic: TypeAlias = Callable[[Sample], float]


@dataclass(frozen=True)
class Interval:
    """A value and where 95 % of its resamples lie; `low` and `high` are None for what is counted and not sampled."""

    value: float
    low: float | None = None
    high: float | None = None

    def told(self) -> str:
        """As it stands in the table."""
        if self.low is None or self.high is None:
            return _number(self.value)
        return f"{_number(self.value)} ({_number(self.low)}–{_number(self.high)})"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One row of the table. `better` is the paired difference ours − script's, where there is a script.

    `must` and `aim` are how far it has to come and should come, in words; empty for what is only reported.
    """

    data: str
    name: str
    ours: Interval
    script: Interval | None = None
    better: Interval | None = None
    must: str = ""
    aim: str = ""
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain values that `from_json` reads back."""
        return asdict(self)

    @staticmethod
    def from_json(told: dict[str, Any]) -> "Figure":
        """What `to_json` gave."""
        intervals = {name: Interval(**told[name]) if told[name] else None for name in ("ours", "script", "better")}
        return Figure(**{**told, **intervals})


def bootstrap(size: int, statistic: Statistic, *, groups: NDArray[np.int64] | None = None) -> Interval:
    """The statistic of all `size` rows and its percentile interval over 1,000 seeded resamples of rows.

    `groups` (size,) resamples within each group (classes of a stratified figure, domains that are averaged).
    """
    values = [statistic(sample) for sample in _samples(size, groups)]
    kept = [value for value in values if np.isfinite(value)]
    low, high = np.quantile(kept, [0.025, 0.975])
    return Interval(float(statistic(np.arange(size))), float(low), float(high))


class Pair(TypedDict):
    """Ours, the script's, and the difference: keyword arguments of a `Figure`."""

    ours: Interval
    script: Interval
    better: Interval


def paired(size: int, ours: Statistic, script: Statistic, *, groups: NDArray[np.int64] | None = None) -> Pair:
    """Both statistics and their difference over the same resamples."""
    return {
        "ours": bootstrap(size, ours, groups=groups),
        "script": bootstrap(size, script, groups=groups),
        "better": bootstrap(size, lambda rows: ours(rows) - script(rows), groups=groups),
    }


def mean_of(values: Sequence[float] | NDArray[Any]) -> Statistic:
    """The mean as a statistic."""
    array = np.asarray(values, dtype=np.float64)
    return lambda rows: float(array[rows].mean()) if len(rows) else float("nan")


def auroc_of(score: Sequence[float] | NDArray[Any], is_positive: Sequence[bool] | NDArray[Any]) -> Statistic:
    """Area under the ROC curve as a statistic: the chance that a positive scores higher than a negative, ties half."""
    scores, positive = np.asarray(score, dtype=np.float64), np.asarray(is_positive, dtype=np.bool_)

    def statistic(rows: Sample) -> float:
        ours, wanted = scores[rows], positive[rows]
        if wanted.all() or not wanted.any():
            return float("nan")
        order = np.sort(ours)
        ranks = (np.searchsorted(order, ours, side="left") + np.searchsorted(order, ours, side="right") + 1) / 2
        count = int(wanted.sum())
        return float((ranks[wanted].sum() - count * (count + 1) / 2) / (count * (len(ours) - count)))

    return statistic


def ratio_of(part: NDArray[Any], whole: NDArray[Any]) -> Statistic:
    """The sum of `part` over the sum of `whole` as a statistic: precision, recall, shares of what was flagged."""
    top, bottom = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)

    def statistic(rows: Sample) -> float:
        total = bottom[rows].sum()
        return float(top[rows].sum() / total) if total else float("nan")

    return statistic


def _samples(size: int, groups: NDArray[np.int64] | None) -> list[Sample]:
    random = np.random.default_rng(SEED)
    if groups is None:
        return [random.integers(0, size, size) for _ in range(RESAMPLES)]
    members = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    return [np.concatenate([random.choice(rows, len(rows)) for rows in members]) for _ in range(RESAMPLES)]


def _number(value: float) -> str:
    if value == int(value) and abs(value) >= 2:
        return f"{int(value):,}"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:,.0f}"
