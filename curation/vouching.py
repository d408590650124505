"""Gold: decisions that curators vouch for, so that others can be measured by them; and what is said against it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from curation.agreeing import Agreeing, ruling_of
from curation.datanet.names import checked_name
from curation.errors import UsageError
from curation.ledger.answers import Gold
from curation.ledger.opinion_facts import GoldDisputed, GoldNominated
from curation.ledger.results import ReasonFile, write_reason
from curation.ledger.state import Entry, State
from curation.review.second import split_of

_OF_DATANETS = """
SELECT record FROM records WHERE list_contains($1::VARCHAR[], record)
  AND (len($2::VARCHAR[]) = 0 OR list_contains($2::VARCHAR[], datanet))
"""


@dataclass(frozen=True, kw_only=True)
class Nominated:
    """Gold as those see it who look after it: how many answered, and how many of them rightly."""

    gold: Gold
    answers: int
    right: int


class Vouching(Agreeing):
    """A workspace whose curators can vouch for decisions."""

    def nominated(self, datanets: Sequence[str] = ()) -> tuple[Nominated, ...]:
        """All gold of these datanets (empty: all), what was nominated first first, with how it was answered."""
        state = self.state()
        opinions = self.opinions(state)
        gold_now = self.gold(state)
        inside = self._inside(gold_now, datanets)
        found = []
        for gold in gold_now.values():
            if gold.record not in inside:
                continue
            told = [one.said == gold.said for one in opinions if gold.measures(one)]
            found.append(Nominated(gold=gold, answers=len(told), right=sum(told)))
        return tuple(found)

    def _inside(self, records: Collection[str], datanets: Sequence[str]) -> set[str]:
        """Those of these records that are of these datanets; empty: all."""
        with self.store() as store:
            return {row["record"] for row in store.query(_OF_DATANETS, [list(records), list(datanets)])}

    def nominate(self, prefix: str, *, by: str, reason: str, also: Sequence[str] = ()) -> Gold:
        """Vouches that what was decided of a record is right: others are measured by it from now on.

        Several can vouch for the same. Raises `UsageError` for what nobody decided, or would never have waited, or is
        `by`'s own; and where gold was disputed unless it is another who vouches for it now.
        """
        self._check_said(by, reason)
        with self._writing():
            state = self.state()
            record, alike = self._content_of(prefix, by, also)
            ruling = ruling_of(state, alike)
            if ruling is None or record in state.withdrawn:
                raise UsageError(f"nobody decided about record {record}: gold is what was decided, and rightly")
            about = ruling.fact.record
            with self.store() as store:
                if not self._as_waited(store, state, store.record(about).datanet, [about]):
                    raise UsageError(f"record {about} would never have waited: as gold it would stand out")
            answer = self.decided(ruling)
            gold = self.gold(state)
            if any(one.record == about and one.by == by and not self.is_settled(one) for one in self.opinions(state)):
                raise UsageError(f"{by} gave an opinion about record {about} that can still be taken back: vouch later")
            before = gold.get(about)
            # Or whoever is doubted could vouch that they are right, and nobody would look again.
            if about in split_of(self.answers(state), gold):
                raise UsageError(f"people differ about record {about}: somebody else has to decide first")
            # Of what others vouch for nothing is told: who asks may be about to be measured by it.
            if before is not None and not {by, *also}.isdisjoint(before.by):
                told = "was disputed: another curator has to vouch for it" if before.is_disputed else "is gold already"
                raise UsageError(f"what {by} nominated, record {about}, {told}")
            name = self._put_answer(state, about, answer.said[0], answer.said[1], reason)
            self._append(GoldNominated(by=by, gold=name))
            self._follow()
        return self.gold(self.state())[about]

    def dispute(self, prefix: str, *, by: str, reason: str) -> Gold:
        """Says that gold is not right, or not sure enough: it counts for nobody until another vouches for it."""
        self._check_said(by, reason)
        with self._writing():
            state = self.state()
            with self.store() as store:
                record = store.record(prefix).record
            gold = self.gold(state).get(record)
            # Who asks about what they have not answered must not learn whether it is gold.
            known = gold is not None and (by in gold.by or self._has_settled(state, record, by))
            if gold is None or gold.is_disputed or not known:
                raise UsageError(f"record {record} is no gold that {by} nominated, or answered over ten minutes ago")
            written = self.objects.put(write_reason(ReasonFile(reason=reason)))
            self._append(GoldDisputed(gold=gold.name, by=by, reason=written))
            self._follow()
        return gold

    def vouched_since(self, line: int, record: str, by: str) -> Gold | None:
        """The gold that `by` nominated after this journal line of this record or its content, where that happened."""
        return self._gold_since(self.state().nominations, line, record, by)

    def disputed_since(self, line: int, record: str, by: str) -> Gold | None:
        """Likewise the gold that `by` disputed."""
        return self._gold_since(self.state().gold_disputes, line, record, by)

    def _gold_since(
        self, entries: Sequence[Entry[GoldNominated] | Entry[GoldDisputed]], line: int, record: str, by: str
    ) -> Gold | None:
        from curation.ledger.questions import same_content  # noqa: PLC0415  (a check needs no DuckDB)

        state = self.state()
        with self.store() as store:
            alike = same_content(store, record)
        named = {one.fact.gold for one in entries if one.seq > line and one.fact.by == by}
        about = {self._answer_file(one).record for one in named}.intersection(alike)
        return next((gold for record, gold in self.gold(state).items() if record in about), None)

    def _has_settled(self, state: State, record: str, by: str) -> bool:
        told = [one for one in self.opinions(state) if one.record == record and one.by == by]
        return any(self.is_settled(one) for one in told)

    @staticmethod
    def _check_said(by: str, reason: str) -> None:
        checked_name(by, "curator")
        if not reason.strip():
            raise UsageError("a reason is wanted")
