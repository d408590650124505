"""What a curator's decision about a record is worth, so that a minute is spent where it changes most. Pure.

    worth = chance that the decision changes something × stake × (1 + what it teaches) / seconds × jitter

Worst first asks about records that are paid nothing whatever is decided; most uncertain first about records that nobody
uses. Money that stands to move is what a decision is about.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from typing import Self

# How much more a decision counts that is the first of its kind and as open as can be: it moves the calibration most.
TEACHING = 0.5
# Two curators' orders differ by at most this factor, so that they do not queue for the same record.
JITTER = 1.25
SECONDS_FIXED = 4.0
CHARACTERS_PER_SECOND = 18.0
SECONDS_MAX = 120.0


class Sort(StrEnum):
    """Why a record waits for a person."""

    REVIEW = "review"
    UNCHECKED = "unchecked"
    PART = "part"  # accepted, and paid in part
    AUDIT = "audit"  # drawn at random
    DOUBT = "doubt"  # called bad by one curator, and paid for: a second one has to agree
    APPEAL = "appeal"
    SPLIT = "split"  # decided, and somebody who looked without knowing says something else


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What the worth of a decision rests on. Weight, novelty and credit in 0..1; length in characters.

    `weight` is None where nothing could be judged. `influence` is what the record's money is beside that of a typical
    record of its datanet (1), `alike` how many records the decision covers.
    """

    sort: Sort
    weight: float | None
    credit: float
    novelty: float
    influence: float
    alike: int
    length: int


def chance_of_change(one: Standing) -> float:
    """The chance, 0..1, that a decision changes what the record is paid, times the part of its pay that changes.

    An accepted record loses its credit when it is bad; one that is held gains all of it when it is good.
    """
    weight = 0.5 if one.weight is None else one.weight
    match one.sort:
        case Sort.REVIEW | Sort.UNCHECKED:
            return weight
        case Sort.PART:
            # Both ways: bad and it loses what it has, good and it gets what it lacks.
            return (1 - weight) * one.credit + weight * (1 - one.credit)
        case Sort.AUDIT | Sort.DOUBT | Sort.APPEAL | Sort.SPLIT:
            # Money waits for these words whatever they are: no drawing, no vesting before. People who differ differ.
            return 1.0


def stake(one: Standing) -> float:
    """What stands to move, beside a typical new record's pay (1): what is not new is paid by its novelty."""
    return one.influence * max(one.novelty, 0.05) * one.alike


def openness(one: Standing) -> float:
    """What the first decision of its kind adds to what is known, 0..TEACHING: most where it is open."""
    weight = 0.5 if one.weight is None else one.weight
    return TEACHING * 4 * weight * (1 - weight)


def seconds(length: int) -> float:
    """How long a curator is expected to need for a text of so many characters."""
    return min(SECONDS_FIXED + length / CHARACTERS_PER_SECOND, SECONDS_MAX)


@dataclass(frozen=True, slots=True)
class Worth:
    """What a decision's worth is made of: its expected effect in typical pays, what it teaches at first, seconds."""

    effect: float
    openness: float
    seconds: float

    @classmethod
    def of(cls, one: Standing) -> Self:
        """What it is made of for a record that stands so."""
        return cls(chance_of_change(one) * stake(one), openness(one), seconds(one.length))

    def after(self, decided: int) -> float:
        """The worth, in typical pays a second, after so many decisions about records that were found the same.

        Each teaches less than the one before. 0 only where nothing can change.
        """
        return self.effect * (1 + self.openness / sqrt(1 + decided)) / self.seconds


def jitter(curator: str, record: str) -> float:
    """A factor from 1/JITTER to JITTER, the same each time for the same curator and record."""
    drawn = int.from_bytes(hashlib.sha256(f"{curator}\0{record}".encode()).digest()[:8], "big") / 2**64
    return float(JITTER ** (2 * drawn - 1))


def is_hidden(curator: str, record: str, share: float) -> bool:
    """Whether this curator decides about this record unseen by the engine's opinion: so for `share` of all records."""
    drawn = int.from_bytes(hashlib.sha256(f"hidden\0{curator}\0{record}".encode()).digest()[:8], "big") / 2**64
    return drawn < share
