"""How a value that was seen is quoted in a message: enough to find it by, never the whole of a secret."""

from decimal import Decimal
from typing import Final

from curation.datanet.shown import shown

_WHOLE_MAX: Final = 12
_PART: Final = 8
_NAME_MAX: Final = 60


def quoted(text: str) -> str:
    """The text if short, else its beginning and its length; nothing in it is invisible or obeyed by a terminal."""
    if len(text) <= _WHOLE_MAX:
        return f"'{shown(text)}'"
    return f"'{shown(text[:_PART])}…' ({len(text)} characters)"


def named(field: str) -> str:
    """A field's name, fit to show."""
    return f"`{shown(field, _NAME_MAX)}`"


def described(value: object) -> str:
    """A value of any type with the name of its type."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    kind = "the text" if isinstance(value, str) else "the number" if isinstance(value, Decimal) else "the integer"
    return f"{kind} {quoted(str(value))}"
