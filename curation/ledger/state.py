"""Where things stand: the pure fold of the journal's events, small enough for memory, without one record's text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Generic, TypeAlias, TypeVar

from curation.errors import JournalBroken
from curation.ledger.facts import (
    ContributionSubmitted,
    ContributorRegistered,
    Fact,
    RecordDecided,
    RecordWithdrawn,
    ReferenceFitted,
    fact_of,
)
from curation.ledger.journal import GENESIS, Event

F_co = TypeVar("F_co", bound=Fact, covariant=True)


@dataclass(frozen=True, kw_only=True)
class Entry(Generic[F_co]):
    """A fact and when it happened: its place in the journal and its time (UTC)."""

    seq: int
    at: datetime
    fact: F_co


Submission: TypeAlias = Entry[ContributionSubmitted]


@dataclass(frozen=True, kw_only=True)
class State:
    """Everything the journal says, up to event `seq` with hash `head`.

    `contributions`, `registrations`, `rulings` (every decision) and `fitted` are in journal order; `contributors` (by
    id), `decisions` (by record) and `references` (by datanet) hold the latest, `withdrawn` (by record) the first.
    """

    seq: int = 0
    head: str = GENESIS
    contributions: tuple[Submission, ...] = ()
    registrations: tuple[Entry[ContributorRegistered], ...] = ()
    rulings: tuple[Entry[RecordDecided], ...] = ()
    withdrawn: Mapping[str, Entry[RecordWithdrawn]] = field(default_factory=dict)
    fitted: tuple[Entry[ReferenceFitted], ...] = ()

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
        """The contributions to a datanet, in journal order."""
        return tuple(one for one in self.contributions if one.fact.datanet == datanet)

    def reference(self, datanet: str) -> ReferenceFitted | None:
        """The current reference of a datanet, or None."""
        entry = self.references.get(datanet)
        return entry.fact if entry else None


def replay(events: Iterable[Event], start: State | None = None) -> State:
    """The state after these events, which follow `start`. Pure: the same events give the same state.

    Raises `JournalBroken` for an unknown event type, a body of another shape, or one contribution submitted twice.
    """
    before = start or State()
    contributions, fitted = list(before.contributions), list(before.fitted)
    known = {one.fact.contribution for one in contributions}
    registrations, rulings = list(before.registrations), list(before.rulings)
    withdrawn = dict(before.withdrawn)
    seq, head = before.seq, before.head
    for event in events:
        match fact_of(event):
            case ContributionSubmitted() as fact:
                if fact.contribution in known:
                    raise JournalBroken(f"journal line {event.seq}: contribution {fact.contribution} stands twice")
                known.add(fact.contribution)
                contributions.append(Entry(seq=event.seq, at=event.at, fact=fact))
            case ContributorRegistered() as fact:
                registrations.append(Entry(seq=event.seq, at=event.at, fact=fact))
            case RecordDecided() as fact:
                rulings.append(Entry(seq=event.seq, at=event.at, fact=fact))
            case RecordWithdrawn() as fact:
                withdrawn.setdefault(fact.record, Entry(seq=event.seq, at=event.at, fact=fact))
            case ReferenceFitted() as fact:
                fitted.append(Entry(seq=event.seq, at=event.at, fact=fact))
        seq, head = event.seq, event.hash
    return State(
        seq=seq,
        head=head,
        contributions=tuple(contributions),
        registrations=tuple(registrations),
        rulings=tuple(rulings),
        withdrawn=withdrawn,
        fitted=tuple(fitted),
    )
