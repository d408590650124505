"""Records: lists, every number behind one, findings, decisions, and what their contributor may do: appeal, withdraw."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from curation.datanet.names import NAME
from curation.formats.explanation import explanation_document
from curation.formats.text import snippet
from curation.hosting import Hosted
from curation.ledger.listing import records
from curation.verdict import Verdict
from curation.web.answers import answer
from curation.web.asked import PersonNow, WorkspaceNow
from curation.web.idempotency import OnceNow
from curation.web.people import Person
from curation.web.seen import After, Limit, listed, next_after, of_person, own_record, seen_record

router = APIRouter(tags=["records"])

RecordId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="The record's whole id.")]
SNIPPET_LENGTH = 300


class Appeal(BaseModel):
    """Why the record should stand."""

    model_config = ConfigDict(extra="forbid", strict=True)

    reason: Annotated[str, Field(min_length=1, max_length=4000, pattern=r"\S")]


@router.get("/api/records")
def all_records(  # noqa: PLR0913  (each is a filter)
    person: PersonNow,
    workspace: WorkspaceNow,
    *,
    datanet: Annotated[str | None, Query(pattern=f"^{NAME.pattern}$")] = None,
    contributor: Annotated[str | None, Query(pattern=f"^{NAME.pattern}$")] = None,
    contribution: Annotated[str | None, Query(pattern="^[0-9a-f]{32,64}$")] = None,
    verdict: Verdict | None = None,
    after: After = "0.0",
    limit: Limit = 50,
) -> Response:
    """Readable records in journal order as they stand now, a page at a time; a contributor's own alone."""
    wanted = of_person(
        person,
        datanet=datanet,
        contributor=contributor,
        after=after,
        limit=limit,
        contribution=contribution,
        verdict=None if verdict is None else verdict.value,
    )
    with workspace.store() as store:
        found = records(store, wanted)
    for row in found:
        for name in ("text", "label", "given_label"):
            row[name] = None if row[name] is None else snippet(row[name], SNIPPET_LENGTH)
    return listed("curation.records/1", "records", found, next_after(found, limit))


@router.get("/api/records/{record}")
def one_record(record: RecordId, person: PersonNow, workspace: WorkspaceNow) -> Response:
    """Every number behind a record's weight: evidence, thresholds, partners, decisions, payouts."""
    return answer(_explained(workspace, person, record))


@router.get("/api/records/{record}/findings")
def findings(record: RecordId, person: PersonNow, workspace: WorkspaceNow) -> Response:
    """What was found about a record, and what would pass."""
    told = _explained(workspace, person, record)
    return answer({"schema": "curation.findings/1", "record": record, "findings": told["findings"]})


@router.get("/api/records/{record}/decisions")
def decisions(record: RecordId, person: PersonNow, workspace: WorkspaceNow) -> Response:
    """What people said of a record."""
    told = _explained(workspace, person, record)
    return answer({"schema": "curation.record-decisions/1", "record": record, "decisions": told["decisions"]})


@router.post("/api/records/{record}/appeal", status_code=201)
def appeal(record: RecordId, told: Appeal, person: PersonNow, workspace: WorkspaceNow, once: OnceNow) -> Response:
    """Disputes where one's own record stands: nothing of its money vests before the next decision."""
    document = {"schema": "curation.appeal/1", "record": own_record(workspace, person, record).record}

    def work() -> dict[str, Any]:
        workspace.appeal(record, reason=told.reason)
        return document

    def found(line: int) -> dict[str, Any] | None:
        done = any(one.seq > line and one.fact.record == record for one in workspace.state().appeals)
        return document if done else None

    return once(work, found=found, status=201)


@router.post("/api/records/{record}/withdraw")
def withdraw(record: RecordId, person: PersonNow, workspace: WorkspaceNow, once: OnceNow) -> Response:
    """Takes one's own record back: it neither trains nor earns from here on."""
    document = {"schema": "curation.withdrawal/1", "record": own_record(workspace, person, record).record}

    def work() -> dict[str, Any]:
        workspace.withdraw(record)
        return document

    return once(work, found=lambda _: document if record in workspace.state().withdrawn else None)


def _explained(workspace: Hosted, person: Person, record: str) -> dict[str, Any]:
    seen_record(workspace, person, record)
    found = workspace.explain(record)
    return explanation_document(found, workspace.stored_card(found.card).policy, workspace.earned(record))
