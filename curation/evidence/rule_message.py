"""What a rule says about one record: which field, what was seen, what was wanted, with nothing private or obeyed in it.

A template may hold `{field}`, `{value}`, `{wanted}` and `{found}` (the part of the value that broke the rule). Values
are cut short, made showable, and personal data in them is cut to two characters, whichever rule speaks.
"""

import re
from decimal import Decimal
from typing import Any, Final, Protocol

from curation.datanet.canonical import Value
from curation.datanet.shown import shown
from curation.evidence.patterns import compiled
from curation.evidence.rule_types import PERSONAL_DATA_TYPE

_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
_KNOWN: Final = ("field", "value", "wanted", "found")
_TELLS_WANTED: Final = ("_be_between", "_to_equal", "_be_in_set")
_TELLS_FOUND: Final = ("not_match_regex", PERSONAL_DATA_TYPE)
_VALUE_CHARS: Final = 60
_FIELD_CHARS: Final = 60
_FOUND_CHARS: Final = 40


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
    return None


def rule_message(rule: _Speaking, value: Value) -> str:
    """The rule's message about a record whose field holds `value` (None for a rule about several fields)."""

    def filled(match: re.Match[str]) -> str:
        match match.group(1):
            case "field":
                return shown(rule.field or "record", _FIELD_CHARS)
            case "value":
                return value_shown(value)
            case "wanted":
                return rule.wanted
        return _found(rule, value)

    return _PLACEHOLDER.sub(filled, rule.message)


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
