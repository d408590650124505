"""A curator's own page: how they do, in figures, and which gold they missed, with a way to dispute it."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from curation.audit.curators import Curator
from curation.evidence.personal_data import masked
from curation.formats.review import flags_document
from curation.hosting import Hosted
from curation.rewards.intervals import MILLION
from curation.web.asked import PersonNow, ServiceNow, WorkspaceNow, heavily, page
from curation.web.people import Role

router = APIRouter(tags=["pages"])


@router.get("/curator", response_class=HTMLResponse)
async def curator(request: Request, person: PersonNow, workspace: WorkspaceNow, service: ServiceNow) -> Response:
    """One's own looks, seconds, agreement and accuracy, of others nothing; and for the owner what was flagged."""

    def asked() -> tuple[Curator | None, list[dict[str, Any]], list[dict[str, Any]]]:
        found = next((one for one in workspace.curators(person.datanets) if one.curator == person.name), None)
        flagged = flags_document(workspace.flags(person.datanets))["flags"] if person.role is Role.OWNER else []
        return found, [] if found is None else _missed(workspace, found), _with_texts(workspace, flagged)

    found, missed, flagged = await heavily(service, asked)
    accuracy = None if found is None or found.accuracy is None else found.accuracy
    return page(
        request,
        "curator.html",
        one=found,
        missed=missed,
        flagged=flagged,
        accuracy=None if accuracy is None else {name: value / MILLION for name, value in accuracy.told().items()},
    )


def _missed(workspace: Hosted, found: Curator) -> list[dict[str, Any]]:
    missed = [one for one in found.gold if not one.is_right]
    return _with_texts(workspace, [{"record": one.record, "said": one.said, "right": one.right} for one in missed])


def _with_texts(workspace: Hosted, told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    with workspace.store() as store:
        return [one | {"text": masked(store.record(one["record"]).text)} for one in told]
