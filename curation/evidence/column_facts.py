"""What a sample shows of one column: type, gaps, repeats, extent, shape.

Facts only; what follows from them is decided elsewhere.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final, TypeAlias

from curation.datanet.canonical import Value
from curation.datanet.card import FieldType
from curation.intake.reading import Sample

# The forms that the strict readers take, less exponents: `1e5` is as often a code as a number.
_INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})", re.ASCII)
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,18})?", re.ASCII)
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_TOKEN: Final = re.compile(r"([A-Z]+)|([a-z]+)|([0-9]+)|([-_./:#%,+*()$€£° ])", re.ASCII)
_CLASSES: Final = ("[A-Z]", "[a-z]", "[0-9]")
_DIGITS: Final = _CLASSES[2]
_SHAPES_MAX: Final = 4
_SHAPE_SEEN_MIN: Final = 5
# A word is part of a shape where at most one row in a hundred will have another there.
_OTHER_WORD_SHARE_MAX: Final = 0.01
_LIKE_CHARS_MAX: Final = 8
_TOKENS_MAX: Final = 8
_TOKEN_CHARS_MAX: Final = 64


@dataclass(frozen=True, kw_only=True)
class ColumnFacts:
    """One column of a sample of `rows` rows. `values` are those that are there, typed, in row order."""

    name: str
    type: FieldType
    rows: int
    values: tuple[Value, ...]
    mixed: bool = False

    @property
    def missing(self) -> int:
        """How many rows have no value."""
        return self.rows - len(self.values)

    @property
    def counts(self) -> Counter[Value]:
        """How often each value occurs."""
        return Counter(self.values)

    @property
    def all_differ(self) -> bool:
        """Whether every row has a value and no two are equal."""
        return not self.missing and len(set(self.values)) == len(self.values)

    @property
    def unseen_share(self) -> float:
        """The probability that the next value is a new one: the share of values seen once (Good and Turing)."""
        if not self.values:
            return 1.0
        return sum(count == 1 for count in self.counts.values()) / len(self.values)

    @property
    def halves(self) -> tuple["ColumnFacts", "ColumnFacts"]:
        """The facts of the first and of the second half of the values, to see whether one foretells the other."""
        middle = len(self.values) // 2
        return replace(self, values=self.values[:middle]), replace(self, values=self.values[middle:])

    @property
    def is_settled(self) -> bool:
        """Whether the second half brought no value that the first had not: false for a file sorted by this column."""
        first, second = self.halves
        return set(second.values) <= set(first.values)

    @property
    def not_numbers(self) -> tuple[str, ...]:
        """The distinct texts that keep a text column from being numeric, when four of five values are numbers."""
        if self.type is not FieldType.TEXT or self.mixed:
            return ()
        others = [value for value in self.values if isinstance(value, str) and not _NUMBER.fullmatch(value)]
        return tuple(dict.fromkeys(others)) if len(others) * 5 <= len(self.values) else ()

    @property
    def lengths(self) -> tuple[int, int]:
        """Characters of the shortest and the longest text; (0, 0) where there is none."""
        lengths = [len(value) for value in self.values if isinstance(value, str)]
        return (min(lengths), max(lengths)) if lengths else (0, 0)

    @property
    def extent(self) -> tuple[Decimal, Decimal] | None:
        """The least and the greatest number, or None for a column that has none."""
        numbers = [Decimal(v) for v in self.values if isinstance(v, int | Decimal) and not isinstance(v, bool)]
        return (min(numbers), max(numbers)) if numbers else None

    @property
    def shapes(self) -> tuple["Shape", ...]:
        """The shapes that all texts together have, most frequent first; none where a new one is to be expected."""
        texts = Counter(value for value in self.values if isinstance(value, str))
        by_kinds: dict[tuple[str, ...], Counter[_Runs]] = {}
        for text, count in texts.items():
            runs = _runs(text)
            if runs is None:
                return ()
            by_kinds.setdefault(tuple(kind for kind, _ in runs), Counter())[runs] += count
        if not 0 < len(by_kinds) <= _SHAPES_MAX or not self._are_settled(by_kinds):
            return ()
        ordered = sorted(by_kinds.values(), key=lambda found: -found.total())
        rows = texts.total()
        if not all(_says_something(found, rows) for found in ordered):
            return ()
        return tuple(_shape_of(found, rows) for found in ordered)

    def _are_settled(self, by_kinds: Mapping[tuple[str, ...], Counter["_Runs"]]) -> bool:
        """Whether either half of the values has each of several shapes, and none is rare."""
        if len(by_kinds) == 1:
            return True
        halves = [{_kinds(value) for value in half.values if isinstance(value, str)} for half in self.halves]
        return halves[0] == halves[1] and min(found.total() for found in by_kinds.values()) >= _SHAPE_SEEN_MIN


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How texts of a column are written: a `pattern` for RE2 of the whole text, and what such a text is `like`."""

    pattern: str
    like: str


