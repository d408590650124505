"""Rows of a table as vectors: numbers against the reference's spread, dates as day numbers, categories one-hot.

Fitted on the reference and kept with it, so that a row's vector does not depend on its company.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from curation.datanet.canonical import Value
from curation.datanet.card import CardField, Datanet, FieldType, Role

CATEGORIES_MAX = 50
CLIP = 20.0
DAYS_A_YEAR = 365.25


@dataclass(frozen=True, kw_only=True)
class Column:
    """How one field becomes numbers: `centre` and `spread` for numbers, else one 0/1 per category.

    `counts` are the rows of each category, and none in a reference of an earlier version.
    """

    name: str
    type: FieldType
    centre: float
    spread: float
    logarithmic: bool
    categories: tuple[str, ...]
    counts: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Deviation:
    """One field of a row and how odd its value is, in spreads. Of a category, how many of the `rows` have it."""

    name: str
    spreads: float
    having: int | None = None
    rows: int = 0


@dataclass(frozen=True)
class TableFeatures:
    """A fitted encoding of a table's feature fields."""

    columns: tuple[Column, ...]

    def vectors(self, rows: Sequence[Mapping[str, Value]]) -> NDArray[np.float32]:
        """(n, d) float32: robust z-scores clipped at ±20, categories as 0/1, an absent value at the centre."""
        parts = [self._part(column, [row.get(column.name) for row in rows]) for column in self.columns]
        return np.hstack(parts).astype(np.float32) if parts else np.zeros((len(rows), 1), dtype=np.float32)

    def deviations(self, row: Mapping[str, Value]) -> list[Deviation]:
        """The fields of a row, the oddest first: numbers by their spreads from the centre, categories by rarity.

        A category that a share q of the rows has is as odd as a number that a share q of a normal law lies beyond.
        """
        there = [column for column in self.columns if row.get(column.name) is not None]
        found = [
            self._deviation(column, row[column.name]) for column in there if not column.categories or column.counts
        ]
        return sorted(found, key=lambda one: (-one.spreads, one.name))

    def differences(self, row: Mapping[str, Value], other: Mapping[str, Value]) -> list[tuple[float, str]]:
        """How far two rows lie apart in each field that both have, the farthest first; only where they differ."""
        both = [column for column in self.columns if None not in (row.get(column.name), other.get(column.name))]
        parts = [(self._part(column, [row[column.name], other[column.name]]), column.name) for column in both]
        found = [(float(np.linalg.norm(part[0] - part[1])), name) for part, name in parts]
        return sorted(((far, name) for far, name in found if far > 0), key=lambda one: (-one[0], one[1]))

    def _deviation(self, column: Column, value: Value) -> Deviation:
        if not column.categories:
            return Deviation(name=column.name, spreads=abs(float(self._part(column, [value])[0, 0])))
        rows = sum(column.counts)
        having = dict(zip(column.categories, column.counts, strict=True)).get(str(value), 0)
        spreads = NormalDist().inv_cdf(1 - (having + 0.5) / (rows + 1) / 2)
        return Deviation(name=column.name, spreads=spreads, having=having, rows=rows)

    def to_json(self) -> list[dict[str, Any]]:
        """Plain values that `from_json` reads back."""
        return [
            {
                **vars(column),
                "type": column.type.value,
                "categories": list(column.categories),
                "counts": list(column.counts),
            }
            for column in self.columns
        ]

    @staticmethod
    def from_json(data: Sequence[Mapping[str, Any]]) -> "TableFeatures":
        """What `to_json` wrote."""
        return TableFeatures(
            tuple(
                Column(
                    **{
                        **column,
                        "type": FieldType(column["type"]),
                        "categories": tuple(column["categories"]),
                        "counts": tuple(column.get("counts", ())),
                    }
                )
                for column in data
            )
        )

    @staticmethod
    def _part(column: Column, values: Sequence[Value]) -> NDArray[np.float64]:
        if column.categories:
            # Half of √2 apart: two rows that differ in one category are one unit apart, as one spread of a number is.
            return np.array(
                [[float(str(value) == name) / np.sqrt(2) for name in column.categories] for value in values]
            ).reshape(len(values), len(column.categories))
        numbers = np.array([_number(value) for value in values], dtype=np.float64)
        scaled = np.log1p(np.maximum(numbers, 0)) if column.logarithmic else numbers
        z = (scaled - column.centre) / column.spread
        return np.clip(np.where(np.isnan(z), 0.0, z), -CLIP, CLIP)[:, None]


def fit_features(datanet: Datanet, rows: Sequence[Mapping[str, Value]]) -> TableFeatures:
    """The encoding of the card's feature fields, from the reference's rows."""
    columns = [_fit(field, [row.get(field.name) for row in rows]) for field in datanet.with_role(Role.FEATURE)]
    return TableFeatures(tuple(column for column in columns if column is not None))


def _fit(field: CardField, values: Sequence[Value]) -> Column | None:
    present = [value for value in values if value is not None]
    if field.type in (FieldType.TEXT, FieldType.BOOLEAN):
        counts = Counter(str(value) for value in present)
        categories = tuple(sorted(counts))
        # Free text (names, addresses) is no category: almost every value would be its own.
        if not 1 < len(categories) <= CATEGORIES_MAX:
            return None
        return Column(
            name=field.name,
            type=field.type,
            centre=0,
            spread=1,
            logarithmic=False,
            categories=categories,
            counts=tuple(counts[name] for name in categories),
        )
    numbers = np.array([_number(value) for value in present], dtype=np.float64)
    if len(numbers) == 0:
        return None
    logarithmic = (
        field.type is not FieldType.DATE
        and bool(numbers.min() >= 0 and np.median(numbers) > 0)
        and (float(np.quantile(numbers, 0.95)) > 5 * float(np.median(numbers)))
    )
    scaled = np.log1p(numbers) if logarithmic else numbers
    low, middle, high = (float(value) for value in np.quantile(scaled, [0.25, 0.5, 0.75]))
    spread = (high - low) / 1.349 or float(scaled.std()) or 1.0
    return Column(
        name=field.name, type=field.type, centre=middle, spread=spread, logarithmic=logarithmic, categories=()
    )


def _number(value: Value) -> float:
    if value is None:
        return float("nan")
    if isinstance(value, int | Decimal):
        return float(value)
    try:
        # A date counts by its day of the year: seasons matter to a field, the year is only when it was written.
        return date.fromisoformat(str(value)).timetuple().tm_yday / DAYS_A_YEAR * 12
    except ValueError:
        return float("nan")
