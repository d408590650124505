"""The order of the queue: what waits, what is shown once more, and for whom each of it is."""

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from curation.datanet.names import checked_name
from curation.ledger.state import State
from curation.review.book import Book
from curation.review.choice import Choice
from curation.review.second import has_spoken, split_of
from curation.review.waiting import Waiting
from curation.review.waitlist import Waitlist
from curation.review.worth import Sort, jitter
from curation.vouching import Vouching

if TYPE_CHECKING:  # the store brings DuckDB, which a check does not need
    from curation.ledger.store import Store

_OWN = "SELECT DISTINCT content_digest FROM records WHERE contributor IN (SELECT unnest($1::VARCHAR[]))"


class Queueing(Vouching):
    """A workspace with a review queue."""

    @cached_property
    def book(self) -> Book:
        """Who is looking at what."""
        return Book(self.places.state_dir / "review.sqlite")

    @cached_property
    def _waitlists(self) -> dict[str, Waitlist]:
        return {}

    @cached_property
    def _split(self) -> dict[str, tuple[str, list[Waiting]]]:
        return {}

    def queue(
        self, choice: Choice, *, curator: str | None = None, also: Sequence[str] = (), datanets: Sequence[str] = ()
    ) -> list[Waiting]:
        """What waits, worth most first; for a curator, without what is theirs (or of their other names, `also`).

        `datanets` are those that the curator may enter; empty: all.

        The order differs a little from curator to curator, and is the same each time for the same one.
        """
        return self._queue(choice, curator, also, datanets)[1]

    def _queue(
        self, choice: Choice, curator: str | None, also: Sequence[str], datanets: Sequence[str]
    ) -> tuple[int, list[Waiting]]:
        """The queue, and the journal line that it is of."""
        names = self._asked(choice, datanets)
        theirs = {name for name in (curator, *also) if name is not None}
        with self.store() as store:
            state = self._as_of(store)
            found = [one for name in names for one in self._all_waiting(store, state, name) if one in choice]
            own = self._own(store, state, theirs)
        if curator is None:
            return state.seq, sorted(found, key=lambda one: (-one.worth, one.record))
        checked_name(curator, "curator")
        put_by = self.book.put_by(curator, now=self._now)
        said = {one.fact.record for one in state.doubts if one.fact.by in theirs}
        # Who is one of those who differ about a record does not decide between them.
        answers = self.answers(state)
        said |= {
            one.record for one in found if one.sort is Sort.SPLIT and has_spoken(answers.get(one.record, ()), theirs)
        }
        mine = [one for one in found if one.content not in own and one.record not in put_by | said]
        return state.seq, sorted(mine, key=lambda one: (-one.worth * jitter(curator, one.record), one.record))

    def _as_of(self, store: "Store") -> State:
        """The state at the journal line that the tables have reached: another may write between two looks."""
        while True:
            store.follow()
            state = self.state()
            if store.position()[1] == state.head:
                return state

    def _second(self, by: str, also: Sequence[str], datanets: Sequence[str]) -> tuple[list[Waiting], list[Waiting]]:
        """What is shared and what is gold for a curator, worth most first."""
        names = tuple({by, *also})
        with self.store() as store:
            state = self._as_of(store)
            own = self._own(store, state, names)
            looks = self._second_looks(store, state, self._asked(Choice(), datanets), names)
        put_by = self.book.put_by(by, now=self._now)
        shared, gold = (
            sorted(
                (one for one in some if one.content not in own and one.record not in put_by),
                key=lambda one: (-one.worth * jitter(by, one.record), one.record),
            )
            for some in looks
        )
        return shared, gold

    def _asked(self, choice: Choice, datanets: Sequence[str]) -> list[str]:
        """The datanets that a choice is about, of those that may be entered."""
        every = [name for name in self.datanets() if not datanets or name in datanets]
        return every if choice.datanet is None else [one for one in every if one == self.datanet(choice.datanet).name]

    @staticmethod
    def _own(store: "Store", state: State, names: Collection[str]) -> set[str]:
        """The contents that these people submitted: a copy of one's own is one's own, too, waiting or not."""
        if not any(one.fact.contributor in names for one in state.contributions):
            return set()  # as most curators
        return {row["content_digest"] for row in store.query(_OWN, [list(names)])}

    def _all_waiting(self, store: "Store", state: State, name: str) -> list[Waiting]:
        """All that waits in a datanet; after a new journal line only what it touched is asked of the store again."""
        waitlist = self._waitlists.setdefault(name, Waitlist(datanet=name))
        drawn = self._drawn(state)
        found = waitlist.at(store, state, self.journal.read(), self._policy(name).weight_ramp, drawn)
        kept = self._split.get(name)
        if kept is None or kept[0] != state.head:
            split = split_of(self.answers(state), self.gold(state)) - state.withdrawn.keys() - state.disputed
            kept = self._split[name] = state.head, self._as_waited(store, state, name, sorted(split), Sort.SPLIT)
        return found + kept[1]

    @property
    def _now(self) -> int:
        return int(self._clock().timestamp())
