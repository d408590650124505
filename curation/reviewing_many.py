"""One word about many records: seen first, said once, though the process may die in the middle of it."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from curation.datanet.canonical import digest
from curation.deciding import Said, Word
from curation.errors import Stale
from curation.ledger.facts import RecordDecided
from curation.ledger.results import ReasonFile, write_reason
from curation.review.book import lease_key
from curation.review.choice import Choice
from curation.review.waiting import Waiting
from curation.review.worth import Sort
from curation.reviewing import Reviewing

_CONTENTS = """
SELECT DISTINCT record, content_digest FROM records WHERE record IN (SELECT unnest($1::VARCHAR[]))
"""


@dataclass(frozen=True, kw_only=True)
class Free:
    """What a word about many can be about: the records, the journal line this is of, and what was seen in one digest.

    The digest is of the contents, in no order: what was seen is what is meant, not as many others.
    """

    line: int
    waiting: tuple[Waiting, ...]

    @property
    def seen(self) -> str:
        """One digest of all of it, 64 hexadecimal digits."""
        return _together(one.content for one in self.waiting)


class ReviewingMany(Reviewing):
    """A workspace whose curators may say one word about many records."""

    def free(
        self,
        choice: Choice,
        *,
        by: str,
        also: Sequence[str] = (),
        datanets: Sequence[str] = (),
        most: int | None = None,
    ) -> Free:
        """What of the queue a word about many can be about; `most` at the most, those worth most.

        What nobody else is looking at now; and the other sorts, audits and appeals for example, only where they are
        asked for: those are words about one record, looked at.
        """
        taken = self.book.with_others(by, now=self._now)
        line, order = self._queue(choice, by, also, datanets)
        plain = {Sort.REVIEW, Sort.UNCHECKED, Sort.PART} if choice.sort is None else {choice.sort}
        found = [one for one in order if lease_key(one.datanet, one.content) not in taken and one.sort in plain]
        return Free(line=line, waiting=tuple(found[:most]))

    def review_all(  # noqa: PLR0913  (what a person may say of many records)
        self,
        free: Free,
        decision: Literal["accept", "reject"],
        *,
        by: str,
        reason: str,
        seen: str,
        also: Sequence[str] = (),
        since: int | None = None,
    ) -> list[Said]:
        """One word about all of these records, if they are those that were `seen`; of one content, about the first.

        All or none. `since` is the journal line before an earlier try at the same, which may have died half-way: what
        it said counts as said, and only the rest is. Raises `Stale` when other records are there than were seen, and
        when somebody else has one of them or decided about one meanwhile.
        """
        before = {} if since is None else self._said_since(since, decision, by, reason)
        if _together({one.content for one in free.waiting} | set(before)) != seen:
            part = f"; {len(before)} of them were decided before this was noticed" if before else ""
            raise Stale(f"what waits there now, {len(free.waiting)} records, is not what was seen{part}")
        rest = [one.record for one in free.waiting if one.content not in before]
        return [*before.values(), *self._say_of_all(rest, decision, by, reason, free.line, also)]

    def _say_of_all(  # noqa: PLR0913, PLR0917  (as above)
        self,
        records: Sequence[str],
        decision: Literal["accept", "reject"],
        by: str,
        reason: str,
        line: int,
        also: Sequence[str],
    ) -> list[Said]:
        looks = [self._looked_at(one, by)[1] for one in records]
        words: list[Word] = []
        said_of: set[str] = set()
        for look in looks:
            if not said_of.isdisjoint(look.alike):
                continue
            said_of |= set(look.alike)
            self._check_lease(look, by)
            words.append(Word(record=look.record, decision=decision, reason=reason, as_drawn=True))
        said = self.decide_all(words, by=by, seen=line, also=also)
        by_record = {look.record: look for look in looks}
        for one in said:
            # Nobody looked at each of them, though some may have been fetched ahead: it is no look that was asked for.
            self._finish(replace(by_record[one.record], lease=None), by, decision, line=one.line)
        return said

    def _said_since(self, line: int, decision: str, by: str, reason: str) -> dict[str, Said]:
        """The words after this journal line that say this for this reason, by the content they are about."""
        wanted = by, digest(write_reason(ReasonFile(reason=reason, label=None)))
        found = []
        for at, word in self.state().words.items():
            told = word.fact.decision if isinstance(word.fact, RecordDecided) else "reject"
            if at > line and told == decision and (word.fact.by, word.fact.reason) == wanted:
                doubted = not isinstance(word.fact, RecordDecided)
                found.append(Said(record=word.fact.record, decision=decision, doubted=doubted, line=at))
        with self.store() as store:
            rows = store.query(_CONTENTS, [[one.record for one in found]])
        content = {row["record"]: row["content_digest"] for row in rows}
        return {content[one.record]: one for one in found}


def _together(contents: Iterable[str]) -> str:
    """One digest of contents in no order, each counted once."""
    return hashlib.sha256("\n".join(sorted(set(contents))).encode()).hexdigest()
