"""What can happen, typed: one class for each event type of the journal, and the one place that knows their bodies."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, TypeAlias, get_args

from pydantic import Field, StringConstraints, ValidationError

from curation.errors import JournalBroken
from curation.ledger.fact import Count, Digest, FactBase, Name, ShortId, Word
from curation.ledger.journal import Body, Event, Journal
from curation.ledger.money_facts import (
    AuditsDrawn,
    ContentsCommitted,
    EpochSettled,
    InferenceServed,
    ModelTrained,
    RecordAppealed,
    RecordDoubted,
    Seq,
)
from curation.ledger.opinion_facts import GoldDisputed, GoldNominated, OpinionGiven, OpinionUndone

# Checked and in lower case: whoever reads the journal takes it as it is.
Address: TypeAlias = Annotated[str, StringConstraints(pattern="^0x[0-9a-f]{40}$")]
CommitId: TypeAlias = Annotated[str, StringConstraints(pattern="^[0-9a-f]{40}([0-9a-f]{24})?$")]


class ContributorRegistered(FactBase):
    """A contributor is known from here on; again for the same one replaces what was said before.

    `name` is the object `{"name": …}`: a public name is free text, and may have to be erased one day.
    """

    TYPE: ClassVar[str] = "contributor.registered"
    OBJECTS: ClassVar[tuple[str, ...]] = ("name",)
    contributor: Name
    name: Digest
    address: Address | None = None
    public_key: Word | None = None


class ContributionSubmitted(FactBase):
    """A file was inspected and stored. `records` counts its rows, unreadable ones too. All digests name objects.

    `committed` is the journal line of the commitment whose place in the order it takes;
    `commit` the Git commit that brought the file, where it came by one.
    """

    TYPE: ClassVar[str] = "contribution.submitted"
    OBJECTS: ClassVar[tuple[str, ...]] = ("file", "card", "rules", "result", "findings")
    LEFT_OUT: ClassVar[frozenset[str]] = frozenset({"committed", "commit"})
    contribution: ShortId
    datanet: Name
    contributor: Name
    kind: Literal["import", "submit"]
    file: Digest
    file_kind: Annotated[str, StringConstraints(pattern=r"^(jsonl|csv|parquet)(\.gz)?$")]
    file_name_digest: Digest | None = None
    records: Count
    card: Digest
    rules: Digest
    reference: Word | None
    result: Digest
    findings: Digest
    exit_code: Literal[0, 1]
    committed: Seq | None = None
    commit: CommitId | None = None


class ReferenceFitted(FactBase):
    """A datanet has a new version of its yardstick; `manifest` is the object that lists its files and their digests."""

    TYPE: ClassVar[str] = "reference.fitted"
    OBJECTS: ClassVar[tuple[str, ...]] = ("manifest",)
    datanet: Name
    version: Word
    members: Count
    manifest: Digest


class RecordDecided(FactBase):
    """A person decided about a record; `reason` is the object `{"reason": …, "label": …}`.

    `drawn_ppm` makes it an audit: the record was drawn at random, with this probability in millionths. Decisions
    about records that somebody chose have none, and their lines are those of versions that knew no audits.
    `moves` is the object of the money that the decision moved, where it moved any.
    """

    TYPE: ClassVar[str] = "record.decided"
    OBJECTS: ClassVar[tuple[str, ...]] = ("reason", "moves")
    LEFT_OUT: ClassVar[frozenset[str]] = frozenset({"drawn_ppm", "moves"})
    record: ShortId
    decision: Literal["accept", "reject", "relabel"]
    by: Name
    reason: Digest
    drawn_ppm: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    moves: Digest | None = None


class WordUndone(FactBase):
    """Who decided or doubted takes that back: journal line `word` counts as if it had never been said.

    Only while nothing rests on it: no model, epoch, drawing or reference since, no money moved by it, and no later word
    about the same content. So whoever computes money again may leave both lines out.
    """

    TYPE: ClassVar[str] = "word.undone"
    word: Seq
    by: Name


class RecordWithdrawn(FactBase):
    """A record was taken back: it neither trains nor earns from here on."""

    TYPE: ClassVar[str] = "record.withdrawn"
    record: ShortId


Fact: TypeAlias = (
    ContributorRegistered
    | ContributionSubmitted
    | ReferenceFitted
    | RecordDecided
    | WordUndone
    | RecordWithdrawn
    | ContentsCommitted
    | ModelTrained
    | InferenceServed
    | EpochSettled
    | AuditsDrawn
    | RecordDoubted
    | RecordAppealed
    | OpinionGiven
    | OpinionUndone
    | GoldNominated
    | GoldDisputed
)
FACTS: dict[str, type[Fact]] = {fact.TYPE: fact for fact in get_args(Fact)}


def fact_of(event: Event) -> Fact:
    """What an event says; raises `JournalBroken` for an unknown type or a body of another shape."""
    fact = FACTS.get(event.type)
    if fact is None:
        raise JournalBroken(f"journal line {event.seq}: an event of a type this version does not know")
    try:
        return fact.model_validate(event.body)
    except ValidationError as error:
        raise JournalBroken(f"journal line {event.seq}: {event.type}: {first_problem(error)}") from None


def record_fact(journal: Journal, fact: Fact, at: datetime) -> Event:
    """Appends a fact; the caller holds the workspace lock. Raises as `Journal.append` does."""
    told = fact.model_dump()
    body: Body = {name: value for name, value in told.items() if value is not None or name not in fact.LEFT_OUT}
    return journal.append(fact.TYPE, body, at)


def first_problem(error: ValidationError) -> str:
    """The first thing that is wrong, without the value that is wrong: it may be anything."""
    problem: Any = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(part) for part in problem["loc"] if isinstance(part, (str, int)))
    return f"{place or 'value'}: {problem['msg']}"
