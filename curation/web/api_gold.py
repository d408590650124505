"""Gold over HTTP: to vouch for what was decided, to dispute it, and, for those it does not measure, to see it."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from curation.formats.curators import dispute_document, gold_document, nomination_document
from curation.web.answers import answer
from curation.web.api_records import RecordId
from curation.web.asked import PersonNow, WorkspaceNow
from curation.web.idempotency import OnceNow
from curation.web.seen import check_decidable, seen_record

router = APIRouter(tags=["review"])


class Why(BaseModel):
    """Why it is beyond doubt, or is not."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=4000, pattern=r"\S")]


@router.get("/api/gold")
def gold(person: PersonNow, workspace: WorkspaceNow) -> Response:
    """All gold, and how it was answered. Whoever may read this is shown none among their looks."""
    return answer(gold_document(workspace.nominated(person.datanets)))


@router.post("/api/records/{record}/nominate", status_code=201)
def nominate(record: RecordId, told: Why, person: PersonNow, workspace: WorkspaceNow, once: OnceNow) -> Response:
    """Vouches that what was decided about a record is right: other curators are measured by it from now on."""
    check_decidable(workspace, person, record)

    def work() -> dict[str, Any]:
        found = workspace.nominate(record, by=person.name, reason=told.reason, also=person.identities)
        return nomination_document(found, person.name)

    def found(line: int) -> dict[str, Any] | None:
        before = workspace.vouched_since(line, record, person.name)
        return None if before is None else nomination_document(before, person.name)

    return once(work, found=found, status=201)


@router.post("/api/records/{record}/dispute", status_code=201)
def dispute(record: RecordId, told: Why, person: PersonNow, workspace: WorkspaceNow, once: OnceNow) -> Response:
    """Says that gold which one nominated, or answered over ten minutes ago, is not right or not sure."""
    seen_record(workspace, person, record)

    def work() -> dict[str, Any]:
        return dispute_document(workspace.dispute(record, by=person.name, reason=told.reason), person.name)

    def found(line: int) -> dict[str, Any] | None:
        before = workspace.disputed_since(line, record, person.name)
        return None if before is None else dispute_document(before, person.name)

    return once(work, found=found, status=201)
