"""A record, whose it is, and what it weighs."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, kw_only=True)
class Owned:
    """A record, where it belongs and whose it is; `imported` for those of the owner's imports.

    `judged`: inspection did not reject it. An audit of what a rule rejects, or of a copy, says nothing of how good its
    contributor's records are.
    """

    record: str
    datanet: str
    contributor: str
    imported: bool
    judged: bool = True


class Accepted(NamedTuple):
    """An accepted record, its weight in millionths, whether a person accepted it, and the line that relabelled it."""

    record: str
    weight: int
    decided: bool
    relabelled: int | None
