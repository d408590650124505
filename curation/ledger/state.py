"""Where things stand: the pure fold of the journal's events, small enough for memory, without one record's text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeAlias, TypeVar

from curation.errors import JournalBroken
from curation.ledger.facts import (
    ContributionSubmitted,
    ContributorRegistered,
    Fact,
    RecordDecided,
    RecordWithdrawn,
    ReferenceFitted,
    WordUndone,
    fact_of,
)
from curation.ledger.journal import GENESIS, Event
from curation.ledger.money_facts import (
    AuditsDrawn,
    ContentsCommitted,
    EpochSettled,
    InferenceServed,
    ModelTrained,
    RecordAppealed,
    RecordDoubted,
)
from curation.ledger.opinion_facts import (
    OPINION_UNDO_GRACE_SECONDS,
    OPINION_UNDO_SECONDS,
    GoldDisputed,
    GoldNominated,
    OpinionGiven,
    OpinionUndone,
)

F_co = TypeVar("F_co", bound=Fact, covariant=True)


@dataclass(frozen=True, kw_only=True)
class Entry(Generic[F_co]):
    """A fact and when it happened: its place in the journal and its time (UTC)."""

    seq: int
    at: datetime
    fact: F_co


Submission: TypeAlias = Entry[ContributionSubmitted]


def place_of(submission: Submission) -> int:
    """Where a contribution stands in the order of who was first: its own line, or that of its commitment."""
    return submission.fact.committed or submission.seq


@dataclass(frozen=True, kw_only=True)
class State:
    """Everything the journal says, up to event `seq` with hash `head`.

    All lists are in journal order, `rulings`, `doubts` and `opinions` hold every word that was not undone;
    `contributors` (by id), `decisions` (by record) and `references` (by datanet) hold the latest, `withdrawn` (by
    record) the first.
    """

    seq: int = 0
    head: str = GENESIS
    contributions: tuple[Submission, ...] = ()
    registrations: tuple[Entry[ContributorRegistered], ...] = ()
    rulings: tuple[Entry[RecordDecided], ...] = ()
    withdrawn: Mapping[str, Entry[RecordWithdrawn]] = field(default_factory=dict)
    fitted: tuple[Entry[ReferenceFitted], ...] = ()
    commitments: tuple[Entry[ContentsCommitted], ...] = ()
    models: tuple[Entry[ModelTrained], ...] = ()
    inferences: tuple[Entry[InferenceServed], ...] = ()
    epochs: tuple[Entry[EpochSettled], ...] = ()
    draws: tuple[Entry[AuditsDrawn], ...] = ()
    doubts: tuple[Entry[RecordDoubted], ...] = ()
    appeals: tuple[Entry[RecordAppealed], ...] = ()
    undone: tuple[Entry[WordUndone], ...] = ()
    opinions: tuple[Entry[OpinionGiven], ...] = ()
    opinions_undone: tuple[Entry[OpinionUndone], ...] = ()
    nominations: tuple[Entry[GoldNominated], ...] = ()
    gold_disputes: tuple[Entry[GoldDisputed], ...] = ()

    @cached_property
    def words(self) -> Mapping[int, Entry[RecordDecided] | Entry[RecordDoubted]]:
        """The decisions and the first bad words that stand, by journal line."""
        return {one.seq: one for one in self.rulings} | {one.seq: one for one in self.doubts}

    @cached_property
    def contributors(self) -> Mapping[str, Entry[ContributorRegistered]]:
        """What was said last of each contributor who is known."""
        return {entry.fact.contributor: entry for entry in self.registrations}

    @cached_property
    def decisions(self) -> Mapping[str, Entry[RecordDecided]]:
        """The latest decision about each record that has one."""
        return {entry.fact.record: entry for entry in self.rulings}

    @cached_property
    def audits(self) -> Mapping[str, Entry[RecordDecided]]:
        """The latest decision about each record that was drawn at random, whatever was decided of it besides."""
        return {entry.fact.record: entry for entry in self.rulings if entry.fact.drawn_ppm is not None}

    @cached_property
    def references(self) -> Mapping[str, Entry[ReferenceFitted]]:
        """The current reference of each datanet that has one."""
        return {entry.fact.datanet: entry for entry in self.fitted}

    @cached_property
    def _by_origin(self) -> Mapping[tuple[str, str, str], Submission]:
        return {(one.fact.datanet, one.fact.contributor, one.fact.file): one for one in self.contributions}

    @cached_property
    def _by_id(self) -> Mapping[str, Submission]:
        return {one.fact.contribution: one for one in self.contributions}

    def contribution(self, datanet: str, contributor: str, file_digest: str) -> Submission | None:
        """The contribution of these bytes by this contributor to this datanet, or None: "already submitted"."""
        return self._by_origin.get((datanet, contributor, file_digest))

    def contribution_with_id(self, contribution: str) -> Submission | None:
        """The contribution with this id, or None."""
        return self._by_id.get(contribution)

    def of_datanet(self, datanet: str) -> tuple[Submission, ...]:
        """The contributions to a datanet, in the order of who was first (`place_of`)."""
        return tuple(sorted((one for one in self.contributions if one.fact.datanet == datanet), key=place_of))

    @cached_property
    def inference_of_key(self) -> Mapping[str, Entry[InferenceServed]]:
        """The inference of each payer's key."""
        return {entry.fact.key: entry for entry in self.inferences}

    @cached_property
    def unsettled(self) -> tuple[Entry[InferenceServed], ...]:
        """The inferences that no epoch has paid yet."""
        through = self.epochs[-1].fact.through if self.epochs else 0
        return tuple(entry for entry in self.inferences if entry.seq > through)

    @cached_property
    def disputed(self) -> frozenset[str]:
        """The records with an appeal or a first bad word that no later decision about them has answered."""
        told = [(entry.fact.record, entry.seq) for entry in self.appeals]
        told += [(entry.fact.record, entry.seq) for entry in self.doubts]
        raised = dict(sorted(told, key=lambda one: one[1]))
        return frozenset(
            record for record, seq in raised.items() if record not in self.decisions or self.decisions[record].seq < seq
        )

    def model(self, datanet: str, beginning: str = "") -> Entry[ModelTrained] | None:
        """The newest model of a datanet whose id begins so, or None."""
        found = [one for one in self.models if one.fact.datanet == datanet and one.fact.model.startswith(beginning)]
        return found[-1] if found else None

    def reference(self, datanet: str) -> ReferenceFitted | None:
        """The current reference of a datanet, or None."""
        entry = self.references.get(datanet)
        return entry.fact if entry else None


