"""Rows of a table as vectors: numbers against the reference's spread, dates as day numbers, categories one-hot.

Fitted on the reference and kept with it, so that a row's vector does not depend on its company.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
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
    """How one field becomes numbers: `centre` and `spread` for numbers, else one 0/1 per category."""

    name: str
    type: FieldType
    centre: float
    spread: float
    logarithmic: bool
    categories: tuple[str, ...]


@dataclass(frozen=True)
class TableFeatures:
    """A fitted encoding of a table's feature fields."""

    columns: tuple[Column, ...]

    def vectors(self, rows: Sequence[Mapping[str, Value]]) -> NDArray[np.float32]:
        """(n, d) float32: robust z-scores clipped at ±20, categories as 0/1, an absent value at the centre."""
        parts = [self._part(column, [row.get(column.name) for row in rows]) for column in self.columns]
        return np.hstack(parts).astype(np.float32) if parts else np.zeros((len(rows), 1), dtype=np.float32)

    def deviations(self, row: Mapping[str, Value]) -> list[tuple[float, str]]:
        """The numeric fields of a row by how many spreads they lie from the centre, the farthest first."""
        found = [
            (abs(float(self._part(column, [row.get(column.name)])[0, 0])), column.name)
            for column in self.columns
            if not column.categories and row.get(column.name) is not None
        ]
        return sorted(found, reverse=True)

    def to_json(self) -> list[dict[str, Any]]:
        """Plain values that `from_json` reads back."""
        return [
            {**vars(column), "type": column.type.value, "categories": list(column.categories)}
            for column in self.columns
        ]

    @staticmethod
    def from_json(data: Sequence[Mapping[str, Any]]) -> "TableFeatures":
        """What `to_json` wrote."""
        return TableFeatures(
            tuple(
                Column(**{**column, "type": FieldType(column["type"]), "categories": tuple(column["categories"])})
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
        categories = tuple(sorted({str(value) for value in present}))
        # Free text (names, addresses) is no category: almost every value would be its own.
        if not 1 < len(categories) <= CATEGORIES_MAX:
            return None
        return Column(name=field.name, type=field.type, centre=0, spread=1, logarithmic=False, categories=categories)
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
