"""Which fields of a card a rule speaks of, and what the card fills in: `$field`, `$allowed`, `$min`, `$max`, `$unit`.

A rule that asks for something the card does not say (no allowed values, no prompt) is not made for that field.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from curation.datanet.card import CardField, FieldType, Role
from curation.datanet.shown import shown
from curation.evidence.rule_types import COLUMN_KWARGS, FOLLOWS_TYPE, RULE_TYPES, is_variable

_FAMILY: Final = {
    FieldType.TEXT: "text",
    FieldType.DATE: "text",
    FieldType.INTEGER: "number",
    FieldType.NUMBER: "number",
    FieldType.BOOLEAN: "truth",
}
_NOT_WRITTEN: Final = (Role.ID, Role.LABEL, Role.LICENCE)
_LISTED_MAX: Final = 12
_ABSENT: Final = object()


def _has_role(role: Role) -> Callable[[CardField], bool]:
    return lambda field: field.role is role


SELECTORS: Final[Mapping[str, Callable[[CardField], bool]]] = {
    **{role.value: _has_role(role) for role in Role},
    # Text that people wrote in their own words, so that anything may stand in it.
    "written": lambda field: field.type is FieldType.TEXT and field.allowed is None and field.role not in _NOT_WRITTEN,
    "listed": lambda field: field.allowed is not None,
    "ranged": lambda field: field.range is not None,
    "any": lambda _: True,
}


@dataclass(frozen=True, kw_only=True)
class Instance:
    """A rule's arguments with real fields in them, the one field it speaks of, and what that should be."""

    kwargs: Mapping[str, Any]
    field: str | None
    wanted: str


def instances(
    type_name: str, kwargs: Mapping[str, Any], selectors: Sequence[str], fields: Sequence[CardField]
) -> tuple[Instance, ...] | str:
    """The rule on each selected field, in card order; or what is wrong with a rule that names fields itself."""
    if not selectors:
        problem = _misfit(type_name, kwargs, fields)
        return problem or (_instance(type_name, dict(kwargs), _field_spoken_of(type_name, kwargs), fields),)
    made: list[Instance] = []
    for field in fields:
        if not any(SELECTORS[selector](field) for selector in selectors):
            continue
        known = _known(field, fields)
        filled = {key: _filled(value, known) for key, value in kwargs.items()}
        if any(value is _ABSENT for value in filled.values()) or _misfit(type_name, filled, fields):
            continue
        made.append(_instance(type_name, filled, field.name, fields))
    return tuple(made)


def _known(field: CardField, fields: Sequence[CardField]) -> dict[str, Any]:
    known: dict[str, Any] = {"$field": field.name, "$unit": field.unit or _ABSENT}
    known["$allowed"] = _ABSENT if field.allowed is None else list(field.allowed)
    if field.range is not None:
        known["$min"], known["$max"] = (None if bound is None else _plain(bound) for bound in field.range)
    for role in (Role.ID, Role.TEXT, Role.PROMPT, Role.RESPONSE, Role.LABEL):
        known[f"${role}"] = next((other.name for other in fields if other.role is role), _ABSENT)
    return known


def _filled(value: Any, known: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        items = [_filled(item, known) for item in value]
        return _ABSENT if any(item is _ABSENT for item in items) else items
    return known.get(value, _ABSENT) if is_variable(value) else value


def _plain(bound: Decimal) -> int | float:
    return int(bound) if bound == bound.to_integral_value() else float(bound)


def _columns(kwargs: Mapping[str, Any]) -> Iterator[str]:
    for key in COLUMN_KWARGS:
        named = kwargs.get(key, ())
        yield from [named] if isinstance(named, str) else named


def _field_spoken_of(type_name: str, kwargs: Mapping[str, Any]) -> str | None:
    named = RULE_TYPES[type_name].speaks_of
    if named is not None:
        return str(kwargs[named])
    found = tuple(_columns(kwargs))
    return found[0] if len(found) == 1 else None


def _misfit(type_name: str, kwargs: Mapping[str, Any], fields: Sequence[CardField]) -> str | None:
    """Why the expectation cannot judge these fields: one is not there, or of a type that it cannot compare."""
    by_name = {field.name: field for field in fields}
    families: list[str] = []
    for name in _columns(kwargs):
        if name not in by_name:
            return f"there is no field {shown(name)!r}"
        families.append(_FAMILY[by_name[name].type])
        judges = RULE_TYPES[type_name].judges
        if judges not in ("any", families[-1]):
            return f"{type_name} judges {judges}, {shown(name)!r} is {by_name[name].type}"
    if "column_A" in kwargs and type_name != FOLLOWS_TYPE and len(set(families)) > 1:
        return f"{type_name} compares fields of one type, {' and '.join(families)} were named"
    if "column" not in kwargs:
        return None
    given = [kwargs.get("min_value"), kwargs.get("max_value"), *(kwargs.get("value_set") or ())]
    if RULE_TYPES[type_name].judges == "any":
        wrong = next((value for value in given if value is not None and _family(value) != families[0]), None)
        if wrong is not None:
            return f"{wrong!r:.80} is {_family(wrong)}, the field {shown(kwargs['column'])!r} is {families[0]}"
    return None


def _family(value: object) -> str:
    return "text" if isinstance(value, str) else "truth" if isinstance(value, bool) else "number"


def _instance(type_name: str, kwargs: dict[str, Any], name: str | None, fields: Sequence[CardField]) -> Instance:
    field = next((field for field in fields if field.name == name), None)
    unit = f" {shown(field.unit, 40)}" if field is not None and field.unit else ""
    if "value_lengths" in type_name:
        unit = " characters"
    return Instance(kwargs=kwargs, field=name, wanted=_wanted(kwargs, unit))


def _wanted(kwargs: Mapping[str, Any], unit: str) -> str:
    if "value_set" in kwargs:
        values = [shown(str(value), 40) for value in kwargs["value_set"]]
        more = f", … ({len(values)} values)" if len(values) > _LISTED_MAX else ""
        return "one of " + ", ".join(values[:_LISTED_MAX]) + more
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    if low is not None and high is not None:
        return f"{low} to {high}{unit}"
    if low is not None or high is not None:
        return f"at least {low}{unit}" if high is None else f"at most {high}{unit}"
    return f"exactly {kwargs['value']}{unit}" if "value" in kwargs else ""
