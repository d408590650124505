"""The review queue: what to look at next, everything there is to see of it, and the word that ends the look."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Literal, TypeVar

from curation.agreeing import ruling_of
from curation.datanet.names import checked_name
from curation.deciding import Said, Word
from curation.errors import Stale, UsageError
from curation.evidence.known import Known
from curation.evidence.reference import Reference
from curation.ledger.state import State
from curation.queueing import Queueing
from curation.review.book import Action, Lease, Look, lease_key
from curation.review.choice import Choice, Leased
from curation.review.lately import Lately
from curation.review.second import Kind, Told, has_opined, has_spoken, kind_of, tally, wants_more, woven
from curation.review.sheet import Sheet, besides, likely, neighbours, undecided, values
from curation.review.waiting import Waiting
from curation.review.worth import Sort, is_hidden, jitter

if TYPE_CHECKING:  # the store brings DuckDB, which a check does not need
    from curation.ledger.store import Store

T = TypeVar("T")

_CONTENTS = """
SELECT DISTINCT datanet, content_digest FROM records
WHERE list_contains($1::VARCHAR[], record) AND content_digest IS NOT NULL
"""
# Of so many looks the engine's opinion is hidden until the curator has said theirs, to see how much it sways them.
HIDDEN_SHARE = 0.1
# What records are shown beside is kept between looks: so many rows of references, and of contributions. 3 KB each.
KEPT_ROWS = 50_000


class Reviewing(Queueing):
    """A workspace whose curators look and say."""

    @cached_property
    def _references(self) -> Lately[str, Reference]:
        return Lately(room=KEPT_ROWS, size=len)

    @cached_property
    def _known(self) -> Lately[str, Known]:
        return Lately(room=KEPT_ROWS, size=len)

    def look_ahead(self) -> None:
        """Reads what the first look at each datanet would wait for; a second time it costs nothing."""
        for name in self.datanets():
            with self.store() as store:
                first = self._all_waiting(store, self._as_of(store), name)[:1]
            for one in first:
                self.sheet(one.record)

    def next(  # noqa: PLR0913  (who asks, and for what)
        self,
        choice: Choice,
        *,
        by: str,
        also: Sequence[str] = (),
        datanets: Sequence[str] = (),
        count: int = 1,
        knows_gold: bool = False,
    ) -> list[Leased]:
        """The `count` records worth most to this curator, or fewer, leased to them for five minutes.

        Among them, in the same shape, are some that others decided already: a word about those is an opinion. Who
        `knows_gold` is measured by none.
        """
        with self._in_one_turn():
            while True:
                found = self._next(choice, by, also, datanets, count, knows_gold=knows_gold)
                gone = self._decided_meanwhile(found)
                if not gone:
                    return found
                self.book.free(by, gone)

    def _in_one_turn(self) -> AbstractContextManager[object]:
        """Within it whoever needs the store several times waits for it once, where there is anybody to wait for."""
        return nullcontext()

    @contextmanager
    def _reading(self, first: Callable[["Store"], T]) -> Iterator[tuple["Store", T]]:
        """The store to read from, and what `first` finds in it, both as of one journal line."""
        with self.store() as store:
            yield store, first(store)

    def _next(  # noqa: PLR0913  (as above)
        self,
        choice: Choice,
        by: str,
        also: Sequence[str],
        datanets: Sequence[str],
        count: int,
        *,
        knows_gold: bool,
    ) -> list[Leased]:
        # What is asked for is taken out of the order of all, or gold were what a narrow choice leaves out.
        names = self._asked(choice, datanets)
        line, first = self._queue(Choice(), by, also, datanets)
        state, salt = self.state(), self._salt()
        done = sum(one.fact.by == by for one in (*state.words.values(), *state.opinions))
        kinds = {kind_of(salt, by, done + place) for place in range(count)}
        held = self.book.held(by, now=self._now)
        plain = choice == Choice() and kinds == {Kind.FIRST}
        if plain and (not held or held <= {lease_key(one.datanet, one.content) for one in first}):
            found = self._leased(by, first, line, count)
            if len(found) == count:
                return found
        shared, gold = self._second(by, also, datanets)
        gold = [] if knows_gold else gold
        # What somebody holds is theirs until they say something: it does not come and go by what it is.
        kept = [one for one in (*shared, *gold) if lease_key(one.datanet, one.content) in held]
        kept.sort(key=lambda one: (-one.worth * jitter(by, one.record), one.record))
        order = chain(kept, woven(first, shared, gold, lambda place: kind_of(salt, by, done + place)))
        return self._leased(by, (one for one in order if one in choice and one.datanet in names), line, count)

    def hold(self, record: str, *, by: str) -> bool:
        """Leases a record to whoever took their word about it back, and sees it again; False when another has it."""
        with self.store() as store:
            rows = store.query(_CONTENTS, [[record]])
        keys = ((lease_key(row["datanet"], row["content_digest"]), record) for row in rows)
        return bool(self.book.take(by, keys, seen=self.state().seq, now=self._now, count=1))

    def _decided_meanwhile(self, found: Sequence[Leased]) -> list[str]:
        """Of what was just leased, the contents that somebody decided, and let go of, since the queue was looked at."""
        state = self.state()
        about = [word.fact.record for line, word in state.words.items() if found and line > found[0].lease.seen]
        if not about:
            return []
        with self.store() as store:
            decided = {lease_key(row["datanet"], row["content_digest"]) for row in store.query(_CONTENTS, [about])}
        return [one.lease.content for one in found if one.lease.content in decided]

    def _leased(self, by: str, looks: Iterable[Waiting], line: int, count: int) -> list[Leased]:
        wanted: dict[str, Waiting] = {}

        def pairs() -> Iterator[tuple[str, str]]:
            # As far as somebody wants to see: a queue may be long, and few of it are taken.
            for one in looks:
                wanted[one.record] = one
                yield lease_key(one.datanet, one.content), one.record

        leases = self.book.take(by, pairs(), seen=line, now=self._now, count=count)
        return [
            Leased(waiting=wanted[one.record], lease=one, hidden=is_hidden(by, one.record, HIDDEN_SHARE))
            for one in leases
        ]

    def sheet(self, prefix: str, *, names: Sequence[str] = ()) -> Sheet:
        """Everything to decide by about the record whose id begins so; raises `UsageError` for none or several.

        For somebody of these `names`, when others decided about it and it does not wait, or when too few have said what
        they think of it, it is shown as it was before.
        """
        from curation.ledger.questions import explanation  # noqa: PLC0415  (a check needs no DuckDB)

        with self._reading(lambda store: self._shown(store, prefix, names)) as (store, shown):
            found = explanation(store, prefix)
            beside = besides(store, found)
        judged_by = shown.state.reference(found.record.datanet)
        version = None if judged_by is None else judged_by.version
        if shown.is_before:
            # What was fitted on the record since would tell what was decided.
            found, version = undecided(found), found.weight.get("reference") or version
        sheet = Sheet(
            explanation=found,
            policy=self.datanet(found.record.datanet).policy,
            besides=beside,
            neighbours=(),
            likely=(),
            values=(),
            waiting=shown.waiting,
            opinions=shown.opinions,
        )
        known = self._columns(shown.state, found.record.contribution)
        if version is None or known is None:
            return sheet
        reference = self._references.get(version, lambda: self.shelf.reference(found.record.datanet, version))
        row = known.ids.index(found.record.record)
        if known.table:
            return replace(sheet, values=values(known, row, reference))
        near = neighbours(known, row, reference)
        return replace(sheet, neighbours=near[:5], likely=likely(known, row, reference, near))

    def _shown(self, store: "Store", prefix: str, names: Sequence[str]) -> "_Shown":
        """How a record is shown to somebody of these `names`, as of the journal line that the store has reached."""
        from curation.ledger.questions import with_content_of  # noqa: PLC0415  (a check needs no DuckDB)

        group = with_content_of(store, prefix)
        name, record, alike = group[0].datanet, group[0].record, tuple(one.record for one in group)
        state = self._as_of(store)
        one = next((one for one in self._all_waiting(store, state, name) if one.record == record), None)
        ruling = ruling_of(state, alike) if one is None else None
        told = self.answers(state).get(record, [])
        is_split = one is not None and one.sort is Sort.SPLIT
        if is_split and has_opined(told, names):
            # Whoever differs about gold makes nothing wait: nobody is told which of both their opinion was about.
            one, is_split = None, False
            ruling = ruling_of(state, alike)
        is_second = one is None and ruling is not None and ruling.fact.by not in names
        is_before = bool(names) and (is_second or (is_split and wants_more(told)))
        if is_before and one is None:
            one = next(iter(self._as_waited(store, state, name, [record])), None)
        opinions = tally(told) if is_split and not wants_more(told) else ()
        return _Shown(state=state, waiting=one, is_before=is_before, opinions=opinions)

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

        About what somebody else decided and what does not wait it is an opinion, and changes nothing: nobody overrules
        anybody by the queue alone. Raises `Stale` when somebody else has the record now, or decided about its content
        after journal line `seen`.
        """
        state, look = self._looked_at(prefix, by)
        self._check_lease(look, by)
        # Who neither says what they saw nor holds the record may overrule nobody: `decide` is for that.
        since = seen if seen is not None else look.lease.seen if look.lease is not None else 0
        audit = look.record in self._drawn(state) and look.record not in state.audits
        is_of_others = look.ruled_by not in {None, by, *also} and not audit
        if is_of_others and (not look.waits or look.sort == Sort.SPLIT):
            self._check_once(state, look.alike, {by, *also})
        word = Word(
            record=look.record,
            decision=decision,
            reason=reason,
            label=label,
            as_drawn=True,
        )
        if is_of_others and not look.waits:
            said = self._opine(word, look.alike, by=by, seen=since, also=also)
        else:
            if look.sort == Sort.SPLIT and has_spoken(self.answers(state).get(look.record, ()), {by, *also}):
                raise UsageError(f"{by} is one of those who differ about record {look.record}: others have to decide")
            said = self.decide_all([word], by=by, seen=since, also=also)[0]
        self._finish(look, by, decision, line=said.line)
        return said

    def keep(self, record: str, *, by: str) -> bool:
        """A heartbeat: the lease on a record runs anew; False when it ran out."""
        return self.book.renew(by, record, now=self._now)

    def leave(self, *, by: str) -> int:
        """Whoever goes away holds nothing: their leases are free for others. Returns how many they were."""
        return self.book.release(by, now=self._now)

    def put_by(self, prefix: str, *, by: str, action: Literal["skip", "flag"], note: str | None = None) -> str:
        """Ends a look without a word: the record goes to somebody else; a flag asks the owner. Returns its id."""
        checked_name(by, "curator")
        look = self._looked_at(prefix, by)[1]
        self._finish(look, by, action, note=note)
        return look.record

    def flags(self, datanets: Sequence[str] = ()) -> list[Look]:
        """What curators asked the owner to look at, and nobody decided about or withdrew since; oldest first.

        Of what was flagged and decided in the same second nobody knows which came first: it is still told.
        """
        from curation.ledger.questions import same_content  # noqa: PLC0415  (a check needs no DuckDB)

        flagged = [one for one in self.book.looks() if one.action == "flag"]
        inside = self._inside({one.record for one in flagged}, datanets)
        with self.store() as store:
            state = self._as_of(store)
            ruled = {one: ruling_of(state, same_content(store, one)) for one in inside - state.withdrawn.keys()}
        return [
            one
            for one in flagged
            if one.record in ruled and ((ruling := ruled[one.record]) is None or ruling.at.timestamp() <= one.done)
        ]

    def _looked_at(self, prefix: str, by: str) -> tuple[State, "_LookedAt"]:
        from curation.ledger.questions import with_content_of  # noqa: PLC0415  (a check needs no DuckDB)

        with self.store() as store:
            group = with_content_of(store, prefix)
            state = self._as_of(store)
            alike = tuple(one.record for one in group)
            one = next((w for w in self._all_waiting(store, state, group[0].datanet) if w.record in alike), None)
        ruling = ruling_of(state, alike)
        content = group[0].content_digest
        return state, _LookedAt(
            record=alike[0],
            alike=alike,
            sort="none" if one is None else one.sort.value,
            waits=one is not None,
            ruled_by=None if ruling is None else ruling.fact.by,
            length=group[0].length or 0,
            lease=None if content is None else self.book.lease(lease_key(group[0].datanet, content), now=self._now),
            hidden=is_hidden(by, alike[0], HIDDEN_SHARE),
        )

    def _finish(
        self, look: "_LookedAt", by: str, action: Action, *, line: int | None = None, note: str | None = None
    ) -> None:
        since, is_mine = self._now, look.lease is not None and look.lease.curator == by
        if look.lease is not None and is_mine:
            # What was fetched ahead is looked at when the look before it is over. A look that was asked for takes a
            # second at least; one that was not, none.
            since = min(max(look.lease.since, self.book.last_done(by)), self._now - 1)
        self.book.finish(
            Look(
                curator=by,
                record=look.record,
                sort=look.sort,
                length=look.length,
                hidden=look.hidden and is_mine,
                since=since,
                done=self._now,
                action=action,
                line=line,
                note=note,
            )
        )

    def _check_lease(self, look: "_LookedAt", by: str) -> None:
        if look.lease is not None and look.lease.curator != by and look.lease.keeps_out(self._now):
            raise Stale(f"record {look.record} is being looked at by {look.lease.curator}: nothing was decided")

    def _columns(self, state: State, contribution: str) -> Known | None:
        submission = state.contribution_with_id(contribution)
        if submission is None:
            return None
        datanet = submission.fact.datanet
        encoder = self.setting(datanet).encoder_key

        def read() -> Known:
            shelved = self.shelf.get(contribution, datanet, encoder)
            if shelved is None:
                raise LookupError(contribution)  # made anew one day: no lack of it is kept
            return shelved.known

        try:
            return self._known.get(f"{contribution} {encoder}", read)
        except LookupError:
            return None


@dataclass(frozen=True, kw_only=True)
class _Shown:
    """A record as somebody sees it. `is_before`: as it was before anybody decided."""

    state: State
    waiting: Waiting | None
    is_before: bool
    opinions: tuple[Told, ...]


@dataclass(frozen=True, kw_only=True)
class _LookedAt:
    """A record at the end of a look; `alike` are all with its content, `lease` is whoever's.

    `waits`: a decision is wanted. `ruled_by` is whoever decided about it last.
    """

    record: str
    alike: tuple[str, ...]
    sort: str
    waits: bool
    ruled_by: str | None
    length: int
    lease: Lease | None
    hidden: bool
