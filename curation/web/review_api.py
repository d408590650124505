"""The review queue over HTTP: what waits, leases, the word that ends a look, undo, and many at once."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from curation.datanet.names import NAME
from curation.deciding import Said
from curation.errors import Stale
from curation.evidence.personal_data import masked
from curation.formats.review import leased_document, waiting_document
from curation.formats.text import snippet
from curation.hosting import Hosted
from curation.ledger.facts import RecordDecided
from curation.review.choice import Choice
from curation.review.waiting import Waiting
from curation.review.worth import Sort
from curation.reviewing_many import Free
from curation.web.answers import answer
from curation.web.api_records import RecordId
from curation.web.asked import PersonNow, WorkspaceNow
from curation.web.idempotency import OnceNow
from curation.web.people import Person
from curation.web.problems import Problem
from curation.web.roles import GOLD_READERS
from curation.web.seen import check_decidable

router = APIRouter(tags=["review"])

PREFETCHED_MAX = 4
BULK_MAX = 500
EXAMPLES = 5

_Name = Annotated[str, Field(pattern=f"^{NAME.pattern}$")]
_Reason = Annotated[str, Field(min_length=1, max_length=4000, pattern=r"\S")]
_Label = Annotated[str, Field(min_length=1, max_length=1000)]
_Code = Annotated[str, Field(min_length=1, max_length=200)]
_Line = Annotated[int, Field(ge=1, le=2**53)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Filter(_Strict):
    """Which part of the queue; what is left out is all of it."""

    datanet: _Name | None = None
    sort: Sort | None = None
    check: _Code | None = None
    contributor: _Name | None = None
    label: _Label | None = None

    @property
    def choice(self) -> Choice:
        """The same, as the queue takes it."""
        return Choice(
            datanet=self.datanet, sort=self.sort, code=self.check, contributor=self.contributor, label=self.label
        )


class Next(Filter):
    """How many records to lease; the first is to be shown, the others can be fetched ahead."""

    count: Annotated[int, Field(ge=1, le=PREFETCHED_MAX)] = 1


class Decision(_Strict):
    """A word that ends a look. `seen` is the journal line that the record was shown as of."""

    decision: Literal["accept", "reject", "relabel"]
    reason: _Reason
    label: _Label | None = None
    seen: _Line | None = None


class Flag(_Strict):
    """Why the owner should look."""

    reason: _Reason


class Bulk(Filter):
    """One word about all that a filter leaves. `seen` is the digest of what was shown; else nothing is done."""

    decision: Literal["accept", "reject"]
    reason: _Reason
    seen: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Lines(_Strict):
    """Journal lines of one's own words."""

    lines: Annotated[list[_Line], Field(min_length=1, max_length=BULK_MAX)]


@router.get("/api/queue")
def queue(
    person: PersonNow,
    workspace: WorkspaceNow,
    wanted: Annotated[Filter, Query()],
) -> Response:
    """What waits for this person, worth most first, at most 200; and how many in all."""
    found = _waiting(workspace, person, wanted)
    told = [waiting_document(one) for one in found[:200]]
    return answer({"schema": "curation.queue/1", "total": len(found), "waiting": told})


@router.post("/api/queue/next")
def next_records(person: PersonNow, workspace: WorkspaceNow, wanted: Annotated[Next, Body()]) -> Response:
    """Leases what is worth most. Asking again renews what one has, so it does nothing twice."""
    _check_datanet(workspace, person, wanted)
    found = workspace.next(
        wanted.choice,
        by=person.name,
        also=person.identities,
        datanets=person.datanets,
        count=wanted.count,
        knows_gold=person.role in GOLD_READERS,
    )
    told = [leased_document(one, workspace.sheet(one.waiting.record, names=person.names)) for one in found]
    return answer({"schema": "curation.review/1", "records": told})


@router.post("/api/records/{record}/lease")
def heartbeat(record: RecordId, person: PersonNow, workspace: WorkspaceNow) -> Response:
    """Keeps the record for five more minutes; 409 when it is no longer held."""
    check_decidable(workspace, person, record)
    if not workspace.keep(record, by=person.name):
        raise Problem(409, "you no longer hold this record: it may be with somebody else", kind="lease")
    return answer({"schema": "curation.lease/1", "record": record})


@router.delete("/api/leases")
def leave(person: PersonNow, workspace: WorkspaceNow) -> Response:
    """Frees all that this person holds: what they were shown can be shown to others at once."""
    return answer({"schema": "curation.left/1", "leases": workspace.leave(by=person.name)})


