"""Which part of the queue somebody wants, and what they got of it."""

from dataclasses import dataclass

from curation.review.book import Lease
from curation.review.waiting import Waiting
from curation.review.worth import Sort


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which part of the queue: None is all of it. `code` is a check or rule that found something."""

    datanet: str | None = None
    sort: Sort | None = None
    code: str | None = None
    contributor: str | None = None
    label: str | None = None

    def __contains__(self, one: Waiting) -> bool:
        return (
            self.sort in (None, one.sort)
            and self.contributor in (None, one.contributor)
            and self.label in (None, one.label)
            and (self.code is None or self.code in one.codes)
        )


@dataclass(frozen=True, kw_only=True)
class Leased:
    """A record to look at, and the lease on it. `hidden`: the engine's opinion is not shown before the curator's."""

    waiting: Waiting
    lease: Lease
    hidden: bool