def replay(events: Iterable[Event], start: State | None = None) -> State:
    """The state after these events, which follow `start`. Pure: the same events give the same state.

    Raises `JournalBroken` for an unknown event type, a body of another shape, or what can stand only once and stands
    twice: a contribution, a payer's key, an epoch; and for a word or an opinion undone that may not be.
    """
    before = start or State()
    lists: dict[type[Fact], list[Entry[Any]]] = {
        kind: list(getattr(before, name)) for kind, name in _LISTS.items() if kind is not RecordWithdrawn
    }
    withdrawn = dict(before.withdrawn)
    once = _Once(before)
    seq, head = before.seq, before.head
    for event in events:
        fact = fact_of(event)
        once.check(event.seq, fact)
        entry = Entry(seq=event.seq, at=event.at, fact=fact)
        if isinstance(fact, RecordWithdrawn):
            withdrawn.setdefault(fact.record, Entry(seq=event.seq, at=event.at, fact=fact))
        else:
            lists[type(fact)].append(entry)
        if isinstance(fact, WordUndone):
            _take_back(event.seq, fact, lists)
        if isinstance(fact, OpinionUndone):
            _take_opinion_back(Entry(seq=event.seq, at=event.at, fact=fact), lists[OpinionGiven])
        seq, head = event.seq, event.hash
    kept = {_LISTS[kind]: tuple(entries) for kind, entries in lists.items()}
    return State(seq=seq, head=head, withdrawn=withdrawn, **kept)


