"""Which column of a sample determines which other: a value of the one never stands beside two values of the other.

Conservative: a dependency must have held in many repeats, foretell the second half of the sample from the first, and be
out of reach of chance, so that neither a key nor a nearly constant column counts.
"""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from curation.datanet.canonical import Value

# By Laplace's rule of succession m confirmations without an exception leave the next a chance of 1 / (m + 2).
CONFIRMED_MIN: Final = 98
FORETOLD_MIN: Final = 30
CHANCE_LOG_MAX: Final = math.log(1e-6)
COLUMNS_MAX: Final = 40
PAIRS_MAX: Final = 200
COVERED_MIN: Final = 0.95
_SEEN_MIN: Final = 2


@dataclass(frozen=True, kw_only=True)
class Dependency:
    """`determinant` determines `dependent`: `pairs` of values by falling frequency, those seen twice or more.

    `confirmed` counts the rows that repeated a value of the determinant and had the same dependent value again.
    `distinct` counts the determinant's values, of which `pairs` may be only the most frequent.
    """

    determinant: str
    dependent: str
    pairs: tuple[tuple[Value, Value], ...]
    confirmed: int
    distinct: int
    covered: int


Columns = Mapping[str, Sequence[Value]]


def dependencies(columns: Columns, determinants: Collection[str], dependents: Sequence[str]) -> tuple[Dependency, ...]:
    """For each of `dependents` at most one dependency: of those that speak of nearly as many rows as any, the finest.

    A town determines what its only hospital determines; that the hospital does is the weaker claim, and the safer.

    `columns` are aligned by row, None where there is no value; only `determinants` may determine another.
    """
    counts = {name: Counter(value for value in columns[name] if value is not None) for name in determinants}
    repeated = [name for name, found in counts.items() if found.total() - len(found) >= CONFIRMED_MIN]
    able = [name for name in columns if name in repeated and len(counts[name]) > 1][:COLUMNS_MAX]
    chosen = []
    for dependent in dependents[:COLUMNS_MAX]:
        found = [made for name in able if name != dependent and (made := _dependency(columns, name, dependent))]
        if found:
            most = max(one.covered for one in found)
            chosen.append(
                max((one for one in found if one.covered >= COVERED_MIN * most), key=lambda one: one.distinct)
            )
    return tuple(chosen)


def _dependency(columns: Columns, determinant: str, dependent: str) -> Dependency | None:
    """The dependency of one column on another, or None where there is none, or too little to say so."""
    determined: dict[Value, Value] = {}
    seen: Counter[Value] = Counter()
    foretold = 0
    first_half = len(columns[determinant]) // 2
    known: set[Value] = set()
    for row, (one, other) in enumerate(zip(columns[determinant], columns[dependent], strict=True)):
        if one is None or other is None:
            continue
        if determined.setdefault(one, other) != other:
            return None
        seen[one] += 1
        if row < first_half:
            known.add(one)
        else:
            foretold += one in known
    confirmed = seen.total() - len(seen)
    if confirmed < CONFIRMED_MIN or foretold < FORETOLD_MIN or _by_chance(seen, determined) > CHANCE_LOG_MAX:
        return None
    listed = [(one, count) for one, count in seen.most_common() if count >= _SEEN_MIN][:PAIRS_MAX]
    return Dependency(
        determinant=determinant,
        dependent=dependent,
        pairs=tuple((one, determined[one]) for one, _ in listed),
        confirmed=confirmed,
        distinct=len(seen),
        covered=sum(count for _, count in listed),
    )


def _by_chance(seen: Counter[Value], determined: Mapping[Value, Value]) -> float:
    """The logarithm of the chance that dependent values dealt out at random would agree wherever these do."""
    dealt: Counter[Value] = Counter()
    for one, count in seen.items():
        dealt[determined[one]] += count
    shares = [count / seen.total() for count in dealt.values()]
    most = max(shares)
    # The greatest share is taken out of each sum, which would otherwise fall below the smallest float.
    return sum(
        groups * (size * math.log(most) + math.log(sum((share / most) ** size for share in shares)))
        for size, groups in Counter(seen.values()).items()
        if size > 1
    )
