"""Where in a line of JSON a thing stands: names the column of a flaw once it is known that there is one.

Only flawed lines come here, so it may be slow; it must be linear all the same, or a flaw would be an attack.
"""

import json
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

# A text without its closing quote runs to the end: tried again from each quote inside it, it would cost a square.
_TOKEN: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)


class Token(NamedTuple):
    """A bracket, comma, colon, text (with its quotes) or bare word, and the 1-based column it begins in."""

    text: str
    column: int


class Member(NamedTuple):
    """A key of an object. `owner` numbers the objects of the line in the order they open, from 1."""

    owner: int
    key: str
    column: int
    value_column: int


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a line, sound or not."""
    return (Token(match.group(), match.start() + 1) for match in _TOKEN.finditer(text))


def deeper_than(text: str, limit: int) -> int | None:
    """The column of the first bracket that nests deeper than `limit`, those inside texts not counted; None if none."""
    depth = 0
    for token in tokens(text):
        if token.text in "{[":
            depth += 1
            if depth > limit:
                return token.column
        elif token.text in "}]":
            depth -= 1
    return None


def members(text: str) -> Iterator[Member]:
    """Every key of every object in a line of sound JSON, in the order they stand."""
    owners: list[int] = []  # 0 stands for a list
    opened = 0
    key: Token | None = None
    before = ""
    for token in tokens(text):
        if key is not None and before == ":":
            name = json.loads(key.text) if "\\" in key.text else key.text[1:-1]
            yield Member(owners[-1], name, key.column, token.column)
            key = None
        if token.text in "{[":
            opened += token.text == "{"
            owners.append(opened if token.text == "{" else 0)
        elif token.text in "}]":
            owners.pop()
        elif token.text[0] == '"' and owners and owners[-1] and before in "{,":
            key = token
        before = token.text


def repeated_key(text: str) -> Member | None:
    """The first key that stands a second time in its object."""
    met: set[tuple[int, str]] = set()
    for member in members(text):
        place = (member.owner, member.key)
        if place in met:
            return member
        met.add(place)
    return None


def top_level(text: str, key: str) -> Member | None:
    """Where a key of the record itself stands."""
    return next((member for member in members(text) if member.owner == 1 and member.key == key), None)