@router.post("/api/records/{record}/decision", status_code=201)
def decision(record: RecordId, told: Decision, person: PersonNow, workspace: WorkspaceNow, once: OnceNow) -> Response:
    """Accept, reject or relabel; 409, and no change, when somebody else has the record or decided meanwhile."""
    check_decidable(workspace, person, record)

    def work() -> dict[str, Any]:
        try:
            said = workspace.review(
                record,
                told.decision,
                by=person.name,
                reason=told.reason,
                label=told.label,
                seen=told.seen,
                also=person.identities,
            )
        except Stale as error:
            raise Problem(409, str(error), kind="stale") from None
        return _said(said, person)

    def found(line: int) -> dict[str, Any] | None:
        for at, word in workspace.state().words.items():
            if at > line and word.fact.record == record and word.fact.by == person.name:
                doubted = not isinstance(word.fact, RecordDecided)
                return _said(Said(record=record, decision=told.decision, doubted=doubted, line=at), person)
        one = workspace.opinion_since(line, record, person.name)
        if one is None:
            return None
        return _said(Said(record=record, decision=told.decision, doubted=False, line=one.seq), person)

    return once(work, found=found, status=201)


@router.post("/api/records/{record}/skip")
def skip(record: RecordId, person: PersonNow, workspace: WorkspaceNow, once: OnceNow) -> Response:
    """Leaves the record to somebody else for a day."""
    check_decidable(workspace, person, record)

    def work() -> dict[str, Any]:
        return {"schema": "curation.put-by/1", "record": workspace.put_by(record, by=person.name, action="skip")}

    return once(work, found=lambda _: None)


@router.post("/api/records/{record}/flag")
def flag(record: RecordId, told: Flag, person: PersonNow, workspace: WorkspaceNow, once: OnceNow) -> Response:
    """Asks the owner to look, and leaves the record to somebody else."""
    check_decidable(workspace, person, record)

    def work() -> dict[str, Any]:
        done = workspace.put_by(record, by=person.name, action="flag", note=told.reason)
        return {"schema": "curation.put-by/1", "record": done}

    return once(work, found=lambda _: None)


@router.post("/api/words/{line}/undo")
def undo(
    line: Annotated[int, Path(ge=1, le=2**53)], person: PersonNow, workspace: WorkspaceNow, once: OnceNow
) -> Response:
    """Takes back one's own word, while nothing rests on it."""
    return _undo(workspace, person, once, [line])


@router.post("/api/words/undo")
def undo_many(told: Lines, person: PersonNow, workspace: WorkspaceNow, once: OnceNow) -> Response:
    """Takes back many of one's own words, all or none."""
    return _undo(workspace, person, once, told.lines)


@router.get("/api/queue/bulk")
def bulk_seen(person: PersonNow, workspace: WorkspaceNow, wanted: Annotated[Filter, Query()]) -> Response:
    """What one word about all that a filter leaves would be about: to be seen, five of them, before the word."""
    found = _free(workspace, person, wanted)
    shown_first = found.waiting[:EXAMPLES]
    with workspace.store() as store:
        texts = [snippet(masked(store.record(one.record).text), 300) for one in shown_first]
    examples = [waiting_document(one) | {"text": text} for one, text in zip(shown_first, texts, strict=True)]
    told = {"count": len(found.waiting), "most": BULK_MAX, "seen": found.seen, "examples": examples}
    return answer({"schema": "curation.bulk/1", **told})


@router.post("/api/queue/bulk", status_code=201)
def bulk(person: PersonNow, workspace: WorkspaceNow, told: Bulk, once: OnceNow) -> Response:
    """One word about all that a filter leaves; 409, and nothing done, when that is not what was seen."""

    def work(since: int | None = None) -> dict[str, Any]:
        try:
            said = workspace.review_all(
                _free(workspace, person, told),
                told.decision,
                by=person.name,
                reason=told.reason,
                seen=told.seen,
                also=person.identities,
                since=since,
            )
        except Stale as error:
            raise Problem(409, str(error), kind="stale") from None
        return {"schema": "curation.bulk-decision/1", "lines": [one.line for one in said], "count": len(said)}

    return once(work, found=work, status=201)


def _undo(workspace: Hosted, person: Person, once: OnceNow, lines: list[int]) -> Response:
    def work(since: int | None = None) -> dict[str, Any]:
        undone = workspace.undo_all(lines, by=person.name, also=person.identities, since=since)
        # One that comes back is looked at again, and nobody else's meanwhile.
        record = undone[0].record if len(undone) == 1 else None
        held = record is not None and workspace.hold(record, by=person.name)
        told = [vars(one) for one in undone]
        return {"schema": "curation.undone/1", "undone": told, "by": person.name, "held": held}

    return once(work, found=work)


def _waiting(workspace: Hosted, person: Person, wanted: Filter) -> list[Waiting]:
    _check_datanet(workspace, person, wanted)
    return workspace.queue(wanted.choice, curator=person.name, also=person.identities, datanets=person.datanets)


def _free(workspace: Hosted, person: Person, wanted: Filter) -> Free:
    _check_datanet(workspace, person, wanted)
    return workspace.free(
        wanted.choice, by=person.name, also=person.identities, datanets=person.datanets, most=BULK_MAX
    )


def _check_datanet(workspace: Hosted, person: Person, wanted: Filter) -> None:
    name = wanted.datanet
    if name is not None and (not person.may_enter(name) or name not in workspace.datanets()):
        raise Problem(404, "there is no such datanet for you", kind="datanet")


def _said(said: Said, person: Person) -> dict[str, Any]:
    return {"schema": "curation.decision/1", **vars(said), "by": person.name}
