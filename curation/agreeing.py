"""Opinions: looks that decide nothing, by which it is told how far curators agree; and gold to measure them by."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from curation.datanet.card import Policy
from curation.datanet.names import checked_name
from curation.deciding import Said, Word, check_word
from curation.errors import Stale, UsageError
from curation.ledger.answers import Answer, AnswerFile, Decision, Gold, read_answer, write_answer
from curation.ledger.facts import RecordDecided, fact_of
from curation.ledger.inspected import salted
from curation.ledger.opinion_facts import (
    OPINION_UNDO_SECONDS,
    OpinionGiven,
    OpinionUndone,
)
from curation.ledger.results import read_reason
from curation.ledger.state import Entry, State
from curation.review.second import goes_to_several, has_opined, has_spoken, is_for, split_of, wants_more
from curation.review.waiting import Waiting, waited
from curation.review.worth import Sort
from curation.undoing import Undoing, Undone

if TYPE_CHECKING:  # the store brings DuckDB, which a check does not need
    from curation.ledger.store import Store

Ruled: TypeAlias = Entry[RecordDecided]


class Agreeing(Undoing):
    """A workspace whose curators look at some of the same records."""

    # What was said up to the journal line with this hash: it is asked for many times between two words.
    _answered: tuple[str, Mapping[str, Sequence[Answer]]] = ("", {})

    @cached_property
    def _answer_files(self) -> dict[str, AnswerFile]:
        return {}

    @cached_property
    def _labels_said(self) -> dict[str, str | None]:
        return {}

    @cached_property
    def _waited(self) -> dict[str, tuple[object, dict[tuple[str, Sort | None], Waiting | None]]]:
        return {}

    # What was said

    def opinions(self, state: State) -> list[Answer]:
        """All opinions that stand, in journal order."""
        return [
            Answer(record=file.record, by=entry.fact.by, said=file.said, seq=entry.seq, at=entry.at, is_opinion=True)
            for entry in state.opinions
            for file in [self._answer_file(entry.fact.opinion)]
        ]

    def answers(self, state: State) -> Mapping[str, Sequence[Answer]]:
        """All that was said of the records that somebody has an opinion on, decisions too, in journal order."""
        kept = self._answered
        if kept[0] != state.head:
            kept = self._answered = state.head, self._answers_at(state)
        return kept[1]

    def _answers_at(self, state: State) -> dict[str, list[Answer]]:
        found: defaultdict[str, list[Answer]] = defaultdict(list)
        for one in self.opinions(state):
            found[one.record].append(one)
        for entry in state.rulings if found else ():
            if entry.fact.record in found:
                found[entry.fact.record].append(self.decided(entry))
        return {record: sorted(told, key=lambda one: one.seq) for record, told in found.items()}

    def decided(self, entry: Ruled) -> Answer:
        """A decision as an answer."""
        fact = entry.fact
        label = self._label_said(fact.reason) if fact.decision == "relabel" else None
        return Answer(
            record=fact.record, by=fact.by, said=(fact.decision, label), seq=entry.seq, at=entry.at, is_opinion=False
        )

    def gold(self, state: State) -> dict[str, Gold]:
        """The gold by record: what was nominated last and is still what is decided of it, disputed or not."""
        disputed = {one.fact.gold for one in state.gold_disputes}
        found: dict[str, Gold] = {}
        for entry in state.nominations:
            file = self._answer_file(entry.fact.gold)
            before = found.get(file.record)
            kept = before if before is not None and before.said == file.said else None
            found[file.record] = Gold(
                record=file.record,
                said=file.said,
                name=entry.fact.gold,
                by=(*(kept.by if kept else ()), entry.fact.by),
                lines=(*(kept.lines if kept else ()), entry.seq),
                is_disputed=entry.fact.gold in disputed,
            )
        decisions = state.decisions
        return {
            record: one
            for record, one in found.items()
            if record in decisions
            and record not in state.withdrawn
            and self.decided(decisions[record]).said == one.said
        }

    # The verbs

    def is_settled(self, one: Answer) -> bool:
        """Whether an opinion can no longer be taken back: only then anything is told that rests on it."""
        return (self._clock() - one.at).total_seconds() > OPINION_UNDO_SECONDS

    def _opine(self, word: Word, alike: tuple[str, ...], *, by: str, seen: int, also: Sequence[str]) -> Said:
        """Journals what a curator says of a record that others decided about, which changes nothing about it."""
        check_word(word)
        with self._writing():
            state = self.state()
            record, _ = self._content_of(word.record, by, also)
            self._check_fresh([alike], by, seen)
            ruling = ruling_of(state, alike)
            if ruling is None or ruling.fact.by in {by, *also}:
                raise Stale(f"what was decided about record {record} was taken back: nothing was said")
            if record in self._drawn(state) and record not in state.audits:
                raise Stale(f"record {record} was drawn for an audit meanwhile: look at it again")
            # Of identical content the copy that was looked at, where it was decided about itself.
            about = record if record in state.decisions else ruling.fact.record
            self._check_once(state, [about], {by, *also})  # again: somebody may have been quicker
            if word.label is not None:
                with self.store() as store:
                    self._check_label(store.record(record).datanet, word.label)
            name = self._put_answer(state, about, word.decision, word.label, word.reason)
            line = self._append(OpinionGiven(by=by, opinion=name)).seq
            self._follow()
        others = tuple(one for one in alike if one != record)
        return Said(record=record, decision=word.decision, doubted=False, also=others, line=line)

    def _check_once(self, state: State, alike: Collection[str], names: Collection[str]) -> None:
        """Raises `UsageError` for whoever gave an opinion about any of these; gold or not, in the same words."""
        told = [one for one in self.opinions(state) if one.record in alike]
        if has_opined(told, names):
            raise UsageError(f"you said what you think of record {told[0].record} before: once is enough")

    def opinion_since(self, line: int, record: str, by: str) -> Answer | None:
        """The opinion that `by` gave after this journal line about this record or its content, where there is one."""
        from curation.ledger.questions import same_content  # noqa: PLC0415  (a check needs no DuckDB)

        with self.store() as store:
            alike = same_content(store, record)
        found = (one for one in self.opinions(self.state()) if one.seq > line and one.by == by)
        return next((one for one in found if one.record in alike), None)

    # Taking back

    def last_word(self, by: str) -> int:
        """The journal line of the last word or opinion of `by` that stands; raises `UsageError` without any."""
        lines = [one.seq for one in self.state().opinions if one.fact.by == by]
        try:
            return max([*lines, super().last_word(by)])
        except UsageError:
            if lines:
                return max(lines)
            raise

    def undo_all(
        self, lines: list[int], *, by: str, also: Sequence[str] = (), since: int | None = None
    ) -> list[Undone]:
        """As for words; an opinion for ten minutes, since after that it counts in what its curator is told."""
        checked_name(by, "curator")
        given = {one.seq for one in self.state().opinions}
        opinions = sorted({line for line in lines if line in given}, reverse=True)
        before = [] if since is None else self._opinions_undone_since(since, lines)
        words = [line for line in lines if line not in given and line not in {one.line for one in before}]
        self._check_undoable(opinions, by)
        undone = [*before, *(super().undo_all(words, by=by, also=also, since=since) if words else ())]
        if opinions:
            with self._writing():
                files = self._check_undoable(opinions, by)  # again: somebody may have been quicker
                for line, file in zip(opinions, files, strict=True):
                    self._append(OpinionUndone(opinion=line, by=by))
                    undone.append(Undone(record=file.record, decision=file.decision, line=line))
                self._follow()
        return sorted(undone, key=lambda one: -one.line)

    def _opinions_undone_since(self, line: int, lines: Sequence[int]) -> list[Undone]:
        """Which of these opinions were taken back after this journal line; nobody but who gave one could."""
        gone = {one.fact.opinion for one in self.state().opinions_undone if one.seq > line}.intersection(lines)
        facts = {at: fact_of(event) for at, event in enumerate(self.journal.read(), start=1) if at in gone}
        files = {at: self._answer_file(fact.opinion) for at, fact in facts.items() if isinstance(fact, OpinionGiven)}
        return [Undone(record=file.record, decision=file.decision, line=at) for at, file in files.items()]

    def _check_undoable(self, lines: Sequence[int], by: str) -> list[AnswerFile]:
        """The files of these opinions; raises `UsageError` when one is gone, another's, or counts by now."""
        given = {one.seq: one for one in self.state().opinions}
        for line in lines:
            if line not in given:
                raise UsageError(f"journal line {line} is no opinion that stands: nothing to undo")
            if given[line].fact.by != by:
                raise UsageError(
                    f"journal line {line} is a word of {given[line].fact.by}: only who said it can undo it"
                )
            if (self._clock() - given[line].at).total_seconds() > OPINION_UNDO_SECONDS:
                raise UsageError(f"line {line} was said over ten minutes ago and counts by now: it cannot be undone")
        return [self._answer_file(given[line].fact.opinion) for line in lines]

    # What they stand on

    def _second_looks(
        self, store: "Store", state: State, datanets: Sequence[str], names: Sequence[str]
    ) -> tuple[list[Waiting], list[Waiting]]:
        """What one person of these names can be shown once more, as it waited once: what is shared, and gold.

        Nothing that they said a word about already, or nominated; what is their own is for the caller to leave out.
        """
        answers, gold, salt = self.answers(state), self.gold(state), self._salt()
        split = split_of(answers, gold)
        left_out = {one.fact.record for one in state.doubts if one.fact.by in names} | state.withdrawn.keys()
        # A word about what was drawn and not audited is its audit, and none of these.
        left_out |= self._drawn(state).keys() - state.audits.keys()
        shared: list[Waiting] = []
        sure: list[Waiting] = []
        for name in datanets:
            share = self._policy(name).several_share
            asked = set()
            for record, entry in state.decisions.items():
                sure_of = gold.get(record)
                if sure_of is None and not goes_to_several(salt, record, share):
                    continue
                told = answers.get(record) or [self.decided(entry)]
                if record in left_out or has_spoken(told, names):
                    continue
                if is_for(sure_of, names) if sure_of is not None else record not in split and wants_more(told):
                    asked.add(record)
            for one in self._as_waited(store, state, name, sorted(asked)):
                (sure if one.record in gold else shared).append(one)
        return shared, sure

    def _as_waited(
        self, store: "Store", state: State, name: str, records: Sequence[str], sort: Sort | None = None
    ) -> list[Waiting]:
        """Those of these records of a datanet that waited and were decided, as they were before; with a `sort`, all.

        That changes with the card and with what influence is, so until then each is asked of the store once.
        """
        ramp = self._policy(name).weight_ramp
        now = ramp, len(state.models), len(state.inferences), len(state.epochs)
        if name not in self._waited or self._waited[name][0] != now:
            self._waited[name] = now, {}
        known = self._waited[name][1]
        drawn = self._drawn(state) if records else {}
        sorts = {one: sort or (Sort.AUDIT if one in drawn else None) for one in records}
        for wanted in {*sorts.values()}:
            new = [one for one, its in sorts.items() if its is wanted and (one, its) not in known]
            found = waited(store, name, ramp, new, wanted) if new else []
            for record in new:
                known[record, wanted] = next((one for one in found if one.record == record), None)
        told = [known[one, its] for one, its in sorts.items()]
        return [one for one in told if one is not None]

    def _policy(self, name: str) -> Policy:
        return self.datanet(name).policy

    def _content_of(self, prefix: str, by: str, also: Sequence[str]) -> tuple[str, tuple[str, ...]]:
        """The record and all of its content, itself first; raises `UsageError` when any of them is one's own."""
        from curation.ledger.questions import with_content_of  # noqa: PLC0415  (a check needs no DuckDB)

        with self.store() as store:
            group = with_content_of(store, prefix)
        record = group[0].record
        if any(one.contributor in {by, *also} for one in group):
            raise UsageError(f"record {record} has {by}'s own content: another curator has to say")
        return record, tuple(one.record for one in group)

    def _put_answer(self, state: State, record: str, decision: Decision, label: str | None, reason: str) -> str:
        # A salt of its own each time, and the same again where the same is done again.
        salt = salted(self._salt(), f"answer {state.seq} {state.head}")
        file = AnswerFile(record=record, decision=decision, label=label, reason=reason, salt=salt)
        return self.objects.put(write_answer(file))

    def _answer_file(self, name: str) -> AnswerFile:
        if name not in self._answer_files:
            self._answer_files[name] = read_answer(self.objects.get(name))
        return self._answer_files[name]

    def _label_said(self, reason: str) -> str | None:
        if reason not in self._labels_said:
            self._labels_said[reason] = read_reason(self.objects.get(reason)).label
        return self._labels_said[reason]


def ruling_of(state: State, alike: Sequence[str]) -> Ruled | None:
    """The latest decision about any of the records with one content."""
    found = [state.decisions[one] for one in alike if one in state.decisions]
    return max(found, key=lambda one: one.seq, default=None)
