"""The card applied to a row: which fields it has, which it must have, what each must be. Nothing is coerced.

A CSV cell is text until the card says what it is, and then only if it is written in the one way that type is written.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple, TypeAlias

from curation.datanet.canonical import Value
from curation.datanet.card import CardField, Datanet, FieldType
from curation.intake.number import INTEGER, NUMBER, number_flaw, number_value
from curation.intake.seen import described, named

_ISO_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class Problem(NamedTuple):
    """What is wrong with a row. `field` is as it stands in the file, declared or not; `more` is wrong besides."""

    code: str
    message: str
    field: str
    more: tuple["Problem", ...] = ()


_WANTED: Final = {
    FieldType.TEXT: "a text",
    FieldType.INTEGER: "an integer",
    FieldType.NUMBER: "a number",
    FieldType.BOOLEAN: "true or false",
    FieldType.DATE: "a real date as yyyy-mm-dd",
}


class Typing:
    """A card made ready to judge rows; `ignored` collects the unknown fields that it said to drop, first seen first."""

    IGNORED_MAX: Final = 1_000
    PROBLEMS_MAX: Final = 20

    def __init__(self, datanet: Datanet, *, cells_are_text: bool) -> None:
        self._fields = datanet.fields
        self._names = frozenset(field.name for field in datanet.fields)
        self._reject_unknown = datanet.unknown_fields == "reject"
        self._take = _FROM_TEXT if cells_are_text else _FROM_VALUE
        self.ignored: dict[str, None] = {}

    def applied(self, row: Mapping[str, object]) -> dict[str, Value] | Problem:
        """The declared fields that are there, in card order, or what is wrong with them, the first problem first.

        An unknown field is told alone; of missing ones and wrong types at most 20 are, so that whoever corrects a row
        need not submit it once for each.
        """
        if not row.keys() <= self._names:
            unknown = [name for name in row if name not in self._names]
            if self._reject_unknown:
                wanted = "a declared field wanted"
                return Problem(
                    "unknown-field", f"{named(unknown[0])} is not a field of this datanet, {wanted}", unknown[0]
                )
            for name in unknown:
                if len(self.ignored) < self.IGNORED_MAX:
                    self.ignored[name] = None
        values: dict[str, Value] = {}
        problems: list[Problem] = []
        for field in self._fields:
            value = row.get(field.name)
            if value is None:
                if field.required:
                    problems.append(_missing(field))
                continue
            taken = self._take[field.type](value)
            if isinstance(taken, _Wrong):
                problems.append(_wrong(field, value, taken))
            else:
                values[field.name] = taken
        return problems[0]._replace(more=tuple(problems[1 : self.PROBLEMS_MAX])) if problems else values


class _Wrong(NamedTuple):
    """The value is not of the type; `code` and `message` when more can be said than that."""

    code: str = "wrong-type"
    message: str = ""


_Taken: TypeAlias = str | int | Decimal | bool | _Wrong
_NOT_THAT: Final = _Wrong()


def _missing(field: CardField) -> Problem:
    return Problem("missing-field", f"{named(field.name)} is missing, {_WANTED[field.type]} wanted", field.name)


def _wrong(field: CardField, value: object, wrong: _Wrong) -> Problem:
    said = wrong.message or f"is {described(value)}, {_WANTED[field.type]} wanted"
    return Problem(
        wrong.code, f"{named(field.name)} {said}" if not wrong.message else f"{named(field.name)}: {said}", field.name
    )


def _text(value: object) -> _Taken:
    return value if isinstance(value, str) else _NOT_THAT


def _integer(value: object) -> _Taken:
    return value if isinstance(value, int) and not isinstance(value, bool) else _NOT_THAT


def _number(value: object) -> _Taken:
    return value if isinstance(value, int | Decimal) and not isinstance(value, bool) else _NOT_THAT


def _boolean(value: object) -> _Taken:
    return value if isinstance(value, bool) else _NOT_THAT


def _date(value: object) -> _Taken:
    if not isinstance(value, str) or not _ISO_DATE.fullmatch(value):
        return _NOT_THAT
    try:
        date.fromisoformat(value)
    except ValueError:
        return _NOT_THAT
    return value


def _cell_number(value: object, grammar: re.Pattern[str]) -> _Taken:
    if not isinstance(value, str) or not grammar.fullmatch(value):
        return _NOT_THAT
    flaw = number_flaw(value)
    return _Wrong(*flaw) if flaw else number_value(value)


def _cell_boolean(value: object) -> _Taken:
    return {"true": True, "false": False}.get(value, _NOT_THAT) if isinstance(value, str) else _NOT_THAT


_Take: TypeAlias = Callable[[object], _Taken]
_FROM_VALUE: Final[Mapping[FieldType, _Take]] = {
    FieldType.TEXT: _text,
    FieldType.INTEGER: _integer,
    FieldType.NUMBER: _number,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATE: _date,
}
_FROM_TEXT: Final[Mapping[FieldType, _Take]] = {
    FieldType.TEXT: _text,
    FieldType.INTEGER: lambda value: _cell_number(value, INTEGER),
    FieldType.NUMBER: lambda value: _cell_number(value, NUMBER),
    FieldType.BOOLEAN: _cell_boolean,
    FieldType.DATE: _date,
}
