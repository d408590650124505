"""What can be told of curators: how far they agree with others, how they answer gold, how long they take. Pure.

Nothing follows from these figures by itself. Nobody is judged by less than ten answers to gold, or by a miss: only
where even the upper end of the interval is too low is it said. A fee by looks is the same whatever was said.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import Self

from curation.ledger.answers import Saying
from curation.rewards.intervals import MILLION, Interval, share_of

# With fewer answers to gold nothing is said: at ten, half of them wrong is the first that tells.
GOLD_MIN = 10
# A curator of whom it is sure (with 97.5 %) that fewer are right is one to talk to.
ACCURACY_WANTED = 0.8


class Told(StrEnum):
    """What gold says of a curator."""

    TOO_FEW = "not enough to tell"
    FINE = "nothing against"
    BELOW = "surely below .8"


@dataclass(frozen=True, kw_only=True)
class GoldAnswer:
    """What somebody said of a gold record, and what is right."""

    record: str
    said: Saying
    right: Saying

    @property
    def is_right(self) -> bool:
        """Whether they are the same."""
        return self.said == self.right


@dataclass(frozen=True, kw_only=True)
class Accepts:
    """Of so many looks that ended with a word or an opinion so many accepted, under whatever label."""

    looks: int = 0
    accepted: int = 0

    @classmethod
    def of(cls, accepted: Sequence[bool]) -> Self:
        """The looks, each by whether it accepted."""
        return cls(looks=len(accepted), accepted=sum(accepted))


@dataclass(frozen=True, kw_only=True)
class Curator:
    """One curator in numbers; None where there is nothing to tell it by.

    `looks` ended with a word or an opinion; `shared` of their records others answered too, independently, and
    `agreement` is the share of those others who said the same. `quality` in 0..1 is cleanlab's, or where labels
    do not suffice the agreement; `is_by_labels` says which. `seconds` is the median of a look. `blind` are the looks
    that the engine's findings were left out of, `informed` the others: how far apart the two shares of accepted
    records are is how much the findings sway.
    """

    curator: str
    looks: int
    shared: int
    agreement: float | None
    quality: float | None
    is_by_labels: bool
    gold: tuple[GoldAnswer, ...]
    seconds: float | None
    blind: Accepts = Accepts()
    informed: Accepts = Accepts()

    @property
    def right(self) -> int:
        """How many answers to gold were right."""
        return sum(one.is_right for one in self.gold)

    @property
    def accuracy(self) -> Interval | None:
        """The share of right answers to gold with its 95 % interval, in millionths."""
        return share_of(self.right, len(self.gold)) if self.gold else None

    @property
    def accepted(self) -> int:
        """How many gold records were accepted, under whatever label."""
        return sum(one.said[0] != "reject" for one in self.gold)

    @property
    def to_accept(self) -> int:
        """How many of them it was right to accept."""
        return sum(one.right[0] != "reject" for one in self.gold)

    @property
    def told(self) -> Told:
        """What gold says: nothing before there is enough of it, and nothing bad that is not sure."""
        if self.accuracy is None or len(self.gold) < GOLD_MIN:
            return Told.TOO_FEW
        return Told.BELOW if self.accuracy.high < ACCURACY_WANTED * MILLION else Told.FINE


def agreements(answers: Mapping[str, Mapping[str, Saying]]) -> dict[str, tuple[float, int]]:
    """Of each curator the mean, over records, of the share of the others who said the same; and how many records.

    `answers` are by record and curator, given independently. Oneself is no part of what one is compared with: of a
    majority of three everybody is a third.
    """
    shares: defaultdict[str, list[float]] = defaultdict(list)
    for told in answers.values():
        said = Counter(told.values())
        if len(told) > 1:
            for curator, one in told.items():
                shares[curator].append((said[one] - 1) / (len(told) - 1))
    return {curator: (sum(some) / len(some), len(some)) for curator, some in shares.items()}


def curators(  # noqa: PLR0913, PLR0917  (what each figure is made of)
    looks: Mapping[str, int],
    answers: Mapping[str, Mapping[str, Saying]],
    gold: Mapping[str, Sequence[GoldAnswer]],
    seconds: Mapping[str, Sequence[int]],
    qualities: Mapping[str, float],
    accepted: Mapping[tuple[str, bool], Sequence[bool]] | None = None,
) -> tuple[Curator, ...]:
    """The figures of all who looked, by name. `qualities` are told by labels, in 0..1, where there were enough.

    `accepted` holds by curator, and whether the findings were left out, of each look that was asked for whether it
    accepted.
    """
    accepted = accepted or {}
    agreed = agreements(answers)
    found = []
    for name in sorted(looks):
        agreement, shared = agreed.get(name, (None, 0))
        found.append(
            Curator(
                curator=name,
                looks=looks[name],
                shared=shared,
                agreement=agreement,
                quality=qualities.get(name, agreement),
                is_by_labels=name in qualities,
                gold=tuple(gold.get(name, ())),
                seconds=float(median(seconds[name])) if seconds.get(name) else None,
                blind=Accepts.of(accepted.get((name, True), ())),
                informed=Accepts.of(accepted.get((name, False), ())),
            )
        )
    return tuple(found)
