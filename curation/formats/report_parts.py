"""What every format of a report tells alike: numbers with their units, and how much of it fits."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from curation.audit.figure import OPEN, RECORDS, SHARE, Figure, Number, Part
from curation.audit.good import WIDE
from curation.rewards.amounts import open_of

# How many parts of a figure's breakdown a page shows; the others are in the JSON and the CSV.
PARTS_SHOWN: Final = 30


@dataclass(frozen=True)
class Size:
    """How many examples of each kind a page holds, and how much of each text."""

    examples: int
    text: int


# The largest that fits is taken.
SIZES: Final = (Size(20, 300), Size(20, 160), Size(12, 160), Size(8, 120), Size(4, 80), Size(1, 60), Size(0, 60))


def number(value: Number, unit: str) -> str:
    """A value for people: shares in per cent, amounts in OPEN, counts with their thousands."""
    if value is None:
        return "unknown"
    if unit == SHARE:
        return f"{value * 100:.1f} %"
    if unit == OPEN:
        return open_of(int(value) // 10**12 * 10**12)
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.1f}" if unit == RECORDS else f"{value:,.3f}"


def unit_of(figure: Figure) -> str:
    """The unit as people are told it."""
    return {SHARE: "%", OPEN: "OPEN", RECORDS: RECORDS}.get(figure.unit, figure.unit)


def interval(one: Figure | Part, unit: str) -> str:
    """The ends of the interval, or nothing where there is none."""
    return "" if one.low is None or one.high is None else f"{number(one.low, unit)} to {number(one.high, unit)}"


def headline(figure: Figure) -> tuple[str, str]:
    """What is told in large letters and what beside it: the value and its interval; where that is wide, it comes first.

    A share that few audits have made up would be taken for knowledge. A unit that no number carries stands beside it.
    """
    value, ends = number(figure.value, figure.unit), interval(figure, figure.unit)
    if figure.unit == OPEN:
        value, ends = (f"{one} OPEN" if one not in {"", "unknown"} else one for one in (value, ends))
    if figure.unit != SHARE or figure.low is None or figure.high is None or figure.high - figure.low <= WIDE:
        unit = "" if figure.value is None or figure.unit in (OPEN, SHARE) else unit_of(figure)
        return value, "; ".join(one for one in (unit, f"95 %: {ends}" if ends else "") if one)
    return ends, "95 %" if figure.value is None else f"95 %; best guess {value}"


def part_number(figure: Figure, part: Part) -> str:
    """A part's value; in a breakdown by several measures some are counts and others shares."""
    if figure.unit in (OPEN, SHARE):
        return number(part.value, figure.unit)
    return number(part.value, "")


def rows(figure: Figure) -> Iterator[tuple[tuple[str, ...], str, str, str]]:
    """The breakdown as a table's cells: names, value, interval, how many were looked at."""
    for part in figure.parts[:PARTS_SHOWN]:
        looked = "" if part.counted is None else f"{part.counted:,}"
        yield part.of, part_number(figure, part), interval(part, figure.unit), looked


def rows_left(figure: Figure) -> int:
    """How many parts a page does not show."""
    return max(0, len(figure.parts) - PARTS_SHOWN) + figure.parts_left
