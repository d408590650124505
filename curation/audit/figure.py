"""A figure: a number that says by itself what it means, how sure it is, and how it was come by."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

# Shares and means are told to the millionth: what lies behind that is the machine's rounding, not the datanet's.
DECIMALS: Final = 6

# Labels are what people wrote, and may be books.
NAME_MAX: Final = 200

# A count, an amount of base units, a share or mean, or unknown. Amounts and counts are integers.
Number: TypeAlias = int | float | None

SHARE, RECORDS, OPEN = "share of 1", "records", "base units (10^-18 OPEN)"


@dataclass(frozen=True, kw_only=True)
class Part:
    """One line of a figure's breakdown: what it is of (one value for each name in the figure's `by`), and its number.

    `counted` is how many were looked at for it; None where everything was.
    """

    of: tuple[str, ...]
    value: Number
    low: Number = None
    high: Number = None
    counted: int | None = None


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure about a workspace or a datanet.

    `says` is the finding in a sentence; `definition` what is counted, `method` how, with its source. `value` is None
    where nothing is known. `low` and `high` are the ends of a 95 % interval where the value is an estimate, None where
    it is a count of everything. `counted` is how many were looked at. `parts_left` counts the parts that are not told.
    """

    name: str
    title: str
    says: str
    definition: str
    method: str
    unit: str
    value: Number
    low: Number = None
    high: Number = None
    counted: int | None = None
    by: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    parts_left: int = 0

    def __post_init__(self) -> None:
        """Raises `ValueError` for an interval that does not hold its value, and parts that do not fit `by`."""
        for value, low, high in ((one.value, one.low, one.high) for one in _all_of(self)):
            if value is not None and low is not None and high is not None and not low <= value <= high:
                raise ValueError(f"{self.name}: {value} lies outside of {low} to {high}")
        if any(len(part.of) != len(self.by) for part in self.parts):
            raise ValueError(f"{self.name}: a part has another number of names than {self.by}")


def _all_of(figure: Figure) -> Iterator[Figure | Part]:
    yield figure
    yield from figure.parts


def told(value: float | None) -> float | None:
    """A share or mean as figures tell it; never −0."""
    return None if value is None else round(value, DECIMALS) + 0.0


def named(value: object) -> str:
    """What a part is called: a name or a label, which may be missing or of any length."""
    return "" if value is None else str(value)[:NAME_MAX]


def ratio(part: int, whole: int) -> float | None:
    """`part`/`whole` as figures tell it; None of nothing."""
    return told(part / whole) if whole else None


def percent(value: float | None, digits: int = 0) -> str:
    """A share in words; a share that is not nought never reads as 0 %, nor one short of 1 as 100 %."""
    if value is None:
        return "unknown"
    least = 10.0 ** -(digits + 2)
    if 0 < value < least:
        return f"under {least * 100:.{digits}f} %"
    if 1 - least < value < 1:
        return f"over {(1 - least) * 100:.{digits}f} %"
    return f"{value * 100:.{digits}f} %"


def listed(words: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    given = list(words)
    return given[0] if len(given) == 1 else f"{', '.join(given[:-1])} and {given[-1]}" if given else "none"


def counted(number: int, one: str, several: str | None = None) -> str:
    """`1 record`, `2 records`, `12,345 records`."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"