def column_facts(sample: Sample, name: str, *, as_text: bool = False) -> ColumnFacts:
    """The facts about one column; `as_text` keeps a CSV column text whatever it looks like."""
    there = tuple(value for value in (row.get(name) for row in sample.rows) if value is not None)
    if sample.format == "csv":
        kind = FieldType.TEXT if as_text else _type_of_cells([str(value) for value in there])
        values = tuple(_typed(str(value), kind) for value in there)
        return ColumnFacts(name=name, type=kind, rows=len(sample.rows), values=values)
    kinds = {_type_of_value(value) for value in there}
    if kinds == {FieldType.INTEGER, FieldType.NUMBER}:
        kinds = {FieldType.NUMBER}
    kind = kinds.pop() if len(kinds) == 1 else FieldType.TEXT
    if kind is FieldType.TEXT and not as_text and there and not kinds and all(_is_date(value) for value in there):
        kind = FieldType.DATE
    return ColumnFacts(name=name, type=kind, rows=len(sample.rows), values=there, mixed=len(kinds) > 0)


def widened(low: Decimal, high: Decimal) -> tuple[Decimal, Decimal]:
    """A range half as wide again on either side, rounded outward to two digits; it does not cross zero by itself."""
    margin = (high - low) / 2
    least, most = low - margin, high + margin
    if low >= 0 > least:
        least = Decimal(0)
    if high <= 0 < most:
        most = Decimal(0)
    largest = max(abs(least), abs(most))
    step = Decimal(1).scaleb(largest.adjusted() - 1) if largest else Decimal(1)
    return _rounded(least, step, ROUND_FLOOR), _rounded(most, step, ROUND_CEILING)


def _rounded(number: Decimal, step: Decimal, way: str) -> Decimal:
    return (number / step).to_integral_value(rounding=way) * step


def _type_of_cells(cells: Sequence[str]) -> FieldType:
    if not cells:
        return FieldType.TEXT
    if all(_INTEGER.fullmatch(cell) for cell in cells):
        return FieldType.INTEGER
    if all(_NUMBER.fullmatch(cell) for cell in cells):
        return FieldType.NUMBER
    if all(cell in ("true", "false") for cell in cells):
        return FieldType.BOOLEAN
    return FieldType.DATE if all(_is_date(cell) for cell in cells) else FieldType.TEXT


def _type_of_value(value: Value) -> FieldType:
    match value:
        case bool():
            return FieldType.BOOLEAN
        case int():
            return FieldType.INTEGER
        case Decimal():
            return FieldType.NUMBER
    return FieldType.TEXT


def _typed(cell: str, kind: FieldType) -> Value:
    match kind:
        case FieldType.INTEGER:
            return int(cell)
        case FieldType.NUMBER:
            return Decimal(cell)
        case FieldType.BOOLEAN:
            return cell == "true"
    return cell


def _is_date(value: Value) -> bool:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


_Runs: TypeAlias = tuple[tuple[str, str], ...]


def _runs(text: str) -> _Runs | None:
    """Runs of one kind of character, each with its kind; None when there is anything else, or too much."""
    found: list[tuple[str, str]] = []
    position = 0
    for match in _TOKEN.finditer(text):
        if match.start() != position or len(found) == _TOKENS_MAX or len(match.group()) > _TOKEN_CHARS_MAX:
            return None
        position = match.end()
        found.append(((*_CLASSES, match.group())[(match.lastindex or 1) - 1], match.group()))
    return tuple(found) if found and position == len(text) else None


def _kinds(text: str) -> tuple[str, ...]:
    return tuple(kind for kind, _ in _runs(text) or ())


def _is_constant(count: int, rows: int) -> bool:
    """Whether what `count` of `rows` rows had alike is so in the next, too (Laplace's rule of succession)."""
    return count / (count + 2) / rows <= _OTHER_WORD_SHARE_MAX


def _says_something(found: Counter[_Runs], rows: int) -> bool:
    """Whether texts of these runs have more in common than that they are words: digits, one fixed text, or a code."""
    kinds = [kind for kind, _ in next(iter(found))]
    is_fixed = len(found) == 1 and _is_constant(found.total(), rows)
    return _DIGITS in kinds or is_fixed or (len(kinds) > 1 and " " not in kinds)


def _shape_of(found: Counter[_Runs], rows: int) -> Shape:
    pattern, like = "", ""
    for place, (kind, _) in enumerate(next(iter(found))):
        runs = Counter[str]()
        for text, count in found.items():
            runs[text[place][1]] += count
        usual = runs.most_common(1)[0][0]
        is_word = kind != _DIGITS and len(runs) == 1 and _is_constant(found.total(), rows)
        if kind not in _CLASSES or is_word:
            pattern += _escaped(usual)
            like += usual
        else:
            lengths = {len(run) for run in runs}
            pattern += f"{kind}{{{lengths.pop()}}}" if len(lengths) == 1 else f"{kind}+"
            like += {_DIGITS: "9", "[A-Z]": "A"}.get(kind, "a") * min(len(usual), _LIKE_CHARS_MAX)
    return Shape(pattern=f"^{pattern}$", like=like)


def _escaped(text: str) -> str:
    return re.escape(text).replace("\\ ", " ")
