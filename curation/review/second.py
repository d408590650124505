"""Second looks: decided records that are shown once more, to be told how far curators agree and whom to trust. Pure.

A share of what was decided goes to several people, and gold, whose answer is known, goes among it. Both are shown as
they stood when they waited, by the same path, and an answer about either is the same kind of journal line.
"""

import hashlib
import hmac
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from curation.ledger.answers import Answer, Gold, Saying
from curation.review.waiting import Waiting

# So many people say what they think of a record that goes to several, the one who decided it among them.
ANSWERS_WANTED = 3
# So many looks are second ones while there are any. More go to what is shared than to gold, so that whoever finds out
# that a look is a second one (it is no secret that a record was decided) still cannot tell that it is gold.
SHARED_LOOKS = 0.15
GOLD_LOOKS = 0.05


class Kind(StrEnum):
    """What a look is for."""

    FIRST = "first"
    SHARED = "shared"
    GOLD = "gold"


@dataclass(frozen=True, kw_only=True)
class Told:
    """One answer about a record, and how many gave it."""

    said: Saying
    count: int


def goes_to_several(salt: bytes, record: str, share: float) -> bool:
    """Whether this record, once decided, goes to several curators: so for `share` of all, the same ones each time.

    Who could tell without the workspace's salt could tell what is gold, too: what comes again and is none of these.
    """
    return _lot(salt, record) < share


def kind_of(salt: bytes, curator: str, done: int) -> Kind:
    """What the look of a curator is for who has said `done` words: nobody without the workspace's salt can tell."""
    drawn = _drawn(hmac.new(salt, f"look\0{curator}\0{done}".encode(), hashlib.sha256).digest())
    if drawn < GOLD_LOOKS:
        return Kind.GOLD
    return Kind.SHARED if drawn < GOLD_LOOKS + SHARED_LOOKS else Kind.FIRST


def woven(
    first: Iterable[Waiting],
    shared: Iterable[Waiting],
    gold: Iterable[Waiting],
    kind: Callable[[int], Kind],
) -> Iterator[Waiting]:
    """The looks in order: `kind(n)` says what the n-th from now is for; where there is none of that, a first one.

    Gold alone keeps nobody busy: it ends when nothing else is left.
    """
    of_kind = {Kind.FIRST: deque(first), Kind.SHARED: deque(shared), Kind.GOLD: deque(gold)}
    place = 0
    while of_kind[Kind.FIRST] or of_kind[Kind.SHARED]:
        wanted = of_kind[kind(place)] or of_kind[Kind.FIRST] or of_kind[Kind.SHARED]
        yield wanted.popleft()
        place += 1


def split_of(answers: Mapping[str, Sequence[Answer]], gold: Collection[str]) -> frozenset[str]:
    """The records about which an opinion differs from the decision before it; what a later decision settles is not.

    `answers` are all about each record, in journal order. Gold is settled: its answers are about its curators.
    """
    return frozenset(record for record, told in answers.items() if record not in gold and _is_split(told))


def _is_split(told: Sequence[Answer]) -> bool:
    decided: Saying | None = None
    split = False
    for one in told:
        if one.is_opinion:
            split = split or (decided is not None and one.said != decided)
        else:
            decided, split = one.said, False
    return split


def tally(answers: Iterable[Answer]) -> tuple[Told, ...]:
    """Who said what, counted, most first: of each curator the last word."""
    last = {one.by: one.said for one in answers}
    counted = sorted(Counter(last.values()).items(), key=lambda one: (-one[1], one[0][0], one[0][1] or ""))
    return tuple(Told(said=said, count=count) for said, count in counted)


def wants_more(told: Sequence[Answer]) -> bool:
    """Whether a record that goes to several has not been to enough."""
    return len({one.by for one in told}) < ANSWERS_WANTED


def has_spoken(told: Iterable[Answer], names: Collection[str]) -> bool:
    """Whether any of these names is one person's who said something already."""
    return any(one.by in names for one in told)


def has_opined(told: Iterable[Answer], names: Collection[str]) -> bool:
    """Whether any of these names is one person's who gave an opinion already."""
    return any(one.is_opinion and one.by in names for one in told)


def is_for(gold: Gold, names: Collection[str]) -> bool:
    """Whether somebody of these names can be measured by this gold: not who nominated it, nor while it is disputed."""
    return not gold.is_disputed and not set(gold.by) & set(names)


@lru_cache(maxsize=100_000)
def _lot(salt: bytes, record: str) -> float:
    return _drawn(hmac.new(salt, f"several\0{record}".encode(), hashlib.sha256).digest())


def _drawn(digest: bytes) -> float:
    return int.from_bytes(digest[:8], "big") / 2**64
