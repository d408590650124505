"""One record that somebody submits in the benchmark, and what is true of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random
from typing import Any

Row = dict[str, Any]


class Truth(StrEnum):
    """What the oracle knows. A *copy* says nothing false: an audit finds it good, a review finds it repeated."""

    GOOD = "good"
    COPY = "copy"
    BAD = "bad"


@dataclass(frozen=True, kw_only=True)
class Item:
    """A record as it will be submitted; `key` is its id in the file and unique in a world."""

    key: str
    row: Row
    truth: Truth = Truth.GOOD


@dataclass(frozen=True, kw_only=True)
class Hand:
    """One file of one contributor."""

    contributor: str
    items: tuple[Item, ...]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """The fields of a datanet: those that hold text, and the one that can be wrong about the others."""

    texts: tuple[str, ...]
    asked: str
    answer: str

    def edited(self, row: Row, edit: Callable[[str], str]) -> Row:
        """The row with an edit of each of its texts."""
        return {**row, **{field: edit(row[field]) for field in self.texts}}

    def answered(self, row: Row, other: Row) -> Row:
        """The row with another's label or response."""
        return {**row, self.answer: other[self.answer]}


def hand(contributor: str, rows: Sequence[Row], truth: Truth = Truth.GOOD, begin: int = 0) -> Hand:
    """A file of these rows, numbered from `begin`."""
    return Hand(
        contributor=contributor,
        items=tuple(
            Item(key=f"{contributor}-{number}", row=row, truth=truth) for number, row in enumerate(rows, begin)
        ),
    )


def halves_of(whole: Hand) -> tuple[Hand, Hand]:
    """The first and the second half of a file."""
    middle = len(whole.items) // 2
    return replace(whole, items=whole.items[:middle]), replace(whole, items=whole.items[middle:])


def chance(*parts: object) -> Random:
    """A seeded source of chance that is named by what it is for."""
    return Random("/".join(map(str, parts)))  # noqa: S311  (a reproducible draw, no secret)
