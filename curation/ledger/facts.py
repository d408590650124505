"""What can happen, typed: one class for each event type of the journal, and the one place that knows their bodies."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from curation.datanet.names import NAME
from curation.errors import JournalBroken
from curation.ledger.journal import Body, Event, Journal

Digest: TypeAlias = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
ShortId: TypeAlias = Annotated[str, StringConstraints(pattern="^[0-9a-f]{32}$")]
Name: TypeAlias = Annotated[str, StringConstraints(pattern=f"^{NAME.pattern}$")]
CommitId: TypeAlias = Annotated[str, StringConstraints(pattern="^[0-9a-f]{40}([0-9a-f]{24})?$")]
Word: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.:/+=@-]{0,199}$")]
Count: TypeAlias = Annotated[int, Field(ge=0)]


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    TYPE: ClassVar[str]
    # Fields that are not written while they are None.
    LEFT_OUT: ClassVar[frozenset[str]] = frozenset()


class ContributorRegistered(_Fact):
    """A contributor is known from here on; again for the same one replaces what was said before.

    `name` is the object `{"name": …}`: a public name is free text, and may have to be erased one day.
    """

    TYPE: ClassVar[str] = "contributor.registered"
    contributor: Name
    name: Digest
    address: Word | None = None
    public_key: Word | None = None


class ContributionSubmitted(_Fact):
    """A file was inspected and stored. `records` counts its rows, unreadable ones too. All digests name objects.

    `commit` is the Git commit that brought the file, where it came by one.
    """

    TYPE: ClassVar[str] = "contribution.submitted"
    LEFT_OUT: ClassVar[frozenset[str]] = frozenset({"commit"})
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
    commit: CommitId | None = None


class ReferenceFitted(_Fact):
    """A datanet has a new version of its yardstick; `manifest` is the object that lists its files and their digests."""

    TYPE: ClassVar[str] = "reference.fitted"
    datanet: Name
    version: Word
    members: Count
    manifest: Digest


class RecordDecided(_Fact):
    """A person decided about a record; `reason` is the object `{"reason": …, "label": …}`.

    `drawn_ppm` makes it an audit: the record was drawn at random, with this probability in millionths. Decisions
    about records that somebody chose have none, and their lines are those of versions that knew no audits.
    """

    TYPE: ClassVar[str] = "record.decided"
    LEFT_OUT: ClassVar[frozenset[str]] = frozenset({"drawn_ppm"})
    record: ShortId
    decision: Literal["accept", "reject", "relabel"]
    by: Name
    reason: Digest
    drawn_ppm: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


class RecordWithdrawn(_Fact):
    """A record was taken back: it neither trains nor earns from here on."""

    TYPE: ClassVar[str] = "record.withdrawn"
    record: ShortId


Fact: TypeAlias = ContributorRegistered | ContributionSubmitted | ReferenceFitted | RecordDecided | RecordWithdrawn
FACTS: dict[str, type[Fact]] = {
    fact.TYPE: fact
    for fact in (ContributorRegistered, ContributionSubmitted, ReferenceFitted, RecordDecided, RecordWithdrawn)
}


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
