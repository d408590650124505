"""The review queue: what to look at next, everything there is to see of it, and the word that ends the look."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from curation.datanet.card import Policy
from curation.datanet.names import checked_name
from curation.deciding import Said, Word
from curation.errors import Stale
from curation.evidence.known import Known
from curation.evidence.reference import Reference
from curation.ledger.state import State
from curation.quality import MICRO
from curation.review.book import Action, Book, Lease, Look
from curation.review.sheet import Sheet, besides, likely, neighbours, values
from curation.review.waiting import Waiting, waiting
from curation.review.worth import Sort, is_hidden, jitter
from curation.rewards.treasury import Treasury
from curation.undoing import Undoing

if TYPE_CHECKING:  # the store brings DuckDB, which a check does not need
    from curation.ledger.store import Store

_OWN = "SELECT DISTINCT content_digest FROM records WHERE contributor IN (SELECT unnest($1::VARCHAR[]))"
# Of so many looks the engine's opinion is hidden until the curator has said theirs, to see how much it sways them.
HIDDEN_SHARE = 0.1


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


class Reviewing(Undoing):
    """A workspace with a review queue."""

    @cached_property
    def book(self) -> Book:
        """Who is looking at what."""
        return Book(self.places.state_dir / "review.sqlite")

    @cached_property
    def _waiting(self) -> dict[str, tuple[str, list[Waiting]]]:
        return {}

    @cached_property
    def _references(self) -> dict[str, Reference]:
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
        every = [name for name in self.datanets() if not datanets or name in datanets]
        names = every if choice.datanet is None else [one for one in every if one == self.datanet(choice.datanet).name]
        theirs = {curator, *also}
        with self.store() as store:
            state = self._as_of(store)
            found = [one for name in names for one in self._all_waiting(store, state, name) if one in choice]
            # A copy of one's own record is one's own, too, waiting or not: a decision covers all identical content.
            own = {row["content_digest"] for row in store.query(_OWN, [[name for name in theirs if name is not None]])}
        if curator is None:
            return state.seq, sorted(found, key=lambda one: (-one.worth, one.record))
        checked_name(curator, "curator")
        put_by = self.book.put_by(curator, now=self._now)
        said = {one.fact.record for one in state.doubts if one.fact.by in theirs}
        mine = [one for one in found if one.content not in own and one.record not in put_by | said]
        return state.seq, sorted(mine, key=lambda one: (-one.worth * jitter(curator, one.record), one.record))

    def _as_of(self, store: "Store") -> State:
        """The state at the journal line that the tables have reached: another may write between two looks."""
        while True:
            store.follow()
            state = self.state()
            if store.position()[1] == state.head:
                return state

    def next(
        self, choice: Choice, *, by: str, also: Sequence[str] = (), datanets: Sequence[str] = (), count: int = 1
    ) -> list[Leased]:
        """The `count` records worth most to this curator, or fewer, leased to them for five minutes."""
        line, order = self._queue(choice, by, also, datanets)
        wanted = {one.record: one for one in order}
        pairs = ((one.content, one.record) for one in order)
        leases = self.book.take(by, pairs, seen=line, now=self._now, count=count)
        return [
            Leased(waiting=wanted[one.record], lease=one, hidden=is_hidden(by, one.record, HIDDEN_SHARE))
            for one in leases
        ]

    def sheet(self, prefix: str) -> Sheet:
        """Everything to decide by about the record whose id begins so; raises `UsageError` for none or several."""
        from curation.ledger.questions import explanation  # noqa: PLC0415  (a check needs no DuckDB)

        with self.store() as store:
            found = explanation(store, prefix)
            state = self._as_of(store)
            name = found.record.datanet
            sheet = Sheet(
                explanation=found,
                policy=self.datanet(name).policy,
                besides=besides(store, found),
                neighbours=(),
                likely=(),
                values=(),
                waiting=next(
                    (one for one in self._all_waiting(store, state, name) if one.record == found.record.record), None
                ),
            )
        fitted = state.reference(name)
        known = self._columns(state, found.record.contribution)
        if fitted is None or known is None:
            return sheet
        reference = self._references.get(fitted.version)
        if reference is None:
            reference = self._references[fitted.version] = self.shelf.reference(name, fitted.version)
        row = known.ids.index(found.record.record)
        if known.table:
            return replace(sheet, values=values(known, row, reference))
        near = neighbours(known, row, reference)
        return replace(sheet, neighbours=near[:5], likely=likely(known, row, reference, near))

    def review(  # noqa: PLR0913  (what a person may say of one record)
        self,
        prefix: str,
        decision: Literal["accept", "reject", "relabel"],
        *,
        by: str,
        reason: str,
        label: str | None = None,
        seen: int | None = None,
        also: Sequence[str] = (),
    ) -> Said:
        """A curator's word that ends a look. A drawn record's is its audit's; a doubted one's may confirm the doubt.

        Raises `Stale` when somebody else has the record now, or decided about its content after journal line `seen`.
        """
        state, look = self._looked_at(prefix, by)
        self._check_lease(look, by)
        # Who neither says what they saw nor holds the record may overrule nobody: `decide` is for that.
        since = seen if seen is not None else look.lease.seen if look.lease is not None else 0
        drawn = Treasury(state, self.objects).drawn.get(look.record)
        audit = drawn is not None and look.record not in state.audits
        word = Word(
            record=look.record,
            decision=decision,
            reason=reason,
            label=label,
            drawn_with=drawn / MICRO if audit and drawn is not None else None,
        )
        said = self.decide_all([word], by=by, seen=since, also=also)[0]
        self._finish(look, by, decision, line=said.line)
        return said

    def keep(self, record: str, *, by: str) -> bool:
        """A heartbeat: the lease on a record runs anew; False when it ran out."""
        return self.book.renew(by, record, now=self._now)

    def leave(self, *, by: str) -> int:
        """Whoever goes away holds nothing: their leases are free for others. Returns how many they were."""
        return self.book.release(by)

    def put_by(self, prefix: str, *, by: str, action: Literal["skip", "flag"], note: str | None = None) -> str:
        """Ends a look without a word: the record goes to somebody else; a flag asks the owner. Returns its id."""
        checked_name(by, "curator")
        look = self._looked_at(prefix, by)[1]
        self._finish(look, by, action, note=note)
        return look.record

    def _looked_at(self, prefix: str, by: str) -> tuple[State, "_LookedAt"]:
        from curation.ledger.questions import same_content  # noqa: PLC0415  (a check needs no DuckDB)

        with self.store() as store:
            record = store.record(prefix)
            state = self._as_of(store)
            alike = same_content(store, record.record)
            one = next((w for w in self._all_waiting(store, state, record.datanet) if w.record in alike), None)
        lease = None if one is None else self.book.lease(one.content, now=self._now)
        return state, _LookedAt(
            record=record.record,
            alike=alike,
            sort="none" if one is None else one.sort.value,
            length=len(record.text),
            lease=lease,
            hidden=is_hidden(by, record.record, HIDDEN_SHARE),
        )

    def _finish(
        self, look: "_LookedAt", by: str, action: Action, *, line: int | None = None, note: str | None = None
    ) -> None:
        mine = look.lease is not None and look.lease.curator == by
        self.book.finish(
            Look(
                curator=by,
                record=look.record,
                sort=look.sort,
                length=look.length,
                hidden=look.hidden and mine,
                since=look.lease.since if look.lease is not None and mine else self._now,
                done=self._now,
                action=action,
                line=line,
                note=note,
            )
        )

    @staticmethod
    def _check_lease(look: "_LookedAt", by: str) -> None:
        if look.lease is not None and look.lease.curator != by:
            raise Stale(f"record {look.record} is being looked at by {look.lease.curator}: nothing was decided")

    def _all_waiting(self, store: "Store", state: State, name: str) -> list[Waiting]:
        """All that waits in a datanet; asked of the store once for each state of the journal."""
        kept = self._waiting.get(name)
        if kept is None or kept[0] != state.head:
            drawn = Treasury(state, self.objects).drawn
            kept = state.head, waiting(store, state, name, self._policy(name).weight_ramp, drawn)
            self._waiting[name] = kept
        return kept[1]

    def _policy(self, name: str) -> Policy:
        return self.datanet(name).policy

    def _columns(self, state: State, contribution: str) -> Known | None:
        submission = state.contribution_with_id(contribution)
        if submission is None:
            return None
        setting = self.setting(submission.fact.datanet)
        shelved = self.shelf.get(contribution, submission.fact.datanet, setting.encoder_key)
        return None if shelved is None else shelved.known

    @property
    def _now(self) -> int:
        return int(self._clock().timestamp())


@dataclass(frozen=True, kw_only=True)
class _LookedAt:
    """A record at the end of a look; `alike` are all with its content, `lease` is whoever's."""

    record: str
    alike: tuple[str, ...]
    sort: str
    length: int
    lease: Lease | None
    hidden: bool
