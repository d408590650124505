"""What a rule says about one record: which field, what was seen, what was wanted, with nothing private or obeyed in it.

A template may hold `{field}`, `{value}`, `{wanted}` and `{found}` (the part of the value that broke the rule); where a
field follows from another also `{other_field}` and `{other}`, its name and value. Values are cut short, made showable,
and personal data in them is cut to two characters, whichever rule speaks.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, Protocol

from curation.datanet.canonical import Value
from curation.datanet.shown import shown
from curation.evidence.patterns import compiled
from curation.evidence.rule_types import FOLLOWS_TYPE, PERSONAL_DATA_TYPE, comparable

_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
_KNOWN: Final = ("field", "value", "wanted", "found", "other_field", "other")
_TELLS_WANTED: Final = ("_be_between", "_to_equal", "_be_in_set", FOLLOWS_TYPE)
_TELLS_FOUND: Final = ("not_match_regex", PERSONAL_DATA_TYPE)
_VALUE_CHARS: Final = 60
_FIELD_CHARS: Final = 60
_FOUND_CHARS: Final = 40
_WANTED_MAX: Final = 3


class _Speaking(Protocol):
    """What is read of a rule."""

    @property
    def type(self) -> str: ...
    @property
    def kwargs(self) -> Any: ...
    @property
    def message(self) -> str: ...
    @property
    def field(self) -> str | None: ...
    @property
    def wanted(self) -> str: ...


def placeholder_problem(message: str, type_name: str) -> str | None:
    """What is wrong with a message template for this expectation, or None."""
    for name in _PLACEHOLDER.findall(message):
        if name not in _KNOWN:
            return f"message: {{{name}}} is not known; wanted: {', '.join(f'{{{known}}}' for known in _KNOWN)}"
        if name == "wanted" and not any(part in type_name for part in _TELLS_WANTED):
            return f"message: {type_name} cannot say {{wanted}}"
        if name == "found" and not any(part in type_name for part in _TELLS_FOUND):
            return f"message: {type_name} cannot say {{found}}"
        if name.startswith("other") and type_name != FOLLOWS_TYPE:
            return f"message: {type_name} cannot say {{{name}}}"
    return None


def rule_message(rule: _Speaking, value: Value, row: Mapping[str, Value] = MappingProxyType({})) -> str:
    """The rule's message about a record whose field holds `value` (None for a rule about several fields).

    `row` is the whole record, for a rule about a field that follows from another.
    """

    def filled(match: re.Match[str]) -> str:
        match match.group(1):
            case "field":
                return shown(rule.field or "record", _FIELD_CHARS)
            case "value":
                return value_shown(value)
            case "wanted":
                return _wanted_there(rule, row) if rule.type == FOLLOWS_TYPE else rule.wanted
            case "other_field":
                return shown(rule.kwargs["column_A"], _FIELD_CHARS)
            case "other":
                return value_shown(row.get(rule.kwargs["column_A"]))
        return _found(rule, value)

    return _PLACEHOLDER.sub(filled, rule.message)


def _wanted_there(rule: _Speaking, row: Mapping[str, Value]) -> str:
    """What goes with the other field's value in this record."""
    given = comparable(row.get(rule.kwargs["column_A"]))
    wanted = [other for one, other in rule.kwargs["value_pairs_set"] if one == given]
    return " or ".join(value_shown(_as_value(other)) for other in wanted[:_WANTED_MAX]) or "what goes with it"


def _as_value(argument: Any) -> Value:
    return Decimal(str(argument)) if isinstance(argument, float) else argument


def value_shown(value: Value) -> str:
    """A value fit for a message: text in quotes, cut, personal data masked; numbers as they were given."""
    match value:
        case None:
            return "missing"
        case bool():
            return "true" if value else "false"
        case str():
            return f"'{shown(_masked(value), _VALUE_CHARS)}'"
        case int() | Decimal():
            return shown(str(value), _VALUE_CHARS)


def _found(rule: _Speaking, value: Value) -> str:
    text = "" if value is None else str(value)
    # 90 ms that most commands never need.
    from curation.evidence.personal_data import first_masked, touches_personal_data  # noqa: PLC0415 - see above

    if rule.type == PERSONAL_DATA_TYPE:
        return shown(first_masked(text, rule.kwargs["kind"]) or "", _FOUND_CHARS)

    listed = rule.kwargs.get("regex_list") or [rule.kwargs["regex"]]
    spans = (span for pattern in listed for span in compiled(pattern).spans(text))
    start, end = next(spans, (0, 0))
    # Cut out of its surroundings a piece of a secret looks harmless, so the whole text is asked.
    found = text[start : start + 2] + "•••" if touches_personal_data(text, start, end) else text[start:end]
    return f"'{shown(found, _FOUND_CHARS)}'"


def _masked(text: str) -> str:
    from curation.evidence.personal_data import masked  # noqa: PLC0415 - 90 ms that most commands never need

    return masked(text)
