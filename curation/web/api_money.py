"""Money and figures: one contributor's statement, and how datanets stand in numbers."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from curation.audit.statements import leaks_document, payouts_document
from curation.datanet.names import NAME
from curation.formats.status import status_document
from curation.web.answers import answer
from curation.web.asked import PersonNow, WorkspaceNow
from curation.web.people import Role
from curation.web.problems import Problem

router = APIRouter(tags=["money"])

SEES_ALL_MONEY = frozenset({Role.OWNER, Role.AUDITOR})


@router.get("/api/statements/{contributor}")
def statement(
    contributor: Annotated[str, Path(pattern=f"^{NAME.pattern}$")], person: PersonNow, workspace: WorkspaceNow
) -> Response:
    """Where a contributor's money stands: credited, in escrow, vested, forfeited, in base units as decimal strings."""
    may = person.role in SEES_ALL_MONEY or person.is_me(contributor)
    if not may or contributor not in workspace.state().contributors:
        raise Problem(404, "there is no such contributor for you", kind="contributor")
    return answer(payouts_document(workspace.payouts(contributor)))


@router.get("/api/figures")
def figures(person: PersonNow, workspace: WorkspaceNow) -> Response:
    """How datanets stand in numbers, and how much money went to bad data."""
    names = [name for name in workspace.datanets() if person.may_enter(name)]
    standing = [workspace.status(name)[0] for name in names]
    told = status_document(standing)["datanets"]
    for one in told:
        del one["contributions"]
    leaks = leaks_document(workspace.leaks())["cells"]
    mine = [one for one in leaks if one["datanet"] in names or (one["datanet"] is None and not person.datanets)]
    return answer({"schema": "curation.standing/1", "datanets": told, "leak": mine})
