"""YAML written for people to read and edit: scalars that read back as the text they were, and as nothing else."""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from curation.datanet.canonical import Value

# What YAML 1.1 reads as something other than text.
_WORDS_OF_YAML: Final = ("null", "true", "false", "yes", "no", "on", "off", "y", "n")
_SLUG_CHARS_MAX: Final = 40


def quoted(text: str) -> str:
    """A YAML scalar on one line that reads back as this text and nothing else, with nothing invisible in it."""
    if re.fullmatch(r"[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*", text) and text not in _WORDS_OF_YAML:
        return text
    return '"' + "".join(_escaped(character) for character in text) + '"'


def scalar(value: Value) -> str:
    """A value of a record as YAML that reads back as that value; a number with its point."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            plain = f"{value:f}"
            return plain if "." in plain else f"{plain}.0"
    return quoted(value)


def flow(key: str, values: Sequence[str]) -> str:
    """A key with a list of texts on one line."""
    return f"{key}: [{', '.join(quoted(value) for value in values)}]"


def many(count: int, thing: str) -> str:
    """`1 row`, `2,000 rows`."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def slug(name: str, number: int) -> str:
    """Letters of a column's name that can begin a rule's code; `number`, its place, where they alone would not do."""
    # The number keeps codes apart where two names leave the same letters.
    letters = re.sub(r"[^a-z0-9]+", "-", name.lower(), flags=re.ASCII).strip("-")[:_SLUG_CHARS_MAX].strip("-")
    plain = re.fullmatch(r"[a-z][a-z0-9-]*", letters) and letters == name.lower().replace("_", "-").replace(" ", "-")
    return letters if plain else f"column-{number + 1}" + (f"-{letters}" if letters else "")


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character == " " or unicodedata.category(character)[0] not in "CZ":
        return character
    return f"\\U{ord(character):08x}" if ord(character) > 0xFFFF else f"\\u{ord(character):04x}"