# Which list of the state an event's fact stands in.
_LISTS: dict[type[Fact], str] = {
    ContributionSubmitted: "contributions",
    ContributorRegistered: "registrations",
    RecordDecided: "rulings",
    RecordWithdrawn: "withdrawn",
    ReferenceFitted: "fitted",
    ContentsCommitted: "commitments",
    ModelTrained: "models",
    InferenceServed: "inferences",
    EpochSettled: "epochs",
    AuditsDrawn: "draws",
    RecordDoubted: "doubts",
    RecordAppealed: "appeals",
    WordUndone: "undone",
    OpinionGiven: "opinions",
    OpinionUndone: "opinions_undone",
    GoldNominated: "nominations",
    GoldDisputed: "gold_disputes",
}
# What freezes words: once one of these happened, the words before it can be answered, but no longer undone.
_FREEZING = (ModelTrained, EpochSettled, AuditsDrawn, ReferenceFitted)


def _take_back(seq: int, fact: WordUndone, lists: Mapping[type[Fact], list[Entry[Any]]]) -> None:
    """Takes a word out of the lists of those that were said; raises `JournalBroken` when that may not be."""
    for kind in (RecordDecided, RecordDoubted):
        for place, entry in reversed([*enumerate(lists[kind])]):
            if entry.seq == fact.word:
                frozen = any(lists[one] and lists[one][-1].seq > fact.word for one in _FREEZING)
                if entry.fact.by != fact.by or frozen or getattr(entry.fact, "moves", None) is not None:
                    raise JournalBroken(
                        f"journal line {seq}: it undoes a word of another, or one that something rests on"
                    )
                del lists[kind][place]
                return
    raise JournalBroken(f"journal line {seq}: it undoes line {fact.word}, which is no word that stands")


def _take_opinion_back(undone: Entry[OpinionUndone], opinions: list[Entry[OpinionGiven]]) -> None:
    """Takes an opinion out of the list of those that were given; raises `JournalBroken` when that may not be."""
    for place, entry in reversed([*enumerate(opinions)]):
        if entry.seq == undone.fact.opinion:
            seconds = (undone.at - entry.at).total_seconds()
            late = seconds > OPINION_UNDO_SECONDS + OPINION_UNDO_GRACE_SECONDS
            if entry.fact.by != undone.fact.by or late:
                raise JournalBroken(f"journal line {undone.seq}: it undoes an opinion of another, or too late")
            del opinions[place]
            return
    raise JournalBroken(f"journal line {undone.seq}: it undoes line {undone.fact.opinion}, which is no opinion")


class _Once:
    """What must not stand in a journal twice."""

    def __init__(self, before: State) -> None:
        self._contributions = {one.fact.contribution for one in before.contributions}
        self._keys = {one.fact.key for one in before.inferences}
        self._epochs = len(before.epochs)
        self._through = before.epochs[-1].fact.through if before.epochs else 0

    def check(self, seq: int, fact: Fact) -> None:
        """Raises `JournalBroken` when this fact may not follow what came before."""
        match fact:
            case ContributionSubmitted():
                if fact.contribution in self._contributions:
                    raise JournalBroken(f"journal line {seq}: contribution {fact.contribution} stands twice")
                self._contributions.add(fact.contribution)
            case InferenceServed():
                if fact.key in self._keys:
                    raise JournalBroken(f"journal line {seq}: the key of an inference stands twice")
                self._keys.add(fact.key)
            case EpochSettled():
                self._epochs += 1
                if fact.epoch != self._epochs or not self._through < fact.through < seq:
                    raise JournalBroken(f"journal line {seq}: it settles out of turn or what is settled already")
                self._through = fact.through
