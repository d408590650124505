"""Records as Arrow columns: no value is coerced, and what no type holds exactly stays the text that it was.

The type of a column follows from the card, and for decimals from the values: a scale that holds all of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa

from curation.audit.released import Accepted
from curation.datanet.canonical import Value
from curation.datanet.card import CardField, Datanet, FieldType, Role

DIGITS_MAX: Final = 38
_INTEGERS: Final = range(-(2**63), 2**63)
# `datanet/card.py` lets nobody call two fields alike; a reader may not tell capitals from small letters.
RECORD_ID: Final = "record_id"


@dataclass(frozen=True, kw_only=True)
class Column:
    """A declared field and the Arrow type that holds every value of it; `as_text` where the declared one does not."""

    field: CardField
    type: Any
    as_text: bool

    def array(self, values: Sequence[Value]) -> Any:
        """The values of this column as an Arrow array."""
        if self.as_text:
            return pa.array([None if value is None else _text(value) for value in values], self.type)
        if self.field.type is FieldType.DATE:
            return pa.array([None if value is None else date.fromisoformat(str(value)) for value in values], self.type)
        if self.field.type is FieldType.NUMBER:
            # Decimals of several scales and integers become the one scale of the column; none is rounded.
            return pa.array([None if value is None else Decimal(value) for value in values], self.type)
        return pa.array(values, self.type)


def id_column(datanet: Datanet) -> str:
    """What the column of record ids is called: `record_id`, with as many `_` behind it as no declared field has."""
    taken = {field.name.casefold() for field in datanet.fields}
    name = RECORD_ID
    while name in taken:
        name += "_"
    return name


def columns_of(datanet: Datanet, pieces: Iterable[Sequence[Accepted]]) -> tuple[Column, ...]:
    """A column for each declared field but the contributor's own id, in card order."""
    fields = [field for field in datanet.fields if field.role is not Role.ID]
    seen = {field.name: _Seen() for field in fields}
    typed = [field for field in fields if field.type is not FieldType.TEXT]
    for piece in pieces if typed else ():
        for one in piece:
            for field in typed:
                seen[field.name].see(field.type, one.values.get(field.name))
    return tuple(seen[field.name].column(field) for field in fields)


def table_of(name: str, columns: Sequence[Column], piece: Sequence[Accepted]) -> Any:
    """A piece of records as an Arrow table, the column of ids first and called `name`."""
    ids = pa.array([one.record for one in piece], pa.string())
    arrays = [one.array([record.values.get(one.field.name) for record in piece]) for one in columns]
    return pa.table([ids, *arrays], schema=schema_of(name, columns))


def schema_of(name: str, columns: Sequence[Column]) -> Any:
    """The schema of such tables."""
    return pa.schema([pa.field(name, pa.string()), *(pa.field(one.field.name, one.type) for one in columns)])


_PLAIN: Final[Mapping[FieldType, Any]] = {
    FieldType.TEXT: pa.string(),
    FieldType.INTEGER: pa.int64(),
    FieldType.BOOLEAN: pa.bool_(),
    FieldType.DATE: pa.date32(),
}


class _Seen:
    """What the values of a column need: digits before and behind the point, and whether all are of the type."""

    def __init__(self) -> None:
        self._whole, self._scale, self._fits = 1, 0, True

    def see(self, declared: FieldType, value: Value) -> None:
        if value is None or not self._fits:
            return
        self._fits = _is(declared, value)
        if self._fits and declared is FieldType.NUMBER:
            _, digits, exponent = Decimal(value).as_tuple()
            assert isinstance(exponent, int)  # readers let no infinity in
            self._scale = max(self._scale, -exponent)
            self._whole = max(self._whole, len(digits) + exponent)
            self._fits = self._whole + self._scale <= DIGITS_MAX

    def column(self, field: CardField) -> Column:
        if not self._fits:
            return Column(field=field, type=pa.string(), as_text=True)
        if field.type is FieldType.NUMBER:
            return Column(field=field, type=pa.decimal128(DIGITS_MAX, self._scale), as_text=False)
        return Column(field=field, type=_PLAIN[field.type], as_text=field.type is FieldType.TEXT)


def _is(declared: FieldType, value: Value) -> bool:
    """Whether a value is of the type that the card says now; what came under an earlier card may be of another."""
    if isinstance(value, bool) or declared is FieldType.BOOLEAN:
        return isinstance(value, bool) and declared is FieldType.BOOLEAN
    if declared is FieldType.INTEGER:
        return isinstance(value, int) and value in _INTEGERS
    if declared is FieldType.NUMBER:
        return isinstance(value, int | Decimal)
    return isinstance(value, str) and _is_date(value)


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _text(value: str | int | Decimal) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
